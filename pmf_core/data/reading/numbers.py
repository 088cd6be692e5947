"""Numbers as tables write them: what is one, what could be two, which are ratings."""

import re

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pmf_core.data.limits import LARGEST_RATING, shown
from pmf_core.support.numbers import figure

_NUMBER = r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?"
"""Of this alphabet alone: others have digits too, and Python reads 1_0 as ten."""
_THOUSANDS = r"[+-]?[1-9][0-9]{0,2},[0-9]{3}"
"""A comma here may set off thousands, or decimals."""


def parse_numbers(texts: pd.Series, decimal_comma: bool = False) -> NDArray[np.float64]:
    """Return texts as numbers, nan where they are none."""
    if decimal_comma:
        texts = texts.str.replace(",", ".", regex=False)
    is_number = texts.str.fullmatch(_NUMBER).to_numpy(bool)
    return texts.where(is_number, "nan").to_numpy(object).astype(np.float64)


def is_number(text: str, decimal_comma: bool = False) -> bool:
    """Tell whether a text is a number."""
    text = text.strip().replace(",", ".") if decimal_comma else text.strip()
    return re.fullmatch(_NUMBER, text) is not None


def doubtful_commas(texts: pd.Series) -> tuple[NDArray[np.bool_], str]:
    """Return which numbers of a table with decimal commas can be read in two ways, and a rule.

    ``1,000`` is 1 or a thousand. Another number of the column that has other than three decimals
    settles it; a decimal point beside the commas does not.
    """
    comma = texts.str.contains(",", regex=False).to_numpy(bool)
    thousands = texts.str.fullmatch(_THOUSANDS).to_numpy(bool)
    if thousands.any() and (thousands == comma).all():
        return (
            thousands,
            "1 or 1000 rather than 1,000, as its comma may set off decimals or thousands",
        )
    point = texts.str.contains(".", regex=False).to_numpy(bool)
    if comma.any() and point.any():
        return point & ~comma, "written like the others, whose decimals follow a comma"
    return np.zeros(len(texts), bool), ""


def note_of_commas(texts: pd.Series) -> tuple[str, ...]:
    """Return how numbers were read that elsewhere would be thousands."""
    thousands = texts[texts.str.fullmatch(_THOUSANDS).to_numpy(bool)]
    if thousands.empty:
        return ()
    value = figure(float(thousands.iloc[0].replace(",", ".")))
    return (f"{shown(thousands.iloc[0])} was read as {value}: commas set off decimals.",)


def rule_of_size(values: NDArray[np.float64]) -> str:
    """Return what ratings must be, with what the too large ones among `values` are likely to be."""
    size = np.abs(values[np.abs(values) > LARGEST_RATING]).min()
    likely = "an identifier or a time" if size < 1e15 else "damage"
    if 1e8 <= size < 1e14 and size % 1 == 0:
        likely = "a time, in seconds or milliseconds"
    return (
        f"from {-LARGEST_RATING:,.0f} to {LARGEST_RATING:,.0f} (this looks like {likely}; name "
        "the columns user,item,rating,timestamp in a header, or put them in that order)"
    )


def has_decimal_commas(texts: pd.Series) -> bool:
    """Tell whether numbers can only be read with a comma that sets off decimals."""
    comma = texts.str.contains(",", regex=False).to_numpy(bool)
    decimal = texts.str.fullmatch(r"[+-]?[0-9]+,(?:[0-9]{1,2}|[0-9]{4,})").to_numpy(bool)
    point = texts.str.contains(".", regex=False).to_numpy(bool)
    return bool(comma.any() and (comma == decimal).all() and not point.any())


def as_integers(texts: pd.Series) -> NDArray[np.int64] | None:
    """Return whole numbers of 64 bits as a computer writes them, ``1.0`` among them, or None."""
    plain = texts.str.replace(r"\.0+$", "", regex=True)
    if not plain.str.fullmatch(r"(?:0|-?[1-9][0-9]{0,17})").all():
        return None
    return plain.to_numpy(object).astype(np.int64)
