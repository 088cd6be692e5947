"""Somebody whom the model has not seen: their factors from their ratings, draw by draw.

For each stored draw of the items and of the population, the newcomer's row is drawn from its full
conditional given their ratings. The items do not learn from them in turn.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from pmf_core.fits.draws import predictor_of, stored_draws
from pmf_core.fits.fit import Fit
from pmf_core.fits.predictor import Pairs
from pmf_core.kernels.randomness import Draws, Modes
from pmf_core.models.ingredients import ingredients_of, link_of, parts_of
from pmf_core.models.ingredients.base import RowPrior
from pmf_core.models.ingredients.begun import habits, usual_weights
from pmf_core.models.ingredients.biases import against_ones
from pmf_core.models.ingredients.link import RowData
from pmf_core.models.ingredients.work import Work
from pmf_core.models.problem import Problem
from pmf_core.models.state import SideState, State
from pmf_core.stats.least_squares import row_that_says

FIRST_ROUNDS, ROUNDS, CLIMB = 60, 6, 100
"""Where a row has no conditional in closed form: rounds at the first draw, at every other, and at
the only one of a MAP."""


def fold_in(
    fit: Fit,
    item_idx: NDArray[np.intp],
    rating: NDArray[np.float64],
    random_seed: int = 0,
    draws: Iterable[int] | None = None,
    is_all: bool = False,
) -> Iterator[State]:
    """Yield each stored draw with a newcomer as its only user.

    Their features are unknown, so they are those of any user: the prior of their row has the mean
    and the covariance over users of what features add. Which items they rated moves them, where
    the model says so, and so does what they will have rated in the end
    (`pmf_core.models.ingredients.begun`). With effects of days, all their ratings, the predicted
    ones too, are of one new day, whose effect is the only entry of `State.effect`.

    Parameters
    ----------
    fit : Fit
    item_idx : ndarray of shape (n_ratings,)
        What they rated, as row positions.
    rating : ndarray of shape (n_ratings,)
        In stars; one of the levels if the link is ordinal.
    random_seed : int
    draws : iterable of int, optional
        Positions of the stored draws of each chain to take; all by default.
    is_all : bool
        Whether they will rate nothing else, as users of the training ratings.
    """
    for conditional, state in folded(fit, item_idx, rating, random_seed, draws, is_all):
        yield conditional.end(state)


def is_closed(fit: Fit) -> bool:
    """Return whether a newcomer's row has a normal conditional given a stored draw."""
    return not any(each.needs_rounds for each in ingredients_of(fit.config))


def has_normal_row(fit: Fit) -> bool:
    """Return whether it has one given the draw and what is drawn of the newcomer beside the row."""
    return link_of(fit.config).has_normal_rows


def folded(
    fit: Fit,
    item_idx: NDArray[np.intp],
    rating: NDArray[np.float64],
    random_seed: int = 0,
    draws: Iterable[int] | None = None,
    is_all: bool = False,
) -> Iterator[tuple["Conditional", State]]:
    """Yield what `fold_in` does before it predicts, each with its full conditionals."""
    rng, closed = np.random.default_rng(random_seed), is_closed(fit)
    state, conditional = None, None
    for following in conditionals(fit, item_idx, rating, draws, is_all):
        before, conditional = conditional, following
        if fit.is_point_estimate:
            rounds = 1 if closed else CLIMB
        else:
            rounds = 1 if closed else FIRST_ROUNDS if state is None else ROUNDS
        # In closed form, where a row starts makes no difference to where it goes.
        state = conditional.start(None if closed else state, before)
        for turn in range(rounds):
            random = Modes(turn) if fit.is_point_estimate else Draws(rng)
            state = conditional.step(random, state)
        yield conditional, state


