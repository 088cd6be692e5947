"""Rows of a matrix laid out as columns, so that sums over rows run along memory, compiled."""

from typing import Any

import numpy as np
from llvmlite import ir
from numba.core import cgutils, types
from numba.core.errors import TypingError
from numba.extending import intrinsic
from numpy.typing import NDArray

from pmf_core.kernels.compiler import inlined


@inlined
def fill_columns(
    matrix: NDArray[np.float64],
    indices: NDArray[np.int32],
    start: int,
    n: int,
    lines: NDArray[np.float64],
) -> None:
    """Write ``lines[d, s] = matrix[indices[start + s], d]`` for `n` rows from `start` on.

    Parameters
    ----------
    matrix : ndarray of shape (n_rows, n_columns)
        Contiguous.
    indices : ndarray of shape (at least start + n,)
    lines : ndarray of shape (at least n_columns, at least n)
        Contiguous.
    """
    n_columns = matrix.shape[1]
    if n_columns < 4 or n < 4:
        for s in range(n):
            for d in range(n_columns):
                lines[d, s] = matrix[indices[start + s], d]
        return
    for first in range(0, n, 4):  # the last four, of rows and of columns, may overlap those before
        s = min(first, n - 4)
        k = start + s
        four = indices[k], indices[k + 1], indices[k + 2], indices[k + 3]
        for column in range(0, n_columns, 4):
            _turn(matrix, four, min(column, n_columns - 4), lines, s)


_FOUR = ir.VectorType(ir.DoubleType(), 4)


@intrinsic
def _turn(
    typing: Any, matrix: types.Array, rows: types.UniTuple, column: Any, lines: Any, at: Any
) -> Any:
    """Write ``lines[column + c, at + r] = matrix[rows[r], column + c]`` for r and c below 4.

    Four loads, eight shuffles and four stores: from a loop, a compiler makes sixteen loads and as
    many insertions, which takes twice the time.
    """
    if (matrix.layout, lines.layout) != ("C", "C"):  # four neighbours are to lie side by side
        raise TypingError(
            f"rows and lines of layout {matrix.layout}, {lines.layout}; both must be C"
        )

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        def at_place(which: int, i: Any, j: Any) -> Any:
            kind = signature.args[which]
            array = context.make_array(kind)(context, builder, args[which])
            place = cgutils.get_item_pointer(context, builder, kind, array, [i, j])
            return builder.bitcast(place, _FOUR.as_pointer())

        def place_of(value: Any, kind: Any) -> Any:
            return context.cast(builder, value, kind, types.intp)

        rows_kind, column_kind, at_kind = (signature.args[k] for k in (1, 2, 4))
        column, at = place_of(args[2], column_kind), place_of(args[4], at_kind)
        found = []
        for r in range(4):
            row = place_of(builder.extract_value(args[1], r), rows_kind.dtype)
            four = builder.load(at_place(0, row, column))
            four.align = 8
            found.append(four)
        for step in (1, 2):  # swaps what lies off the diagonal, in blocks of 1, then of 2
            for r in range(4):
                if not r & step:
                    found[r], found[r + step] = _swapped(builder, found[r], found[r + step], step)
        for c, four in enumerate(found):
            line = builder.add(column, ir.Constant(column.type, c))
            builder.store(four, at_place(3, line, at)).align = 8
        return context.get_dummy_value()

    return types.void(matrix, rows, column, lines, at), generate


def _swapped(builder: Any, low: Any, high: Any, step: int) -> tuple[Any, Any]:
    first = [4 + i - step if i & step else i for i in range(4)]
    second = [4 + i if i & step else i + step for i in range(4)]
    kind = ir.VectorType(ir.IntType(32), 4)
    return tuple(
        builder.shuffle_vector(low, high, ir.Constant(kind, mask)) for mask in (first, second)
    )
