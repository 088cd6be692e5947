"""The tour: each step asks, measures and says what is so, on whichever ratings."""

import re
from dataclasses import replace
from math import inf

import numpy as np
import pandas as pd
import pytest

import pmf_core as pmf
from pmf_core.charts.tour import PICTURES
from pmf_core.data.nouns import Nouns
from pmf_core.evaluation.lessons import Lesson
from pmf_core.evaluation.tour import TOUR, of_points, of_priors, of_ratings, of_trust, own_list
from pmf_core.evaluation.tour.base import Amount, Choice, compared, part, whole
from tests.support.scales import on_scale

BY_NAME = {step.name: step for step in TOUR}
BOOKS = Nouns("book", "books", "points")


@pytest.fixture(scope="module")
def split():
    ratings, _ = pmf.simulate_ratings(60, 50, 900, 3, 2.0, 0)
    return pmf.split_ratings(ratings, 0.1, 0)


@pytest.fixture(scope="module")
def fit(split):
    return pmf.sample_gibbs(split, pmf.PMFConfig(2, center=True), draws=20, tune=10, chains=2)


def subject(step, split, fit):
    return split if step.of == "split" else fit


def test_twelve_steps_make_a_class_from_the_ratings_to_ones_own_list():
    assert list(BY_NAME) == [
        *("habit", "empty", "plain", "factor", "map", "size", "prior"),
        *("posterior", "average", "trust", "promise", "list"),
    ]
    assert sum(step.minutes for step in TOUR) == 45
    assert set(PICTURES) == set(BY_NAME)
    for step in TOUR:
        said = step.in_words(BOOKS)
        texts = (said.title, said.says, said.question, said.notes, said.discuss)
        assert all(text and "{" not in text and "movie" not in text for text in texts)
        assert said.question.endswith("?") and said.discuss.endswith((".", "?"))
        if isinstance(said.guess, Choice):
            assert len(set(said.guess.options)) == 3


@pytest.mark.parametrize("name", BY_NAME)
def test_every_step_has_an_answer_a_sentence_and_a_picture(split, fit, name):
    step = BY_NAME[name].in_words(split.train.nouns)
    found = step.measure(subject(step, split, fit))
    answer, lesson = step.answer(found), step.lesson(found)
    assert lesson.text.endswith(".") and lesson.evidence
    assert not re.search(r"-\d", lesson.text)  # minus signs are true ones
    assert PICTURES[name].draw(found).to_dict()
    if isinstance(step.guess, Amount):
        assert 0 <= answer <= 100
        assert compared(step, found, answer).holds
    else:
        right = step.guess.options[answer]
        assert compared(step, found, right).holds
        wrong = next(option for option in step.guess.options if option != right)
        said = compared(step, found, wrong)
        assert not said.holds and right[1:] in said.text and wrong[1:] in said.text


@pytest.mark.slow
def test_every_step_is_said_of_a_scale_with_numbers_below_0(split):
    other = on_scale(split, -10.0, 10.0)
    fit = pmf.sample_gibbs(other, pmf.PMFConfig(2, center=True), draws=20, tune=10, chains=2)
    for step in TOUR:
        found = step.measure(subject(step, other, fit))
        assert not re.search(r"-\d", step.lesson(found).text)
        assert PICTURES[step.name].draw(found).to_dict()


def test_a_guess_of_a_number_is_good_when_it_is_close():
    step, found = BY_NAME["habit"], of_ratings.Counted(
        pd.DataFrame(), Lesson("", True, "", {"above_middle": 0.554}), BOOKS
    )  # fmt: skip
    assert "just so" in compared(step, found, 55).text
    near, far = compared(step, found, 60), compared(step, found, 20)
    assert near.holds and near.text.endswith("5 too many, a good guess.")
    assert not far.holds and far.text.endswith("35 too few.")


def test_counts_are_of_all_ratings_held_out_or_not(split):
    every = np.concatenate([split.train.rating, split.test.rating])
    found = BY_NAME["habit"].measure(split)
    assert BY_NAME["habit"].answer(found) == round(100 * np.mean(every > 3))
    assert BY_NAME["empty"].answer(BY_NAME["empty"].measure(split)) == round(100 * 900 / 60 / 50)
    assert whole(split).n_ratings == 900


