"""What somebody may be called in a class."""

import re
import unicodedata

LONGEST = 20
"""Characters of a nickname."""

_SIGNS = " '.-_"
RULE = (
    f"it must have 1 to {LONGEST} letters, digits, spaces or any of {_SIGNS.strip()}, and begin "
    "with a letter or a digit"
)


def checked(text: str) -> str:
    """Return a nickname in its plain form: composed, with single spaces.

    Letters of all scripts will do. Control characters, marks of direction, markup and pictures
    will not: a nickname stands on everybody's screen.

    Raises
    ------
    ValueError
        If it breaks the rule; the message does not repeat it.
    """
    name = unicodedata.normalize("NFKC", " ".join(text[: 20 * LONGEST].split(" "))).strip()
    name = re.sub(" +", " ", name)
    kinds = [unicodedata.category(each) for each in name]
    if not (
        1 <= len(name) <= LONGEST
        and kinds[0][0] in "LN"
        and all(
            kind[0] == "L" or kind in ("Nd", "Mn", "Mc") or each in _SIGNS
            for each, kind in zip(name, kinds, strict=True)
        )
        and not _piled(kinds)
    ):
        raise ValueError(f"that nickname cannot be used; {RULE}")
    return name


def key(name: str) -> str:
    """Return that by which two nicknames are the same: whatever the case."""
    return unicodedata.normalize("NFKC", name.casefold())


def _piled(kinds: list[str]) -> bool:
    """Return whether marks stand on marks, as no script needs them."""
    text = "".join("m" if kind == "Mn" else "x" for kind in kinds)
    return "mmm" in text
