import time

import numpy as np
import pytest

import pmf_core as pmf
from pmf_core.jobs import JobQueue
from pmf_core.request import FitRequest
from pmf_core.store import RunStore
from pmf_core.sweep import list_sweeps, parse_values, submit_sweep, sweep_cells, sweep_jobs

GRID = {"n_factors": [1, 3], "alpha": [1.0, 2.0, 4.0]}


@pytest.fixture(scope="module")
def split(ratings):
    return pmf.split_ratings(ratings)


@pytest.fixture
def queue(tmp_path):
    return JobQueue(RunStore(tmp_path / "runs"), tmp_path / "jobs", max_running=1)


def finish(queue):
    deadline = time.monotonic() + 60
    while any(job.is_active for job in list(queue.jobs.values())):
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_every_cell_is_the_fit_of_its_settings(queue, split):
    sweep = submit_sweep(queue, split, pmf.PMFConfig(center=True), GRID, tags={"origin": "here"})
    finish(queue)
    cells = sweep_cells(queue, sweep)
    assert (cells.attrs["x"], cells.attrs["y"]) == ("n_factors", "alpha")
    assert len(cells) == 6 and set(cells["state"]) == {"done"}
    for cell in cells.itertuples():
        config = pmf.PMFConfig(cell.n_factors, cell.alpha, True)
        assert cell.test_rmse == pmf.fit_map(split, config).summary()["test_rmse"]
        assert queue.store.get(cell.run_id).attrs["origin"] == "here"
    assert list_sweeps(queue) == {sweep: "n_factors × alpha"}
    assert not sweep_jobs(queue, sweep)


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
    while not sweep_jobs(queue)[0].progress:
        time.sleep(0.01)
    assert set(sweep_cells(queue, sweep)["state"]) == {"queued", "running"}
    for job in sweep_jobs(queue, sweep):
        queue.cancel(job)
    finish(queue)
    assert set(sweep_cells(queue, sweep)["state"]) == {"cancelled"}


def test_a_single_fit_does_not_wait_for_a_grid(queue, split):
    submit_sweep(queue, split, pmf.PMFConfig(), GRID, "gibbs", pmf.SamplerConfig(2000, 0, 2))
    single = queue.submit("mine", FitRequest("map", split))
    assert queue.position(single) == 0
    while single.is_active:
        time.sleep(0.01)
    assert any(job.state == "queued" for job in sweep_jobs(queue))
    for job in sweep_jobs(queue):
        queue.cancel(job)
    finish(queue)


@pytest.mark.parametrize(
    ("name", "text", "values"),
    [("n_factors", "5, 10,20", [5, 10, 20]), ("alpha", "0.5,2", [0.5, 2]), ("center", "True, false",
     [True, False])],
)  # fmt: skip
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
    assert not queue.jobs
