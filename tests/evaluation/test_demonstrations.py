"""Demonstrations: what is shown is what happens, on ratings where the point holds and where not."""

import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import pmf_core as pmf
from pmf_core.charts.demonstrations import happens
from pmf_core.evaluation.demonstrations import DEMONSTRATIONS, one_chain
from pmf_core.evaluation.demonstrations.base import heldout_draws, small_fit, small_part

BY_NAME = {each.name: each for each in DEMONSTRATIONS}


@pytest.fixture(scope="module")
def split():
    ratings, _ = pmf.simulate_ratings(60, 50, 900, 3, 2.0, 0)
    return pmf.split_ratings(ratings, 0.1, 0)


@pytest.fixture(scope="module")
def measured(split):
    class Measured(dict):
        def __missing__(self, name):
            self[name] = BY_NAME[name].measure(split)
            return self[name]

    return Measured()


def positions(control):
    return np.arange(control.low, control.high + control.step / 2, control.step)


def test_there_are_eight_in_the_order_of_the_example():
    assert list(BY_NAME) == [
        "map", "noise", "top", "chains", "rotation", "mapping", "norm", "imputed",
    ]  # fmt: skip
    for each in DEMONSTRATIONS:
        assert len(each.guesses) == 3 == len(set(each.guesses)) and each.question.endswith("?")
        control = each.control
        assert control.low <= control.start <= control.high
        steps = (control.start - control.low) / control.step
        assert steps == pytest.approx(round(steps))


@pytest.mark.slow
@pytest.mark.parametrize("name", BY_NAME)
def test_every_position_of_the_control_has_its_picture_and_its_sentence(measured, name):
    each, found = BY_NAME[name], measured[name]
    assert each.answer(found) in (0, 1, 2)
    for position in positions(each.control):
        shown = each.show(found, float(position))
        assert {"x", "y", "series"} <= set(shown.frame) and np.isfinite(shown.frame["y"]).all()
        assert shown.lesson.text.endswith(".") and shown.lesson.evidence
        assert not re.search(r"-\d", shown.lesson.text)  # minus signs are true ones
    assert happens(shown).to_dict()


def test_a_collapsed_map_is_on_its_way_to_a_good_one(split, measured):
    found, part = measured["map"], small_part(split)
    test = part.test
    assert found.test_rmse[0] == pytest.approx(np.sqrt((test.rating**2).mean()), rel=1e-6)
    top = pmf.fit_map(part, pmf.PMFConfig(n_factors=3)).summary()["test_rmse"]
    assert found.test_rmse[-1] == pytest.approx(top, rel=0.01)
    show = BY_NAME["map"].show
    assert show(found, 0).lesson.holds and not show(found, 30).lesson.holds
    assert BY_NAME["map"].answer(found) == 0
    worse = found._replace(global_mean=0.5)
    assert BY_NAME["map"].answer(worse) == 2
    assert "no better than the mean rating" in show(worse, 30).lesson.text


@pytest.mark.slow
def test_noise_adds_its_square_and_the_mean_forgets_it(split, measured):
    table = measured["noise"].frame.set_index("sd")
    fit = small_fit(split)
    exact = np.sqrt(((heldout_draws(fit) - fit.split.test.rating) ** 2).mean())
    assert table.loc[0.0, "one_draw"] == pytest.approx(exact, rel=0.01)  # but for the clipping
    expected = np.sqrt(exact**2 + 0.3**2)
    assert table.loc[0.3, "one_draw"] == pytest.approx(expected, rel=0.02)
    assert abs(table.loc[0.7, "mean_of_all"] - table.loc[0.0, "mean_of_all"]) < 0.02
    assert BY_NAME["noise"].answer(measured["noise"]) == 1
    assert not BY_NAME["noise"].show(measured["noise"], 0.0).lesson.holds


@pytest.mark.slow
def test_heldout_draws_average_to_the_mean_prediction(split):
    fit = small_fit(split)
    mean = heldout_draws(fit).mean(axis=(0, 1))
    np.testing.assert_allclose(mean, fit.heldout()["pred_mean"], atol=1e-4)


