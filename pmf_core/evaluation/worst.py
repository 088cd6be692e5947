"""The prediction on which chains agree least: whose it is, and its own trace."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from pmf_core.evaluation.diagnosis import diagnose
from pmf_core.fits.fit import Fit


@dataclass(frozen=True)
class Worst:
    """A monitored held-out prediction."""

    user_id: object
    item_id: object
    title: str
    """Of the item."""
    n_user: int
    n_item: int
    """Training ratings of the user, and of the item."""
    rating: float
    """Given, in stars."""
    predicted: float
    sd: float
    """Mean and sd of the draws of the mean rating, in stars."""
    r_hat: float
    ess: float
    """Of their bulk."""
    monitored: int
    """Predictions among which it is the worst."""
    trace: pd.DataFrame
    """chain, draw (from 1), prediction (stars)"""


def worst_prediction(fit: Fit) -> Worst | None:
    """Return the monitored prediction of the largest r_hat and, of several, the smallest ess.

    None where draws are too few to tell.

    Raises
    ------
    ValueError
        If the fit is a point estimate.
    """
    table = diagnose(fit)
    table = table[(table["quantity"] == "prediction") & table["r_hat"].notna()]
    if table.empty:
        return None
    at = np.lexsort((table["ess_bulk"].fillna(0), -table["r_hat"]))[0]
    row, split = table.iloc[at], fit.split
    test, train, pair = split.test, split.train, int(row["pair"])
    user, item = test.user_idx[pair], test.item_idx[pair]
    draws = fit.idata["predictions"].dataset["prediction"].sel(pair=pair)
    trace = draws.transpose("chain", "draw").to_dataframe().reset_index()
    trace = trace.assign(draw=trace["draw"] + 1)[["chain", "draw", "prediction"]]
    return Worst(
        user_id=train.user_ids[user],
        item_id=train.item_ids[item],
        title=str(train.titles[item]),
        n_user=int((train.user_idx == user).sum()),
        n_item=int((train.item_idx == item).sum()),
        rating=float(test.rating[pair]),
        predicted=float(row["mean"]),
        sd=float(row["sd"]),
        r_hat=float(row["r_hat"]),
        ess=float(row["ess_bulk"]),
        monitored=len(table),
        trace=trace,
    )
