"""The log likelihood of every training rating at every stored draw, for ``az.loo``."""

from collections.abc import Iterator

import numpy as np
import xarray as xr
from numpy.typing import NDArray
from scipy.stats import norm

from pmf_core.fit import Fit
from pmf_core.gibbs.ordinal import log_interval
from pmf_core.links import cut_points
from pmf_core.posterior import predictor_of, stored_draws, training_pairs

LIMIT_BYTES = 400_000_000
"""Above this size (float64), fewer draws are taken."""


def log_likelihood(fit: Fit) -> xr.DataTree:
    """Return a fit's data with a group ``log_likelihood`` beside its others.

    Its variable ``rating`` of dims (chain, draw, obs) is the log density (log probability, with
    an ordinal link) of each training rating given each stored draw. The two are comparable only
    where levels are one star apart: a density is then about the probability of a level.

    Returns
    -------
    xr.DataTree
        ``az.loo(tree)`` takes it, and so does ``az.compare``; about half a minute for 100,000
        ratings. With some hundred draws, and rows of factors that rest on a few ratings each,
        expect warnings of large Pareto k: held-out ratings are the better judge. If all stored
        draws took more than 400 MB, every k-th is kept, here and in ``posterior``; the group's
        attribute ``every`` is that k.

    Raises
    ------
    ValueError
        If the fit is a point estimate.
    """
    if fit.is_point_estimate:
        raise ValueError(
            "this fit is a MAP: one point, and no posterior over which to average a likelihood; "
            "call sample_gibbs with the same split and config instead"
        )
    posterior = fit.idata["posterior"].dataset
    n_chains, n_draws = posterior.sizes["chain"], posterior.sizes["draw"]
    rating = fit.split.train.rating
    every = max(1, -(-n_chains * n_draws * len(rating) * 8 // LIMIT_BYTES))
    kept = np.arange(every - 1, n_draws, every) if every <= n_draws else np.array([n_draws - 1])
    values = np.empty((n_chains, len(kept), len(rating)))
    for chain in range(n_chains):
        for t, draw in enumerate(_densities(fit, rating, chain, set(kept))):
            values[chain, t] = draw
    thinned = posterior.isel(draw=kept)
    tree = fit.idata.copy()
    if every > 1:
        tree["posterior"] = xr.DataTree(thinned)
    coords = {"chain": posterior["chain"].values, "draw": thinned["draw"].values}
    group = xr.Dataset({"rating": (("chain", "draw", "obs"), values)}, coords, {"every": every})
    tree["log_likelihood"] = xr.DataTree(group)
    return tree


def _densities(
    fit: Fit, rating: NDArray, chain: int, kept: set[int]
) -> Iterator[NDArray[np.float64]]:
    predictor, pairs = predictor_of(fit), training_pairs(fit)
    level = np.searchsorted(predictor.levels, rating)
    for t, draw in enumerate(stored_draws(fit, chains=[chain])):
        if t not in kept:
            continue
        score, sd = predictor.score(draw, pairs), predictor.noise_sd(draw, pairs)
        if predictor.link == "ordinal":
            eta = predictor.offset + score.astype(np.float64)
            cuts = cut_points(draw.log_gap.astype(np.float64))
            owner = pairs.user_idx if len(cuts) > 1 else np.zeros(len(rating), np.intp)
            yield log_interval((cuts[owner, level] - eta) / sd, (cuts[owner, level + 1] - eta) / sd)
        else:
            yield norm.logpdf(rating, predictor.mean(draw, pairs, score), sd)
