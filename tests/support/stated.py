"""A PyMC model seen from the sampler's side: densities and gradients at a `State`."""

from dataclasses import replace
from functools import cache, cached_property

import numpy as np
import pytensor
import pytensor.tensor as pt
import pytest

import pmf_core as pmf
from pmf_core.kernels.randomness import Draws
from pmf_core.models.arrange import arrange
from pmf_core.models.ingredients import ingredients_of
from pmf_core.models.ingredients.work import score, total_precision, total_share
from pmf_core.models.pymc_model import build_model
from tests.support.tiny import LIGHT, PRESETS, tiny_ratings

HIERARCHICAL = pmf.PMFConfig(prior="hierarchical", alpha=None, center=True, **LIGHT)
EVERYTHING = replace(
    HIERARCHICAL, biases=True, implicit="both", side_info="both", noise="both",
    effects=("day", "user:day"), mu0=0.3,
)  # fmt: skip
ORDINAL = replace(HIERARCHICAL, alpha=1.0, link="ordinal")
QUICK = {"everything": EVERYTHING} | PRESETS  # what fails fails soonest under the first
SLOW = {
    "fixed, biases, all features": pmf.PMFConfig(
        biases=True, implicit="both", side_info="both", **LIGHT
    ),
    "ordinal, noise": replace(ORDINAL, noise="both"),
    "logistic, all but effects": replace(EVERYTHING, link="logistic", effects=()),
}

OPTIONS = {"jacobian": False, "mode": "FAST_COMPILE"}


class Stated:
    """The PyMC model of a configuration, in natural units: no Jacobians of transformations."""

    def __init__(self, config, ratings, problem):
        self.problem = problem
        self.model = build_model(config, ratings)
        transforms = self.model.rvs_to_transforms
        self._plain = [rv for rv in self.model.free_RVs if transforms[rv] is None]
        self._forward = {}
        for rv in self.model.free_RVs:
            transform = self.model.rvs_to_transforms[rv]
            if transform is not None:
                x = pt.dscalar() if rv.ndim == 0 else pt.tensor(shape=(None,) * rv.ndim)
                y = transform.forward(x, *rv.owner.inputs)
                self._forward[rv.name] = pytensor.function(
                    [x], y, mode="FAST_COMPILE", on_unused_input="ignore"
                )

    # Each takes a second to compile, and not every test asks for all.
    @cached_property
    def _density(self):
        return self.model.compile_logp(**OPTIONS)

    @cached_property
    def _prior(self):
        return self.model.compile_logp(vars=self.model.free_RVs, **OPTIONS)

    @cached_property
    def _gradient(self):
        return self.model.compile_dlogp(self._plain, **OPTIONS)

    def values(self, state):
        """Return the free variables at a state, in natural units."""
        found = dict(state)
        for name, side in (("U", self.problem.user), ("V", self.problem.item)):
            X, W = side.features, found[f"W_{name}"]
            found[f"Y_{name}"] = found[name] - X.times(W)
            found[f"mu_bias_{name}"] = found[f"mu_{name}"][-1:]
            found[f"Lambda_bias_{name}"] = found[f"Lambda_{name}"][-1:, -1:]
            for g in range(X.n_groups):
                # A group of features is called by what it is: the first is `implicit` if any is.
                for label in ("implicit", "side_info"):
                    if f"W_{name}_{label}" not in found and f"W_{name}_{label}" in self.names:
                        break
                Lambda = found[f"Lambda_W_{name}"][g]
                found[f"W_{name}_{label}"] = W[X.group == g]
                found[f"Lambda_W_{name}_{label}"] = Lambda
                found[f"Lambda_bias_W_{name}_{label}"] = Lambda[-1:, -1:]
        return {name: np.asarray(found[name], float) for name in self.names}

    @property
    def names(self):
        return [rv.name for rv in self.model.free_RVs]

    def point(self, state):
        values = self.values(state)
        return {
            self.model.rvs_to_values[rv].name: (
                self._forward[rv.name](values[rv.name])
                if rv.name in self._forward
                else values[rv.name]
            )
            for rv in self.model.free_RVs
        }

    def density(self, state):
        return float(self._density(self.point(state)))

    def log_prior(self, state):
        return float(self._prior(self.point(state)))

    def gradient(self, state):
        """Return the gradient in each variable that is not transformed, in its own shape."""
        point = self.point(state)
        flat, start, found = self._gradient(point), 0, {}
        for variable in self._plain:
            value = point[variable.name]
            found[variable.name] = flat[start : start + value.size].reshape(value.shape)
            start += value.size
        for name in ("U", "V"):  # under the sampler's names: rows, and all weights in one
            if f"Y_{name}" in found:
                found[name] = found[f"Y_{name}"]
                parts = [found[v] for v in found if v.startswith(f"W_{name}_")]
                found[f"W_{name}"] = np.concatenate(parts)
        return found


class Written(Draws):
    """Draws, and what was asked for in which order: normals, and of the others what was given."""

    def __init__(self, rng):
        super().__init__(rng)
        self.normals, self.gammas, self.wisharts, self.truncated = [], [], [], []

    def normal(self, *shape):
        self.normals.append(super().normal(*shape))
        return self.normals[-1]

    def gamma(self, shape, rate):
        self.gammas.append((shape, rate, super().gamma(shape, rate)))
        return self.gammas[-1][-1]

    def wishart(self, df, scale):
        self.wisharts.append((df, scale, super().wishart(df, scale)))
        return self.wisharts[-1][-1]

    def truncated_normal(self, low, high):
        self.truncated.append(super().truncated_normal(low, high))
        return self.truncated[-1]


def arranged(config):
    """Return tiny ratings in the sampler's order, and the problem."""
    ratings = tiny_ratings()
    ratings = ratings.take(np.lexsort((ratings.item_idx, ratings.user_idx)))
    return ratings, arrange(config, ratings)


def given_latent(config, ratings, z):
    """Return the model and ratings that an ordinal model is once its latent scores are known."""
    config = replace(config, link="identity", cut_points="shared", center=False)
    return config, replace(ratings, rating=z, scale=(z.min() - 1, z.max() + 1))


def scores(problem, state):
    share = total_share(ingredients_of(problem.config), state, problem.pairs)
    return problem.offset + (0.0 if share is None else share) + score(problem, state)


def rating_sd(problem, state):
    weight = total_precision(ingredients_of(problem.config), state, problem.pairs)
    return 1.0 if weight is None else 1 / np.sqrt(weight)


def check_normal(gradient, zero, noise):
    """Compare the gradient at a draw with ``-L noise``, L of the Hessian; of rows, each by itself.

    The log density is quadratic in the block, so differences of its gradient are exact.
    """
    g = gradient(zero)
    hessian = []
    for d in range(zero.shape[-1]):
        step = zero.copy()
        step[..., d] = 1.0
        hessian.append(gradient(step) - g)
    L = np.linalg.cholesky(-np.stack(hessian, axis=-1))
    np.testing.assert_allclose(g, -np.einsum("...ab,...b->...a", L, noise), atol=1e-7)


def cases(quick):
    """Return all models as parameters, those not among `quick` marked as slow."""
    return [
        pytest.param(config, id=name, marks=() if name in quick else pytest.mark.slow)
        for name, config in (QUICK | SLOW).items()
    ]


@cache  # PyMC takes seconds to compile a model
def stated_once(config):
    """Return PyMC's statement of a model on the smallest ratings."""
    return Stated(config, *arranged(config))
