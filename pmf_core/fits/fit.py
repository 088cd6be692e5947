"""Fit: a finished (or cancelled) inference, as labelled, self-describing data."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

from pmf_core.data import Ratings
from pmf_core.data.nouns import MOVIES, Nouns
from pmf_core.data.split import Split
from pmf_core.models.config import PMFConfig
from pmf_core.models.sampler_config import SamplerConfig
from pmf_core.stats.convergence import convergence_table
from pmf_core.stats.metrics import central_coverage, level_interval, mae, rmse
from pmf_core.support.errors import check_probability

if TYPE_CHECKING:
    from pmf_core.models.ingredients.base import Scalar


USUAL = 0.9
"""Probability of an interval where none is asked for."""


@dataclass(frozen=True, eq=False)
class Fit:
    """What `fit_map`, `sample_gibbs` and `sample_nuts` return; it needs nothing but `idata`."""

    idata: xr.DataTree
    """ArviZ schema. ``posterior``: thinned draws of U and V. ``sample_stats``: traces over all
    draws, (chain, draw). ``predictions``: predictions of monitored held-out pairs, in stars.
    ``running``: RMSE of the running mean. ``observed_data``, ``constant_data``: the training
    ratings. ``heldout``: test ratings with the mean and sd of their predictions."""

    @property
    def attrs(self) -> dict[str, Any]:
        """How the fit came about: method, settings, seed, split, versions, wall time."""
        return self.idata.attrs

    @property
    def method(self) -> str:
        """``map``, ``gibbs`` or ``nuts``."""
        return self.attrs["method"]

    @property
    def is_point_estimate(self) -> bool:
        """Whether this is a single point, about whose uncertainty it says nothing."""
        return self.method == "map"

    @property
    def is_partial(self) -> bool:
        """Whether the fit was stopped before its last draw."""
        return bool(self.attrs["partial"])

    @cached_property
    def config(self) -> PMFConfig:
        """The model."""
        return PMFConfig.from_json(self.attrs["config"])

    @cached_property
    def sampler(self) -> SamplerConfig:
        """The run length, seed and moves that were asked for; fits of old had no moves."""
        return SamplerConfig(**{"moves": ()} | json.loads(self.attrs["sampler"]))

    @property
    def nouns(self) -> Nouns:
        """What sentences call its items and the unit of its ratings; fits of old were of movies."""
        return Nouns.parse(self.attrs.get("nouns", str(MOVIES)))

    @property
    def unit(self) -> float:
        """How many stars a unit of the draws is (`Ratings.unit`); of fits of old it was 1."""
        return float(self.attrs.get("unit", 1.0))

    @cached_property
    def split(self) -> Split:
        """The ratings that were learnt from and held out (without features or timestamps)."""
        constant = self.idata["constant_data"].dataset
        scale = tuple(self.attrs["scale"])
        shared = {
            "user_ids": constant["user"].values,
            "item_ids": constant["item"].values,
            "titles": constant["title"].values,
            "scale": scale,
            "name": self.attrs["dataset"],
            "nouns": self.nouns,
            "unit": self.unit,
        }
        heldout = self.idata["heldout"].dataset
        train = Ratings(
            constant["user_idx"].values,
            constant["item_idx"].values,
            self.idata["observed_data"].dataset["rating"].values,
            **shared,
        )
        test = Ratings(
            heldout["user_idx"].values,
            heldout["item_idx"].values,
            heldout["rating"].values,
            **shared,
        )
        return Split(train, test)

    def heldout(self, ci_prob: float = USUAL) -> pd.DataFrame:
        """Predict the held-out ratings.

        Parameters
        ----------
        ci_prob : float
            Probability of the interval of a *rating*: equal-tailed, of a normal with the
            variance of the predictions over draws plus that of the noise.

        Returns
        -------
        pd.DataFrame
            user_idx, item_idx, rating, pred_mean, pred_sd (of the mean rating, over draws),
            pred_lower, pred_upper; all in stars and, but for pred_sd, clipped to the scale. With
            an ordinal link the bounds are levels, so they hold at least that probability.
        """
        check_probability(ci_prob)
        return self._usual.copy() if ci_prob == USUAL else self._heldout(ci_prob)

    @cached_property
    def _usual(self) -> pd.DataFrame:
        """The predictions that a page asks for again and again."""
        return self._heldout(USUAL)

    def _heldout(self, ci_prob: float) -> pd.DataFrame:
        heldout = self.idata["heldout"].dataset
        frame = heldout.drop_dims("level", errors="ignore").to_dataframe().reset_index(drop=True)
        low, high = self.attrs["scale"]
        mean = frame["pred_mean"]
        if self.config.link == "ordinal":
            bounds = level_interval(heldout["probability"].values, self.levels, ci_prob)
        else:
            sd = np.sqrt(frame["pred_sd"] ** 2 + frame["noise_sd"] ** 2)
            half = ndtri(0.5 + ci_prob / 2) * sd
            bounds = (mean - half).clip(low, high), (mean + half).clip(low, high)
        return frame.drop(columns="noise_sd").assign(
            pred_mean=mean.clip(low, high), pred_lower=bounds[0], pred_upper=bounds[1]
        )

    @property
    def levels(self) -> NDArray[np.float64]:
        """Ndarray of shape (n_levels,): the ratings that can be given; empty if continuous."""
        return np.atleast_1d(np.asarray(self.attrs["levels"], float))

    def pit(self) -> pd.DataFrame:
        """Return where each held-out rating stands in its predictive distribution.

        Returns
        -------
        pd.DataFrame
            ``below`` and ``upto``: probability of a lower rating, and of this or a lower one, for
            each pair. The randomised probability integral transform is uniform between the two;
            if the model is right it is uniform from 0 to 1 over all pairs. Ratings that can take
            any value have both equal.

        References
        ----------
        Czado, Gneiting & Held (2009), Predictive model assessment for count data.
        """
        heldout = self.idata["heldout"].dataset
        if len(self.levels):
            probability = heldout["probability"].values.astype(np.float64)
            cdf = np.pad(np.minimum(np.cumsum(probability, axis=1), 1), ((0, 0), (1, 0)))
            rating, pair = heldout["rating"].values, np.arange(len(probability))
            # Of a level that training has not seen the two are equal: it had no probability.
            return pd.DataFrame(
                {
                    "below": cdf[pair, np.searchsorted(self.levels, rating, side="left")],
                    "upto": cdf[pair, np.searchsorted(self.levels, rating, side="right")],
                }
            )
        sd = np.sqrt(heldout["pred_sd"].values ** 2 + heldout["noise_sd"].values ** 2)
        at = ndtr((heldout["rating"].values - heldout["pred_mean"].values) / sd)
        return pd.DataFrame({"below": at, "upto": at})

    @cached_property
    def convergence(self) -> pd.DataFrame:
        """What `convergence_table` says of the `scalars` and predictions of this fit."""
        return convergence_table(self.idata, [scalar.name for scalar in self.scalars])

    @cached_property
    def scalars(self) -> "tuple[Scalar, ...]":
        """The scalars of its model that are recorded: all, but in fits of earlier versions.

        Their words are in the nouns of the ratings.
        """
        # Here, as pages that show a fit's figures need no kernels.
        from pmf_core.models.ingredients import scalars_of

        recorded = self.idata["sample_stats"].dataset
        declared = scalars_of(self.config, len(self.levels))
        return tuple(each.called(self.nouns) for each in declared if each.name in recorded)

    def summary(self) -> dict[str, Any]:
        """Return the figures by which fits are compared.

        Returns
        -------
        dict
            method, n_factors, alpha (the mean of its draws), center and every other ingredient,
            chains, draws, random_seed; train_rmse, test_rmse and test_mae (stars) of the mean
            prediction; coverage_90 (share of the held-out ratings in the central 90% of their
            predictive distribution, see `pit`); r_hat (largest) and ess (smallest ess_bulk) of
            all `scalars` and monitored predictions, nan for a point estimate; r_hat_of and ess_of
            (the quantity that each is of, as `diagnose` calls it; empty where it is nan); seconds
            (wall); partial.
        """
        return self._summary.copy()

    @cached_property
    def _summary(self) -> dict[str, Any]:
        heldout = self._usual
        running = self.idata["running"].dataset
        table = None if self.is_point_estimate else self.convergence
        r_hat, r_hat_of = _extreme(table, "r_hat", pd.Series.idxmax)
        ess, ess_of = _extreme(table, "ess_bulk", pd.Series.idxmin)
        return {
            "method": self.method,
            "n_factors": self.config.n_factors,
            "alpha": float(self.idata["sample_stats"].dataset["alpha"].mean()),
            **_differences(self.config),
            "chains": self.idata["sample_stats"].sizes["chain"],
            "draws": self.idata["sample_stats"].sizes["draw"],
            "random_seed": self.sampler.random_seed,
            "train_rmse": float(running["train_rmse"][-1]),
            "test_rmse": rmse(heldout["rating"], heldout["pred_mean"]),
            "test_mae": mae(heldout["rating"], heldout["pred_mean"]),
            "coverage_90": central_coverage(*self.pit().to_numpy().T, 0.9),
            "r_hat": r_hat,
            "r_hat_of": r_hat_of,
            "ess": ess,
            "ess_of": ess_of,
            "seconds": float(self.attrs["seconds"]),
            "partial": self.is_partial,
        }


def _extreme(
    table: pd.DataFrame | None, column: str, position: Callable[[pd.Series], int]
) -> tuple[float, str]:
    """Return the most extreme value of a column of `convergence_table`, and of what it is."""
    known = pd.Series() if table is None else table[column].dropna()
    if known.empty:
        return np.nan, ""
    at = position(known)
    return float(known[at]), str(table["quantity"][at])


def _differences(config: PMFConfig) -> dict[str, Any]:
    """Return the ingredients of a model beside its size and noise."""
    names = ("center", "prior", "biases", "implicit", "side_info", "noise", "link", "cut_points")
    found = {name: getattr(config, name) for name in names}
    return found | {"effects": " + ".join(config.effects) or "none"}
