"""A made-up world of people and movies with names, in which ratings are the example's dot products.

Each person has a taste and each movie a profile: five numbers, one for each of `FEATURES`. What a
model learns from the ratings alone can be laid over them.
"""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pmf_core.data.nouns import MOVIES
from pmf_core.data.ratings import Ratings
from pmf_core.data.simulate import Truth, check_simulation, draw_ratings
from pmf_core.data.world_names import movie_titles, person_names

FEATURES = ("moody", "light-hearted", "cinematic", "dialogue", "big budget")
"""What the five numbers of a taste, and of a profile, are about; the PyMC example names them."""

GENRES: dict[str, tuple[tuple[float, ...], tuple[str, ...]]] = {
    "Adventure": ((0.4, 1.1, 1.6, 0.4, 1.5),
                  ("Expedition", "Map", "Compass", "Crossing", "Treasure", "Summit")),
    "Animation": ((0.4, 1.7, 1.5, 0.6, 0.8),
                  ("Lantern", "Balloon", "Owl", "Dragonfly", "Kite", "Puppet")),
    "Comedy": ((0.2, 1.9, 0.5, 1.7, 0.7),
               ("Picnic", "Wedding", "Mix-Up", "Landlady", "Brass Band", "Cousins")),
    "Documentary": ((0.9, 0.5, 1.5, 1.9, 0.2),
                    ("Harbour", "Archive", "Glacier", "Workshop", "River", "Orchard")),
    "Drama": ((1.6, 0.4, 0.8, 1.8, 0.4),
              ("Letters", "Silence", "Promise", "Inheritance", "Winter", "Farewell")),
    "Horror": ((1.9, 0.2, 1.2, 0.6, 1.1),
               ("Cellar", "Whisper", "Shadow", "Visitor", "Crypt", "Fog")),
    "Romance": ((0.8, 1.5, 0.8, 1.6, 0.3),
                ("Waltz", "Summer", "Kiss", "Postcard", "Balcony", "Stranger")),
    "Sci-Fi": ((1.0, 0.3, 1.6, 0.4, 1.7),
               ("Signal", "Orbit", "Android", "Colony", "Eclipse", "Paradox")),
    "Thriller": ((1.6, 0.3, 1.0, 0.9, 1.2),
                 ("Alibi", "Cipher", "Witness", "Ransom", "Double", "Verdict")),
}  # fmt: skip
"""Profile of a typical movie of each genre, in the order of `FEATURES` and each with sum 5, and
nouns of its titles."""

_SECOND_GENRE = 0.5
"""Probability that a movie has two genres; its profile then lies between theirs."""
_LIKING = 0.7
"""Mean of a taste: with profiles of sum 5 a mean rating of 3.5 stars."""
_TASTE_SD = 0.6
"""Standard deviation of a taste from feature to feature of one person."""
_GENEROSITY_SD = 0.09
"""Of a person's mean taste: 0.45 stars on a profile of sum 5."""
_OWN_SD = 0.2
"""Of a movie's profile around that of its genres, feature by feature."""
_QUALITY_SD = 0.12
"""Of the mean of that over the features: 0.42 stars for a mean taste."""


def simulate_world(
    n_users: int = 600,
    n_items: int = 300,
    n_ratings: int = 60_000,
    alpha: float = 2.0,
    random_seed: int = 0,
) -> tuple[Ratings, Truth]:
    """Draw ratings, on the scale 1 to 5, of made-up movies by made-up people.

    A rating is ``U_i . V_j``, taste times profile summed over `FEATURES`, plus normal noise of
    precision `alpha`, rounded to whole stars and clipped to the scale. There is no other term, so
    a matrix factorization with five factors can find it. Movies have one or two of `GENRES`, which
    their profiles follow. Which pairs are rated does not depend on the ratings; people and movies
    have the long tails of `simulate_ratings`.

    Parameters
    ----------
    n_users, n_items, n_ratings : int
        Sizes; no pair is rated twice, so ``n_ratings <= n_users * n_items``.
    alpha : float
        Noise precision, 1 / variance, in 1 / stars squared.
    random_seed : int
        Seed of everything drawn.

    Returns
    -------
    ratings : Ratings
        Rows in random order, identifiers from 1. `user_features` has ``name``, `item_features` one
        bool column for each genre; names and titles are made up.
    truth : Truth
        U of shape (n_users, 5), V of shape (n_items, 5), `Truth.factor_names` = `FEATURES`,
        `Truth.global_mean` = 0.

    Raises
    ------
    ValueError
        If a value breaks its rule; the message gives the value, the rule and the next step.
    """
    sizes = {"n_users": n_users, "n_items": n_items, "n_ratings": n_ratings}
    check_simulation(sizes, alpha, random_seed)
    rng = np.random.default_rng(random_seed)
    genres = _draw_genres(n_items, rng)
    truth = Truth(
        _draw_tastes(n_users, rng), _draw_profiles(genres, rng), float(alpha), 0.0, FEATURES
    )
    drawn = draw_ratings(truth, n_ratings, rng)
    nouns = [words for _, words in GENRES.values()]
    user_ids, item_ids = drawn["user_ids"], drawn["item_ids"]
    ratings = Ratings(
        **drawn,
        titles=movie_titles([nouns[first] for first in genres.argmax(axis=1)], rng),
        user_features=pd.DataFrame(
            {"name": person_names(n_users, rng)}, pd.Index(user_ids, name="user_id")
        ),
        item_features=pd.DataFrame(genres > 0, pd.Index(item_ids, name="item_id"), list(GENRES)),
        name="A made-up world",
        nouns=MOVIES,
    )
    return ratings, truth


def _draw_genres(n_items: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """Return how much each movie is of each genre, rows of sum 1; the first genre weighs most."""
    order = rng.random((n_items, len(GENRES))).argsort(axis=1)
    second = np.where(rng.random(n_items) < _SECOND_GENRE, 0.4, 0.0)
    weight = np.zeros((n_items, len(GENRES)))
    weight[np.arange(n_items), order[:, 1]] = second
    weight[np.arange(n_items), order[:, 0]] = 1 - second
    return weight


def _draw_profiles(genres: NDArray[np.float64], rng: np.random.Generator) -> NDArray[np.float64]:
    typical = np.array([profile for profile, _ in GENRES.values()])
    own = _around_zero(len(genres), rng) * _OWN_SD
    return genres @ typical + own + rng.normal(0, _QUALITY_SD, (len(genres), 1))


def _draw_tastes(n_users: int, rng: np.random.Generator) -> NDArray[np.float64]:
    generosity = rng.normal(_LIKING, _GENEROSITY_SD, (n_users, 1))
    return generosity + _around_zero(n_users, rng) * _TASTE_SD


def _around_zero(n_rows: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """Return normal rows of sum 0 and sd 1: who likes one feature more likes others less."""
    normal = rng.normal(size=(n_rows, len(FEATURES)))
    return (normal - normal.mean(axis=1, keepdims=True)) / np.sqrt(1 - 1 / len(FEATURES))
