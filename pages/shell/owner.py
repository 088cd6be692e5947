"""Whose fits, runs and tables are: each visitor's own, unless the server is one person's."""

import hashlib
import secrets
from collections.abc import Iterable
from typing import Protocol

import streamlit as st

from pages.shell import hosts
from pages.shell.middleware import key_of
from pmf_core.support.identifiers import OF_SERVER

_SESSION_KEY = "visitor_key"


class Owned(Protocol):
    """A job or a run."""

    @property
    def owner(self) -> str:
        """Whose it is; empty where everybody may change it."""


def visitor() -> str:
    """Return who looks at the page; empty where the server is open and all is one person's.

    Not the key in the cookie but its digest: what is stored, shown or exported gives no one away.
    """
    headers = _headers()
    if hosts.is_open(headers):
        return ""
    key = key_of(headers)
    if key is None:  # no cookies here: the key lasts as long as the session
        key = st.session_state.setdefault(_SESSION_KEY, secrets.token_urlsafe(32))
    return hashlib.sha256(key.encode()).hexdigest()[:32]


def lasting() -> str:
    """Return who looks at the page if their browser keeps who they are; else nothing."""
    me = visitor()
    return "" if _SESSION_KEY in st.session_state else me


def owns(thing: Owned) -> bool:
    """Return whether the visitor may change a job or a run.

    What has no owner was made while the server was open; visitors only look at it. What the server
    has made, nobody changes.
    """
    return thing.owner != OF_SERVER and visitor() in ("", thing.owner)


def mine[Thing: Owned](things: Iterable[Thing]) -> list[Thing]:
    """Return those of some jobs or runs that lists show: one's own, and the server's."""
    me = visitor()
    return [thing for thing in things if me in ("", thing.owner) or thing.owner == OF_SERVER]


def note() -> None:
    """Say to a visitor without cookies what that means."""
    visitor()  # gives them a key, also where nothing has asked yet who they are
    if _SESSION_KEY in st.session_state:
        st.sidebar.caption(
            ":material/cookie_off: Your browser keeps no cookie of this site, so what you start is "
            "yours until this page is closed or reloaded; its address shows it from then on."
        )


def _headers() -> dict[str, str]:
    return {name.lower(): value for name, value in st.context.headers.to_dict().items()}
