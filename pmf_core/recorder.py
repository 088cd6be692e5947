"""What is kept of a chain while it runs: traces, running predictions, a thinned set of draws.

Every way of fitting feeds its draws through a `Recorder`, so that a MAP, a Gibbs and a NUTS fit
report the same things computed by the same code.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from pmf_core.data import Ratings
from pmf_core.gibbs.scores import score_draw, score_mean
from pmf_core.split import Split

N_MONITORED = 200
"""Held-out pairs whose prediction is kept for every draw, to diagnose convergence."""

TRACES = ("norm_U", "norm_V", "log_likelihood", "train_rmse", "test_rmse")
"""What is recorded of each draw of each chain."""

RUNNING = ("train_rmse", "test_rmse")
"""What is recorded of the mean prediction over all chains and all draws so far."""


@dataclass
class Pairs:
    """Observed pairs to predict, with running sums of the predictions over draws and chains."""

    ratings: Ratings
    squares: bool
    """Also sum squares, for the variance of each prediction."""
    total: NDArray[np.float64] = field(init=False)
    """ndarray of shape (n_pairs,)"""
    total_square: NDArray[np.float64] = field(init=False)
    """ndarray of shape (n_pairs,), or empty"""
    count: int = field(init=False)
    """Draws in the sums."""
    _prediction: NDArray[np.float32] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Start with empty sums."""
        self._prediction = np.empty(self.ratings.n_ratings, np.float32)
        self.clear()

    def clear(self) -> None:
        """Forget the draws summed so far."""
        self.total = np.zeros(self.ratings.n_ratings)
        self.total_square = np.zeros(self.ratings.n_ratings if self.squares else 0)
        self.count = 0

    def add(self, U: NDArray, V: NDArray, offset: float) -> tuple[float, float]:
        """Add one draw; return its RMSE (clipped to the scale) and its plain squared error."""
        r = self.ratings
        clipped, plain = score_draw(
            U, V, r.user_idx, r.item_idx, r.rating, offset, *r.scale,
            self._prediction, self.total, self.total_square,
        )  # fmt: skip
        self.count += 1
        return float(np.sqrt(clipped / r.n_ratings)), plain

    def running_rmse(self) -> float:
        """Return the RMSE, in stars, of the mean prediction so far, clipped to the scale."""
        r = self.ratings
        return float(np.sqrt(score_mean(self.total, self.count, r.rating, *r.scale) / r.n_ratings))

    def mean(self) -> NDArray[np.float64]:
        """Return the mean prediction of each pair, in stars, not clipped."""
        return self.total / self.count

    def sd(self) -> NDArray[np.float64]:
        """Return the standard deviation over draws of each pair's prediction, in stars."""
        variance = self.total_square / self.count - self.mean() ** 2
        return np.sqrt(np.maximum(variance, 0))


