"""A search for the best settings: bounded, repeatable, blind to the held-out ratings."""

import itertools
from dataclasses import replace

import numpy as np
import pytest

import pmf_core as pmf
from pmf_core.fits.budget import Limits, OverBudget
from pmf_core.runs import plan as plans
from pmf_core.runs.plan import Plan, next_trial
from pmf_core.runs.queue import JobQueue
from pmf_core.runs.request import FitRequest
from pmf_core.runs.search import (
    best_trial,
    costliest,
    found,
    list_searches,
    search_jobs,
    search_trials,
    submit_search,
    validation_part,
    why_it_ended,
)
from pmf_core.runs.series import by_series, series_name
from pmf_core.runs.store import RunStore
from tests.support.jobs import wait

pytest.importorskip("optuna")
SMALL = Plan(pmf.PMFConfig(2), ("n_factors", "alpha"), most_factors=4, trials=4)


def is_over(queue):
    return not any(job.is_active for job in queue.list())


def finish(queue, search=None):
    """Wait until no trial follows: the next is queued before the last is over."""
    wait(lambda: is_over(queue))
    return search and search_trials(queue, search)[2]


def other_test_ratings(split, rng):
    """Return a split with other held-out ratings altogether; what is learnt is the same."""
    test, order = split.test, rng.permutation(split.test.n_ratings)[:40]
    return replace(
        split, test=replace(test.take(np.sort(order)), rating=rng.integers(1, 6, 40).astype(float))
    )


def test_a_search_tries_as_many_settings_as_it_is_told_and_stores_each(queue, split):
    search = submit_search(queue, split, SMALL, tags={"source": "pmf.load_movielens()"})
    trials = finish(queue, search)
    plan, runs, _ = search_trials(queue, search)
    assert plan == SMALL and list(trials["number"]) == [1, 2, 3, 4]
    assert len({run.config for run in runs}) == 4 and trials["name"][0] == "D = 2, α = 2"
    assert list(trials["best"]) == list(itertools.accumulate(trials["rmse"], min))
    part = validation_part(split, 0)
    for run in runs:
        assert run.config.n_factors <= 4 and run.attrs["split_id"] == part.id
        expected = pmf.fit_map(part, run.config).summary()["test_rmse"]
        assert run.summary["test_rmse"] == expected and run.name.startswith("Search: D = ")
    best = best_trial(runs)
    assert best.summary["test_rmse"] == trials["best"].iloc[-1]
    assert "lowest validation RMSE is" in found(best, runs, best.nouns)
    assert why_it_ended(plan, runs) == "All trials are done." and not search_jobs(queue)
    assert list_searches(queue) == {search: "Search over D, α"}
    assert list(by_series(runs)) == ["", search]
    assert series_name(runs[0]).startswith("Search over D, α · 20")


@pytest.mark.slow
def test_the_held_out_ratings_change_nothing_that_a_search_does(queue, split, tmp_path, rng):
    other = other_test_ratings(split, rng)
    assert other.id != split.id and validation_part(other, 0).id == validation_part(split, 0).id
    seen = []
    for name, given in (("a", split), ("b", other)):
        queue = JobQueue(RunStore(tmp_path / name / "runs"), tmp_path / name / "jobs")
        trials = finish(queue, submit_search(queue, given, SMALL))
        seen.append(trials[["name", "rmse", "best"]])
    assert seen[0].equals(seen[1])
    held_out = set(zip(split.test.user_idx, split.test.item_idx, strict=True))
    part = validation_part(split, 0)
    for ratings in (part.train, part.test):
        assert held_out.isdisjoint(zip(ratings.user_idx, ratings.item_idx))
    # What changes the training part is noticed: the test above can fail.
    train = replace(split.train, rating=split.train.rating[::-1].copy())
    assert validation_part(replace(split, train=train), 0).id != part.id


OVER = ("n_factors", "alpha", "biases")


def bowl(config):
    """Return an error that is lowest at eight factors, with a precision of 3 and biases."""
    if config.alpha is None:
        return 5.0
    away = np.log(config.n_factors / 8) ** 2 + np.log(config.alpha / 3) ** 2
    return 1 + away + 0.5 * (not config.biases)


def tried(plan, train, error=bowl):
    scores = {}
    while (config := next_trial(plan, train, scores)) is not None:
        scores[config] = error(config)
    return scores


def test_a_search_starts_from_the_present_settings_and_repeats_itself(ratings):
    plan = Plan(pmf.PMFConfig(2), OVER, most_factors=50, trials=14)
    scores = tried(plan, ratings)
    assert len(scores) == 14 and next(iter(scores)) == pmf.PMFConfig(2)
    assert list(tried(plan, ratings)) == list(scores)
    again = tried(replace(plan, random_seed=1), ratings)
    assert list(again)[1:] != list(scores)[1:]
    taken = {config.alpha for config in scores} - {None}
    assert all(alpha == round(alpha, 1) for alpha in taken)  # as a slider has it


