"""What people write about a run: its name, and a note; whatever a file says of them, too."""

import re

from pmf_core.support.errors import require

LONGEST_NAME, LONGEST_NOTE = 200, 2_000
"""Characters of what people call a run, and write about it."""

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")

_UNRULY = re.compile(_CONTROL.pattern.replace(r"\x00-\x1f", r"\x00-\x08\x0b-\x1f"))
"""The same without tabs and line breaks."""


def check_name(name: str) -> str:
    """Return the name of a run without spaces around it, or refuse it.

    Raises
    ------
    ValueError
        If it is empty or too long, or would not stay on one line, read from left to right.
    """
    name = name.strip()
    require(bool(name), "name", name, "of at least one letter: give the run a name")
    rule = f"of at most {LONGEST_NAME} characters, and has {len(name)}"
    require(len(name) <= LONGEST_NAME, "name", f"{name[:40]}...", rule)
    require(not _CONTROL.search(name), "name", name, "without line breaks and control characters")
    return name


def check_note(note: str) -> str:
    """Return what somebody has written about a run, without spaces around it, or refuse it.

    Raises
    ------
    ValueError
        If it is too long, or has control characters besides tabs and line breaks.
    """
    note = note.replace("\r\n", "\n").strip()
    rule = f"of at most {LONGEST_NOTE:,} characters, and has {len(note):,}"
    require(len(note) <= LONGEST_NOTE, "note", f"{note[:40]}...", rule)
    require(not _UNRULY.search(note), "note", note[:40], "without control characters")
    return note
