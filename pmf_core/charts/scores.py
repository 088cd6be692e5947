"""Pictures that put methods side by side."""

from collections.abc import Iterable, Mapping

import altair as alt
import pandas as pd

from pmf_core.charts.base import (
    HEIGHT,
    SHORT_NAME,
    STARS,
    TALL,
    category,
    how_many,
    method,
    stars,
    steps,
)
from pmf_core.data.nouns import Nouns

PARTS = ["train", "test"]


def method_bars(frame: pd.DataFrame, nouns: Nouns) -> alt.LayerChart:
    """Draw the RMSE of each method, train beside test: columns method, train_rmse, test_rmse."""
    long = frame.melt("method", ["train_rmse", "test_rmse"], "part", "rmse")
    long["part"] = long["part"].str.removesuffix("_rmse")
    long = long.dropna(subset=["rmse"])  # the example reports some of the test part alone
    order = list(frame["method"])
    base = alt.Chart(long, height=alt.Step(15)).encode(
        y=alt.Y("method:N").sort(order).title(None).axis(labelExpr=SHORT_NAME),
        yOffset=alt.YOffset("part:N").sort(PARTS),
        x=alt.X("rmse:Q").title(f"RMSE ({nouns.unit}), less is better").axis(titleAnchor="end"),
    )
    bars = base.mark_bar().encode(
        color=category("part", None, PARTS),
        tooltip=[
            alt.Tooltip("method:N"),
            alt.Tooltip("part:N"),
            alt.Tooltip("rmse:Q", title="RMSE", format=".4f"),
        ],
    )
    text = base.mark_text(align="left", dx=4, fontSize=10).encode(
        text=alt.Text("rmse:Q", format=STARS)
    )
    return bars + text


def rmse_by_samples(
    lines: pd.DataFrame, flat: pd.DataFrame, nouns: Nouns, runs: Iterable[str] = ()
) -> alt.Chart:
    """Draw the test RMSE of all methods against the number of samples.

    Parameters
    ----------
    lines : pd.DataFrame
        Methods that change with it: method, draw, rmse.
    flat : pd.DataFrame
        Methods that do not: method, test_rmse.
    nouns : Nouns
        Of the ratings.
    runs : iterable of str
        Names of all runs there are, the oldest first, by which each keeps its colour.
    """
    # Without a run, a level still has a length.
    first, last = (1, lines["draw"].max()) if len(lines) else (0, 1)
    ends = flat.rename(columns={"test_rmse": "rmse"}).merge(
        pd.DataFrame({"draw": [first, last]}), how="cross"
    )
    both = pd.concat([lines[["method", "draw", "rmse"]], ends[["method", "draw", "rmse"]]])
    order = list(flat["method"]) + list(lines["method"].unique())
    return (
        alt.Chart(both, height=TALL)
        .mark_line(strokeWidth=2)
        .encode(
            x=steps("draw", "Samples of each chain"),
            y=stars("rmse", f"Test RMSE ({nouns.unit})"),
            color=method(order, runs),
            tooltip=[
                alt.Tooltip("method:N"),
                alt.Tooltip("draw:Q"),
                alt.Tooltip("rmse:Q", title="RMSE", format=".4f"),
            ],
        )
    )


def residual_histogram(frame: pd.DataFrame, nouns: Nouns) -> alt.Chart:
    """Draw how far predictions are off: columns residual_from, residual_to, n_ratings."""
    return (
        alt.Chart(frame, height=HEIGHT)
        .mark_bar()
        .encode(
            x=alt.X("residual_from:Q")
            .title(f"Rating minus prediction ({nouns.unit})")
            .bin("binned"),
            x2=alt.X2("residual_to:Q"),
            y=how_many("n_ratings", "Held-out ratings"),
            tooltip=[
                alt.Tooltip("residual_from:Q", title="From", format=".2f"),
                alt.Tooltip("residual_to:Q", title="To", format=".2f"),
                alt.Tooltip("n_ratings:Q", title="Ratings", format=","),
            ],
        )
    )


