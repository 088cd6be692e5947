"""Which items a class is asked about, in which order."""

import numpy as np
from numpy.typing import NDArray

from pmf_core.fits.alignment import aligned_once
from pmf_core.fits.fit import Fit

KNOWN = 2
"""So many times as many items as are asked for are looked at: those that most people know."""


def choose_films(fit: Fit, n: int = 40) -> NDArray[np.intp]:
    """Return items that many people know, in the order in which to ask about them.

    Of the `KNOWN` times `n` most rated, the first is the one about which users of the data differ
    most; each next, the one about which people whose ratings of those before are known would
    still differ most. Tastes are taken to be normal, with the covariance of the users' mean
    factors, and the noise to be one unit.

    Parameters
    ----------
    fit : Fit
    n : int
        Items at most; those without a training rating are none.

    Returns
    -------
    ndarray of int
        Row positions.
    """
    train = fit.split.train
    count = np.bincount(train.item_idx, minlength=train.n_items)
    order = np.argsort(-count, kind="stable")
    rows = order[count[order] > 0][: KNOWN * n]
    aligned = aligned_once(fit)
    U, V = (aligned[name].values.mean(axis=(0, 1), dtype=np.float64) for name in ("U", "V"))
    V, spread, chosen = V[rows], np.atleast_2d(np.cov(U.T)), []
    while len(chosen) < min(n, len(rows)):
        differ = np.einsum("id,de,ie->i", V, spread, V)
        differ[chosen] = -1
        best = int(differ.argmax())
        along = spread @ V[best]
        spread = spread - np.outer(along, along) / (1 + differ[best])
        chosen.append(best)
    return rows[chosen]
