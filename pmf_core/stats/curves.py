"""What chains look like beyond their trace: density, autocorrelation, convergence as they grow."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pmf_core.stats.convergence import MIN_DRAWS, RESOLUTION, convergence
from pmf_core.support.errors import is_whole, require

POINTS = 128
"""At which a density is worked out."""


def density_curves(draws: NDArray[np.floating]) -> pd.DataFrame:
    """Estimate the density of each chain's draws: a sum of normals around them.

    Their sd is Silverman's rule, 0.9 n^(-1/5) times the smaller of the sd and the interquartile
    range / 1.34. A chain that does not vary has no density and no row.

    Parameters
    ----------
    draws : ndarray of shape (chains, draws)

    Returns
    -------
    pd.DataFrame
        chain, value (the same values of each chain), density.

    References
    ----------
    Silverman (1986), Density estimation for statistics and data analysis, sec 3.4.
    """
    draws = _checked(draws)
    moving = {chain: each for chain, each in enumerate(draws) if _moves(each)}
    if not moving:
        return pd.DataFrame(columns=["chain", "value", "density"])
    widths = {chain: _bandwidth(each) for chain, each in moving.items()}
    room = 3 * max(widths.values())
    together = np.concatenate(list(moving.values()))
    at = np.linspace(together.min() - room, together.max() + room, POINTS)
    parts = []
    for chain, each in moving.items():
        # Counted on a fine grid first: chains of any length take the same time.
        counts, edges = np.histogram(each, 8 * POINTS, (at[0], at[-1]))
        middles = (edges[1:] + edges[:-1]) / 2
        z = (at[:, None] - middles) / widths[chain]
        density = np.exp(-(z**2) / 2) @ counts / (len(each) * widths[chain] * np.sqrt(2 * np.pi))
        parts.append(pd.DataFrame({"chain": chain, "value": at, "density": density}))
    return pd.concat(parts, ignore_index=True)


def autocorrelations(draws: NDArray[np.floating], most: int = 100) -> pd.DataFrame:
    """Return how far draws of each chain go together with those some steps before.

    Parameters
    ----------
    draws : ndarray of shape (chains, draws)
    most : int
        Steps between two draws, at most; and at most half of the draws.

    Returns
    -------
    pd.DataFrame
        chain, lag (from 0), autocorrelation (of a chain that does not vary, nan).
    """
    draws = _checked(draws)
    require(is_whole(most, 1, 1_000_000), "most", most, "a whole number from 1 up")
    n = draws.shape[1]
    lags = np.arange(min(most, max(1, n // 2)) + 1 if n > 1 else 1)
    size = 1 << (2 * n - 1).bit_length()
    parts = []
    for chain, each in enumerate(draws):
        transform = np.fft.rfft(each - each.mean(), size)
        square = np.fft.irfft(transform * transform.conj(), size)[lags]
        found = square / square[0] if _moves(each) else np.full(len(lags), np.nan)
        parts.append(pd.DataFrame({"chain": chain, "lag": lags, "autocorrelation": found}))
    return pd.concat(parts, ignore_index=True)


def convergence_so_far(draws: NDArray[np.floating], n_points: int = 20) -> pd.DataFrame:
    """Return what `convergence` says of the first draws of all chains, the more the further.

    Parameters
    ----------
    draws : ndarray of shape (chains, draws)
    n_points : int
        At which it is worked out, evenly spaced; the last is of all draws.

    Returns
    -------
    pd.DataFrame
        draw (of each chain), r_hat, ess_bulk, ess_tail; nan where it cannot be told.
    """
    draws = _checked(draws)
    require(is_whole(n_points, 1, 1000), "n_points", n_points, "a whole number from 1 to 1000")
    n = draws.shape[1]
    counts = np.unique(np.linspace(n / n_points, n, n_points).round().astype(int))
    counts = counts[counts >= min(MIN_DRAWS, n)]
    rows = []
    for count in counts:
        found = convergence(draws[:, :count, None])
        rows.append((count, *(float(found[each][0]) for each in ("r_hat", "ess_bulk", "ess_tail"))))
    return pd.DataFrame(rows, columns=["draw", "r_hat", "ess_bulk", "ess_tail"])


def _checked(draws: NDArray[np.floating]) -> NDArray[np.float64]:
    draws = np.asarray(draws, np.float64)
    require(draws.ndim == 2 and draws.size > 0, "draws.shape", draws.shape, "(chains, draws)")
    return draws


def _moves(chain: NDArray[np.float64]) -> bool:
    return np.ptp(chain) > RESOLUTION * np.abs(chain).max()


def _bandwidth(chain: NDArray[np.float64]) -> float:
    q1, q3 = np.quantile(chain, [0.25, 0.75])
    spread = min(chain.std(), (q3 - q1) / 1.34) or chain.std()
    return float(0.9 * spread * len(chain) ** -0.2)
