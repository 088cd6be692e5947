"""Shares of ratings before and after a fit, counted anew; and what is said of them."""

from dataclasses import replace

import numpy as np
import pytest

import pmf_core as pmf
from pmf_core.evaluation import lessons_of_checks as lessons
from pmf_core.evaluation import rating_check as check
from tests.support.scales import on_scale


@pytest.fixture(scope="module")
def split(simulated):
    return pmf.split_ratings(simulated[0])


def counted(values, middles, width):
    values = np.asarray(values).ravel()
    return [((values >= m - width / 2) & (values < m + width / 2)).mean() for m in middles]


def test_figures_and_shares_are_those_of_the_ratings_drawn(split):
    config = pmf.PMFConfig(3, alpha=1.5)
    fit = pmf.sample_gibbs(split, config, draws=30, tune=20, chains=2, keep=60)
    prior = pmf.prior_predictive(config, split.train, draws=20)["prior_predictive"]["rating"]
    after = pmf.posterior_predictive(fit, draws=100)["posterior_predictive"]["rating"]
    frames = [
        check.prior_ratings(split, config),
        check.given_ratings(split),
        check.fitted_ratings(fit),
    ]
    for frame, values in zip(frames, (prior, split.train.rating, after), strict=True):
        values, about = np.asarray(values), frame.attrs
        assert list(frame["rating"]) == list(range(-3, 10))  # a scale of 1 to 5, and as much around
        np.testing.assert_allclose(frame["share"], counted(values, frame["rating"], 1))
        assert about["mean"] == pytest.approx(values.mean()) and about["width"] == 1
        assert about["sd"] == pytest.approx(values.std())
        assert about["outside"] == pytest.approx(((values < 1) | (values > 5)).mean())
        assert about["beyond"] == pytest.approx(1 - frame["share"].sum(), abs=1e-12)
        assert about["n_ratings"] == split.train.n_ratings
    table = check.figures(frames)
    assert list(table["of"]) == ["Prior", "Given", "Fitted model"]
    assert list(table["outside"]) == [frame.attrs["outside"] for frame in frames]
    each = [counted(draw, frames[2]["rating"], 1) for draw in after.values.reshape(60, -1)]
    np.testing.assert_allclose(frames[2]["lower"], np.quantile(each, 0.05, axis=0), atol=1e-12)
    np.testing.assert_allclose(frames[2]["upper"], np.quantile(each, 0.95, axis=0), atol=1e-12)


@pytest.mark.parametrize(
    ("values", "scale", "middles"),
    [
        ([0.5, 1, 1.5, 5], (0.5, 5), np.arange(-4.0, 9.51, 0.5)),
        ([1, 2, 5], (1, 5), np.arange(-3.0, 9.1)),
        (np.linspace(0, 100, 90), (0, 100), np.arange(-97.5, 200, 5)),
        ([0, 1], (0, 1), [-1, 0, 1, 2]),
        ([3, 3], (1, 5), np.arange(-2.9, 9, 0.2)),
    ],
)
def test_bins_are_around_levels_or_twentieths_of_the_scale(values, scale, middles):
    n = len(values)
    ratings = pmf.Ratings(np.zeros(n, int), np.arange(n), values, ["a"], np.arange(n), scale)
    frame = check.shares(ratings.rating[None, None], ratings, "x")
    np.testing.assert_allclose(frame["rating"], middles, atol=1e-9)
    assert frame["share"].sum() == pytest.approx(1) and frame.attrs["outside"] == 0
    assert frame.attrs["at_ends"] == pytest.approx(np.isin(values, scale).mean())


def said(split, config):
    prior, given = check.prior_ratings(split, config), check.given_ratings(split)
    return lessons.prior_and_ratings(prior, given, config, split.train.nouns)


def test_the_examples_prior_sits_at_0_and_the_mean_moves_it(split):
    plain = said(split, pmf.PMFConfig(3))
    assert plain.holds and abs(plain.evidence["median"]) < 0.3
    assert "*Subtract the mean rating* puts it there" in plain.text
    centred = said(split, pmf.PMFConfig(3, center=True))
    assert not centred.holds and centred.text.endswith("It sits where they are.")
    assert centred.evidence["median"] == pytest.approx(split.train.rating.mean(), abs=0.3)
    wide = said(split, pmf.PMFConfig(3, center=True, alpha=0.01))
    assert not wide.holds and "times as wide" in wide.text
    moved = said(split, pmf.PMFConfig(3, center=True, prior="hierarchical", biases=True,
                                      mu0=5.0, beta0=50.0, nu0=40))  # fmt: skip
    assert moved.holds and "although the mean is subtracted" in moved.text
    piled = said(split, replace(pmf.PRESETS["best"], n_factors=8))
    assert not piled.holds and "at the ends of the scale" in piled.text


@pytest.mark.slow
def test_a_wrong_model_is_told_by_its_ratings_and_a_right_one_is_not():
    config = pmf.PMFConfig(2, link="ordinal", alpha=1.0, prior="hierarchical", nu0=20)
    ratings, _ = pmf.simulate_from_prior(config, random_seed=1)
    split, length = pmf.split_ratings(ratings), {"draws": 60, "tune": 40, "chains": 2}
    for link, holds in (("ordinal", True), ("identity", False)):
        of_link = replace(config, link=link)
        fit = pmf.sample_gibbs(split, of_link, **length)
        table = check.rating_check(fit)
        lesson = lessons.gives_such_ratings(fit, table)
        assert lesson.holds == holds, lesson.text
        given, fitted = (table[table["of"] == of] for of in ("Given", "Fitted model"))
        np.testing.assert_allclose(given["share"], counted(split.train.rating, given["rating"], 1))
        inside = (given["share"].values >= fitted["lower"].values) & (
            given["share"].values <= fitted["upper"].values
        )
        some = (given["share"].values > 0) | (fitted["share"].values > 0)
        assert lesson.evidence == {"bins": some.sum(), "inside": (inside & some).sum()}
        leaks = lessons.fitted_and_ratings(
            check.fitted_ratings(fit), check.given_ratings(split), link
        )
        assert leaks.holds == (link == "identity")
        assert ("an ordinal link never leaves it" in leaks.text) == leaks.holds


def test_on_any_scale_shares_are_the_same(split):
    other, centred = on_scale(split, -10.0, 10.0), pmf.PMFConfig(2, center=True)
    for of_one in (check.given_ratings, lambda split: check.prior_ratings(split, centred)):
        one, two = of_one(split), of_one(other)
        np.testing.assert_allclose(one["share"], two["share"], atol=1e-12)
        assert two.attrs["sd"] == pytest.approx(5 * one.attrs["sd"])
