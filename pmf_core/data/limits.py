"""What ratings of one's own may be: every limit is stated here, with the reason for it."""

MAX_BYTES = 300_000_000
"""Of a table, unpacked. Reading takes up to thirteen times as much memory: 4 GB at this limit."""
MAX_RATIO = 100
"""To how many times its size a packed file may unpack; tables unpack to three to ten times."""
FREE_BYTES = 10_000_000
"""Up to this size a packed file may unpack to any number of times its own."""
MAX_XZ_MEMORY = 200_000_000
"""Bytes that unpacking xz may take; its strongest ordinary setting takes 65 MB."""
MAX_MEMBERS = 1_000
"""Files of an archive."""
MAX_CELLS = 60_000_000
"""Rows times columns of a table; a short one takes 46 bytes of memory: 3 GB at this limit."""
MAX_NAMES = 2_000_000
"""Users, or items."""
MAX_COLUMNS = 200
MAX_MATRIX_COLUMNS = 20_000
"""Of a table with a row for each user and a column for each item."""
MAX_LINE = 100_000
"""Bytes of a line; what has longer ones is no table, and slow to find that out about."""
MAX_FIELD_LINES = 100
"""Lines of a quoted field; what has more is a quote that was never closed."""
MAX_TEXT = 1_000
"""Characters of an identifier, of a title, and of what a column is called."""
MAX_SHOWN = 80
"""Characters of a cell that a message quotes."""

LARGEST_RATING = 1e6
"""In size; what is larger is a time or an identifier, and its square leaves single precision."""
SMALLEST_SPAN = 1e-3
"""From the lowest to the highest rating that can be given."""


def shown(value: object) -> str:
    """Return a value as a message quotes it: cut, and with marks that are not seen spelled out."""
    text = str(value)
    text = text if len(text) <= MAX_SHOWN else text[: MAX_SHOWN - 1] + "…"
    return repr(text) if isinstance(value, str) else text
