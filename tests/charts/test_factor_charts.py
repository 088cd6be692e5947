"""Pictures of factors have the numbers of their frames, and titles that say what they are."""

import numpy as np
import pandas as pd
import pytest

import pmf_core as pmf
from pmf_core.charts import factors, turning
from pmf_core.data.nouns import Nouns
from pmf_core.evaluation import factor_map, genres, tastes
from pmf_core.evaluation import turning as numbers
from tests.support import tiny

JOKES = Nouns("joke", "jokes", "points")


@pytest.fixture(scope="module")
def world():
    return pmf.simulate_world(40, 30, 700)


@pytest.fixture(scope="module")
def fit(world):
    split = pmf.split_ratings(world[0], 0.1, 0)
    return pmf.sample_gibbs(split, tiny.PRESETS["bpmf"], draws=12, tune=8, chains=2)


def rows_of(chart):
    """All rows of data of a chart, and its specification."""
    spec = chart.to_dict()
    return [row for rows in spec["datasets"].values() for row in rows], spec


def column(rows, *names):
    """The rows that have all of these columns, as sets of their values."""
    return {tuple(row[name] for name in names) for row in rows if set(names) <= row.keys()}


@pytest.fixture(scope="module")
def items(fit, world):
    return factor_map.marked(factor_map.item_map(fit, *world, 0, 1), "the")


@pytest.mark.parametrize("color", ["mean_rating", "genre"])
def test_the_map_has_every_item_the_arrow_and_outlines(fit, items, color):
    ids = factor_map.to_outline(items, 3)
    outlines = factor_map.item_outlines(fit, ids, 0, 1)
    person = factor_map.person(fit, fit.split.train.user_ids[0], 0, 1)
    chart = factors.item_map_chart(items, JOKES, color, ("Axis 1", "Axis 2"), outlines, person)
    rows, spec = rows_of(chart)
    assert column(rows, "title", "x", "y", "n_ratings") == set(
        items[["title", "x", "y", "n_ratings"]].itertuples(index=False, name=None)
    )
    assert column(rows, "x", "y", "order", "item_id") == set(
        outlines[["x", "y", "order", "item_id"]].itertuples(index=False, name=None)
    )
    tip = [(row["x"], row["y"]) for row in rows if row.get("at") == 1.0]
    assert tip == [tuple(person[0][["x", "y"]].iloc[0])]
    assert "'brush'" in str(spec["params"]) and spec["layer"][0]["encoding"]
    for word in ("'Axis 1'", "'Axis 2'", "'Joke'"):
        assert word in str(spec)
    if color == "genre":
        assert str(items.attrs["genres"]) in str(spec)


def test_the_map_of_a_taste_is_coloured_by_it(fit, items, world):
    items = items.assign(true_taste=np.linspace(0, 1, len(items)))
    arrow = tastes.taste_arrows(fit, *world, 0, 1).iloc[[2]]
    none = factor_map.item_outlines(fit, (), 0, 1)
    rows, spec = rows_of(
        factors.item_map_chart(items, JOKES, "true_taste", ("A", "B"), none, None, arrow)
    )
    assert len(column(rows, "title", "true_taste")) == len(items)
    assert [(row["x"], row["y"]) for row in rows if row.get("at") == 1.0] == [
        tuple(arrow[["x", "y"]].iloc[0])
    ]
    assert "'domain': [0.0, 0.5, 1.0]" in str(spec)


def test_intervals_are_drawn_as_they_are(fit, world):
    ends = factor_map.axis_ends(fit, 0)
    rows, spec = rows_of(factors.ends_chart(ends, JOKES, "Axis 1"))
    assert column(rows, "title", "value", "lower", "upper") == set(
        ends[["title", "value", "lower", "upper"]].itertuples(index=False, name=None)
    )
    assert "Axis 1 (mean, 90%)" in str(spec)
    loadings = genres.genre_loadings(fit, *world, 0)
    rows, _ = rows_of(factors.genres_chart(loadings, "Axis 1"))
    assert column(rows, "title", "loading", "n_ratings") == set(
        loadings[["genre", "loading", "n_items"]].itertuples(index=False, name=None)
    )
    near = factor_map.with_counts(fit, pmf.similar_items(fit, fit.split.train.item_ids[0]))
    rows, _ = rows_of(factors.neighbours_chart(near, JOKES))
    assert column(rows, "title", "similarity", "lower", "upper") == set(
        near[["title", "similarity", "lower", "upper"]].itertuples(index=False, name=None)
    )


def test_tastes_are_drawn_of_both_sides(fit, world):
    found = tastes.tastes_found(fit, *world)
    rows, _ = rows_of(factors.tastes_chart(found, JOKES))
    assert column(rows, "taste", "side", "correlation") == {
        (row["taste"], side, row[name])
        for _, row in found.iterrows()
        for name, side in (("items", "Jokes"), ("users", "Users"))
    }
    one = tastes.one_taste(fit, *world, "moody")
    rows, spec = rows_of(factors.true_against_learnt(one, JOKES, "moody"))
    assert {row["true"] for row in rows} == set(one["true"]) and "True: moody" in str(spec)


@pytest.mark.parametrize("kind", ["raw", "aligned"])
def test_raw_and_aligned_are_each_drawn_alone(fit, kind):
    two = numbers.two_chains(fit, 0)
    rows, spec = rows_of(turning.two_chains_chart(two, JOKES, kind))
    own = two.loc[two["kind"] == kind, ["title", "one", "other"]]
    assert column(rows, "title", "one", "other") == set(own.itertuples(index=False, name=None))
    cells = numbers.matrices(fit, 1.0)
    rows, _ = rows_of(turning.matrix_chart(cells, JOKES, kind))
    own = cells.loc[cells["kind"] == kind, ["row", "place", "title", "value"]]
    assert column(rows, *own) == set(own.itertuples(index=False, name=None))
    values = numbers.through_the_run(fit, fit.split.train.item_ids[0], 0)
    rows, spec = rows_of(turning.through_chart(values, kind))
    own = values.loc[values["kind"] == kind, ["chain", "step", "value"]]
    assert column(rows, *own) == set(own.itertuples(index=False, name=None))
    assert {"raw": "as drawn", "aligned": "aligned"}[kind] in str(spec)


def test_what_goes_with_the_data_of_two_chains_is_nothing_that_browsers_stop_at(fit):
    two = numbers.two_chains(fit, 0)
    two.attrs = {"raw": float("nan")}
    chart = turning.two_chains_chart(two, JOKES, "raw")
    assert all(not layer.data.attrs for layer in chart.layer) and two.attrs


def test_r_hat_is_drawn_against_the_angle_and_no_end_is_infinite():
    rows = [(0, 1.0, 1.0, 0.0), (15, np.inf, 1.0, 0.0)]
    turned = pd.DataFrame(rows, columns=["angle", "raw", "predictions", "change"])
    rows, spec = rows_of(turning.turning_chart(turned, 15))
    assert column(rows, "angle", "of", "r_hat") == {
        (0, "Factors", 1.0), (15, "Factors", None), (0, "Predictions", 1.0),
        (15, "Predictions", 1.0),
    }  # fmt: skip
    assert {"angle": 15} in rows and "Infinity" not in str(spec)
