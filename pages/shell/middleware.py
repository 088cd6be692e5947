"""What stands before every request: allowed hosts, a key for each visitor, headers for browsers."""

import os
import re
import secrets
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http.cookies import CookieError, SimpleCookie

from starlette.datastructures import MutableHeaders
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit import config
from threadpoolctl import threadpool_limits

from pages.shell import hosts

COOKIE = "pmf_visitor"
"""Holds a random key; what a visitor starts belongs to its digest, see `owner`."""

KEY = re.compile(r"[A-Za-z0-9_-]{43}")

EMBED = "PMF_EMBED_ORIGINS"
"""Sites that may show the app in a frame, such as https://example.org; commas between them."""

_ORIGIN = re.compile(r"https?://[a-z0-9*.-]+(:[0-9]+)?", re.ASCII)
_YEAR = 365 * 86_400


def policy() -> str:
    """Return the Content-Security-Policy: a page loads and asks nothing but from its own server.

    Streamlit styles its elements inline and Vega compiles expressions, so scripts and styles are
    not held to more than their origin; what a page shows of files and names is escaped.

    Raises
    ------
    ValueError
        If `EMBED` lists something else than origins.
    """
    frames = [each.strip() for each in os.environ.get(EMBED, "").lower().split(",") if each.strip()]
    for each in frames:
        if not _ORIGIN.fullmatch(each):
            raise ValueError(
                f"{EMBED} has {each!r}; it must list origins with commas between them, such as "
                "https://example.org"
            )
    return "; ".join(
        (
            "default-src 'self'",
            "script-src 'self' 'unsafe-inline' 'wasm-unsafe-eval' blob:",
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "font-src 'self' data:",
            "media-src 'self' data: blob:",
            "connect-src 'self' data: blob:",
            "worker-src 'self' blob:",
            "object-src 'none'",
            "base-uri 'self'",
            "form-action 'self'",
            " ".join(("frame-ancestors 'self'", *frames)),
        )
    )


class Guard:
    """ASGI middleware before Streamlit's own, for pages, files and the websocket alike."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.headers = {
            "Content-Security-Policy": policy(),
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "no-referrer",
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse a request, or pass it on and complete the answer."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        headers = read_headers(scope)
        why = _refusal(scope, headers)

        async def complete(message: Message) -> None:
            if message["type"] == "http.response.start":
                answer = MutableHeaders(scope=message)
                answer.update(self.headers)
                if "text/html" in headers.get("accept", ""):  # a page, also one not modified
                    _give_key(headers, answer, scope)
            await send(message)

        if why is None:
            await self.app(scope, receive, complete)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008, "reason": "host or origin"})
        else:
            await PlainTextResponse(why, 421)(scope, receive, complete)


def read_headers(scope: Scope) -> dict[str, str]:
    """Return the headers of a request by name; of one that is repeated, all values."""
    headers: dict[str, str] = {}
    for raw_name, raw_value in scope["headers"]:
        name, value = raw_name.decode("latin-1").lower(), raw_value.decode("latin-1")
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    return headers


def key_of(headers: dict[str, str]) -> str | None:
    """Return the key that a request's cookie holds, if it has the form of one."""
    try:
        cookie = SimpleCookie(headers.get("cookie", "")).get(COOKIE)
    except CookieError:
        return None
    return cookie.value if cookie is not None and KEY.fullmatch(cookie.value) else None


def _refusal(scope: Scope, headers: dict[str, str]) -> str | None:
    host = headers.get("host", "")
    if not hosts.is_allowed(host):
        name = hosts.name_of(host)[:100]
        return (
            f"This server does not answer to the name {name!r}. If it should, whoever runs it adds "
            f"that name to the environment variable {hosts.ALLOWED} and starts it again.\n"
        )
    origin = headers.get("origin")
    # Streamlit lets every page of this machine in, whatever its port, and looks up its own address
    # on the internet to compare.
    if scope["type"] == "websocket" and origin is not None:
        listed = config.get_option("server.corsAllowedOrigins")
        if origin.partition("://")[2] != host and origin not in listed:
            return "origin"
    return None


def _give_key(headers: dict[str, str], answer: MutableHeaders, scope: Scope) -> None:
    """Give a new visitor a key, unless everything here is one person's."""
    if hosts.is_open(headers) or key_of(headers) is not None:
        return
    cookie = f"{COOKIE}={secrets.token_urlsafe(32)}; Max-Age={_YEAR}; Path=/; HttpOnly"
    is_https = "https" in (scope["scheme"], headers.get("x-forwarded-proto", "").lower())
    answer.append("Set-Cookie", cookie + "; SameSite=Lax" + "; Secure" * is_https)


@asynccontextmanager
async def serving(_app: ASGIApp) -> AsyncIterator[None]:
    """Share the cores as pages need it, and say who can reach the server, if others can."""
    # Chains leave and enter Python many times in a sweep, and beside a page that draws each entry
    # waits as long as this, 5 ms by default: half of the sweeps are lost to it.
    sys.setswitchinterval(0.0002)
    # For the whole process: of several fits at once only the first could ask for it by itself.
    threadpool_limits(1, user_api="blas")
    if not hosts.is_served_locally():
        names = ", ".join(hosts.extra()) or "none but localhost, so other machines are refused"
        print(
            "  Other machines can reach this server. It answers to the names in "
            f"{hosts.ALLOWED}: {names}.\n"
            "  Whoever reaches it can upload tables and start fits; what somebody starts is theirs "
            "alone.\n"
            "  It has no sign-in and no TLS of its own: SECURITY.md says how to host it.",
            flush=True,
        )
    yield


STACK = [Middleware(Guard)]
