"""Ratings simulated from a known truth: to teach with offline, to test recovery, to calibrate."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pmf_core.data.nouns import MOVIES
from pmf_core.data.ratings import Ratings
from pmf_core.support.errors import is_whole, require

SCALE = (1.0, 5.0)
_MOST = 2**63 - 1
"""Of a size or a seed: what memory allows is less."""
_MEAN = 3.57
_MAIN_EFFECT = 0.5
"""Standard deviation of the users' mean ratings, and of the items', in stars."""
_INTERACTION = 0.55
"""Standard deviation of what a user and an item have to each other beyond that, in stars."""
_ACTIVITY = 1.0
_POPULARITY = 1.25
"""Standard deviations of the log weights of users and items: mean over median number of ratings
is exp(s^2 / 2), 1.6 and 2.2, as in MovieLens 100K."""
_SLOW = 100_000
"""Ratings from which drawing them one by one takes seconds in any but the emptiest matrix."""


@dataclass(frozen=True, eq=False)
class Truth:
    """What simulated ratings were drawn from: ``global_mean + U_i . V_j`` plus normal noise."""

    U: NDArray[np.float64]
    """ndarray of shape (n_users, n_factors)."""
    V: NDArray[np.float64]
    """ndarray of shape (n_items, n_factors)."""
    alpha: float
    """Noise precision before rounding, in 1 / stars squared."""
    global_mean: float
    """Mean over all pairs in the limit of many users and items, in stars."""
    factor_names: tuple[str, ...] = ()
    """What each factor stands for; empty where they stand for nothing."""

    def mean(
        self, user_idx: NDArray[np.integer], item_idx: NDArray[np.integer]
    ) -> NDArray[np.float64]:
        """Return the noise-free rating of each pair, in stars, neither rounded nor clipped."""
        return self.global_mean + np.einsum("pd,pd->p", self.U[user_idx], self.V[item_idx])


def simulate_ratings(
    n_users: int = 943,
    n_items: int = 1682,
    n_ratings: int = 100_000,
    n_factors: int = 10,
    alpha: float = 2.0,
    random_seed: int = 0,
) -> tuple[Ratings, Truth]:
    """Draw ratings on the scale 1 to 5 from a matrix factorization with known factors.

    Rows of U and V are normal with means that are orthogonal and not zero, so that users differ
    in their means and items too (with one factor, only the items do). Each rating is
    ``global_mean + U_i . V_j`` plus noise of precision `alpha`, rounded to whole stars and clipped
    to the scale. Rounding adds variance of about 1/12 and clipping takes some away, so an estimate
    of the noise precision comes out near ``1 / (1 / alpha + 1 / 12)`` rather than `alpha`.

    Which pairs are rated does not depend on the ratings: users and items are drawn in proportion
    to log-normal weights, which gives both a long tail. Everyone has at least one rating if there
    are enough ratings for that.

    Parameters
    ----------
    n_users, n_items, n_ratings : int
        Sizes; no pair is rated twice, so ``n_ratings <= n_users * n_items``.
    n_factors : int
        True latent dimensions. The size of the signal does not depend on it.
    alpha : float
        Noise precision, 1 / variance, in 1 / stars squared.
    random_seed : int
        Seed of everything drawn.

    Returns
    -------
    ratings : Ratings
        Rows in random order, identifiers from 1.
    truth : Truth
        What they were drawn from.

    Raises
    ------
    ValueError
        If a value breaks its rule; the message gives the value, the rule and the next step.
    """
    sizes = {"n_users": n_users, "n_items": n_items, "n_ratings": n_ratings}
    check_simulation(sizes, alpha, random_seed)
    require(is_whole(n_factors, 1, _MOST), "n_factors", n_factors, "a whole number from 1 up")
    rng = np.random.default_rng(random_seed)
    truth = _draw_truth(n_users, n_items, n_factors, alpha, rng)
    titles = [f"Simulated movie {k}" for k in range(1, n_items + 1)]
    drawn = draw_ratings(truth, n_ratings, rng)
    return Ratings(**drawn, titles=titles, name="Simulated ratings", nouns=MOVIES), truth


def check_simulation(sizes: dict[str, int], alpha: float, random_seed: int) -> None:
    """Refuse what no ratings can be simulated from, by its name.

    Parameters
    ----------
    sizes : dict of str to int
        n_users, n_items and n_ratings.
    alpha : float
        Noise precision, in 1 / stars squared.
    random_seed : int

    Raises
    ------
    ValueError
        If a value breaks its rule; the message gives the value, the rule and the next step.
    """
    least = {"n_users": 2, "n_items": 2, "n_ratings": 1, "random_seed": 0}
    for field, value in {**sizes, "random_seed": random_seed}.items():
        rule = f"a whole number from {least[field]} up"
        require(is_whole(value, least[field], _MOST), field, value, rule)
    pairs = sizes["n_users"] * sizes["n_items"]
    rule = f"at most n_users * n_items = {pairs}, as no pair is rated twice"
    require(sizes["n_ratings"] <= pairs, "n_ratings", sizes["n_ratings"], rule)
    valid = isinstance(alpha, int | float) and 0 < alpha < np.inf
    require(valid, "alpha", alpha, "a finite precision above 0, such as 2.0")


def draw_ratings(truth: Truth, n_ratings: int, rng: np.random.Generator) -> dict[str, Any]:
    """Draw which pairs are rated, and their ratings in whole stars.

    Returns
    -------
    dict of str to object
        What `Ratings` takes but names and features; rows in random order, identifiers from 1.
    """
    n_users, n_items = len(truth.U), len(truth.V)
    user_idx, item_idx = np.divmod(_draw_pairs(n_users, n_items, n_ratings, rng), n_items)
    noisy = rng.normal(truth.mean(user_idx, item_idx), truth.alpha**-0.5)
    return {
        "user_idx": user_idx,
        "item_idx": item_idx,
        "rating": np.clip(np.rint(noisy), *SCALE),
        "user_ids": np.arange(1, n_users + 1),
        "item_ids": np.arange(1, n_items + 1),
        "scale": SCALE,
    }


def _draw_truth(
    n_users: int, n_items: int, n_factors: int, alpha: float, rng: np.random.Generator
) -> Truth:
    # Var(dU . dV) = n_factors sd^4, and Var(mu_U . dV) = |mu_U|^2 sd^2.
    sd = np.sqrt(_INTERACTION) / n_factors**0.25
    even = np.arange(n_factors) % 2 == 0
    mu_U = even * _MAIN_EFFECT / (sd * np.sqrt(even.sum()))
    mu_V = ~even * _MAIN_EFFECT / (sd * np.sqrt(max((~even).sum(), 1)))
    return Truth(
        U=rng.normal(mu_U, sd, (n_users, n_factors)),
        V=rng.normal(mu_V, sd, (n_items, n_factors)),
        alpha=float(alpha),
        global_mean=_MEAN,
    )


def _draw_pairs(
    n_users: int, n_items: int, n_ratings: int, rng: np.random.Generator
) -> NDArray[np.int64]:
    """Return `n_ratings` distinct cells ``user * n_items + item``, in random order."""
    weight_user = rng.lognormal(sigma=_ACTIVITY, size=n_users)
    weight_item = rng.lognormal(sigma=_POPULARITY, size=n_items)
    found = _cover(n_users, n_items, rng)
    if n_ratings < len(found):
        found = found[:0]
    # Both branches draw cells one after another without replacement, in proportion to the product
    # of the weights. Drawing again what was drawn before takes ever longer as the matrix fills, so
    # from a quarter on, and of many ratings sooner, every cell gets a waiting time instead.
    if n_users * n_items <= (4 if n_ratings <= _SLOW else 50) * n_ratings:
        wait = rng.exponential(size=(n_users, n_items)) / np.outer(weight_user, weight_item)
        wait.flat[found] = 0
        # In order, as the one in which they are found differs from processor to processor.
        found = np.sort(np.argpartition(wait, n_ratings - 1, axis=None)[:n_ratings])
    p_user, p_item = weight_user / weight_user.sum(), weight_item / weight_item.sum()
    while len(found) < n_ratings:
        size = 2 * (n_ratings - len(found))
        user = rng.choice(n_users, size, p=p_user).astype(np.int64)
        drawn = np.r_[found, user * n_items + rng.choice(n_items, size, p=p_item)]
        _, first = np.unique(drawn, return_index=True)
        found = drawn[np.sort(first)[:n_ratings]]
    return rng.permutation(found)


def _cover(n_users: int, n_items: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """Return the fewest distinct cells that hold every user and every item."""
    turn = np.arange(max(n_users, n_items))
    user, item = rng.permutation(n_users), rng.permutation(n_items)
    return user[turn % n_users].astype(np.int64) * n_items + item[turn % n_items]
