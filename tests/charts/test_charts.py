import inspect
from collections import Counter

import altair as alt
import numpy as np
import pandas as pd
import pytest

import pmf_core as pmf
from pmf_core.charts import base, checks, draws, fits, ratings, scores, trail
from pmf_core.data import describe
from pmf_core.data.nouns import Nouns
from pmf_core.evaluation import breakdown, by_count, rating_check, scalar_draws, worst
from pmf_core.evaluation.diagnosis import step_traces
from pmf_core.evaluation.mixing import trace
from pmf_core.evaluation.trail import trail_table, with_fits
from pmf_core.models.intuition import dot_product_terms
from pmf_core.stats.ranks import rank_histogram

JOKES = Nouns("joke", "jokes", "points")
CHARTS = {
    name: function
    for module in (ratings, fits, scores, checks, draws, trail)
    for name, function in inspect.getmembers(module, inspect.isfunction)
    if function.__module__ == module.__name__ and not name.startswith("_")
}
RESHAPED = ("rmse_curves", "convergence_histograms", "method_bars", "rmse_by_samples")
ALSO = {"rating_shares", "ess_so_far"}  # of several frames, and of a long one: tested on their own
LINES = dict.fromkeys(
    ("r_hat_so_far", "prediction_trace", "coverage_by_count", "trail_chart"), {"value", "label"}
) | {"autocorrelation_lines": {"zero"}}  # of a level drawn through the picture
UNTITLED_Y = {"ranked_items", "item_mean_bars", "dot_product_bars", "method_bars"}  # on purpose


@pytest.fixture(scope="module")
def drawn(simulated):
    # Of each chart: the frame, further arguments, and the columns that its marks encode.
    whole, truth = simulated
    split = pmf.split_ratings(whole)
    fit = pmf.sample_gibbs(split, pmf.PMFConfig(3), draws=20, tune=10, chains=2)
    test, heldout, blocks = split.test, fit.heldout(), describe.matrix_picture(whole)
    heldout["truth"] = truth.mean(test.user_idx, test.item_idx)
    three = np.full(test.n_ratings, 3.0)
    names = ["n_factors", "alpha", "test_rmse", "label", "state", "run_id"]
    cells = [(5, 1.0, 0.9, "0.900", "done", "x"), (10, 1.0, np.nan, "…", "queued", "")]
    cells = pd.DataFrame(cells, columns=names)
    residuals = breakdown.residual_counts(test.rating, three)
    groups = breakdown.errors_by_rating(split, {"three": three})
    curves, baselines = pmf.running_rmse(fit), pmf.evaluate_baselines(split)
    lines = curves.rename(columns={"running_test": "rmse"}).assign(method="MCMC")
    plain = step_traces(fit).assign(sampler="sweeps alone")
    means, ranks = describe.item_means(whole), pmf.factor_norms(fit)["U"].values
    tried = trail_table(with_fits((), [pmf.fit_map(split), fit]), "n_factors")
    by_user = by_count.user_errors(fit)
    check = rating_check.rating_check(fit)
    shares = [rating_check.given_ratings(split), rating_check.fitted_ratings(fit)]
    pair, so_far = (
        scalar_draws.two_scalars(fit, "norm_U", "norm_V"),
        scalar_draws.so_far(fit, "norm_U"),
    )
    one = worst.worst_prediction(fit)
    return {
        "densities": (scalar_draws.density(fit, "norm_U"), [JOKES], "value density chain"),
        "autocorrelation_lines": (
            scalar_draws.autocorrelation(fit, "norm_U"),
            [],
            "lag autocorrelation chain zero",
        ),
        "ess_so_far": (so_far, [], "draw ess of"),
        "r_hat_so_far": (so_far, [], "draw r_hat value label"),
        "two_scalars": (pair, [JOKES], "x y chain"),
        "prediction_trace": (one.trace, [JOKES, one.rating], "draw prediction chain value label"),
        "errors_by_count": (by_user, [JOKES], "n_train rmse rmse_low rmse_top"),
        "coverage_by_count": (
            by_user,
            [JOKES],
            "n_train coverage honest_low honest_top value label",
        ),
        "checked_shares": (check, [JOKES], "of start end floor rating share lower upper"),
        "rating_shares": (shares, [JOKES], "of start end floor rating share"),
        "trail_chart": (
            tried,
            [JOKES, "Factors D", ("Mean", 1.1)],
            "x rmse method part series value label",
        ),
        "rating_histogram": (describe.rating_counts(whole), [JOKES], "rating n_ratings"),
        "item_mean_bars": (means, [JOKES, 3.5, whole.scale], "label mean"),
        "ranked_items": (means.head(5), [JOKES, whole.scale], "label shrunk_mean mean"),
        "user_mean_curve": (describe.user_means(whole), [JOKES], "rank mean"),
        "long_tail_curve": (describe.long_tail(whole), [JOKES], "rank n_ratings"),
        "matrix_heatmap": (blocks, [JOKES], "item_from item_to user_from user_to density"),
        "dot_product_bars": (dot_product_terms(), [], "feature product"),
        "trace_chart": (step_traces(fit), [JOKES, "norm_V", 10], "step norm_V chain"),
        "scalar_trace": (trace(fit, "norm_V"), [JOKES], "step norm_V chain"),
        "trace_of_one": (plain, [JOKES, "sweeps alone", 300], "step norm_U chain"),
        "rmse_curves": (curves, [JOKES, ("Mean", 1.1)], "draw rmse curve value label"),
        "convergence_histograms": (pmf.diagnose(fit), [], "r_hat ess_bulk ess_tail"),
        "rank_lines": (rank_histogram(ranks), [], "rank_from count expected chain"),
        "predicted_against_rating": (heldout, [JOKES, whole.scale], "rating pred_mean"),
        "predicted_against_truth": (heldout, [JOKES], "truth pred_mean"),
        "method_bars": (baselines, [JOKES], "method part rmse"),
        "rmse_by_samples": (lines, [baselines, JOKES], "draw rmse method"),
        "residual_histogram": (residuals, [JOKES], "residual_from residual_to n_ratings"),
        "errors_by_group": (groups, [JOKES, "Rating"], "group rmse method"),
        "sweep_heatmap": (cells, [JOKES, *names[:2]], " ".join(names[:4])),
    }


