"""The stored draws of a fit, as the states and the predictor that they came from."""

from collections.abc import Iterable, Iterator
from itertools import product

import numpy as np
from numpy.typing import NDArray

from pmf_core.fits.fit import Fit
from pmf_core.fits.predictor import Pairs, Predictor
from pmf_core.models.state import State

_USERS, _ITEMS = ("U", "b_U", "noise_scale_user"), ("V", "b_V", "noise_scale_item")


def predictor_of(fit: Fit) -> Predictor:
    """Return what, beside a draw, it takes to predict."""
    attrs, config = fit.attrs, fit.config
    low, high = map(float, attrs["scale"])
    return Predictor(config.link, config.n_factors, float(attrs["offset"]), (low, high), fit.levels)


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
    user_idx, item_idx : ndarray of int, optional
        Users and items to have in the draws, which then are rows 0, 1, ...; all by default. Only
        their rows are copied.
    chains, draws : iterable of int, optional
        Positions of chains, and of draws in each, to yield; all by default.
    """
    posterior = fit.idata["posterior"].dataset
    fields = {name: posterior[name].values for name in posterior.data_vars}
    if fit.config.link == "ordinal" and "log_gap" not in fields:  # of two levels: no gap
        fields["log_gap"] = np.empty((posterior.sizes["chain"], posterior.sizes["draw"], 1, 0))
    chains = range(posterior.sizes["chain"]) if chains is None else chains
    draws = range(posterior.sizes["draw"]) if draws is None else draws
    for chain, draw in product(chains, draws):
        found = {name: values[chain, draw] for name, values in fields.items()}
        yield _state(found, user_idx, item_idx)


def unseen_pairs(fit: Fit, user_idx: NDArray[np.integer], item_idx: NDArray[np.integer]) -> Pairs:
    """Return pairs that are rated on some day that training has not seen."""
    last = np.cumsum(_effect_sizes(fit)) - 1  # of each effect: the level of all that is unseen
    effect_idx = np.repeat(last.astype(np.int32)[:, None], len(user_idx), axis=1)
    return Pairs(user_idx.astype(np.int32), item_idx.astype(np.int32), effect_idx)


def training_pairs(fit: Fit) -> Pairs:
    """Return the pairs of the training ratings, with the effects that each of them had."""
    constant = fit.idata["constant_data"].dataset
    user_idx, item_idx = constant["user_idx"].values, constant["item_idx"].values
    if not fit.config.effects:
        return unseen_pairs(fit, user_idx, item_idx)
    _effect_sizes(fit)  # says what to do with a fit that does not tell
    return Pairs(user_idx, item_idx, constant["effect_idx"].values.astype(np.int32))


def _effect_sizes(fit: Fit) -> NDArray[np.int64]:
    if not fit.config.effects:
        return np.zeros(0, np.int64)
    if "effect_sizes" not in fit.attrs:
        raise ValueError(
            f"this fit has effects of {' and '.join(fit.config.effects)} and was stored by a "
            "version that did not say which ratings they belong to; fit the same model again"
        )
    return np.atleast_1d(np.asarray(fit.attrs["effect_sizes"], np.int64))


def _state(found: dict[str, NDArray], user_idx: NDArray | None, item_idx: NDArray | None) -> State:
    """Return a draw with biases as the last columns, of the users and items that are wanted."""
    for names, idx in ((_USERS, user_idx), (_ITEMS, item_idx)):
        if idx is not None:
            found |= {name: found[name][idx] for name in names if name in found}
    if user_idx is not None and "mu_gap" in found:  # each user has cut points
        found["log_gap"] = found["log_gap"][user_idx]
    for rows, bias in (("U", "b_U"), ("V", "b_V")):
        if bias in found:
            found[rows] = np.column_stack([found[rows], found.pop(bias)])
        found[rows] = np.ascontiguousarray(found[rows])
    return State(**found)
