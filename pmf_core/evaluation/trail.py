"""Every fit that was tried in a visit, as a trail: how train and test errors went from one on."""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from pmf_core.evaluation.lessons import Lesson
from pmf_core.fits.fit import Fit
from pmf_core.models.config import PMFConfig
from pmf_core.support.numbers import figure

MOST = 100
"""Fits of one trail; the oldest are forgotten."""

AXES = {"n_factors": "Factors D", "alpha": "Noise precision α", "draws": "Draws"}
"""What a trail can be drawn against, and what people read of it; draws are those of all chains."""

ENOUGH = 3
"""Values of that from which on it is said how errors go."""

WORSE = 0.001
"""Share of an RMSE by which it must rise to be called worse."""


@dataclass(frozen=True)
class Tried:
    """One fit of a trail."""

    method: str
    """``MAP`` or ``MCMC``."""
    config: PMFConfig
    alpha: float
    """As given, or the mean of its draws."""
    draws: int
    """Of all chains together; 0 of a MAP."""
    random_seed: int
    train_rmse: float
    test_rmse: float

    @classmethod
    def of(cls, fit: Fit) -> "Tried":
        """Return what a trail keeps of a fit."""
        scores = fit.summary()
        is_map = fit.is_point_estimate
        return cls(
            "MAP" if is_map else "MCMC",
            fit.config,
            scores["alpha"],
            0 if is_map else scores["chains"] * scores["draws"],
            scores["random_seed"],
            scores["train_rmse"],
            scores["test_rmse"],
        )

    def at(self, axis: str) -> float:
        """Return where on an axis of `AXES` it stands."""
        return float(self.config.n_factors if axis == "n_factors" else getattr(self, axis))

    def beside(self, axis: str) -> str:
        """Return what must be equal in fits that are one series along an axis, in words."""
        words = (knob.word(self.config) for name, knob in PMFConfig.knobs().items() if name != axis)
        return " ".join(filter(None, (self.method, *words)))


Trail = tuple[Tried, ...]
"""The oldest first."""


def with_fits(trail: Trail, fits: Sequence[Fit]) -> Trail:
    """Return a trail with the fits that are looked at now, each once and at its end.

    The last is the newest: one that was not looked at before, or else the one that was it.
    """
    now = list(dict.fromkeys(map(Tried.of, fits)))
    before = trail[-len(now) :] if now else ()
    now = sorted(now, key=lambda each: before.index(each) if each in before else len(before))
    return (*(each for each in trail if each not in now), *now)[-MOST:]


def trail_table(trail: Trail, axis: str) -> pd.DataFrame:
    """Return a trail as it is drawn against one of `AXES`: two rows a fit, train and test.

    Fits by MAP have no draws, so they are left out along ``draws``.

    Returns
    -------
    pd.DataFrame
        x, part (train, test), rmse (stars), method, series (fits that differ in the axis alone),
        model (all its settings), is_newest.
    """
    rows = []
    for each in trail:
        if axis == "draws" and each.method == "MAP":
            continue
        model = f"{each.method} {' '.join(each.config.words())}"
        for part, rmse in (("train", each.train_rmse), ("test", each.test_rmse)):
            is_newest = each is trail[-1]
            rows.append(
                (each.at(axis), part, rmse, each.method, each.beside(axis), model, is_newest)
            )
    columns = ["x", "part", "rmse", "method", "series", "model", "is_newest"]
    return pd.DataFrame(rows, columns=columns)


def where_it_turns(trail: Trail, axis: str, unit: str) -> Lesson:
    """Say how errors went along an axis, of the fits that differ from the newest in it alone.

    Parameters
    ----------
    trail : Trail
    axis : str
        One of `AXES`.
    unit : str
        Of ratings.
    """
    symbol = {"n_factors": "D", "alpha": "α", "draws": "draws"}[axis]
    intro = (
        "Each fit of this visit leaves two points: how far it misses the ratings that it learnt "
    )
    intro += "from, and those held out. "
    found = {method: _along(trail, axis, method) for method in ("MAP", "MCMC")}
    method = max(found, key=lambda each: len(found[each]))
    line = found[method]
    if len(line) < ENOUGH:
        ask = f"Take {'longer runs' if axis == 'draws' else f'three values of {symbol} or more'}"
        return Lesson("where_it_turns", False, f"{intro}{ask}, and they become lines.")
    x, train, test = line["x"], line["train"], line["test"]
    best, last = int(test.argmin()), len(line) - 1
    turns = _rises(test.iloc[best], test.iloc[last]) and train.iloc[last] < train.iloc[best]
    text = f"From {symbol} = {figure(x.iloc[0])} to {figure(x.iloc[last])} the {method}'s error on "
    text += f"training ratings goes from {train.iloc[0]:.3f} to {train.iloc[last]:.3f} {unit}; on "
    text += f"held-out ones it is smallest at {symbol} = {figure(x.iloc[best])}, "
    text += f"{test.iloc[best]:.3f}, "
    if turns:
        text += f"and {test.iloc[last]:.3f} at the end: what it learns beyond is noise. "
    elif best == last:
        text += "the last: no overfitting so far. "
    else:
        text += f"and {test.iloc[last]:.3f} at the end. "
    evidence = {"best": float(x.iloc[best]), "best_test": float(test.iloc[best])}
    evidence |= {"last_test": float(test.iloc[last])}
    text += _beside(found["MCMC"], line, symbol) if method == "MAP" else ""
    return Lesson("where_it_turns", bool(turns), (intro + text).strip(), evidence)


def _along(trail: Trail, axis: str, method: str) -> pd.DataFrame:
    """Return x, train and test of a method's fits that are beside the newest fit on an axis."""
    if not trail:
        return pd.DataFrame(columns=["x", "train", "test"])
    wanted = trail[-1].beside(axis).split(" ", 1)[1:]
    rows = {
        each.at(axis): (each.at(axis), each.train_rmse, each.test_rmse)
        for each in trail
        if each.method == method and each.beside(axis).split(" ", 1)[1:] == wanted
        if axis != "draws" or method != "MAP"
    }
    frame = pd.DataFrame(rows.values(), columns=["x", "train", "test"])
    return frame.sort_values("x", ignore_index=True)


def _beside(sampled: pd.DataFrame, line: pd.DataFrame, symbol: str) -> str:
    """Say what MCMC did between the same ends, as far as it was tried."""
    if len(sampled) < 2:
        return ""
    first, last = sampled.iloc[0], sampled.iloc[-1]
    change = last["test"] - first["test"]
    less = change < line["test"].iloc[-1] - line["test"].min()
    text = f"The mean of draws goes from {first['test']:.3f} at {symbol} = {figure(first['x'])} to "
    text += f"{last['test']:.3f} at {figure(last['x'])} on held-out ratings"
    return text + (": averaging overfits less." if less else ".")


def _rises(low: float, high: float) -> bool:
    return high > low * (1 + WORSE)
