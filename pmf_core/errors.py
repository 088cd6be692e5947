"""Error messages in one form: the value, the rule, the next step."""

from typing import Any


def require(valid: bool, name: str, value: Any, rule: str) -> None:
    """Raise ValueError ``name is value; it must be rule`` unless `valid`."""
    if not valid:
        raise ValueError(f"{name} is {value!r}; it must be {rule}")
