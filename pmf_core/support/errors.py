"""Error messages in one form: the value, the rule, the next step."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from numbers import Integral
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # lists that are read before the first page import this module
    from numpy.typing import NDArray


class NotFinite(ValueError):
    """A fit that has left the range of numbers; the message says where, and what to try."""

    def __init__(self, what: str) -> None:
        """Say what is not finite."""
        super().__init__(
            f"the fit went out of the range of numbers: {what}. Every part of it must stay finite, "
            "so look for ratings far from the others, give a noise precision or a prior nearer to "
            "the defaults, or take fewer factors"
        )


@contextmanager
def staying_finite() -> Iterator[None]:
    """Turn what the numbers of a fit can end in into `NotFinite`; NumPy does not warn of it."""
    import numpy as np  # here, for the same reason

    try:
        with np.errstate(all="ignore"):
            yield
    except (ArithmeticError, np.linalg.LinAlgError) as error:
        raise NotFinite(f"{type(error).__name__}, {error}") from error


def require(valid: bool, name: str, value: Any, rule: str) -> None:
    """Raise ValueError ``name is value; it must be rule`` unless `valid`."""
    if not valid:
        raise ValueError(f"{name} is {value!r}; it must be {rule}")


def is_whole(value: Any, low: int, high: int) -> bool:
    """Return whether `value` is an integer (and no bool) from `low` to `high`."""
    return isinstance(value, Integral) and not isinstance(value, bool) and low <= value <= high


def require_within(name: str, values: "NDArray", size: int) -> None:
    """Raise ValueError unless all positions are from 0 to below `size`."""
    valid = not len(values) or (values.min() >= 0 and values.max() < size)
    require(bool(valid), name, values[:3].tolist(), f"from 0 to {size - 1}")


def check_probability(ci_prob: float) -> None:
    """Refuse what is no probability of an interval."""
    require(0 < ci_prob < 1, "ci_prob", ci_prob, "a probability between 0 and 1, such as 0.9")


def is_full(error: BaseException) -> bool:
    """Return whether a disk, or somebody's share of it, is full."""
    return isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT)
