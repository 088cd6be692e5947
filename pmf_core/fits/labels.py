"""From the arrays of a finished run to labelled data in the ArviZ schema."""

import json
from collections.abc import Iterable
from dataclasses import asdict
from datetime import UTC, datetime
from importlib.metadata import version

import numpy as np
import xarray as xr

from pmf_core.data.split import Split
from pmf_core.fits.fit import Fit
from pmf_core.fits.recorder import Recorder
from pmf_core.models.config import PMFConfig, SamplerConfig
from pmf_core.models.ingredients.population import learned_columns
from pmf_core.models.problem import effect_positions
from pmf_core.models.state import State

PACKAGES = ("numpy", "numba", "pymc", "arviz", "xarray")


DIMS = {
    "U": ("user", "factor"),
    "V": ("item", "factor"),
    "b_U": ("user",),
    "b_V": ("item",),
    "alpha": (),
    "mu_U": ("column",),
    "mu_V": ("column",),
    "Lambda_U": ("column", "column_2"),
    "Lambda_V": ("column", "column_2"),
    "W_U": ("user_feature", "column"),
    "W_V": ("item_feature", "column"),
    "Lambda_W_U": ("user_group", "column", "column_2"),
    "Lambda_W_V": ("item_group", "column", "column_2"),
    "noise_scale_user": ("user",),
    "noise_scale_item": ("item",),
    "effect": ("effect_level",),
    "tau_effect": ("effect_of",),
    "log_gap": ("gap_owner", "gap"),
    "mu_gap": ("gap",),
    "tau_gap": ("gap",),
}
"""Of the draws in ``posterior``; a column is a factor or, last, the bias."""


def label_fit(
    method: str,
    split: Split,
    sampler: SamplerConfig,
    recorder: Recorder,
    seconds: float,
    *,
    partial: bool,
) -> Fit:
    """Label what a recorder holds; the groups are described at `Fit.idata`."""
    problem, config = recorder.problem, recorder.problem.config
    train, test = split.train, split.test
    n_draws, kept = recorder.n_draws, recorder.kept_draws
    tune, n_chains = recorder.tune, recorder.chains
    user, item = train.user_ids, train.item_ids
    chain = {"chain": np.arange(n_chains)}
    draw = {"draw": np.arange(n_draws)}
    posterior = _label_draws(recorder, chain | {"draw": kept, "user": user, "item": item})
    sample_stats = xr.Dataset(
        {
            name: (("chain", "draw"), trace[:, tune : tune + n_draws])
            for name, trace in recorder.traces.items()
        },
        coords=chain | draw,
    )
    warmup = xr.Dataset(
        {name: (("chain", "draw"), trace[:, :tune]) for name, trace in recorder.traces.items()},
        coords=chain | {"draw": np.arange(tune)},
    )
    running = xr.Dataset(
        {name: ("draw", values[:n_draws]) for name, values in recorder.running.items()},
        coords=draw,
    )
    predictions = xr.Dataset(
        {"prediction": (("chain", "draw", "pair"), recorder.predictions[:, :n_draws])},
        coords=chain | draw | {"pair": recorder.monitored},
    )
    heldout = xr.Dataset(
        {
            "user_idx": ("pair", test.user_idx),
            "item_idx": ("pair", test.item_idx),
            "rating": ("pair", test.rating),
            "pred_mean": ("pair", recorder.test.mean()),
            "pred_sd": ("pair", recorder.test.sd()),
            **_predictive(recorder),
        },
        coords={"level": recorder.predictor.levels},
    )
    constant = xr.Dataset(
        {
            "user_idx": ("obs", train.user_idx),
            "item_idx": ("obs", train.item_idx),
            "title": ("item", train.titles.astype(object)),
        },
        coords={"user": user, "item": item},
    )
    if config.side_info in ("user", "both"):
        mean, covariance = problem.user.features.side_moments()
        constant["side_mean"] = "side_feature", mean
        constant["side_covariance"] = ("side_feature", "side_feature_2"), covariance
    if problem.effects:
        constant["effect_idx"] = ("effect_of", "obs"), effect_positions(problem.effects, train)
    observed = xr.Dataset({"rating": ("obs", train.rating)})
    idata = xr.DataTree.from_dict(
        {
            "posterior": posterior,
            "sample_stats": sample_stats,
            "warmup_sample_stats": warmup,
            "running": running,
            "predictions": predictions,
            "heldout": heldout,
            "observed_data": observed,
            "constant_data": constant,
        }
    )
    idata.attrs = {
        "method": method,
        "config": config.to_json(),
        "sampler": json.dumps(asdict(sampler)),
        "random_seed": sampler.random_seed,
        "dataset": train.name,
        "split_id": split.id,
        "scale": list(train.scale),
        "offset": recorder.predictor.offset,
        "levels": recorder.predictor.levels.tolist(),
        "effect_sizes": [effect.size for effect in problem.effects],
        "alpha_U": problem.user.alpha,
        "alpha_V": problem.item.alpha,
        "left_out": " ".join(problem.left_out),
        "maximised": ", ".join(_learned(config, posterior)) if method == "map" else "",
        "integrated": "latent scores" if config.link == "ordinal" else "",
        "partial": int(partial),
        "seconds": seconds,
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "versions": json.dumps({name: version(name) for name in PACKAGES}),
    }
    return Fit(idata)


