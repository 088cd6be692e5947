"""What an ingredient of a model is: everything that the package needs to know of it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from pmf_core.data import Ratings
from pmf_core.data.nouns import Nouns
from pmf_core.kernels.randomness import Draws, Modes
from pmf_core.models.config import PMFConfig
from pmf_core.models.ingredients.mathematics import Mathematics
from pmf_core.models.ingredients.work import Work
from pmf_core.models.pairs import Pairs
from pmf_core.models.problem import Problem
from pmf_core.models.state import State

if TYPE_CHECKING:
    import pymc as pm


class Part(NamedTuple):
    """One array that a model draws, as it is stored."""

    name: str
    dims: tuple[str, ...]
    """Beside chain and draw, none called as a part, which netCDF would take for its labels; a
    column is a factor or, last, the bias."""
    owner: str | None = None
    """``user`` or ``item`` if there is one entry for each, along the first axis."""
    learned: bool = True
    """Whether it is drawn, or given by the settings."""
    needed: bool = True
    """Whether predictions need it, those of somebody new included."""


class Constant(NamedTuple):
    """One array of an ingredient's data, as a stored fit holds it."""

    name: str
    dims: tuple[str, ...]
    kinds: str = "f"
    """What it may hold, by NumPy's letters."""


class Step(NamedTuple):
    """A Metropolis step, of which the share of proposals that are taken is recorded."""

    name: str
    label: str
    """What people read, in the words of `OWNERS`."""
    usual: tuple[float, float]
    """Share of the proposals that is usually taken, from and to."""

    @property
    def trace(self) -> str:
        """Name of that share, in a state and among the traces of a fit."""
        return f"accepted_{self.name}"

    def called(self, nouns: Nouns) -> "Step":
        """Return it in the nouns of ratings."""
        return self._replace(label=_filled(self.label, nouns))


class Scalar(NamedTuple):
    """A quantity of a draw by which chains are compared: no rotation of the factors changes it."""

    name: str
    """Of its trace in a fit."""
    label: str
    """What people read, in the words of `OWNERS`."""
    help: str
    """What it is, in a sentence, in the same words."""
    of_scores: bool = False
    """Whether it takes the scores of all training ratings: whoever has them works it out."""

    def called(self, nouns: Nouns) -> "Scalar":
        """Return it in the nouns of ratings."""
        return self._replace(label=_filled(self.label, nouns), help=_filled(self.help, nouns))


class RowPrior(NamedTuple):
    """What is known of somebody new before their ratings, and how these tell of them."""

    mean: NDArray[np.float64]
    """ndarray of shape (n_columns,): of their row"""
    precision: NDArray[np.float64]
    """ndarray of shape (n_columns, n_columns)"""
    design: NDArray[np.float64]
    """ndarray of shape (n_ratings, n_columns): what the row is multiplied with, for each rating"""
    shift: NDArray[np.float64]
    """ndarray of shape (n_ratings,): what is added to that"""


class Takes(NamedTuple):
    """What an ingredient takes, about, beyond the others; see `pmf_core.fits.cost`."""

    nanoseconds: float = 0.0
    """Of a sweep, on one core."""
    numbers: int = 0
    """In one draw of its parts."""
    data_bytes: int = 0
    """Of its data, which all chains share."""
    chain_bytes: int = 0
    """Of what each chain works on, beyond its draws."""


@dataclass
class Statement:
    """A PyMC model on the way: ingredients add to it in turn."""

    model: "pm.Model"
    pairs: Pairs
    """The training ratings' pairs, in the order of the observations."""
    rating: NDArray[np.float64]
    """ndarray of shape (n_ratings,), in stars"""
    idx: dict[str, Any]
    """The pairs' ``user`` and ``item``, as data of the model."""
    score: Any = 0.0
    """Tensor of shape (n_ratings,)"""
    precision: Any = 1.0
    """Tensor of shape (n_ratings,) or (): of the noise"""
    rows: dict[str, Any] = field(default_factory=dict)
    """Tensors of shape (n_ratings, n_columns): the rows that meet, of ``user`` and ``item``."""


