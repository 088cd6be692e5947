"""Baselines and fits in one table of scores: who leads, who is left out, what a fit adds."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

GUESS, CONSTANT = "Uniform random", "Global mean"
"""The weakest of `BASELINES`: so far off that they hide the others in a chart."""

SCORES = ("train_rmse", "test_rmse", "test_mae")
"""Columns of `evaluate_baselines`, beside the method."""


def best_baseline(baselines: pd.DataFrame) -> pd.Series:
    """Return the row of `evaluate_baselines` with the lowest test RMSE."""
    return baselines.loc[baselines["test_rmse"].idxmin()]


def without(table: pd.DataFrame, *methods: str) -> pd.DataFrame:
    """Leave methods out of a table of scores."""
    return table[~table["method"].isin(methods)]


def with_fits(table: pd.DataFrame, fits: Mapping[str, Mapping[str, Any]]) -> pd.DataFrame:
    """Put the scores of fits under those of other methods.

    Parameters
    ----------
    table : pd.DataFrame
        As `evaluate_baselines` returns it.
    fits : mapping of str to mapping
        `Fit.summary` by the name of each fit.
    """
    rows = [{"method": name} | {key: each[key] for key in SCORES} for name, each in fits.items()]
    return pd.concat([table, pd.DataFrame(rows)]) if rows else table


def together(*tables: pd.DataFrame) -> pd.DataFrame:
    """Put tables of scores under each other; those without a row add nothing."""
    return pd.concat([each for each in tables if not each.empty], ignore_index=True)


def curves_of(curves: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Put the RMSE of the mean prediction of several fits in one table.

    Parameters
    ----------
    curves : mapping of str to pd.DataFrame
        As `read_running` returns it, by the name of each fit; one without a row is left out.

    Returns
    -------
    pd.DataFrame
        draw, rmse (on held-out ratings, in stars), method.
    """
    columns = ["draw", "rmse", "method"]
    found = [
        curve.rename(columns={"test_rmse": "rmse"}).assign(method=name)[columns]
        for name, curve in curves.items()
        if not curve.empty
    ]
    return pd.concat(found) if found else pd.DataFrame(columns=columns)
