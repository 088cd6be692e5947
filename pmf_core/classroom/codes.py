"""What opens a room: a code that people type, keys and tokens that browsers keep."""

import hashlib
import re
import secrets

ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""Characters of a code: neither 0 nor O, neither 1 nor I, which look alike."""

LENGTH = 8
"""Characters of a code: about 10^12 codes."""

_BETWEEN = re.compile(r"[\s-]+")


def new_code() -> str:
    """Return a code that nobody can guess from others."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def read_code(text: str) -> str:
    """Return the code that somebody typed: in any case, with spaces or hyphens; else nothing."""
    code = _BETWEEN.sub("", text[: 4 * LENGTH]).upper()
    return code if len(code) == LENGTH and set(code) <= set(ALPHABET) else ""


def shown(code: str) -> str:
    """Return a code as people read it: in two halves."""
    return f"{code[: LENGTH // 2]}-{code[LENGTH // 2 :]}"


def new_secret() -> str:
    """Return a key of a teacher, or a token of a member: 128 random bits."""
    return secrets.token_urlsafe(16)


def digest(secret: str) -> str:
    """Return what is stored of a secret; of so many random bits it needs no salt."""
    return hashlib.sha256(secret.encode()).hexdigest()
