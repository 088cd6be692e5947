"""Which column of somebody's table is the user, the item, the rating, the time, the title."""

import re

from pmf_core.data.limits import shown

_NAMES = {
    "user": (
        "userid", "user", "uid", "username", "reviewerid", "customerid", "customer", "memberid",
        "accountid", "visitorid", "personid", "person",
    ),
    "item": (
        "itemid", "item", "iid", "movieid", "movie", "filmid", "film", "productid", "product",
        "parentasin", "asin", "isbn", "bookid", "book", "animeid", "anime", "gameid", "game",
        "songid", "song", "trackid", "track", "artistid", "artist", "restaurantid", "businessid",
        "recipeid", "jokeid",
    ),
    "rating": (
        "rating", "ratings", "score", "stars", "star", "overall", "value", "userrating",
        "bookrating", "myrating", "reviewrating", "reviewscore",
    ),
    "timestamp": (
        "timestamp", "time", "date", "datetime", "ratedat", "createdat", "unixreviewtime",
    ),
    "title": (
        "title", "itemtitle", "movietitle", "filmtitle", "booktitle", "name", "itemname",
        "moviename", "movie", "film", "book", "anime", "game", "song", "track", "artist", "item",
    ),
}  # fmt: skip
"""Names that are recognised, the likeliest first; case, spaces and punctuation do not matter."""

REQUIRED = ("user", "item", "rating")


def is_header(fields: list[str]) -> bool:
    """Tell whether the first row of a table names its columns: one of its fields is a known name.

    A table without a header may hold such a word as an identifier, but not as its rating.
    """
    known = {name for role in REQUIRED for name in _NAMES[role]}
    return not _is_number(fields[2]) and any(_plain(field) in known for field in fields)


def header_roles(fields: list[str]) -> dict[str, int]:
    """Return the position of each role's column in a header.

    Raises
    ------
    ValueError
        If a column that is needed is missing, or two columns have the same name.
    """
    plain = [_plain(field) for field in fields]
    found: dict[str, int] = {}
    for role, names in _NAMES.items():
        free = [name for name in names if name in plain and plain.index(name) not in found.values()]
        if not free:
            continue
        if plain.count(free[0]) > 1:
            raise ValueError(
                f"{plain.count(free[0])} columns could be the {role} ({_shown(fields)}); "
                "rename all but one"
            )
        found[role] = plain.index(free[0])
    missing = [role for role in REQUIRED if role not in found]
    if missing:
        raise ValueError(
            f"no column for the {' and the '.join(missing)} among {_shown(fields)}; rename "
            + " and ".join(f"the {role} column to {_NAMES[role][0]!r}" for role in missing)
        )
    return found


def plain_roles(fields: list[str]) -> dict[str, int]:
    """Return the positions in a table without a header, given the fields of its first row.

    Raises
    ------
    ValueError
        If the third field is no number, so that the row is neither data nor a header.
    """
    if not _is_number(fields[2]):
        raise ValueError(
            f"the first row ({_shown(fields)}) names no user, item and rating columns and has "
            f"{shown(fields[2])} where the rating should be; add a header such as "
            "user,item,rating, or put the columns in that order"
        )
    roles = {"user": 0, "item": 1, "rating": 2}
    if len(fields) > 3 and re.match(r"\d{9,13}(\.\d*)?$|\d{4}-\d\d-\d\d", fields[3].strip()):
        roles["timestamp"] = 3
    return roles


def _shown(fields: list[str]) -> str:
    # A file of another kind may be one line of thousands of "columns".
    return ", ".join(shown(field)[1:-1] for field in fields[:12])[:200] + (
        ", ..." if len(fields) > 12 else ""
    )


def _is_number(field: str) -> bool:
    return re.fullmatch(r"[-+]?[0-9.,]+(e[-+]?[0-9]+)?", field.strip().casefold()) is not None


def _plain(name: str) -> str:
    # RecBole's headers say name:type.
    return re.sub(r"[^a-z0-9]", "", name.split(":")[0].casefold())
