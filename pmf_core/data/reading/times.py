"""When things were rated: seconds, fractions of them, days as numbers, years, dates as texts."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

_DAY = 86_400
_EXCEL_EPOCH = 25_569
"""Days from Excel's first to 1970."""
_FORMATS = (
    "%Y/%m/%d", "%Y/%m/%d %H:%M:%S", "%d.%m.%Y", "%d %b %Y", "%d-%b-%Y", "%b %d, %Y", "%B %d, %Y",
    "%d %B %Y", "%m %d, %Y", "%a %b %d %H:%M:%S %z %Y",
)  # fmt: skip
"""Of dates beside ISO 8601; Amazon, Goodreads and MovieLens among who writes them."""
_AMBIGUOUS = (("%m/%d/%Y", "%d/%m/%Y"), ("%m-%d-%Y", "%d-%m-%Y"))
"""Of which only the data can tell the month first from the day first."""


def seconds_of_numbers(number: NDArray[np.float64]) -> tuple[NDArray[np.float64] | None, str]:
    """Return finite numbers as seconds since 1970, or None for what is no time, and a note."""
    low, high = number.min(), number.max()
    if (number % 1 == 0).all():
        if 1900 <= low and high <= 2100:
            years = (number - 1970).astype("datetime64[Y]").astype("datetime64[s]")
            return years.astype(np.float64), "The times are years, read as their first day."
        if 19_000_101 <= low and high <= 21_001_231:
            days = pd.to_datetime(
                pd.Series(number.astype(np.int64).astype(str)), format="%Y%m%d", errors="coerce"
            )
            if not days.isna().any():
                found = days.to_numpy("datetime64[s]").astype(np.float64)
                return found, f"The times are days, such as {number[0]:.0f}."
    if 20_000 <= low and high < 80_000 and low != high:
        first = str(np.datetime64(int((number[0] - _EXCEL_EPOCH) * _DAY), "s"))[:10]
        note = f"The times are days as Excel counts them: {number[0]:g} is {first}."
        return (number - _EXCEL_EPOCH) * _DAY, note
    size = np.abs(number).max()
    for limit, unit in ((1e11, 1), (1e14, 1e3), (1e17, 1e6), (9e18, 1e9)):
        if size <= limit:
            return number // unit, ""
    return None, ""


def seconds_of_texts(texts: pd.Series) -> tuple[NDArray[np.int64] | None, pd.Series, str]:
    """Return dates as seconds since 1970 UTC, which are none, and a note.

    All are in one format: ISO 8601, or one of those that people and sites have.
    """
    dates = pd.to_datetime(texts, format="ISO8601", utc=True, errors="coerce")
    if dates.isna().all():
        for form in _FORMATS:
            found = pd.to_datetime(texts, format=form, utc=True, errors="coerce")
            if not found.isna().any():
                return _seconds(found), found.isna(), ""
        for forms in _AMBIGUOUS:
            read = [pd.to_datetime(texts, format=f, utc=True, errors="coerce") for f in forms]
            whole = [found for found in read if not found.isna().any()]
            if len(whole) == 2 and not whole[0].equals(whole[1]):
                note = f"{texts.iloc[0]!r} may have its month or its day first"
                return None, dates.isna(), note
            if whole:
                return _seconds(whole[0]), whole[0].isna(), ""
    if dates.isna().any():
        return None, dates.isna(), ""
    return _seconds(dates), dates.isna(), ""


def _seconds(dates: pd.Series) -> NDArray[np.int64]:
    return dates.dt.tz_localize(None).to_numpy("datetime64[s]").astype(np.int64)