def conditionals(
    fit: Fit,
    item_idx: NDArray[np.intp],
    rating: NDArray[np.float64],
    draws: Iterable[int] | None = None,
    is_all: bool = False,
) -> Iterator["Conditional"]:
    """Yield the full conditionals of a newcomer given each stored draw; see `fold_in`."""
    problem, constants = _one_user(fit, item_idx, rating), constants_of(fit)
    if not is_all and fit.config.implicit in ("user", "both"):
        constants |= habits(fit.split.train)
    for draw in stored_draws(fit, user_idx=np.zeros(0, np.intp), draws=draws):
        yield Conditional(problem, draw, constants | usual_weights(draw, constants))


def newcomer_pairs(fit: Fit, item_idx: NDArray[np.intp]) -> Pairs:
    """Return the pairs of a newcomer with items, as the draws of `fold_in` have them.

    Parameters
    ----------
    item_idx : ndarray of shape (n_pairs,)
    """
    n, given = len(item_idx), {}
    for ingredient in ingredients_of(fit.config):
        given |= ingredient.newcomer_given(fit.attrs, n)
    return Pairs(np.zeros(n, np.int32), np.asarray(item_idx, np.int32), given)


def constants_of(fit: Fit) -> dict[str, NDArray]:
    """Return what a fit stores of its data beside the ratings."""
    constant = fit.idata["constant_data"].dataset
    return {name: constant[name].values for name in constant.data_vars}


def _one_user(fit: Fit, item_idx: NDArray[np.intp], rating: NDArray[np.float64]) -> Problem:
    predictor = predictor_of(fit)
    return Problem(
        config=fit.config,
        left_out=(),
        sides={},  # what takes part is in the draws
        rating=np.asarray(rating, np.float64) / predictor.unit,
        pairs=newcomer_pairs(fit, item_idx),
        offset=predictor.offset,
        scale=predictor.scale,
        unit=predictor.unit,
        levels=predictor.levels,
        data={},
    )


class _OneRow(Work):
    """A sweep's work where the only row is the newcomer's."""

    def __init__(self, problem: Problem, state: State, row: RowPrior) -> None:
        config = problem.config
        super().__init__(ingredients_of(config), link_of(config), problem, state)
        self.row = row

    def score(self, state: State) -> NDArray[np.float64]:
        """Return what the row gives each rating, the items' biases included: (n_ratings,)."""
        return self.row.shift + self.row.design @ state.U[0]


