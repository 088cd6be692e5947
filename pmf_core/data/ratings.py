"""Ratings: who gave what to which item, as immutable arrays; and a split of them in two."""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from pmf_core.data.identity import by_pair, digest_of
from pmf_core.data.limits import LARGEST_RATING, MAX_TEXT, SMALLEST_SPAN, shown
from pmf_core.data.nouns import Nouns
from pmf_core.data.texts import as_ids, as_texts, fault


@dataclass(frozen=True, eq=False)
class Ratings:
    """Observed (user, item, rating) triples.

    A subset made with `take` keeps the vocabularies, so a row position means the same user or
    item in a whole set, its training part and its test part.

    Raises
    ------
    ValueError
        If arrays that belong together differ in length, a position is no whole number or outside
        its vocabulary, a rating is not finite or outside `scale`, the scale is none, or a name is
        too long or not one line.
    """

    user_idx: NDArray[np.int32]
    """ndarray of shape (n_ratings,): row position of the user in `user_ids`."""
    item_idx: NDArray[np.int32]
    """ndarray of shape (n_ratings,): row position of the item in `item_ids`."""
    rating: NDArray[np.float64]
    """ndarray of shape (n_ratings,), in the units of `scale` (stars)."""
    user_ids: NDArray
    """ndarray of shape (n_users,): raw identifiers, integers or (as objects) str."""
    item_ids: NDArray
    """ndarray of shape (n_items,): raw identifiers, integers or (as objects) str."""
    scale: tuple[float, float]
    """Lowest and highest rating that can be given."""
    titles: NDArray[np.object_] | None = None
    """ndarray of shape (n_items,): what to call each item; the identifiers where not given."""
    timestamp: NDArray[np.int64] | None = None
    """ndarray of shape (n_ratings,): seconds since 1970-01-01 UTC, where known."""
    user_features: pd.DataFrame | None = None
    """n_users rows in the order of `user_ids` (age, gender, occupation, ...), where known."""
    item_features: pd.DataFrame | None = None
    """n_items rows in the order of `item_ids` (genres, release date, ...), where known."""
    name: str = "ratings"
    """What to call the whole set on a page."""
    notes: tuple[str, ...] = ()
    """What reading the source changed or left out, in sentences for people."""
    nouns: Nouns = Nouns()
    """What sentences call the items and the unit of a rating."""
    unit: float | None = None
    """How many stars one unit of a model's settings is; by default a quarter of the scale, 1 of
    1 to 5, so that settings mean the same on every scale."""

    def __post_init__(self) -> None:
        """Convert, check and freeze the arrays."""
        self._freeze_names()
        self._check_positions()
        freeze = {"user_idx": np.int32, "item_idx": np.int32, "rating": np.float64}
        freeze |= {} if self.timestamp is None else {"timestamp": np.int64}
        for field, dtype in freeze.items():
            object.__setattr__(self, field, _frozen(getattr(self, field), dtype))
        low, high = map(float, self.scale)
        object.__setattr__(self, "scale", (low, high))
        unit = (high - low) / 4 if self.unit is None else float(self.unit)
        object.__setattr__(self, "unit", unit)
        self._check_lengths()
        self._check_ratings(low, high)

    def _freeze_names(self) -> None:
        """Bring identifiers and titles to their types; what is frozen was checked before."""
        if self.titles is None:
            object.__setattr__(self, "titles", self.item_ids)
        for field, convert in (("user_ids", as_ids), ("item_ids", as_ids), ("titles", as_texts)):
            given = getattr(self, field)
            names = convert(given)
            if names is not given and (found := fault(names)) is not None:
                at, rule = found
                raise ValueError(f"{field}[{at}] is {shown(names[at])}; it must {rule}")
            object.__setattr__(self, field, _frozen(names, None))
        if len(self.name) > MAX_TEXT:
            raise ValueError(
                f"name is {shown(self.name)}; it must have at most {MAX_TEXT:,} characters"
            )

    def _check_positions(self) -> None:
        for field, size in (("user_idx", self.n_users), ("item_idx", self.n_items)):
            idx = np.asarray(getattr(self, field))
            if idx.size and not np.issubdtype(idx.dtype, np.integer):
                raise ValueError(
                    f"{field} holds {idx.dtype} values; it holds row positions, so give integers"
                )
            if idx.size and not (idx.min() >= 0 and idx.max() < size):
                raise ValueError(
                    f"{field} runs from {idx.min()} to {idx.max()} but must lie in 0..{size - 1}; "
                    "it holds row positions, not raw identifiers"
                )

    def _check_lengths(self) -> None:
        lengths = {len(self.user_idx), len(self.item_idx), len(self.rating)}
        lengths |= set() if self.timestamp is None else {len(self.timestamp)}
        if len(lengths) > 1:
            raise ValueError(
                f"user_idx, item_idx, rating and timestamp have lengths {sorted(lengths)}; they "
                "are parallel arrays, so give each one entry per rating"
            )
        sizes = {"titles": self.n_items, "item_features": self.n_items}
        for field, size in (sizes | {"user_features": self.n_users}).items():
            given = getattr(self, field)
            if given is not None and len(given) != size:
                owner = "users" if field == "user_features" else "items"
                raise ValueError(f"{field} has {len(given)} rows for {size} {owner}; give one each")

    def _check_ratings(self, low: float, high: float) -> None:
        largest = max(abs(low), abs(high))  # nan if one is
        if not (largest <= LARGEST_RATING and high - low >= SMALLEST_SPAN):
            raise ValueError(
                f"scale is {self.scale}; it must run from lowest to highest, within "
                f"{LARGEST_RATING:,.0f} in size and over {SMALLEST_SPAN:g} at least"
            )
        if not np.isfinite(self.rating).all():
            row = int(np.flatnonzero(~np.isfinite(self.rating))[0])
            raise ValueError(
                f"rating[{row}] is {self.rating[row]}; ratings are finite numbers, so drop or "
                "correct that row"
            )
        outside = (self.rating < low) | (self.rating > high)
        if outside.any():
            row = int(np.flatnonzero(outside)[0])
            raise ValueError(
                f"rating[{row}] is {self.rating[row]:g}, outside the scale {low:g}..{high:g}; "
                "widen the scale or correct that row"
            )

    @property
    def n_users(self) -> int:
        """Number of users in the vocabulary, rated or not."""
        return len(self.user_ids)

    @property
    def n_items(self) -> int:
        """Number of items in the vocabulary, rated or not."""
        return len(self.item_ids)

    @property
    def n_ratings(self) -> int:
        """Number of observed ratings."""
        return len(self.rating)

    @property
    def sparsity(self) -> float:
        """Share of the user-item pairs that have no rating, in [0, 1]."""
        return 1 - self.n_ratings / (self.n_users * self.n_items)

    @cached_property
    def id(self) -> str:
        """Twelve hexadecimal digits that name these ratings: equal for equal contents.

        Contents are the ratings in their order, the scale, identifiers, titles, times and features;
        not what the set is called.
        """
        return digest_of(self.user_idx, self.item_idx, self.rating, self.timestamp, *self._named())

    def _named(self) -> tuple:
        """Return what the positions stand for."""
        return (
            self.scale, self.user_ids, self.item_ids, self.titles, self.user_features,
            self.item_features,
        )  # fmt: skip

    def in_units(self) -> "Ratings":
        """Return the same ratings and their scale in units, of which 1 to 5 has four."""
        if self.unit == 1:
            return self
        low, high = self.scale
        scale = low / self.unit, high / self.unit
        return replace(self, rating=self.rating / self.unit, scale=scale, unit=1.0)

    def take(self, rows: NDArray[np.intp]) -> "Ratings":
        """Return the ratings at `rows` (positions or a mask), with the same vocabularies."""
        timestamp = None if self.timestamp is None else self.timestamp[rows]
        return replace(
            self,
            user_idx=self.user_idx[rows],
            item_idx=self.item_idx[rows],
            rating=self.rating[rows],
            timestamp=timestamp,
        )

    def to_frame(self) -> pd.DataFrame:
        """Return a frame with one row per rating: user_id, item_id, title, rating[, timestamp]."""
        frame = pd.DataFrame(
            {
                "user_id": self.user_ids[self.user_idx],
                "item_id": self.item_ids[self.item_idx],
                "title": self.titles[self.item_idx],
                "rating": self.rating,
            }
        )
        if self.timestamp is not None:
            frame["timestamp"] = self.timestamp
        return frame


