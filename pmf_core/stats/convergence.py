"""Convergence of what is identifiable: scalars of draws and predictions; never raw factors.

Factors are identified only up to a rotation (and sign, and order), so r_hat of a raw factor says
nothing; that of ``U_i . V_j`` does.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray
from scipy.special import ndtri

RESOLUTION = 4 * float(np.finfo(np.float32).eps)
"""Share of the size of a quantity below which draws, stored in single precision, are equal."""

MIN_DRAWS = 4
"""Fewest draws a chain needs for r_hat: two halves of two."""


def convergence_table(idata: xr.DataTree, names: Sequence[str]) -> pd.DataFrame:
    """Diagnose a fit's scalars and its monitored predictions.

    Parameters
    ----------
    idata : xr.DataTree
        A fit's, with groups ``sample_stats`` and ``predictions``.
    names : sequence of str
        The scalars to diagnose: variables of ``sample_stats``.

    Returns
    -------
    pd.DataFrame
        One row per quantity: ``quantity`` (of `names`, in their order, or ``prediction``),
        ``pair`` (position in the test set; -1 for a scalar), ``mean``, ``sd``, ``r_hat``,
        ``ess_bulk``, ``ess_tail`` and ``mcse`` (of the mean). Predictions in stars.

    References
    ----------
    Vehtari, Gelman, Simpson, Carpenter & Burkner (2021), Rank-normalization, folding, and
    localization: an improved R-hat.
    """
    stats = idata["sample_stats"].dataset
    predictions = idata["predictions"].dataset["prediction"]
    scalars = np.stack([stats[name].values for name in names], axis=-1)
    table = pd.concat(
        [
            pd.DataFrame({"quantity": names, "pair": -1}),
            pd.DataFrame({"quantity": "prediction", "pair": predictions["pair"].values}),
        ],
        ignore_index=True,
    )
    draws = np.concatenate([scalars, predictions.values], axis=-1)  # chain, draw, quantity
    return table.assign(**convergence(draws))


def convergence(draws: NDArray[np.floating]) -> dict[str, NDArray[np.float64]]:
    """Return mean, sd, r_hat, ess_bulk, ess_tail and mcse of each quantity.

    Parameters
    ----------
    draws : ndarray of shape (chains, draws, n_quantities)

    Returns
    -------
    dict of str to ndarray of shape (n_quantities,)
        nan where the draws are too few to tell, or do not vary. Where a chain stands still while
        the chains differ, r_hat is infinite and the others are nan: the spread within is 0.
    """
    # Here and not above: importing ArviZ takes seconds, which the first pages do not wait for.
    from arviz_stats.base import array_stats

    draws = np.asarray(draws, np.float64)
    table = {"mean": draws.mean(axis=(0, 1)), "sd": np.full(draws.shape[-1], np.nan)}
    if draws.shape[0] * draws.shape[1] > 1:  # one alone has no spread
        table["sd"] = draws.std(axis=(0, 1), ddof=1)
    same = RESOLUTION * np.abs(draws).max(axis=(0, 1), initial=0)
    varies = (np.ptp(draws, axis=(0, 1)) > same) & (draws.shape[1] >= MIN_DRAWS)
    stuck = varies & (np.ptp(draws, axis=1) <= same).any(axis=0)
    moves = varies & ~stuck
    statistics = {
        "r_hat": array_stats.rhat,
        "ess_bulk": lambda x, **axes: array_stats.ess(x, method="bulk", **axes),
        "ess_tail": lambda x, **axes: array_stats.ess(x, method="tail", prob=0.9, **axes),
        "mcse": lambda x, **axes: array_stats.mcse(x, method="mean", **axes),
    }
    for name, statistic in statistics.items():
        table[name] = np.full(draws.shape[-1], np.nan)
        if moves.any():
            table[name][moves] = statistic(draws[..., moves], chain_axis=0, draw_axis=1)
    table["r_hat"][stuck] = np.inf
    return table


def many_r_hats(draws: NDArray[np.floating]) -> NDArray[np.float64]:
    """Return the r_hat that `convergence` does, of many quantities at once and of nothing else.

    Of thousands of raw factors, which are looked at under many rotations, ArviZ takes seconds.

    Parameters
    ----------
    draws : ndarray of shape (chains, draws, n_quantities)

    Returns
    -------
    ndarray of shape (n_quantities,)
        nan where chains or draws are too few to tell, or do not vary; infinite where a chain stands
        still while the chains differ.
    """
    draws = np.asarray(draws, np.float64)
    n = draws.shape[1] // 2
    if draws.shape[1] < MIN_DRAWS or len(draws) < 2:
        return np.full(draws.shape[2], np.nan)
    halves = np.concatenate([draws[:, :n], draws[:, -n:]])
    folded = np.abs(halves - np.median(halves, axis=(0, 1)))
    with np.errstate(all="ignore"):  # of what does not vary it is 0 / 0
        found = np.fmax(_ratio(_normal_scores(halves)), _ratio(_normal_scores(folded)))
    same = RESOLUTION * np.abs(draws).max(axis=(0, 1))
    is_still = (np.ptp(draws, axis=1) <= same).any(axis=0)
    found[is_still] = np.inf
    found[np.ptp(draws, axis=(0, 1)) <= same] = np.nan
    return found


def without_rounding(draws: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return draws of size about 1 without the digits in which rounding differs.

    Ranks make much of little: the two draws next to the median of all are as far from it, and in
    folded ranks the last digit would say which is further. Of quantities that are the same but for
    how they were worked out, r_hat is then the same as well.
    """
    return np.round(draws, 10)


def _normal_scores(draws: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return normal quantiles of the ranks of each quantity among all of its draws."""
    from scipy.stats import rankdata  # half a second, which the first pages do not wait for

    flat = draws.reshape(-1, draws.shape[-1])
    ranks = rankdata(flat, axis=0)
    return ndtri((ranks - 0.375) / (len(flat) + 0.25)).reshape(draws.shape)


def _ratio(draws: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the root of all variance over that within chains."""
    n = draws.shape[1]
    between, within = n * draws.mean(axis=1).var(axis=0, ddof=1), draws.var(axis=1, ddof=1).mean(0)
    return np.sqrt((between / within + n - 1) / n)
