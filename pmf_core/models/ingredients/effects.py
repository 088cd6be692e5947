"""Additive effects of groups of ratings: of a day, of a user on a day."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pmf_core.data import Ratings
from pmf_core.kernels.groups import put_back, take_out, total_effect
from pmf_core.kernels.randomness import Draws, Modes
from pmf_core.models.config import PMFConfig
from pmf_core.models.ingredients.base import (
    Constant,
    Ingredient,
    Part,
    RowPrior,
    Scalar,
    Statement,
    Takes,
)
from pmf_core.models.ingredients.densities import log_gamma, log_normal
from pmf_core.models.ingredients.mathematics import Line, Mathematics, gamma, normal
from pmf_core.models.ingredients.measures import spread
from pmf_core.models.ingredients.work import Work
from pmf_core.models.pairs import Pairs
from pmf_core.models.problem import Problem
from pmf_core.models.state import State
from pmf_core.support.errors import require, require_within

SECONDS_A_DAY = 86_400

USER_KEY = 10_000_000
"""Distance between the keys of one user's days and the next one's: 27,000 years."""

TAU_SHAPE, TAU_RATE = 2.0, 0.1
"""Gamma prior of the precision of the levels of an effect: around 20, an sd of 0.2 stars."""


@dataclass(frozen=True, eq=False)
class Effect:
    """The levels of one grouping that occur in training."""

    name: str
    keys: NDArray[np.int64]
    """ndarray of shape (n_levels,), ascending"""

    @property
    def size(self) -> int:
        """Number of levels, and one more for every level that training has not seen."""
        return len(self.keys) + 1

    @property
    def owner(self) -> NDArray[np.intp] | None:
        """Whose each level is, of shape (n_levels,); None where levels are not of one user each."""
        if self.name != "user:day":
            return None
        return (self.keys + USER_KEY // 2) // USER_KEY  # days before 1970 are below 0

    def position(self, ratings: Ratings) -> NDArray[np.int32]:
        """Return each rating's level; the last one where training has not seen it."""
        keys = _keys(self.name, ratings)
        at = np.searchsorted(self.keys, keys)
        seen = self.keys[np.minimum(at, len(self.keys) - 1)] == keys
        return np.where(seen, at, len(self.keys)).astype(np.int32)


WORDS = {"day": "days", "user:day": "users' days"}
"""What people read of each grouping."""


