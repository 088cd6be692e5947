"""How the accuracy of a fit builds up over its draws."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pmf_core.fits.budget import Limits, check_noise_fits
from pmf_core.fits.draws import predictor_of, stored_draws, training_pairs, unseen_pairs
from pmf_core.fits.fit import Fit
from pmf_core.fits.predictor import Pairs, Predictor
from pmf_core.models.state import State
from pmf_core.stats.metrics import rmse


def running_rmse(fit: Fit, noise: bool = False, random_seed: int = 0) -> pd.DataFrame:
    """Return the RMSE of single draws and of the mean prediction over draws, chains together.

    Parameters
    ----------
    fit : Fit
    noise : bool
        False scores the mean rating (``U_i . V_j``, with all that the model adds), with one row
        for every draw. True does as the PyMC example does: it draws a rating around it, with the
        draw's noise, clips it to the scale, and averages those; with one row for each draw whose
        factors are stored. Noise adds its variance, 1 / alpha, to the squared error of a single
        draw and next to nothing to that of the mean; clipping pulls the mean inwards. Held-out
        ratings are then taken to be of a day that training has not seen.
    random_seed : int
        Seed of that noise.

    Returns
    -------
    pd.DataFrame
        ``draw`` (of each chain, from 1); ``per_step_train``, ``per_step_test``: root mean over
        chains of the squared error of that draw alone; ``running_train``, ``running_test``: RMSE
        of the prediction averaged over all chains and all draws up to that one. In stars.
    """
    if noise:
        return _noisy_running_rmse(fit, np.random.default_rng(random_seed))
    stats, running = fit.idata["sample_stats"].dataset, fit.idata["running"].dataset
    columns = {"draw": stats["draw"].values + 1}
    for part in ("train", "test"):
        columns[f"per_step_{part}"] = np.sqrt((stats[f"{part}_rmse"] ** 2).mean("chain")).values
        columns[f"running_{part}"] = running[f"{part}_rmse"].values
    return pd.DataFrame(columns)


def noisy_rmse_within(fit: Fit, limits: Limits) -> pd.DataFrame:
    """Return `running_rmse` with noise, for somebody who waits for it.

    Raises
    ------
    OverBudget
        If that takes longer than an answer may.
    """
    n_pairs = fit.split.train.n_ratings + fit.split.test.n_ratings
    sizes = fit.idata["posterior"].dataset.sizes
    check_noise_fits(n_pairs, sizes["chain"] * sizes["draw"], fit.config.n_factors, limits)
    return running_rmse(fit, noise=True)


def _noisy_running_rmse(fit: Fit, rng: np.random.Generator) -> pd.DataFrame:
    n_chains, predictor = fit.idata["posterior"].sizes["chain"], predictor_of(fit)
    test = fit.split.test
    pairs = {
        "train": training_pairs(fit),
        "test": unseen_pairs(fit, test.user_idx, test.item_idx),
    }
    columns: dict[str, NDArray] = {"draw": fit.idata["posterior"]["draw"].values + 1}
    for part, ratings in (("train", fit.split.train), ("test", test)):
        per_step, running = [], []
        total = np.zeros(ratings.n_ratings)
        chains = (stored_draws(fit, chains=[chain]) for chain in range(n_chains))
        for t, states in enumerate(zip(*chains, strict=True), start=1):
            errors = []
            for state in states:
                rating = predictor.unit * _noisy_rating(predictor, state, pairs[part], rng)
                total += rating
                errors.append(rmse(ratings.rating, rating))
            per_step.append(np.sqrt(np.mean(np.square(errors))))
            running.append(rmse(ratings.rating, total / (n_chains * t)))
        columns[f"per_step_{part}"] = np.array(per_step)
        columns[f"running_{part}"] = np.array(running)
    return pd.DataFrame(columns)


def _noisy_rating(
    predictor: Predictor, state: State, pairs: Pairs, rng: np.random.Generator
) -> NDArray[np.float64]:
    score = predictor.score(state, pairs)
    noise = rng.standard_normal(len(score)) * predictor.noise_sd(state, pairs)
    if predictor.link == "ordinal":
        latent = predictor.offset + score + noise
        inner = predictor.cuts(state, pairs)[:, 1:-1]
        return predictor.levels[(latent[:, None] > inner).sum(axis=1)]
    return np.clip(predictor.mean(state, pairs, score) + noise, *predictor.scale)
