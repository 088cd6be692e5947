"""What a visitor reads when something goes wrong; the details are in the server's log."""

import logging
import secrets
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

import streamlit as st
from streamlit.runtime.scriptrunner import StopException

from pages.shell import show
from pmf_core import support

LOG = logging.getLogger(__name__)

ON_PURPOSE = (ValueError, OSError, RuntimeError, MemoryError)
"""What the core raises to say something to people; RuntimeError is StoreFull, DataUnavailable."""

CORE = Path(support.__file__).parents[1]


class PageEnds(StopException):
    """Nothing more is to be drawn on this page; a script that nobody frames ends silently, too."""


def stop() -> NoReturn:
    """End the page here, which is no error; the frame around it is still drawn.

    After Streamlit's own `st.stop` nothing is.
    """
    raise PageEnds


@contextmanager
def told() -> Iterator[None]:
    """Show as text what the core refuses on purpose; the page ends there."""
    try:
        yield
    except PageEnds:
        return
    except Exception as error:
        if not _is_on_purpose(error):
            raise
        _tell(error)


def on_script_error(error: Exception) -> bool:
    """Show what was not caught anywhere: a refusal as text, anything else as an id for the log.

    Streamlit has logged the traceback just before.
    """
    if _is_on_purpose(error):
        _tell(error)
        return True
    number = secrets.token_hex(4)
    place = traceback.extract_tb(error.__traceback__)[-1]
    LOG.error(
        "error %s: %s in %s, line %s", number, type(error).__name__, place.filename, place.lineno
    )
    st.error(
        f"Something went wrong here, and it is not your doing. The server's log has it as error "
        f"`{number}`: tell that to whoever runs this server. Reload the page to go on.",
        icon=":material/error:",
    )
    return True


def _is_on_purpose(error: Exception) -> bool:
    """Return whether the core itself raised an error, for people to read."""
    if isinstance(error, MemoryError):
        return True
    place = Path(traceback.extract_tb(error.__traceback__)[-1].filename)
    return isinstance(error, ON_PURPOSE) and CORE in place.parents


def _tell(error: Exception) -> None:
    if isinstance(error, MemoryError):
        st.error(
            "That needs more memory than the server has: choose fewer factors, draws or ratings.",
            icon=":material/memory:",
        )
    else:
        st.error(show.reason(error), icon=":material/error:")
