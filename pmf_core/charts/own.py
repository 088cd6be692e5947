"""Pictures of what somebody's own ratings do."""

import altair as alt
import pandas as pd

from pmf_core.charts.base import SHORT_NAME
from pmf_core.data.nouns import Nouns

WAYS = {True: "Raised it", False: "Lowered it"}


def moved_bars(frame: pd.DataFrame, nouns: Nouns, title: str) -> alt.Chart:
    """Draw what moved a prediction, row by row: columns what, moved.

    Parameters
    ----------
    frame : pd.DataFrame
        Rows of one kind of `explain`, in the order in which they are drawn.
    nouns : Nouns
        Of the ratings.
    title : str
        Of the axis; it names the unit.
    """
    frame = frame.assign(
        way=(frame["moved"] >= 0).map(WAYS),
        label=frame["what"].where(
            ~frame["what"].duplicated(keep=False), frame["what"] + " #" + frame.index.astype(str)
        ),
    )
    return (
        alt.Chart(frame, height=alt.Step(22))
        .mark_bar(cornerRadius=2)
        .encode(
            y=alt.Y("label:N")
            .sort(None)
            .title(None)
            .axis(labelExpr=SHORT_NAME, labelOverlap=False, ticks=False),
            x=alt.X("moved:Q")
            .title(title)
            .axis(
                labelExpr="datum.value ? format(datum.value, '+.2~f') : '0'",
                titleAnchor="end",
                tickCount=5,
            ),
            color=alt.Color("way:N")
            .scale(domain=list(WAYS.values()), range=["#0284c7", "#d97706"])
            .legend(orient="bottom", title=None),
            tooltip=[
                alt.Tooltip("what:N", title="What"),
                alt.Tooltip("moved:Q", title=f"By ({nouns.unit})", format="+.3f"),
            ],
        )
    )
