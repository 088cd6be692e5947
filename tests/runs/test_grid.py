from dataclasses import fields, replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

import pmf_core as pmf
from pmf_core.runs.grid import (
    VALUES,
    best_cell,
    list_sweeps,
    n_done,
    parse_values,
    submit_sweep,
    sweep_cells,
    sweep_jobs,
    take_up,
)
from pmf_core.runs.request import FitRequest
from tests.support.jobs import wait, wait_for

GRID = {"n_factors": [1, 3], "alpha": [1.0, 2.0]}
CALL = "pmf.load_movielens()"


@pytest.fixture(scope="module")
def split(ratings):
    return pmf.split_ratings(ratings)


def has_kept(job):
    return job.progress and job.progress.recorder.kept


def finish(queue):
    wait_for(*queue.list())


def test_every_cell_is_the_fit_of_its_settings(queue, split):
    sweep = submit_sweep(queue, split, pmf.PMFConfig(center=True), GRID, tags={"source": CALL})
    finish(queue)
    cells = sweep_cells(queue, sweep)
    assert cells.attrs == {
        "x": "n_factors", "y": "alpha", "dataset": split.train.name, "split_id": split.id,
        "nouns": str(split.train.nouns),
    }  # fmt: skip
    assert len(cells) == 4 and set(cells["state"]) == {"done"}
    for cell in cells.itertuples():
        config = pmf.PMFConfig(cell.n_factors, cell.alpha, True)
        assert cell.test_rmse == pmf.fit_map(split, config).summary()["test_rmse"]
        run = queue.store.get(cell.run_id)
        assert run.attrs["source"] == CALL
        assert run.name == f"Sweep of D × α: D = {cell.n_factors}, α = {cell.alpha:g}"
    assert list_sweeps(queue) == {sweep: "Sweep of D × α"}
    assert not sweep_jobs(queue, sweep)


@pytest.mark.slow
def test_a_sampled_grid_stores_few_draws(queue, split):
    run = pmf.SamplerConfig(20, 10, 2)
    sweep = submit_sweep(queue, split, pmf.PMFConfig(), GRID, "gibbs", run)
    finish(queue)
    cells = sweep_cells(queue, sweep)
    assert np.isfinite(cells["test_rmse"]).all()
    fit = queue.store.open(cells["run_id"].iloc[0])
    assert fit.idata["posterior"].sizes["draw"] == 2
    assert fit.idata["sample_stats"].sizes["draw"] == 20


def test_a_cancelled_grid_keeps_what_is_done_and_says_so(queue, split):
    long = pmf.SamplerConfig(50_000, 0, 2)
    sweep = submit_sweep(queue, split, pmf.PMFConfig(), GRID, "gibbs", long)
    wait(lambda: sweep_jobs(queue)[0].progress, what="no draw of the first cell")
    assert set(sweep_cells(queue, sweep)["state"]) == {"queued", "running"}
    for job in sweep_jobs(queue, sweep):
        queue.cancel(job)
    finish(queue)
    assert set(sweep_cells(queue, sweep)["state"]) == {"cancelled"}


@pytest.mark.slow
def test_a_single_fit_does_not_wait_for_a_grid(queue, split):
    submit_sweep(queue, split, pmf.PMFConfig(), GRID, "gibbs", pmf.SamplerConfig(500, 0, 2))
    single = queue.submit("mine", FitRequest("map", split))
    assert queue.position(single) == 0
    wait_for(single)
    assert any(job.state == "queued" for job in sweep_jobs(queue))
    for job in sweep_jobs(queue):
        queue.cancel(job)
    finish(queue)


@pytest.mark.parametrize(
    ("name", "text", "values"),
    [
        ("n_factors", "5, 10,20", [5, 10, 20]),
        ("alpha", "0.5,2, learned", [0.5, 2, None]),
        ("nu0", "fewest, 5", [None, 5]),
        ("center", "True, false", [True, False]),
        ("effects", "none, day, day+user:day", [(), ("day",), ("day", "user:day")]),
        ("link", "identity, ordinal", ["identity", "ordinal"]),
        ("cut_points", "shared, user", ["shared", "user"]),
        ("mu0", "-1, 0", [-1, 0]),
    ],
)
def test_values_are_read_from_a_list(name, text, values):
    assert parse_values(name, text) == values


