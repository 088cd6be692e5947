"""Every sentence of the core writes its numbers one way, also those below zero."""

import re
from dataclasses import replace
from inspect import getmembers, isfunction

import numpy as np
import pandas as pd
import pytest

import pmf_core as pmf
from pmf_core.charts.ratings import PICTURES
from pmf_core.data import describe
from pmf_core.data.reading.suspects import suspects
from pmf_core.evaluation import (
    by_count,
    factor_map,
    lessons,
    lessons_of_chains,
    lessons_of_checks,
    lessons_of_factors,
    lessons_of_fits,
    rating_check,
    scalar_draws,
    trail,
    turning,
)
from pmf_core.evaluation.breakdown import (
    baseline_predictions,
    errors_by_rating,
    errors_by_support,
)
from pmf_core.evaluation.closing import closing
from pmf_core.evaluation.demonstrations import mapping, top_lists
from pmf_core.evaluation.lessons import Lesson
from pmf_core.evaluation.mixing import averaging, median_r_hat, median_raw_r_hat, ranks, trace
from pmf_core.evaluation.verdict import judge
from pmf_core.evaluation.worst import worst_prediction
from pmf_core.models.ladder import ladder_figures
from pmf_core.runs import leaderboard
from tests.support.scales import on_scale


def of_ratings(split):
    """What is said of ratings and of baselines."""
    ratings, nouns = split.train, split.train.nouns
    yield from (picture.lesson(ratings, picture.numbers(ratings)).text for picture in PICTURES)
    yield from (lessons.top_list(top).text for top in describe.top_bottom(ratings, 30, 1, 0.0))
    yield lessons.transductive(split).text
    yield lessons.few_held_out(replace(split, test=split.test.take(np.arange(2)))).text
    around, baselines = pmf.evaluate_neighbours(split), pmf.evaluate_baselines(split)
    yield lessons.neighbours_help(around, baselines, nouns).text
    predictions = baseline_predictions(split)
    for best in predictions:
        table = errors_by_rating(split, predictions)
        yield from table["group"]
        yield lessons.errors_at_the_ends(table, best, nouns).text
        yield lessons.errors_of_rare(errors_by_support(split, predictions), best, nouns).text


def of_a_fit(split, fit, point):
    """What is said of draws, their MAP, and how they compare."""
    curves, table = pmf.running_rmse(fit), pmf.diagnose(fit)
    yield lessons_of_fits.map_and_mean(
        point.summary(), fit.summary(), averaging(curves), fit.nouns
    ).text
    yield lessons_of_fits.norms_settle(table, fit.config.prior).text
    yield lessons_of_fits.chains_began(fit).text
    yield lessons_of_fits.averaging_helps(averaging(curves), fit.nouns).text
    yield lessons_of_fits.chains_mix(fit, ranks(fit, "norm_U")).text
    yield lessons_of_fits.scalar_settles(fit, trace(fit, "norm_U")).text
    yield lessons_of_fits.raw_factors(median_raw_r_hat(fit), median_r_hat(table)).text
    yield lessons_of_fits.intervals_of_a_point(0.8).text
    mixing = pd.DataFrame({"r_hat": [2.0, 1.0], "ess_bulk": [3.0, 400.0], "draws": 400})
    yield lessons_of_fits.one_walks(mixing).text
    user = split.train.user_ids[split.train.user_idx[0]]
    yield lessons_of_fits.mostly_noise(pmf.recommend(fit, user), 1.0).text
    yield lessons_of_fits.ladder_climb(ladder_figures({})).text
    for fewest in (0, 9):
        rated = pd.DataFrame({"item_id": split.train.item_ids[fewest:]})
        yield lessons_of_fits.nothing_left(fit, rated, fewest)
    for over_map in (0.1, -0.1, None):
        best = leaderboard.Lead("a run", 1.2, 1.1, "Global mean", -0.2, over_map)
        yield leaderboard.leads(best, fit.nouns).text


def of_draws(split, fit, point):
    """What is said of single scalars, of what is little known, and of ratings a model gives."""
    for name in ("norm_U", "sd_score"):
        yield lessons_of_chains.densities_meet(fit, scalar_draws.density(fit, name)).text
        yield lessons_of_chains.draws_forget(fit, scalar_draws.autocorrelation(fit, name)).text
        yield lessons_of_chains.draws_add_up(fit, scalar_draws.so_far(fit, name)).text
        yield lessons_of_chains.chains_come_together(fit, scalar_draws.so_far(fit, name)).text
    table = scalar_draws.two_scalars(fit, "norm_U", "total_log_likelihood")
    yield lessons_of_chains.goes_together(table).text
    table.attrs["correlation"] = -0.5
    yield lessons_of_chains.goes_together(table).text
    yield lessons_of_chains.worst_agrees(worst_prediction(fit)).text
    for errors in (by_count.user_errors(fit), by_count.item_errors(fit)):
        yield lessons_of_chains.few_ratings_cost(fit, errors).text
        yield lessons_of_chains.honest_for_all(fit, errors).text
    given = rating_check.given_ratings(split)
    prior = rating_check.prior_ratings(split, point.config)
    yield lessons_of_checks.prior_and_ratings(prior, given, point.config, fit.nouns).text
    fitted = rating_check.fitted_ratings(fit)
    yield lessons_of_checks.fitted_and_ratings(fitted, given, "identity").text
    yield lessons_of_checks.gives_such_ratings(fit, rating_check.rating_check(fit)).text
    yield lessons_of_checks.lists_know_users(pmf.evaluate_ranking(fit, 3), fit.nouns).text
    yield trail.where_it_turns(trail.with_fits((), [point, fit]), "n_factors", fit.nouns.unit).text


