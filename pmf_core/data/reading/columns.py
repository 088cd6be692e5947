"""Which column of somebody's table is the user, the item, the rating, the time, the title."""

import re
from collections.abc import Mapping
from types import MappingProxyType

from pmf_core.data.limits import MAX_COLUMNS, shown
from pmf_core.data.nouns import Nouns
from pmf_core.data.reading.choices import position
from pmf_core.data.texts import as_texts, fault

_NAMES = {
    "user": (
        "userid", "user", "uid", "username", "reviewerid", "customerid", "customer", "memberid",
        "accountid", "visitorid", "personid", "person",
    ),
    "item": (
        "itemid", "item", "iid", "movieid", "movie", "filmid", "film", "productid", "product",
        "parentasin", "asin", "bookid", "book", "isbn", "animeid", "anime", "seriesanimedbid",
        "gameid", "game", "songid", "song", "trackid", "track", "artistid", "artist",
        "restaurantid", "restaurant", "businessid", "business", "recipeid", "recipe", "jokeid",
        "joke", "const", "letterboxduri",
    ),
    "rating": (
        "userrating", "myrating", "yourrating", "userscore", "myscore", "rating", "ratings",
        "score", "stars", "star", "overall", "value", "bookrating", "reviewrating", "reviewscore",
    ),
    "time": (
        "timestamp", "time", "date", "datetime", "ratedat", "createdat", "unixreviewtime",
        "daterated", "mylastupdated", "reviewtime", "reviewdate", "dateread",
    ),
    "title": (
        "title", "itemtitle", "movietitle", "filmtitle", "booktitle", "name", "itemname",
        "moviename", "movie", "film", "book", "anime", "game", "song", "track", "artist", "item",
    ),
}  # fmt: skip
"""Names that are recognised, the likeliest first; case, spaces and punctuation do not matter. A
person's own rating comes before what may be the mean of all."""

_EXPORTS = {
    "IMDb": {"const", "yourrating"},
    "Letterboxd": {"letterboxduri", "rating"},
    "Goodreads": {"bookid", "myrating"},
    "MyAnimeList": {"myscore", "myfinishdate"},
}
"""By which columns the export of one person from a site is known."""

_THINGS = {
    "movie": ("movie", "movies"), "film": ("movie", "movies"), "const": ("movie", "movies"),
    "letterboxd": ("movie", "movies"), "book": ("book", "books"), "isbn": ("book", "books"),
    "anime": ("anime", "anime"), "game": ("game", "games"), "song": ("song", "songs"),
    "track": ("track", "tracks"), "artist": ("artist", "artists"), "joke": ("joke", "jokes"),
    "restaurant": ("restaurant", "restaurants"), "business": ("business", "businesses"),
    "recipe": ("recipe", "recipes"), "product": ("product", "products"),
    "asin": ("product", "products"),
}  # fmt: skip
"""What is rated, by what the name of its column holds."""

REQUIRED = ("user", "item", "rating")
NO_CHOICE: Mapping[str, str] = MappingProxyType({})
_UNNAMED = re.compile(r"column \d+$|$")
_ASIN = re.compile(r"B[0-9]{2}[0-9A-Z]{7}")
_REVIEWER = re.compile(r"A[0-9A-Z]{9,20}")


class RolesUnknown(ValueError):
    """It cannot be told which columns are the user, the item and the rating."""

    def __init__(self, message: str, fields: list[str]) -> None:
        super().__init__(message)
        self.fields = fields


def check_columns(fields: list[str]) -> None:
    """Refuse a header with too many columns, or with a name that is none.

    Raises
    ------
    ValueError
        With the name.
    """
    if len(fields) > MAX_COLUMNS:
        raise ValueError(
            f"there are {len(fields):,} columns, and at most {MAX_COLUMNS} can be read; give one "
            "row per rating, and leave out what does not describe it"
        )
    if (found := fault(as_texts(fields))) is not None:
        at, rule = found
        raise ValueError(f"the column name {shown(fields[at])} must {rule}; rename it")


def is_header(fields: list[str], chosen: Mapping[str, str] = NO_CHOICE) -> bool:
    """Tell whether the first row of a table names its columns: one of its fields is a known name.

    A table without a header may hold such a word as an identifier, but not as its rating.
    """
    if any(name in column_names(fields) for name in chosen.values() if not _UNNAMED.match(name)):
        return True
    known = {name for role in REQUIRED for name in _NAMES[role]}
    return not _is_number(fields[2]) and any(_plain(field) in known for field in fields)


