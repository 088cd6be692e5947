"""What is known of users and items beside their ratings, as sparse matrices of features.

Rows of factors move with features: ``U = Y + X W`` with X sparse. Which items a user has rated is
such a feature of the user (constrained PMF), and so are age and occupation; the sampler does not
tell them apart.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import csr_array

from pmf_core.data import Ratings
from pmf_core.models.config import PMFConfig

MAX_LEVELS = 60
"""A column of text with more different values says too little of each to be worth a weight."""

N_PERIODS = 7
"""Groups of about equal size into which numbers and dates are cut."""

AGE_GROUPS = (18, 25, 35, 45, 50, 56)
"""Where MovieLens cuts ages, in years."""


MOST_DIRECTIONS = 2500
"""Rows or features, whichever are fewer, whose matrix is decomposed: 10 s, and 50 MB, at most. Rows
times these may be no more than its square, which is what their directions hold: 25 MB."""


class Spectrum(NamedTuple):
    """Eigenvalues of ``X X'`` above 0, and their eigenvectors."""

    values: NDArray[np.float64]
    """ndarray of shape (rank,)"""
    vectors: NDArray[np.float32]
    """ndarray of shape (n_rows, rank): in single precision, which halves what products take"""


class Block(NamedTuple):
    """Neighbouring columns that say one thing: who rated what, or the levels of one question."""

    columns: slice
    group: int
    row_sum: NDArray[np.float64]
    """ndarray of shape (n_rows,): 1 where each row has one level of it"""
    products: NDArray[np.float64]
    """ndarray of shape (n_features,): sums over rows of `row_sum` times every feature"""


