"""A fit whose process dies is taken up again and ends with the identical draws."""

import os
import signal
import subprocess
import sys
import textwrap

import numpy as np
import pytest

import pmf_core as pmf
from tests.support.jobs import wait

RUN = {"draws": 40, "tune": 20, "chains": 2, "random_seed": 3, "keep": 20}
CONFIG = pmf.PMFConfig(n_factors=2)


class Killed(Exception):
    pass


def die_at(step):
    def progress(status):
        if status.done == step:
            raise Killed

    return progress


@pytest.fixture(scope="module")
def split(ratings):
    return pmf.split_ratings(ratings, 0.2, random_seed=1)


def assert_same(a, b):
    for group in ("posterior", "sample_stats", "warmup_sample_stats", "running", "heldout"):
        for name, values in a.idata[group].dataset.items():
            np.testing.assert_array_equal(values, b.idata[group].dataset[name], err_msg=name)


@pytest.mark.parametrize("step", [1, 9, 33, 60])
def test_a_fit_goes_on_where_it_was_cut_off(split, tmp_path, step):
    with pytest.raises(Killed):
        pmf.sample_gibbs(split, CONFIG, **RUN, checkpoint=tmp_path, progress=die_at(step))
    steps = []
    resumed = pmf.sample_gibbs(
        split, CONFIG, **RUN, checkpoint=tmp_path, progress=lambda p: steps.append(p.done)
    )
    assert steps[0] <= step  # what the last block had not finished is drawn again, no more
    assert step < 16 or steps[0] > 15
    assert_same(resumed, pmf.sample_gibbs(split, CONFIG, **RUN))


def test_a_finished_checkpoint_gives_the_fit_at_once(split, tmp_path):
    folder = tmp_path / "of fits" / "mine"
    fit = pmf.sample_gibbs(split, CONFIG, **RUN, checkpoint=folder)
    steps = []
    again = pmf.sample_gibbs(
        split, CONFIG, **RUN, checkpoint=folder, progress=lambda p: steps.append(p.done)
    )
    assert not steps
    assert_same(fit, again)


@pytest.mark.slow
@pytest.mark.parametrize(("times", "cut_off"), [(4, None), (4, 33), (3, None)])
def test_a_longer_fit_goes_on_where_a_shorter_one_ended(split, tmp_path, times, cut_off):
    """From 40 draws, of which every fourth is stored, to 160 or 120."""
    longer = RUN | {"draws": times * RUN["draws"]}
    if cut_off is None:
        pmf.sample_gibbs(split, CONFIG, **RUN, checkpoint=tmp_path)
    else:
        with pytest.raises(Killed):
            pmf.sample_gibbs(split, CONFIG, **RUN, checkpoint=tmp_path, progress=die_at(cut_off))
    steps = []
    fit = pmf.sample_gibbs(
        split, CONFIG, **longer, checkpoint=tmp_path, progress=lambda p: steps.append(p.done)
    )
    assert steps[0] == 61 if cut_off is None else 15 < steps[0] <= cut_off
    assert fit.idata["posterior"].sizes["draw"] == 10
    assert_same(fit, pmf.sample_gibbs(split, CONFIG, **longer))
    again = pmf.sample_gibbs(split, CONFIG, **longer, checkpoint=tmp_path)
    assert_same(again, fit)


def test_another_fit_is_refused(split, tmp_path):
    pmf.sample_gibbs(split, CONFIG, **RUN, checkpoint=tmp_path)
    with pytest.raises(ValueError, match="is of another fit.*a folder of its own"):
        pmf.sample_gibbs(split, CONFIG, **(RUN | {"random_seed": 4}), checkpoint=tmp_path)


@pytest.mark.parametrize(
    "other",
    [
        {"draws": 60},  # stores every sixth draw, and of a shorter fit there is every fourth
        {"draws": 20},
        {"draws": 160, "tune": 21},
        {"draws": 160, "random_seed": 4},
        {"draws": 160, "keep": 40},
    ],
)
def test_what_is_no_beginning_of_a_fit_is_refused(split, tmp_path, other):
    pmf.sample_gibbs(split, CONFIG, **RUN, checkpoint=tmp_path)
    with pytest.raises(ValueError, match="is of another fit"):
        pmf.sample_gibbs(split, CONFIG, **(RUN | other), checkpoint=tmp_path)
    assert (tmp_path / "state.npz").exists()


