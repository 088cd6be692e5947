"""MovieLens 100K as the `recbole` wheel carries it, turned into the files of `ml100k`.

Only data is read from the wheel; nothing of it is installed or run. Its tables have the same rows
in the same order, in UTF-8, with a header. Two things of u.item are not in it: the date of a
release (its place is taken by the first day of the year in the title) and each movie's address.
"""

import csv
import io
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

from pmf_core.data.sources.ml100k import ENCODING, GENRES

_WITHIN = "recbole/dataset_example/ml-100k/ml-100k."


def unpack(wheel: Path, folder: Path) -> Path:
    """Write u.data, u.item and u.user of `wheel` to the new folder `folder`, and return it.

    Raises
    ------
    KeyError
        If the wheel lacks a table or a table lacks a column.
    """
    folder.mkdir()
    with zipfile.ZipFile(wheel) as files:
        _write(folder / "u.data", "\t", map(_pair_fields, _rows(files, "inter")))
        _write(folder / "u.item", "|", map(_item_fields, _rows(files, "item")))
        _write(folder / "u.user", "|", map(_user_fields, _rows(files, "user")))
    return folder


def _rows(files: zipfile.ZipFile, table: str) -> Iterator[dict[str, str]]:
    text = files.read(_WITHIN + table).decode("utf-8")
    header, *lines = csv.reader(io.StringIO(text), delimiter="\t", quoting=csv.QUOTE_NONE)
    names = [name.split(":")[0] for name in header]  # the header says name:type
    return (dict(zip(names, line, strict=True)) for line in lines)


def _pair_fields(row: dict[str, str]) -> list[str]:
    return [row[name] for name in ("user_id", "item_id", "rating", "timestamp")]


def _item_fields(row: dict[str, str]) -> list[str]:
    # The wheel cuts off the last brackets of a title as its year; one title ends "(1995) (V)".
    title = f"{row['movie_title']} ({row['release_year']})"
    years = re.findall(r"\((\d{4})\)", title)
    genres = row["class"].split()
    return [
        row["item_id"],
        title if years else "unknown",  # u.item has one movie with neither name nor date
        f"01-Jan-{years[-1]}" if years else "",
        "",
        "",
        *("1" if genre in genres else "0" for genre in GENRES),
    ]


def _user_fields(row: dict[str, str]) -> list[str]:
    return [row[name] for name in ("user_id", "age", "gender", "occupation", "zip_code")]


def _write(path: Path, separator: str, rows: Iterator[list[str]]) -> None:
    lines = (separator.join(row) + "\n" for row in rows)
    path.write_text("".join(lines), encoding=ENCODING, newline="")
