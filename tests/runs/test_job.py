"""What is left of a job on disk: found again, whole or damaged, and removed when it is done."""

import os

import numpy as np
import pytest

import pmf_core as pmf
from pmf_core.runs.queue import JobQueue
from pmf_core.runs.request import FitRequest
from tests.support.jobs import CONFIG, long, request, wait_for


def test_what_cannot_be_written_is_not_queued(queue, split, monkeypatch):
    def full(self, folder, like):
        (folder / "ratings.npz").write_bytes(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(FitRequest, "save", full)
    with pytest.raises(OSError, match="No space left"):
        queue.submit("a", request(split))
    assert not queue.list() and not list(queue.folders.folder.iterdir())


DAMAGE = {
    "empty job": ("job.json", b""),
    "job of another version": ("job.json", b'{"name": "a", "mood": 1}'),
    "job that is a list": ("job.json", b"[]"),
    "empty request": ("request.json", b""),
    "request of another version": ("request.json", b'{"method": "vi"}'),
    "ratings cut off": ("ratings.npz", b"PK\x03\x04"),
    "no ratings": ("ratings.npz", None),
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_folder_is_listed_and_hurts_nobody(queue, split, damage, tmp_path):
    folder = queue.folders.folder / "damaged"
    folder.mkdir()
    request(split).save(folder)
    (folder / "job.json").write_text('{"name": "a", "tags": {}, "scheduler": ""}')
    name, content = DAMAGE[damage]
    (folder / name).unlink() if content is None else (folder / name).write_bytes(content)
    again = JobQueue(queue.store, queue.folders.folder)
    [job] = again.list()
    assert (job.state, job.is_resumable) == ("failed", False)
    assert "its files are damaged" in job.error and "discard it" in job.error
    with pytest.raises(ValueError, match="is damaged; only an interrupted or failed one resumes"):
        again.resume(job)
    again.dismiss(job)
    assert not again.list() and not folder.exists()


def test_leavings_of_a_submission_that_died_are_removed(queue):
    old, new = queue.folders.folder / "old", queue.folders.folder / "new"
    old.mkdir()
    new.mkdir()
    os.utime(old, (0, 0))
    assert not JobQueue(queue.store, queue.folders.folder).list()
    assert not old.exists() and new.exists()


def test_a_job_of_a_living_process_is_left_alone(queue, split):
    job = queue.submit("a", long(split))
    assert not JobQueue(queue.store, queue.folders.folder).list()
    queue.cancel(job)
    wait_for(job)


def test_a_server_that_cannot_lock_a_job_starts_without_it(queue, split, monkeypatch):
    folder = queue.folders.folder / "left"
    folder.mkdir()
    request(split).save(folder)
    (folder / "job.json").write_text('{"name": "a", "tags": {}}')

    def full(*args, **options):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("filelock.FileLock.acquire", full)
    assert not JobQueue(queue.store, queue.folders.folder).list()
    monkeypatch.undo()
    assert [job.name for job in JobQueue(queue.store, queue.folders.folder).list()] == ["a"]


def test_requests_survive_the_disk(split, tmp_path):
    wanted = request(split)
    wanted.save(tmp_path)
    loaded = FitRequest.load(tmp_path)
    assert (loaded.method, loaded.config, loaded.sampler) == ("gibbs", CONFIG, wanted.sampler)
    assert loaded.split.id == split.id
    np.testing.assert_array_equal(loaded.split.test.titles, split.test.titles)


@pytest.mark.parametrize("ids", [[3, 1], ["é", "\U0001f3ac"], ["x" * 1000, "y"], [2**63, 5]])
def test_names_survive_the_disk_as_they_are(ids, tmp_path):
    pairs = {"user_idx": [0, 1, 0], "item_idx": [0, 1, 1], "rating": [1.0, 2.0, 3.0]}
    ratings = pmf.Ratings(**pairs, user_ids=ids, item_ids=["a", "b"], titles=ids, scale=(1, 5))
    request(pmf.split_ratings(ratings, 0.4)).save(tmp_path)
    found = FitRequest.load(tmp_path).split.train
    assert found.user_ids.dtype == ratings.user_ids.dtype
    assert found.user_ids.tolist() == ratings.user_ids.tolist()
    assert found.titles.tolist() == [str(name) for name in ids]
