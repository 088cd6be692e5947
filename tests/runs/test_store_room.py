"""What a store takes: its limits, full disks, names, and files that are written twice."""

import errno
import io
import os
import threading
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event

import numpy as np
import pytest

import pmf_core as pmf
import pmf_core.runs.store
from pmf_core.fits.files import fit_bytes
from pmf_core.fits.seal import sealed
from pmf_core.runs.store import RunStore, StoreFull


@pytest.fixture(scope="module")
def fit(ratings):
    split = pmf.split_ratings(ratings, 0.2, random_seed=1)
    return pmf.sample_gibbs(split, pmf.PMFConfig(n_factors=2), draws=8, tune=2, chains=2)


@pytest.fixture
def store(tmp_path):
    return RunStore(tmp_path / "runs")


def test_a_full_store_refuses_and_deletes_nothing(store, fit):
    run = store.add(fit, "first")
    small = RunStore(store.folder, limit_bytes=run.size + 1000)
    with pytest.raises(StoreFull, match="'second' takes .* delete runs"):
        small.add(fit, "second")
    assert [listed.name for listed in small.list()] == ["first"]


def test_room_is_what_the_file_takes_on_disk(store, fit, tmp_path):
    size = store.add(fit, "first").size
    assert size > fit.idata.nbytes
    small = RunStore(tmp_path / "small", limit_bytes=size - 1)
    with pytest.raises(StoreFull):
        small.add(fit, "first")
    assert not small.list() and not list(small.folder.glob(".*.part"))
    assert RunStore(tmp_path / "enough", limit_bytes=size).add(fit, "first").size == size


@pytest.mark.slow
def test_fits_that_end_together_do_not_overfill_the_store(store, fit, monkeypatch):
    size = store.add(fit, "first").size
    both = Barrier(2, timeout=60)

    def ready_together(fit, **attrs):
        content = fit_bytes(fit, **attrs)
        both.wait()
        return content

    monkeypatch.setattr(pmf_core.runs.store, "fit_bytes", ready_together)

    def add(name):
        try:
            # A store of its own, as in another process.
            return RunStore(store.folder, limit_bytes=round(2.5 * size)).add(fit, name).name
        except StoreFull:
            return "refused"

    fit.summary()  # so that neither waits for the other's
    with ThreadPoolExecutor(2) as pool:
        names = list(pool.map(add, ["second", "third"]))
    assert names.count("refused") == 1
    assert len(store.list()) == 2


def test_what_a_killed_process_left_half_written_is_removed_and_counts_until_then(store, fit):
    run = store.add(fit, "first")
    part = store.folder / ".old.part"
    part.write_bytes(b"half")
    assert store.size() == run.size + 4
    RunStore(store.folder)
    assert not part.exists()


def test_what_a_living_server_is_writing_is_left_to_it(store, fit, monkeypatch):
    """Another starts, in another process, while the first writes: it waits for its turn."""
    started, seen = Event(), []

    def slow_write(path, content):
        part = path.with_name(".slow.part")
        part.write_bytes(content)
        threading.Thread(target=lambda: (RunStore(store.folder), seen.append("started"))).start()
        started.wait(0.05)
        assert part.exists() and not seen
        os.replace(part, path)

    monkeypatch.setattr(pmf_core.runs.store, "write_whole", slow_write)
    assert store.add(fit, "first").error is None


def test_storing_changes_nothing_of_the_fit_that_is_given(store, fit):
    before = dict(fit.attrs)
    run = store.add(fit, "first", owner="me", sweep="s")
    assert fit.attrs == before and run.owner == "me"


def test_a_job_that_is_stored_twice_is_one_run(store, fit):
    """As where a server dies between storing a fit and tidying its job up."""
    run = store.add(fit, "first", run_id="20260101-000000-000-abc")
    again = RunStore(store.folder).add(fit, "second", run_id="20260101-000000-000-abc")
    assert (run.id, again.name) == ("20260101-000000-000-abc", "first")
    assert len(store.list()) == 1
    run.path.write_bytes(b"damaged since then")
    assert store.add(fit, "third", run_id=run.id).name == "third"