def _label_draws(recorder: Recorder, coords: dict[str, np.ndarray]) -> xr.Dataset:
    """Label the stored draws of everything that the model has."""
    config, problem = recorder.problem.config, recorder.problem
    draws = {
        name: np.stack(
            [np.stack([getattr(s, name) for s in states]) for states in recorder.kept], 1
        )
        for name in State._fields
    }
    D = config.n_factors
    if config.biases:
        draws |= {"b_U": draws["U"][..., D], "b_V": draws["V"][..., D]}
    draws |= {"U": draws["U"][..., :D], "V": draws["V"][..., :D]}
    coords |= {
        "factor": np.arange(D),
        "user_feature": problem.user.features.names.astype(object),
        "item_feature": problem.item.features.names.astype(object),
    }
    found = {
        name: (("chain", "draw", *dims), draws[name])
        for name, dims in DIMS.items()
        if name in draws and draws[name].size
    }
    used = {dim for dims, _ in found.values() for dim in dims}
    return xr.Dataset(found, coords={k: v for k, v in coords.items() if k in used})


def _learned(config: PMFConfig, names: Iterable[str]) -> list[str]:
    """Return those names of parts of the model that are not given by its configuration."""
    given = {"alpha"} if config.alpha is not None else set()
    columns = learned_columns(config)
    if columns.start == columns.stop:
        given |= {"mu_U", "mu_V", "Lambda_U", "Lambda_V", "Lambda_W_U", "Lambda_W_V"}
    return [name for name in names if name not in given]


def _predictive(recorder: Recorder) -> dict[str, tuple]:
    """Return the distribution of each held-out rating, averaged over the stored draws."""
    predictor, pairs = recorder.predictor, recorder.test.pairs
    draws = [draw for states in recorder.kept for draw in states]
    n_pairs, n_levels = len(pairs.user_idx), len(predictor.levels)
    probability, variance = np.zeros((n_pairs, n_levels)), np.zeros(n_pairs)
    for draw in draws:
        if n_levels:
            probability += predictor.probability(draw, pairs, predictor.score(draw, pairs))
        if predictor.link != "ordinal":
            variance += predictor.noise_sd(draw, pairs) ** 2
    probability /= len(draws)
    found = {"probability": (("pair", "level"), probability.astype(np.float32))}
    if predictor.link == "ordinal":
        mean = probability @ predictor.levels
        variance = probability @ predictor.levels**2 - mean**2 - recorder.test.sd() ** 2
        found["noise_sd"] = ("pair", np.sqrt(np.maximum(variance, 0)))
    else:
        found["noise_sd"] = ("pair", np.sqrt(variance / len(draws)))
    return found if n_levels else {"noise_sd": found["noise_sd"]}
