"""The idea in five numbers: a rating is the dot product of a taste and a profile.

The numbers are those of the PyMC example's section "Formalization".
"""

from collections.abc import Sequence

import pandas as pd

from pmf_core.data.world import FEATURES

USER = (0.5, 0.1, 1.5, 1.1, 0.3)
ITEM = (0.5, 1.5, 1.25, 0.8, 0.9)


def dot_product_terms(user: Sequence[float] = USER, item: Sequence[float] = ITEM) -> pd.DataFrame:
    """Return the terms of ``U_i . V_j``: feature, user, item, product; they add up to the rating.

    Raises
    ------
    ValueError
        If there is not one number for each of `FEATURES` on both sides.
    """
    if not len(user) == len(item) == len(FEATURES):
        raise ValueError(
            f"user has {len(user)} numbers and item {len(item)}; give each {len(FEATURES)}, one "
            f"for each of {', '.join(FEATURES)}"
        )
    frame = pd.DataFrame({"feature": FEATURES, "user": user, "item": item})
    return frame.assign(product=frame["user"] * frame["item"])


def predicted(user: Sequence[float] = USER, item: Sequence[float] = ITEM) -> float:
    """Return ``U_i . V_j``, the rating that `dot_product_terms` add up to."""
    return float(dot_product_terms(user, item)["product"].sum())
