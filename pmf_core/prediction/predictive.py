"""Ratings that a model would give, before it has seen one and after, in groups named for ArviZ."""

from collections.abc import Iterable
from dataclasses import replace

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from pmf_core.data import Ratings
from pmf_core.fits.draws import predictor_of, some_draws, stored_draws, training_pairs
from pmf_core.fits.fit import Fit
from pmf_core.fits.predictor import Pairs, Predictor
from pmf_core.models.arrange import arrange, pairs_of
from pmf_core.models.config import PMFConfig
from pmf_core.models.ingredients import link_of
from pmf_core.models.state import State
from pmf_core.sampling.start import draw_prior
from pmf_core.support.errors import is_whole, require

MAX_PAIRS = 2_000
"""Pairs of which ratings are drawn, where there are more; chosen at random."""

LIMIT_BYTES = 400_000_000
"""More than this (float64) is refused."""


def prior_predictive(
    config: PMFConfig,
    ratings: Ratings,
    *,
    draws: int = 200,
    random_seed: int = 0,
    max_pairs: int = MAX_PAIRS,
    precisions: tuple[float, float] | None = None,
) -> xr.DataTree:
    """Draw ratings that a model expects before it has seen any.

    Each draw takes every part of the model from its prior, as `simulate_from_prior` does, and then
    a rating of every pair. What the model sets from data (the offset, alpha_U and alpha_V of a
    fixed prior, levels, unit and scale) is that of `ratings`.

    Parameters
    ----------
    config : PMFConfig
    ratings : Ratings
        Usually ``split.train``: whose pairs are drawn, and with what they are compared.
    draws : int
        Draws of the whole model.
    random_seed : int
        Of everything drawn; which pairs are chosen depends on it and on nothing else.
    max_pairs : int
        Pairs that are drawn, where there are more: a random part of this size.
    precisions : tuple of float, optional
        alpha_U and alpha_V of a fixed prior, in units; by default, what the example's rule makes
        of `ratings`.

    Returns
    -------
    xr.DataTree
        ``prior_predictive`` with ``rating`` of dims (chain, draw, pair), one chain, in stars:
        neither rounded nor clipped to the scale, but levels if the link is ordinal.
        ``observed_data`` with the ``rating`` given, of dim (pair,). ``pair`` is the position among
        `ratings`, with coordinates ``user_id`` and ``item_id``. Attributes: dataset, scale, levels
        (empty if ratings are continuous), n_ratings (of which the pairs are some), random_seed.
        ``az.plot_ppc_dist(tree, group="prior_predictive")`` takes it.

    Raises
    ------
    ValueError
        If an argument is of the wrong kind, or all of it would take more than 400 MB.
    """
    require(isinstance(config, PMFConfig), "config", config, "a PMFConfig, such as PMFConfig()")
    valid = isinstance(ratings, Ratings) and ratings.n_ratings > 0
    require(valid, "ratings", ratings, "Ratings with at least one rating, such as split.train")
    rows, rng = _begin(ratings, draws, random_seed, max_pairs)
    problem = arrange(config, ratings, precisions)
    predictor, pairs = Predictor.of(problem), pairs_of(problem, ratings.take(rows))
    states = (draw_prior(problem, rng) for _ in range(draws))
    values = _ratings(predictor, states, pairs, rng)
    levels = np.unique(ratings.rating) if len(problem.levels) else problem.levels
    found = _in_stars(predictor, values[None], levels)
    return _tree("prior_predictive", found, np.arange(draws), ratings, rows, levels, random_seed)


