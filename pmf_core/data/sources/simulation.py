"""What sources of simulated ratings have in common: a function, and its arguments of a choice."""

from __future__ import annotations

from collections.abc import Callable
from pkgutil import resolve_name
from typing import Any

from pmf_core.data.sources.base import Parameter, Source


def simulation(
    function: str,
    arguments: Callable[..., dict[str, Any]],
    parameters: tuple[Parameter, ...],
    **words: str,
) -> Source:
    """Return the source of what a function draws.

    Parameters
    ----------
    function : str
        Its module and name, such as ``simulate:simulate_ratings``; public, and slow to import.
    arguments : callable
        Called with the value of each parameter; returns what the function is given, by name:
        ``n_ratings`` among it.
    parameters : tuple of Parameter
    **words : str
        `Source.key`, `Source.label` and `Source.help`.
    """

    def load(*values: Any) -> Any:
        return resolve_name(f"pmf_core.data.{function}")(**arguments(*values))

    def as_python(*values: Any) -> str:
        given = ", ".join(f"{name}={value!r}" for name, value in arguments(*values).items())
        return f"pmf.{function.partition(':')[2]}({given})[0]"

    return Source(
        **words,
        load=load,
        as_python=as_python,
        n_ratings=lambda *values: arguments(*values)["n_ratings"],
        parameters=parameters,
    )
