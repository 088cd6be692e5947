"""What a small fit shows while it is played, in sentences that are true of its numbers."""

import numpy as np
from numpy.typing import NDArray

from pmf_core.data.ratings import Ratings
from pmf_core.evaluation.lessons import Lesson
from pmf_core.fits.trajectory import Trajectory
from pmf_core.support.numbers import figure

Scene = tuple[int, Lesson]
"""From which frame on something is said, and what."""


def story(played: Trajectory) -> list[Scene]:
    """Return what to look at, scene by scene, from the start to the end."""
    n_users, n_rows = played.U.shape[1], played.n_rows
    scenes = [
        (0, _start(played)),
        (1, _people(played)),
        (n_users + 1, _items(played)),
        (n_rows, _first_sweep(played)),
    ]
    if played.config.method == "Gibbs":
        scenes += [(3 * n_rows, _wanders(played)), (played.warm_up * n_rows, _counts(played))]
        last = _sure_and_unsure(played)
    else:
        last = _stands_still(played)
    end = played.n_sweeps * n_rows
    found: list[Scene] = []
    for scene in scenes:  # a short fit has no room for some
        if scene[0] < end and (not found or scene[0] > found[-1][0]):
            found.append(scene)
    return [*found, (end, last)]


def rows_say(played: Trajectory) -> list[str]:
    """Return of each row, users first, what says where it may go."""
    train, things = played.split.train, played.split.train.nouns.things
    found = []
    for k, user in enumerate(train.user_ids):
        rated = train.titles[train.item_idx[train.user_idx == k]]
        if len(rated):
            what = f"{_count(len(rated), 'rating')} ({', '.join(rated)})"
            found.append(f"{user}’s row moves. {what} and the prior say where it may go.")
        else:
            found.append(
                f"{user}’s row moves. {user} has rated no {things}: only the prior speaks."
            )
    for k, title in enumerate(train.titles):
        raters = train.user_ids[train.user_idx[train.item_idx == k]]
        if len(raters):
            what = f"{_count(len(raters), 'rating')} (by {', '.join(raters)})"
            found.append(f"The row of {title} moves. {what} and the prior say where it may go.")
        else:
            found.append(f"The row of {title} moves. Nobody has rated it: only the prior speaks.")
    return found


def hidden_ratings(played: Trajectory) -> Lesson | None:
    """Say whether hidden ratings are guessed better by many draws than by one; None without any."""
    hidden = played.split.test
    if not hidden.n_ratings:
        return None
    what = f"Hidden from the model, {_count(hidden.n_ratings, 'rating')}:"
    them = "it" if hidden.n_ratings == 1 else "them"
    per_step, running = played.errors(hidden)
    unit = hidden.nouns.unit
    if played.config.method == "MAP":
        off = float(per_step[-1])
        text = f"{what} the MAP misses {them} by {figure(off, '.2f')} {unit}. Which prior width "
        text += "guesses best?"
        return Lesson("hidden_ratings", True, text, {"off": off})
    one, mean = float(np.sqrt(np.mean(per_step[1 + played.warm_up :] ** 2))), float(running[-1])
    holds = mean < one
    text = f"{what} a single draw misses {them} by {figure(one, '.2f')} {unit}, the mean of all "
    text += f"draws by {figure(mean, '.2f')}: "
    text += "errors of draws cancel." if holds else "the draws hardly differ, so nothing cancels."
    return Lesson("hidden_ratings", holds, text, {"one_draw": one, "mean_of_draws": mean})


def rmse_of(played: Trajectory) -> NDArray[np.float64]:
    """Return the RMSE on what the model is told, after each sweep, in stars."""
    return played.errors(played.split.train)[0]


def _start(played: Trajectory) -> Lesson:
    off, n = float(rmse_of(played)[0]), played.split.train.n_ratings
    text = (
        "Start: every number of U and V is drawn from the prior, before a rating is seen. "
        f"Predictions miss the {_count(n, 'rating')} by {figure(off, '.2f')} {_unit(played)}. "
        "Press Play."
    )
    return Lesson("play_start", True, text, {"off": off})


