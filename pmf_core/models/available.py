"""Which ingredients of a model the ratings at hand can feed."""

from dataclasses import replace

import numpy as np

from pmf_core.data import Ratings
from pmf_core.models.config import PMFConfig
from pmf_core.models.features import side_columns
from pmf_core.models.links import MAX_LEVELS


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
    n_levels = len(np.unique(ratings.rating))
    if config.link == "ordinal" and not 3 <= n_levels <= MAX_LEVELS:
        changes |= {"link": "identity", "cut_points": "shared", "alpha": None}
        notes.append(
            f"No ordinal link: it takes 3 to {MAX_LEVELS} different ratings and these have "
            f"{n_levels}, so the noise is learned under an identity link instead."
        )
    if config.effects and ratings.timestamp is None:
        changes["effects"] = ()
        notes.append(
            f"No effects of {' and '.join(config.effects)}: these ratings have no timestamps."
        )
    wanted = {"user": ("user",), "item": ("item",), "both": ("user", "item")}.get(
        config.side_info, ()
    )
    frames = {"user": ratings.user_features, "item": ratings.item_features}
    found = [side for side in wanted if side_columns(frames[side])]
    if len(found) < len(wanted):
        changes["side_info"] = found[0] if found else "none"
        missing = " and ".join(side for side in wanted if side not in found)
        notes.append(f"No side information of {missing}s: these ratings come with no such columns.")
    return replace(config, **changes) if changes else config, tuple(notes)
