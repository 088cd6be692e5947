"""What the PyMC example reports stands beside its own ratings, and beside no others."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import pmf_core as pmf
from pmf_core.charts.scores import method_bars
from pmf_core.data.nouns import Nouns
from pmf_core.evaluation.methods import together
from pmf_core.evaluation.the_example import BASELINES, FITS, example_rows, is_its_own

REPORTED = {  # DESIGN of the example: test RMSE
    "The example: Uniform random": 1.68490,
    "The example: Global mean": 1.11492,
    "The example: Mean of means": 1.00750,
    "The example: MAP": 2.63524,
    "The example: MCMC": 0.90711,
}


def alike(rating):
    """Return ratings of the shape of MovieLens 100K; their contents are made up."""
    index = np.arange(100_000)
    ratings = pmf.Ratings(
        index % 943, index // 943, rating, np.arange(943), np.arange(1682), (1, 5), name="anything"
    )
    return pmf.split_ratings(ratings, 0.1, 0)


def test_rows_are_those_reported_and_only_of_its_own_ratings(ratings):
    rating = np.full(100_000, 4.0)
    rating[: 400_000 - 352_986] = 3.0
    own = alike(rating)
    assert is_its_own(own)
    found = example_rows(own).set_index("method")
    assert found["test_rmse"].to_dict() == REPORTED
    assert found["train_rmse"].dropna().to_dict() == {
        "The example: MAP": 2.63259, "The example: MCMC": 0.78127,
    }  # fmt: skip
    assert list(example_rows(own, ("MCMC",))["method"]) == ["The example: MCMC"]
    assert set(BASELINES + FITS) == {name.removeprefix("The example: ") for name in REPORTED}
    rating[0] = 4.0
    for other in (alike(rating), pmf.split_ratings(ratings, 0.1, 0)):
        assert not is_its_own(other) and example_rows(other).empty
    scaled = replace(own.train, scale=(0.5, 5.0)), replace(own.test, scale=(0.5, 5.0))
    assert not is_its_own(pmf.Split(*scaled))


@pytest.mark.slow
def test_movielens_is_known_for_what_it_is(movielens):
    assert is_its_own(pmf.split_ratings(movielens, 0.3, 5))


def test_what_it_does_not_report_has_no_bar():
    table = pd.DataFrame(
        {"method": ["a", "b"], "train_rmse": [1.0, np.nan], "test_rmse": [1.1, 1.2], "test_mae": 1}
    )
    assert together(table, table.iloc[:0]).equals(table)
    bars = method_bars(table, Nouns()).to_dict()
    [data] = bars["datasets"].values()
    assert [(row["method"], row["part"]) for row in data] == [
        ("a", "train"), ("a", "test"), ("b", "test"),
    ]  # fmt: skip
