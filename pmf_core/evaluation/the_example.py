"""What the PyMC example reports of itself, to stand beside what is computed here.

On MovieLens 100K alone: of other ratings its figures say nothing. Its random tenth is unknown, so
figures differ by the luck of the split.

References
----------
Salakhutdinov, Mnih, Sweeney, Carroll & Zinkov, Probabilistic Matrix Factorization for Making
Personalized Recommendations, PyMC example gallery.
"""

import numpy as np
import pandas as pd

from pmf_core.data import Split

_CALLED = "The example: {}"
MCMC, MAP = _CALLED.format("MCMC"), _CALLED.format("MAP")
"""What tables and charts call its posterior mean, and its point estimate."""

SECONDS = 2194.0
"""Its sampling took: 4 chains of 500 + 500 by NUTS, on a laptop of 2022."""

_REPORTED = {
    "Uniform random": (np.nan, 1.68490),
    "Global mean": (np.nan, 1.11492),
    "Mean of means": (np.nan, 1.00750),
    "MAP": (2.63259, 2.63524),
    "MCMC": (0.78127, 0.90711),
}
"""Train and test RMSE, in stars; its MAP's optimiser had stopped at a collapsed point."""

BASELINES, FITS = ("Uniform random", "Global mean", "Mean of means"), ("MAP", "MCMC")
"""Methods of which it reports an error."""

_SHAPE, _SUM = (943, 1682, 100_000), 352_986.0


def is_its_own(split: Split) -> bool:
    """Return whether these are the example's ratings: MovieLens 100K, whatever it is called."""
    train, test = split.train, split.test
    shape = train.n_users, train.n_items, train.n_ratings + test.n_ratings
    total = float(train.rating.sum() + test.rating.sum())
    return shape == _SHAPE and train.scale == (1.0, 5.0) and total == _SUM


def example_rows(split: Split, methods: tuple[str, ...] = BASELINES + FITS) -> pd.DataFrame:
    """Return what the example reports, as rows of a table of scores.

    Parameters
    ----------
    split : Split
    methods : tuple of str, optional
        Of `BASELINES` and `FITS`.

    Returns
    -------
    pd.DataFrame
        method, train_rmse, test_rmse, test_mae, in stars, nan where it says nothing; no row where
        the ratings are others than its own.
    """
    rows = [
        (_CALLED.format(name), *_REPORTED[name], np.nan)
        for name in (methods if is_its_own(split) else ())
    ]
    return pd.DataFrame(rows, columns=["method", "train_rmse", "test_rmse", "test_mae"]).astype(
        dict.fromkeys(("train_rmse", "test_rmse", "test_mae"), float)
    )
