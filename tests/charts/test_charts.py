import inspect
from collections import Counter

import altair as alt
import numpy as np
import pandas as pd
import pytest

import pmf_core as pmf
from pmf_core.charts import base, calibration, checks, draws, fits, ladder, ratings, scores, trail
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
LINES = dict.fromkeys(("r_hat_so_far", "prediction_trace", "coverage_by_count"), {"level"}) | {
    "autocorrelation_lines": {"zero"}
}  # of a level drawn through the picture
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
        "r_hat_so_far": (so_far, [], "draw r_hat level"),
        "two_scalars": (pair, [JOKES], "x y chain"),
        "prediction_trace": (one.trace, [JOKES, one.rating], "draw prediction chain level"),
        "errors_by_count": (by_user, [JOKES], "n_train rmse rmse_low rmse_top"),
        "coverage_by_count": (
            by_user,
            [JOKES],
            "n_train coverage honest_low honest_top level",
        ),
        "checked_shares": (check, [JOKES], "of start end floor rating share lower upper"),
        "rating_shares": (shares, [JOKES], "of start end floor rating share"),
        "trail_chart": (
            tried,
            [JOKES, "Factors D", ("Mean", 1.1)],
            "x rmse method part series",
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
        "rmse_curves": (curves, [JOKES, ("Mean", 1.1)], "draw rmse curve"),
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


def test_a_bin_without_a_held_out_rating_is_on_the_axis():
    heldout = pd.DataFrame({"rating": [5.0, 45.0, 95.0] * 5, "pred_mean": 50.0})
    spec = fits.predicted_against_rating(heldout, JOKES, (0, 100)).to_dict()
    assert spec["encoding"]["x"]["scale"]["domain"] == [5.0, 45.0, 95.0]  # so they are given
    heldout["rating"] = [0.0, 3, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 98, 99, 100]
    spec = fits.predicted_against_rating(heldout, JOKES, (0, 100)).to_dict()
    assert spec["encoding"]["x"]["scale"]["domain"] == list(range(5, 100, 10))
    heldout["rating"] = [1.0, 2.0, 4.0] * 5
    spec = fits.predicted_against_rating(heldout, JOKES, (1, 5)).to_dict()
    assert spec["encoding"]["x"]["scale"]["domain"] == [1, 2, 3, 4, 5]
    assert spec["encoding"]["y"]["scale"]["domain"] == [1, 50]  # a constant has an axis, too


def test_errors_by_rating_leave_no_rating_out_between_others():
    rating = np.repeat([1.0, 2.0, 4.0, 5.0], 5)
    idx = np.arange(20)
    whole = pmf.Ratings(idx % 4, idx % 5, rating, np.arange(4), np.arange(5), (1, 5))
    split = pmf.Split(whole, whole.take(idx[:15]))
    table = breakdown.errors_by_rating(split, {"three": np.full(15, 3.0)})
    spec = scores.errors_by_group(table, JOKES, "Rating").to_dict()
    assert spec["encoding"]["x"]["scale"]["domain"] == ["1", "2", "3", "4"]
    support = breakdown.errors_by_support(split, {"three": np.full(15, 3.0)})
    assert support.attrs["groups"] == ["1 to 5"]


def test_a_baseline_is_named_in_the_legend_and_not_on_the_lines(drawn):
    frame = drawn["rmse_curves"][0]
    spec = fits.rmse_curves(frame, JOKES, ("Mean", 1.1)).to_dict()
    assert "text" not in str(spec.get("layer", "")) and spec["mark"]["type"] == "line"
    domain = spec["encoding"]["color"]["scale"]["domain"]
    assert domain == [*fits.CURVES.values(), "Mean, test"]
    dash = spec["encoding"]["strokeDash"]["scale"]
    assert dash["domain"] == domain and len(dash["range"]) == 5
    [rows] = spec["datasets"].values()
    level = {(row["draw"], row["rmse"]) for row in rows if row["curve"] == "Mean, test"}
    assert level == {(draw, 1.1) for draw in frame["draw"]}
    assert fits.rmse_curves(frame, JOKES).to_dict()["encoding"]["color"]["scale"]["domain"] == [
        *fits.CURVES.values()
    ]


def test_the_ladder_says_its_unit_and_draws_one_unit_alone():
    measured = ["random tenth", "here, now"] * 2
    frame = pd.DataFrame({"rung": ["a", "a", "b", "b"], "measured": measured})
    frame["test_rmse"] = [0.9, 23.0, 0.8, 22.0]
    frame.attrs["rungs"] = ["a", "b"]

    def drawn_of(frame, nouns):
        spec = ladder.rungs(frame, nouns).to_dict()
        [rows] = spec["datasets"].values()
        titles = {e["title"] for key, e in channels(spec) if key == "y"}
        assert "text" not in {layer["mark"]["type"] for layer in spec["layer"]}
        return titles, [row["test_rmse"] for row in rows]

    assert drawn_of(frame, Nouns("book", "books", "stars")) == (
        {"Test RMSE (stars)"},
        [0.9, 23.0, 0.8, 22.0],
    )
    assert drawn_of(frame, JOKES) == ({"Test RMSE (points)"}, [23.0, 22.0])
    stored = frame[frame["measured"] == "random tenth"]
    assert drawn_of(stored, JOKES) == ({"Test RMSE (stars)"}, [0.9, 0.8])


COUNTED = {
    "rating_histogram": "y", "long_tail_curve": "xy", "user_mean_curve": "x",
    "matrix_heatmap": "xy", "convergence_histograms": "y", "rank_lines": "y",
    "residual_histogram": "y", "trace_chart": "x", "rmse_curves": "x", "rmse_by_samples": "x",
}  # fmt: skip


@pytest.mark.parametrize("name", COUNTED)
def test_an_axis_that_counts_has_no_half_of_anything(drawn, name):
    spec, _, _ = picture(drawn, name)
    for axis in COUNTED[name]:
        found = [e["axis"] for key, e in channels(spec) if key == axis and e.get("axis")]
        assert any(each.get("tickMinStep") == 1 for each in found), axis


def test_bins_of_effective_samples_are_whole_and_steps_begin_at_0(drawn):
    spec, _, _ = picture(drawn, "convergence_histograms")
    bins = [e["bin"]["minstep"] for key, e in channels(spec) if key == "x"]
    assert bins == [0.001, 1, 1]
    steps = [e for key, e in channels(picture(drawn, "trace_chart")[0]) if key == "x"]
    assert steps[0]["scale"]["zero"] is True


def test_zero_has_no_sign_where_differences_have():
    frame = pd.DataFrame({"pit": [0, 1.0], "lower": -0.1, "upper": 0.1, "difference": 0.0})
    spec = calibration.pit_ecdf_difference(frame).to_dict()
    [axis] = [e["axis"] for key, e in channels(spec) if key == "y" and "axis" in e]
    assert axis["labelExpr"] == "datum.value ? format(datum.value, '+.3~f') : '0'"


def test_a_layer_that_may_have_no_marks_is_not_read_out(drawn):
    """A container of no marks is an image without a name to those who listen."""
    table = pd.DataFrame({"pred_mean": [1.0], "rating": 2.0, "se": np.nan, "n_ratings": 1})
    rated = calibration.reliability_curve(table, JOKES).to_dict()
    traced = fits.trace_chart(drawn["trace_chart"][0], JOKES, "norm_U", 0).to_dict()
    for spec in (rated, traced):
        marks = [layer["mark"] for layer in spec["layer"]]
        assert [mark["aria"] for mark in marks if mark["type"] == "rule"] == [False]


def test_a_rule_has_a_colour_that_is_seen_on_white_and_on_black(drawn):
    """Without one it is black, whatever the page is."""
    table = pd.DataFrame({"pred_mean": [1.0], "rating": 2.0, "se": 0.1, "n_ratings": 1})
    specs = {name: picture(drawn, name)[0] for name in CHARTS}
    specs["reliability_curve"] = calibration.reliability_curve(table, JOKES).to_dict()
    rules = {
        (name, "color" in layer["encoding"] or layer["mark"].get("color"))
        for name, spec in specs.items()
        for layer in spec.get("layer", [spec])
        if layer.get("mark", {}).get("type") == "rule"
    }
    assert {name for name, _ in rules} >= {
        "item_mean_bars", "ranked_items", "rank_lines", "reliability_curve",
        *("trace_chart", "scalar_trace", "trail_chart", "coverage_by_count"),
    }  # fmt: skip
    assert {color for _, color in rules} <= {"gray", True}
