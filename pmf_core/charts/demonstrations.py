"""Pictures of what happens in a demonstration."""

import altair as alt
import pandas as pd

from pmf_core.charts.base import HEIGHT, category
from pmf_core.evaluation.demonstrations.base import Shown


def happens(shown: Shown) -> alt.LayerChart | alt.Chart:
    """Draw series against one number and, dashed, where the control stands."""
    order = shown.frame["series"].unique().tolist()
    scale = alt.Scale(type="log", nice=False) if shown.mark == "point" else alt.Scale(nice=False)
    color = category("series", None, order) if len(order) > 1 else alt.Color()
    base = alt.Chart(shown.frame, height=HEIGHT).encode(
        x=alt.X("x:Q").title(shown.x).scale(scale),
        y=alt.Y("y:Q").title(shown.y).scale(zero=False, nice=True),
        color=color,
        tooltip=[
            alt.Tooltip("series:N"),
            alt.Tooltip("x:Q", title=shown.x, format=".3~g"),
            alt.Tooltip("y:Q", title=shown.y, format=".4~g"),
        ],
    )
    if shown.mark == "point":
        return base.mark_circle(size=70, opacity=0.7)
    lines = base.mark_line(strokeWidth=2)
    if shown.at is None:
        return lines
    here = alt.Chart(pd.DataFrame({"x": [shown.at]}))
    return lines + here.mark_rule(strokeDash=[5, 4], color="gray").encode(x=alt.X("x:Q"))