def test_top_lists_are_those_of_so_many_ratings(split, measured):
    train = split.train
    count = np.bincount(train.item_idx, minlength=train.n_items)
    mean = np.bincount(train.item_idx, train.rating, train.n_items) / np.maximum(count, 1)
    for fewest in (1, 10):
        best = np.sort(mean[count >= fewest])[::-1][:30]
        np.testing.assert_allclose(measured["top"].tops[fewest]["mean"], best)
    # The control: a few films that one person each has rated, and liked.
    n = train.n_items
    alone = replace(
        train,
        user_idx=np.append(train.user_idx, np.arange(25)),
        item_idx=np.append(train.item_idx, np.arange(n, n + 25)),
        rating=np.append(train.rating, np.full(25, 5.0)),
        item_ids=np.append(train.item_ids, np.arange(1000, 1025)),
        titles=np.append(train.titles, [f"rare {k}" for k in range(25)]).astype(object),
        item_features=None,
    )
    found = BY_NAME["top"].measure(pmf.split_ratings(alone, 0.01, 0))
    assert BY_NAME["top"].answer(found) == 2
    assert BY_NAME["top"].show(found, 1.0).lesson.holds
    assert not BY_NAME["top"].show(found, 3.0).lesson.holds


@pytest.mark.parametrize(
    ("together", "needed"), [([1.0, 0.8, 0.7], 2), ([0.8, 1.0, 0.9], 3), ([0.8, 0.8, 1.0], None)]
)
def test_chains_are_as_good_from_where_they_stay_so(together, needed):
    found = one_chain.Running(np.array([[1.2, 1.0, 0.9], together]), "stars")
    assert one_chain._needed(np.array(together), 0.9) == needed
    said = one_chain.show(found, 2).lesson
    assert said.holds is (needed is not None)
    assert (f"from draw {needed} of each" in said.text) is (needed is not None)


@pytest.mark.slow
def test_the_running_error_is_that_of_the_first_chains(split, measured):
    fit = small_fit(split)
    draws, rating = heldout_draws(fit), fit.split.test.rating
    for n, t in ((1, 7), (3, 60)):
        exact = pmf.rmse(rating, draws[:n, :t].mean(axis=(0, 1)))
        assert measured["chains"].rmse[n - 1, t - 1] == pytest.approx(exact)


@pytest.mark.slow
def test_a_turn_moves_no_prediction_and_raw_factors_disagree(measured):
    found = measured["rotation"]
    assert found.largest_change < 1e-9 and np.ptp(found.predictions) < 1e-6
    assert found.raw.max() > found.raw[0] + 0.1
    assert BY_NAME["rotation"].answer(found) == 0
    control = found._replace(predictions=found.raw)  # as if predictions followed the turn
    assert BY_NAME["rotation"].answer(control) == 2


def test_the_highest_rating_lands_above_1_unless_the_lowest_is_0(split):
    demonstration = BY_NAME["mapping"]
    assert demonstration.answer(demonstration.measure(split)) == 1
    said = demonstration.show(demonstration.measure(split), 100.0).lesson
    assert said.holds and said.evidence == {"wrong": 1.5, "right": 1.0}
    from_0 = pmf.Ratings([0, 1], [0, 1], [0, 5], [1, 2], [1, 2], (0, 5))
    assert demonstration.answer(demonstration.measure(pmf.Split(from_0, from_0))) == 0
    below_0 = pmf.Ratings([0, 1], [0, 1], [-1, 4], [1, 2], [1, 2], (-1, 4))
    assert demonstration.answer(demonstration.measure(pmf.Split(below_0, below_0))) == 2


@pytest.mark.slow
def test_a_norm_doubles_where_its_square_is_fourfold(measured):
    said = BY_NAME["norm"].show(measured["norm"], 2.0)
    assert "2.00 times what it was" in said.lesson.text and "4.00 times" in said.lesson.text
    assert said.lesson.evidence["square"] == pytest.approx(said.lesson.evidence["norm"] ** 2)
    assert BY_NAME["norm"].answer(measured["norm"]) == 1


@pytest.mark.slow
def test_the_imputed_prior_is_the_stronger_the_less_is_known(split, measured):
    by = measured["imputed"].frame.set_index("kept")
    assert by["alpha_U"].is_monotonic_decreasing
    train = small_part(split).train
    dense = np.full((train.n_users, train.n_items), train.rating.mean())
    dense[train.user_idx, train.item_idx] = train.rating
    assert by.loc[100, "alpha_U"] == pytest.approx(1 / dense.var(axis=1).mean())
    assert BY_NAME["imputed"].answer(measured["imputed"]) == 2
    same = measured["imputed"]._replace(frame=measured["imputed"].frame.assign(alpha_U=2.0))
    assert BY_NAME["imputed"].answer(same) == 1


def test_a_part_without_held_out_ratings_is_refused(split):
    empty = replace(split, test=split.test.take(np.array([], int)))
    with pytest.raises(ValueError, match="held-out"):
        BY_NAME["map"].measure(empty)
    assert isinstance(BY_NAME["top"].measure(split).tops[1], pd.DataFrame)