def test_the_best_plain_guess_is_that_of_the_least_error(split):
    step = BY_NAME["plain"]
    found = step.measure(split)
    table = found.frame.set_index("method")["test_rmse"]
    methods = ["Global mean", "Mean of means", "User and item biases"]
    assert step.answer(found) == int(np.argmin(table[methods]))
    worse = found.frame.assign(
        test_rmse=found.frame["test_rmse"].where(found.frame["method"] == "Global mean", 9.0)
    )
    control = found._replace(frame=worse)
    assert step.answer(control) == 0 and not step.lesson(control).holds


def test_minus_times_minus_is_above_the_mean(split):
    step = BY_NAME["factor"]
    found = step.measure(split)
    assert 0 < found.both_below == found.above and step.answer(found) == 2
    assert step.answer(found._replace(above=0)) == 0
    small = part(split)
    mean = np.full(small.test.n_ratings, small.train.rating.mean())
    assert found.of_mean == pytest.approx(pmf.rmse(small.test.rating, mean))
    assert not step.lesson(found._replace(error=9.0)).holds


def test_the_map_is_judged_beside_the_best_plain_guess():
    step = BY_NAME["map"]
    scores = pd.DataFrame(
        {"method": ["Global mean", "MAP"], "train_rmse": [1.0, 0.5], "test_rmse": [1.0, 0.9]}
    )
    found = of_points.Point(scores, BOOKS, "Fitted to it.")
    assert step.answer(found) == 0 and step.lesson(found).holds
    assert "by heart" in step.lesson(found).text
    for error, answer in ((0.99, 1), (1.01, 1), (1.1, 2)):
        other = found._replace(frame=scores.assign(test_rmse=[1.0, error]))
        assert step.answer(other) == answer
        assert step.lesson(other).holds is (error < 1)


def test_overfitting_is_a_held_out_error_that_grows_while_the_other_falls():
    step, sizes = BY_NAME["size"], (1, 2, 3, 5, 8, 12, 20)
    falls = np.linspace(1, 0.3, 7)
    frame = pd.DataFrame({"n_factors": sizes, "train": falls, "test": 1 + (falls - 0.7) ** 2})
    found = of_priors.BySize(frame, BOOKS, "Fitted to it.")
    assert step.answer(found) == 1 and "overfitting" in step.lesson(found).text
    both = found._replace(frame=frame.assign(test=falls + 0.2))
    assert step.answer(both) == 0 and not step.lesson(both).holds
    assert step.answer(found._replace(frame=frame.assign(train=1.0))) == 2


def test_an_uncentred_prior_expects_ratings_around_0(split):
    step = BY_NAME["prior"]
    found = step.measure(split)
    assert step.answer(found) == 1
    attrs = found.prior.attrs | {"median": found.given.attrs["mean"]}
    prior = found.prior.copy()
    prior.attrs = attrs
    assert step.answer(found._replace(prior=prior)) == 0


def test_draws_differ_by_their_own_sd(fit):
    step = BY_NAME["posterior"]
    found = step.measure(fit)
    draws = fit.idata["predictions"].dataset["prediction"]
    sd = draws.std(("chain", "draw")).values
    assert found.median_sd == pytest.approx(np.median(sd), rel=1e-5)
    assert found.sds == pytest.approx((sd.min(), sd.max()), rel=1e-5)
    assert found.frame.groupby("of")["share"].sum().to_numpy() == pytest.approx([1, 1])
    assert step.answer(found._replace(median_sd=0.0)) == 0
    assert step.answer(found._replace(median_sd=0.39)) == 1
    assert step.answer(found._replace(median_sd=0.41)) == 2


