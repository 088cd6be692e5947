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
    "Nouns": "pmf_core.data",
    "inspect_table": "pmf_core.data",
    "read_ratings": "pmf_core.data",
    "read_split": "pmf_core.data",
    "simulate_ratings": "pmf_core.data.simulate",
    "Truth": "pmf_core.data.simulate",
    "simulate_world": "pmf_core.data.world",
    "simulate_from_prior": "pmf_core.sampling.prior_draws",
    "Split": "pmf_core.data.split",
    "split_ratings": "pmf_core.data.split",
    "densest_part": "pmf_core.data.split",
    "PMFConfig": "pmf_core.models.config",
    "SamplerConfig": "pmf_core.models.sampler_config",
    "PRESETS": "pmf_core.models.presets",
    "evaluate_baselines": "pmf_core.models.baselines",
    "BASELINES": "pmf_core.models.baselines",
    "evaluate_neighbours": "pmf_core.models.neighbours",
    "predict_neighbours": "pmf_core.models.neighbours",
    "nearest_neighbours": "pmf_core.models.neighbours",
    "build_model": "pmf_core.models.pymc_model",
    "Fit": "pmf_core.fits.fit",
    "fit_map": "pmf_core.fits.by_map",
    "sample_gibbs": "pmf_core.fits.by_gibbs",
    "sample_nuts": "pmf_core.fits.by_nuts",
    "align_factors": "pmf_core.fits.alignment",
    "aligned_scores": "pmf_core.fits.alignment",
    "save_fit": "pmf_core.fits.files",
    "load_fit": "pmf_core.fits.foreign",
    "rmse": "pmf_core.stats.metrics",
    "mae": "pmf_core.stats.metrics",
    "running_rmse": "pmf_core.evaluation.running",
    "evaluate": "pmf_core.evaluation.calibration",
    "calibration_table": "pmf_core.evaluation.calibration",
    "reliability_table": "pmf_core.evaluation.calibration",
    "pit_ecdf": "pmf_core.evaluation.calibration",
    "predict": "pmf_core.prediction.pairs",
    "prior_predictive": "pmf_core.prediction.predictive",
    "posterior_predictive": "pmf_core.prediction.predictive",
    "recommend": "pmf_core.prediction.recommendation",
    "explain": "pmf_core.prediction.explanation",
    "informative_items": "pmf_core.prediction.informative",
    "similar_items": "pmf_core.prediction.similarity",
    "log_likelihood": "pmf_core.evaluation.loo",
    "evaluate_ranking": "pmf_core.evaluation.ranking",
    "factor_norms": "pmf_core.evaluation.diagnosis",
    "diagnose": "pmf_core.evaluation.diagnosis",
    "acceptance": "pmf_core.evaluation.diagnosis",
    "write_report": "pmf_core.runs.report",
}

__all__ = sorted(_HOMES)


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'pmf_core' has no attribute {name!r}; it has {__all__}")
    # No module is called like a public name: importing it would put the module in that place.
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return __all__
