"""Baselines and fits in one table."""

import pandas as pd

import pmf_core as pmf
from pmf_core.evaluation.methods import (
    CONSTANT,
    GUESS,
    best_baseline,
    curves_of,
    with_fits,
    without,
)

ERRORS = {"train_rmse": 0.5, "test_rmse": 0.75, "test_mae": 0.6}


def test_weak_baselines_leave_a_chart_wherever_they_stand():
    table = pd.DataFrame({"method": [*pmf.BASELINES][::-1], "test_rmse": [0.9, 1.0, 1.1, 1.7]})
    assert list(without(table, GUESS)["method"]) == [
        "User and item biases", "Mean of means", "Global mean",
    ]  # fmt: skip
    assert list(without(table, GUESS, CONSTANT)["test_rmse"]) == [0.9, 1.0]


def test_the_best_baseline_has_the_lowest_error_on_held_out_ratings():
    table = pd.DataFrame({"method": ["a", "b", "c"], "test_rmse": [1.0, 0.9, 1.1]})
    assert best_baseline(table)["method"] == "b"


def test_fits_stand_under_the_baselines_with_their_scores_and_nothing_else():
    table = pd.DataFrame([{"method": "a"} | dict.fromkeys(ERRORS, 1.0)])
    both = with_fits(table, {"MAP": ERRORS | {"seconds": 3.0}})
    assert both["method"].tolist() == ["a", "MAP"] and list(both) == ["method", *ERRORS]
    assert both.iloc[1]["test_rmse"] == 0.75
    assert with_fits(table, {}).equals(table)


def test_curves_of_several_fits_without_those_that_could_not_be_read():
    curve = pd.DataFrame({"draw": [1, 2], "train_rmse": [0.5, 0.4], "test_rmse": [1.0, 0.9]})
    table = curves_of({"a": curve, "b": curve.iloc[:0], "c": curve})
    assert list(table) == ["draw", "rmse", "method"]
    assert table["method"].tolist() == ["a", "a", "c", "c"]
    assert table["rmse"].tolist() == [1.0, 0.9, 1.0, 0.9]
    assert list(curves_of({})) == ["draw", "rmse", "method"]
