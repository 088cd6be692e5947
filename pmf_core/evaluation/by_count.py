"""How predictions fare where much or little is known: each user, each item, by its ratings."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import binom

from pmf_core.fits.fit import Fit
from pmf_core.stats.metrics import central_coverage

GROUPS = 8
"""Of about as many held-out ratings each, at most."""

MOST_OWNERS = 500
"""Users, or items, that are listed one by one; of more, a random part."""

COVERED = 0.9
"""Probability of the interval whose coverage is counted."""


def user_errors(fit: Fit) -> pd.DataFrame:
    """Return errors and coverage of users' held-out ratings by their number of training ratings.

    Returns
    -------
    pd.DataFrame
        Groups first (``kind`` is ``group``), then single users (``one``): n_train (training
        ratings; of a group the mean over its held-out ratings), n_from, n_to, n_owners, n_ratings
        (held out), rmse (stars) and its standard error ``rmse_se`` (by the delta method, as of
        independent errors), ``coverage`` of central 90% intervals, in [0, 1]; of groups
        ``honest_low`` and ``honest_top``, between which it is in all groups together with
        probability 0.95 if intervals are honest. Attr ``owner``: user.
    """
    return _errors(fit, "user")


def item_errors(fit: Fit) -> pd.DataFrame:
    """Return what `user_errors` does, of items."""
    return _errors(fit, "item")


def _errors(fit: Fit, owner: str) -> pd.DataFrame:
    train, test = fit.split.train, fit.split.test
    idx, size = getattr(test, f"{owner}_idx"), getattr(train, f"n_{owner}s")
    n_train = np.bincount(getattr(train, f"{owner}_idx"), minlength=size)[idx]
    group = pd.qcut(pd.Series(n_train), GROUPS, labels=False, duplicates="drop").fillna(0)
    heldout, pit = fit.heldout(), fit.pit().to_numpy()
    error = (heldout["rating"] - heldout["pred_mean"]).to_numpy()
    owners = np.unique(idx)
    if len(owners) > MOST_OWNERS:
        chosen = np.random.default_rng(0).choice(len(owners), MOST_OWNERS, replace=False)
        owners = owners[np.sort(chosen)]
    rows = [
        _row("group", group.to_numpy() == each, idx, n_train, error, pit)
        for each in sorted(group.unique())
    ]
    members = pd.Series(np.arange(len(idx))).groupby(idx).groups
    rows += [_row("one", members[each], idx, n_train, error, pit) for each in owners]
    frame = pd.DataFrame(rows)
    groups = frame["kind"] == "group"
    tail, n = 0.05 / groups.sum() / 2, frame["n_ratings"]
    for name, at in (("honest_low", tail), ("honest_top", 1 - tail)):
        frame[name] = (binom.ppf(at, n, COVERED) / n).where(groups)
    frame.attrs = {"owner": owner, "n_owners": int(len(np.unique(idx)))}
    return frame


def _row(
    kind: str,
    members: NDArray | pd.Index,
    idx: NDArray,
    n_train: NDArray,
    error: NDArray,
    pit: NDArray,
) -> dict[str, float | str]:
    count, square = n_train[members], error[members] ** 2
    n, size = len(square), float(np.sqrt(square.mean()))
    spread = square.std() / np.sqrt(n) / (2 * size) if size else 0.0
    return {
        "kind": kind,
        "n_train": float(count.mean()),
        "n_from": int(count.min()),
        "n_to": int(count.max()),
        "n_owners": len(np.unique(idx[members])),
        "n_ratings": n,
        "rmse": size,
        "rmse_se": float(spread),
        "coverage": central_coverage(*pit[members].T, COVERED),
    }
