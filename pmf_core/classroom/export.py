"""What a teacher takes home of a class: its ratings, without nicknames."""

import csv
import io
from collections.abc import Sequence

from pmf_core.classroom.records import Answer, Room
from pmf_core.data import Ratings

COLUMNS = (
    *("member", "item_id", "title", "rating", "first_rating", "claimed_from", "claimed_to"),
    *("claimed_probability", "probability_of_first"),
)


def to_csv(room: Room, answers: Sequence[Answer], train: Ratings) -> str:
    """Return the ratings of a class as CSV, in which members are numbers.

    Parameters
    ----------
    room : Room
    answers : sequence of Answer
        Of the room; those without a rating are left out.
    train : Ratings
        Of the run that played, for the identifiers and titles of items.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    numbers: dict[int, int] = {}
    for each in answers:
        if each.rating is None or each.first is None:
            continue
        claim, first = each.claim, room.levels.index(each.first)
        writer.writerow(
            (
                numbers.setdefault(each.member_id, len(numbers) + 1),
                train.item_ids[each.item_idx],
                _cell(str(train.titles[each.item_idx])),
                f"{each.rating:g}",
                f"{each.first:g}",
                f"{room.levels[claim.low]:g}",
                f"{room.levels[claim.high]:g}",
                f"{claim.mass:.4f}",
                f"{claim.probability[first]:.4f}",
            )
        )
    return text.getvalue()


def _cell(text: str) -> str:
    """Return a text that spreadsheets take for one: not for a formula."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text
