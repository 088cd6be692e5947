"""How things are shown: charts with a description, what to look for, words explained."""

import os
import re
from itertools import batched
from pathlib import Path
from typing import Any, Protocol

import streamlit as st

from pages.components import component
from pages.shell import owner
from pmf_core.support.numbers import MINUS, of_chains
from pmf_core.support.paths import cache_dir, data_dir

_LINKED = re.compile(r"(?i)(https?|ftp|mailto|www)(?=[.:])|(?<=\S)(?=@)|:(?=[\w+-])")

_LESS_IS_BETTER = {MINUS: ("normal", "down"), "+": ("inverse", "up"), "0": ("off", "off")}
"""Of a change, by how it begins: whether Streamlit is to take it for one that is welcome."""

LONGEST = 80
"""Characters that are shown of what is quoted."""


class Said(Protocol):
    """What the core says of numbers, such as a lesson."""

    text: str
    """In Markdown."""


def plain(text: Any) -> str:
    """Return text that Markdown leaves as it is: a title such as M*A*S*H.

    For all that comes from data, files, addresses or other visitors: it may be written so that
    whoever reads it fetches a picture, or follows a link, of somebody else's choice.
    """
    # A word joiner, which nobody sees, where addresses and names of icons would be found even
    # after the escapes are gone.
    broken = _LINKED.sub("\\g<0>\u2060", str(text).replace("\n", " "))
    return re.sub(r"([\\`*_{}\[\]<>#~$:|&!])", r"\\\1", broken)


def code(text: Any) -> str:
    """Quote a name, as it is and no longer than a line, in the typeface of code."""
    one_line = re.sub(r"[`\s]+", " ", str(text)).strip()
    if len(one_line) > LONGEST:
        one_line = one_line[:LONGEST] + "…"
    return f"`{one_line or ' '}`"


def reason(error: BaseException | str) -> str:
    """Return what an error says, for Markdown; strangers do not learn where files are."""
    text = str(error)
    if owner.visitor():
        data = os.environ.get("PMF_DATA_DIR")
        for folder in (data_dir(), cache_dir(), *filter(None, (data,)), Path.cwd(), Path.home()):
            text = text.replace(str(folder), "…")
    return plain(text)


def chart(picture: Any, alt_text: str, place: Any = st, **options: Any) -> Any:
    """Draw a chart at full width, with a description for those who cannot see it."""
    # Streamlit's theme takes legends and titles out of the height that a chart gives its plot,
    # fades text more than can be read, cuts it, and moves labels at the ends off their ticks.
    text = {"labelColor": "currentColor", "titleColor": "currentColor", "labelLimit": 0}
    picture = (
        picture.properties(
            # Anew: a legend has more rows once the labels of an axis have taken their width.
            autosize={"type": "fit-x", "contains": "padding", "resize": True},
            padding={"left": 2, "right": 10, "top": 6, "bottom": 6},
            # Of many marks Streamlit would paint a canvas, on which text is black in dark, too, and
            # of which no SVG can be saved.
            usermeta={"embedOptions": {"renderer": "svg"}},
        )
        .configure_axis(labelFlush=False, **text)
        .configure_legend(labelFontSize=12, labelOffset=6, rowPadding=4, **text)
        .configure_text(color="currentColor")
    )
    return place.altair_chart(picture, width="stretch", alt=alt_text, **options)


def brush() -> None:
    """Let a chart with a brush, named so, be heard as any other is."""
    component("brush")(data={}, key="brush")


def saving() -> None:
    """Let every chart of a page be saved as SVG and as PNG, legible in light and dark."""
    component("save_svg")(data={}, key="save_svg")


def metrics(
    figures: dict[str, tuple[str | None, ...] | str], in_a_row: int = 6, border: bool = True
) -> None:
    """Show figures side by side, which wrap in a narrow window.

    Each is label to text, (text, help) or (text, help, change), of which less is better; the last
    as `pmf_core.support.numbers.figure` writes it.
    """
    for row in batched(figures.items(), in_a_row):
        with st.container(horizontal=True, gap="small"):
            for label, figure in row:
                text, *more = (figure,) if isinstance(figure, str) else figure
                explained, change = (*more, None, None)[:2]
                # Streamlit takes only a hyphen for a minus.
                color, arrow = _LESS_IS_BETTER[(change or "0")[0]]
                st.metric(
                    label,
                    text,
                    change,
                    color,
                    delta_arrow=arrow,
                    help=explained,
                    border=border,
                    width="stretch",
                )


def number(value: float, form: str) -> str:
    """Format a figure; a dash where there is none, as r_hat of a MAP."""
    return of_chains(value, form)


def lesson(text: str | Said, before: str = "", place: Any = st) -> None:
    """Say what to look for and why: in words that are always true, or as the numbers say.

    Parameters
    ----------
    text : str or Said
    before : str
        Words before a lesson.
    place : container, optional
    """
    place.markdown(text if isinstance(text, str) else f"{before} {text.text}".strip())


def announce(text: str) -> None:
    """Say a line to those who hear the page."""
    component("announce")(data={"text": text}, key="announce")


def heading(title: str, lead: str) -> None:
    """Open a page: its title and what it is for, in a sentence."""
    st.title(title)
    st.markdown(lead)
