"""From the arrays of a finished run to labelled data in the ArviZ schema."""

import json
from dataclasses import asdict
from datetime import UTC, datetime
from importlib.metadata import version

import numpy as np
import xarray as xr

from pmf_core.config import PMFConfig, SamplerConfig
from pmf_core.fit import Fit
from pmf_core.priors import imputed_precisions
from pmf_core.recorder import Recorder
from pmf_core.split import Split

PACKAGES = ("numpy", "numba", "pymc", "arviz", "xarray")


def label_fit(
    method: str,
    split: Split,
    config: PMFConfig,
    sampler: SamplerConfig,
    recorder: Recorder,
    seconds: float,
    *,
    partial: bool,
) -> Fit:
    """Label what a recorder holds; the groups are described at `Fit.idata`."""
    train, test = split.train, split.test
    n_draws, kept = recorder.n_draws, recorder.kept_draws
    tune, n_chains = recorder.tune, recorder.chains
    user, item = train.user_ids, train.item_ids
    chain = {"chain": np.arange(n_chains)}
    draw = {"draw": np.arange(n_draws)}
    factor = {"factor": np.arange(config.n_factors)}
    U, V = (np.stack(draws, axis=1) for draws in zip(*recorder.kept, strict=True))
    posterior = xr.Dataset(
        {
            "U": (("chain", "draw", "user", "factor"), U),
            "V": (("chain", "draw", "item", "factor"), V),
        },
        coords=chain | {"draw": kept, "user": user, "item": item} | factor,
    )
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
        }
    )
    constant = xr.Dataset(
        {
            "user_idx": ("obs", train.user_idx),
            "item_idx": ("obs", train.item_idx),
            "title": ("item", train.titles.astype(object)),
        },
        coords={"user": user, "item": item},
    )
    observed = xr.Dataset({"rating": ("obs", train.rating)})
    alpha_U, alpha_V = imputed_precisions(train)
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
        "offset": recorder.offset,
        "alpha_U": alpha_U,
        "alpha_V": alpha_V,
        "partial": int(partial),
        "seconds": seconds,
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "versions": json.dumps({name: version(name) for name in PACKAGES}),
    }
    return Fit(idata)