@pytest.mark.slow
def test_a_search_comes_nearer_to_what_is_best_than_luck_does(ratings, monkeypatch):
    import optuna

    def lowest():
        found = []
        for seed in range(3):
            plan = Plan(pmf.PMFConfig(2), OVER, most_factors=50, trials=40, random_seed=seed)
            found.append(min(tried(plan, ratings).values()))
        return np.median(found)

    by_search = lowest()
    luck = optuna.samplers.RandomSampler
    monkeypatch.setattr(optuna.samplers, "TPESampler", lambda seed, **_: luck(seed=seed))
    by_luck = lowest()
    assert by_search < 1.3 and by_search < by_luck - 0.1


def test_it_goes_on_from_what_it_knows_in_whatever_order_and_past_what_fails(ratings):
    scores = tried(replace(SMALL, trials=12), ratings, lambda config: config.n_factors)
    known = dict(list(scores.items())[:7])
    turned = dict(reversed(known.items()))
    expected = list(scores)[7]
    assert next_trial(replace(SMALL, trials=12), ratings, known) == expected
    assert next_trial(replace(SMALL, trials=12), ratings, turned) == expected
    failing = tried(replace(SMALL, trials=12), ratings, lambda config: np.nan)
    assert len(failing) == 12
    assert next_trial(replace(SMALL, minutes=1.0), ratings, {}, seconds=60.0) is None


def test_what_these_ratings_cannot_feed_is_no_trial_and_a_small_space_ends(ratings):
    plan = Plan(pmf.PMFConfig(2), ("center", "effects", "side_info"), trials=30)
    scores = tried(plan, ratings, lambda config: 1.0 + config.center)
    assert set(scores) == {pmf.PMFConfig(2), pmf.PMFConfig(2, center=True)}


@pytest.mark.parametrize(
    ("fields", "why"),
    [({"over": ()}, "over is"), ({"over": ("nu0",)}, "over is"), ({"trials": 61}, "2 to 60"),
     ({"over": ("alpha", "alpha")}, "each once"), ({"most_factors": 51}, "2 to 50"),
     ({"minutes": 61}, "at most 60"), ({"minutes": float("nan")}, "at most 60"),
     ({"method": "nuts"}, "map, gibbs"), ({"random_seed": -1}, "0 to")],
)  # fmt: skip
def test_a_plan_is_bounded(fields, why):
    with pytest.raises(ValueError, match=why):
        Plan(**fields)


def test_a_plan_is_stored_whole():
    assert Plan.from_json(SMALL.to_json()) == SMALL
    rich = replace(SMALL, config=pmf.PRESETS["best"], over=("effects", "link"))
    assert Plan.from_json(rich.to_json()) == rich
    with pytest.raises(ValueError, match="2 to 60"):
        Plan.from_json(SMALL.to_json().replace('"trials": 4', '"trials": 4000'))


def test_what_is_too_much_is_refused_before_it_starts(tmp_path, split):
    queue = JobQueue(RunStore(tmp_path / "r"), tmp_path / "j", limits=Limits(job_seconds=1e-6))
    with pytest.raises(OverBudget, match="this fit"):
        submit_search(queue, split, SMALL)
    one = pmf.PMFConfig(4, alpha=2.0)
    assert costliest(SMALL, validation_part(split, 0)).n_factors == one.n_factors
    whole = FitRequest("map", validation_part(split, 0), one)
    seconds = sum(plans_seconds(whole) for _ in range(SMALL.trials))
    queue.limits = Limits(owner_seconds=0.9 * seconds)
    with pytest.raises(OverBudget, match="all your fits would take"):
        submit_search(queue, split, SMALL)
    assert not queue.list()


def plans_seconds(request):
    from pmf_core.fits.cost import fit_seconds

    return fit_seconds(request.split, request.config, request.sampler, "map")


def test_an_owner_has_one_search_at_a_time(queue, split):
    queue.max_running = 0
    submit_search(queue, split, SMALL, owner="ann")
    with pytest.raises(OverBudget, match="on its way"):
        submit_search(queue, split, SMALL, owner="ann")
    assert submit_search(queue, split, SMALL, owner="bob")


def test_without_optuna_it_is_said_what_to_install(queue, split, monkeypatch):
    monkeypatch.setattr(plans, "find_spec", lambda name: None)
    monkeypatch.setattr("pmf_core.runs.search.can_search", lambda: False)
    with pytest.raises(ModuleNotFoundError, match="pip install 'optuna>=4'"):
        submit_search(queue, split, SMALL)
    with pytest.raises(ModuleNotFoundError, match="extra `search`"):
        next_trial(SMALL, split.train, {})
    assert not queue.list()
