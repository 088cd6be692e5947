"""Compiled kernels are kept in the user's folder, which is made when the first one is compiled."""

import os

import numba
import pytest

import pmf_core.kernels.rows  # noqa: F401
from pmf_core.kernels.compiler import kernel
from pmf_core.support import paths


def double(x):
    return 2 * x


def test_nothing_is_made_before_a_kernel_is_compiled(tmp_path, monkeypatch):
    monkeypatch.setenv("PMF_HOME", str(tmp_path))
    compiled = kernel(double)
    assert not list(tmp_path.iterdir())
    assert compiled(2.0) == 4.0
    assert len(list(tmp_path.rglob("*.nbc"))) == 1
    again = kernel(double)
    assert again(3.0) == 6.0
    assert list(again.stats.cache_hits.values()) == [1]


@pytest.mark.skipif("NUMBA_CACHE_DIR" in os.environ, reason="somebody set it")
def test_the_cache_of_other_packages_in_this_process_is_left_alone():
    assert not numba.config.CACHE_DIR


def test_without_a_place_that_can_be_written_kernels_are_compiled_anew(
    tmp_path, monkeypatch, caplog
):
    blocked = tmp_path / "file"
    blocked.write_text("a file, in which no folder can be made")
    monkeypatch.setenv("PMF_HOME", str(blocked))
    assert kernel(double)(2.0) == 4.0
    assert "cannot be written" in caplog.text


def test_kernels_of_other_sources_have_a_place_of_their_own(tmp_path, monkeypatch):
    monkeypatch.setattr(paths, "__file__", str(tmp_path / "support" / "paths.py"))
    (tmp_path / "kernels").mkdir()
    found = []
    for text in ("one", "one", "another"):
        (tmp_path / "kernels" / "rows.py").write_text(text)
        paths._version_of_kernels.cache_clear()
        found.append(paths.kernels_dir())
    paths._version_of_kernels.cache_clear()
    assert found[0] == found[1] != found[2]
