"""A small fit as a browser plays it: all its frames in one message, rounded to what is drawn."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from pmf_core.data.toy import DEFAULT, FILMS, PEOPLE, Toy
from pmf_core.evaluation.lessons_of_play import hidden_ratings, rows_say, story
from pmf_core.fits.trajectory import SWEEPS, Trajectory, follow
from pmf_core.models.play_config import PlayConfig
from pmf_core.support.errors import require

LOOKED_AT = PEOPLE.index("Finn"), FILMS.index("Jaws")
"""The cell that is explained before anybody asks: of a person with one rating."""


def play(cells: str, config: PlayConfig) -> dict[str, Any]:
    """Return the `playback` of a table, as `Toy` writes it, under some settings."""
    toy = Toy(cells)
    return playback(toy, follow(toy.split, config))


def playback(toy: Toy, played: Trajectory) -> dict[str, Any]:
    """Return all that the playground draws, so that playing asks nothing of the server.

    Parameters
    ----------
    toy : Toy
    played : Trajectory
        Of ``toy.split``.

    Returns
    -------
    dict
        Fit for JSON. Lists of lists but for what there is of each frame: that is flat, a sweep
        after the other and, within it, people and then films. ``updates`` are the rows of U and V
        that they make, ``scores_of_users`` and ``scores_of_items`` the predictions that then
        change, in stars. ``mean`` and ``sd`` are over the draws so far, after each sweep from
        ``warm_up`` on; ``turned`` are rows after each sweep, turned to the last.

    Raises
    ------
    ValueError
        If there are more sweeps than a message has room for: of so many, it takes a quarter of a
        megabyte.
    """
    rule = f"at most {SWEEPS}; follow fewer"
    require(played.n_sweeps <= SWEEPS, "the number of sweeps", played.n_sweeps, rule)
    train, hidden = played.split.train, played.split.test
    mean, sd = played.running
    errors = {"told": train, "hidden": hidden}
    lesson = hidden_ratings(played)
    return {
        "cells": toy.cells,
        "first_cells": DEFAULT,
        "first_cell": list(LOOKED_AT),
        "people": train.user_ids.tolist(),
        "films": train.titles.tolist(),
        "nouns": {"thing": train.nouns.thing, "unit": train.nouns.unit},
        "scale": list(train.scale),
        "stars": toy.stars.tolist(),
        "is_hidden": toy.is_hidden.tolist(),
        "method": played.config.method,
        "alpha": played.config.alpha,
        "width": played.config.width,
        "n_factors": played.config.n_factors,
        "n_sweeps": played.n_sweeps,
        "warm_up": played.warm_up,
        "rating_mean": played.mean,
        "start": {
            "U": _rounded(played.U[0], 3),
            "V": _rounded(played.V[0], 3),
            "scores": _rounded(played.scores[0], 2),
        },
        "updates": _rounded(played.updates.ravel(), 3),
        "scores_of_users": _rounded(played.scores_of_users.ravel(), 2),
        "scores_of_items": _rounded(played.scores_of_items.ravel(), 2),
        "turned": _rounded(played.turned.ravel(), 3),
        "mean": _rounded(mean.ravel(), 2),
        "sd": _rounded(sd.ravel(), 2),
        "density": _rounded(played.density, 2),
        "density_at": played.density_at.tolist(),
        "errors": {
            name: [_rounded(each, 3) for each in played.errors(ratings)]
            for name, ratings in errors.items()
        },
        "story": [[frame, each.text] for frame, each in story(played)],
        "rows_say": rows_say(played),
        "hidden_says": "" if lesson is None else lesson.text,
    }


def _rounded(values: ArrayLike, digits: int) -> list:
    # Adding 0 makes a zero of what is rounded to minus zero.
    return (np.round(np.asarray(values, dtype=float), digits) + 0.0).tolist()
