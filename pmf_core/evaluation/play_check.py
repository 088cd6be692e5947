"""Prior, data, posterior of a small fit: ratings that it expects, was given, and then gives."""

import numpy as np
import pandas as pd

from pmf_core.data.toy import Toy
from pmf_core.evaluation.lessons import Lesson
from pmf_core.evaluation.lessons_of_checks import fitted_and_ratings, prior_and_ratings
from pmf_core.evaluation.rating_check import FITTED, PRIOR, given_ratings, shares
from pmf_core.fits.trajectory import Trajectory, follow
from pmf_core.models.play_config import PlayConfig
from pmf_core.prediction.predictive import prior_predictive
from pmf_core.support.numbers import figure

PRIOR_DRAWS, REPEATS = 200, 10
"""Draws of the whole model from its prior; ratings of each pair from each draw of the fit, or a
hundred times as many from the one point of a MAP."""


def three_ratings(cells: str, config: PlayConfig) -> tuple[list[pd.DataFrame], list[Lesson]]:
    """Return `shares` of ratings that are expected, given and then given back, and what they say.

    Parameters
    ----------
    cells : str
        A table, as `Toy` writes it.
    config : PlayConfig
    """
    played = follow(Toy(cells).split, config)
    train = played.split.train
    precisions = config.precision, config.precision
    tree = prior_predictive(config.model, train, draws=PRIOR_DRAWS, precisions=precisions)
    prior = shares(tree["prior_predictive"]["rating"].values, train, PRIOR)
    given, fitted = given_ratings(played.split), fitted_shares(played)
    said = [
        prior_and_ratings(prior, given, config.model, train.nouns),
        fitted_and_ratings(fitted, given, config.model.link),
        noise_of_alpha(played),
    ]
    return [prior, given, fitted], said


def fitted_shares(played: Trajectory, random_seed: int = 0) -> pd.DataFrame:
    """Return `shares` of the ratings that a small fit gives to the pairs that it is told of."""
    train, rng = played.split.train, np.random.default_rng(random_seed)
    is_map = played.config.method == "MAP"
    scores = played.scores[-1:] if is_map else played.scores[1 + played.warm_up :]
    mean = scores[:, train.user_idx, train.item_idx]
    mean = np.repeat(mean, REPEATS * (100 if is_map else 1), axis=0)
    values = mean + noise_sd(played) * rng.standard_normal(mean.shape)
    return shares(values[None], train, FITTED)


def noise_sd(played: Trajectory) -> float:
    """Return the sd of a rating around its prediction, in stars: ``1 / sqrt(alpha)`` units."""
    return played.split.train.unit / played.config.alpha**0.5


def noise_of_alpha(played: Trajectory) -> Lesson:
    """Say what alpha is, and what half of it would be."""
    sd, unit = noise_sd(played), played.split.train.nouns.unit
    text = "**α** says how far ratings lie around their prediction: α = "
    text += f"{figure(played.config.alpha)} is an sd of {figure(sd, '.2f')} {unit} (1/√α). Halve "
    text += (
        f"it, and the sd is {figure(sd * 2**0.5, '.2f')}: every rating counts half as much, and "
    )
    text += "the prior for more."
    return Lesson("play_alpha", True, text, {"sd": sd})
