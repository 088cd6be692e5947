"""A seeded sample of the hunt for faults of runs; all of it is `benchmarks.hunt`."""

import os
from io import BytesIO

import numpy as np
import pytest

from benchmarks.hunt import damaged_runs, full_disk, hostile_runs
from benchmarks.hunt.damaged_runs import Altered
from benchmarks.hunt.fits import stored
from pmf_core.fits.files import read_fit

SOUND = {"tried", "refused", "accepted", "peak_mb"}


@pytest.mark.parametrize("spoil", hostile_runs.KINDS, ids=lambda spoil: spoil.__name__)
@pytest.mark.parametrize("seed", [1, *(pytest.param(n, marks=pytest.mark.slow) for n in (2, 3))])
def test_a_hostile_file_is_refused_before_a_value_of_it_is_read(spoil, seed, tmp_path):
    secret = tmp_path / "secret"
    secret.write_bytes(hostile_runs.SECRET)
    content = hostile_runs.hostile(spoil, secret, np.random.default_rng(seed))
    try:
        fit = read_fit(BytesIO(content), "hostile")
    except ValueError as error:
        assert str(error).startswith("hostile ") and len(str(error)) < 2000
    else:  # what the store sets anew, or refuses by its name
        assert spoil is hostile_runs.code and {"name", "owner", "summary"} & set(fit.attrs)


def test_texts_that_share_one_storage_are_counted_each(tmp_path):
    with Altered(stored("best")) as opened:
        group, n = opened["constant_data"], 4_000
        del group["title"], group["item"], group["item_idx"]
        for name in ("title", "item"):
            group.create_dataset(name, data=["x" * 3_900] * n)
        content = bytearray(opened.done())
    with Altered(bytes(content)) as opened:
        at = opened["constant_data/title"].id.get_offset()
    content[at : at + 16 * n] = content[at : at + 16] * n
    with pytest.raises(ValueError, match="title and what is before it take more|lacks"):
        read_fit(BytesIO(content), "shared")


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "fork"), reason="each try is a copy of this process")
@pytest.mark.parametrize(("hunt", "rounds"), [(damaged_runs.hunt, 12), (hostile_runs.hunt, 5)])
def test_a_sample_of_files_does_no_harm(hunt, rounds):
    assert_sound(hunt(rounds, seed=7), rounds)


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "fork"), reason="each try is a copy of this process")
def test_a_sample_of_full_disks_loses_nothing():
    assert_sound(full_disk.hunt(4, seed=7, may_mount=False), 4)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("hunt", "rounds"),
    [(damaged_runs.hunt, 300), (hostile_runs.hunt, 100), (full_disk.hunt, 100)],
)
def test_a_large_part_of_the_hunt_does_no_harm(hunt, rounds):
    assert_sound(hunt(rounds, seed=8), rounds)


def assert_sound(found, rounds):
    assert found["tried"] == rounds
    assert not {what: n for what, n in found.items() if n and what not in SOUND}, found
