"""How the accuracy of a fit builds up over its draws."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pmf_core.data import Ratings
from pmf_core.fit import Fit
from pmf_core.metrics import rmse


def running_rmse(fit: Fit, noise: bool = False, random_seed: int = 0) -> pd.DataFrame:
    """Return the RMSE of single draws and of the mean prediction over draws, chains together.

    Parameters
    ----------
    fit : Fit
    noise : bool
        False scores ``U_i . V_j``, with one row for every draw. True does as the PyMC example
        does: it draws a rating from ``N(U_i . V_j, 1 / alpha)``, clips it to the scale, and
        averages those; with one row for each draw whose factors are stored. Noise adds 1 / alpha
        to the squared error of a single draw and next to nothing to that of the mean; clipping
        pulls the mean inwards.
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


def _noisy_running_rmse(fit: Fit, rng: np.random.Generator) -> pd.DataFrame:
    posterior = fit.idata["posterior"].dataset
    U, V = posterior["U"].values, posterior["V"].values  # chain, draw, row, factor
    columns: dict[str, NDArray] = {"draw": posterior["draw"].values + 1}
    for part, ratings in (("train", fit.split.train), ("test", fit.split.test)):
        per_step, running = [], []
        total = np.zeros(ratings.n_ratings)
        for draw in range(U.shape[1]):
            errors = []
            for chain in range(U.shape[0]):
                rating = _noisy_rating(fit, ratings, U[chain, draw], V[chain, draw], rng)
                total += rating
                errors.append(rmse(ratings.rating, rating))
            per_step.append(np.sqrt(np.mean(np.square(errors))))
            running.append(rmse(ratings.rating, total / (U.shape[0] * (draw + 1))))
        columns[f"per_step_{part}"] = np.array(per_step)
        columns[f"running_{part}"] = np.array(running)
    return pd.DataFrame(columns)


def _noisy_rating(
    fit: Fit, ratings: Ratings, U: NDArray, V: NDArray, rng: np.random.Generator
) -> NDArray[np.float64]:
    mean = np.einsum("nd,nd->n", U[ratings.user_idx], V[ratings.item_idx], dtype=np.float64)
    noise = rng.standard_normal(ratings.n_ratings) * fit.config.alpha**-0.5
    return np.clip(fit.attrs["offset"] + mean + noise, *ratings.scale)
