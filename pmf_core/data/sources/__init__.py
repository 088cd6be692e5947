"""Where ratings come from: a file for each source, and the list of them."""

from importlib import import_module

from pmf_core.data.sources.base import Source
from pmf_core.support.errors import require

FILES = (
    "movielens",
    "simulated",
    "world",
    "table",
    "grouplens",
)
"""Files of this folder that define a source, in the order of the picker."""

SOURCES: tuple[Source, ...] = tuple(import_module(f"{__name__}.{file}").SOURCE for file in FILES)
"""Every source; the first is where people start."""


def source_named(key: str) -> Source:
    """Return the source whose `Source.key` is `key`.

    Raises
    ------
    ValueError
        If there is none.
    """
    keys = [source.key for source in SOURCES]
    require(key in keys, "key", key, f"the key of a source, one of {', '.join(keys)}")
    return SOURCES[keys.index(key)]
