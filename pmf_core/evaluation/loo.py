"""The log likelihood of every training rating at every stored draw, for ``az.loo``."""

import numpy as np
import xarray as xr

from pmf_core.fits.draws import predictor_of, stored_draws, training_pairs
from pmf_core.fits.fit import Fit

LIMIT_BYTES = 400_000_000
"""Above this size (float64), fewer draws are taken."""


def log_likelihood(fit: Fit) -> xr.DataTree:
    """Return a fit's data with a group ``log_likelihood`` beside its others.

    Its variable ``rating`` of dims (chain, draw, obs) is the log density (log probability, with
    an ordinal link) of each training rating given each stored draw. The two are comparable only
    where levels are a unit (`Ratings.unit`: one star of 1 to 5) apart: a density, which is of
    ratings in units, is then about the probability of a level.

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
    rating = fit.split.train.in_units().rating
    every = max(1, -(-n_chains * n_draws * len(rating) * 8 // LIMIT_BYTES))
    kept = np.arange(every - 1, n_draws, every) if every <= n_draws else np.array([n_draws - 1])
    values = np.empty((n_chains * len(kept), len(rating)))
    predictor, pairs = predictor_of(fit), training_pairs(fit)
    observed = predictor.observed(rating)
    for at, draw in enumerate(stored_draws(fit, draws=kept)):
        score = predictor.score(draw, pairs).astype(np.float64)
        values[at] = predictor.log_density(draw, pairs, score, observed)
    thinned = posterior.isel(draw=kept)
    tree = fit.idata.copy()
    if every > 1:
        tree["posterior"] = xr.DataTree(thinned)
    found = (("chain", "draw", "obs"), values.reshape(n_chains, len(kept), -1))
    coords = {"chain": posterior["chain"].values, "draw": thinned["draw"].values}
    tree["log_likelihood"] = xr.DataTree(xr.Dataset({"rating": found}, coords, {"every": every}))
    return tree
