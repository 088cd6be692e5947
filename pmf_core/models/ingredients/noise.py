"""The noise of ratings around their scores: one precision for all."""

import numpy as np
from numpy.typing import NDArray

from pmf_core.kernels.randomness import Draws, Modes
from pmf_core.models.config import PMFConfig
from pmf_core.models.ingredients.base import Ingredient, Part, Scalar, Statement
from pmf_core.models.ingredients.densities import log_gamma
from pmf_core.models.ingredients.mathematics import Line, Mathematics, gamma, number
from pmf_core.models.ingredients.work import Work
from pmf_core.models.problem import Problem
from pmf_core.models.state import State


class Noise(Ingredient):
    """The noise precision alpha: given, or learned under a gamma prior."""

    def mathematics(self, problem: Problem) -> Mathematics:
        """Write the prior of alpha, or its value."""
        config, symbol = problem.config, r"\alpha"
        if config.alpha is None:
            latex = gamma(symbol, config.alpha_shape, config.alpha_rate)
            words = "The noise precision is learned; its prior has this shape and rate."
            line = Line(symbol, latex, words, "hyperprior", ("alpha",))
        else:
            words = "The noise precision, 1 / variance, is given."
            line = Line(symbol, rf"\alpha = {number(config.alpha)}", words, "rating")
        return Mathematics((line,), precision=(symbol,))

    def parts(self, config: PMFConfig) -> tuple[Part, ...]:
        """Declare alpha."""
        return (Part("alpha", (), learned=config.alpha is None),)

    def scalars(self, config: PMFConfig, n_levels: int) -> tuple[Scalar, ...]:
        """Declare a learned alpha."""
        words = "Noise precision: 1 / variance of a rating around its score."
        return (Scalar("alpha", "α, noise precision", words),) if config.alpha is None else ()

    def measure(self, problem: Problem, state: State) -> dict[str, float]:
        """Return a learned alpha."""
        return {"alpha": float(state.alpha)} if problem.config.alpha is None else {}

    def start(self, random: Draws, problem: Problem) -> dict[str, NDArray]:
        """Start as if scores said nothing."""
        alpha = problem.config.alpha
        return {"alpha": np.asarray(float(1 / problem.rating.var() if alpha is None else alpha))}

    def draw_prior(self, random: Draws, problem: Problem) -> dict[str, NDArray]:
        """Draw alpha, where it is learned."""
        config, alpha = problem.config, problem.config.alpha
        if alpha is None:
            alpha = random.gamma(config.alpha_shape, config.alpha_rate)
        return {"alpha": np.asarray(float(alpha))}

    def step(self, random: Draws | Modes, problem: Problem, state: State, work: Work) -> State:
        """Draw alpha given the errors."""
        if problem.config.alpha is not None:
            return state
        square, n = work.sum_of_squares(state), len(work.target)
        return state.replace(alpha=draw_alpha(random, problem.config, square, n))

    def log_prior(self, problem: Problem, state: State) -> float:
        """Return the log density of a learned alpha."""
        config = problem.config
        if config.alpha is not None:
            return 0.0
        return log_gamma(state.alpha, config.alpha_shape, config.alpha_rate)

    def state_in_pymc(self, problem: Problem, statement: Statement) -> None:
        """State alpha, or take its value."""
        import pymc as pm

        config, alpha = problem.config, problem.config.alpha
        if alpha is None:
            alpha = pm.Gamma("alpha", config.alpha_shape, config.alpha_rate)
        statement.precision *= alpha


def draw_alpha(
    random: Draws | Modes, config: PMFConfig, square: float, n_ratings: int
) -> NDArray[np.float64]:
    """Draw the noise precision given squared errors: gamma prior, gamma conditional.

    Parameters
    ----------
    square : float
        Their sum, each times the relative precision of its rating: in stars squared; under a
        latent link, of scores.

    Returns
    -------
    ndarray of shape ()
        Of the score's unit, to the power -2: 1 / stars squared under an identity link.
    """
    shape, rate = config.alpha_shape + 0.5 * n_ratings, config.alpha_rate + 0.5 * square
    return np.asarray(random.gamma(shape, rate))
