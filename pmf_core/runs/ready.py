"""A run that is there before anybody has sampled one: its recipe, and where it is kept.

It belongs to the server. Every visitor sees it, none may rename or delete it, and it counts against
nobody's room.
"""

import hashlib
from contextlib import suppress

from pmf_core.data.ratings import Ratings
from pmf_core.data.split import Split, split_ratings
from pmf_core.evaluation.tour.base import LENGTH, SAMPLED
from pmf_core.fits.by_gibbs import sample_gibbs
from pmf_core.runs.recipe import describe_source, describe_split
from pmf_core.runs.store import RunStore
from pmf_core.runs.stored import Run
from pmf_core.support.identifiers import OF_SERVER

NAME = "Ready example"

HELD_OUT, SEED = 0.1, 0
"""Of the split: that of somebody who has changed nothing."""


def ready_id(split: Split) -> str:
    """Return what the run is called on a split: old, so that lists end with it."""
    recipe = repr((split.id, SAMPLED, LENGTH))
    return f"00000000-ready-{hashlib.sha256(recipe.encode()).hexdigest()[:16]}"


def make_ready(store: RunStore, ratings: Ratings, source: tuple) -> Run:
    """Return the run of some ratings: fitted, unless the store has it; others of the server go.

    Parameters
    ----------
    store : RunStore
    ratings : Ratings
    source : tuple
        Names them, as of `describe_source`.

    Raises
    ------
    StoreFull
        If there is no room for it.
    OSError
        If the disk is full.
    """
    split = split_ratings(ratings, HELD_OUT, SEED)
    run_id = ready_id(split)
    found = next((run for run in store.list(OF_SERVER) if run.id == run_id), None)
    if found is None:
        fit = sample_gibbs(split, SAMPLED, **LENGTH, random_seed=0)
        lines = {
            "source": describe_source(source),
            "split": describe_split(HELD_OUT, SEED),
        }
        found = store.add(fit, NAME, run_id=run_id, owner=OF_SERVER, **lines)
    for run in store.list(OF_SERVER):
        if run.id != run_id:  # of an earlier recipe, or of ratings that were out of reach
            with suppress(OSError):
                store.delete(run)
    return found
