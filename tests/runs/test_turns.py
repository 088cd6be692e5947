"""Turns in the queue go round by owner, and it takes only so much."""

import json
from concurrent.futures import Executor, Future

import pandas as pd
import pytest

import pmf_core as pmf
from pmf_core.fits.budget import Limits, OverBudget
from pmf_core.fits.checkpoint import fingerprints
from pmf_core.fits.fit import Fit
from pmf_core.models.arrange import arrange
from pmf_core.runs.grid import submit_sweep, take_up
from pmf_core.runs.queue import JobQueue
from pmf_core.runs.request import FitRequest
from pmf_core.runs.store import RunStore
from tests.support.jobs import CONFIG, request, wait, wait_for


class Idle(Executor):
    """Takes segments of chains and never runs them."""

    def submit(self, fn, /, *args, **kwargs):
        return Future()


@pytest.fixture
def make(tmp_path, monkeypatch):
    """Make queues whose fits run until they are cancelled."""
    monkeypatch.setattr("pmf_core.sampling.segments.HEARTBEAT", 0.005)
    queues = []

    def make(max_running=1, **limits):
        store = RunStore(tmp_path / "runs")
        queue = JobQueue(store, tmp_path / "jobs", max_running, Idle, Limits(**limits))
        queues.append(queue)
        return queue

    yield make
    for queue in queues:
        for job in queue.list():
            queue.cancel(job, keep=False)
        wait_for(*queue.list())


def order_of(queue):
    """Return the names of jobs in the order in which they get their turn, one after another."""
    names = []
    while active := [job for job in queue.list() if job.is_active]:
        for job in active:
            if job.state == "running":
                names.append(job.name)
                queue.cancel(job, keep=False)
                wait_for(job)
    return names


def test_turns_go_round_by_owner(make, split):
    queue = make()
    for name in ("a1", "a2", "a3", "b1", "b2", "c1"):
        queue.submit(name, request(split), owner=name[0])
    [last] = [job for job in queue.list() if job.name == "c1"]
    assert queue.position(last) == 1
    assert [job.name for job in queue.list("b")] == ["b1", "b2"]
    assert order_of(queue) == ["a1", "b1", "c1", "a2", "b2", "a3"]


def test_single_fits_go_before_a_series_of_the_same_owner_only(make, split):
    queue = make()
    for name in ("a1", "a2", "b1"):
        queue.submit(name, request(split), owner=name[0], sweep="s")
    queue.submit("a-single", request(split), owner="a")
    queue.submit("b-single", request(split), owner="b")
    assert order_of(queue) == ["a1", "b-single", "a-single", "b1", "a2"]


def test_a_place_is_left_to_who_comes_next(make, split):
    queue = make(max_running=2)
    first, second = (queue.submit(name, request(split), owner="a") for name in "xy")
    assert (first.state, second.state) == ("running", "queued")
    third = queue.submit("z", request(split), owner="b")
    assert third.state == "running"
    queue.cancel(first, keep=False)
    wait(lambda: second.state == "running")


def test_a_server_of_one_uses_all_places(make, split):
    queue = make(max_running=2)
    assert [queue.submit(name, request(split)).state for name in "xyz"] == [
        "running", "running", "queued"
    ]  # fmt: skip


def test_an_owner_waits_with_so_many_fits(make, split):
    queue = make(owner_waiting=2, waiting=3)
    jobs = [queue.submit(str(n), request(split), owner="a") for n in range(3)]
    with pytest.raises(OverBudget, match="3 of your fits would wait, more than 2; start at most 0"):
        queue.submit("more", request(split), owner="a")
    queue.submit("b", request(split), owner="b")
    with pytest.raises(OverBudget, match="4 fits of all visitors would wait, more than 3"):
        queue.submit("c", request(split), owner="c")
    queue.cancel(jobs[-1])
    queue.submit("c", request(split), owner="c")


def test_what_was_cut_off_is_taken_up_within_the_limits(make, split, tmp_path):
    for name in "xyz":
        folder = tmp_path / "jobs" / f"20261125-101010-000-{name}"
        folder.mkdir(parents=True)
        request(split).save(folder)
        (folder / "job.json").write_text(json.dumps({"name": name, "tags": {}, "owner": "a"}))
    queue = make(owner_waiting=2)
    left = queue.list()
    with pytest.raises(OverBudget, match="3 of your fits would wait, more than 2"):
        take_up(queue, left)
    assert {job.state for job in left} == {"interrupted"}
    take_up(queue, left[:2])
    queue.submit("more", request(split), owner="a")
    with pytest.raises(OverBudget, match="3 of your fits would wait, more than 2"):
        queue.resume(left[2])
    assert [job.state for job in left] == ["running", "queued", "interrupted"]


def test_a_sweep_that_has_no_room_queues_nothing(make, split):
    queue = make(owner_waiting=3)
    grid = {"n_factors": [1, 2], "alpha": [1.0, 2.0]}
    with pytest.raises(OverBudget, match="4 of your fits would wait"):
        submit_sweep(queue, split, CONFIG, grid, owner="a")
    assert not queue.list()


def test_work_steps_and_ratings_of_fits_are_limited(make, split):
    queue = make(owner_seconds=1e-4)
    with pytest.raises(OverBudget, match="all your fits would take about"):
        queue.submit("a", request(split), owner="a")
    queue = make(job_steps=79)
    with pytest.raises(OverBudget, match=r"2 chains of 10 \+ 30 are 80 steps, more than the 79"):
        queue.submit("a", request(split))
    queue = make(queue_bytes=1e4)
    with pytest.raises(OverBudget, match="the ratings of all fits here would take 0 MB"):
        queue.submit("a", request(split))
    assert not list(queue.folders.folder.iterdir())


