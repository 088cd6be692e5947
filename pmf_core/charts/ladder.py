"""The picture of the ladder of models."""

import altair as alt
import pandas as pd

from pmf_core.charts.base import SHORT_NAME, STARS, TALL, category, stars

MEASURED = ["random tenth", "official fold u1", "here, now"]


def rungs(frame: pd.DataFrame) -> alt.LayerChart:
    """Draw the test RMSE of every rung: columns rung, measured, test_rmse; attr rungs (order)."""
    measured = [name for name in MEASURED if (frame["measured"] == name).any()]
    base = alt.Chart(frame, height=TALL).encode(
        x=alt.X("rung:N")
        .sort(None)
        .scale(domain=frame.attrs["rungs"])
        .title(None)
        .axis(labelAngle=-35, labelExpr=SHORT_NAME, labelOverlap=False),
        y=stars("test_rmse", "Test RMSE"),
        tooltip=[
            alt.Tooltip("rung:N"),
            alt.Tooltip("measured:N"),
            alt.Tooltip("test_rmse:Q", title="RMSE", format=".4f"),
        ],
    )
    text = base.mark_text(
        align="left", dx=1, dy=-9, fontSize=10, opacity=alt.ExprRef("width < 450 ? 0 : 1")
    ).encode(text=alt.Text("test_rmse:Q", format=STARS))
    colored = base.encode(color=category("measured", None, measured))
    return colored.mark_line(strokeWidth=2) + colored.mark_point(filled=True, size=60) + text