class Recorder:
    """Accumulate draws of all chains, in step.

    Parameters
    ----------
    split : Split
        Pairs to predict.
    alpha : float
        Noise precision.
    offset : float
        What a model adds to ``U_i . V_j`` to predict, in stars.
    chains, tune, draws : int
        Size of the whole run.
    keep : int
        Factor draws to store, over all chains.
    """

    def __init__(
        self,
        split: Split,
        alpha: float,
        offset: float,
        *,
        chains: int,
        tune: int,
        draws: int,
        keep: int,
    ) -> None:
        self.alpha, self.offset = alpha, offset
        self.chains, self.tune, self.draws = chains, tune, draws
        # In the order of the users, the factors of a user stay in the processor's cache.
        order = np.lexsort((split.train.item_idx, split.train.user_idx))
        self.train = Pairs(split.train.take(order), squares=False)
        self.test = Pairs(split.test, squares=True)
        self.monitored = np.unique(
            np.linspace(0, split.test.n_ratings - 1, N_MONITORED).astype(np.intp)
        )
        steps = tune + draws
        self.traces = {name: np.full((chains, steps), np.nan) for name in TRACES}
        self.running = {name: np.full(draws, np.nan) for name in RUNNING}
        self.predictions = np.full((chains, draws, len(self.monitored)), np.nan, np.float32)
        self.thin = -(-draws // max(1, keep // chains))
        self.kept: list[tuple[NDArray[np.float32], NDArray[np.float32]]] = []
        self.steps = 0

    @property
    def n_draws(self) -> int:
        """Draws recorded so far of each chain, after tuning."""
        return max(0, self.steps - self.tune)

    @property
    def kept_draws(self) -> NDArray[np.intp]:
        """Positions, among the draws, of those whose factors are stored."""
        return np.arange(self.thin - 1, self.n_draws, self.thin)

    def end_tuning(self) -> None:
        """Count the steps so far as all of the tuning; what follows are draws."""
        self.tune = self.steps
        self.traces = {k: v[:, : self.tune + self.draws] for k, v in self.traces.items()}

    def add(self, U: Sequence[NDArray[np.float32]], V: Sequence[NDArray[np.float32]]) -> None:
        """Record the next step of all chains.

        Parameters
        ----------
        U, V : sequence of ndarray of shape (n_users, n_factors) and (n_items, n_factors)
            Those of each chain.
        """
        t = self.steps
        if t == self.tune:  # from here on, predictions are averaged
            self.train.clear()
            self.test.clear()
        for c in range(self.chains):
            train_rmse, squared_error = self.train.add(U[c], V[c], self.offset)
            test_rmse, _ = self.test.add(U[c], V[c], self.offset)
            n = self.train.ratings.n_ratings
            row = {
                "norm_U": np.linalg.norm(U[c]),
                "norm_V": np.linalg.norm(V[c]),
                "log_likelihood": 0.5
                * (n * np.log(self.alpha / (2 * np.pi)) - self.alpha * squared_error),
                "train_rmse": train_rmse,
                "test_rmse": test_rmse,
            }
            for name, value in row.items():
                self.traces[name][c, t] = value
        self.steps += 1
        if t >= self.tune:
            self._add_draw(t - self.tune, U, V)

    def state(self) -> dict[str, NDArray]:
        """Return all that has been accumulated but the stored draws, for `restore`."""
        arrays = {"steps": np.array(self.steps), "n_kept": np.array(len(self.kept))}
        arrays |= {f"traces/{name}": trace[:, : self.steps] for name, trace in self.traces.items()}
        arrays |= {f"running/{name}": v[: self.n_draws] for name, v in self.running.items()}
        arrays["predictions"] = self.predictions[:, : self.n_draws]
        for name, pairs in (("train", self.train), ("test", self.test)):
            arrays[f"{name}/total"] = pairs.total
            arrays[f"{name}/total_square"] = pairs.total_square
            arrays[f"{name}/count"] = np.array(pairs.count)
        return arrays

    def restore(self, state: dict[str, NDArray], kept: list[tuple[NDArray, NDArray]]) -> None:
        """Bring a new recorder of the same size to where `state` and its draws were taken."""
        self.steps, self.kept = int(state["steps"]), kept
        for name, trace in self.traces.items():
            trace[:, : self.steps] = state[f"traces/{name}"]
        for name, values in self.running.items():
            values[: self.n_draws] = state[f"running/{name}"]
        self.predictions[:, : self.n_draws] = state["predictions"]
        for name, pairs in (("train", self.train), ("test", self.test)):
            pairs.total[:] = state[f"{name}/total"]
            pairs.total_square[:] = state[f"{name}/total_square"]
            pairs.count = int(state[f"{name}/count"])

    def _add_draw(self, draw: int, U: Sequence[NDArray], V: Sequence[NDArray]) -> None:
        self.running["train_rmse"][draw] = self.train.running_rmse()
        self.running["test_rmse"][draw] = self.test.running_rmse()
        test = self.test.ratings
        users, items = test.user_idx[self.monitored], test.item_idx[self.monitored]
        for c in range(self.chains):
            self.predictions[c, draw] = self.offset + (U[c][users] * V[c][items]).sum(axis=-1)
        if (draw + 1) % self.thin == 0:
            self.kept.append((np.stack(U), np.stack(V)))