class Effects(Ingredient):
    """Groups of ratings share an effect, normal around 0 with a precision of the grouping."""

    numbers = ("effect_sizes",)
    stored = (Constant("effect_idx", ("effect_of", "obs"), "iu"),)

    def is_in(self, config: PMFConfig) -> bool:
        """Return whether a model has effects."""
        return bool(config.effects)

    def mathematics(self, problem: Problem) -> Mathematics:
        """Write the shifts that are added, and their precisions."""
        words = f"Ratings share a shift, by {' and by '.join(problem.config.effects)}."
        shift = Line("e_g", normal("e_g", "0", r"1/\tau_g"), words, "prior", ("effect",), r"\tau_g")
        words = "How alike the shifts of a grouping are."
        tau = gamma(r"\tau_g", TAU_SHAPE, TAU_RATE)
        tau = Line(r"\tau_g", tau, words, "hyperprior", ("tau_effect",))
        return Mathematics((shift, tau), score=(r"\textstyle\sum_g e_{g(i,j)}",))

    def parts(self, config: PMFConfig) -> tuple[Part, ...]:
        """Declare the effects of all levels, one grouping after the other, and precisions."""
        return Part("effect", ("effect_level",)), Part("tau_effect", ("effect_of",))

    def scalars(self, config: PMFConfig, n_levels: int) -> tuple[Scalar, ...]:
        """Declare where the effects of each grouping lie, and how wide their prior is."""
        found = []
        for name in config.effects:
            mean, sd, of = *_scalar_names(name), f"effects of {WORDS[name]}"
            found.append(Scalar(mean, f"Mean of {of}", f"Mean over all levels of the {of}."))
            found.append(Scalar(sd, f"Sd of {of}", f"Prior sd of the {of}: 1 / √τ."))
        return tuple(found)

    def measure(self, problem: Problem, state: State) -> dict[str, float]:
        """Return the mean of each grouping's effects and their prior sd."""
        found, start = {}, 0
        for effect, tau in zip(problem.data["effects"], state.tau_effect, strict=True):
            mean, sd = _scalar_names(effect.name)
            found[mean] = spread(state.effect[start : start + effect.size])[0]
            found[sd] = float(tau) ** -0.5
            start += effect.size
        return found

    def takes(self, config: PMFConfig, train: Ratings) -> Takes:
        """Return what it takes to draw the levels that there are."""
        effects = () if train.timestamp is None else find_effects(config, train)
        return Takes(25 * train.n_ratings, numbers=sum(effect.size for effect in effects))

    def lacking(self, config: PMFConfig, ratings: Ratings) -> tuple[dict[str, Any], str] | None:
        """Leave them out where the times of ratings are not known."""
        if ratings.timestamp is not None:
            return None
        names = " and ".join(WORDS[name] for name in config.effects)
        return {"effects": ()}, f"No effects of {names}: these ratings have no timestamps."

    def arrange(self, config: PMFConfig, ratings: Ratings) -> dict[str, Any]:
        """Find the levels of each grouping."""
        return {"effects": find_effects(config, ratings)}

    def given(self, data: Mapping[str, Any], ratings: Ratings) -> dict[str, NDArray[np.int32]]:
        """Return where among all effects those of each rating are: (n_effects, n_ratings)."""
        start, found = 0, []
        for effect in data["effects"]:
            found.append(start + effect.position(ratings))
            start += effect.size
        return {"effect_idx": np.array(found, np.int32)}

    def attrs(self, problem: Problem) -> dict[str, Any]:
        """Return the number of levels of each grouping."""
        return {"effect_sizes": [effect.size for effect in problem.data["effects"]]}

    def constants(self, problem: Problem, train: Pairs) -> dict[str, NDArray]:
        """Return the effects of the training ratings."""
        return {"effect_idx": train.given["effect_idx"]}

    def unseen(self, attrs: Mapping[str, Any], n_pairs: int) -> dict[str, NDArray[np.int32]]:
        """Return the level of all that is unseen, of each grouping.

        Raises
        ------
        ValueError
            If the fit does not say how many levels there are, as those of old do not.
        """
        if "effect_sizes" not in attrs:
            raise ValueError(
                "this fit has effects and was stored by a version that did not say which ratings "
                "they belong to; fit the same model again"
            )
        last = np.cumsum(np.atleast_1d(np.asarray(attrs["effect_sizes"], np.int64))) - 1
        return {"effect_idx": np.repeat(last.astype(np.int32)[:, None], n_pairs, axis=1)}

    def sizes(self, config: PMFConfig, attrs: Mapping[str, Any], n_users: int) -> dict[str, int]:
        """Return the number of groupings, and of all their levels."""
        levels = int(np.sum(attrs["effect_sizes"]))
        return {"effect_of": len(config.effects), "effect_level": levels}

    def check(self, attrs: Mapping[str, Any], constants: Mapping[str, NDArray]) -> None:
        """Refuse positions that are not among the levels of their grouping."""
        sizes, positions = np.atleast_1d(attrs["effect_sizes"]), constants["effect_idx"]
        require(len(positions) == len(sizes), "effect_idx", len(positions), f"{len(sizes)} rows")
        ends = np.cumsum(sizes)
        for row, start, end in zip(positions, ends - sizes, ends, strict=True):
            require_within("effect_idx", row - start, end - start)

    def start(self, random: Draws, problem: Problem) -> dict[str, NDArray]:
        """Start at no effects."""
        effects = problem.data["effects"]
        levels = sum(effect.size for effect in effects)
        return {
            "effect": np.zeros(levels),
            "tau_effect": np.full(len(effects), TAU_SHAPE / TAU_RATE),
        }

    def draw_prior(self, random: Draws, problem: Problem) -> dict[str, NDArray]:
        """Draw precisions, then effects."""
        effects = problem.data["effects"]
        tau = random.gamma(np.full(len(effects), TAU_SHAPE), TAU_RATE)
        sd = np.repeat(tau, [effect.size for effect in effects]) ** -0.5
        return {"tau_effect": tau, "effect": random.normal(len(sd)) * sd}

    def step(self, random: Draws | Modes, problem: Problem, state: State, work: Work) -> State:
        """Draw the effects of one grouping after the other, and their precisions."""
        error = work.error(state)
        effect, tau = draw_effects(random, problem, state, error, work.weight)
        return state.replace(effect=effect, tau_effect=tau)

    def log_prior(self, problem: Problem, state: State) -> float:
        """Return the log density of effects and precisions."""
        sizes = [effect.size for effect in problem.data["effects"]]
        total = log_normal(state.effect, np.repeat(state.tau_effect, sizes))
        return total + log_gamma(state.tau_effect, TAU_SHAPE, TAU_RATE)

    def shares(self, state: State, pairs: Pairs) -> Iterable[NDArray]:
        """Return the sum of the effects of all groupings."""
        return (total_effect(pairs.given["effect_idx"], state.effect),)

    def newcomer_row(
        self, problem: Problem, draw: State, constants: Mapping[str, NDArray], row: RowPrior
    ) -> RowPrior:
        """Add a column: all their ratings are of one new day, with the sum of its effects."""
        size = len(row.mean)
        precision = np.pad(row.precision, (0, 1))
        precision[size, size] = 1 / (1 / draw.tau_effect.astype(np.float64)).sum()
        design = np.column_stack([row.design, np.ones(len(row.design))])
        return row._replace(mean=np.append(row.mean, 0.0), precision=precision, design=design)

    def newcomer_start(self, config: PMFConfig, draw: State) -> dict[str, NDArray]:
        """Leave their day's effect to the column of their row."""
        return {"effect": np.zeros(1)}

    def newcomer_given(self, attrs: Mapping[str, Any], n_pairs: int) -> dict[str, NDArray]:
        """Return the effect of their day, the only one."""
        return {"effect_idx": np.zeros((1, n_pairs), np.int32)}

    def newcomer_end(self, state: State) -> State:
        """Turn the column of their day into its effect."""
        return state.replace(effect=state.U[0, -1:], U=state.U[:, :-1])

    def state_in_pymc(self, problem: Problem, statement: Statement) -> None:
        """State effects, and add those of each rating."""
        import pymc as pm
        import pytensor.tensor as pt

        effects = problem.data["effects"]
        sizes = [each.size for each in effects]
        names = [each.name for each in effects]
        statement.model.add_coords({"effect_of": names, "level": np.arange(sum(sizes))})
        tau = pm.Gamma("tau_effect", TAU_SHAPE, TAU_RATE, dims="effect_of")
        effect = pm.Normal("effect", 0, pt.repeat(tau, sizes) ** -0.5, dims="level")
        statement.score += sum(effect[idx] for idx in statement.pairs.given["effect_idx"])


