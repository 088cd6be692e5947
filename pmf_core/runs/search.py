"""A search for the best settings, in the background: trials on a part of the training ratings.

The held-out ratings score nothing here. A tenth of the training part is held out in their place, so
that what is found can still be tested on them, once.
"""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from pmf_core.data.nouns import Nouns
from pmf_core.data.split import Split, split_ratings
from pmf_core.fits.budget import OverBudget
from pmf_core.fits.cost import fit_seconds
from pmf_core.models.available import available
from pmf_core.models.config import PMFConfig
from pmf_core.runs.plan import MISSING, Plan, bounds, can_search, next_trial
from pmf_core.runs.queue import Job, JobQueue
from pmf_core.runs.request import FitRequest
from pmf_core.runs.series import in_short, searched
from pmf_core.runs.stored import Run
from pmf_core.runs.trials import LENGTH, trial, trial_runs
from pmf_core.support.identifiers import new_identifier

VALIDATION = 0.1
"""Share of the training ratings on which trials are scored."""


def validation_part(split: Split, random_seed: int) -> Split:
    """Return the training part of a split, a part of it held out; the test part is in neither."""
    return split_ratings(split.train, VALIDATION, random_seed)


def submit_search(
    queue: JobQueue,
    split: Split,
    plan: Plan,
    *,
    owner: str = "",
    tags: Mapping[str, str] | None = None,
) -> str:
    """Queue the first trial of a search, which the others follow; return the id of the search.

    Parameters
    ----------
    queue : JobQueue
    split : Split
        Of its held-out ratings, the search sees none.
    plan : Plan
    owner : str
        Whose the fits are, as in `JobQueue.submit`.
    tags : mapping of str to str, optional
        Stored with every run; ``split``, as of `describe_split`, is of the whole split.

    Raises
    ------
    OverBudget
        If the costliest model that may be tried takes more than a job may, all trials of it more
        than an owner may, or the owner has a search that is not over.
    ModuleNotFoundError
        If Optuna is not installed.
    """
    if not can_search():
        raise ModuleNotFoundError(MISSING)
    if any(job.is_active for job in search_jobs(queue) if job.owner == owner):
        raise OverBudget("a search of yours is on its way; wait until it is over, or cancel it")
    part = validation_part(split, plan.random_seed)
    like = FitRequest(plan.method, part, plan.config, LENGTH)
    worst = trial(plan, costliest(plan, part), like)[1]
    queue.check([worst] * plan.trials, owner)
    tags = dict(tags or {})
    if "split" in tags:
        size, seed = f"test_size={VALIDATION!r}", f"random_seed={plan.random_seed!r}"
        tags["split"] = f"pmf.split_ratings({tags['split']}.train, {size}, {seed})"
    search = new_identifier()
    first = trial(plan, next_trial(plan, part.train, {}), like)
    queue.submit(*first, owner=owner, **tags, search=search, search_plan=plan.to_json())
    return search


def costliest(plan: Plan, part: Split) -> PMFConfig:
    """Return the model that takes the most work of those that a search may try, or nearly so."""
    found = plan.config
    for name in plan.over:
        knob = PMFConfig.knob(name)
        values = knob.kind.options or bounds(knob, plan)[:2]
        whole = [round(v) if isinstance(knob.default, int) and knob.slider else v for v in values]
        models = [found, *(PMFConfig.coherent(**vars(found) | {name: v}) for v in whole)]
        found = max(models, key=lambda model: _work(plan, part, model))
    return available(found, part.train)[0]


def _work(plan: Plan, part: Split, config: PMFConfig) -> float:
    return fit_seconds(part, available(config, part.train)[0], LENGTH, plan.method)


def search_jobs(queue: JobQueue, search: str | None = None) -> list[Job]:
    """Return the jobs of one search, or of all, that are not done."""
    jobs = [job for job in queue.list() if "search" in job.tags and job.state != "done"]
    return [job for job in jobs if search in (None, job.tags["search"])]


def list_searches(queue: JobQueue, owner: str | None = None) -> dict[str, str]:
    """Return what each search, or each of an owner, is over, by its id, the newest first."""
    found = {
        job.tags["search"]: job.tags for job in search_jobs(queue) if owner in (None, job.owner)
    }
    found |= {
        run.attrs["search"]: run.attrs
        for run in queue.store.list(owner)
        if "search_plan" in run.attrs
    }
    plans = {key: Plan.from_json(found[key]["search_plan"]) for key in sorted(found)[::-1]}
    return {key: searched(plan.over) for key, plan in plans.items()}


def search_trials(queue: JobQueue, search: str) -> tuple[Plan, list[Run], pd.DataFrame]:
    """Return the plan of a search, its runs, and what it has tried so far.

    Returns
    -------
    plan : Plan
    runs : list of Run
        In the order of the trials.
    trials : pd.DataFrame
        number (from 1), name (the settings, in short), rmse (on the validation part, in stars),
        best (the lowest so far), run_id.
    """
    jobs, runs = search_jobs(queue, search), trial_runs(queue.store, search)
    tags = [job.tags for job in jobs] + [run.attrs for run in runs]
    if not tags:
        raise ValueError(f"there is no search {search!r}; choose one of list_searches")
    plan = Plan.from_json(tags[0]["search_plan"])
    rows = [
        (
            number,
            in_short({name: getattr(run.config, name) for name in plan.over}),
            run.summary["test_rmse"],
            run.id,
        )
        for number, run in enumerate(runs, 1)
    ]
    frame = pd.DataFrame(rows, columns=["number", "name", "rmse", "run_id"])
    frame["best"] = np.minimum.accumulate(frame["rmse"].to_numpy(float))
    return plan, runs, frame


def why_it_ended(plan: Plan, runs: list[Run], failed: int = 0) -> str:
    """Say of a search without a trial to come why there is none."""
    done = len(runs) + failed
    if done >= plan.trials:
        return "All trials are done."
    if sum(run.summary["seconds"] for run in runs) >= 60 * plan.minutes:
        spent = f"its {plan.minutes:g} minutes of work were over"
        return f"It ended after {done} of {plan.trials} trials, as {spent}."
    return (
        f"It ended after {done} of {plan.trials} trials: what was asked for next had been tried, "
        "or trials were discarded."
    )


def best_trial(runs: list[Run]) -> Run:
    """Return the run of a search with the lowest error on its validation part."""
    return min(runs, key=lambda run: run.summary["test_rmse"])


def found(best: Run, runs: list[Run], nouns: Nouns) -> str:
    """Say what a search has found beside where it started, and what that is worth."""
    error, first = best.summary["test_rmse"], runs[0].summary["test_rmse"]
    gain = f"{first - error:.4f} {nouns.unit} below that of the settings it began with"
    if best.id == runs[0].id:
        gain = "that of the settings it began with, which nothing has beaten"
    return (
        f"The lowest validation RMSE is {error:.4f}, {gain}. The lowest of many is a bit too good: "
        "its luck was chosen with it. The held-out ratings have not been looked at, so that their "
        "error of these settings is an honest one."
    )