def header_roles(fields: list[str], chosen: Mapping[str, str] = NO_CHOICE) -> dict[str, int]:
    """Return the position of each role's column in a header.

    Parameters
    ----------
    fields : list of str
    chosen : mapping of str to str
        Roles whose column is known, and its name; an empty name is none.

    Raises
    ------
    ValueError
        If a column that is needed is missing, or two columns have the same name.
    """
    plain = [_plain(field) for field in fields]
    found = _chosen_roles(fields, chosen)
    for role in _NAMES:
        if role in chosen:
            continue
        free = [
            name for name in candidates(fields, role) if plain.index(name) not in found.values()
        ]
        if not free:
            continue
        if plain.count(free[0]) > 1:
            raise RolesUnknown(
                f"{plain.count(free[0])} columns could be the {role} ({_shown(fields)}); "
                "rename all but one",
                column_names(fields),
            )
        found[role] = plain.index(free[0])
    missing = [role for role in REQUIRED if role not in found]
    if missing == ["user"]:
        for site, marks in _EXPORTS.items():
            if marks <= set(plain):
                raise RolesUnknown(
                    f"this is one person's export from {site}, without a column for the user; "
                    "learning tastes takes several people, so put their exports in one table with "
                    "a column 'user'",
                    column_names(fields),
                )
    if missing:
        raise RolesUnknown(
            f"no column for the {' and the '.join(missing)} among {_shown(fields)}; rename "
            + " and ".join(f"the {role} column to {_NAMES[role][0]!r}" for role in missing),
            column_names(fields),
        )
    return found


def candidates(fields: list[str], role: str) -> list[str]:
    """Return the known names of a role that a header has, the likeliest first."""
    plain = {_plain(field) for field in fields}
    return [name for name in _NAMES[role] if name in plain]


def columns_of(fields: list[str], role: str) -> list[int]:
    """Return the positions of all columns of a header that could have a role."""
    plain = [_plain(field) for field in fields]
    return [plain.index(name) for name in candidates(fields, role)]


def plain_roles(fields: list[str], chosen: Mapping[str, str] = NO_CHOICE) -> dict[str, int]:
    """Return the positions in a table without a header, given the fields of its first row.

    Raises
    ------
    ValueError
        If the third field is no number, so that the row is neither data nor a header.
    """
    names = column_names([""] * len(fields))
    found = _chosen_roles(names, chosen)
    free = [at for at in range(len(fields)) if at not in found.values()]
    roles = dict(found)
    for role in REQUIRED:
        if role not in roles and free:
            roles[role] = free.pop(0)
    if len(roles.keys() & set(REQUIRED)) < 3 or not _is_number(fields[roles["rating"]]):
        raise RolesUnknown(
            f"the first row ({_shown(fields)}) names no user, item and rating columns and has "
            f"{shown(fields[roles.get('rating', 2)])} where the rating should be; add a header "
            "such as user,item,rating, or put the columns in that order",
            column_names(fields),
        )
    if "time" not in chosen and free and is_time(fields[free[0]]):
        roles["time"] = free[0]
    if not chosen and _ASIN.fullmatch(fields[0].strip()) and _REVIEWER.fullmatch(fields[1].strip()):
        roles |= {"user": 1, "item": 0}  # as Amazon's ratings are given
    return roles


def column_names(fields: list[str]) -> list[str]:
    """Return what each column is called, each by another name."""
    names = [field.strip() or f"column {i}" for i, field in enumerate(fields, 1)]
    for i, column in enumerate(names):
        if column in names[:i]:
            names[i] = f"{column} (column {i + 1})"
    return names


def is_time(field: str) -> bool:
    """Tell whether a field without a name reads as a time."""
    return re.match(r"\d{9,13}(\.\d*)?$|\d{4}-\d\d-\d\d", field.strip()) is not None


def guess_nouns(item: str, title: str, rating: str, scale: tuple[float, float]) -> Nouns:
    """Return how to call what is rated, by the names of its columns and the scale."""
    words = _plain(item), _plain(title)
    found = (pair for word in words for key, pair in _THINGS.items() if key in word)
    thing, things = next(found, ("item", "items"))
    stars = "star" in _plain(rating) or (scale[0] >= 0 and scale[1] == 5)
    return Nouns(thing, things, "stars" if stars else "points")


def _chosen_roles(names: list[str], chosen: Mapping[str, str]) -> dict[str, int]:
    names = column_names(names)
    found = {role: position(names, role, name) for role, name in chosen.items() if name}
    if len(set(found.values())) < len(found):
        given = ", ".join(f"{role}={shown(name)}" for role, name in chosen.items() if name)
        raise ValueError(f"one column is chosen twice ({given}); choose another for one of them")
    return found


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


def names_role(field: str) -> str | None:
    """Return the role that a name is known for, or None."""
    plain = _plain(field)
    return next((role for role, names in _NAMES.items() if plain in names), None)
