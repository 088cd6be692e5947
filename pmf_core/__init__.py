"""Bayesian matrix factorization on explicit ratings: load, split, fit, diagnose, recommend.

Names are resolved on first use (PEP 562), so that ``import pmf_core`` is instant and a caller who
only reads ratings never pays for PyMC, ArviZ or the compiler.
"""

from importlib import import_module
from typing import Any

_HOMES = {
    "Ratings": "pmf_core.data",
    "DataUnavailable": "pmf_core.data",
    "load_movielens": "pmf_core.data",
    "load_movielens_fold": "pmf_core.data",
    "read_ratings": "pmf_core.data",
    "simulate_ratings": "pmf_core.simulate",
    "Truth": "pmf_core.simulate",
    "simulate_from_prior": "pmf_core.prior_draws",
    "Split": "pmf_core.split",
    "split_ratings": "pmf_core.split",
    "densest_part": "pmf_core.split",
    "PMFConfig": "pmf_core.config",
    "SamplerConfig": "pmf_core.config",
    "PRESETS": "pmf_core.config",
    "evaluate_baselines": "pmf_core.baselines",
    "BASELINES": "pmf_core.baselines",
    "build_model": "pmf_core.models",
    "Fit": "pmf_core.fit",
    "fit_map": "pmf_core.inference",
    "sample_gibbs": "pmf_core.inference",
    "sample_nuts": "pmf_core.nuts",
    "save_fit": "pmf_core.runs",
    "load_fit": "pmf_core.runs",
    "rmse": "pmf_core.metrics",
    "mae": "pmf_core.metrics",
    "running_rmse": "pmf_core.accuracy",
    "evaluate": "pmf_core.calibration",
    "calibration_table": "pmf_core.calibration",
    "reliability_table": "pmf_core.calibration",
    "pit_ecdf": "pmf_core.calibration",
    "predict": "pmf_core.prediction",
    "recommend": "pmf_core.recommendation",
    "log_likelihood": "pmf_core.pointwise",
    "factor_norms": "pmf_core.diagnostics",
    "diagnose": "pmf_core.diagnostics",
    "acceptance": "pmf_core.diagnostics",
}

__all__ = sorted(_HOMES)


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'pmf_core' has no attribute {name!r}; it has {__all__}")
    # No module is called like a public name: importing it would put the module in that place.
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return __all__
