"""Somebody's own ratings as a file: to keep, to send to a friend, and to read with suspicion."""

import json
from collections.abc import Mapping
from typing import Any

from pmf_core.data.limits import shown
from pmf_core.fits.fit import Fit
from pmf_core.runs.own_ratings import PER_PERSON

MAX_BYTES = 1_000_000
"""Of a file that is read."""

FORMAT = "pmf-explorer-ratings-1"


def to_file(fit: Fit, ratings: Mapping[Any, float]) -> bytes:
    """Write ratings, by the identifiers of the items; titles are for people who read the file."""
    train = fit.split.train
    known = zip(train.item_ids.tolist(), train.titles.tolist(), strict=True)
    items = {item_id: {"item_id": item_id, "title": str(title)} for item_id, title in known}
    rows = [items[item_id] | {"rating": float(rating)} for item_id, rating in ratings.items()]
    content = {"format": FORMAT, "scale": list(train.scale), "ratings": rows}
    return json.dumps(content, ensure_ascii=False, indent=1).encode()


def from_file(fit: Fit, content: bytes) -> tuple[dict[Any, float], list[str]]:
    """Read ratings of a fit's items from what may be any file.

    Returns
    -------
    ratings : dict of item_id to rating, in stars
    notes : list of str
        What was left out, in sentences.

    Raises
    ------
    ValueError
        If it is no such file, or has no rating of an item of this fit.
    """
    again = "choose a file that this page has saved"
    if len(content) > MAX_BYTES:
        raise ValueError(f"the file has {len(content):,} bytes, and {MAX_BYTES:,} at most are read")
    try:
        found = json.loads(content.decode(), parse_constant=lambda name: None)
    except (ValueError, RecursionError) as error:  # of bytes, too, that are no text
        raise ValueError(f"the file is no JSON; {again}") from error
    rows = found.get("ratings") if isinstance(found, dict) else None
    if not isinstance(rows, list) or found.get("format") != FORMAT:
        raise ValueError(f"the file is not of the form {FORMAT}; {again}")
    train = fit.split.train
    if found.get("scale") != list(train.scale):
        scale = " to ".join(f"{end:g}" for end in train.scale)
        raise ValueError(
            f"the file's scale is {shown(found.get('scale'))} and this run's {scale}; choose a run "
            "of the same ratings"
        )
    if len(rows) > PER_PERSON:
        raise ValueError(f"the file has {len(rows):,} ratings, and {PER_PERSON} at most are read")
    known = {str(item_id): item_id for item_id in train.item_ids.tolist()}
    ratings, unknown, wrong = {}, 0, 0
    for row in rows:
        item_id, rating = _row(row)
        if item_id not in known:
            unknown += 1
        elif not is_rating(fit, rating):
            wrong += 1
        else:
            ratings[known[item_id]] = float(rating)
    notes = []
    if unknown:
        notes.append(f"{unknown} of its {fit.nouns.things} are not in this run and were left out.")
    if wrong:
        notes.append(f"{wrong} of its ratings cannot be given here and were left out.")
    if not ratings:
        raise ValueError(f"the file has no rating of a {fit.nouns.thing} of this run; {again}")
    return ratings, notes


def is_rating(fit: Fit, rating: Any) -> bool:
    """Return whether somebody can give such a rating: one of the levels, where there are some."""
    if isinstance(rating, bool) or not isinstance(rating, int | float):
        return False
    low, high = fit.split.train.scale
    levels = fit.levels.tolist()
    return rating in levels if levels else low <= rating <= high


def _row(row: Any) -> tuple[str, Any]:
    if not isinstance(row, dict) or not isinstance(row.get("item_id"), str | int):
        return "", None
    return str(row["item_id"]), row.get("rating")
