"""From the arrays of a finished run to labelled data in the ArviZ schema."""

import json
from dataclasses import asdict
from datetime import UTC, datetime
from importlib.metadata import version

import numpy as np
import xarray as xr

from pmf_core.data.split import Split
from pmf_core.fits.fit import Fit
from pmf_core.fits.recorder import Recorder
from pmf_core.models.arrange import pairs_of
from pmf_core.models.ingredients import ingredients_of, parts_of
from pmf_core.models.sampler_config import SamplerConfig

PACKAGES = ("numpy", "numba", "pymc", "arviz", "xarray")


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
    tune, n_chains, unit = recorder.tune, recorder.chains, problem.unit
    # Those that were given, to the last bit; times their unit again they may not be.
    levels = np.unique(train.rating) if len(problem.levels) else problem.levels
    user, item = train.user_ids, train.item_ids
    chain = {"chain": np.arange(n_chains)}
    draw = {"draw": np.arange(n_draws)}
    posterior = _label_draws(recorder, chain | {"draw": kept, "user": user, "item": item})
    sample_stats = xr.Dataset(
        {
            name: (("chain", "draw"), recorder.in_stars(name, trace[:, tune : tune + n_draws]))
            for name, trace in recorder.traces.items()
        },
        coords=chain | draw,
    )
    warmup = xr.Dataset(
        {
            name: (("chain", "draw"), recorder.in_stars(name, trace[:, :tune]))
            for name, trace in recorder.traces.items()
        },
        coords=chain | {"draw": np.arange(tune)},
    )
    running = xr.Dataset(
        {
            name: ("draw", recorder.in_stars(name, values[:n_draws]))
            for name, values in recorder.running.items()
        },
        coords=draw,
    )
    predictions = xr.Dataset(
        {
            "prediction": (
                ("chain", "draw", "pair"),
                recorder.predictions[:, :n_draws] * np.float32(unit),
            )
        },
        coords=chain | draw | {"pair": recorder.monitored},
    )
    heldout = xr.Dataset(
        {
            "user_idx": ("pair", test.user_idx),
            "item_idx": ("pair", test.item_idx),
            "rating": ("pair", test.rating),
            "pred_mean": ("pair", recorder.test.mean() * unit),
            "pred_sd": ("pair", recorder.test.sd() * unit),
            **_predictive(recorder),
        },
        coords={"level": levels},
    )
    constant = xr.Dataset(
        {
            "user_idx": ("obs", train.user_idx),
            "item_idx": ("obs", train.item_idx),
            "title": ("item", train.titles.astype(object)),
        },
        coords={"user": user, "item": item},
    )
    attrs, pairs = {}, pairs_of(problem, train)
    for ingredient in ingredients_of(config):
        found = ingredient.constants(problem, pairs)
        dims = {each.name: each.dims for each in ingredient.stored}
        constant = constant.assign({name: (dims[name], found[name]) for name in found})
        attrs |= ingredient.attrs(problem)
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
    learned = [part.name for part in parts_of(config).values() if part.learned]
    idata.attrs = attrs | {
        "method": method,
        "config": config.to_json(),
        "sampler": json.dumps(asdict(sampler)),
        "random_seed": sampler.random_seed,
        "dataset": train.name,
        "nouns": str(train.nouns),
        "split_id": split.id,
        "scale": list(train.scale),
        "unit": unit,
        "offset": recorder.predictor.offset,
        "levels": levels.tolist(),
        "left_out": " ".join(problem.left_out),
        "maximised": ", ".join(learned) if method == "map" else "",
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
        name: np.stack([np.stack([s[name] for s in states]) for states in recorder.kept], 1)
        for name in parts_of(config).keys() & recorder.kept[0][0].keys()
    }
    for ingredient in ingredients_of(config):
        draws = ingredient.to_stored(config, draws)
        coords |= ingredient.coords(problem)
    found = {
        part.name: (("chain", "draw", *part.dims), draws[part.name])
        for part in parts_of(config).values()
    }
    used = {dim for dims, _ in found.values() for dim in dims}
    return xr.Dataset(found, coords={k: v for k, v in coords.items() if k in used})


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
        noise_sd = np.sqrt(np.maximum(variance, 0))
    else:
        noise_sd = np.sqrt(variance / len(draws))
    found["noise_sd"] = ("pair", noise_sd * predictor.unit)
    return found if n_levels else {"noise_sd": found["noise_sd"]}