@pytest.mark.slow
def test_a_longer_fit_that_dies_leaves_nothing_that_is_half_of_each(split, tmp_path):
    """It starts anew, or goes on as itself: what the shorter one stored is gone."""
    pmf.sample_gibbs(split, CONFIG, **RUN, checkpoint=tmp_path)
    longer = RUN | {"draws": 160}
    with pytest.raises(Killed):
        pmf.sample_gibbs(split, CONFIG, **longer, checkpoint=tmp_path, progress=die_at(61))
    assert not (tmp_path / "state.npz").exists()
    fit = pmf.sample_gibbs(split, CONFIG, **longer, checkpoint=tmp_path)
    assert_same(fit, pmf.sample_gibbs(split, CONFIG, **longer))


def test_a_damaged_checkpoint_is_refused(split, tmp_path):
    pmf.sample_gibbs(split, CONFIG, **RUN, checkpoint=tmp_path)
    state = tmp_path / "state.npz"
    state.write_bytes(state.read_bytes()[:1000])
    with pytest.raises(ValueError, match="is damaged.*delete that folder"):
        pmf.sample_gibbs(split, CONFIG, **RUN, checkpoint=tmp_path)


def test_a_checkpoint_takes_the_place_of_the_one_before_it_at_once(split, tmp_path, monkeypatch):
    with pytest.raises(Killed):
        pmf.sample_gibbs(split, CONFIG, **RUN, checkpoint=tmp_path, progress=die_at(9))
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert not [name for name in before if name.endswith(".part")]

    def die(part, whole):
        raise Killed

    monkeypatch.setattr(os, "replace", die)  # just before what is written whole takes its place
    with pytest.raises(Killed):
        pmf.sample_gibbs(split, CONFIG, **RUN, checkpoint=tmp_path)
    for name, content in before.items():
        assert (tmp_path / name).read_bytes() == content


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="sends SIGKILL")
def test_kill_9_loses_nothing(split, tmp_path):
    script = textwrap.dedent(
        """
        import sys, time
        import pmf_core as pmf

        ratings, _ = pmf.simulate_ratings(n_users=60, n_items=80, n_ratings=2000, random_seed=5)
        split = pmf.split_ratings(ratings, 0.2, random_seed=1)
        slowly = (lambda status: time.sleep(0.05)) if sys.argv[2] == "slowly" else None
        fit = pmf.sample_gibbs(
            split, pmf.PMFConfig(n_factors=2), draws=40, tune=20, chains=2, random_seed=3, keep=20,
            checkpoint=sys.argv[1], progress=slowly,
        )
        pmf.save_fit(fit, sys.argv[1] + "/fit.nc")
        """
    )

    def run(folder, pace):
        return subprocess.Popen([sys.executable, "-c", script, str(folder), pace])

    folder, whole = tmp_path / "killed", tmp_path / "whole"
    victim = run(folder, "slowly")
    try:
        wait(lambda: (folder / "kept-1.npz").exists(), what="no checkpoint")
        victim.send_signal(signal.SIGKILL)
    finally:
        victim.kill()
        victim.wait()
    assert not (folder / "fit.nc").exists()
    assert run(folder, "fast").wait(120) == 0
    assert run(whole, "fast").wait(120) == 0
    assert_same(pmf.load_fit(folder / "fit.nc"), pmf.load_fit(whole / "fit.nc"))


def test_a_full_disk_leaves_the_checkpoint_before_it_and_no_half_file(split, tmp_path, monkeypatch):
    with pytest.raises(Killed):
        pmf.sample_gibbs(split, CONFIG, **RUN, checkpoint=tmp_path, progress=die_at(9))
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}

    def full(file, **arrays):
        file.write(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(np, "savez", full)
    with pytest.raises(OSError, match="No space left"):
        pmf.sample_gibbs(split, CONFIG, **RUN, checkpoint=tmp_path)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before
