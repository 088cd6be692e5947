"""The ordinal link: levels are ordered, and cut points lie between them (Albert & Chib 1993)."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from pmf_core.data import Ratings
from pmf_core.kernels.randomness import Draws, Modes
from pmf_core.models.config import PMFConfig
from pmf_core.models.feature_matrix import Features
from pmf_core.models.ingredients.base import Part, Scalar, Statement, Step, Takes
from pmf_core.models.ingredients.cut_points import (
    GAP_SD,
    TAU_RATE,
    TAU_SHAPE,
    cut_points,
    draw_gaps,
    draw_latent,
    level_cuts,
    log_interval,
    mean_level,
    pair_cuts,
)
from pmf_core.models.ingredients.cuts_in_words import cuts_in_words
from pmf_core.models.ingredients.densities import log_gamma, log_normal
from pmf_core.models.ingredients.identity import draw_gaussian_rows
from pmf_core.models.ingredients.link import (
    MAX_LEVELS,
    DrawnRows,
    Link,
    Rated,
    RowData,
    precision_of,
)
from pmf_core.models.ingredients.mathematics import Mathematics
from pmf_core.models.ingredients.work import Work
from pmf_core.models.pairs import Pairs
from pmf_core.models.problem import Problem
from pmf_core.models.state import SideState, State


class Ordinal(Link):
    """A rating is the level whose cut points a latent score falls between."""

    name = "ordinal"
    needs_rounds = True
    is_latent = True

    def mathematics(self, problem: Problem) -> Mathematics:
        """Write the probabilities of the levels, and the prior of what lies between them."""
        return Mathematics(cuts_in_words(problem, precision_of(problem)))

    def parts(self, config: PMFConfig) -> tuple[Part, ...]:
        """Declare log distances between cut points; where users differ, mean and precision."""
        if config.cut_points == "shared":
            return (Part("log_gap", ("gap_owner", "gap")),)
        return (
            Part("log_gap", ("gap_owner", "gap"), "user"),
            Part("mu_gap", ("gap",)),
            Part("tau_gap", ("gap",)),
        )

    def steps(self, config: PMFConfig) -> tuple[Step, ...]:
        """Declare the random walk of cut points."""
        return (Step("cut_points", "Cut points", (0.1, 0.5)),)

    def scalars(self, config: PMFConfig, n_levels: int) -> tuple[Scalar, ...]:
        """Declare also where cut points lie: one by one, or how users have them."""
        found = list(super().scalars(config, n_levels))
        if n_levels > 2:
            words = "Mean of the inner cut points over all users; the lowest is 0."
            found.append(Scalar("mean_cut", "Mean of the cut points", words))
        for k in range(1, n_levels - 1):
            of = f"log distance of cut points {k} and {k + 1}"
            if config.cut_points == "shared":
                found.append(Scalar(f"log_gap_{k}", of.capitalize(), f"The {of}."))
                continue
            found += [
                Scalar(f"mu_gap_{k}", f"Mean over users: {of}", f"Prior mean of the users' {of}."),
                Scalar(f"tau_gap_{k}", f"Precision: {of}", f"How alike users are in the {of}."),
            ]
        return tuple(found)

    def measure(self, problem: Problem, state: State) -> dict[str, float]:
        """Return the mean cut point, and log distances or what users have in common of them."""
        if len(problem.levels) <= 2:
            return {}
        inner = cut_points(state.log_gap.astype(np.float64))[:, 1:-1]
        found = {"mean_cut": float(inner.mean())}
        names = ("mu_gap", "tau_gap") if problem.config.cut_points == "user" else ("log_gap",)
        for name in names:
            values = np.ravel(state[name])
            found |= {f"{name}_{k}": float(value) for k, value in enumerate(values, start=1)}
        return found

    def takes(self, config: PMFConfig, train: Ratings) -> Takes:
        """Return what latent scores and cut points take."""
        own = config.cut_points == "user"
        return Takes(train.n_ratings * (60 + 10 * own), numbers=10 * train.n_users * own)

    def lacking(self, config: PMFConfig, ratings: Ratings) -> tuple[dict[str, Any], str] | None:
        """Leave it out where ratings are no levels, or where none lies between two others."""
        n_levels = len(np.unique(ratings.rating))
        if 3 <= n_levels <= MAX_LEVELS:
            return None
        return (
            {"link": "identity", "cut_points": "shared", "alpha": None},
            f"No ordinal link: it takes 3 to {MAX_LEVELS} different ratings and these have "
            f"{n_levels}, so the noise is learned under an identity link instead.",
        )

    def unit(self, ratings: Ratings) -> float:
        """Return the distance between levels."""
        low, high = ratings.scale
        return (high - low) / (len(np.unique(ratings.rating)) - 1)

    def offset(self, ratings: Ratings) -> float:
        """Return the score of ratings that all have the same: the lowest cut point is at 0."""
        return float(-ndtri((ratings.rating == ratings.rating.min()).mean()))

    def sizes(self, config: PMFConfig, attrs: Mapping[str, Any], n_users: int) -> dict[str, int]:
        """Return how many gaps lie between cut points, and whose they are."""
        n_levels = np.size(attrs["levels"])
        return {"gap": n_levels - 2, "gap_owner": n_users if config.cut_points == "user" else 1}

    def start(self, random: Draws, problem: Problem) -> dict[str, NDArray]:
        """Start at cut points that give each level its share if all scores are the same."""
        share = np.cumsum(np.bincount(problem.level))[:-1] / len(problem.rating)
        log_gap = np.log(np.maximum(np.diff(ndtri(share)), 0.05))
        if problem.config.cut_points == "shared":
            return {"log_gap": log_gap[None]}
        return {
            "log_gap": np.tile(log_gap, (problem.user.n_rows, 1)),
            "mu_gap": log_gap,
            "tau_gap": np.full(len(log_gap), TAU_SHAPE / TAU_RATE),
        }

    def draw_prior(self, random: Draws, problem: Problem) -> dict[str, NDArray]:
        """Draw log distances."""
        n_gaps = len(problem.levels) - 2
        if problem.config.cut_points == "shared":
            return {"log_gap": random.normal(1, n_gaps) * GAP_SD}
        mean = random.normal(n_gaps) * GAP_SD
        tau = random.gamma(np.full(n_gaps, TAU_SHAPE), TAU_RATE)
        log_gap = mean + random.normal(problem.user.n_rows, n_gaps) * tau**-0.5
        return {"log_gap": log_gap, "mu_gap": mean, "tau_gap": tau}

    def step(self, random: Draws | Modes, problem: Problem, state: State, work: Work) -> State:
        """Draw cut points, then the latent scores that the rest of the sweep explains."""
        eta, sd = _scores(problem, state, work)
        log_gap, mu_gap, tau_gap, taken = draw_gaps(random, problem, state, eta, sd)
        own = {} if mu_gap is None else {"mu_gap": mu_gap, "tau_gap": tau_gap}
        state = state.replace(log_gap=log_gap, accepted_cut_points=np.asarray(taken), **own)
        _take_latent(random, problem, state, work, eta, sd)
        return state

    def complete(self, random: Draws | Modes, problem: Problem, state: State, work: Work) -> None:
        """Draw the latent scores given cut points and all else."""
        _take_latent(random, problem, state, work, *_scores(problem, state, work))

    def log_prior(self, problem: Problem, state: State) -> float:
        """Return the log density of log distances."""
        if problem.config.cut_points == "shared":
            return log_normal(state.log_gap, GAP_SD**-2)
        total = log_normal(state.log_gap - state.mu_gap, state.tau_gap)
        total += log_normal(state.mu_gap, GAP_SD**-2)
        return total + log_gamma(state.tau_gap, TAU_SHAPE, TAU_RATE)

    def draw_rows(
        self,
        random: Draws | Modes,
        problem: Problem,
        side: SideState,
        features: Features | None,
        data: RowData,
        noise: NDArray[np.float64],
    ) -> DrawnRows:
        """Draw rows from their Gaussian conditionals given the latent scores."""
        return draw_gaussian_rows(random, side, features, data, noise)

    def observed(self, rated: Rated, rating: NDArray[np.float64]) -> NDArray:
        """Return the position of each rating among the levels."""
        return np.searchsorted(rated.levels, rating)

    def mean(
        self, rated: Rated, draw: State, pairs: Pairs, eta: NDArray, sd: NDArray | float
    ) -> NDArray:
        """Return the mean over the levels' probabilities."""
        return mean_level(draw.log_gap, pairs.user_idx, rated.levels, eta, sd)

    def log_density(
        self,
        rated: Rated,
        draw: State,
        pairs: Pairs,
        observed: NDArray,
        eta: NDArray,
        precision: NDArray[np.float64],
    ) -> NDArray[np.float64]:
        """Return the log probability of every rating's level."""
        low, high = level_cuts(draw.log_gap.astype(np.float64), pairs.user_idx, observed)
        sd = precision**-0.5
        return log_interval((low - eta) / sd, (high - eta) / sd)

    def draw_rating(
        self, rated: Rated, state: State, pairs: Pairs, eta: NDArray, noise: NDArray
    ) -> NDArray[np.float64]:
        """Return the level that each latent score falls on."""
        inner = pair_cuts(state.log_gap, pairs.user_idx)[:, 1:-1]
        return rated.levels[((eta + noise)[:, None] > inner).sum(axis=1)]

    def newcomer_start(self, config: PMFConfig, draw: State) -> dict[str, NDArray]:
        """Start a newcomer's own cut points at the mean."""
        return {"log_gap": draw.mu_gap[None]} if "mu_gap" in draw else {}

    def newcomer_step(
        self, random: Draws | Modes, problem: Problem, state: State, work: Work
    ) -> State:
        """Draw a newcomer's own cut points, and the latent scores of their ratings."""
        eta, sd = _scores(problem, state, work)
        if "mu_gap" in state:
            state = state.replace(log_gap=draw_gaps(random, problem, state, eta, sd)[0])
        _take_latent(random, problem, state, work, eta, sd)
        return state

    def state_in_pymc(self, problem: Problem, statement: Statement) -> None:
        """State levels between cut points: 0, then one log distance after the other."""
        import pymc as pm
        import pytensor.tensor as pt

        own = problem.config.cut_points == "user"
        statement.model.add_coords({"gap": problem.levels[1:-1]})
        if own:
            mean = pm.Normal("mu_gap", 0, GAP_SD, dims="gap")
            tau = pm.Gamma("tau_gap", TAU_SHAPE, TAU_RATE, dims="gap")
            log_gap = pm.Normal("log_gap", mean, tau**-0.5, dims=("user", "gap"))
        else:
            statement.model.add_coord("everyone", [0])
            log_gap = pm.Normal("log_gap", 0, GAP_SD, dims=("everyone", "gap"))
        later = pt.cumsum(pt.exp(log_gap), axis=-1)
        cuts = pt.concatenate([pt.zeros_like(later[:, :1]), later], axis=-1)
        cuts = cuts[statement.idx["user"]] if own else cuts[0]
        level = np.searchsorted(problem.levels, statement.rating)
        eta, sigma = problem.offset + statement.score, statement.precision**-0.5
        pm.OrderedProbit("rating", eta, cuts, sigma, compute_p=False, observed=level, dims="obs")


def _scores(
    problem: Problem, state: State, work: Work
) -> tuple[NDArray[np.float64], NDArray[np.float64] | float]:
    """Return score and noise sd of every rating."""
    share = 0.0 if work.share is None else work.share
    sd = 1.0 if work.weight is None else 1 / np.sqrt(work.weight)
    return problem.offset + share + work.score(state), sd


def _take_latent(
    random: Draws | Modes, problem: Problem, state: State, work: Work, eta: NDArray, sd: Any
) -> None:
    """Draw latent scores, for the rest of the sweep to explain."""
    z, work.variance = draw_latent(random, problem, state.log_gap, eta, sd)
    work.target = z - problem.offset