def test_what_is_over_is_forgotten_in_the_end(make, split):
    queue = make(ended=2)
    jobs = [queue.submit(name, request(split)) for name in "wxyz"]
    for job in jobs[::-1]:
        queue.cancel(job, keep=False)
        wait_for(job)
    assert [job.name for job in queue.list()] == ["y", "z"]
    assert all(job.request is None for job in queue.list())


@pytest.mark.slow
def test_a_run_that_was_stored_before_its_server_died_is_not_made_again(split, tmp_path):
    store = RunStore(tmp_path / "runs")
    queue = JobQueue(store, tmp_path / "jobs")
    folder = queue.folders.folder / "20261125-101010-000-abcdef"
    folder.mkdir()
    wanted = request(split)
    wanted.save(folder)
    (folder / "job.json").write_text('{"name": "a", "tags": {}, "owner": ""}')
    store.add(wanted.run(), "a", run_id=folder.name)
    assert not JobQueue(store, queue.folders.folder).list()
    assert not folder.exists() and len(store.list()) == 1


def test_whoever_dismisses_waits_for_who_resumes(make, split):
    """Else the folder of a job goes that runs by then."""
    queue = make()
    job = queue.submit("a", request(split))
    queue.cancel(job, keep=False)
    wait_for(job)
    held = []
    queue._turn = type("Turn", (), {"__enter__": lambda self: held.append(1),
                                    "__exit__": lambda self, *_: None})()  # fmt: skip
    queue.dismiss(job)
    assert held


def tables(n_users, n_items):
    users = pd.DataFrame(
        {"age": [31.5, None] * (n_users // 2), "gender": ["F", None] * (n_users // 2)},
        index=pd.Index(range(5, 5 + n_users), name="user_id"),
    )
    born = pd.to_datetime(["1997-03-14", None] * (n_items // 2))
    mixed = pd.Series([1, "one"] * (n_items // 2), dtype=object)
    items = pd.DataFrame({"Drama": [True, False] * (n_items // 2), "born": born, "mixed": mixed})
    return users, items


def with_tables(split):
    users, items = tables(split.train.n_users, split.train.n_items)
    names = {"user_ids": [f"ü {n}" for n in range(split.train.n_users)],
             "user_features": users, "item_features": items}  # fmt: skip
    return pmf.Split(*(pmf.Ratings(**vars_of(part) | names) for part in (split.train, split.test)))


def vars_of(ratings):
    names = ("user_idx", "item_idx", "rating", "user_ids", "item_ids", "scale", "titles")
    return {name: getattr(ratings, name) for name in names}


def test_features_and_names_survive_the_disk_without_pickles(split, tmp_path):
    wanted = with_tables(split)
    FitRequest("gibbs", wanted, CONFIG).save(tmp_path)
    assert {path.suffix for path in tmp_path.iterdir()} == {".json", ".npz", ".parquet"}
    found = FitRequest.load(tmp_path).split.train
    assert found.user_ids.tolist() == wanted.train.user_ids.tolist()
    assert found.item_ids.tolist() == wanted.train.item_ids.tolist()
    assert found.titles.tolist() == wanted.train.titles.tolist()
    model = pmf.PMFConfig(side_info="both")
    settings = pmf.SamplerConfig()
    names = [
        fingerprints(arrange(model, part), wanted.test, settings) for part in (found, wanted.train)
    ]
    assert names[0] == names[1]


def test_a_folder_of_an_earlier_version_is_listed_with_the_reason(split, tmp_path):
    queue = JobQueue(RunStore(tmp_path / "runs"), tmp_path / "jobs")
    folder = queue.folders.folder / "old"
    folder.mkdir()
    request(split).save(folder)
    for path in folder.glob("*.parquet"):
        path.unlink()
    split.train.to_frame().to_pickle(folder / "user_features.pkl")
    (folder / "job.json").write_text('{"name": "a", "tags": {}, "scheduler": ""}')
    [job] = JobQueue(queue.store, queue.folders.folder).list()
    assert (job.state, job.is_resumable) == ("failed", False)
    assert "an earlier version wrote them in a form that is no longer read" in job.error


def named(split, config=pmf.PMFConfig(), settings=pmf.SamplerConfig()):
    return fingerprints(arrange(config, split.train), split.test, settings)[0]


def test_a_checkpoint_is_named_after_all_that_its_fit_reads(split):
    own = with_tables(split)
    days = pmf.PMFConfig(effects=("day",), center=True)
    timed = [
        pmf.Split(*(pmf.Ratings(**vars_of(part), timestamp=86_400 * (part.user_idx % k + 1))
                    for part in (split.train, split.test)))
        for k in (2, 3)
    ]  # fmt: skip
    wide = pmf.Split(*(pmf.Ratings(**vars_of(part) | {"scale": (1, 7)}) for part in
                       (split.train, split.test)))  # fmt: skip
    assert len({each.id for each in (split, own, wide, *timed)}) == 5
    assert named(timed[0], days) == named(timed[0], days) != named(timed[1], days)
    assert named(split) != named(wide)
    side = pmf.PMFConfig(side_info="both")
    assert named(own, side) != named(split, side)
    assert named(split) != named(split, settings=pmf.SamplerConfig(random_seed=1))
    assert named(split) != named(split, pmf.PMFConfig(alpha=2.5))


def test_a_fit_of_an_owner_is_theirs_to_the_end(split, tmp_path):
    queue = JobQueue(RunStore(tmp_path / "runs"), tmp_path / "jobs")
    job = queue.submit("a", request(split), owner="me")
    wait_for(job)
    run = queue.store.get(job.run_id)
    assert (job.state, run.id, run.owner) == ("done", job.id, "me")
    assert isinstance(queue.store.open(run.id), Fit) and queue.find(job.id) is job
