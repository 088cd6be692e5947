"""What is kept of a chain while it runs: traces, running predictions, a thinned set of draws.

Every way of fitting feeds its draws through a `Recorder`, so that a MAP, a Gibbs and a NUTS fit
report the same things computed by the same code.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from pmf_core.data import Ratings
from pmf_core.data.split import Split
from pmf_core.fits.predictor import Pairs, Predictor
from pmf_core.kernels.scores import add_predictions, mean_squared_errors
from pmf_core.models.arrange import pairs_of
from pmf_core.models.ingredients import measure, scalars_of, steps_of
from pmf_core.models.ingredients.measures import spread
from pmf_core.models.problem import Problem
from pmf_core.models.state import State
from pmf_core.support.errors import NotFinite

N_MONITORED = 200
"""Held-out pairs whose prediction is kept for every draw, to diagnose convergence."""

TRACES = ("norm_U", "norm_V", "alpha", "total_log_likelihood", "train_rmse", "test_rmse")
"""What is recorded of each draw of any chain, beside the scalars of its model and the rates of its
Metropolis steps."""

OF_TRAINING = ("train_rmse", "total_log_likelihood", "sd_score")
"""Traces that are known where the training ratings are predicted; the others are of every draw, and
where one of these is nan or infinite, all that follows is."""

RUNNING = ("train_rmse", "test_rmse")
"""What is recorded of the mean prediction over all chains and all draws so far."""


@dataclass
class Sums:
    """Observed pairs, with running sums of their predictions over draws and chains."""

    ratings: Ratings
    pairs: Pairs
    squares: bool
    """Also sum squares, for the variance of each prediction."""
    total: NDArray[np.float64] = field(init=False)
    """ndarray of shape (n_pairs,)"""
    total_square: NDArray[np.float64] | None = field(init=False)
    """ndarray of shape (n_pairs,), where `squares` are asked for"""
    count: int = field(init=False)
    """Draws in the sums."""

    def __post_init__(self) -> None:
        """Start with empty sums."""
        self.clear()

    def clear(self) -> None:
        """Forget the draws summed so far."""
        self.total = np.zeros(self.ratings.n_ratings)
        self.total_square = np.zeros(self.ratings.n_ratings) if self.squares else None
        self.count = 0

    def add(self, mean: NDArray, offset: float) -> tuple[float, float]:
        """Add one draw's predictions.

        Parameters
        ----------
        mean : ndarray of shape (n_pairs,)
            Mean ratings less `offset`, in stars.
        offset : float
            In stars.

        Returns
        -------
        rmse : float
            Of the predictions clipped to the scale, in stars.
        squared_error : float
            Of those that are not clipped, summed over the pairs, in stars squared.
        """
        r = self.ratings
        clipped, plain = add_predictions(
            mean, offset, r.rating, *r.scale, self.total, self.total_square
        )
        self.count += 1
        return float(np.sqrt(clipped / r.n_ratings)), plain

    def running_rmse(self) -> float:
        """Return the RMSE of the mean prediction so far, clipped to the scale."""
        r = self.ratings
        total = mean_squared_errors(self.total, self.count, r.rating, *r.scale)
        return float(np.sqrt(total / r.n_ratings))

    def mean(self) -> NDArray[np.float64]:
        """Return the mean prediction of each pair, not clipped: (n_pairs,)."""
        return self.total / self.count

    def sd(self) -> NDArray[np.float64]:
        """Return the sd over draws of each pair's prediction, in stars: (n_pairs,)."""
        variance = self.total_square / self.count - self.mean() ** 2
        return np.sqrt(np.maximum(variance, 0))


