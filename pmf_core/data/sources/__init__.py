"""Where ratings come from: a file for each source, and the list of them."""

from pmf_core.data.sources import grouplens, movielens, simulated, table, world
from pmf_core.data.sources.base import Source
from pmf_core.support.errors import require

SOURCES: tuple[Source, ...] = (
    movielens.SOURCE,
    simulated.SOURCE,
    world.SOURCE,
    table.SOURCE,
    grouplens.SOURCE,
)
"""Every source, in the order of the picker; the first is where people start."""


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