@pytest.mark.parametrize(
    ("name", "text", "why"),
    [
        ("n_factors", "5, x", "'x' is not a value it takes"),
        ("n_factors", "0", "must be a whole number from 1 to 200"),
        ("alpha", " , ", "one value or more"),
        ("alpha", "2, 2", "different values"),
        ("depth", "1", "must be one of n_factors"),
        ("alpha", "1, true", "'true' is not a value it takes"),
        ("effects", "day, week", "'week' is not a value it takes"),
        ("cut_points", "mine", "'mine' is not a value it takes"),
        ("nu0", "learned", "'learned' is not a value it takes"),
    ],
)
def test_values_that_do_not_fit_are_refused(name, text, why):
    with pytest.raises(ValueError, match=why):
        parse_values(name, text)


def test_a_grid_needs_two_settings_and_a_bound(queue, split):
    with pytest.raises(ValueError, match="over two settings"):
        submit_sweep(queue, split, pmf.PMFConfig(), {"alpha": [1.0]})
    with pytest.raises(ValueError, match="at most 100"):
        submit_sweep(queue, split, pmf.PMFConfig(),
                     {"n_factors": range(1, 21), "alpha": range(1, 7)})  # fmt: skip
    assert not queue.list()


def test_every_ingredient_is_offered_with_values_it_takes():
    assert set(VALUES) == {field.name for field in fields(pmf.PMFConfig)}
    assert list(VALUES)[:2] == ["n_factors", "alpha"]
    assert all(len(parse_values(name, text)) > 1 for name, text in VALUES.items())


def with_days(split):
    days = np.arange(split.train.n_ratings) % 5, np.arange(split.test.n_ratings) % 5
    return pmf.Split(*(
        replace(part, timestamp=86_400 * day)
        for part, day in zip((split.train, split.test), days, strict=True)
    ))  # fmt: skip


@pytest.mark.slow
def test_cells_show_effects_and_a_learned_noise_by_their_words(queue, split):
    grid = {"effects": [(), ("day", "user:day")], "alpha": [None, 2.0]}
    sweep = submit_sweep(queue, with_days(split), pmf.PMFConfig(2), grid)
    waiting = sweep_cells(queue, sweep)
    finish(queue)
    cells = sweep_cells(queue, sweep)
    expected = [("none", "learned"), ("none", 2.0)]
    expected += [("day + user:day", "learned"), ("day + user:day", 2.0)]
    for frame in (waiting, cells):  # alike, be they jobs or runs
        assert list(frame[["effects", "alpha"]].itertuples(index=False, name=None)) == expected
    assert set(cells["state"]) == {"done"} and cells["test_rmse"].nunique() == 4
    name = queue.store.get(cells["run_id"].iloc[2]).name
    assert name.endswith(": Effects of time = day + user:day, α = learned")


@pytest.mark.slow
def test_what_means_nothing_beside_a_cell_is_overruled(queue, split):
    start = pmf.PMFConfig(2, noise="both")
    grid = {"link": ["identity", "logistic", "ordinal"], "n_factors": [1, 2]}
    sweep = submit_sweep(queue, split, start, grid)
    configs = {job.request.config.link: job.request.config for job in sweep_jobs(queue, sweep)}
    assert (configs["ordinal"].alpha, configs["identity"].alpha) == (1.0, 2.0)
    finish(queue)
    cells = sweep_cells(queue, sweep)
    assert list(cells["link"]) == ["identity"] * 2 + ["logistic"] * 2 + ["ordinal"] * 2
    assert cells["test_rmse"].nunique() == 6


@pytest.mark.slow
def test_values_are_checked_against_the_model_that_is_swept(queue, split):
    own = pmf.PMFConfig(2, 1.0, link="ordinal", cut_points="user")
    grid = {"cut_points": ["shared", "user"], "n_factors": [1, 2]}
    sweep = submit_sweep(queue, split, own, grid)
    assert {job.request.config.link for job in sweep_jobs(queue, sweep)} == {"ordinal"}
    finish(queue)
    assert sweep_cells(queue, sweep)["test_rmse"].nunique() == 4


