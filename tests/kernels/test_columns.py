"""Rows laid out as columns, of every small size: whole blocks, and what is left of them."""

import numpy as np
import pytest
from numba.core.errors import TypingError

from pmf_core.kernels.columns import fill_columns
from pmf_core.kernels.compiler import kernel


@kernel
def laid_out(matrix, indices, start, n, lines):
    fill_columns(matrix, indices, start, n, lines)


@pytest.mark.parametrize("n_columns", range(1, 14))
@pytest.mark.parametrize("n", range(11))
def test_every_value_lies_in_its_line_and_nothing_beyond_is_written(n, n_columns):
    rng = np.random.default_rng(n)
    matrix = rng.normal(size=(6, n_columns))
    indices = rng.integers(0, 6, n + 5).astype(np.int32)
    lines = np.full((n_columns + 2, n + 3), np.nan)
    laid_out(matrix, indices, 2, n, lines)
    np.testing.assert_array_equal(lines[:n_columns, :n], matrix[indices[2 : 2 + n]].T)
    assert np.isnan(lines[n_columns:]).all() and np.isnan(lines[:, n:]).all()


def test_called_by_itself_it_does_the_same():
    matrix, lines = np.arange(24.0).reshape(4, 6), np.zeros((6, 4))
    fill_columns(matrix, np.array([3, 2, 1, 0], np.int32), 0, 4, lines)
    np.testing.assert_array_equal(lines, matrix[::-1].T)


def test_rows_that_do_not_lie_side_by_side_are_refused():
    matrix, lines = np.arange(24.0).reshape(6, 4).T, np.zeros((6, 4))
    with pytest.raises(TypingError, match="layout F, C; both must be C"):
        fill_columns(matrix, np.array([3, 2, 1, 0], np.int32), 0, 4, lines)