def test_the_best_of_three_is_the_least_error(fit):
    step = BY_NAME["average"]
    found = step.measure(fit)
    last = found.curves.iloc[-1]
    errors = [found.point, last["per_step_test"], last["running_test"]]
    assert step.answer(found) == int(np.argmin(errors))
    model = pmf.PMFConfig(10, alpha=2.0, center=True)
    assert errors[0] == pytest.approx(pmf.fit_map(fit.split, model).summary()["test_rmse"])
    for point, one, mean, answer, words in (
        (1.0, 1.0, 0.9, 2, "overfits less"),
        (0.8, 1.0, 0.9, 0, "the MAP is no worse"),
        (1.0, 0.8, 0.9, 1, "worth nothing"),
    ):
        last = found.curves.tail(1).assign(per_step_test=one, running_test=mean)
        said = found._replace(point=point, curves=last)
        assert step.answer(said) == answer and words in step.lesson(said).text
        assert step.lesson(said).holds is (answer == 2)


@pytest.mark.parametrize(
    ("r_hat", "ess", "answer"), [(1.005, 500, 0), (1.03, 500, 1), (1.005, 50, 1), (1.2, 500, 2)]
)
def test_chains_are_trusted_by_r_hat_and_by_what_draws_are_worth(fit, r_hat, ess, answer):
    step = BY_NAME["trust"]
    found = step.measure(fit)._replace(r_hat=r_hat, ess=ess)
    assert step.answer(found) == answer
    said = step.lesson(found)
    assert said.holds is (answer == 0 or r_hat == 1.03)
    assert "does not say that the model is right" in said.text
    assert "beyond all bounds" in step.lesson(found._replace(r_hat=inf)).text


def test_a_promise_is_kept_up_to_chance():
    step = BY_NAME["promise"]
    for coverage, holds, word in (
        (0.9, True, "as many as"), (0.88, True, "up to chance"), (0.8, False, "too narrow"),
        (0.97, False, "too wide"),
    ):  # fmt: skip
        found = of_trust.Promised(pd.DataFrame(), coverage, 400)
        assert step.answer(found) == round(100 * coverage)
        assert step.lesson(found).holds is holds and word in step.lesson(found).text


def test_ones_own_ratings_are_those_of_a_newcomer(fit):
    step, offered = BY_NAME["list"], own_list.offer(fit.split.train)
    count = np.bincount(fit.split.train.item_idx)
    assert len(offered.titles) == 6 and offered.levels == [1, 2, 3, 4, 5]
    assert count[fit.split.train.item_ids.tolist().index(offered.item_ids[0])] == count.max()
    found = step.measure(fit, "500001")
    mine = {offered.item_ids[0]: 5.0, offered.item_ids[5]: 1.0}
    pd.testing.assert_frame_equal(
        found.frame, pmf.recommend(fit, ratings=mine, n=50).head(10), check_dtype=False
    )
    assert found.n_rated == 2 and found.before > found.after
    assert step.lesson(found).holds and "Your 2 ratings narrowed" in step.lesson(found).text
    nothing = step.measure(fit)
    assert not step.lesson(nothing).holds and "rated nothing" in step.lesson(nothing).text
    assert nothing.before == nothing.after
    assert "**What would make it better?**" in step.lesson(nothing).text


def test_what_is_no_rating_of_ones_own_is_refused(fit):
    offered = own_list.offer(fit.split.train)
    assert own_list.read_mine("", offered) == {}
    for wrong in ("5", "5000011", "60000a", "600000", "50000\n", "−00000"):
        with pytest.raises(ValueError, match="6 digits"):
            own_list.read_mine(wrong, offered)
    assert own_list.write_mine([0] * 6) == "" and own_list.write_mine([5, 0, 1]) == "501"


def test_of_many_levels_some_are_offered(split):
    half = replace(split.train, rating=split.train.rating / 10, scale=(0.1, 0.5))
    assert own_list.offer(half).levels == pytest.approx([0.1, 0.2, 0.3, 0.4, 0.5])
    rng = np.random.default_rng(0)
    fine = rng.uniform(0, 1, split.train.n_ratings)
    offered = own_list.offer(replace(split.train, rating=fine, scale=(0.0, 1.0)))
    assert offered.levels == pytest.approx([0, 0.25, 0.5, 0.75, 1], abs=0.01)
    assert set(offered.levels) <= set(fine)
