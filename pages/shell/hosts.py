"""Which names this server answers to, and whether whoever asks sits at this machine."""

import ipaddress
import os
import re
from collections.abc import Mapping

from streamlit import config

ALLOWED = "PMF_ALLOWED_HOSTS"
"""Names, beside those of this machine itself, by which browsers may ask; commas between them."""

PUBLIC = "PMF_PUBLIC_URL"
"""Where browsers find this server, such as https://films.example.org; by default as they ask."""

_PUBLIC = re.compile(r"https?://[A-Za-z0-9._\[\]:-]+(/[A-Za-z0-9._~/-]*)?", re.ASCII)

FORWARDED = re.compile(
    r"forwarded|via|true-client-ip|x-(forwarded|real|client|original|envoy|amz|azure|cloud)\b.*"
    r"|x-amzn-.*|(cf|fly|fastly|cdn)-.*"
)
"""Headers by which a proxy says that it asks for somebody else."""

_HOST = re.compile(r"(?:\[([0-9a-f:.]+)\]|([a-z0-9._-]+))(?::[0-9]{1,5})?", re.ASCII)


def name_of(host: str) -> str:
    """Return the name in a Host header, without its port; empty where it is none."""
    found = _HOST.fullmatch(host.strip().lower())
    return "" if found is None else (found[1] or found[2]).rstrip(".")


def is_loopback(name: str) -> bool:
    """Return whether a name stands for this machine itself, wherever it is asked."""
    if name == "localhost":
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


def extra() -> list[str]:
    """Return the names that the operator lists: such as example.org, *.example.org or *."""
    return [name.strip().lower() for name in os.environ.get(ALLOWED, "").split(",") if name.strip()]


def is_allowed(host: str) -> bool:
    """Return whether the server answers a request with this Host header.

    A page of another site can have its name point here (DNS rebinding): it then asks by that name.
    """
    name = name_of(host)
    return is_loopback(name) or any(
        name == each or (each.startswith("*") and name != "" and name.endswith(each[1:]))
        for each in extra()
    )


def is_open(headers: Mapping[str, str]) -> bool:
    """Return whether a request comes from this machine, so that everything is one person's.

    Parameters
    ----------
    headers : mapping of str to str
        By their names in lower case. None at all is no request: a script that runs by itself.
    """
    if not headers:
        return True
    origin = headers.get("origin", "")
    return (
        is_served_locally()
        and not extra()
        and is_loopback(name_of(headers.get("host", "")))
        and (not origin or is_loopback(name_of(origin.partition("://")[2])))
        and not any(FORWARDED.fullmatch(name) for name in headers)
    )


def is_served_locally() -> bool:
    """Return whether the server's port is there for this machine alone."""
    return is_loopback(str(config.get_option("server.address") or "").strip("[]").lower())


def public_url() -> str:
    """Return where the operator says that this server is found, without a slash at its end.

    Empty where they do not say, or what they say is no address.
    """
    given = os.environ.get(PUBLIC, "").strip()
    return given.rstrip("/") if _PUBLIC.fullmatch(given) else ""
