"""One answer beside many: the same small fit by MAP and by Gibbs, as the first page plays it.

What the browser is sent is kept in a file, since the first page waits for no compiler:
``python -m pmf_core.charts.settling`` works it out anew.
"""

import json
from pathlib import Path
from typing import Any

STORED = Path(__file__).parent / "figures" / "settling.json"

SWEEPS, DRAWS = 30, 90
"""Of the climb and of the cloud that are shown."""


def stored() -> dict[str, Any]:
    """Return `settling` as it was worked out."""
    return json.loads(STORED.read_text(encoding="utf-8"))


def settling() -> dict[str, Any]:
    """Return rows of U and V of the toy ratings, as a MAP finds them and as Gibbs draws them.

    Returns
    -------
    dict
        Fit for JSON. ``names`` of rows, people first, of whom there are ``n_people``; ``map`` and
        ``gibbs``: flat, a sweep after the other and within it rows of two factors each, turned to
        match the mean of all draws; ``named``: the people whose clouds are narrowest and widest;
        ``says``: what is seen, in a sentence.
    """
    import numpy as np

    from pmf_core.data.toy import Toy
    from pmf_core.fits.trajectory import follow
    from pmf_core.models.play_config import PlayConfig

    split = Toy().split
    climb, cloud = (follow(split, PlayConfig(method)) for method in ("MAP", "Gibbs"))
    drawn = cloud.turned[1 + cloud.warm_up :]
    points = climb.turned
    left, _, right = np.linalg.svd(points[-1].T @ drawn.mean(axis=0))
    points = points[: SWEEPS + 1] @ (left @ right)
    people, films = split.train.user_ids.tolist(), split.train.titles.tolist()
    sd = drawn.var(axis=0).mean(axis=1) ** 0.5  # over draws, of both factors together
    sure, unsure = int(sd[: len(people)].argmin()), int(sd[: len(people)].argmax())
    count = np.bincount(split.train.user_idx, minlength=len(people))
    return {
        "names": people + films,
        "n_people": len(people),
        "map": _flat(points),
        "gibbs": _flat(drawn[:DRAWS]),
        "named": [sure, unsure],
        "says": _says(sd, count, people, sure, unsure),
    }


def _says(sd: Any, n_ratings: Any, people: list[str], sure: int, unsure: int) -> str:
    """Say whose cloud is narrowest and widest."""
    from pmf_core.support.numbers import figure

    def said(k: int) -> str:
        n = int(n_ratings[k])
        return f"{people[k]}, with {n} rating{'' if n == 1 else 's'} (sd {figure(sd[k], '.2f')}),"

    return (
        "Six people and six films, each a point of two learnt numbers. Left: the most probable "
        "points (MAP), which come to rest and say no more. Right: the same ratings, drawn again "
        f"and again. {said(sure)} stays near one place; {said(unsure)} could be in many. "
        "**That cloud is what *Bayesian* adds: how sure the answer is.**"
    )


def _flat(values: Any) -> list[float]:
    return [round(float(value), 2) + 0.0 for value in values.ravel()]


if __name__ == "__main__":
    STORED.write_text(json.dumps(settling(), ensure_ascii=False) + "\n", encoding="utf-8")
