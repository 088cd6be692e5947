"""What is no delimited text and still a table of ratings: records, frames, the Netflix layout."""

import io
import json
import re
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pmf_core.data.limits import MAX_BYTES, MAX_CELLS, MAX_MATRIX_COLUMNS, shown
from pmf_core.data.reading.grid import Grid
from pmf_core.data.reading.unpack import told

if TYPE_CHECKING:
    import pyarrow as pa

_NETFLIX = re.compile(rb"[0-9]+:[ \t]*\n")
_BATCH = 50_000
_MARKUP = {
    b"<?xml": "XML, as MyAnimeList exports it; convert it to CSV",
    b"<!doc": "a web page; save the table itself as CSV",
    b"<html": "a web page; save the table itself as CSV",
    b"%%mat": "a MatrixMarket file; write its entries as CSV: user,item,rating",
    b"{'": "records as Python prints them; write each as JSON, or all as CSV",
}
"""First characters of what is often taken for a table, what it is, and what to do."""


def read_records(name: str, text: bytes, notes: tuple[str, ...]) -> Grid | None:
    """Read JSON, the Netflix layout, or nothing: None for what is delimited text.

    Raises
    ------
    ValueError
        If it is damaged, or of a kind that is known and not read.
    """
    text = text.lstrip()
    for start, what in _MARKUP.items():
        if text[:5].lower().startswith(start):
            raise ValueError(f"{name}: this is {what}")
    if _NETFLIX.match(text):
        return _netflix(name, text, notes)
    if text.startswith(b"{"):
        return _from_json(name, (line for line in text.split(b"\n")), notes)
    if re.match(rb"\[\s*\{", text):
        try:
            records = json.loads(text, parse_float=str, parse_int=str)
        except (ValueError, RecursionError):
            return None
        return _from_json(name, records, notes)
    return None


def read_parquet(name: str, raw: bytes) -> Grid:
    """Read Parquet whose declared and whose real size are within the limits."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        kinds = pq.read_schema(io.BytesIO(raw))
        texts = [each.name for each in kinds if pa.types.is_string(each.type)]
        # A text that a million rows share is there once, and stays so.
        file = pq.ParquetFile(io.BytesIO(raw), read_dictionary=texts)
        about = file.metadata
        groups = [about.row_group(at) for at in range(about.num_row_groups)]
        size = sum(group.total_byte_size for group in groups)
        _require_size(name, about.num_rows, len(file.schema_arrow), size)
        frames, used = [], 0
        for batch in file.iter_batches(_BATCH, use_threads=False):
            used += batch.nbytes + sum(map(_written_out, batch.columns))
            _require_size(name, about.num_rows, len(kinds), used)
            frames.append(batch.to_pandas(ignore_metadata=True))
    except _TooLarge:
        raise
    except (pa.ArrowException, OSError, EOFError, ValueError) as error:
        raise ValueError(f"{name}: damaged Parquet file ({told(error)}); write it again") from error
    if not frames:
        raise ValueError(f"{name}: the file has no ratings; give one row per rating")
    return of_frame(pd.concat(frames, ignore_index=True), name)


def _written_out(column: "pa.Array") -> int:
    """Return the bytes of texts that rows share, as a file without sharing has them."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if not pa.types.is_dictionary(column.type):
        return 0
    lengths = pc.cast(pc.binary_length(column.dictionary), pa.int64())
    return pc.sum(lengths.take(column.indices)).as_py() or 0


class _TooLarge(ValueError):
    """A table is beyond the limits."""


def _require_size(name: str, rows: int, columns: int, size: int) -> None:
    if rows * columns > MAX_CELLS or columns > MAX_MATRIX_COLUMNS or size > MAX_BYTES:
        raise _TooLarge(
            f"{name}: the table has {rows:,} rows of {columns:,} columns in {size:,} bytes; "
            f"at most {MAX_CELLS:,} cells, {MAX_MATRIX_COLUMNS:,} columns and {MAX_BYTES:,} bytes "
            "can be read, so give a part of it"
        )


