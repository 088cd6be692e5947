"""Texts as HTML: plain ones as they are, and the little Markdown that sentences use."""

import json
import re
from html import escape
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pmf_core.documents.section import Said

_MARKS = (
    (re.compile(r"`([^`]+)`"), r"<code>\1</code>"),
    (re.compile(r"\*\*(.+?)\*\*"), r"<strong>\1</strong>"),
    (re.compile(r"\*(.+?)\*"), r"<em>\1</em>"),
)


def plain(text: str) -> str:
    """Return a text as HTML that shows it as it is, also within an attribute."""
    return escape(str(text))


def markdown(text: "str | Said") -> str:
    """Return a sentence of this package as HTML: **strong**, *emphasis* and `code`, no more.

    There are no links and no pictures, and HTML is shown as it is written.
    """
    html = plain(text if isinstance(text, str) else text.text)
    for mark, element in _MARKS:
        html = mark.sub(element, html)
    return html


def data(value: Any) -> str:
    """Return a value as JSON that can stand in an element of a page, whatever it holds."""
    text = json.dumps(value, allow_nan=False, separators=(",", ":"))
    # HTML ends a script at its closing tag, also within a string of it.
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
