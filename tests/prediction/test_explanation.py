"""Why a prediction is what it is, against predictions without each rating."""

from dataclasses import replace

import numpy as np
import pytest

import pmf_core as pmf
from pmf_core.prediction.own_row import own_rows, predictive
from tests.support import tiny
from tests.support.marks import slow_but

TABLE, _ = pmf.simulate_from_prior(tiny.PRESETS["best"], random_seed=2)
RATINGS = {TABLE.item_ids[at]: value for at, value in ((0, 5.0), (3, 2.0), (7, 4.0), (9, 1.0))}
EXACT = {
    "pmf": tiny.PRESETS["pmf"],
    "constrained": tiny.PRESETS["constrained"],
    "all": replace(
        tiny.PRESETS["bpmf"], biases=True, noise="item", implicit="both", effects=("day",)
    ),
}


@pytest.fixture(scope="module")
def split():
    return pmf.split_ratings(TABLE, 0.2, 0)


def sample(split, config, draws=8, seed=0):
    size = {"draws": draws, "tune": 10, "chains": 2, "keep": 2 * draws}
    return pmf.sample_gibbs(split, config, random_seed=seed, **size)


def mean_of(fit, ratings, at, seed=0):
    """Posterior mean of a rating, in stars, from ratings that are folded in."""
    ids = list(fit.split.train.item_ids)
    rated = np.array([ids.index(item_id) for item_id in ratings], int)
    rating = np.array(list(ratings.values()))
    return predictive(fit, own_rows(fit, rated, rating, seed), 0.9).mean[at]


@pytest.mark.parametrize("name", slow_but(EXACT, "constrained"))
def test_a_rating_moved_a_prediction_by_what_it_is_without_that_rating(split, name):
    fit = sample(split, EXACT[name])
    at, item_id = 20, fit.split.train.item_ids[20]
    found = pmf.explain(fit, item_id, RATINGS)
    whole = mean_of(fit, RATINGS, at)
    assert found.attrs["mean"] == pytest.approx(whole, abs=1e-6)
    ratings = found[found["kind"] == "rating"].set_index("item_id")
    assert (np.diff(ratings["moved"].abs()) <= 0).all()
    for rated, value in RATINGS.items():
        rest = {key: given for key, given in RATINGS.items() if key != rated}
        expected = whole - mean_of(fit, rest, at)
        assert ratings["moved"][rated] == pytest.approx(expected, abs=1e-5)
        assert ratings["rating"][rated] == value
    # Control: what a middling rating in its place would change is something else.
    instead = whole - mean_of(fit, RATINGS | {ratings.index[0]: 3.0}, at)
    assert abs(ratings["moved"].iloc[0] - instead) > 1e-3


@pytest.mark.parametrize("name", slow_but(["constrained", "bpmf", "ordinal"], "constrained"))
def test_the_parts_add_up_to_the_score(split, name):
    fit = sample(split, {"ordinal": tiny.PRESETS["best"], **tiny.PRESETS, **EXACT}[name])
    found = pmf.explain(fit, fit.split.train.item_ids[20], RATINGS)
    parts = found[found["kind"] == "part"]
    assert list(parts["what"]) == [
        "How they rate",
        "What anybody thinks of it",
        *("Axis 1", "Axis 2"),
    ]
    rows = list(own_rows(fit, np.array([0, 3, 7, 9]), np.array(list(RATINGS.values()))))
    score = fit.attrs["offset"] + np.mean([row.score[20] for row in rows])
    score *= fit.unit if fit.config.link == "identity" else 1
    assert parts["moved"].sum() == pytest.approx(score, abs=1e-5) == found.attrs["score"]
    assert parts["item_id"].isna().all() and parts["rating"].isna().all()


@pytest.mark.slow
def test_under_cut_points_it_is_near_what_folding_in_without_a_rating_gives(split):
    config = replace(tiny.PRESETS["best"], effects=(), side_info="none", cut_points="shared")
    rests = [{k: v for k, v in RATINGS.items() if k != rated} for rated in RATINGS]
    at, both, n_fits = 20, np.zeros((2, len(RATINGS))), 3
    for seed in range(n_fits):
        fit = sample(split, config, 60, seed)
        item_id = fit.split.train.item_ids[at]
        found = [pmf.explain(fit, item_id, RATINGS, random_seed=again) for again in range(3)]
        moved = [each.set_index("item_id")["moved"][list(RATINGS)] for each in found]
        whole, *without = (
            np.mean([mean_of(fit, ratings, at, again) for again in range(4)])
            for ratings in (RATINGS, *rests)
        )
        both += np.array([np.mean(moved, axis=0), whole - np.array(without)]) / n_fits
    found, expected = both
    # Their means over draws are off by less than a tenth (one standard error of the difference);
    # the formula, of the one that moves most, by a fifth of a star.
    np.testing.assert_allclose(found, expected, atol=0.25)
    assert np.abs(expected).max() > 0.5  # Control: that none moved anything would be noticed.


def test_who_rated_nothing_has_the_parts_alone_and_what_is_unknown_is_refused(split):
    fit = pmf.fit_map(split, EXACT["pmf"])
    found = pmf.explain(fit, fit.split.train.item_ids[1], {})
    assert set(found["kind"]) == {"part"} and len(found) == 2 + fit.config.n_factors
    with pytest.raises(ValueError, match="item_id is -9"):
        pmf.explain(fit, -9, {})
    with pytest.raises(ValueError, match="rating is 9.0"):
        pmf.explain(fit, fit.split.train.item_ids[1], {fit.split.train.item_ids[0]: 9.0})
