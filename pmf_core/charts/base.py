"""What charts share: heights, encodings of stars and methods, reference lines."""

import altair as alt
import pandas as pd

HEIGHT = 260
"""Pixels; fixed, because charts that size themselves jump while they are redrawn."""

STARS = ".3f"
"""Format of an RMSE or a mean rating."""


def stars(field: str, title: str, zero: bool = False) -> alt.Y:
    """Encode an error or a rating on the vertical axis; `title` names the unit."""
    return alt.Y(field, type="quantitative").title(title).scale(zero=zero, nice=True)


def rule(value: float, label: str) -> alt.LayerChart:
    """Draw a dashed horizontal line at `value` with its label at the left end above it."""
    frame = pd.DataFrame({"value": [value], "label": [label]})
    line = alt.Chart(frame).mark_rule(strokeDash=[5, 4], color="gray").encode(y="value:Q")
    text = (
        alt.Chart(frame)
        .mark_text(align="left", dx=4, dy=-6, fontSize=11, color="gray")
        .encode(y="value:Q", x=alt.value(0), text="label:N")
    )
    return line + text


def category(field: str, title: str | None, domain: list[str], columns: int = 4) -> alt.Color:
    """Encode a category by colour in a fixed order, so that a colour means one thing."""
    # Below the chart: beside it, it would take half of a narrow one's width.
    legend = alt.Legend(orient="bottom", columns=columns, labelLimit=220, title=title)
    return alt.Color(f"{field}:N").scale(domain=domain).sort(domain).legend(legend)


def thin(frame: pd.DataFrame, column: str, at_most: int = 300) -> pd.DataFrame:
    """Return the rows of at most `at_most` evenly spaced values of `column`, the last included."""
    values = frame[column].unique()
    if len(values) <= at_most:
        return frame
    every = -(-len(values) // at_most)
    return frame[frame[column].isin(values[::-1][::every])]
