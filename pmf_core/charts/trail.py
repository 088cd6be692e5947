"""The trail of fits that a visit has left: train and test error against a setting."""

import altair as alt
import pandas as pd

from pmf_core.charts.base import HEIGHT, METHODS, RUNS, legend, stars
from pmf_core.data.nouns import Nouns

COLORS = {"MAP": METHODS["MAP"], "MCMC": RUNS[0]}
DASHES = {"test": [1, 0], "train": [3, 3]}


def trail_chart(
    frame: pd.DataFrame, nouns: Nouns, title: str, baseline: tuple[str, float] | None = None
) -> alt.LayerChart:
    """Draw `trail_table`: a line for each series of fits that differ in what is across.

    Parameters
    ----------
    frame : pd.DataFrame
    nouns : Nouns
        Of the ratings.
    title : str
        Of what is across.
    baseline : tuple, optional
        Name and test RMSE of a method, for a dashed line.
    """
    colors = COLORS
    if baseline is not None:
        colors = COLORS | {f"{baseline[0]}, test": METHODS.get(baseline[0], "gray")}
    whole = bool((frame["x"] % 1 == 0).all())
    low, high = float(frame["x"].min()), float(frame["x"].max())
    room = 0.05 * (high - low) or 1.0
    few = alt.ExprRef("max(2, floor(width / 60))")
    x = (
        alt.X("x:Q")
        .title(title)
        .axis(tickCount=few, format=",~f", tickMinStep=1 if whole else 0.01)
    )
    x = x.scale(domain=[low - room, high + room], nice=False, zero=False)
    base = alt.Chart(frame, height=HEIGHT).encode(
        x=x,
        y=stars("rmse", f"RMSE ({nouns.unit})"),
        color=alt.Color("method:N")
        .scale(domain=list(colors), range=list(colors.values()))
        .legend(legend(None, colors)),
        tooltip=[
            alt.Tooltip("model:N", title="Model"),
            alt.Tooltip("x:Q", title=title, format="~g"),
            alt.Tooltip("part:N", title="Ratings"),
            alt.Tooltip("rmse:Q", title="RMSE", format=".4f"),
        ],
    )
    dash = alt.StrokeDash("part:N").scale(domain=list(DASHES), range=list(DASHES.values()))
    words = legend(None, DASHES)
    words["symbolType"] = "stroke"  # not the points on the lines
    # As few layers as can be: it is drawn anew whenever a slider moves.
    lines = base.mark_line(
        strokeWidth=1.5, opacity=0.8, point=alt.OverlayMarkDef(size=30, opacity=1)
    ).encode(detail=alt.Detail("series:N"), strokeDash=dash.legend(words))
    last = frame.loc[frame["is_newest"], ["x", "rmse", "method"]]
    newest = alt.Chart(last).mark_point(size=130, strokeWidth=2)
    layers = lines + newest.encode(x=alt.X("x:Q"), y=alt.Y("rmse:Q"), color=alt.Color("method:N"))
    if baseline is None:
        return layers
    # Named in the legend: beside the line, a name would lie on others.
    line = alt.Chart(pd.DataFrame({"method": [list(colors)[-1]], "rmse": [baseline[1]]}))
    line = line.mark_rule(strokeDash=[8, 4], strokeWidth=1.5)
    return layers + line.encode(y=alt.Y("rmse:Q"), color=alt.Color("method:N"))