def picture(drawn, name):
    frame, rest, columns = drawn[name]
    chart = CHARTS[name](frame, *rest)
    spec = (alt.hconcat(*chart) if isinstance(chart, list) else chart).to_dict()
    return spec, [row for rows in spec["datasets"].values() for row in rows], columns.split()


def channels(part):
    for key, value in part.items() if isinstance(part, dict) else enumerate(part):
        if key == "encoding":
            yield from value.items()
        elif isinstance(value, dict | list):
            yield from channels(value)


@pytest.mark.parametrize("name", CHARTS)
def test_marks_encode_the_columns_of_their_data_and_axes_have_titles(drawn, name):
    spec, rows, columns = picture(drawn, name)
    found = [(key, e) for key, e in channels(spec) if isinstance(e, dict)]
    assert {e["field"] for _, e in found if "field" in e} == set(columns)
    tips = [tip for key, e in channels(spec) if key == "tooltip" for tip in e]
    assert {tip["field"] for tip in tips if "field" in tip} | set(columns) <= set().union(*rows)
    for axis in "xy":
        titles = {e["title"] for key, e in found if key == axis and "title" in e}
        assert titles == {None} if axis == "y" and name in UNTITLED_Y else any(titles)


@pytest.mark.parametrize("name", sorted(CHARTS.keys() - {*RESHAPED, *ALSO}))
def test_pictures_have_the_numbers_of_the_frame(drawn, name):
    frame, (_, rows, columns) = drawn[name][0], picture(drawn, name)
    own = [column for column in columns if column in frame]
    marked = set(columns) - LINES.get(name, set())
    of_marks = Counter(tuple(row[c] for c in own) for row in rows if marked <= row.keys())
    frame = frame[own].astype(object).where(frame[own].notna(), None)
    assert of_marks == Counter(frame.itertuples(index=False, name=None))


def test_reshaped_pictures_have_the_numbers_of_the_frame(drawn):
    curves, table, bars, lines = (drawn[name][0] for name in RESHAPED)
    rows, monitored, both, samples = (picture(drawn, name)[1] for name in RESHAPED)
    for column, curve in fits.CURVES.items():
        assert [r["rmse"] for r in rows if r.get("curve") == curve] == list(curves[column])
    for column in ("r_hat", "ess_bulk", "ess_tail"):
        expected = table.loc[table["quantity"] == "prediction", column]
        assert [row[column] for row in monitored if column in row] == list(expected)
    for part in ("train", "test"):
        expected = dict(zip(bars["method"], bars[f"{part}_rmse"]))
        assert {r["method"]: r["rmse"] for r in both if r["part"] == part} == expected
    flat = {(m, draw): e for m, e in expected.items() for draw in (1, 20)}
    sampled = {("MCMC", draw): e for draw, e in zip(lines["draw"], lines["rmse"])}
    assert {(r["method"], r["draw"]): r["rmse"] for r in samples} == flat | sampled