def of_frame(frame: pd.DataFrame, name: str = "ratings") -> Grid:
    """Return a frame as cells; an index that has a name is a column of it.

    Raises
    ------
    ValueError
        If it has no rows, or is too large.
    """
    if any(frame.index.names):
        frame = frame.reset_index()
    _require_size(name, len(frame), frame.shape[1], 0)
    if frame.empty:
        raise ValueError(f"{name}: the table has no rows; give one row per rating")
    fields = ["" if str(field) == "nan" else str(field) for field in frame.columns]
    columns = [_texts(frame.iloc[:, at]) for at in range(frame.shape[1])]
    cells = pd.DataFrame(dict(enumerate(columns)), index=np.arange(1, len(frame) + 1), dtype=str)
    return Grid(name, fields, True, cells)


def _texts(values: pd.Series) -> NDArray[np.object_]:
    """Return values as they would stand in a file; what is missing is empty."""
    empty = values.isna().to_numpy(bool)
    if pd.api.types.is_datetime64_any_dtype(values):
        texts = values.map(lambda value: "" if pd.isna(value) else value.isoformat())
    else:
        texts = values.astype(object).map(str)
    return np.where(empty, "", texts.to_numpy(object))


def _from_json(name: str, records: object, notes: tuple[str, ...]) -> Grid:
    columns: dict[str, list[str]] = {}
    nested: set[str] = set()
    rows, n_read = [], 0
    for row, record in enumerate(records, 1):
        if isinstance(record, bytes):
            if not record.strip():
                continue
            record = _loaded(name, row, record)
        if not isinstance(record, dict):
            raise ValueError(
                f"{name}, record {row}: it is no JSON object; give one object per rating"
            )
        for key, value in record.items():
            if isinstance(value, dict | list):
                nested.add(key)
            elif value is not None:
                column = columns.setdefault(key, [])
                column.extend([""] * (n_read - len(column)))
                column.append(str(value))
        rows.append(row)
        n_read += 1
        if n_read * len(columns) > MAX_CELLS or len(columns) > MAX_MATRIX_COLUMNS:
            _require_size(name, n_read, len(columns), 0)
    for key in nested:
        columns.pop(key, None)
        notes += (f"Column {shown(key)} was left out: its values are lists or objects.",)
    for column in columns.values():
        column.extend([""] * (n_read - len(column)))
    cells = pd.DataFrame(dict(enumerate(columns.values())), index=rows, dtype=str)
    return Grid(name, list(columns), True, cells, notes=notes)


def _loaded(name: str, row: int, line: bytes) -> object:
    try:
        return json.loads(line, parse_float=str, parse_int=str)
    except (ValueError, RecursionError) as error:
        raise ValueError(
            f"{name}, row {row}: the first row is JSON and this is none; give one object a line, "
            "or a table as CSV"
        ) from error


def _netflix(name: str, text: bytes, notes: tuple[str, ...]) -> Grid:
    """Read blocks of user,rating,date under lines that name the movie, such as ``1:``."""
    lines = pd.Series(text.decode().split("\n")).str.strip()
    is_movie = lines.str.fullmatch(r"[0-9]+:")
    movie = lines.where(is_movie).ffill().str[:-1]
    kept = ~is_movie & (lines != "")
    parts = lines[kept].str.split(",", expand=True)
    if parts.shape[1] not in (2, 3) or parts.isna().to_numpy().any():
        raise ValueError(
            f"{name}: this is the Netflix layout (1: above the ratings of movie 1), but its rows "
            "are not all user,rating,date; correct them, or give user,item,rating,date in each row"
        )
    cells = pd.DataFrame({0: parts[0], 1: movie[kept], 2: parts[1]})
    fields = ["user", "movie_id", "rating"]
    if parts.shape[1] == 3:
        cells[3], fields = parts[2], [*fields, "date"]
    cells.index = np.flatnonzero(kept) + 1
    return Grid(name, fields, True, cells, notes=notes)
