"""A seeded sample of the hunt for faults of runs; all of it is `benchmarks.hunt`."""

import ast
import os
import subprocess
import sys
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest

from benchmarks.hunt import hostile_runs
from benchmarks.hunt.damaged_runs import Altered
from benchmarks.hunt.fits import stored
from pmf_core.fits.files import read_fit

ROOT = Path(__file__).resolve().parents[2]
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
@pytest.mark.skipif(not hasattr(os, "fork"), reason="each try is a copy of the hunt's process")
@pytest.mark.parametrize(
    ("module", "arguments"),
    [("damaged_runs", "60, 7"), ("hostile_runs", "12, 7"), ("full_disk", "12, 7, may_mount=False")],
)
def test_a_sample_of_the_hunt_does_no_harm(module, arguments):
    """In a process of its own: copies of one with threads, as tests have, may wait for ever."""
    code = f"from benchmarks.hunt import {module}; print({module}.hunt({arguments}))"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=1000
    )
    assert done.returncode == 0, done.stderr[-2000:]
    found = ast.literal_eval(done.stdout.splitlines()[-1])
    assert found["tried"] == int(arguments.split(",")[0])
    assert not {what: n for what, n in found.items() if n and what not in SOUND}, found