def _people(played: Trajectory) -> Lesson:
    if played.config.method == "Gibbs":
        text = (
            "People first, a row at a time: each is drawn from the places that fit the person’s "
            f"own ratings, while all {played.split.train.nouns.things} stand still."
        )
    else:
        text = (
            "People first, a row at a time: each goes to the most probable place, which fits the "
            f"person’s own ratings without going far from 0. All {_things(played)} stand still."
        )
    return Lesson("play_people", True, text)


def _items(played: Trajectory) -> Lesson:
    how = "drawn anew" if played.config.method == "Gibbs" else "moved to its most probable place"
    text = f"Now the {_things(played)}: each is {how} given its ratings and the people’s new rows."
    return Lesson("play_items", True, text)


def _first_sweep(played: Trajectory) -> Lesson:
    before, after = map(float, rmse_of(played)[:2])
    holds = after < before
    text = (
        f"One sweep is done. Predictions miss the ratings by {figure(after, '.2f')} "
        f"{_unit(played)}, after {figure(before, '.2f')} at the start: "
    )
    text += (
        "the rows learn from each other."
        if holds
        else "no better. Few ratings, a narrow prior or a small α leave little to learn."
    )
    return Lesson("play_first_sweep", holds, text, {"before": before, "after": after})


def _wanders(played: Trajectory) -> Lesson:
    text = (
        "Nothing comes to rest, and that is the answer: how far a prediction wanders is how "
        "little the ratings and the prior say of it. Watch which cells flicker most."
    )
    return Lesson("play_wanders", True, text)


def _counts(played: Trajectory) -> Lesson:
    text = (
        f"The warm-up of {played.warm_up} sweeps is over. From now on every sweep counts as a "
        "draw: it leaves a dot for each point, and a count in the histogram."
    )
    return Lesson("play_counts", True, text)


def _sure_and_unsure(played: Trajectory) -> Lesson:
    """Name the blank cells of which the draws are surest and least sure."""
    train = played.split.train
    mean, sd = (each[-1] for each in played.running)
    n_draws = played.n_sweeps - played.warm_up
    blank = np.ones(mean.shape, bool)
    blank[train.user_idx, train.item_idx] = False
    text = f"{n_draws} draws. "
    if not blank.any():
        return Lesson("play_sure", False, text + "Every cell is rated: nothing is left to guess.")
    cells = np.argwhere(blank)
    order = np.argsort(sd[blank], kind="stable")
    low, high = cells[order[0]], cells[order[-1]]
    holds = len(cells) > 1

    def said(cell: NDArray[np.intp]) -> str:
        number = f"{figure(mean[*cell], '.1f')} ± {figure(sd[*cell], '.1f')}"
        return f"{train.user_ids[cell[0]]} and {train.titles[cell[1]]}, {number} {_unit(played)}"

    if holds:
        text += f"Surest of the blank cells: {said(low)}. Least sure: {said(high)} ("
        text += f"{_evidence(train, high)}). Rate a cell beside it and watch the histogram narrow."
    else:
        text += f"The only blank cell: {said(low)}."
    evidence = {"lowest_sd": float(sd[*low]), "highest_sd": float(sd[*high])}
    return Lesson("play_sure", holds, text, evidence)


def _stands_still(played: Trajectory) -> Lesson:
    known = played.density[-2:]
    last = float(np.abs(np.diff(played.scores[-2:], axis=0)).max())
    holds = last < 0.005
    text = f"After {_count(played.n_sweeps, 'sweep')} "
    if holds:
        text += (
            "nothing moves any more: no row alone can make U and V more probable. Each cell has "
            "one number, and nothing says how sure it is. For that, choose Gibbs."
        )
    else:
        text += f"predictions still move, by up to {figure(last, '.2f')} {_unit(played)} a sweep."
    return Lesson("play_stands_still", holds, text, {"move": last, "density": float(known[-1])})


def _evidence(train: Ratings, cell: NDArray[np.intp]) -> str:
    user, item = cell
    of_user = int(np.sum(train.user_idx == user))
    of_item = int(np.sum(train.item_idx == item))
    return f"{train.user_ids[user]} has {_count(of_user, 'rating')}, {train.titles[item]} {of_item}"


def _count(n: int, noun: str) -> str:
    return f"{n} {noun}{'' if n == 1 else 's'}"


def _things(played: Trajectory) -> str:
    return played.split.train.nouns.things


def _unit(played: Trajectory) -> str:
    return played.split.train.nouns.unit
