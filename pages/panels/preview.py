"""What an uploaded table was taken for, shown and corrected before its ratings are used."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

import streamlit as st

from pages.panels.draft import ROLES, Draft
from pages.shell import settings, show, tables
from pages.shell.show import plain
from pmf_core.data.reading.choices import in_words
from pmf_core.data.sources import SOURCES
from pmf_core.support.numbers import figure

if TYPE_CHECKING:  # the first page does not wait for what these import
    from pmf_core.data.reading.preview import Reading

ENDINGS = (
    "csv", "tsv", "txt", "dat", "data", "base", "test", "inter", "rating", "ratings", "json",
    "jsonl", "ndjson", "parquet", "xml", "gz", "bz2", "xz", "zip",
)  # fmt: skip
"""Of files that are read, or refused in a sentence that says what to do."""

_DRAFT, _SEEN = "draft", "upload_seen"
_WRITTEN = (
    (
        "separator",
        "Between fields",
        {"": "as found", ",": "comma", ";": "semicolon", "\t": "tab", "|": "|", "::": "::",
         " ": "space"},
    ),
    ("decimal", "Decimals", {"": "as found", ".": "point: 3.5", ",": "comma: 3,5"}),
    (
        "encoding",
        "Letters",
        {"": "as found", "utf-8": "UTF-8", "cp1252": "Windows (Western Europe)",
         "cp1250": "Windows (Central Europe)", "cp1251": "Windows (Cyrillic)", "utf-16": "UTF-16"},
    ),
    (
        "duplicates",
        "Where a pair is rated twice",
        {"error": "refuse the file", "last": "keep the last", "mean": "take the mean"},
    ),
)  # fmt: skip
"""Choices about the whole file: name, label, and words for each value; the first is the reader's
own."""


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
    for note in table.reading.notes:
        st.caption(plain(in_words(note)))
    draft = Draft(table.file_name, table.content, dict(table.choices), name)
    st.button(
        "How it was read",
        icon=":material/fact_check:",
        key="preview_again",
        on_click=_open,
        args=(draft,),
        help="What was taken for what, what is left out and why; with all of it to correct.",
    )


def is_open() -> bool:
    """Return whether a table is looked at, in place of the page."""
    takes = {source.label for source in SOURCES if source.takes_file}
    return _DRAFT in st.session_state and settings.value("data") in takes


def draw() -> None:
    """Show what the table was taken for, with every answer to correct."""
    draft: Draft = st.session_state[_DRAFT]
    if draft.reading is None and not draft.refusal:  # it has made room for others
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
    if st.session_state.pop(_DRAFT, None) is not None:
        tables.forget_draft()


def _use(draft: Draft) -> None:
    draft.use()
    if not draft.refusal:
        del st.session_state[_DRAFT]


def _say(draft: Draft, reading: Reading | None) -> None:
    name = f"**{plain(draft.file_name)}**"
    if draft.refusal:
        st.error(f"{name} cannot be read like this: {show.reason(in_words(draft.refusal))}")
        return
    if reading.problem:
        problem = show.reason(in_words(reading.problem))
        st.warning(f"{problem}; below, each answer can be corrected.", icon=":material/help:")
        return
    ratings, nouns = reading.ratings, reading.nouns
    low, high = reading.scale
    st.markdown(
        f"{name}: {ratings.n_ratings:,} ratings by {ratings.n_users:,} users of "
        f"{ratings.n_items:,} {nouns.things}, on a scale from {figure(low)} to {figure(high)} "
        f"{nouns.unit}"
        + (", read as a matrix: a row for each user or item." if reading.is_matrix else ".")
    )
    offered = {suspect.note for suspect in draft.suspects.values()}  # with a box to tick, below
    for note in reading.notes:
        if note not in offered:
            st.caption(plain(in_words(note)))


def _rows(reading: Reading) -> None:
    st.header("The first rows")
    headings = {
        role: st.column_config.Column(ROLES[role][0], help=ROLES[role][1]) for role in reading.roles
    }
    rows = reading.rows.rename_axis("Row")
    numbers = rows.select_dtypes("number").columns
    # By a style, as a column of numbers knows no true minus.
    styled = rows.style.format(partial(figure, form=".12g"), subset=numbers)
    st.dataframe(styled, column_config=headings, width="stretch", key="preview_rows")


def _columns(draft: Draft, reading: Reading) -> None:
    if not reading.knows_columns:
        st.button(
            "These columns are right", icon=":material/done_all:", key="preview_right",
            on_click=draft.choose, args=("user", reading.roles["user"]),
            help="Or say below which column is which.",
        )  # fmt: skip
    for place, (role, (label, tip)) in zip(st.columns(len(ROLES)), ROLES.items(), strict=True):
        words = {column: column for column in reading.columns}
        if role in ("time", "title"):
            words |= {"": "none"}
        now = reading.roles.get(role, "" if "" in words else None)
        _answer(
            place.selectbox, label, role, now, partial(draft.choose, role),
            options=list(words), format_func=words.get, help=tip,
        )  # fmt: skip


def _scale(draft: Draft, reading: Reading) -> None:
    st.header("What a rating may be")
    found = draft.choices.get("scale") or reading.scale
    if found is None:
        st.caption("Known once the column of ratings is.")
        return
    low, high = map(float, found)
    places = st.columns([1, 1, 3])
    for place, label, name, now, scale in (
        (places[0], "Lowest rating", "low", low, lambda value: (value, high)),
        (places[1], "Highest rating", "high", high, lambda value: (low, value)),
    ):
        _answer(
            place.number_input, label, name, now,
            lambda value, scale=scale: draft.choose("scale", scale(value)),
            step=1.0, format="%g",
        )  # fmt: skip


def _codes(draft: Draft) -> None:
    """Offer to leave codes for "not rated" out: those that were found, and others."""
    left_out = draft.choices.get("missing", ())
    found = [code for code in left_out if code in draft.suspects]
    others = [code for code in left_out if code not in draft.suspects]

    def choose(found: list, others: list) -> None:
        draft.choose("missing", (*found, *others) or None)

    def tick(value: float, is_left_out: bool) -> None:
        rest = [code for code in found if code != value]
        choose([*rest, value] if is_left_out else rest, others)

    for value, suspect in draft.suspects.items():
        _answer(
            st.checkbox, f"Leave out {figure(value)}, in {suspect.count:,} rows", f"code-{value!r}",
            value in left_out, partial(tick, value),
            help=plain(in_words(suspect.note)),
        )  # fmt: skip
    _answer(
        st.text_input, 'What else means "not rated"', "missing",
        ", ".join(code if isinstance(code, str) else f"{code:g}" for code in others),
        lambda text: choose(found, [_code(each) for each in text.split(",") if each.strip()]),
        max_chars=100, placeholder="such as 99, NA",
    )  # fmt: skip


def _code(text: str) -> float | str:
    with suppress(ValueError):
        return float(text)
    return text.strip()


def _nouns(draft: Draft, reading: Reading) -> None:
    st.header("What things are called")
    nouns = draft.choices.get("nouns") or reading.nouns

    def call(name: str, word: str) -> None:
        try:
            draft.choose("nouns", replace(nouns, **{name: word}))
        except ValueError as error:
            draft.refusal = str(error)

    labels = {"thing": "One of them", "things": "Several", "unit": "A rating counts"}
    for place, (name, label) in zip(st.columns(3), labels.items(), strict=True):
        now = getattr(nouns, name)
        _answer(place.text_input, label, name, now, partial(call, name), max_chars=30)


def _file(draft: Draft) -> None:
    st.header("How it is written")
    for place, (name, label, words) in zip(st.columns(4), _WRITTEN, strict=True):
        default = next(iter(words))
        _answer(
            place.selectbox, label, name, draft.choices.get(name, default),
            lambda value, name=name, default=default: draft.choose(
                name, None if value == default else value
            ),
            options=list(words), format_func=words.get,
        )  # fmt: skip


def _answer(
    widget: Callable[..., Any],
    label: str,
    name: str,
    now: Any,
    change: Callable[[Any], None],
    **options: Any,
) -> None:
    """Draw a widget that shows an answer as it is `now`, and calls `change` with another."""
    key = f"preview-{name}"
    st.session_state[key] = now
    widget(label, key=key, on_change=lambda: change(st.session_state[key]), **options)