def test_shares_of_several_and_growing_ess_have_the_numbers_of_their_frames(drawn):
    shares, so_far = drawn["rating_shares"][0], drawn["ess_so_far"][0]
    rows, grown = picture(drawn, "rating_shares")[1], picture(drawn, "ess_so_far")[1]
    for frame in shares:
        own = [row for row in rows if row.get("of") == frame.attrs["of"]]
        assert [row["share"] for row in own] == list(frame["share"])
        assert [row["start"] + 0.5 for row in own] == list(frame["rating"])
    assert [row["end"] for row in rows if list(row) == ["end"]] == [1, 5]
    for column, of in (("ess_bulk", "Bulk"), ("ess_tail", "Tails")):
        assert [row["ess"] for row in grown if row["of"] == of] == list(so_far[column].dropna())


def test_an_infinite_r_hat_is_left_out_of_its_picture():
    frame = pd.DataFrame({"draw": [5, 10], "r_hat": [np.inf, 1.2]})
    assert '"r_hat": 1.2' in draws.r_hat_so_far(frame).to_json()
    assert "Infinity" not in draws.r_hat_so_far(frame).to_json()


def test_a_sweep_without_a_result_has_no_nan_in_its_expressions(drawn):  # Vega stops at one
    cells, rest, _ = drawn["sweep_heatmap"]
    spec = scores.sweep_heatmap(cells.assign(test_rmse=np.nan), *rest).to_dict()
    assert "datum.test_rmse > 0" in str(spec["layer"]) and "nan" not in str(spec["layer"])


def test_of_two_samplers_each_is_drawn_on_the_axes_of_both():
    frame = pd.DataFrame({"step": [1, 2] * 2, "chain": 0, "norm_U": [1.0, 2.0, 1.0, 9.0]})
    traces = frame.assign(sampler=["one", "one", "other", "other"])
    for name, norms in (("one", [1.0, 2.0]), ("other", [1.0, 9.0])):
        spec = fits.trace_of_one(traces, JOKES, name, 300).to_dict()
        [rows] = spec["datasets"].values()
        assert [row["norm_U"] for row in rows] == norms
        assert spec["encoding"]["x"]["scale"]["domain"] == [0, 300]
        assert spec["encoding"]["y"]["scale"]["domain"] == [0, 9.0]


def test_thinning_keeps_the_last_value_and_all_chains():
    frame = pd.DataFrame({"step": np.repeat(np.arange(1000), 2), "chain": [0, 1] * 1000})
    kept = base.thin(frame, "step", at_most=100)
    assert kept["step"].iloc[-1] == 999 and len(kept) <= 200
    assert set(kept.groupby("step").size()) == {2}


def test_axes_and_tooltips_name_items_and_units_as_the_data_do(drawn):
    """Of ratings of jokes in points, no picture speaks of items, movies or stars."""
    named = set()
    for name in CHARTS.keys() - {"dot_product_bars"}:  # which is of five movies, on purpose
        spec, _, _ = picture(drawn, name)
        titles = [e.get("title") or "" for _, e in channels(spec) if isinstance(e, dict)]
        tips = [tip for key, e in channels(spec) if key == "tooltip" for tip in e]
        titles += [tip.get("title") or "" for tip in tips if isinstance(tip, dict)]
        words = " ".join(map(str, titles)).lower()
        assert not {"item", "items", "movie", "movies", "star", "stars"} & set(words.split()), name
        named |= {name} if "joke" in words or "points" in words else set()
    without = CHARTS.keys() - named
    assert without == {
        *("dot_product_bars", "convergence_histograms", "rank_lines", "trace_of_one"),
        *("autocorrelation_lines", "ess_so_far", "r_hat_so_far", "densities", "coverage_by_count"),
    }


@pytest.mark.parametrize("name", [n for n in CHARTS if n.startswith(("rmse", "method", "errors"))])
def test_an_error_is_said_to_be_in_the_unit_of_the_ratings(drawn, name):
    spec, _, _ = picture(drawn, name)
    titles = [e.get("title") for _, e in channels(spec) if isinstance(e, dict)]
    assert any("RMSE (points)" in (title or "") for title in titles)


def test_predictions_of_a_fine_scale_are_drawn_for_ten_bins_of_it():
    rating = np.linspace(-10, 10, 300)
    heldout = pd.DataFrame({"rating": rating, "pred_mean": rating / 2})
    spec = fits.predicted_against_rating(heldout, JOKES, (-10, 10)).to_dict()
    [rows] = spec["datasets"].values()
    assert sorted({row["rating"] for row in rows}) == list(range(-9, 10, 2))
    assert spec["mark"]["size"] * 10 <= 160