class Recorder:
    """Accumulate draws of all chains, in step; ratings and errors are in units of the problem.

    Attributes
    ----------
    traces : dict of str to ndarray of shape (chains, tune + draws)
        `TRACES` of every step, `scalars_of` the model and the rates of its Metropolis steps; nan
        where not known.
    running : dict of str to ndarray of shape (draws,)
        `RUNNING`.
    predictions : ndarray of shape (chains, draws, n_monitored)
        Of the held-out pairs at positions `monitored`.
    kept : list of list of State
        Every `thin`-th draw after tuning: of each chain, in float32.
    train, test : Sums
        Predictions of the training ratings, in the order of the users, and of the held-out ones.
    steps : int
        Recorded so far of each chain.

    Parameters
    ----------
    split : Split
        Pairs to predict.
    problem : Problem
        The model and how its training ratings are arranged.
    chains, tune, draws : int
        Size of the whole run.
    keep : int
        Factor draws to store, over all chains.
    tuning_every : int
        While tuning, the training ratings are predicted at every so many steps, since nobody keeps
        those steps and there are many ratings; traces `OF_TRAINING` are nan at the others.
    """

    def __init__(
        self,
        split: Split,
        problem: Problem,
        *,
        chains: int,
        tune: int,
        draws: int,
        keep: int,
        tuning_every: int = 1,
    ) -> None:
        self.problem, self.predictor = problem, Predictor.of(problem)
        self.tuning_every = tuning_every
        self.chains, self.tune, self.draws = chains, tune, draws
        # In the order of the users, the factors of a user stay in the processor's cache.
        train, test = split.train.in_units(), split.test.in_units()
        train = train.take(np.lexsort((train.item_idx, train.user_idx)))
        self.train = Sums(train, pairs_of(problem, train), squares=False)
        self.test = Sums(test, pairs_of(problem, test), squares=True)
        self._observed = self.predictor.observed(train.rating)
        self.monitored = np.unique(
            np.linspace(0, split.test.n_ratings - 1, N_MONITORED).astype(np.intp)
        )
        steps = tune + draws
        self.rates = tuple(step.trace for step in steps_of(problem.config))
        scalars = scalars_of(problem.config, len(problem.levels))
        names = (*TRACES, *(scalar.name for scalar in scalars), *self.rates)
        self.traces = {name: np.full((chains, steps), np.nan) for name in names}
        self.running = {name: np.full(draws, np.nan) for name in RUNNING}
        self.predictions = np.full((chains, draws, len(self.monitored)), np.nan, np.float32)
        self.thin = -(-draws // max(1, keep // chains))
        self.kept: list[list[State]] = []
        self.steps = 0

    @property
    def n_draws(self) -> int:
        """Draws recorded so far of each chain, after tuning."""
        return max(0, self.steps - self.tune)

    @property
    def kept_draws(self) -> NDArray[np.intp]:
        """Ndarray of shape (n_kept,): positions, among the draws, of those that are stored."""
        return np.arange(self.thin - 1, self.n_draws, self.thin)

    def end_tuning(self) -> None:
        """Count the steps so far as all of the tuning; what follows are draws."""
        self.tune = self.steps
        self.traces = {k: v[:, : self.tune + self.draws] for k, v in self.traces.items()}

    def forget_after(self, steps: int) -> None:
        """Go back to the first `steps` of the tuning, whose predictions are summed up nowhere."""
        self.steps = steps

    def add(self, draws: Sequence[State]) -> None:
        """Record the next step of all chains.

        Parameters
        ----------
        draws : sequence of State
            One of each chain, without an axis of draws.

        Raises
        ------
        NotFinite
            If a draw is not finite.
        """
        t = self.steps
        if t == self.tune:  # from here on, predictions are averaged
            self.train.clear()
            self.test.clear()
        for c, draw in enumerate(draws):
            traces = self._traces_of(c, t - self.tune, draw)
            for name, value in traces.items():
                if not (np.isfinite(value) or name in OF_TRAINING):
                    raise NotFinite(f"{name} of chain {c} is {value:g} after step {t + 1}")
                self.traces[name][c, t] = value
        self.steps += 1
        if t >= self.tune:
            draw = t - self.tune
            self.running["train_rmse"][draw] = self.train.running_rmse()
            self.running["test_rmse"][draw] = self.test.running_rmse()
            if (draw + 1) % self.thin == 0:
                self.kept.append([draw.map(np.copy) for draw in draws])

    def _traces_of(self, chain: int, draw: int, state: State) -> dict[str, float]:
        """Predict with one draw of one chain; return its traces."""
        # What is measured comes first: of all that is not finite, it says best where that began.
        traces = measure(self.problem, state) | {"alpha": float(state.alpha)}
        traces |= dict.fromkeys(OF_TRAINING, np.nan)
        predictor = self.predictor
        parts = {"train": self.train, "test": self.test}
        if draw < 0 and self.steps % self.tuning_every:
            del parts["train"]
        for part, sums in parts.items():
            score = predictor.score(state, sums.pairs)
            if predictor.link == "identity":  # the offset is added where the sums are
                rmse, squared_error = sums.add(score, predictor.offset)
                mean = score + np.float32(predictor.offset) if part == "test" else None
            else:
                mean = predictor.mean(state, sums.pairs, score)
                rmse, squared_error = sums.add(mean, 0.0)
            traces[f"{part}_rmse"] = rmse
            if part == "train":
                traces["sd_score"] = spread(score)[1]
                traces["total_log_likelihood"] = predictor.log_likelihood(
                    state, sums.pairs, score, self._observed, squared_error
                )
            elif draw >= 0:
                self.predictions[chain, draw] = mean[self.monitored]
        return traces | {name: float(state[name]) for name in self.rates}

    def in_stars(self, name: str, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return a trace, or a part of it, as people see it: errors in stars."""
        return values * self.problem.unit if name.endswith("_rmse") else values

    def state(self) -> dict[str, NDArray]:
        """Return all that has been accumulated but the stored draws, for `restore`."""
        arrays = {"steps": np.array(self.steps), "n_kept": np.array(len(self.kept))}
        arrays |= {f"traces/{name}": trace[:, : self.steps] for name, trace in self.traces.items()}
        arrays |= {f"running/{name}": v[: self.n_draws] for name, v in self.running.items()}
        arrays["predictions"] = self.predictions[:, : self.n_draws]
        for name, pairs in (("train", self.train), ("test", self.test)):
            arrays[f"{name}/total"] = pairs.total
            if pairs.squares:
                arrays[f"{name}/total_square"] = pairs.total_square
            arrays[f"{name}/count"] = np.array(pairs.count)
        return arrays

    def restore(self, state: dict[str, NDArray], kept: list[list[State]]) -> None:
        """Bring a new recorder of the same size to where `state` and its draws were taken."""
        self.steps, self.kept = int(state["steps"]), kept
        for name, trace in self.traces.items():
            trace[:, : self.steps] = state[f"traces/{name}"]
        for name, values in self.running.items():
            values[: self.n_draws] = state[f"running/{name}"]
        self.predictions[:, : self.n_draws] = state["predictions"]
        for name, pairs in (("train", self.train), ("test", self.test)):
            pairs.total[:] = state[f"{name}/total"]
            if pairs.squares:
                pairs.total_square[:] = state[f"{name}/total_square"]
            pairs.count = int(state[f"{name}/count"])
