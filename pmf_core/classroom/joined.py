"""A class joins the data: a fit with it, and what that changed."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pmf_core.data import Ratings, Split
from pmf_core.fits.draws import predictor_of, some_draws, stored_draws, unseen_pairs
from pmf_core.fits.fit import Fit
from pmf_core.prediction.newcomer import fold_in, newcomer_pairs
from pmf_core.prediction.pairs import average
from pmf_core.prediction.portrait import Rated
from pmf_core.stats.metrics import rmse
from pmf_core.support.errors import require

HELD_OUT, ENOUGH = 2, 5
"""Ratings of a member that are held out, if they gave so many or more."""

DRAWS, USERS = 100, 200
"""Draws and users over which a film's mean is taken."""


def with_class(split: Split, members: Sequence[Rated], random_seed: int = 0) -> Split:
    """Return a split with a class as new users, the last; features and times are left out.

    Parameters
    ----------
    split : Split
        Of the run that the class has played against.
    members : sequence of Rated
        What each has rated.
    random_seed : int
        Chooses which `HELD_OUT` ratings of each member are held out.
    """
    rng, train, test = np.random.default_rng(random_seed), split.train, split.test
    given = sum(len(rated) for rated in members)
    require(given > 0, "members", len(members), "people who have rated something")
    held = []
    for rated in members:
        order = rng.permutation(len(rated))
        held.append(set(order[:HELD_OUT].tolist()) if len(rated) >= ENOUGH else set())
    rows = [
        (train.n_users + member, item, rating, at in held[member])
        for member, rated in enumerate(members)
        for at, (item, rating) in enumerate(rated)
    ]
    user, item, rating, is_test = (np.array(column) for column in zip(*rows, strict=True))
    shared = {
        "user_ids": _with_more(train.user_ids, len(members)),
        "item_ids": train.item_ids,
        "titles": train.titles,
        "scale": train.scale,
        "name": f"{train.name}, with a class",
        "nouns": train.nouns,
        "unit": train.unit,
    }
    return Split(
        *(
            Ratings(
                np.concatenate([part.user_idx, user[chosen]]),
                np.concatenate([part.item_idx, item[chosen]]),
                np.concatenate([part.rating, rating[chosen]]),
                **shared,
            )
            for part, chosen in ((train, ~is_test), (test, is_test))
        )
    )


def _with_more(ids: NDArray, n: int) -> NDArray:
    """Return identifiers with `n` new ones."""
    if np.issubdtype(ids.dtype, np.integer):
        return np.concatenate([ids, int(ids.max(initial=0)) + 1 + np.arange(n)])
    known, found = set(ids.tolist()), []
    number = 0
    while len(found) < n:
        number += 1
        if (name := f"class {number}") not in known:
            found.append(name)
    return np.array([*ids.tolist(), *found], object)


@dataclass(frozen=True, eq=False)
class Change:
    """What a class changed."""

    n_heldout: int
    """Ratings of the class that neither fit has seen."""
    rmse_before: float
    """Of these, predicted from each member's other ratings by the fit without the class; nan
    without one."""
    rmse_after: float
    """Predicted by the fit that has learnt from the class, in stars."""
    films: pd.DataFrame
    """Of what the class has rated, those that moved most first: item_id, title, n_class (ratings
    of the class in training), before, after (mean rating expected of users of the data), change,
    sd (of the change: both fits' sd over draws)."""

    def moved_most(self, n: int = 12) -> pd.DataFrame:
        """Return the first `n` rows of `films`."""
        return self.films.head(n)

    @property
    def n_moved(self) -> int:
        """How many of them moved by more than two sd."""
        return int((self.films["change"].abs() > 2 * self.films["sd"]).sum())


def change(before: Fit, after: Fit) -> Change:
    """Return what joining changed.

    Parameters
    ----------
    before, after : Fit
        Without the class, and with it: of `with_class`.

    Raises
    ------
    ValueError
        If the second is not of the first one's ratings and more users.
    """
    old, train = before.split.train, after.split.train
    same = train.n_users > old.n_users and np.array_equal(old.item_ids, train.item_ids)
    rule = "a fit with more users and the same items as the one before"
    require(same, "after", train.name, rule)
    heldout = after.heldout()
    own = heldout[heldout["user_idx"] >= old.n_users]
    guesses = _before(before, after, own)
    nothing = float("nan")
    return Change(
        len(own),
        rmse(own["rating"], guesses) if len(own) else nothing,
        rmse(own["rating"], own["pred_mean"]) if len(own) else nothing,
        _films(before, after),
    )


def _before(before: Fit, after: Fit, own: pd.DataFrame) -> NDArray[np.float64]:
    """Predict held-out ratings of the class by the fit that does not know it."""
    train, found = after.split.train, np.zeros(len(own))
    scale, predictor = before.attrs["scale"], predictor_of(before)
    for user in own["user_idx"].unique():
        mine, rows = train.user_idx == user, (own["user_idx"] == user).to_numpy()
        draws = fold_in(before, train.item_idx[mine], train.rating[mine])
        pairs = newcomer_pairs(before, own["item_idx"].to_numpy()[rows])
        found[rows] = np.clip(average(predictor, draws, pairs, 0.9).mean, *scale)
    return found


def _films(before: Fit, after: Fit) -> pd.DataFrame:
    old, train = before.split.train, after.split.train
    count = np.bincount(train.item_idx[train.user_idx >= old.n_users], minlength=train.n_items)
    items = np.flatnonzero(count)
    users = np.unique(np.linspace(0, old.n_users - 1, USERS).round().astype(np.intp))
    (was, was_sd), (now, now_sd) = (_means(fit, users, items) for fit in (before, after))
    frame = pd.DataFrame(
        {
            "item_id": train.item_ids[items],
            "title": train.titles[items],
            "n_class": count[items],
            "before": was,
            "after": now,
            "change": now - was,
            "sd": np.hypot(was_sd, now_sd),
        }
    )
    order = np.argsort(-np.abs(frame["change"].to_numpy()), kind="stable")
    return frame.iloc[order].reset_index(drop=True)


def _means(
    fit: Fit, users: NDArray[np.intp], items: NDArray[np.intp]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the mean rating expected of each item over users: its mean and sd over draws."""
    predictor, grid = predictor_of(fit), np.indices((len(users), len(items))).reshape(2, -1)
    pairs, found = unseen_pairs(fit, *grid), []
    for draw in stored_draws(fit, users, items, draws=some_draws(fit, DRAWS)):
        mean = predictor.mean(draw, pairs, predictor.score(draw, pairs)) * predictor.unit
        found.append(mean.reshape(len(users), len(items)).mean(axis=0))
    return np.mean(found, axis=0), np.std(found, axis=0)
