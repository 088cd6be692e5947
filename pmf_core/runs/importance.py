"""How much a setting matters over the runs at hand: what of their errors goes with it."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pmf_core.runs.varied import LABELS, is_number, varied
from pmf_core.support.numbers import figure, percent

FEWEST = 8
"""Runs without which nothing is said."""

GROUPS = 4
"""Groups, of as many runs each as can be, that a number of more than six values is cut into."""

SHUFFLES, RARE = 999, 0.05
"""Times that errors are dealt out anew; share of those that may do as well by luck, all settings
together."""

A_GROUP = 3
"""Runs for each number that is estimated, below which settings are not told apart."""

TOGETHER = 0.6
"""Association from which on two settings are said to vary together."""


@dataclass(frozen=True)
class Importance:
    """What is known of how settings matter."""

    table: pd.DataFrame
    """Of each setting: setting, label, alone, beside (nan where runs are too few), is_clear; the
    most important first."""
    text: str
    """In a sentence or two of Markdown, which are true of the numbers."""


def importance(board: pd.DataFrame, error: str = "test RMSE") -> Importance:
    """Return how much of the variance of test RMSE goes with each setting that differs.

    Alone: the share of the variance that lies between runs of different values rather than
    between runs of one, adjusted for the number of values so that a setting without any effect has
    0 on average (epsilon squared, Kelley 1935). It is clear where shuffled errors seldom do as
    well (a permutation test, Bonferroni's bound over the settings).

    Beside the others: of an additive model of all settings, fitted to four fifths of the runs, by
    how much its error on the other fifth rises when a setting is taken from another run, averaged
    over all those, in shares of the variance; halved, as such a rise is twice what the setting
    explains (permutation importance, Breiman 2001).

    Both say what goes together over these runs: of settings that were chosen by somebody, not at
    random, that need not be what would happen if one were changed.

    Parameters
    ----------
    board : pd.DataFrame
        As of `pmf_core.runs.leaderboard.leaderboard`, of one split.
    error : str
        What sentences call its test RMSE.
    """
    names = varied(board)
    scores = board["test_rmse"].to_numpy(float)
    kinds = {name: _kinds(board[name]) for name in names}
    kinds = {name: each for name, each in kinds.items() if 1 < each.max() + 1 < len(board) - 1}
    lack = _lack(board, names, kinds, scores, error)
    if lack:
        return Importance(pd.DataFrame(columns=_COLUMNS), lack)
    # Of one seed: the same runs say the same at each look.
    dealt = np.random.default_rng(0).permuted(np.tile(scores, (SHUFFLES, 1)), axis=1)
    rows = []
    beside = _beside(kinds, scores)
    for name, kind in kinds.items():
        share = float(explained(kind, scores))
        # What ties with it in truth may differ in the last bit.
        chance = (1 + (explained(kind, dealt) >= share - 1e-9).sum()) / (1 + SHUFFLES)
        is_clear = bool(chance <= RARE / len(kinds))
        own = beside.get(name, np.nan)
        rows.append((name, LABELS.get(name, name), max(0.0, share), own, is_clear))
    table = pd.DataFrame(rows, columns=_COLUMNS)
    table = table.sort_values("alone", ascending=False, ignore_index=True, kind="stable")
    text = " ".join([_said(table, len(board), error), *_entangled(kinds), *_without(beside, kinds)])
    return Importance(table, text)


_COLUMNS = ["setting", "label", "alone", "beside", "is_clear"]


def explained(kinds: NDArray[np.intp], scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return epsilon squared: the share of variance between kinds, 0 on average by chance alone.

    Parameters
    ----------
    kinds : ndarray of shape (n_runs,)
        Of each run, from 0 up; each occurs.
    scores : ndarray of shape (..., n_runs)
    """
    counts = np.bincount(kinds)
    scores = scores - scores.mean(axis=-1, keepdims=True)
    sums = scores @ (kinds[:, None] == np.arange(len(counts)))
    total = (scores**2).sum(axis=-1)
    within = total - (sums**2 / counts).sum(axis=-1)
    return 1 - within / (len(kinds) - len(counts)) / (total / (len(kinds) - 1))


def _kinds(column: pd.Series) -> NDArray[np.intp]:
    """Return which value a run has, or which group of them where they are many numbers."""
    values = column.fillna("—") if column.isna().any() else column
    numbers = sorted({float(value) for value in values if is_number(value)})
    if len(numbers) > 6:
        cuts = np.quantile(
            [float(v) for v in values if is_number(v)], np.arange(1, GROUPS) / GROUPS
        )
        values = [f"≤{np.searchsorted(cuts, v)}" if is_number(v) else v for v in values]
    return pd.factorize(pd.Series(values, dtype=object).map(str), sort=True)[0]


def _lack(
    board: pd.DataFrame,
    names: list[str],
    kinds: Mapping[str, NDArray],
    scores: NDArray,
    error: str,
) -> str:
    """Return why nothing can be said of these runs; empty where something can."""
    n = len(board)
    if n < FEWEST:
        return f"There are {n} runs here: from {FEWEST} on, it is said which settings matter."
    if not names:
        return "These runs differ in no setting but their seed, if in that."
    if not kinds:
        return "Nearly each run has a value of its own: nothing says how much of this is chance."
    if not scores.var() > 0:
        return f"All of these runs have the same {error}: no setting matters to it."
    return ""


def _dummies(kinds: Mapping[str, NDArray]) -> dict[str, NDArray]:
    """Return columns of 0 and 1 for each setting: one for each of its values but the first."""
    return {
        name: (kind[:, None] == np.arange(1, kind.max() + 1)) * 1.0 for name, kind in kinds.items()
    }


def _beside(kinds: Mapping[str, NDArray], scores: NDArray) -> dict[str, float]:
    """Return the importance of each setting beside the others; nothing where runs are too few."""
    columns = _dummies(kinds)
    n, free = len(scores), 1 + sum(each.shape[1] for each in columns.values())
    if len(columns) < 2 or n < A_GROUP * free:
        return {}
    fold = np.random.default_rng(1).permutation(n) % 5
    design = np.column_stack([np.ones(n), *columns.values()])
    rises = dict.fromkeys(columns, 0.0)
    for held in range(5):
        is_held = fold == held
        weights = np.linalg.lstsq(design[~is_held], scores[~is_held], rcond=None)[0]
        missed = scores[is_held] - design[is_held] @ weights
        at = 1
        for name, own in columns.items():
            part = own @ weights[at : at + own.shape[1]]
            at += own.shape[1]
            other = missed[:, None] + part[is_held][:, None] - part[None, :]
            rises[name] += float((other**2).mean(axis=1).sum() - (missed**2).sum())
    return {name: max(0.0, rise / (2 * n * scores.var())) for name, rise in rises.items()}


def together(one: NDArray[np.intp], other: NDArray[np.intp]) -> float:
    """Return Cramér's V of two settings, 0 to 1, corrected for chance (Bergsma 2013)."""
    n, rows, columns = len(one), one.max() + 1, other.max() + 1
    counts = np.zeros((rows, columns))
    np.add.at(counts, (one, other), 1)
    expected = counts.sum(axis=1)[:, None] * counts.sum(axis=0)[None, :] / n
    phi = ((counts - expected) ** 2 / expected).sum() / n
    phi = max(0.0, phi - (rows - 1) * (columns - 1) / (n - 1))
    rows, columns = (size - (size - 1) ** 2 / (n - 1) for size in (rows, columns))
    return float(np.sqrt(phi / max(1e-9, min(rows - 1, columns - 1))))


def _said(table: pd.DataFrame, n: int, error: str) -> str:
    first, clear = table.iloc[0], table[table["is_clear"]]
    if clear.empty:
        return (
            f"Over these {n} runs no setting alone explains clearly more of the variance of "
            f"{error} than luck may: the most is {percent(first['alone'])}, by *{first['label']}*. "
            "More runs, or other values, may tell."
        )
    text = f"Over these {n} runs *{first['label']}* alone goes with "
    text += f"{percent(first['alone'])} of the variance of {error}"
    if not first["is_clear"]:  # more values, so that luck does as much more often
        sure = ", ".join(f"*{label}*" for label in clear["label"])
        return f"{text}, as it may by luck; clearly more than luck explains {sure}."
    others = table.iloc[1:]
    if others.empty:
        return f"{text}."
    if not others["is_clear"].any():
        return f"{text}; none of the other {len(others)} explains clearly more than luck may."
    rest = others[others["is_clear"]]
    shares = (f"*{row['label']}* ({percent(row['alone'])})" for _, row in rest.iterrows())
    return f"{text}; also clearly more than luck may: {', '.join(shares)}."


def _entangled(kinds: Mapping[str, NDArray]) -> list[str]:
    """Say which settings vary together, so that their shares are not their own."""
    pairs = [pair for pair in combinations(kinds, 2) if together(*map(kinds.get, pair)) > TOGETHER]
    if not pairs:
        return []
    said = ", ".join(f"*{LABELS.get(a, a)}* with *{LABELS.get(b, b)}*" for a, b in pairs[:3])
    more = f" and {figure(len(pairs) - 3)} more pairs" if len(pairs) > 3 else ""
    return [
        f"Some vary together here ({said}{more}): which of those matters, these runs cannot tell."
    ]


def _without(beside: Mapping[str, float], kinds: Mapping[str, NDArray]) -> list[str]:
    if beside or len(kinds) < 2:
        return []
    free = 1 + sum(kind.max() for kind in kinds.values())
    return [f"To set them apart from each other takes {A_GROUP * free} runs or more."]
