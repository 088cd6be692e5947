"""Trials of a search as jobs: one at a time, and what follows one that is over."""

import math
from collections.abc import Iterable
from dataclasses import replace

from pmf_core.models.config import PMFConfig
from pmf_core.models.sampler_config import SamplerConfig
from pmf_core.runs.job import Job
from pmf_core.runs.plan import Plan, next_trial
from pmf_core.runs.request import FitRequest
from pmf_core.runs.series import in_short
from pmf_core.runs.store import RunStore
from pmf_core.runs.stored import Run

LENGTH = SamplerConfig(200, 200, 2, keep=4)
"""Of a trial that is sampled; of a MAP, the seed alone counts."""


def trial(plan: Plan, config: PMFConfig, like: FitRequest) -> tuple[str, FitRequest]:
    """Return name and request of a trial, on the ratings of a request that is `like` it."""
    varied = {name: getattr(config, name) for name in plan.over}
    sampler = replace(LENGTH, random_seed=plan.random_seed)
    return f"Search: {in_short(varied)}", replace(like, config=config, sampler=sampler)


def trial_runs(store: RunStore, search: str) -> list[Run]:
    """Return the runs of a search, in the order in which they were tried."""
    return [run for run in store.list()[::-1] if run.attrs.get("search") == search]


def following(job: Job, jobs: Iterable[Job], store: RunStore) -> tuple[str, FitRequest] | None:
    """Return name and request of what a search tries after one of its trials, which is over.

    None where the search is over, another trial of it is still to come, or the job is no trial.

    Raises
    ------
    ModuleNotFoundError
        If Optuna is not installed.
    """
    search = job.tags.get("search")
    if search is None:
        return None
    plan, runs = Plan.from_json(job.tags["search_plan"]), trial_runs(store, search)
    known = [each for each in jobs if each.tags.get("search") == search and each.request]
    over = [job, *(each for each in known if each.state == "failed")]
    scores = {each.request.config: math.nan for each in over}  # of what is not stored
    scores |= {run.config: run.summary["test_rmse"] for run in runs}
    # One that is stored may be there still, since it is run again or its server died.
    if any(each.request.config not in scores for each in known if each is not job):
        return None
    seconds = sum(run.summary["seconds"] for run in runs)
    config = next_trial(plan, job.request.split.train, scores, seconds)
    return None if config is None else trial(plan, config, job.request)
