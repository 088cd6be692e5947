"""Biases: a number for each user and item, kept as one more column of U and V.

Row i of ``(U_i, b_i)`` meets design rows ``(V_j, 1)`` with offset ``b_j``, so that features and
priors of biases need no code of their own.
"""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from pmf_core.data.nouns import OWNERS
from pmf_core.models.config import PMFConfig
from pmf_core.models.ingredients.base import Ingredient, Part, RowPrior, Scalar, Statement
from pmf_core.models.ingredients.mathematics import Mathematics
from pmf_core.models.ingredients.measures import spread
from pmf_core.models.problem import Problem
from pmf_core.models.state import SIDES, State

COLUMN = {"U": "b_U", "V": "b_V"}
"""What the last column of each matrix is stored as."""


class Biases(Ingredient):
    """A number for each user and item, added to ``U_i . V_j``."""

    def is_in(self, config: PMFConfig) -> bool:
        """Return whether a model has biases."""
        return config.biases

    def mathematics(self, problem: Problem) -> Mathematics:
        """Write what is added; their prior is one of the rows whose last column they are."""
        return Mathematics(score=("b_i", "b_j"))

    def parts(self, config: PMFConfig) -> tuple[Part, ...]:
        """Declare the biases; while drawn, they are columns of U and V."""
        return Part("b_U", ("user",), "user"), Part("b_V", ("item",), "item")

    def scalars(self, config: PMFConfig, n_levels: int) -> tuple[Scalar, ...]:
        """Declare where the biases of each side lie, and their prior."""
        found = []
        for owner, names in SIDES.items():
            b, of = COLUMN[names.rows], f"the {OWNERS[owner]}' biases"
            prior = f"mean of {of}, as their prior has it"
            found += [
                Scalar(f"mean_{b}", f"Mean of {of}", f"Mean of {of} over all {OWNERS[owner]}."),
                Scalar(f"sd_{b}", f"Sd of {of}", f"Sd of {of} over all {OWNERS[owner]}."),
                Scalar(f"mu_{b}", f"Prior mean of {of}", f"The {prior}: μ, of their column."),
                Scalar(
                    f"precision_{b}",
                    f"Prior precision of {of}",
                    f"Their entry on the diagonal of Λ: how narrow the prior of {of} is.",
                ),
            ]
        return tuple(found)

    def measure(self, problem: Problem, state: State) -> dict[str, float]:
        """Return mean and sd of the last columns, and the last entries of their priors."""
        found = {}
        for owner, names in SIDES.items():
            b, half = COLUMN[names.rows], state.side(owner)
            found[f"mean_{b}"], found[f"sd_{b}"] = spread(half.rows[:, -1])
            found[f"mu_{b}"] = float(half.mu[-1])
            found[f"precision_{b}"] = float(half.Lambda[-1, -1])
        return found

    def to_stored(self, config: PMFConfig, draws: dict[str, NDArray]) -> dict[str, NDArray]:
        """Split the last column off."""
        biases = {bias: draws[rows][..., -1] for rows, bias in COLUMN.items()}
        return draws | biases | {rows: draws[rows][..., :-1] for rows in COLUMN}

    def from_stored(self, config: PMFConfig, draws: dict[str, NDArray]) -> dict[str, NDArray]:
        """Join the last column."""
        joined = {
            rows: np.column_stack([draws[rows], draws[bias]]) for rows, bias in COLUMN.items()
        }
        return {k: v for k, v in draws.items() if k not in COLUMN.values()} | joined

    def newcomer_row(
        self, problem: Problem, draw: State, constants: Mapping[str, NDArray], row: RowPrior
    ) -> RowPrior:
        """Add a column of ones, and the items' biases."""
        design = np.column_stack([row.design, np.ones(len(row.design))])
        return row._replace(design=design, shift=row.shift + draw.V[problem.item_idx, -1])

    def state_in_pymc(self, problem: Problem, statement: Statement) -> None:
        """Add the last columns of the rows."""
        d = problem.config.n_factors
        statement.score += statement.rows["user"][:, d] + statement.rows["item"][:, d]


def against_ones(
    other: NDArray[np.float64], indices: NDArray[np.int32]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the other side as a bias of this side meets it, and its own biases as offsets.

    Returns
    -------
    design : ndarray of shape (n_other, n_columns)
        The factors and a column of ones.
    shift : ndarray of shape (n_ratings,)
        The bias that each rating has from the other side.
    """
    return np.column_stack([other[:, :-1], np.ones(len(other))]), other[indices, -1]
