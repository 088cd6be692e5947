"""What ratings say of the biases of one side, what some share beside their bias left out."""

import numpy as np
from numpy.typing import NDArray

from pmf_core.models.config import PMFConfig
from pmf_core.models.ingredients.effects import TAU_RATE, TAU_SHAPE
from pmf_core.models.ingredients.population import learned_columns
from pmf_core.models.problem import Side
from pmf_core.models.state import SideState
from pmf_core.sampling.moves.base import bias_pull, degrees_of_freedom
from pmf_core.stats.slices import draw_slice


class Cells:
    """Ratings of row i that share all but their noise, a cell c, and what they say of its bias.

    They say ``N_c = alpha sum w`` of ``b_i + e_c``, which by them alone is x_c. Without e_c ~ N(0,
    1 / tau) they say ``K_c = N_c tau / (N_c + tau)`` of b_i, whose prior given the factors is
    ``N(m_i, 1 / Lambda_bb)``: so ``b_i ~ N(h_i / P_i, 1 / P_i)``, ``P_i = Lambda_bb + sum K`` and
    ``h_i = Lambda_bb m_i + sum K x``. Where cells have nothing of their own, tau is infinite.

    Parameters
    ----------
    side, half : Side, SideState
        Whose biases are the last column.
    owner : ndarray of shape (n_cells,)
        The row of each cell.
    known, at : ndarray of shape (n_cells,)
        N and x.
    """

    def __init__(
        self, side: Side, half: SideState, owner: NDArray, known: NDArray, at: NDArray
    ) -> None:
        self.half, self.owner, self.known, self.at = half, owner, known, at
        self.prior = float(half.Lambda[-1, -1])
        self.mean = half.rows[:, -1] - bias_pull(side, half) / self.prior

    def of_biases(self, tau: float) -> tuple[NDArray, NDArray, NDArray]:
        """Return K of each cell, and precision and linear term of each bias."""
        K = self.known / (1 + self.known / tau)
        precision, linear = self._told(K)
        return K, self.prior + precision, self.prior * self.mean + linear

    def _told(self, K: NDArray) -> tuple[NDArray, NDArray]:
        n_rows = len(self.mean)
        precision = np.bincount(self.owner, K, minlength=n_rows)
        return precision, np.bincount(self.owner, K * self.at, minlength=n_rows)

    def log_density(self, log_tau: float) -> float:
        """Return the log density of the logarithm of tau, biases integrated out.

        ``(sum log(K / N) - sum K x^2 - sum log P + sum h^2 / P) / 2 + a log tau - b tau``, up to a
        constant.
        """
        tau = float(np.exp(log_tau))
        K, precision, linear = self.of_biases(tau)
        levels = np.log(K / self.known).sum() - (K * self.at**2).sum()
        users = (linear**2 / precision).sum() - np.log(precision).sum()
        return float(0.5 * (levels + users) + TAU_SHAPE * log_tau - TAU_RATE * tau)

    def draw_prior(self, rng: np.random.Generator, config: PMFConfig, tau: float) -> SideState:
        """Draw Lambda_bb with the biases integrated out; return the side with it.

        Held are the distribution of the other columns, and how b depends on them, by slopes
        ``beta = -Lambda_fb / Lambda_bb``: ``Lambda_ff = M + Lambda_bb beta beta'``. In these, for D
        learned columns, the Wishart density and the Jacobian leave ``l^((nu - D - 1) / 2 + D - 1)
        exp(-l (1 + beta' beta) / (2 W0))`` of ``l = Lambda_bb``, and the prior of the mean
        ``l^1/2 exp(-l beta0 a^2 / 2)``, ``a = mu_b - mu0 - beta' (mu_f - mu0)``. A slice draws the
        logarithm.
        """
        learned = learned_columns(config)
        others, size = slice(learned.start, learned.stop - 1), learned.stop - learned.start
        Lambda = self.half.Lambda.copy()
        beta, away = -Lambda[others, -1] / self.prior, self.half.mu[learned] - config.mu0
        power = 0.5 * (degrees_of_freedom(config) + size - 2)
        rate = 0.5 * (1 + beta @ beta) / config.W0
        rate += 0.5 * config.beta0 * float(away[-1] - beta @ away[:-1]) ** 2
        told, linear = self._told(self.known / (1 + self.known / tau))
        squares = float(self.mean @ self.mean)

        def log_density(log_prior: float) -> float:
            prior = np.exp(log_prior)
            precision, total = prior + told, prior * self.mean + linear
            rows = len(told) * log_prior - np.log(precision).sum() + (total**2 / precision).sum()
            return float(0.5 * (rows - prior * squares) + (power + 1) * log_prior - rate * prior)

        width = 4 / np.sqrt(len(told) + 1)
        after = float(np.exp(draw_slice(rng, log_density, float(np.log(self.prior)), width)))
        Lambda[others, others] += (after - self.prior) * np.outer(beta, beta)
        Lambda[others, -1] = Lambda[-1, others] = -after * beta
        Lambda[-1, -1] = self.prior = after
        self.half = self.half._replace(Lambda=Lambda)
        return self.half

    def draw_biases(self, rng: np.random.Generator, tau: float) -> NDArray[np.float64]:
        """Draw all biases."""
        _, precision, linear = self.of_biases(tau)
        return linear / precision + rng.standard_normal(len(linear)) / np.sqrt(precision)
