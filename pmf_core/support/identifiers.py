"""Names of what is stored: in the order in which it was made, and not to be guessed."""

import secrets
from datetime import UTC, datetime


def new_identifier() -> str:
    """Return a name for a run, a job or a sweep: when it was made, and 128 random bits.

    The time has microseconds, so that what is made in the same second keeps its order. Whoever
    has the name may see what it names, so the random part is as long as a key.
    """
    return f"{datetime.now(UTC):%Y%m%d-%H%M%S-%f}-{secrets.token_hex(16)}"
