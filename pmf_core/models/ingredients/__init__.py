"""What a model is made of, an ingredient a file, and the list of them."""

from dataclasses import replace
from functools import cache

from pmf_core.models.config import EFFECTS, PMFConfig
from pmf_core.models.ingredients.base import Constant, Ingredient, Part, Scalar, Step
from pmf_core.models.ingredients.biases import Biases
from pmf_core.models.ingredients.effects import Effects
from pmf_core.models.ingredients.factors import Factors
from pmf_core.models.ingredients.features import FeatureWeights
from pmf_core.models.ingredients.identity import Identity
from pmf_core.models.ingredients.link import MAX_LEVELS, Link
from pmf_core.models.ingredients.logistic import Logistic
from pmf_core.models.ingredients.noise import Noise
from pmf_core.models.ingredients.ordinal import Ordinal
from pmf_core.models.ingredients.own_noise import OwnNoise
from pmf_core.models.problem import Problem
from pmf_core.models.state import State

INGREDIENTS: tuple[Ingredient, ...] = (
    Factors(),
    Biases(),
    FeatureWeights(),
    Effects(),
    OwnNoise("user"),
    OwnNoise("item"),
    Noise(),
    Identity(),
    Logistic(),
    Ordinal(),
)
"""All that a model may have, in the order of a sweep, but that the link goes first: it says what
the others explain. Whatever adds to scores stands behind the factors: they are drawn given its
value before the sweep, and it is drawn from the errors that they leave."""


_RICH = PMFConfig(alpha=1.0, implicit="both", side_info="both", link="ordinal", cut_points="user")
"""With every part that an ingredient may or may not have, whatever else it is."""


def all_parts() -> dict[str, Part]:
    """Return what models draw, by name: the parts of every ingredient."""
    return {part.name: part for each in INGREDIENTS for part in each.parts(_RICH)}


def all_steps() -> tuple[Step, ...]:
    """Return the Metropolis steps of every ingredient."""
    return tuple(step for each in INGREDIENTS for step in each.steps(_RICH))


@cache
def all_scalars() -> dict[str, Scalar]:
    """Return by what chains of any model are compared, by name."""
    rich = {"implicit": "both", "side_info": "both", "effects": EFFECTS, "biases": True}
    learned = PMFConfig(alpha=None, prior="hierarchical", **rich)
    shared = replace(learned, alpha=1.0, link="ordinal")
    configs = learned, shared, replace(shared, cut_points="user")
    declared = (
        scalar
        for each in INGREDIENTS
        for config in configs
        for scalar in each.scalars(config, MAX_LEVELS)
    )
    return {scalar.name: scalar for scalar in declared}


def all_constants() -> tuple[Constant, ...]:
    """Return what stored fits may hold of the data of every ingredient."""
    return tuple(constant for each in INGREDIENTS for constant in each.stored)


def all_numbers() -> tuple[str, ...]:
    """Return the attributes that stored fits may have for the data of every ingredient."""
    return tuple(name for each in INGREDIENTS for name in each.numbers)


@cache
def ingredients_of(config: PMFConfig) -> tuple[Ingredient, ...]:
    """Return the ingredients of a model, in their order; the link is last."""
    return tuple(each for each in INGREDIENTS if each.is_in(config))


def link_of(config: PMFConfig) -> Link:
    """Return the link of a model."""
    [link] = [each for each in ingredients_of(config) if isinstance(each, Link)]
    return link


def parts_of(config: PMFConfig) -> dict[str, Part]:
    """Return what a model draws, by name, as it is stored."""
    return {part.name: part for each in ingredients_of(config) for part in each.parts(config)}


def steps_of(config: PMFConfig) -> tuple[Step, ...]:
    """Return the Metropolis steps of a sweep."""
    return tuple(step for each in ingredients_of(config) for step in each.steps(config))


def scalars_of(config: PMFConfig, n_levels: int) -> tuple[Scalar, ...]:
    """Return by what chains of a model are compared, the link's first.

    The one list of all that is monitored, stored, diagnosed and shown of a draw, beside its
    predictions.

    Parameters
    ----------
    config : PMFConfig
    n_levels : int
        Different ratings that can be given; 0 if they are continuous. See `Problem.levels`.
    """
    *others, link = ingredients_of(config)
    return tuple(s for each in (link, *others) for s in each.scalars(config, n_levels))


def measure(problem: Problem, state: State) -> dict[str, float]:
    """Return the `scalars_of` a model at a state, by name, but those that are of scores."""
    found = {}
    for each in ingredients_of(problem.config):
        found |= each.measure(problem, state)
    return found
