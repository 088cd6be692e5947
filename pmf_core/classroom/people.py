"""A class among the films: what each has rated, and who is where."""

import time
from collections.abc import Callable, Mapping, Sequence

import numpy as np
import pandas as pd

from pmf_core.classroom.records import Answer
from pmf_core.evaluation.factor_map import item_map, outline
from pmf_core.fits.fit import Fit
from pmf_core.prediction.portrait import Portrait, Rated, kept_portrait, portrait

MAPPED = 60
"""Items on the map: those with most training ratings."""

PLOT, LETTER, LINE = (300, 440), 7.5, 15
"""Width and height of a map on a phone, width of a letter, and height of a line, in pixels."""


def rated_by(answers: Sequence[Answer]) -> dict[int, Rated]:
    """Return what each member rated, by member; nobody is in it who rated nothing."""
    found: dict[int, dict[int, float]] = {}
    for each in answers:
        if each.rating is not None:
            found.setdefault(each.member_id, {})[each.item_idx] = each.rating
    return {member: tuple(sorted(rated.items())) for member, rated in found.items()}


def portraits(
    fit: Fit,
    rated: Mapping[int, Rated],
    before: Mapping[int, Rated],
    seconds: float,
    clock: Callable[[], float] = time.monotonic,
) -> tuple[dict[int, Portrait], dict[int, Rated]]:
    """Return a portrait of each member, as new as there is time for, and of what each is made.

    While many rate at once, portraits of all would take longer than the screen waits.

    Parameters
    ----------
    fit : Fit
    rated : mapping of int to Rated
        Of `rated_by`.
    before : mapping of int to Rated
        What the portraits were made of that this function returned last.
    seconds : float
        After so long no other portrait is begun: members keep the one of before, or wait for their
        first. Those whose portrait lacks most ratings come first.
    clock : callable
        Returns seconds.
    """
    began, found, of = clock(), {}, {}
    for member in sorted(rated, key=lambda each: len(before.get(each, ())) - len(rated[each])):
        for some in (rated[member], before.get(member)):
            if some is None:
                continue
            if kept_portrait(fit, some, member) is not None or clock() - began < seconds:
                found[member], of[member] = portrait(fit, some, member), some
                break
    return {member: found[member] for member in rated if member in found}, of


def films_on_the_map(fit: Fit, x: int = 0, y: int = 1) -> pd.DataFrame:
    """Return `factor_map.item_map` of the `MAPPED` items with most training ratings."""
    return item_map(fit, None, None, x, y).head(MAPPED)


def on_the_map(
    fit: Fit, portraits: Mapping[str, Portrait], x: int = 0, y: int = 1
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return where members are along two axes, and outlines of where else they may be.

    Lengths are those of `factor_map.person`, beside those of items.

    Parameters
    ----------
    fit : Fit
    portraits : mapping of str to Portrait
        By nickname.

    Returns
    -------
    people : pd.DataFrame
        nickname, x, y (means over draws), x_sd, y_sd.
    outlines : pd.DataFrame
        nickname, order, x, y: of each an ellipse that holds 90% of the draws, were they normal.
    """
    train, rows, parts = fit.split.train, [], []
    for name, each in portraits.items():
        at = each.place[:, [x, y]] * np.sqrt(train.n_users / train.n_items)
        rows.append((name, *at.mean(axis=0), *at.std(axis=0)))
        parts.append(outline(at[None]).assign(nickname=name))
    people = pd.DataFrame(rows, columns=["nickname", "x", "y", "x_sd", "y_sd"])
    none = pd.DataFrame(columns=["order", "x", "y", "nickname"])
    return people, pd.concat(parts, ignore_index=True) if parts else none


def with_labels(people: pd.DataFrame, *others: pd.DataFrame) -> pd.DataFrame:
    """Return people with ``label``: the nickname where it has room on the map, also on a phone.

    Those who came first are labelled first; whose name would lie on another has none.

    Parameters
    ----------
    people : pd.DataFrame
        Of `on_the_map`.
    *others : pd.DataFrame
        What else is on the map, at x and y.
    """
    every = pd.concat([each[["x", "y"]].astype(float) for each in (people, *others) if len(each)])
    span = np.maximum(every.max().to_numpy() - every.min().to_numpy(), 1e-9)
    at = people[["x", "y"]].to_numpy(float) / span * PLOT
    labels, placed = [], []
    for (x, y), name in zip(at, people["nickname"], strict=True):
        half = LETTER * len(name) / 2
        has_room = all(
            abs(x - other) > half + width or abs(y - line) > LINE for other, line, width in placed
        )
        if has_room:
            placed.append((x, y, half))
        labels.append(name if has_room else "")
    return people.assign(label=labels)