class Conditional:
    """The full conditionals of one newcomer, given a draw of all else.

    Their row may have columns that no other row has, where ingredients put what is theirs into
    it: of a new day, for instance, whose design is a column of ones, as of a bias.
    """

    def __init__(self, problem: Problem, draw: State, constants: Mapping[str, NDArray]) -> None:
        self.problem, self.draw, self.constants = problem, draw, constants
        self.ingredients = ingredients_of(problem.config)
        self.row = self._row(problem)

    def _row(self, problem: Problem) -> RowPrior:
        """Return prior, design and shift of the row where the pairs of `problem` are rated."""
        n = len(problem.pairs)
        row = RowPrior(np.zeros(0), np.zeros((0, 0)), np.zeros((n, 0)), np.zeros(n))
        for ingredient in self.ingredients:
            row = ingredient.newcomer_row(problem, self.draw, self.constants, row)
        return row._replace(design=np.ascontiguousarray(row.design))

    def meets(self, pairs: Pairs) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return what the row meets at any pairs: ``design @ row + shift`` is their score.

        Returns
        -------
        design : ndarray of shape (n_pairs, n_columns)
        shift : ndarray of shape (n_pairs,)
        """
        row = self._row(replace(self.problem, pairs=pairs))
        return row.design, row.shift

    def start(self, state: State | None, before: "Conditional | None") -> State:
        """Return where the newcomer starts: as they were given the draw before, or as anybody is.

        Between two draws factors may have turned or changed their size, without a change of any
        score. So what stays is what they thought of all items, as near as the new draw can say it.
        """
        config = self.problem.config
        fresh = self.draw.map(lambda part: np.asarray(part, np.float64))
        fresh = fresh.replace(U=self.row.mean[None].copy())
        for ingredient in self.ingredients:
            fresh = fresh.replace(**ingredient.newcomer_start(config, fresh))
        if state is None or before is None:
            return fresh
        owned = (part.name for part in parts_of(config).values() if part.owner == "user")
        kept = fresh.replace(**{name: state[name] for name in owned if name in fresh})
        size = config.n_columns
        design, shift = self._of_all_items()
        design_before, shift_before = before._of_all_items()
        opinion = design_before @ state.U[0, :size] + shift_before - shift
        row = state.U.copy()
        row[0, :size] = row_that_says(design, opinion)
        return kept.replace(U=row)

    def _of_all_items(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return what a row meets of every item, and what is added to that."""
        V = self.draw.V.astype(np.float64)
        if self.problem.config.biases:
            return against_ones(V, np.arange(len(V), dtype=np.int32))
        return V, np.zeros(len(V))

    def without(self, at: int) -> RowPrior:
        """Return the prior of the row had one of the ratings not been given.

        Which items somebody rated moves it, where the model says so.
        """
        pairs = self.problem.pairs
        kept = np.delete(np.arange(len(pairs)), at)
        return self._row(replace(self.problem, pairs=pairs.take(kept)))

    def exact(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return mean and precision of the row given the ratings, where `is_closed` says so.

        The columns of the days' effects, too. Salakhutdinov & Mnih (2008), eqs 11 to 13.
        """
        return self._normal(_OneRow(self.problem, self.start(None, None), self.row))

    def around(
        self, random: Draws, state: State
    ) -> tuple[State, NDArray[np.float64], NDArray[np.float64]]:
        """Draw what the row's ratings hide, and return mean and precision of the row given it.

        Where `has_normal_row` says so. What is averaged over rows that are known like this, rather
        than over one draw of each, has less noise (Rao-Blackwell; Gelfand & Smith 1990, sec 2.3).
        """
        work = _OneRow(self.problem, state, self.row)
        state = work.link.newcomer_step(random, self.problem, state, work)
        return state, *self._normal(work)

    def _normal(self, work: Work) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return mean and precision of the row given ratings, or latent scores, and noise."""
        mean, precision, design, shift = self.row
        weight = float(self.draw.alpha) * (1.0 if work.weight is None else work.weight)
        weight = np.broadcast_to(weight, len(design))
        linear = precision @ mean + design.T @ (weight * (work.explained_by_rows - shift))
        precision = precision + (design * weight[:, None]).T @ design
        return np.linalg.solve(precision, linear), precision

    def step(self, random: Draws | Modes, state: State) -> State:
        """Draw every part of the newcomer once."""
        problem, work = self.problem, _OneRow(self.problem, state, self.row)
        state = work.link.newcomer_step(random, problem, state, work)
        n, size = self.row.design.shape
        data = RowData(
            np.array([0, n]),
            np.arange(n, dtype=np.int32),
            work.explained_by_rows,
            work.weight,
            self.row.design,
            float(state.alpha),
            self.row.shift,
        )
        prior = SideState(
            state.U, self.row.mean, self.row.precision, np.zeros((0, size)), np.zeros((0, 0, 0))
        )
        noise = random.normal(1, size)
        drawn = work.link.draw_rows(random, problem, prior, None, data, noise)
        state = state.replace(U=drawn.rows)
        for ingredient in self.ingredients[:-1]:
            state = ingredient.newcomer_step(random, problem, state, work)
        return state

    def end(self, state: State) -> State:
        """Return a draw that predicts."""
        state = state.replace(U=state.U.astype(np.float32), V=self.draw.V)
        for ingredient in self.ingredients:
            state = ingredient.newcomer_end(state)
        return state.replace(U=np.ascontiguousarray(state.U))