class Ingredient:
    """One thing that a model may have; by default it does nothing.

    To add one: a file with a subclass, a field of `PMFConfig` that switches it on, and a line in
    `pmf_core.models.ingredients.INGREDIENTS`. Each method below is one of the places where it
    takes part. States, starts and draws are dictionaries of arrays under the names of `parts`.
    """

    numbers: tuple[str, ...] = ()
    """What `attrs` gives."""
    stored: tuple[Constant, ...] = ()
    """What `constants` gives."""
    needs_rounds = False
    """Whether a newcomer's row has no conditional in closed form with it."""

    def is_in(self, config: PMFConfig) -> bool:
        """Return whether a model has it."""
        return True

    def mathematics(self, problem: Problem) -> Mathematics:
        """Write down what it says of the model: each random variable that it states in PyMC."""
        return Mathematics()

    # What it is made of.

    def parts(self, config: PMFConfig) -> tuple[Part, ...]:
        """Declare what it draws, as it is stored."""
        return ()

    def steps(self, config: PMFConfig) -> tuple[Step, ...]:
        """Declare its Metropolis steps."""
        return ()

    def scalars(self, config: PMFConfig, n_levels: int) -> tuple[Scalar, ...]:
        """Declare the quantities of it by which chains are compared.

        `n_levels` are the different ratings that can be given, 0 if they are continuous.
        """
        return ()

    def measure(self, problem: Problem, state: State) -> dict[str, float]:
        """Return its `scalars` at a state, but those that are `of_scores`."""
        return {}

    def coords(self, problem: Problem) -> dict[str, NDArray]:
        """Return the labels of the dims of its parts, where they have any."""
        return {}

    def takes(self, config: PMFConfig, train: Ratings) -> Takes:
        """Return what it takes, estimated from the sizes of training ratings."""
        return Takes()

    # Its data.

    def lacking(self, config: PMFConfig, ratings: Ratings) -> tuple[dict[str, Any], str] | None:
        """Return the settings without it, and why, if these ratings lack the data it needs."""
        return None

    def arrange(self, config: PMFConfig, ratings: Ratings) -> dict[str, Any]:
        """Return its data of training ratings, which are in the order of the users."""
        return {}

    def given(self, data: Mapping[str, Any], ratings: Ratings) -> dict[str, NDArray[np.int32]]:
        """Return what it must know of each rating (last axis), of training or to predict."""
        return {}

    def attrs(self, problem: Problem) -> dict[str, Any]:
        """Return what a stored fit says of its data: the `numbers`, or short lists of them."""
        return {}

    def constants(self, problem: Problem, train: Pairs) -> dict[str, NDArray]:
        """Return arrays of its data that a stored fit holds, by the names in `stored`.

        Among them whatever `given` gives, of the training ratings, with dim ``obs`` last.
        """
        return {}

    def unseen(self, attrs: Mapping[str, Any], n_pairs: int) -> dict[str, NDArray[np.int32]]:
        """Return what `given` would of pairs of which nothing is known, from a stored fit."""
        return {}

    def sizes(self, config: PMFConfig, attrs: Mapping[str, Any], n_users: int) -> dict[str, int]:
        """Return how long the dims of its parts are in a stored fit, where that is known.

        Beside chain, draw, user and item; `attrs` are all attributes of the fit.
        """
        return {}

    def check(self, attrs: Mapping[str, Any], constants: Mapping[str, NDArray]) -> None:
        """Refuse `constants` of a stored fit that do not fit each other or `attrs`.

        Whoever reads a file has seen that they are there, of their dims and kinds.

        Raises
        ------
        ValueError
            With what is wrong.
        """

    # What is drawn.

    def start(self, random: Draws, problem: Problem) -> dict[str, NDArray]:
        """Return where a chain starts: a plain guess."""
        return {}

    def draw_prior(self, random: Draws, problem: Problem) -> dict[str, NDArray]:
        """Draw from the prior."""
        return {}

    def step(self, random: Draws | Modes, problem: Problem, state: State, work: Work) -> State:
        """Draw its parts given all else; with `Modes`, climb."""
        return state

    def log_prior(self, problem: Problem, state: State) -> float:
        """Return the log prior density of its parts, up to a constant."""
        return 0.0

    def to_stored(self, config: PMFConfig, draws: dict[str, NDArray]) -> dict[str, NDArray]:
        """Return parts as they are stored, from parts as they are drawn."""
        return draws

    def from_stored(self, config: PMFConfig, draws: dict[str, NDArray]) -> dict[str, NDArray]:
        """Return parts as they are drawn, from parts as they are stored."""
        return draws

    # What it adds to a rating, beside ``U_i . V_j``.

    def shares(self, state: State, pairs: Pairs) -> Iterable[NDArray]:
        """Return what it adds to the score of every pair: arrays of shape (n_pairs,)."""
        return ()

    def precisions(self, state: State, pairs: Pairs) -> Iterable[NDArray]:
        """Return by what it multiplies the noise precision of every pair: (n_pairs,) each."""
        return ()

    # Somebody new. By default, what it adds is that of unseen pairs, and they have no parts of it.

    def newcomer_row(
        self, problem: Problem, draw: State, constants: Mapping[str, NDArray], row: RowPrior
    ) -> RowPrior:
        """Return what it makes of the prior and the design of a newcomer's row."""
        return row

    def newcomer_start(self, config: PMFConfig, draw: State) -> dict[str, NDArray]:
        """Return where a newcomer's parts of it start, given a stored draw."""
        return {}

    def newcomer_step(
        self, random: Draws | Modes, problem: Problem, state: State, work: Work
    ) -> State:
        """Draw a newcomer's parts of it, given their row and all else."""
        return state

    def newcomer_end(self, state: State) -> State:
        """Return a newcomer's state as predictions take it."""
        return state

    def newcomer_given(self, attrs: Mapping[str, Any], n_pairs: int) -> dict[str, NDArray]:
        """Return what `given` would of pairs of a newcomer."""
        return self.unseen(attrs, n_pairs)

    # The same in PyMC, stated anew, so that each can be held against the other.

    def state_in_pymc(self, problem: Problem, statement: Statement) -> None:
        """Add its variables to a PyMC model, and its share of the score or of the precision."""


def _filled(words: str, nouns: Nouns) -> str:
    return words.format(items=nouns.things)