def posterior_predictive(
    fit: Fit, *, draws: int = 200, random_seed: int = 0, max_pairs: int = MAX_PAIRS
) -> xr.DataTree:
    """Draw ratings that a fitted model gives to the pairs that it has learnt from.

    Parameters
    ----------
    fit : Fit
        Of a MAP, which is one point, all ratings are drawn from that point: they vary by the noise
        alone.
    draws : int
        At most so many stored draws are taken, evenly spaced, as many of each chain and at least
        one of each; with one rating of every pair from each. Fewer, where fewer are stored.
    random_seed : int
        Of the noise; which pairs are chosen depends on it and on nothing else.
    max_pairs : int
        As of `prior_predictive`: of the same ratings, seed and number, both have the same pairs.

    Returns
    -------
    xr.DataTree
        As of `prior_predictive`, with a group ``posterior_predictive`` in its stead;
        ``az.plot_ppc_dist(tree)`` takes it.

    Raises
    ------
    ValueError
        If an argument is of the wrong kind, or all of it would take more than 400 MB.
    """
    train = fit.split.train
    rows, rng = _begin(train, draws, random_seed, max_pairs)
    n_chains, kept = fit.idata["posterior"].sizes["chain"], some_draws(fit, draws)
    users, user_row = np.unique(train.user_idx[rows], return_inverse=True)
    items, item_row = np.unique(train.item_idx[rows], return_inverse=True)
    pairs = replace(
        training_pairs(fit).take(rows),
        user_idx=user_row.astype(np.int32),
        item_idx=item_row.astype(np.int32),
    )
    predictor, states = predictor_of(fit), stored_draws(fit, users, items, draws=kept)
    repeats = draws if fit.is_point_estimate else 1
    values = _ratings(predictor, states, pairs, rng, repeats)
    found = _in_stars(predictor, values.reshape(n_chains, -1, len(rows)), fit.levels)
    draw = np.arange(draws) if repeats > 1 else fit.idata["posterior"]["draw"].values[kept]
    return _tree("posterior_predictive", found, draw, train, rows, fit.levels, random_seed)


def _begin(
    ratings: Ratings, draws: int, random_seed: int, max_pairs: int
) -> tuple[NDArray[np.intp], np.random.Generator]:
    """Check what both are asked for; return which ratings are looked at, and a generator."""
    require(is_whole(draws, 1, 1_000_000), "draws", draws, "a whole number from 1 to 1,000,000")
    valid = is_whole(random_seed, 0, 2**32 - 1)
    require(valid, "random_seed", random_seed, f"a whole number from 0 to {2**32 - 1}")
    require(is_whole(max_pairs, 1, 2**31), "max_pairs", max_pairs, "a whole number from 1 up")
    n, n_pairs = ratings.n_ratings, min(ratings.n_ratings, max_pairs)
    if draws * n_pairs * 8 > LIMIT_BYTES:
        raise ValueError(
            f"{draws:,} draws of {n_pairs:,} pairs take {draws * n_pairs * 8 / 1e6:,.0f} MB; the "
            f"limit is {LIMIT_BYTES / 1e6:,.0f} MB, so give at most "
            f"{LIMIT_BYTES // (8 * n_pairs):,} draws or a smaller max_pairs"
        )
    chooses, draws_on = np.random.default_rng(random_seed).spawn(2)
    rows = np.arange(n) if n_pairs == n else np.sort(chooses.choice(n, n_pairs, replace=False))
    return rows, draws_on


def _ratings(
    predictor: Predictor,
    states: Iterable[State],
    pairs: Pairs,
    rng: np.random.Generator,
    repeats: int = 1,
) -> NDArray[np.float64]:
    """Draw a rating of every pair, `repeats` times for each state: (draws, n_pairs), in units."""
    link, found = link_of(predictor.config), []
    for state in states:
        eta = predictor.offset + predictor.score(state, pairs).astype(np.float64)
        sd = predictor.noise_sd(state, pairs)
        for _ in range(repeats):
            noise = rng.standard_normal(len(pairs)) * sd
            found.append(link.draw_rating(predictor, state, pairs, eta, noise))
    return np.array(found)


def _in_stars(
    predictor: Predictor, values: NDArray[np.float64], levels: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return ratings in stars; of levels those that were given, to the last bit."""
    if link_of(predictor.config).is_latent:
        return levels[np.searchsorted(predictor.levels, values)]
    return values * predictor.unit


def _tree(
    group: str,
    values: NDArray[np.float64],
    draw: NDArray,
    ratings: Ratings,
    rows: NDArray[np.intp],
    levels: NDArray[np.float64],
    random_seed: int,
) -> xr.DataTree:
    pair = {
        "pair": rows,
        "user_id": ("pair", ratings.user_ids[ratings.user_idx[rows]]),
        "item_id": ("pair", ratings.item_ids[ratings.item_idx[rows]]),
    }
    coords = {"chain": np.arange(len(values)), "draw": draw} | pair
    tree = xr.DataTree.from_dict(
        {
            group: xr.Dataset({"rating": (("chain", "draw", "pair"), values)}, coords),
            "observed_data": xr.Dataset({"rating": ("pair", ratings.rating[rows])}, pair),
        }
    )
    tree.attrs = {
        "dataset": ratings.name,
        "scale": list(ratings.scale),
        "levels": levels.tolist(),
        "n_ratings": ratings.n_ratings,
        "random_seed": random_seed,
    }
    return tree
