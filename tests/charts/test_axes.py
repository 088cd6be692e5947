"""What axes, legends and tooltips say of the numbers."""

import numpy as np
import pandas as pd
import pytest

import pmf_core as pmf
from pmf_core.charts import calibration, fits, ladder, scores
from pmf_core.data.nouns import Nouns
from pmf_core.evaluation import breakdown
from tests.support.drawn import CHARTS, JOKES, channels, picture


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
        "importance_bars",
        *("autocorrelation_lines", "ess_so_far", "r_hat_so_far", "densities", "coverage_by_count"),
        *("ranking_bars", "likeness_intervals"),
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
    "residual_histogram": "y", "best_so_far": "x", "trace_chart": "x",
    "rmse_curves": "x", "rmse_by_samples": "x",
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


@pytest.mark.slow
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
