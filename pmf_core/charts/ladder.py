"""The picture of the ladder of models."""

import altair as alt
import pandas as pd

from pmf_core.charts.base import SHORT_NAME, TALL, category, stars
from pmf_core.data.nouns import MOVIES, Nouns

HERE = "here, now"
MEASURED = ["random tenth", "official fold u1", HERE]


def rungs(frame: pd.DataFrame, nouns: Nouns = MOVIES) -> alt.LayerChart:
    """Draw the test RMSE of every rung: columns rung, measured, test_rmse; attr rungs (order).

    Errors have one axis only if they have one unit: where ratings here are counted in another one
    than those of the stored figures, which are stars, these are left out.

    Parameters
    ----------
    frame : pd.DataFrame
        As `ladder_figures` returns it.
    nouns : Nouns
        Of the ratings here.
    """
    is_here, unit = frame["measured"] == HERE, MOVIES.unit
    if nouns.unit != unit and is_here.any():
        frame, unit = frame[is_here], nouns.unit
    measured = [name for name in MEASURED if (frame["measured"] == name).any()]
    base = alt.Chart(frame, height=TALL).encode(
        x=alt.X("rung:N")
        .sort(None)
        .scale(domain=frame.attrs["rungs"])
        .title(None)
        .axis(labelAngle=-35, labelExpr=SHORT_NAME, labelOverlap=False),
        y=stars("test_rmse", f"Test RMSE ({unit})"),
        tooltip=[
            alt.Tooltip("rung:N"),
            alt.Tooltip("measured:N"),
            alt.Tooltip("test_rmse:Q", title="RMSE", format=".4f"),
        ],
    )
    # Without figures at the points, which would lie on lines: the table below has them.
    colored = base.encode(color=category("measured", None, measured))
    return colored.mark_line(strokeWidth=2) + colored.mark_point(filled=True, size=60)