@pytest.mark.parametrize(
    ("start", "grid", "why"),
    [
        ({}, {"link": ["identity", "ordinal"], "alpha": [1.0, 2.0]},
         "Link = ordinal, α = 1 and Link = ordinal, α = 2 are the same model: α makes no diff"),
        ({"link": "ordinal", "alpha": 1.0}, {"n_factors": [2], "alpha": [1.0, None]},
         "α = learned are the same model: α makes no difference there"),
        ({}, {"link": ["identity", "ordinal"], "cut_points": ["shared", "user"]},
         "Cut points makes no difference"),
        ({}, {"prior": ["hierarchical", "fixed"], "W0": [1.0, 2.0]}, "W₀ makes no difference"),
        ({}, {"implicit_norm": ["sqrt", "mean"], "n_factors": [2]}, "n such ratings weigh makes"),
        ({}, {"effects": ["none", "day"], "n_factors": [2]}, "these ratings have no timestamps"),
        ({"prior": "hierarchical"}, {"nu0": [5], "n_factors": [2, 9]},
         "no model with ν₀ = 5, D = 9: nu0 is 5; it must be None or a whole number"),
        ({}, {"alpha": [True], "n_factors": [2]}, "alpha is True; it must be a number"),
        ({}, {"alpha": [2, 2.0], "n_factors": [2]}, "must be different values"),
        ({}, {"alpha": [], "n_factors": [2]}, "at least 1"),
    ],
)  # fmt: skip
def test_cells_that_would_show_something_else_are_refused_before_any_is_queued(
    queue, split, start, grid, why
):
    with pytest.raises(ValueError, match=why):
        submit_sweep(queue, split, pmf.PMFConfig(**start), grid)
    assert not queue.list()


@pytest.mark.slow
def test_what_failed_or_was_cancelled_is_taken_up_again(queue, split, monkeypatch):
    run = FitRequest.run

    def broken(*args, **options):
        raise RuntimeError("out of luck")

    with monkeypatch.context() as patch:
        patch.setattr(FitRequest, "run", broken)
        patch.setattr("traceback.print_exc", lambda: None)
        failed = submit_sweep(queue, split, pmf.PMFConfig(), GRID)
        finish(queue)
    assert FitRequest.run is run
    assert set(sweep_cells(queue, failed)["state"]) == {"failed"}

    long = pmf.SamplerConfig(4_000, 0, 2)
    grid = {"n_factors": [1], "alpha": [1.0, 2.0]}
    cancelled = submit_sweep(queue, split, pmf.PMFConfig(), grid, "gibbs", long)
    for job in sweep_jobs(queue, cancelled):
        wait(lambda job=job: job.state != "running" or has_kept(job), what="no draw was kept")
        queue.cancel(job)
    finish(queue)
    before = sweep_cells(queue, cancelled)
    assert set(before["state"]) == {"cancelled"} and any(before["run_id"])

    jobs = sweep_jobs(queue, cancelled)
    assert len(jobs) == 2
    for job in jobs:
        job.request = replace(job.request, sampler=pmf.SamplerConfig(20, 10, 2))
    take_up(queue, [*sweep_jobs(queue, failed), *jobs])
    assert set(sweep_cells(queue, cancelled)["state"]) <= {"queued", "running", "done"}
    finish(queue)
    assert not sweep_jobs(queue)
    for sweep, number in ((failed, 4), (cancelled, 2)):
        cells = sweep_cells(queue, sweep)
        assert len(cells) == number and set(cells["state"]) == {"done"}


def test_a_cell_that_ends_while_it_is_looked_at_is_shown_as_it_was(split):
    tags = {"sweep": "s", "sweep_x": "n_factors", "sweep_y": "alpha"}
    request = FitRequest("map", split, pmf.PMFConfig(3, 2.0))
    job = SimpleNamespace(request=request, state="running", progress=None, tags=tags)

    def ends() -> list:
        job.request, job.state = None, "done"
        return []

    queue = SimpleNamespace(jobs={"j": job}, list=lambda: [job], store=SimpleNamespace(list=ends))
    cells = sweep_cells(queue, "s")
    assert list(cells["state"]) == ["running"] and list(cells["n_factors"]) == [3]


def test_the_best_of_the_cells_that_are_done():
    cells = pd.DataFrame(
        {"state": ["done", "running", "done"], "test_rmse": [0.9, np.nan, 0.8],
         "run_id": ["a", "", "c"]}
    )  # fmt: skip
    assert n_done(cells) == 2 and best_cell(cells)["run_id"] == "c"
