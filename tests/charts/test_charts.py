"""Pictures have the numbers of their frames."""

from collections import Counter

import numpy as np
import pandas as pd
import pytest

from pmf_core.charts import base, draws, fits, scores
from tests.support.drawn import CHARTS, JOKES, channels, picture

RESHAPED = ("rmse_curves", "convergence_histograms", "method_bars", "rmse_by_samples")
ALSO = {"rating_shares", "ess_so_far", "importance_bars", "best_so_far"}
"""Of several frames, and of long ones: tested on their own."""
LINES = dict.fromkeys(("r_hat_so_far", "prediction_trace", "coverage_by_count"), {"level"}) | {
    "autocorrelation_lines": {"zero"},
    **dict.fromkeys(("likeness_intervals", "differences"), {"at"}),
}  # of a level drawn through the picture
UNTITLED_Y = {
    *("ranked_items", "item_mean_bars", "dot_product_bars", "method_bars", "importance_bars"),
    *("ranking_bars", "moved_bars"),
    *("parallel_coordinates", "likeness_intervals", "differences"),
}  # on purpose


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


def test_what_is_said_of_settings_and_of_a_search_has_the_numbers_of_its_frames(drawn):
    matter, trials = drawn["importance_bars"][0], drawn["best_so_far"][0]
    rows, tried = picture(drawn, "importance_bars")[1], picture(drawn, "best_so_far")[1]
    assert [row["share"] for row in rows] == [0.5, 0.1, 0.4] and len(matter) == 2
    for column, of in (("rmse", "A trial"), ("best", "Best so far")):
        assert [row["error"] for row in tried if row["of"] == of] == list(trials[column])


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


def test_levels_are_seen_where_there_is_no_run(drawn):
    baselines = drawn["method_bars"][0]
    none = pd.DataFrame(columns=["method", "draw", "rmse"])
    [rows] = scores.rmse_by_samples(none, baselines, JOKES).to_dict()["datasets"].values()
    assert {row["draw"] for row in rows} == {0, 1} and len(rows) == 2 * len(baselines)


def test_thinning_keeps_the_last_value_and_all_chains():
    frame = pd.DataFrame({"step": np.repeat(np.arange(1000), 2), "chain": [0, 1] * 1000})
    kept = base.thin(frame, "step", at_most=100)
    assert kept["step"].iloc[-1] == 999 and len(kept) <= 200
    assert set(kept.groupby("step").size()) == {2}
