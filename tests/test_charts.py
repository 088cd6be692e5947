import json

import altair as alt
import numpy as np
import pandas as pd
import pytest

import pmf_core as pmf
from pmf_core import breakdown, explore
from pmf_core.charts import base, fits, scores
from pmf_core.charts import ratings as pictures
from pmf_core.diagnostics import step_traces
from pmf_core.intuition import dot_product_terms
from pmf_core.ranks import rank_histogram


@pytest.fixture(scope="module")
def split(ratings):
    return pmf.split_ratings(ratings)


@pytest.fixture(scope="module")
def fit(split):
    return pmf.sample_gibbs(split, pmf.PMFConfig(3), draws=20, tune=10, chains=2)


@pytest.fixture(scope="module")
def every_chart(ratings, split, fit):
    baselines = pmf.evaluate_baselines(split)
    constant = {"three": np.full(split.test.n_ratings, 3.0)}
    top, _ = explore.top_bottom(ratings, 5)
    heldout = fit.heldout()
    lines = pmf.running_rmse(fit).rename(columns={"running_test": "rmse"}).assign(method="MCMC")
    cells = baselines.head(2).assign(
        n_factors=[5, 10], alpha=[1.0, 2.0], state="done", label="0.9", run_id=["a", "b"]
    )
    norms = pmf.factor_norms(fit)["U"].values
    return {
        "histogram": pictures.rating_histogram(explore.rating_counts(ratings)),
        "items": pictures.item_mean_dots(explore.item_means(ratings), 3.5),
        "ranked": pictures.ranked_items(top, ratings.scale),
        "users": pictures.user_mean_curve(explore.user_means(ratings)),
        "tail": pictures.long_tail_curve(explore.long_tail(ratings)),
        "matrix": pictures.matrix_heatmap(explore.matrix_picture(ratings)),
        "terms": pictures.dot_product_bars(dot_product_terms()),
        "trace": fits.trace_chart(step_traces(fit), "norm_U", 10),
        "rmse": fits.rmse_curves(pmf.running_rmse(fit), ("Global mean", 1.1)),
        "r_hat": fits.convergence_histograms(pmf.diagnose(fit))[0],
        "ranks": fits.rank_bars(rank_histogram(norms)),
        "boxes": fits.predicted_against_rating(heldout),
        "truth": fits.predicted_against_truth(heldout.assign(truth=heldout["rating"])),
        "methods": scores.method_bars(baselines),
        "samples": scores.rmse_by_samples(lines, baselines),
        "residuals": scores.residual_histogram(
            breakdown.residual_counts(split.test.rating, constant["three"])
        ),
        "groups": scores.errors_by_group(breakdown.errors_by_rating(split, constant), "Rating"),
        "sweep": scores.sweep_heatmap(cells, "n_factors", "alpha"),
    }


def values(chart: alt.TopLevelMixin) -> list[dict]:
    return [row for rows in chart.to_dict()["datasets"].values() for row in rows]


def encodings(part):
    if isinstance(part, dict):
        if "encoding" in part:
            yield part["encoding"]
        for value in part.values():
            yield from encodings(value)
    elif isinstance(part, list):
        for value in part:
            yield from encodings(value)


def test_every_chart_is_valid_and_names_its_axes(every_chart):
    for name, chart in every_chart.items():
        spec = chart.to_dict()
        found = [e[axis] for e in encodings(spec) for axis in "xy" if axis in e]
        titled = [axis for axis in found if isinstance(axis, dict) and axis.get("title")]
        assert titled, f"{name} has no titled axis"
        json.dumps(spec, allow_nan=True)


def test_bars_have_the_numbers_of_the_table(every_chart, split):
    baselines = pmf.evaluate_baselines(split).set_index("method")
    drawn = values(every_chart["methods"])
    assert len(drawn) == 8
    for row in drawn:
        assert row["rmse"] == baselines.loc[row["method"], f"{row['part']}_rmse"]


def test_curves_have_the_numbers_of_the_fit(every_chart, fit):
    curves = pmf.running_rmse(fit).set_index("draw")
    names = {label: column for column, label in fits.CURVES.items()}
    drawn = [row for row in values(every_chart["rmse"]) if "curve" in row]
    assert len(drawn) == 80
    for row in drawn:
        assert row["rmse"] == curves.loc[row["draw"], names[row["curve"]]]


def test_thinning_keeps_the_last_value_and_all_chains():
    frame = pd.DataFrame({"step": np.repeat(np.arange(1000), 2), "chain": [0, 1] * 1000})
    kept = base.thin(frame, "step", at_most=100)
    assert kept["step"].iloc[-1] == 999 and len(kept) <= 200
    assert set(kept.groupby("step").size()) == {2}


def test_baselines_are_drawn_as_flat_lines(every_chart, split):
    baselines = pmf.evaluate_baselines(split).set_index("method")["test_rmse"]
    flat = [row for row in values(every_chart["samples"]) if row["method"] != "MCMC"]
    assert {(row["method"], row["rmse"]) for row in flat} == set(baselines.items())
    assert {row["draw"] for row in flat} == {1, 20}
