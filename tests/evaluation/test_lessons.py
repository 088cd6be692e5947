"""Every lesson is true of its numbers: condition, counter-sentence, evidence, worked out anew."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

import pmf_core as pmf
from pmf_core.data import describe
from pmf_core.data.nouns import Nouns
from pmf_core.evaluation import lessons
from pmf_core.evaluation import lessons_of_fits as of_fits
from pmf_core.evaluation.mixing import Averaging

BOOKS = Nouns("book", "books", "points")


def rated(matrix, scale):
    """Return the ratings of a matrix, nan where there is none."""
    matrix = np.asarray(matrix, float)
    user, item = np.nonzero(~np.isnan(matrix))
    n_users, n_items = matrix.shape
    return pmf.Ratings(
        user, item, matrix[user, item], np.arange(n_users), np.arange(n_items), scale, nouns=BOOKS
    )


@pytest.mark.parametrize(
    ("row", "holds", "words"),
    [
        ([4, 5, 4, 2], True, "75% of the ratings are above its middle"),
        ([0, 0, 0, 5], False, "75% are 0: if that means that nobody rated, leave them out"),
        ([1, 2, 3, 4], False, "High ratings are not the rule here"),
    ],
)
def test_high_ratings_are_the_rule_where_most_are_above_the_middle(row, holds, words):
    ratings = rated([row, row], (0, 5) if 0 in row else (1, 5))
    found = lessons.rating_habit(ratings)
    assert found.holds is holds and words in found.text
    assert ("high ratings are the rule." in found.text) is holds
    middle = sum(ratings.scale) / 2
    assert found.evidence["above_middle"] == np.mean(np.array(row) > middle)


def test_users_differ_by_an_eighth_of_the_scale():
    for high, holds in ((60, True), (40.1, False)):
        ratings = rated([[40, 40], [high, high]], (0, 100))
        found = lessons.users_differ(ratings, describe.user_means(ratings))
        assert found.holds is holds and found.evidence == {"sternest": 40, "kindest": high}
        assert ("A 50 from one is not a 50 from the other" in found.text) is holds
        assert "points" in found.text and "star" not in found.text


@pytest.mark.parametrize(
    ("counts", "half", "holds"),
    [([1, 1, 9], 1, True), ([1, 3, 4, 66], 3, True), ([2, 9, 9], 9, True), ([66, 70], 66, False)],
)
def test_half_of_a_list_rests_on_a_number_of_ratings_that_is_whole(counts, half, holds):
    found = lessons.top_list(pd.DataFrame({"n_ratings": counts}))
    assert found.evidence["half_rest_on"] == half and found.holds is holds
    assert sum(n <= half for n in counts) >= len(counts) / 2
    assert ("opinion of a few:" in found.text) is holds and ".5" not in found.text
    rest = sum(n >= half for n in counts)
    assert ("other half rest on as many or more" in found.text) is not holds
    assert rest >= len(counts) / 2 and "shrinking moves" not in found.text
    assert ("1 rating each" in found.text) is (half == 1)


def test_a_tail_is_long_where_the_first_tenth_has_a_fifth():
    def tail(counts):
        share = np.cumsum(counts) / np.sum(counts)
        return pd.DataFrame({"n_ratings": counts, "cumulative_share": share})

    books = SimpleNamespace(nouns=BOOKS)
    found = lessons.long_tail(books, tail([300, *[9] * 9]))
    assert found.holds and "almost nothing is known" in found.text and "9 or fewer" in found.text
    assert found.evidence == {"share_of_first": 300 / 381, "median_of_rest": 9}
    even = lessons.long_tail(books, tail([50] * 10))
    assert not even.holds and "No long tail" in even.text
    assert "almost nothing" not in even.text and "Half of the others have 50" in even.text


@pytest.mark.parametrize(
    ("n_empty", "holds", "words"),
    [(0, False, "Every pair has a rating"), (2, False, "2, 22.2% of all, are left"),
     (6, True, "66.7% of all pairs have no rating")],
)  # fmt: skip
def test_a_matrix_is_empty_where_it_is(n_empty, holds, words):
    values = np.arange(9.0) % 3
    values[:n_empty] = np.nan
    found = lessons.emptiness(rated(values.reshape(3, 3), (0, 2)))
    assert found.holds is holds and words in found.text and found.evidence["empty"] == n_empty


def errors(groups, **methods):
    rows = [(m, g, 10, e) for m, each in methods.items() for g, e in zip(groups, each, strict=True)]
    return pd.DataFrame(rows, columns=["method", "group", "n_ratings", "rmse"])


def test_averages_fail_at_the_ends_where_they_do():
    table = errors("123", **{"Global mean": [2.5, 0.5, 1.5], "Best": [1.5, 0.6, 1.2]})
    found = lessons.errors_at_the_ends(table, "Best", BOOKS)
    assert found.holds and "by 1.20 or more at both ends" in found.text and "0.30 or" in found.text
    table = errors("123", **{"Global mean": [0.5, 2.5, 1.5], "Best": [0.4, 1.0, 1.6]})
    found = lessons.errors_at_the_ends(table, "Best", BOOKS)
    assert not found.holds and "no more than in the middle" in found.text
    assert "does not help at both ends" in found.text
    table = errors("12", **{"Global mean": [0.5, 0.5], "Best": [0.4, 0.4]})
    assert "no middle" in lessons.errors_at_the_ends(table, "Best", BOOKS).text
    table = errors("1", **{"Global mean": [0.5], "Best": [0.4]})
    assert "Fewer than three" in lessons.errors_at_the_ends(table, "Best", BOOKS).text
    table = errors("123", **{"Global mean": [2.5, 0.5, 1.5], "Mean of means": [3.0, 3.0, 3.0]})
    text = lessons.errors_at_the_ends(table, "Global mean", BOOKS).text
    assert "No baseline that knows the user or the book" in text and "takes" not in text
    table = errors("123", **{"Global mean": [0.04, 0.004, 0.03], "Best": [0.03, 0.003, 0.02]})
    text = lessons.errors_at_the_ends(table, "Best", BOOKS).text
    assert "by 0.003 points" in text and "0.02 or more" in text and "takes 0.01 or more" in text


def test_rare_items_are_predicted_worse_where_they_are():
    table = errors(["1", "101 or more"], Best=[1.3, 0.9])
    found = lessons.errors_of_rare(table, "Best", BOOKS)
    assert found.holds and "the less its own mean is worth" in found.text
    found = lessons.errors_of_rare(errors(["1", "6 to 20"], Best=[0.8, 0.9]), "Best", BOOKS)
    assert not found.holds and "not predicted worse" in found.text
    assert not lessons.errors_of_rare(errors(["1"], Best=[0.8]), "Best", BOOKS).holds
    blind = errors(["1", "101 or more"], **{"Global mean": [1.3, 0.9]})
    text = lessons.errors_of_rare(blind, "Global mean", BOOKS).text
    assert "its own mean" not in text and "it knows none of a book" in text


@pytest.mark.parametrize(
    ("map_train", "map_test", "holds", "words"),
    [
        (0.70, 0.90, True, "explains its training ratings too well"),
        (0.96, 0.95, True, "underfits"),
        (0.70, 0.8656, False, "0.0033 points worse than the MAP"),
        (0.96, 0.8689, False, "as good as the MAP"),
    ],
)
def test_a_mean_of_draws_is_better_than_the_map_where_it_is(map_train, map_test, holds, words):
    point = {"train_rmse": map_train, "test_rmse": map_test}
    scores = {"train_rmse": 0.728, "test_rmse": 0.8689}
    found = of_fits.map_and_mean(point, scores, Averaging(0.95, 0.8689, 0.1), BOOKS)
    assert found.holds is holds and words in found.text
    assert "0.0811 points better than a single draw: wrong guesses cancel" in found.text
    alone = of_fits.map_and_mean(None, scores, Averaging(0.8, 0.8689, 0.1), BOOKS)
    assert not alone.holds and "worse than a single draw." in alone.text and "MAP" not in alone.text


def table_of(**r_hats):
    return pd.DataFrame({"quantity": list(r_hats), "r_hat": list(r_hats.values())})


def test_chains_that_keep_apart_are_not_said_to_mix():
    for r_hat, holds, words in (
        (1.93, False, "some do: r_hat is 1.930"), (1.05, True, "none does: r_hat is 1.050"),
        (np.nan, False, "too few to tell"), (np.inf, False, "as a chain stands still"),
    ):  # fmt: skip
        fit = SimpleNamespace(convergence=table_of(total_log_likelihood=r_hat, norm_U=1.0))
        histogram = pd.DataFrame()
        histogram.attrs["quantity"] = "total_log_likelihood"
        found = of_fits.chains_mix(fit, histogram)
        assert found.holds is holds and words in found.text


def test_a_scalar_settles_where_chains_agree_and_draws_are_many():
    frame = pd.DataFrame()
    frame.attrs["quantity"] = "sd_score"
    for r_hat, ess, holds, words in (
        (1.05, 100.0, True, "r_hat is 1.050, and its draws are worth 100 independent ones."),
        (1.06, 400.0, False, "r_hat is 1.060, and its draws are worth 400 independent ones: long"),
        (1.0, 99.0, False, "worth 99 independent ones: longer chains are needed"),
        (np.nan, np.nan, False, "too few to tell"), (np.inf, np.nan, False, "stands still: longer"),
    ):  # fmt: skip
        table = table_of(sd_score=r_hat, norm_U=1.0).assign(ess_bulk=ess)
        scalars = [SimpleNamespace(name="sd_score", help="How far scores spread.")]
        fit = SimpleNamespace(convergence=table, scalars=scalars)
        found = of_fits.scalar_settles(fit, frame)
        assert found.holds is holds and words in found.text
        assert found.text.startswith("How far scores spread. ")


def test_norms_settle_where_they_do():
    for r_hat, holds, words in ((1.93, False, "they do not"), (1.01, True, "they do:")):
        found = of_fits.norms_settle(table_of(norm_U=1.0, norm_V=r_hat), "fixed")
        assert found.holds is holds and words in found.text and "hierarchical" not in found.text
    told = of_fits.norms_settle(table_of(norm_U=1.7), "hierarchical").text
    assert "hierarchical" in told and "r_hat is 1.700" in told and "count them" in told
    assert "Too few" in of_fits.norms_settle(table_of(norm_U=np.nan), "fixed").text


def test_averaging_helps_where_it_does():
    good = of_fits.averaging_helps(Averaging(0.95, 0.90, 0.12), BOOKS)
    assert good.holds and "0.1200 more than training ratings" in good.text
    bad = of_fits.averaging_helps(Averaging(0.90, 0.90, -0.02), BOOKS)
    assert not bad.holds and "does not help" in bad.text and "nothing was learnt" in bad.text


@pytest.mark.parametrize(
    ("raw", "predictions", "holds", "words"),
    [
        (1.5, 1.01, True, "far from 1 although that of most predictions is not"),
        (1.5, 1.2, False, "predictions do not agree either"),
        (1.05, 1.01, False, "about the same way"),
        (np.nan, 1.0, False, "too few"),
    ],
)
def test_nothing_is_wrong_with_raw_factors_where_predictions_agree(raw, predictions, holds, words):
    found = of_fits.raw_factors(raw, predictions)
    assert found.holds is holds and words in found.text


def test_a_point_is_told_what_its_certainty_costs():
    assert "missing" in of_fits.intervals_of_a_point(0.8).text
    assert not of_fits.intervals_of_a_point(0.91).holds
    assert "91.0% are in" in of_fits.intervals_of_a_point(0.91).text


def test_bars_are_mostly_noise_where_they_are():
    ranked = pd.DataFrame({"pred_sd": [0.1, 0.2, 0.3]})
    found = of_fits.mostly_noise(ranked, 0.2)
    assert found.evidence["share_of_noise"] == pytest.approx(0.5) and not found.holds
    assert of_fits.mostly_noise(ranked, 0.8).holds


def test_the_error_falls_at_every_rung_where_it_does():
    def ladder(*errors, measured="here, now"):
        names = [f"rung {n}" for n in range(len(errors))]
        frame = pd.DataFrame(
            {"rung": names, "measured": measured, "test_rmse": errors, "coverage_90": 0.9}
        )
        frame.attrs["rungs"] = names
        return frame.dropna(ignore_index=True)

    assert of_fits.ladder_climb(ladder(0.95, 0.91, 0.87)).holds
    found = of_fits.ladder_climb(ladder(0.911, 0.926, 0.900))
    assert not found.holds and "*rung 1* made it larger" in found.text and "here" in found.text
    assert found.evidence == {"first": 0.911, "last": 0.900, "worse": 1}
    twice = of_fits.ladder_climb(ladder(0.9, 0.91, 0.88, 0.89)).text
    assert (
        "; *rung 1* and *rung 3* made it larger" in twice and "From *rung 0* to *rung 3*" in twice
    )
    stored = of_fits.ladder_climb(ladder(1, 0.9, measured="random tenth")).text
    assert "on a random tenth of MovieLens 100K" in stored  # the other fold may not go along
    assert "Climb to see" in of_fits.ladder_climb(ladder()).text
    level = of_fits.ladder_climb(ladder(0.9, 0.9, 0.8), BOOKS)
    assert level.holds and "0.9000 to 0.8000 points here, larger at no rung" in level.text
    gap = of_fits.ladder_climb(ladder(0.9, np.nan, 0.95))  # which of the two rungs was it?
    assert not gap.holds and "larger" not in gap.text and "rungs between are missing" in gap.text
    beside = of_fits.ladder_climb(ladder(0.8, np.nan, 0.9, 0.95)).text
    assert "; *rung 3* made it larger" in beside


def test_a_lesson_names_its_items_as_the_data_do(ratings):
    jokes = replace(ratings, nouns=Nouns("joke", "jokes", "points"))
    tail = lessons.long_tail(jokes, describe.long_tail(jokes))
    text = lessons.emptiness(jokes).text + tail.text
    assert "jokes" in text and "movie" not in text


def test_the_first_of_five_are_no_tenth_of_them():
    def tail(*counts):
        item = np.repeat(np.arange(len(counts)), counts)
        user = np.concatenate([np.arange(n) for n in counts])
        ids = np.arange(max(counts)), np.arange(len(counts))
        ratings = pmf.Ratings(user, item, user % 5 + 1.0, *ids, (1, 5), nouns=BOOKS)
        return lessons.long_tail(ratings, describe.long_tail(ratings))

    even, long = tail(5, 5, 5, 5, 5), tail(40, 2, 2, 3, 4)
    assert even.text.startswith("The most rated book has 20% of the ratings. No long tail")
    assert long.holds and "The most rated book has 78%" in long.text
    assert "Half of the others have 2 or fewer" in long.text  # not 2.5, which nobody has
    ten = tail(*range(20, 10, -1)).text
    assert ten.startswith("The most rated tenth of the books") and "15 ratings or more" in ten
    alone = tail(9)
    assert alone.text == "The most rated book has 100% of the ratings." and not alone.holds


def test_a_matrix_that_lacks_one_rating_is_not_said_to_lack_none():
    user, item = np.divmod(np.arange(9_999), 100)
    full = pmf.Ratings(user, item, item % 5 + 1.0, np.arange(100), np.arange(100), (1, 5))
    assert "1, 0.01% of all, is left" in lessons.emptiness(full).text
    one = full.take(np.arange(2))
    assert "99.98% of all pairs have no rating" in lessons.emptiness(one).text


def test_of_a_handful_of_held_out_ratings_luck_is_named():
    def split(n):
        ratings, _ = pmf.simulate_ratings(20, 15, 150, 2, random_seed=3)
        part = pmf.split_ratings(ratings, 0.3, 0)
        return replace(part, test=part.test.take(np.arange(n)))

    assert "Only 2 ratings are held out" in lessons.few_held_out(split(2)).text
    assert "Only 1 rating is held out" in lessons.few_held_out(split(1)).text
    assert lessons.few_held_out(split(29)) and lessons.few_held_out(split(30)) is None
