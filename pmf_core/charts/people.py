"""Pictures of several people who rate together."""

import altair as alt
import pandas as pd

from pmf_core.charts.base import by_name
from pmf_core.data.nouns import Nouns


def likeness_intervals(pairs: pd.DataFrame) -> alt.LayerChart:
    """Draw how like each other each two people are.

    Parameters
    ----------
    pairs : pd.DataFrame
        Of `several.likeness`.
    """
    frame = pairs.assign(label=pairs["name"] + " & " + pairs["other"])
    x = alt.X("similarity:Q").title("Similarity of tastes: mean and 90% interval")
    x = x.scale(domain=[-1, 1]).axis(values=[-1, -0.5, 0, 0.5, 1], format="~f", titleAnchor="end")
    tooltip = [
        alt.Tooltip("label:N", title="Who"),
        *(alt.Tooltip(f"{name}:Q", format=".2f") for name in ("similarity", "lower", "upper")),
    ]
    return _intervals(frame, x, tooltip)


def differences(found: pd.DataFrame, nouns: Nouns, names: tuple[str, str]) -> alt.LayerChart:
    """Draw where two people differ: to the right, what the first likes more.

    Parameters
    ----------
    found : pd.DataFrame
        Of `several.apart`.
    nouns : Nouns
    names : tuple of str
        Who they are.
    """
    twice = found["title"].duplicated(keep=False)
    label = found["title"].where(~twice, found["title"] + " #" + found["item_id"].astype(str))
    x = alt.X("difference:Q").title(f"Difference ({nouns.unit})")
    x = x.axis(
        tickCount=alt.ExprRef("max(3, width / 60)"),
        labelExpr="datum.value ? format(datum.value, '+.2~f') : '0'",
        titleAnchor="end",
    )
    tooltip = [
        alt.Tooltip("title:N", title=nouns.thing.capitalize()),
        alt.Tooltip("first:Q", title=names[0], format=".2f"),
        alt.Tooltip("second:Q", title=names[1], format=".2f"),
        alt.Tooltip("difference:Q", title="Difference", format="+.2f"),
        alt.Tooltip("lower:Q", title="90% from", format="+.2f"),
        alt.Tooltip("upper:Q", title="to", format="+.2f"),
    ]
    return _intervals(found.assign(label=label), x, tooltip)


def _intervals(frame: pd.DataFrame, x: alt.X, tooltip: list[alt.Tooltip]) -> alt.LayerChart:
    base = alt.Chart(frame, height=alt.Step(24))
    bars = base.mark_rule(strokeWidth=2, color="gray").encode(
        y=by_name(), x=alt.X("lower:Q"), x2=alt.X2("upper:Q")
    )
    dots = base.mark_point(filled=True, size=60, opacity=1).encode(
        y=by_name(), x=x, tooltip=tooltip
    )
    zero = alt.Chart(pd.DataFrame({"at": [0.0]})).mark_rule(color="gray", strokeDash=[4, 3])
    return zero.encode(x=alt.X("at:Q")) + bars + dots
