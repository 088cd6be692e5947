"""The closing discussion is true of the run at hand, and says the other thing where it is not."""

from dataclasses import replace

import pandas as pd
import pytest

import pmf_core as pmf
from pmf_core.data.nouns import Nouns
from pmf_core.evaluation.closing import closing
from pmf_core.models.ladder import LADDER, ladder_figures

BOOKS = Nouns("book", "books", "points")
BASELINES = pd.DataFrame({"method": ["Mean of means", "User and item biases"],
                          "test_rmse": [1.0, 0.92]})  # fmt: skip
RUN = {"method": "gibbs", "test_rmse": 0.91, "train_rmse": 0.80, "coverage_90": 0.895,
       "r_hat": 1.01, "ess": 400.0, "seconds": 9.0}  # fmt: skip
POINT = {"test_rmse": 0.95}
FIGURES = ladder_figures({})


def said(run=(), config=None, point=POINT, ladder=FIGURES, own=False):
    config = config or pmf.PMFConfig()
    found = closing(RUN | dict(run), config, BASELINES, point, ladder, BOOKS, own)
    return {each.name.removeprefix("closing_"): each for each in found}


def test_a_run_that_is_worth_it_is_told_so():
    found = said()
    assert all(each.holds for each in found.values())
    assert "0.0100 points better than *User and item biases*" in found["worth_it"].text
    assert "0.0400 points better than the MAP" in found["sampling"].text
    assert "differ by 0.1100 points: little" in found["by_heart"].text
    assert "89.5% of the held-out ratings" in found["promise"].text
    text = " ".join(each.text for each in found.values())
    assert "time" not in found and "example" not in text and "movie" not in text


@pytest.mark.parametrize(
    ("run", "name", "words"),
    [
        ({"test_rmse": 0.93}, "worth_it", "0.0100 points worse than"),
        ({"r_hat": 1.3}, "worth_it", "not to be believed yet: its chains do not agree"),
        ({"r_hat": 1.3}, "sampling", "0.0400 points better than the MAP of its model; its draws"),
        ({"test_rmse": 0.96}, "sampling", "0.0100 points worse than the MAP"),
        ({"method": "map", "r_hat": float("nan")}, "sampling", "nothing was sampled yet"),
        ({"train_rmse": 0.5}, "by_heart", "differ by 0.4100 points: much"),
        ({"coverage_90": 0.85}, "promise", "fewer than promised"),
        ({"coverage_90": 0.95}, "promise", "more than promised"),
    ],
)
def test_each_answer_has_its_counter_answer(run, name, words):
    found = said(run)[name]
    assert not found.holds and words in found.text


def test_training_ratings_that_are_missed_by_more_are_nothing_by_heart():
    assert "nothing is" in said({"train_rmse": 0.92})["by_heart"].text
    assert "no MAP of this model" in said(point=None)["sampling"].text


def test_only_its_own_ratings_stand_beside_the_examples_figures():
    found = said(own=True)
    assert found["time"].holds and "9.0 s; the example's NUTS took 2,194 s" in found["time"].text
    assert "a difference of 0.1258" in found["by_heart"].text
    assert not said({"seconds": 3000.0}, own=True)["time"].holds
    assert "time" not in said({"method": "map"}, own=True)


def figures(**errors):
    """Return a ladder of which these rungs were measured here, and nothing elsewhere."""
    rows = {
        key: {"test_rmse": error, "coverage_90": 0.9, "seconds": 1} for key, error in errors.items()
    }
    return ladder_figures(rows, stored=[])


def test_the_next_step_is_the_rung_that_took_most_off_and_is_not_there_yet():
    ladder = figures(pmf=0.95, centred=0.94, hierarchical=0.90, bpmf=0.89)
    found = said(ladder=ladder)["next"]
    assert "*a learned prior* took most off the error on the ladder: 0.0400, on these" in found.text
    has_it = replace(pmf.PMFConfig(), prior="hierarchical")
    assert said(config=has_it, ladder=ladder)["next"].evidence["gain"] == pytest.approx(0.01)
    everything = said(config=LADDER[-1].config)["next"]
    assert not everything.holds and "Every rung of the ladder" in everything.text
    # Without figures of one's own, those of MovieLens 100K.
    drops = FIGURES[FIGURES["measured"] == "random tenth"].set_index("key")["test_rmse"]
    rungs = [rung.key for rung in LADDER]
    steps = [drops[a] - drops[b] for a, b in zip(rungs, rungs[1:], strict=False)]
    found = said()["next"]
    assert found.evidence["gain"] == pytest.approx(max(steps))
    assert "on a random tenth of MovieLens 100K" in found.text


@pytest.mark.parametrize("n", range(1, len(LADDER)))
def test_a_rung_has_all_below_it_and_lacks_what_is_above(n):
    rising = {rung.key: 2.0 - 0.1 * k - 0.01 * k * k for k, rung in enumerate(LADDER)}
    found = said(config=LADDER[n - 1].config, ladder=figures(**rising))["next"]
    assert f"*{LADDER[-1].adds}*" in found.text  # the largest step is the last, and not there yet
    up_to_here = {rung.key: rising[rung.key] for rung in LADDER[: n + 1]}
    found = said(config=LADDER[n - 1].config, ladder=figures(**up_to_here))["next"]
    assert f"*{LADDER[n].adds}*" in found.text
