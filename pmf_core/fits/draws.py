"""The stored draws of a fit, as the states and the predictor that they came from."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import product

import numpy as np
from numpy.typing import NDArray

from pmf_core.fits.fit import Fit
from pmf_core.fits.predictor import Pairs, Predictor
from pmf_core.models.config import PMFConfig
from pmf_core.models.ingredients import ingredients_of, parts_of
from pmf_core.models.state import State


def predictor_of(fit: Fit) -> Predictor:
    """Return what, beside a draw, it takes to predict."""
    low, high = map(float, fit.attrs["scale"])
    scale, levels = (low / fit.unit, high / fit.unit), fit.levels / fit.unit
    return Predictor(fit.config, float(fit.attrs["offset"]), scale, fit.unit, levels)


def stored_draws(
    fit: Fit,
    user_idx: NDArray[np.integer] | None = None,
    item_idx: NDArray[np.integer] | None = None,
    chains: Iterable[int] | None = None,
    draws: Iterable[int] | None = None,
) -> Iterator[State]:
    """Yield the stored draws, one chain after the other.

    Parameters
    ----------
    fit : Fit
    user_idx, item_idx : ndarray of int, of shape (n_users,) and (n_items,), optional
        Users and items to have in the draws, which then are rows 0, 1, ...; all by default. Only
        their rows are copied.
    chains, draws : iterable of int, optional
        Positions of chains, and of draws in each, to yield; all by default.
    """
    posterior = fit.idata["posterior"].dataset
    fields = {name: posterior[name].values for name in posterior.data_vars}
    if fit.config.link == "ordinal" and "log_gap" not in fields:  # of two levels: no gap
        owners = posterior.sizes["user"] if fit.config.cut_points == "user" else 1
        shape = posterior.sizes["chain"], posterior.sizes["draw"], owners, 0
        fields["log_gap"] = np.empty(shape)
    chains = range(posterior.sizes["chain"]) if chains is None else chains
    draws = range(posterior.sizes["draw"]) if draws is None else draws
    wanted = {"user": user_idx, "item": item_idx}
    for chain, draw in product(chains, draws):
        found = {name: values[chain, draw] for name, values in fields.items()}
        yield _state(fit.config, found, wanted)


def some_draws(fit: Fit, at_most: int) -> NDArray[np.intp]:
    """Return the positions of stored draws in each chain, evenly spaced: one of each at least.

    Parameters
    ----------
    fit : Fit
    at_most : int
        Draws of all chains together.
    """
    sizes = fit.idata["posterior"].sizes
    each = max(1, min(sizes["draw"], at_most // sizes["chain"]))
    return np.unique(np.linspace(sizes["draw"] - 1, 0, each).round().astype(np.intp))


def unseen_pairs(fit: Fit, user_idx: NDArray[np.integer], item_idx: NDArray[np.integer]) -> Pairs:
    """Return pairs of which nothing else is known: rated on some day that training has not seen.

    Parameters
    ----------
    user_idx, item_idx : ndarray of int, of shape (n_pairs,)
    """
    given = {}
    for ingredient in ingredients_of(fit.config):
        given |= ingredient.unseen(fit.attrs, len(user_idx))
    return Pairs(user_idx.astype(np.int32), item_idx.astype(np.int32), given)


def training_pairs(fit: Fit) -> Pairs:
    """Return the pairs of the training ratings, with the effects that each of them had."""
    constant = fit.idata["constant_data"].dataset
    pairs = unseen_pairs(fit, constant["user_idx"].values, constant["item_idx"].values)
    given = {name: constant[name].values.astype(np.int32) for name in pairs.given}
    return replace(pairs, given=given)


def _state(
    config: PMFConfig, found: dict[str, NDArray], wanted: dict[str, NDArray | None]
) -> State:
    """Return a draw as the sampler has it, of the users and items that are wanted."""
    for part in parts_of(config).values():
        if wanted.get(part.owner) is not None and part.name in found:
            found[part.name] = found[part.name][wanted[part.owner]]
    for ingredient in ingredients_of(config):
        found = ingredient.from_stored(config, found)
    return State(found | {rows: np.ascontiguousarray(found[rows]) for rows in ("U", "V")})
