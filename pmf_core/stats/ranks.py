"""Rank histograms: whether all chains visit the same values."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import rankdata

from pmf_core.support.errors import require


def rank_histogram(draws: NDArray[np.floating], n_bins: int = 20) -> pd.DataFrame:
    """Count the ranks of each chain's draws among the draws of all chains.

    Chains that have converged give flat histograms.

    Parameters
    ----------
    draws : ndarray of shape (chains, draws)
    n_bins : int
        Bins of equal width in rank.

    Returns
    -------
    pd.DataFrame
        chain, rank_from (from 0), count, expected (of a flat histogram).

    References
    ----------
    Vehtari, Gelman, Simpson, Carpenter & Burkner (2021), Rank-normalization, folding, and
    localization: an improved R-hat, sec 4.
    """
    draws = np.asarray(draws, np.float64)
    require(draws.ndim == 2 and draws.size > 0, "draws.shape", draws.shape, "(chains, draws)")
    ranks = rankdata(draws, method="average").reshape(draws.shape) - 1
    edges = np.linspace(0, draws.size, min(n_bins, draws.shape[1]) + 1)
    counts = [np.histogram(chain, edges)[0] for chain in ranks]
    n_chains, n_bins = len(draws), len(edges) - 1
    return pd.DataFrame(
        {
            "chain": np.repeat(np.arange(n_chains), n_bins),
            "rank_from": np.tile(edges[:-1].round().astype(int), n_chains),
            "count": np.concatenate(counts),
            "expected": draws.shape[1] / n_bins,
        }
    )
