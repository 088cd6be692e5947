"""Errors and coverage by what is known of a user or an item, worked out anew."""

import numpy as np
import pytest
from scipy.stats import binom

import pmf_core as pmf
from pmf_core.evaluation import lessons_of_chains as lessons
from pmf_core.evaluation.by_count import item_errors, user_errors
from pmf_core.evaluation.worst import worst_prediction
from pmf_core.stats.metrics import central_coverage


@pytest.fixture(scope="module")
def fit(simulated):
    split = pmf.split_ratings(simulated[0], 0.3)
    config = pmf.PMFConfig(2, prior="hierarchical", biases=True, center=True, alpha=None)
    return pmf.sample_gibbs(split, config, draws=60, tune=60, chains=2)


@pytest.mark.parametrize("owner", ["user", "item"])
def test_every_row_is_that_of_its_ratings(fit, owner):
    table = {"user": user_errors, "item": item_errors}[owner](fit)
    train, test, heldout = fit.split.train, fit.split.test, fit.heldout()
    count = np.bincount(getattr(train, f"{owner}_idx"), minlength=getattr(train, f"n_{owner}s"))
    of_pair, idx = count[getattr(test, f"{owner}_idx")], getattr(test, f"{owner}_idx")
    error, pit = (heldout["pred_mean"] - heldout["rating"]).to_numpy(), fit.pit().to_numpy()
    groups, ones = (table[table["kind"] == kind] for kind in ("group", "one"))
    assert groups["n_ratings"].sum() == ones["n_ratings"].sum() == test.n_ratings
    assert len(groups) > 4 and (groups["n_from"].iloc[1:].values > groups["n_to"].iloc[:-1]).all()
    for row in groups.itertuples():
        members = (of_pair >= row.n_from) & (of_pair <= row.n_to)
        check(row, members, error, pit)
        assert row.n_owners == len(set(idx[members]))
        assert row.n_train == pytest.approx(of_pair[members].mean())
        low, top = (binom.ppf(p, row.n_ratings, 0.9) / row.n_ratings for p in tails(len(groups)))
        assert (row.honest_low, row.honest_top) == pytest.approx((low, top))
    for row, own in zip(ones.itertuples(), np.unique(idx), strict=True):
        check(row, idx == own, error, pit)
        assert row.n_from == row.n_to == row.n_train == count[own] and row.n_owners == 1


def tails(n_groups):
    return 0.025 / n_groups, 1 - 0.025 / n_groups


def check(row, members, error, pit):
    assert row.n_ratings == members.sum()
    assert row.rmse == pytest.approx(np.sqrt((error[members] ** 2).mean()))
    assert row.coverage == pytest.approx(central_coverage(*pit[members].T, 0.9))


def test_of_many_owners_a_part_is_listed_and_groups_are_of_all(fit, monkeypatch):
    monkeypatch.setattr("pmf_core.evaluation.by_count.MOST_OWNERS", 7)
    table, again = user_errors(fit), user_errors(fit)
    assert (table["kind"] == "one").sum() == 7 and table.equals(again)
    groups = table[table["kind"] == "group"]
    assert groups["n_ratings"].sum() == fit.split.test.n_ratings
    assert groups["rmse_se"].between(0.001, 0.5).all()


def altered(table, **columns):
    found = table.copy()
    found.attrs = table.attrs
    for name, values in columns.items():
        found.loc[found["kind"] == "group", name] = values
    return found


def test_what_is_said_of_few_ratings_goes_by_the_numbers(fit):
    table = user_errors(fit)
    n = (table["kind"] == "group").sum()
    falling, flat = np.linspace(1.5, 0.5, n), np.full(n, 0.9)
    say = lambda rmse: lessons.few_ratings_cost(fit, altered(table, rmse=rmse, rmse_se=0.01))  # noqa: E731
    assert say(falling).holds and "missed by 1.500 stars" in say(falling).text
    assert "who has rated little is known little" in say(falling).text
    close = altered(table, rmse=falling, rmse_se=0.01, n_train=np.linspace(20, 39, n))
    assert "they have nearly as many" in lessons.few_ratings_cost(fit, close).text
    assert not say(flat).holds and "no more than chance" in say(flat).text
    assert not say(falling[::-1]).holds and "do not help" in say(falling[::-1]).text
    items = lessons.few_ratings_cost(fit, altered(item_errors(fit), rmse_se=9.0))
    assert "of movies with" in items.text
    one = table[table["kind"] == "group"].head(1)
    one.attrs = table.attrs
    assert "about as many ratings" in lessons.few_ratings_cost(fit, one).text


def test_what_is_said_of_intervals_goes_by_the_numbers(fit):
    table = user_errors(fit)
    n = (table["kind"] == "group").sum()
    for coverage, words in ((0.9, "as promised"), (0.2, "too narrow for"), (1.0, "too wide for")):
        given = [0.9] * (n - 1) + [coverage]
        lesson = lessons.honest_for_all(
            fit, altered(table, coverage=given, honest_low=0.85, honest_top=0.95)
        )
        assert lesson.holds == (coverage == 0.9) and words in lesson.text
        assert lesson.evidence == {"lowest": min(given), "highest": max(given)}
        words = "hold 90.0% of the held-out ratings in each group of users"
        assert (words in lesson.text) == (coverage == 0.9)


def test_the_worst_prediction_is_the_one_of_the_largest_r_hat(fit):
    worst, table = worst_prediction(fit), pmf.diagnose(fit)
    table = table[table["quantity"] == "prediction"]
    row = table.loc[table["r_hat"].idxmax()]
    pair, test, train = int(row["pair"]), fit.split.test, fit.split.train
    assert worst.r_hat == row["r_hat"] and worst.ess == row["ess_bulk"]
    assert worst.user_id == train.user_ids[test.user_idx[pair]]
    assert worst.item_id == train.item_ids[test.item_idx[pair]]
    assert worst.title == train.titles[test.item_idx[pair]]
    assert worst.n_user == (train.user_idx == test.user_idx[pair]).sum()
    assert worst.n_item == (train.item_idx == test.item_idx[pair]).sum()
    assert worst.rating == test.rating[pair] and worst.monitored == len(table)
    draws = fit.idata["predictions"]["prediction"].sel(pair=pair).values
    np.testing.assert_array_equal(worst.trace["prediction"], draws.ravel())
    assert list(worst.trace["draw"]) == [*range(1, 61)] * 2
    assert worst.predicted == pytest.approx(draws.mean(), rel=1e-6)
    lesson = lessons.worst_agrees(worst)
    assert lesson.holds == (worst.r_hat <= 1.05) and f"{worst.r_hat:.3f}" in lesson.text
    assert worst.title not in lesson.text  # from data: a page makes it plain


def test_of_too_few_draws_none_is_the_worst_and_a_point_is_refused(simulated):
    split = pmf.split_ratings(simulated[0])
    few = pmf.sample_gibbs(split, pmf.PMFConfig(2), draws=2, tune=1, chains=2)
    assert worst_prediction(few) is None
    with pytest.raises(ValueError, match="call sample_gibbs"):
        worst_prediction(pmf.fit_map(split, pmf.PMFConfig(2)))
