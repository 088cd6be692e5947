"""The log likelihood of every training rating at every stored draw, for ``az.loo``."""

import numpy as np
import xarray as xr
from numpy.typing import NDArray
from scipy.stats import norm

from pmf_core.fits.draws import predictor_of, stored_draws, training_pairs
from pmf_core.fits.fit import Fit
from pmf_core.fits.predictor import Pairs, Predictor
from pmf_core.models.ingredients.ordinal import log_interval
from pmf_core.models.state import State

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
        ``az.loo(tree)`` takes it, and so does ``az.compare``; made in a second or two for 100,000
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
    values = np.empty((n_chains * len(kept), len(rating)))
    predictor, pairs = predictor_of(fit), training_pairs(fit)
    for at, draw in enumerate(stored_draws(fit, draws=kept)):
        values[at] = _log_density(predictor, draw, pairs, rating)
    thinned = posterior.isel(draw=kept)
    tree = fit.idata.copy()
    if every > 1:
        tree["posterior"] = xr.DataTree(thinned)
    found = (("chain", "draw", "obs"), values.reshape(n_chains, len(kept), -1))
    coords = {"chain": posterior["chain"].values, "draw": thinned["draw"].values}
    tree["log_likelihood"] = xr.DataTree(xr.Dataset({"rating": found}, coords, {"every": every}))
    return tree


def _log_density(
    predictor: Predictor, draw: State, pairs: Pairs, rating: NDArray[np.float64]
) -> NDArray[np.float64]:
    score, sd = predictor.score(draw, pairs), predictor.noise_sd(draw, pairs)
    if predictor.link != "ordinal":
        return norm.logpdf(rating, predictor.mean(draw, pairs, score), sd)
    eta = predictor.offset + score.astype(np.float64)
    cuts, level = predictor.cuts(draw, pairs), np.searchsorted(predictor.levels, rating)
    row = np.arange(len(cuts)) if len(cuts) > 1 else 0
    return log_interval((cuts[row, level] - eta) / sd, (cuts[row, level + 1] - eta) / sd)