@dataclass(frozen=True, eq=False)
class Split:
    """Training and test ratings with the same vocabularies and row positions.

    Raises
    ------
    ValueError
        If the two parts name different users or items, or have different scales: a row position
        would mean one movie in the first and another in the second.
    """

    train: Ratings
    """Ratings to learn from."""
    test: Ratings
    """Held-out ratings, seen by no model."""

    def __post_init__(self) -> None:
        """Refuse parts that do not belong together."""
        if self.train.scale != self.test.scale:
            raise ValueError(
                f"the scales are {self.train.scale} in train and {self.test.scale} in test; give "
                "both the scale of the whole set, or read two files with read_split"
            )
        for role in ("user", "item"):
            here, there = (getattr(part, f"{role}_ids") for part in (self.train, self.test))
            if here is there or np.array_equal(here, there):
                continue
            size = min(len(here), len(there))
            at = next((k for k in range(size) if here[k] != there[k]), size)
            names = [shown(ids[at].item() if hasattr(ids[at], "item") else ids[at])
                     if at < len(ids) else "nothing" for ids in (here, there)]  # fmt: skip
            raise ValueError(
                f"row {at} of the {role}s is {names[0]} in train and {names[1]} in test; make both "
                "from one set (split_ratings, Ratings.take), or read two files with read_split"
            )

    @cached_property
    def id(self) -> str:
        """Twelve hexadecimal digits: a hash of `Ratings.id`'s contents and of what is held out.

        It does not depend on the order of the rows, so the same pairs make the same name.
        """
        rows = []
        for part in (self.train, self.test):
            times = () if part.timestamp is None else (part.timestamp,)
            rows += [part.n_ratings, *by_pair(part.user_idx, part.item_idx, part.rating, *times)]
        return digest_of(*rows, *self.train._named())


def _frozen(values: ArrayLike, dtype: type | None) -> NDArray:
    array = np.ascontiguousarray(values, dtype)
    if array.flags.writeable:
        # A copy: the caller may go on writing to what was given, and `id` is worked out once.
        array = array.copy()
        array.flags.writeable = False
    return array
