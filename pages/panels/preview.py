"""What an uploaded table was taken for, shown and corrected before its ratings are used."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import streamlit as st

from pages.panels.draft import ROLES, Draft
from pages.shell import settings, show, tables
from pages.shell.show import plain
from pmf_core.data.sources import SOURCES

if TYPE_CHECKING:  # the first page does not wait for what these import
    from pmf_core.data.reading.preview import Reading

ENDINGS = (
    "csv", "tsv", "txt", "dat", "data", "base", "test", "inter", "rating", "ratings", "json",
    "jsonl", "ndjson", "parquet", "xml", "gz", "bz2", "xz", "zip",
)  # fmt: skip
"""Of files that are read, or refused in a sentence that says what to do."""

_DRAFT, _SEEN = "draft", "upload_seen"
_NONE = "none"
_SEPARATORS = {
    "": "as found", ",": "comma", ";": "semicolon", "\t": "tab", "|": "|", "::": "::", " ": "space",
}  # fmt: skip
_DECIMALS = {"": "as found", ".": "point: 3.5", ",": "comma: 3,5"}
_ENCODINGS = {
    "": "as found", "utf-8": "UTF-8", "cp1252": "Windows (Western Europe)",
    "cp1250": "Windows (Central Europe)", "cp1251": "Windows (Cyrillic)", "utf-16": "UTF-16",
}  # fmt: skip
_TWICE = {"error": "refuse the file", "last": "keep the last", "mean": "take the mean"}


def upload() -> None:
    """Draw the place for a file; one that is new is looked at before it is used."""
    uploaded = st.file_uploader(
        "A table of ratings",
        type=list(ENDINGS),
        help="One rating a row: user, item, rating and, if you have it, a time; or a row for each "
        "user and a column for each item. With column names or without, packed or not. You see "
        "how it was understood before it is used. It stays in the memory of this server, for you "
        "and those to whom you give its address, until it restarts or needs the room.",
        key="upload",
    )
    seen = uploaded and uploaded.file_id
    if seen == st.session_state.get(_SEEN):
        return
    st.session_state[_SEEN] = seen
    _close()
    if uploaded is not None:
        _open(Draft(uploaded.name, uploaded.getvalue()))


def offer_again(name: str, table: tables.Table) -> None:
    """Say which table is used, and offer another look at it."""
    st.caption(f"In use: {plain(table.file_name)}")
    draft = Draft(table.file_name, table.content, dict(table.choices), name)
    st.button(
        "How it was read",
        icon=":material/fact_check:",
        key="preview_again",
        on_click=lambda: _open(draft),
        help="What was taken for what, what is left out and why; with all of it to correct.",
    )


def is_open() -> bool:
    """Return whether a table is looked at, in place of the page."""
    takes = {source.label for source in SOURCES if source.takes_file}
    return _DRAFT in st.session_state and settings.value("data") in takes


def draw() -> None:
    """Show what the table was taken for, with every answer to correct."""
    draft: Draft = st.session_state[_DRAFT]
    reading = draft.reading
    if reading is None and not draft.refusal:  # it has made room for others
        draft.read()
        reading = draft.reading
    st.title("Is this what your file says?")
    _say(draft, reading)
    ready = bool(reading and not reading.problem and not draft.refusal)
    with st.container(horizontal=True):
        st.button(
            "Use these ratings", type="primary", icon=":material/check:", key="preview_use",
            disabled=not ready, on_click=_use, args=(draft,),
        )  # fmt: skip
        st.button("Set it aside", icon=":material/close:", key="preview_close", on_click=_close)
    if reading is not None:
        _rows(reading)
        if not reading.is_matrix:
            _columns(draft, reading)
        _scale(draft, reading)
        _codes(draft)
        _nouns(draft, reading)
    _file(draft)


def _open(draft: Draft) -> None:
    st.session_state[_DRAFT] = draft
    draft.read()


def _close() -> None:
    draft = st.session_state.pop(_DRAFT, None)
    if draft is not None and draft.name != settings.value("table"):
        tables.drop(draft.name)


def _use(draft: Draft) -> None:
    settings.change(table=draft.name)
    del st.session_state[_DRAFT]


def _say(draft: Draft, reading: Reading | None) -> None:
    name = f"**{plain(draft.file_name)}**"
    if draft.refusal:
        st.error(f"{name} cannot be read like this: {show.reason(draft.refusal)}")
    elif reading is not None and reading.problem:
        st.warning(f"{show.reason(reading.problem)}; or mend it below.", icon=":material/help:")
    if reading is None or reading.ratings is None:
        return
    ratings, nouns = reading.ratings, reading.nouns
    low, high = reading.scale
    st.markdown(
        f"{name}: {ratings.n_ratings:,} ratings by {ratings.n_users:,} users of "
        f"{ratings.n_items:,} {nouns.things}, from {low:g} to {high:g} {nouns.unit}"
        + (", read from a table with a row or a column for each." if reading.is_matrix else ".")
    )
    offered = {suspect.note for suspect in draft.suspects.values()}  # with a box to tick, below
    for note in reading.notes:
        if note not in offered:
            st.caption(plain(note))


def _rows(reading: Reading) -> None:
    st.header("The first rows")
    headings = {
        role: st.column_config.Column(ROLES[role][0], help=ROLES[role][1]) for role in reading.roles
    }
    rows = reading.rows.rename_axis("Row")
    st.dataframe(rows, column_config=headings, width="stretch", key="preview_rows")


def _columns(draft: Draft, reading: Reading) -> None:
    if reading.problem and not reading.roles.keys() <= draft.choices.keys():
        st.button(
            "These columns are right", icon=":material/done_all:", key="preview_right",
            on_click=lambda: draft.choose("user", reading.roles["user"]),
            help="Or say below which column is which.",
        )  # fmt: skip
    for place, (role, (label, tip)) in zip(st.columns(len(ROLES)), ROLES.items(), strict=True):
        can_lack = role in ("time", "title")
        options = [*reading.columns, *([_NONE] if can_lack else [])]
        now = reading.roles.get(role, _NONE if can_lack else None)
        _choice(
            draft, role, place.selectbox, label, now, options=options, help=tip,
            taken=lambda value, none=can_lack: "" if none and value == _NONE else value,
        )  # fmt: skip


def _scale(draft: Draft, reading: Reading) -> None:
    st.header("What a rating may be")
    found = draft.choices.get("scale") or reading.scale
    if found is None:
        st.caption("Known once the columns are.")
        return
    low, high = map(float, found)
    ends = {"preview-low": ("Lowest", low), "preview-high": ("Highest", high)}

    def taken() -> None:
        draft.choose("scale", tuple(st.session_state[key] for key in ends))

    for place, (key, (label, value)) in zip(st.columns([1, 1, 3]), ends.items(), strict=False):
        st.session_state[key] = value
        place.number_input(f"{label} rating", step=1.0, format="%g", key=key, on_change=taken)


def _codes(draft: Draft) -> None:
    """Offer to leave codes for "not rated" out: those that were found, and others."""
    left_out = draft.choices.get("missing", ())
    for value, suspect in draft.suspects.items():
        key = f"preview-code-{value:g}"
        st.session_state[key] = value in left_out

        def taken(value: float = value, key: str = key) -> None:
            others = tuple(code for code in left_out if code != value)
            now = (*others, value) if st.session_state[key] else others
            draft.choose("missing", now or None)

        st.checkbox(
            f"Leave out {value:g}, in {suspect.count:,} rows", key=key, on_change=taken,
            help=plain(suspect.note.partition(";")[0]) + ".",
        )  # fmt: skip
    others = [code for code in left_out if code not in draft.suspects]

    def typed(text: str) -> tuple | None:
        known = tuple(code for code in left_out if code in draft.suspects)
        return (*known, *map(_code, filter(None, map(str.strip, text.split(","))))) or None

    _choice(
        draft, "missing", st.text_input, 'What else means "not rated"',
        ", ".join(f"{code:g}" if isinstance(code, float) else str(code) for code in others),
        taken=typed, max_chars=100, placeholder="such as 99, NA",
    )  # fmt: skip


def _code(text: str) -> float | str:
    with suppress(ValueError):
        return float(text)
    return text


def _nouns(draft: Draft, reading: Reading) -> None:
    st.header("What things are called")
    labels = {"thing": "One of them", "things": "Several", "unit": "A rating counts"}

    def taken() -> None:
        from pmf_core.data.nouns import Nouns

        try:
            draft.choose("nouns", Nouns(*(st.session_state[f"preview-{each}"] for each in labels)))
        except ValueError as error:
            draft.refusal = str(error)

    for place, (name, label) in zip(st.columns(3), labels.items(), strict=True):
        key = f"preview-{name}"
        st.session_state[key] = getattr(draft.choices.get("nouns") or reading.nouns, name)
        place.text_input(label, max_chars=30, key=key, on_change=taken)


def _file(draft: Draft) -> None:
    st.header("How it is written")
    places = st.columns(4)
    for place, name, label, words in (
        (places[0], "separator", "Between fields", _SEPARATORS),
        (places[1], "decimal", "Decimals", _DECIMALS),
        (places[2], "encoding", "Letters", _ENCODINGS),
        (places[3], "duplicates", "Where a pair is rated twice", _TWICE),
    ):
        default = next(iter(words))
        _choice(
            draft, name, place.selectbox, label, draft.choices.get(name, default),
            options=list(words), format_func=words.get,
            taken=lambda value, default=default: None if value == default else value,
        )  # fmt: skip


def _choice(
    draft: Draft,
    name: str,
    widget: Callable[..., Any],
    label: str,
    now: Any,
    taken: Callable[[Any], Any],
    **options: Any,
) -> None:
    """Draw a widget that shows an answer as it is `now`; a change of it is `taken`."""
    key = f"preview-{name}"
    st.session_state[key] = now

    def change() -> None:
        draft.choose(name, taken(st.session_state[key]))

    widget(label, key=key, on_change=change, **options)
