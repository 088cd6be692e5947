"""How sentences write numbers."""

from math import isnan

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