def of_the_example(split, fit, point):
    """What a page ends with, and what demonstrations say that name ratings."""
    given = fit.summary(), fit.config, pmf.evaluate_baselines(split), point.summary()
    for own in (True, False):
        yield from (each.text for each in closing(*given, ladder_figures({}), fit.nouns, own))
    for each in (mapping.DEMONSTRATION, top_lists.DEMONSTRATION):
        found = each.measure(split)
        yield from (each.show(found, at).lesson.text for at in (1.0, 5.0, 50.0))


def of_factors(split, fit):
    """What is said of aligned factors."""
    nouns, of = fit.nouns, lessons_of_factors
    items = factor_map.item_map(fit, None, None, 0, 1)
    yield of.two_axes(factor_map.axis_shares(fit), 0, 1).text
    yield of.rare_are_unsure(items, nouns, False).text
    arrow, _ = factor_map.person(fit, split.train.user_ids[0], 0, 1)
    yield of.person_points(arrow, items, nouns).text
    yield of.genres_tell(pd.DataFrame({"lower": [-0.2], "upper": [-0.1]}), 1, False).text
    nearest = pmf.similar_items(fit, split.train.item_ids[0])
    yield of.neighbours_are_sure(nearest, nouns, False).text
    yield of.alignment_agrees(turning.agreement_of_factors(fit)).text
    yield of.turning_changes_nothing(turning.turned(fit), 90).text
    found = pd.DataFrame({"items": [0.9, -0.5], "users": [0.8, -0.9]})
    yield of.tastes_are_found(found, 2, nouns).text
    values = turning.through_the_run(fit, split.train.item_ids[0], 0)
    yield of.doubt_was_turning(values).text


def of_verdicts(split, *fits):
    """What is said of fits that lose, and would mend them."""
    unbeaten = pd.DataFrame({"method": ["any"], "test_rmse": [1e-6]})
    for fit in fits:
        verdict = judge(fit, unbeaten)
        yield from filter(None, (verdict.doubt, verdict.remedy.cause, verdict.remedy.advice))


@pytest.fixture(
    scope="module",
    params=[(-10.0, 10.0), pytest.param((-9.0, -1.0), marks=pytest.mark.slow)],
    ids=str,
)
def said(request, simulated):
    """All that is said of ratings below zero; and the lessons that said it, by name."""
    split = on_scale(pmf.split_ratings(simulated[0]), *request.param)
    config = pmf.PMFConfig(2, center=True)
    fit = pmf.sample_gibbs(split, config, draws=8, tune=4, chains=2)
    point, pulled = pmf.fit_map(split, config), pmf.fit_map(split, pmf.PMFConfig(2))
    taught, init = [], Lesson.__init__
    with pytest.MonkeyPatch.context() as patch:
        remember = lambda self, *args: (taught.append(args[0]), init(self, *args))[1]  # noqa: E731
        patch.setattr(Lesson, "__init__", remember)
        texts = [*of_ratings(split), *of_a_fit(split, fit, point), *of_draws(split, fit, point)]
        texts += of_factors(split, fit)
    texts += of_the_example(split, fit, point)
    texts += of_verdicts(split, fit, point, pulled)
    return texts, set(taught)


def test_no_sentence_has_a_hyphen_for_a_minus(said):
    texts, _ = said
    assert not [text for text in texts if re.search(r"(?<![\w-])-\d", text)]
    assert sum("\N{MINUS SIGN}" in text for text in texts) > 3


def test_every_lesson_is_among_them(said):
    modules = (
        *(lessons, lessons_of_fits, lessons_of_chains, lessons_of_checks, lessons_of_factors),
        *(trail, leaderboard),
    )
    every = {
        name
        for module in modules
        for name, each in getmembers(module, isfunction)
        if each.__annotations__.get("return") in (Lesson, Lesson | None)
        and each.__module__ == module.__name__
    }
    assert every == said[1] and len(every) > 24


def test_the_average_to_which_a_prior_pulls_is_said_with_a_minus():
    sparse, _ = pmf.simulate_ratings(400, 300, 2400, 3, random_seed=3)
    split = on_scale(pmf.split_ratings(sparse), -9.0, -1.0)
    unbeaten = pd.DataFrame({"method": ["any"], "test_rmse": [1e-6]})
    cause = judge(pmf.fit_map(split, pmf.PMFConfig(2)), unbeaten).remedy.cause
    assert re.search(r"lie around \u2212\d\.\d\d: predictions average \u2212\d\.\d\d", cause)


def test_a_code_below_zero_is_noted_with_a_minus_and_given_as_python_takes_it():
    rating = pd.Series([-99.0] * 30 + [-2.0, -1.0, 0.0, 1.0, 2.0] * 10).to_numpy()
    [found] = suspects(rating, pd.RangeIndex(len(rating)).to_numpy())
    assert found.note.startswith("\u221299 is the rating in 30 of 80 rows")
    assert "\u22122 to 2" in found.note and "(missing=-99)" in found.note
