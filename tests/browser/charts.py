"""Measure the charts of a page in Chromium, and say what is wrong with each.

Where things are is read from the scene that Vega has drawn, not from pixels; the contrast of text
from its colour and the one behind it, since a checker of pages does not look inside a chart.
"""

import re
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
from playwright.sync_api import Page

LOWEST_PLOT = 120
"""Pixels; as high as those are that stand beside the knobs on one screen."""
LOWEST_ROW = 14
NARROWEST_PLOT = 0.35
"""Of the width of a chart."""
LEAST_CONTRAST = 4.5
"""Of text, after WCAG 2.1 AA."""

_MEASURE = (Path(__file__).parent / "measure.js").read_text(encoding="utf-8")


BOXES = '[data-testid="stVegaLiteChart"]'
"""What Streamlit puts each chart into."""


def measure(
    page: Page, background: str, expected: int = 1, boxes: str = BOXES
) -> list[dict[str, Any]]:
    """Return the measures of all charts, once they are drawn on `background` and rest."""
    before = None
    for _ in range(150):
        now = page.evaluate(_MEASURE, boxes)
        drawn = len(now) >= expected and all(each["drawn"] for each in now)
        if drawn and now == before and all(each["page"] == background for each in now):
            return now
        before = now
        page.wait_for_timeout(200)
    raise AssertionError(f"{page.url}: charts were not drawn or do not rest: {before}")


def faults(chart: dict[str, Any]) -> list[str]:
    """Return what is wrong with a measured chart, in words."""
    found = []
    svg, plot, texts = chart["svg"], chart["plot"], chart["texts"]
    height, width = plot["bottom"] - plot["top"], plot["right"] - plot["left"]
    rows = re.search(r"Y-axis .*discrete scale with (\d+) value", " ".join(chart["axes"]))
    least = LOWEST_ROW * int(rows[1]) if rows else LOWEST_PLOT
    if height < least:
        found.append(f"its plot is {height:.0f} px high, less than {least}")
    share = width / (svg["right"] - svg["left"])
    if share < NARROWEST_PLOT:
        found.append(f"its plot has {share:.0%} of the width")
    if chart["legend"] > height:
        found.append(f"its legend is {chart['legend']:.0f} px high, its plot {height:.0f}")
    if svg["right"] > chart["box"]["right"] + 1:
        found.append("it is wider than its place")
    found += [f"{text['text']!r} {fault}" for text in texts for fault in _of_text(text, chart)]
    within = [text for text in texts if text["within"]]
    for points in map(np.array, chart["lines"]):
        for text in within:
            if _passes(points, np.array(text["quad"])):
                found.append(f"{text['text']!r} lies on a line")
    for one, other in combinations(texts, 2):
        if _overlap(np.array(one["quad"]), np.array(other["quad"])):
            found.append(f"{one['text']!r} and {other['text']!r} overlap")
    for position, axis in enumerate(chart["axes"]):
        labels = [text for text in texts if text["axis"] == position and text["label"]]
        if "linear scale" in axis and len(labels) == 1:
            found.append(f"one label alone on the {axis}")
        values = re.search(r"discrete scale with (\d+) value", axis)
        if values and labels and len(labels) < int(values[1]):
            found.append(f"{len(labels)} labels on the {axis}")
    return found


def _of_text(text: dict[str, Any], chart: dict[str, Any]) -> list[str]:
    found = []
    (left, top), (right, bottom) = np.min(text["quad"], axis=0), np.max(text["quad"], axis=0)
    svg = chart["svg"]
    beyond = max(svg["left"] - left, right - svg["right"], svg["top"] - top, bottom - svg["bottom"])
    if beyond > 1:
        found.append(f"is cut off by {beyond:.0f} px at the edge")
    if text["text"] != text["whole"]:
        found.append(f"is short for {text['whole']!r}")
    if re.search(r"\de[+\d−-]", text["text"]):
        found.append("is a power of ten")
    along = text["label"] and chart["axes"][text["axis"]].startswith("X-axis")
    if along and text["angle"] == 0 and text["align"] != "center":
        found.append("stands beside its tick")
    contrast = _contrast(text)
    if contrast < LEAST_CONTRAST:
        found.append(f"has a contrast of {contrast:.1f}")
    return found


def _overlap(one: np.ndarray, other: np.ndarray, allowed: float = 1.0) -> bool:
    """Tell whether two rectangles, turned or not, share more than `allowed` pixels each way."""
    for quad in (one, other):
        for side in (quad[1] - quad[0], quad[3] - quad[0]):
            along = side / np.linalg.norm(side)
            a, b = one @ along, other @ along
            if min(a.max(), b.max()) - max(a.min(), b.min()) <= allowed:
                return False
    return True


def _passes(points: np.ndarray, quad: np.ndarray) -> bool:
    """Tell whether a line, given by points along it, passes through an upright rectangle."""
    low, high = quad.min(axis=0), quad.max(axis=0)
    return bool(((points > low) & (points < high)).all(axis=1).any())


def _contrast(text: dict[str, Any]) -> float:
    ink, behind = (_rgb(text[key]) for key in ("fill", "behind"))
    ink = text["opacity"] * ink + (1 - text["opacity"]) * behind
    dark, light = sorted((_luminance(ink), _luminance(behind)))
    return (light + 0.05) / (dark + 0.05)


def _rgb(color: str) -> np.ndarray:
    return np.array([float(part) for part in re.findall(r"[\d.]+", color)[:3]]) / 255


def _luminance(rgb: np.ndarray) -> float:
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])
