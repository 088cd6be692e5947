"""Charts as data for the browser: whole, of bounded size, and independent of any setting of Altair.

Altair has its transformers of data and its themes in variables of the whole process, which a
dashboard changes while other threads draw; so frames are written out here.
"""

import json
from typing import Any

import altair as alt
import pandas as pd

from pmf_core.documents.markup import data
from pmf_core.support.errors import require

LARGEST = 400_000
"""Characters of one chart with its numbers; a larger one is left out of a page, which says so."""

FIT = {"type": "fit-x", "contains": "padding", "resize": True}
"""How a plot is fitted into its place: its height is its own, whatever its legend takes."""


def spec(chart: alt.TopLevelMixin, alt_text: str) -> dict[str, Any]:
    """Return a chart as Vega-Lite, with its numbers, as wide as its place.

    Raises
    ------
    ValueError
        If it is several charts beside each other, which have no width to share.
    """
    single = isinstance(chart, alt.Chart | alt.LayerChart)
    require(single, "chart", type(chart).__name__, "one plot, in layers or not")
    frames: list[pd.DataFrame] = []
    found = _named(chart, frames).to_dict()
    found["config"] = {}  # the page's own, which knows light and dark
    found["datasets"] = {_name(number): _rows(frame) for number, frame in enumerate(frames)}
    return found | {"width": "container", "autosize": FIT, "description": alt_text}


def is_too_large(found: dict[str, Any]) -> bool:
    """Return whether a chart, of `spec`, is left out."""
    return len(data(found)) > LARGEST


def _named(chart: alt.TopLevelMixin, frames: list[pd.DataFrame]) -> alt.TopLevelMixin:
    """Return a copy of a chart, and of its layers, that names its frames, which join `frames`."""
    found = chart.copy(deep=False)
    if isinstance(found.data, pd.DataFrame):
        frames.append(found.data)
        found.data = alt.NamedData(name=_name(len(frames) - 1))
    if isinstance(found, alt.LayerChart):
        found.layer = [_named(each, frames) for each in found.layer]
    return found


def _name(number: int) -> str:
    return f"frame-{number}"


def _rows(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the rows of a frame as JSON has them: no number is null, times are texts."""
    return json.loads(frame.to_json(orient="records", date_format="iso", double_precision=10))