@pytest.mark.parametrize("name", ["", "  ", "a\nb", "a\u202eb", "\x07", "x" * 201])
def test_a_name_is_one_line_of_at_most_200_characters(store, fit, name):
    run = store.add(fit, "y" * 200)
    for change in (lambda: store.add(fit, name), lambda: store.rename(run.id, name)):
        with pytest.raises(ValueError, match="name is .*; it must be"):
            change()
    assert [listed.name for listed in store.list()] == ["y" * 200]


@pytest.mark.slow
def test_a_new_name_needs_room_like_all_else(store, fit):
    run = store.add(fit, "a")
    full = RunStore(store.folder, limit_bytes=run.size // 2)
    with pytest.raises(StoreFull, match="delete runs"):
        full.rename(run.id, "b")
    assert [listed.name for listed in full.list()] == ["a"]
    # The old file makes room for the new one.
    roomy = RunStore(store.folder, limit_bytes=round(1.5 * run.size))
    assert roomy.rename(run.id, "b").name == "b"


@pytest.mark.slow
def test_each_owner_has_a_limit_and_what_is_nobodys_has_none(store, fit):
    size = store.add(fit, "nobody's").size
    store = RunStore(store.folder, owner_limit_bytes=round(1.5 * size))
    mine = store.add(fit, "mine", owner="me")
    with pytest.raises(StoreFull, match="your runs already take .* that each visitor has here"):
        store.add(fit, "mine too", owner="me")
    store.add(fit, "yours", owner="you"), store.add(fit, "nobody's too")
    store.rename(mine.id, "still mine")
    assert {run.name for run in store.list("me")} == {"still mine"}


@pytest.mark.slow
@pytest.mark.usefixtures("in_this_process")
def test_an_import_has_a_limit_of_its_own(store, fit):
    content = store.add(fit, "first").path.read_bytes()
    small = RunStore(store.folder, import_limit_bytes=len(content) - 1)
    with pytest.raises(ValueError, match=r"up\.nc has .* MB and an import may have"):
        small.add_file(io.BytesIO(content), "up.nc")
    exact = RunStore(store.folder, import_limit_bytes=len(content))
    assert exact.add_file(io.BytesIO(content), "up.nc", owner="me").owner == "me"


@pytest.mark.slow
def test_a_run_that_proves_damaged_when_it_is_opened_is_listed_so(store, fit):
    run = store.add(fit, "first")
    content = bytearray(run.path.read_bytes()[:-40])
    at = bytes(content).index(fit.idata["posterior"].dataset["U"].values.tobytes())
    content[at : at + 4] = np.float32(np.nan).tobytes()
    run.path.write_bytes(sealed(bytes(content)))
    assert store.get(run.id).error is None
    with pytest.raises(ValueError, match="is not a fit that this version can read"):
        store.open(run.id)
    assert "it must be finite" in store.get(run.id).error


def test_a_fit_that_went_astray_is_not_stored(store, fit):
    astray = pmf.Fit(fit.idata.copy(deep=True))
    astray.idata["posterior"]["U"][0, 0, 0, 0] = float("nan")
    with pytest.raises(ValueError, match="'first' cannot be stored: posterior/U is nan"):
        store.add(astray, "first")
    assert not store.list()


@pytest.mark.slow
@pytest.mark.usefixtures("in_this_process")
def test_a_full_disk_is_told_and_nothing_is_lost(store, fit, monkeypatch):
    run = store.add(fit, "first")

    def refuse(handle):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("pmf_core.support.atomic.os.fsync", refuse)
    for change in (
        lambda: store.add(fit, "second"),
        lambda: store.rename(run.id, "second"),
        lambda: store.add_file(io.BytesIO(run.path.read_bytes()), "up.nc"),
    ):
        with pytest.raises(OSError, match="takes .* MB left; nothing was changed, so delete runs"):
            change()
    assert [listed.name for listed in store.list()] == ["first"]
    assert not list(store.folder.glob(".*.part"))
