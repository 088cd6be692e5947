"""Names of what is stored: in the order in which it was made, and not to be guessed."""

import secrets
from datetime import UTC, datetime


def new_identifier(number: int | None = None) -> str:
    """Return a name for a run, a job or a sweep: when it was made, and 128 random bits.

    Whoever has the name may see what it names, so the random part is as long as a key.

    Parameters
    ----------
    number : int, optional
        Orders what is made in the same second.
    """
    stamp = datetime.now(UTC).strftime("%Y%m%d-%H%M%S")
    order = [] if number is None else [f"{number:03}"]
    return "-".join([stamp, *order, secrets.token_hex(16)])
