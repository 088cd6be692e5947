"""Which ingredients of a model the ratings at hand can feed."""

from dataclasses import replace

from pmf_core.data import Ratings
from pmf_core.models.config import PMFConfig
from pmf_core.models.ingredients import ingredients_of


def available(config: PMFConfig, ratings: Ratings) -> tuple[PMFConfig, tuple[str, ...]]:
    """Leave out of a model what these ratings lack.

    Returns
    -------
    config : PMFConfig
        What can be fitted.
    left_out : tuple of str
        What was left out and why, in sentences; empty where nothing was.
    """
    changes, notes = {}, []
    for ingredient in ingredients_of(config):
        if lack := ingredient.lacking(config, ratings):
            settings, note = lack
            changes |= settings
            notes.append(note)
    return replace(config, **changes) if changes else config, tuple(notes)
