"""Why this prediction: what each rating of somebody's moved it by, and what it is the sum of."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

from pmf_core.fits.alignment import aligned_once
from pmf_core.fits.draws import predictor_of
from pmf_core.fits.fit import Fit
from pmf_core.fits.predictor import Predictor
from pmf_core.prediction.newcomer import is_closed, newcomer_pairs
from pmf_core.prediction.own_row import STEP, OwnRow, own_rows
from pmf_core.prediction.pairs import positions
from pmf_core.prediction.recommendation import own_ratings
from pmf_core.support.numbers import figure

USUAL, STANDING = "How they rate", "What anybody thinks of it"
"""What a score is the sum of, beside the products of factors."""


def explain(
    fit: Fit,
    item_id: Any,
    ratings: Mapping[Any, float],
    *,
    at_most: int | None = None,
    random_seed: int = 0,
) -> pd.DataFrame:
    """Say what moved a prediction for somebody new: rating by rating, and factor by factor.

    A rating moved it by the difference of two posterior means: with all ratings, and with all but
    that one. Given a stored draw, with C the covariance of the row and ``v_j`` what it meets at
    item j, that is::

        v_j' C v_i g_i / (1 - a_i v_i' C v_i)

    where ``g_i`` is the slope of the log density of rating i at its score and ``a_i`` the precision
    that it adds; averaged over draws, which know nothing of the person, so that they stay what they
    are. Under an identity link with no noise of their own that is exact; elsewhere it is the same
    formula around each draw of the row, an approximation: of few ratings off by a tenth of a star
    at times. That the item is among what was rated
    counts, too, where the model has it.

    The score itself is a sum, in the axes of `align_factors`, averaged over draws: how they rate,
    what anybody thinks of the item, and the product of their factor and its own on each axis.

    Parameters
    ----------
    fit : Fit
    item_id : scalar
        Raw identifier of what is predicted.
    ratings : mapping of item_id to rating, in stars
        What they rated.
    at_most : int, optional
        Stored draws to work with, evenly spaced; all that are aligned by default.
    random_seed : int
        Of the rows that are drawn, where they have no closed form.

    Returns
    -------
    pd.DataFrame
        ``kind`` is ``rating``, the one that moved most first, then ``part``: item_id (of what was
        rated; None of a part), ``what`` (a title, or what the part is), ``rating`` (in stars; nan
        of a part), ``moved``: of a rating, posterior mean with it minus without it, in stars; of a
        part, what it adds to the score, in stars under an identity link and else in units of the
        score. Attr ``mean`` is the posterior mean of the rating, in stars, not clipped to the
        scale; ``score`` that of the score, in the unit of parts; ``is_exact`` and
        ``in_stars`` whether what ratings moved is exact, and whether that unit is stars.

    Raises
    ------
    ValueError
        If an item is unknown, or a rating breaks its rule.

    References
    ----------
    Cook & Weisberg (1982), Residuals and influence in regression, sec 3.4: a fit without one of
    its cases, from the fit with all of them.
    """
    train = fit.split.train
    [at] = positions("item_id", np.array([item_id]), train.item_ids)
    rated, rating = own_ratings(fit, ratings)
    aligned, predictor = aligned_once(fit), predictor_of(fit)
    positions_of = np.flatnonzero(fit.idata["posterior"].dataset["draw"].isin(aligned["draw"]))
    every = 1 if at_most is None else -(-len(positions_of) * aligned.sizes["chain"] // at_most)
    axes = aligned.isel(draw=slice(None, None, every))
    draws = positions_of[::every].tolist()
    moved, mean, parts = np.zeros(len(rated)), 0.0, np.zeros(2 + aligned.sizes["factor"])
    places = list(np.ndindex(axes.sizes["chain"], axes.sizes["draw"]))
    some = newcomer_pairs(fit, np.array([at]))
    rows = own_rows(fit, rated, rating, random_seed, draws=draws)
    for (chain, draw), own in zip(places, rows, strict=True):
        moved += _moved(predictor, own, rated, rating / fit.unit, at)
        mean += predictor.mean(own.state, some, own.score[[at]], own.spread()[[at]])[0]
        parts += _parts(axes.isel(chain=chain, draw=draw), own, at, predictor)
    n_draws = len(places)
    unit = fit.unit if predictor.link == "identity" else 1.0
    moved, parts = moved / n_draws * fit.unit, parts / n_draws * unit
    order = np.argsort(-np.abs(moved), kind="stable")
    labels = [USUAL, STANDING, *(f"Axis {k + 1}" for k in range(len(parts) - 2))]
    by_rating = pd.DataFrame(
        {
            "kind": "rating",
            "item_id": train.item_ids[rated[order]].astype(object),
            "what": train.titles[rated[order]],
            "rating": rating[order],
            "moved": moved[order],
        }
    )
    by_part = pd.DataFrame(
        {"kind": "part", "item_id": None, "what": labels, "rating": np.nan, "moved": parts}
    )
    frame = by_part if by_rating.empty else pd.concat([by_rating, by_part], ignore_index=True)
    frame.attrs = {
        "mean": float(mean / n_draws * fit.unit),
        "score": float(parts.sum()),
        "is_exact": is_closed(fit),
        "in_stars": predictor.link == "identity",
    }
    return frame


def told(explained: pd.DataFrame, at_most: int = 12) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return what `explain` says of ratings, those that moved most, and of parts."""
    is_rating = explained["kind"] == "rating"
    by_rating = explained[is_rating].head(at_most).reset_index(drop=True)
    given = [f"{what}: {figure(rating)}" for what, rating in by_rating[["what", "rating"]].values]
    return by_rating.assign(what=given), explained[~is_rating].reset_index(drop=True)


def _moved(
    predictor: Predictor, own: OwnRow, rated: NDArray, rating: NDArray, at: int
) -> NDArray[np.float64]:
    """Return by how much each rating moved the mean rating of an item, in units: (n_ratings,)."""
    pairs = own.conditional.problem.pairs
    observed, score = predictor.observed(rating), own.score[rated]
    low, high = (
        predictor.log_density(own.state, pairs, each, observed)
        for each in (score - STEP, score + STEP)
    )
    pull = (high - low) / (2 * STEP)
    met, C, target = own.design[rated], own.covariance, own.design[at]
    spread = met @ C  # (n_ratings, n_columns)
    rest = 1 - own.information[rated] * (spread * met).sum(axis=1)
    moved = (spread @ target) * pull / rest
    config = own.conditional.problem.config
    if config.implicit in ("user", "both"):
        prior, precision = own.conditional.row, np.linalg.inv(C)
        for k in range(len(rated)):
            other = own.conditional.without(k)
            # The slope, where the row is, of the log density without the rating.
            slope = other.precision @ (other.mean - own.row)
            slope -= prior.precision @ (prior.mean - own.row) + pull[k] * met[k]
            left = precision - prior.precision + other.precision
            left -= own.information[rated[k]] * np.outer(met[k], met[k])
            moved[k] = -target @ np.linalg.solve(left, slope)
    return own.slope[at] * moved


def _parts(axes: xr.Dataset, own: OwnRow, at: int, predictor: Predictor) -> NDArray[np.float64]:
    """Return what a score is the sum of in the axes of a draw: (2 + n_factors,), in its unit."""
    V, standing = axes["V"].values.astype(np.float64), axes["b_V"].values
    score = predictor.offset + own.score
    usual = score.mean()
    # Factors of a draw span all that scores can differ by, beyond what anybody thinks.
    taste = np.linalg.lstsq(V, score - usual - standing)[0]
    return np.concatenate([[usual, standing[at]], V[at] * taste])
