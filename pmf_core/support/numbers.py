"""How sentences write numbers."""

import re
from math import isfinite, isinf, isnan

MINUS = "\N{MINUS SIGN}"
"""As charts write it, too; a hyphen is shorter, and a line may end after it."""


def figure(value: float, form: str = "g") -> str:
    """Return a number as a sentence writes it: with a true minus sign, and zero with none.

    Parameters
    ----------
    value : float
    form : str
        As of `format`.

    Returns
    -------
    str
        A dash where there is no number.
    """
    if isnan(value):
        return "—"
    text = format(value, form)
    if not any(digit in text for digit in "123456789") and "inf" not in text:
        text = text.lstrip("+-")
    return text.replace("-", MINUS)


def of_chains(value: float, form: str) -> str:
    """Return `figure` of what is known of chains: only the r_hat of one that stands is infinite."""
    return "stuck" if isinf(value) else figure(value, form)


def unlike(value: float, form: str, *limits: float) -> str:
    """Return `figure` with as many decimals as tell a number from limits that it is not.

    A sentence that calls 1.0503 "1.05, above 1.05", or 99.96 % of the pairs "100.0%", is false.

    Parameters
    ----------
    value : float
    form : str
        As of `format`, with its decimals, such as ``.2f`` or ``.0%``.
    *limits : float
        What the number is compared with.
    """
    before, decimals, kind = re.fullmatch(r"(.*)\.(\d+)(.)", form).groups()
    for more in range(9):
        finer = f"{before}.{int(decimals) + more}{kind}"
        written = figure(value, finer)
        if not isfinite(value) or all(value == x or written != figure(x, finer) for x in limits):
            break
    return written


def percent(share: float, decimals: int = 0, *limits: float) -> str:
    """Return a share in percent: none or all of something only where it is just that.

    Parameters
    ----------
    share : float
        In [0, 1].
    decimals : int
        At least so many.
    *limits : float
        Other shares with which it is compared, as in `unlike`.
    """
    return unlike(share, f".{decimals}%", 0, 1, *limits)