def errors_by_group(frame: pd.DataFrame, nouns: Nouns, title: str) -> alt.Chart:
    """Draw errors in groups of held-out ratings: columns method, group, n_ratings, rmse.

    Attr ``groups`` has those without a held-out rating, too.
    """
    order = list(frame["method"].unique())
    return (
        alt.Chart(frame, height=HEIGHT)
        .mark_line(point=alt.OverlayMarkDef(filled=True, size=45), strokeWidth=2)
        .encode(
            x=alt.X("group:O")
            .sort(None)
            .scale(domain=frame.attrs.get("groups", frame["group"].unique().tolist()))
            .title(title)
            .axis(labelAngle=0, labelExpr="split(datum.label, / (?=to|or)/)"),
            y=stars("rmse", f"Test RMSE ({nouns.unit})"),
            color=method(order),
            tooltip=[
                alt.Tooltip("method:N"),
                alt.Tooltip("group:O"),
                alt.Tooltip("n_ratings:Q", title="Ratings", format=","),
                alt.Tooltip("rmse:Q", title="RMSE", format=STARS),
            ],
        )
    )


def ranking_bars(table: pd.DataFrame, names: Mapping[str, str]) -> alt.LayerChart:
    """Draw what ranked lists are worth: `evaluate_ranking`, nDCG with two standard errors.

    Parameters
    ----------
    table : pd.DataFrame
        Columns order, ndcg, ndcg_se and, for tooltips, precision and recall.
    names : mapping of str to str
        What each order is called.
    """
    table = table.assign(
        name=table["order"].map(names),
        low=(table["ndcg"] - 2 * table["ndcg_se"]).clip(lower=0),
        top=table["ndcg"] + 2 * table["ndcg_se"],
    )
    base = alt.Chart(table, height=alt.Step(28)).encode(
        y=alt.Y("name:N").sort(list(table["name"])).title(None).axis(labelExpr=SHORT_NAME),
        tooltip=[
            alt.Tooltip("name:N", title="Order"),
            alt.Tooltip("ndcg:Q", title="nDCG", format=STARS),
            alt.Tooltip("precision:Q", title="Precision", format=STARS),
            alt.Tooltip("recall:Q", title="Recall", format=STARS),
        ],
    )
    x = alt.X("ndcg:Q").title("nDCG, more is better; line: 2 standard errors")
    bars = base.mark_bar(opacity=0.7, height=16).encode(x=x.axis(titleAnchor="end"))
    lines = base.mark_rule(strokeWidth=2, color="gray").encode(x=alt.X("low:Q"), x2=alt.X2("top:Q"))
    return bars + lines


def sweep_heatmap(
    cells: pd.DataFrame, nouns: Nouns, x: str, y: str, titles: tuple[str, str] | None = None
) -> alt.LayerChart:
    """Draw a grid of fits: columns `x`, `y`, state, test_rmse (nan until done), label, run_id.

    The axes are called by `titles`, or as the columns.

    Values stand in the order in which they come, from the left and from the bottom.
    """
    # A column of numbers and words is to be words alone, or each part finds its own order.
    cells = cells.astype({name: str for name in (x, y) if cells[name].dtype == object})
    across, up = titles or (x, y)
    base = alt.Chart(cells, height=alt.Step(38)).encode(
        x=alt.X(f"{x}:O").title(across).sort(cells[x].unique().tolist()).axis(labelAngle=0),
        y=alt.Y(f"{y}:O").title(up).sort(cells[y].unique().tolist()[::-1]),
    )
    pick = alt.selection_point(name="cell", fields=["run_id"])
    any_done = cells["test_rmse"].notna().any()
    # Vega knows no nan: one in an expression leaves the whole picture out.
    low, high = (cells["test_rmse"].min(), cells["test_rmse"].max()) if any_done else (0, 0)
    # White stands out from what is darker than this, black from what is lighter.
    middle = low + 0.37 * (high - low)
    # Of its own, not the theme's colours: the text must be readable on them in light and dark.
    error = (
        alt.Color("test_rmse:Q")
        .title(f"Test RMSE ({nouns.unit})")
        .scale(range=["#312e81", "#e0e7ff"])
    )
    done = base.mark_rect(cornerRadius=2).encode(
        color=error.legend(orient="bottom", format=STARS)
        if any_done
        else alt.ColorValue("transparent"),
        tooltip=[
            alt.Tooltip(x, title=across),
            alt.Tooltip(y, title=up),
            alt.Tooltip("state:N", title="State"),
            alt.Tooltip("test_rmse:Q", title="Test RMSE", format=".4f"),
        ],
    )
    text = base.mark_text(fontSize=11).encode(
        text=alt.Text("label:N"),
        color=alt.when(alt.datum.test_rmse > middle)
        .then(alt.value("black"))
        .when(alt.datum.run_id != "")
        .then(alt.value("white"))
        .otherwise(alt.value("currentColor")),
    )
    return done.add_params(pick) + text