@dataclass(frozen=True, eq=False)
class Features:
    """A sparse matrix of features, and what its columns say."""

    matrix: csr_array
    """sparse array of shape (n_rows, n_features): what each row has of each feature"""
    names: NDArray[np.object_]
    """ndarray of shape (n_features,): what each column says."""
    group: NDArray[np.int32]
    """ndarray of shape (n_features,): columns of a group have weights of one distribution."""
    ends: tuple[int, ...]
    """Where each block of columns ends, of who rated what or of one column of a table."""

    @property
    def n_features(self) -> int:
        """Number of columns."""
        return len(self.names)

    @property
    def n_groups(self) -> int:
        """Number of groups of columns."""
        return int(self.group.max()) + 1 if self.n_features else 0

    @cached_property
    def by_column(self) -> tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.float64]]:
        """Where each column starts, of shape (n_features + 1,); rows and values, (n_values,)."""
        table = self.matrix.tocsc()
        return table.indptr.astype(np.int64), table.indices.astype(np.int32), table.data

    @cached_property
    def by_group(self) -> tuple[tuple[slice, csr_array], ...]:
        """Which columns each group has, which are neighbours, and the matrix of these alone."""
        ends = np.cumsum(np.bincount(self.group, minlength=self.n_groups))
        columns = [slice(*each) for each in zip([0, *ends], ends, strict=False)]
        return tuple((mine, self.matrix[:, mine]) for mine in columns)

    @cached_property
    def spectra(self) -> tuple[Spectrum | None, ...]:
        """Return which directions of rows each group tells apart; None where that is too much."""
        return tuple(_spectrum(matrix) for _, matrix in self.by_group)

    @cached_property
    def blocks(self) -> tuple[Block, ...]:
        """Blocks of columns, in their order."""
        found, start = [], 0
        for stop in self.ends:
            columns = slice(start, stop)
            row_sum = np.asarray(self.matrix[:, columns].sum(axis=1), np.float64)
            found.append(Block(columns, int(self.group[start]), row_sum, row_sum @ self.matrix))
            start = stop
        return tuple(found)

    @cached_property
    def column_sum(self) -> NDArray[np.float64]:
        """Sums over rows, of shape (n_features,)."""
        return np.asarray(self.matrix.sum(axis=0), np.float64)

    def side_moments(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return mean and covariance, over rows, of the columns of the last group.

        Where there is side information it is that group: what a row of unknown features has.

        Returns
        -------
        mean : ndarray of shape (n_columns_of_group,)
        covariance : ndarray of shape (n_columns_of_group, n_columns_of_group)
        """
        last = np.eye(self.n_features)[:, self.group == self.n_groups - 1]
        X = self.times(last)
        mean = X.mean(axis=0)
        return mean, (X - mean).T @ (X - mean) / len(X)

    def times(self, W: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return ``X W``, of shape (n_rows, n_columns), of W of shape (n_features, n_columns)."""
        return self.matrix @ W


def _spectrum(matrix: csr_array) -> Spectrum | None:
    """Decompose the smaller of ``X X'`` and ``X' X``."""
    n_rows, n_features = matrix.shape
    few = min(n_rows, n_features)
    if few > MOST_DIRECTIONS or n_rows * few > MOST_DIRECTIONS**2:
        return None
    is_tall = n_rows >= n_features
    square = matrix.T @ matrix if is_tall else matrix @ matrix.T
    values, vectors = np.linalg.eigh(square.toarray())
    kept = values > 1e-9 * max(float(values[-1]), 1e-300)
    values, vectors = values[kept], vectors[:, kept]
    vectors = matrix @ vectors / np.sqrt(values) if is_tall else vectors
    return Spectrum(values, vectors.astype(np.float32))


def user_features(config: PMFConfig, ratings: Ratings) -> Features:
    """Return the features of the users that `config` asks for; without columns if none."""
    implicit = config.implicit in ("user", "both")
    frame = ratings.user_features if config.side_info in ("user", "both") else None
    return _features(
        config, ratings.user_idx, ratings.item_idx, ratings.titles, ratings.n_users, implicit, frame
    )


def item_features(config: PMFConfig, ratings: Ratings) -> Features:
    """Return the features of the items that `config` asks for; without columns if none."""
    implicit = config.implicit in ("item", "both")
    frame = ratings.item_features if config.side_info in ("item", "both") else None
    names = [f"user {user_id}" for user_id in ratings.user_ids]
    return _features(
        config, ratings.item_idx, ratings.user_idx, names, ratings.n_items, implicit, frame
    )


def _features(
    config: PMFConfig,
    row_idx: NDArray,
    col_idx: NDArray,
    col_names: Iterable[str],
    n_rows: int,
    implicit: bool,
    frame: pd.DataFrame | None,
) -> Features:
    rows, cols, values = [np.empty(0, np.int64)], [np.empty(0, np.int64)], [np.empty(0)]
    names, groups, ends = [], [], []
    if implicit:
        counts = np.bincount(row_idx, minlength=n_rows)
        power = 0.5 if config.implicit_norm == "sqrt" else 1.0
        rows.append(row_idx.astype(np.int64))
        cols.append(col_idx.astype(np.int64))
        values.append(counts[row_idx] ** -power)
        names += [f"rated: {name}" for name in col_names]
        groups, ends = [0] * len(names), [len(names)]
    for column in side_columns(frame):
        i, j = np.nonzero(column.to_numpy())
        rows.append(i)
        cols.append(len(names) + j)
        values.append(column.to_numpy(float)[i, j])
        names += list(column.columns)
        groups += [int(implicit)] * column.shape[1]
        ends.append(len(names))
    entries = np.concatenate(values), (np.concatenate(rows), np.concatenate(cols))
    matrix = csr_array(entries, shape=(n_rows, len(names)))
    return Features(matrix, np.array(names, object), np.array(groups, np.int32), tuple(ends))


def side_columns(frame: pd.DataFrame | None) -> list[pd.DataFrame]:
    """Turn each usable column of a table into columns of 0 and 1 (or, for a set, of its share).

    Numbers and dates are cut into groups, ages as MovieLens does; text gives a column for each
    value, a postal code one for its first digit. Columns of truth values are one set (genres),
    whose row is scaled to length 1. A missing value gives zeros, so it moves nothing.

    Returns
    -------
    list of pd.DataFrame of shape (n_rows, n_levels)
        One for each column that can be used, and one for all columns of truth values.
    """
    if frame is None:
        return []
    flags = [name for name in frame if frame[name].dtype == bool]
    found = []
    for name in frame.columns.difference(flags, sort=False):
        groups = _groups(name, frame[name])
        if 1 < groups.nunique() <= MAX_LEVELS:
            found.append(pd.get_dummies(groups, prefix=name, prefix_sep=": ", dtype=float))
    if flags:
        table = frame[flags].astype(float)
        found.append(table.div(np.sqrt(table.sum(axis=1)).clip(lower=1), axis=0))
    return found


def _groups(name: str, column: pd.Series) -> pd.Series:
    known = column.notna()
    if "zip" in name or "postal" in name:
        return column.astype(str).str[:1].where(known)
    if pd.api.types.is_datetime64_any_dtype(column):
        column = column.dt.year
    is_number = pd.api.types.is_numeric_dtype(column)
    if name == "age" and is_number:
        ends = [-np.inf, *AGE_GROUPS, np.inf]
        return pd.cut(column, ends, right=False).astype(str).where(known)
    if is_number and column.nunique() > N_PERIODS:
        return pd.qcut(column, N_PERIODS, duplicates="drop").astype(str).where(known)
    return column
