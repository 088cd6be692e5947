"""Names of what is stored: in the order in which it was made, and not to be guessed."""

import secrets
from datetime import UTC, datetime, timedelta
from threading import Lock

OF_SERVER = "server"
"""Owner of what the server has made by itself; no visitor is called so."""

_turn = Lock()
_last = datetime.min.replace(tzinfo=UTC)


def new_identifier() -> str:
    """Return a name for a run, a job or a sweep: when it was made, and 128 random bits.

    The time has microseconds and is later than in every name before of this process, also where
    the clock stands still or is set back. Whoever has the name may see what it names, so the
    random part is as long as a key.
    """
    global _last
    with _turn:
        _last = max(datetime.now(UTC), _last + timedelta(microseconds=1))
        return f"{_last:%Y%m%d-%H%M%S-%f}-{secrets.token_hex(16)}"