def find_effects(config: PMFConfig, ratings: Ratings) -> tuple[Effect, ...]:
    """Return the effects that `config` asks for, with the levels of training ratings."""
    return tuple(Effect(name, np.unique(_keys(name, ratings))) for name in config.effects)


def draw_effects(
    random: Draws | Modes,
    problem: Problem,
    state: State,
    error: NDArray[np.float64],
    weight: NDArray[np.float64] | None,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Draw each grouping's effects given the others', then their precision.

    A level has the prior ``N(0, 1 / tau)``; tau is gamma. A level without ratings, such as the one
    that stands for all that training has not seen, is drawn from that prior.

    Parameters
    ----------
    error : ndarray of shape (n_ratings,)
        What all else leaves unexplained, effects included; updated to what remains.
    weight : ndarray of shape (n_ratings,), or None
        Relative precision of each rating; None where all are 1.

    Returns
    -------
    effect : ndarray of shape (n_levels,)
    tau_effect : ndarray of shape (n_effects,)
    """
    effect, tau = state.effect.copy(), state.tau_effect.copy()
    start = 0
    groupings = zip(problem.data["effects"], problem.pairs.given["effect_idx"], strict=True)
    for k, (grouping, idx) in enumerate(groupings):
        block = slice(start, start + grouping.size)
        start += grouping.size
        total, count = np.zeros((2, grouping.size))
        take_out(idx, block.start, effect, error, weight, total, count)
        precision = tau[k] + state.alpha * count
        mean = state.alpha * total / precision
        effect[block] = mean + random.normal(grouping.size) / np.sqrt(precision)
        put_back(idx, effect, error)
        square = (effect[block] ** 2).sum()
        tau[k] = random.gamma(TAU_SHAPE + 0.5 * grouping.size, TAU_RATE + 0.5 * square)
    return effect, tau


def _scalar_names(name: str) -> tuple[str, str]:
    """Return what mean and sd of a grouping's effects are called, in letters that files take."""
    return tuple(f"{what}_effect_{name.replace(':', '_')}" for what in ("mean", "sd"))


def _keys(name: str, ratings: Ratings) -> NDArray[np.int64]:
    if ratings.timestamp is None:  # at prediction: some day that nobody has seen yet
        return np.full(ratings.n_ratings, -1, np.int64)
    day = ratings.timestamp // SECONDS_A_DAY
    # 64 bits, or the keys of many users on many days wrap around and meet.
    return day if name == "day" else ratings.user_idx.astype(np.int64) * USER_KEY + day
