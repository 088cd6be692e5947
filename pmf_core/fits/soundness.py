"""Whether what a file says of a fit can be true: what passes here, every page can show."""

import ast
import json
from dataclasses import fields
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pmf_core.data.nouns import Nouns
from pmf_core.fits.fit import Fit
from pmf_core.fits.schema import (
    ALL_NUMBERS,
    ALL_TEXTS,
    GROUPS,
    LARGEST,
    LONGEST_TEXT,
    MEASURED,
    NUMBERS,
    TEXTS,
)
from pmf_core.fits.written import check_name, check_note
from pmf_core.models.config import PMFConfig
from pmf_core.models.ingredients import ingredients_of, parts_of, scalars_of, steps_of
from pmf_core.models.ingredients.link import MAX_LEVELS
from pmf_core.models.sampler_config import SamplerConfig
from pmf_core.support.errors import require, require_within

METHODS = ("map", "gibbs", "nuts")

FIGURES = ("test_rmse", "train_rmse", "test_mae", "coverage_90", "r_hat", "ess", "seconds")
"""Numbers of `Fit.summary` without which a run cannot be listed."""

_OF_CHAINS = ("r_hat", "ess")
"""Those that are nan where one point has no chains, or infinite where a chain stands still."""


def check_attrs(attrs: dict[str, Any]) -> None:
    """Refuse attributes of a fit that are missing, of a wrong kind, or at odds.

    Raises
    ------
    Exception
        Of any kind, as they can be wrong in any way.
    """
    texts, numbers = ALL_TEXTS & attrs.keys(), ALL_NUMBERS & attrs.keys()
    wrong = {name for name in texts if not _is_short_text(attrs[name])}
    wrong |= {name for name in numbers if not _are_numbers(attrs[name])}
    wrong |= {*TEXTS, *NUMBERS} - attrs.keys()
    if wrong:
        raise ValueError(f"it lacks {sorted(wrong)}")
    require(attrs["method"] in METHODS, "method", attrs["method"], f"one of {', '.join(METHODS)}")
    config, sampler = PMFConfig.from_json(attrs["config"]), json.loads(attrs["sampler"])
    SamplerConfig(**sampler | {"random_seed": sampler["random_seed"]})  # without, no repeat
    datetime.fromisoformat(attrs["created"])
    low, high = map(float, attrs["scale"])
    require(low < high, "scale", (low, high), "from a lower to a higher rating")
    _check_levels(np.atleast_1d(attrs["levels"]), low, high, config)
    for name in ("offset", "partial", "seconds", "alpha_U", "alpha_V"):
        require(np.ndim(attrs[name]) == 0, name, attrs[name], "one number")
    require(attrs["partial"] in (0, 1), "partial", attrs["partial"], "0 or 1")
    require(attrs["seconds"] > 0, "seconds", attrs["seconds"], "above 0")
    if config.effects:
        sizes = np.atleast_1d(attrs.get("effect_sizes", []))
        rule = f"a number for each of {', '.join(config.effects)}; fit the same model again"
        valid = len(sizes) == len(config.effects) and sizes.dtype.kind in "iu" and (sizes > 0).all()
        require(valid, "effect_sizes", sizes.tolist(), rule)
    known = {field.name for field in fields(PMFConfig)}
    for name in {"sweep_x", "sweep_y"} & attrs.keys():
        require(attrs[name] in known, name, attrs[name], "a setting of the model")
    if "sweep_x" in attrs:
        require({"sweep", "sweep_y"} <= attrs.keys(), "sweep_x", attrs["sweep_x"], "of a sweep")
    unit = attrs.get("unit", 1.0)
    require(np.ndim(unit) == 0 and unit > 0, "unit", unit, "one number above 0")
    if "nouns" in attrs:
        Nouns.parse(attrs["nouns"])
    note = attrs.get("note", "")
    require(check_note(note) == note, "note", note[:40], "without spaces around it")
    for name in {"source", "split"} & attrs.keys():
        rule = "a call of this package: people are shown it as code to run"
        require(_is_plain_call(attrs[name]), name, attrs[name][:80], rule)


def check_run_attrs(attrs: dict[str, Any]) -> None:
    """Refuse what a store has added to the attributes of a fit, as `check_attrs` does."""
    require(check_name(attrs["name"]) == attrs["name"], "name", attrs["name"], "without spaces")
    require(isinstance(attrs.get("owner", ""), str), "owner", attrs.get("owner"), "a text")
    summary = json.loads(attrs["summary"])
    wrong = [name for name in FIGURES if not _is_figure(summary.get(name), name in _OF_CHAINS)]
    if not isinstance(summary.get("partial"), bool):
        wrong.append("partial")
    if summary.get("method") != attrs["method"]:
        wrong.append("method")
    wrong += [name for name in ("r_hat_of", "ess_of") if not isinstance(summary.get(name, ""), str)]
    if wrong or summary["seconds"] <= 0:
        raise ValueError(f"wrong or missing: {', '.join(wrong or ['seconds'])}")


def check_fit(fit: Fit) -> None:
    """Refuse a fit whose arrays are missing, do not fit each other, or are no numbers.

    Raises
    ------
    Exception
        Of any kind, as they can be wrong in any way.
    """
    check_attrs(fit.attrs)
    for group, schema in GROUPS.items():
        dataset = fit.idata[group].dataset
        for name, variable in schema.items():
            if name in dataset.variables:
                _check_numbers(f"{group}/{name}", dataset[name].values, variable.has_gaps)
            else:
                require(not variable.is_required, f"{group}/{name}", None, "there")
    _check_draws(fit)
    _check_measured(fit)
    _check_counts(fit)
    _check_data(fit)
    _check_heldout(fit)


def _check_draws(fit: Fit) -> None:
    """Require the draws that the model has, of the shapes that it and the ratings give them."""
    config, train, posterior = fit.config, fit.split.train, fit.idata["posterior"].dataset
    chains, users = fit.idata["sample_stats"].sizes["chain"], train.n_users
    sizes = {"chain": chains, "user": users, "item": train.n_items}
    for ingredient in ingredients_of(config):
        sizes |= ingredient.sizes(config, fit.attrs, users)
    if missing := _parts(fit) - set(posterior):
        raise ValueError(f"its model also draws {', '.join(sorted(missing))}, which are not there")
    parts = parts_of(config)
    if more := set(posterior) - parts.keys():
        raise ValueError(f"it also draws {', '.join(sorted(more))}, which its model does not have")
    for name in sorted(posterior):
        dims = ("chain", "draw", *parts[name].dims)
        found = dict(posterior[name].sizes)
        expected = {dim: sizes.get(dim, found.get(dim)) for dim in dims}
        if list(found.items()) != list(expected.items()):
            raise ValueError(f"{name} has the shape {found} where the model's is {expected}")
    require(posterior.sizes["draw"] > 0, "draws", 0, "at least one")
    for name in {"alpha", "noise_scale_user", "noise_scale_item"} & set(posterior):
        require(bool((posterior[name] > 0).all()), name, "partly 0 or less", "above 0")


def _check_measured(fit: Fit) -> None:
    """Require that what is recorded of draws is of the model, and of tuning as of draws."""
    known = {scalar.name for scalar in scalars_of(fit.config, len(fit.levels))}
    known |= {step.trace for step in steps_of(fit.config)}
    stats, warmup = (
        MEASURED & set(fit.idata[group].dataset)
        for group in ("sample_stats", "warmup_sample_stats")
    )
    if more := (stats | warmup) - known:
        raise ValueError(f"it also has {', '.join(sorted(more))}, which its model does not have")
    require(stats == warmup, "traces of tuning", sorted(warmup), f"{sorted(stats)}, as of draws")


def _parts(fit: Fit) -> set[str]:
    """Return the names of the draws without which a model cannot predict."""
    names = {part.name for part in parts_of(fit.config).values() if part.needed}
    return names if len(fit.levels) > 2 else names - {"log_gap", "mu_gap", "tau_gap"}


def _check_counts(fit: Fit) -> None:
    """Require as many chains and draws in every group, counted from 0 as they are."""
    stats = fit.idata["sample_stats"].sizes
    n_chains, n_draws = stats["chain"], stats["draw"]
    require(n_chains * n_draws > 0, "draws", (n_chains, n_draws), "at least one of each chain")
    if fit.is_point_estimate:
        require(n_chains * n_draws == 1, "draws of a MAP", (n_chains, n_draws), "one of one chain")
    for group in ("running", "predictions", "warmup_sample_stats", "posterior"):
        dataset = fit.idata[group].dataset
        if "chain" in dataset.dims:
            found, rule = dataset.sizes["chain"], f"{n_chains}, as in sample_stats"
            require(found == n_chains, f"chains in {group}", found, rule)
        counted = ("chain",) if group == "posterior" else ("chain", "draw")  # it keeps a few draws
        for dim in set(counted) & set(dataset.sizes):
            _require_count(f"{group}/{dim}", dataset[dim].values)
        if group in ("running", "predictions"):
            found, rule = dataset.sizes["draw"], f"{n_draws}, as in sample_stats"
            require(found == n_draws, f"draws in {group}", found, rule)
    for dim in ("chain", "draw"):
        _require_count(f"sample_stats/{dim}", fit.idata["sample_stats"].dataset[dim].values)
    require_within("posterior/draw", fit.idata["posterior"].dataset["draw"].values, n_draws)


def _check_data(fit: Fit) -> None:
    """Require ratings, identifiers and positions that fit each other."""
    split, constant = fit.split, fit.idata["constant_data"].dataset
    require(split.train.n_ratings > 0, "ratings", 0, "at least one")
    require(split.test.n_ratings > 0, "held-out ratings", 0, "at least one")
    for name in ("user", "item"):
        ids = constant[name].values
        require(len(set(ids.tolist())) == len(ids), f"{name} identifiers", "repeated", "different")
        same = np.array_equal(ids, fit.idata["posterior"].dataset[name].values)
        require(same, f"{name} identifiers", "others", "the same for draws and ratings")
    arrays = {name: constant[name].values for name in constant.data_vars}
    for ingredient in ingredients_of(fit.config):
        ingredient.check(fit.attrs, arrays)


def _check_heldout(fit: Fit) -> None:
    """Require predictions that are distributions of ratings."""
    heldout, levels = fit.idata["heldout"].dataset, fit.levels
    pair = fit.idata["predictions"].dataset["pair"].values
    require_within("predictions/pair", pair, fit.split.test.n_ratings)
    for name in ("pred_sd", "noise_sd"):
        require(bool((heldout[name] >= 0).all()), name, "negative", "0 or more")
    if not len(levels):
        require("probability" not in heldout, "levels", (), "those that have probabilities")
        require(bool((heldout["noise_sd"] > 0).all()), "noise_sd", 0, "above 0")
        return
    same = np.array_equal(heldout["level"].values, levels)
    require(same, "levels", levels.tolist(), "those of the held-out predictions")
    probability = heldout["probability"].values
    total = probability.sum(axis=1)
    valid = (probability >= 0).all() and (np.abs(total - 1) < 1e-3).all()
    require(bool(valid), "probability", "of levels", "0 or more, and 1 over all levels")


def _check_levels(levels: NDArray, low: float, high: float, config: PMFConfig) -> None:
    fewest = 2 if config.link == "ordinal" else 0
    valid = fewest <= len(levels) <= MAX_LEVELS and (np.diff(levels) > 0).all()
    valid = valid and all(low <= level <= high for level in levels)
    rule = f"ascending ratings of the scale, from {fewest} to {MAX_LEVELS} of them"
    require(bool(valid), "levels", levels.tolist(), rule)


def _check_numbers(name: str, values: NDArray, has_gaps: bool) -> None:
    if values.dtype.kind == "f":
        largest = np.abs(values).max(initial=0)
        if has_gaps:
            largest = np.abs(values[~np.isnan(values)]).max(initial=0)
        require(bool(largest <= LARGEST), name, float(largest), f"finite, and below {LARGEST:g}")


def _require_count(name: str, values: NDArray) -> None:
    is_count = np.array_equal(values, np.arange(len(values)))
    require(is_count, name, values[:3].tolist(), "a count from 0 up")


def _is_short_text(value: Any) -> bool:
    return isinstance(value, str) and len(value) <= LONGEST_TEXT


def _are_numbers(value: Any) -> bool:
    array = np.asarray(value)
    is_flat = array.ndim <= 1 and array.dtype.kind in "iuf"
    return is_flat and bool((np.abs(array.astype(float)) <= LARGEST).all())


def _is_figure(value: Any, of_chains: bool) -> bool:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return is_number and (abs(value) <= LARGEST or (of_chains and not value < np.inf))


_PLAIN = (
    *(ast.Expression, ast.Call, ast.Attribute, ast.Subscript, ast.Name, ast.Constant),
    *(ast.keyword, ast.Load, ast.UnaryOp, ast.USub),
)


def _is_plain_call(text: str) -> bool:
    """Return whether an expression only calls this package, with plain values."""
    nodes = list(ast.walk(ast.parse(text, mode="eval")))
    names = {node.id for node in nodes if isinstance(node, ast.Name)}
    return all(isinstance(node, _PLAIN) for node in nodes) and names <= {"pmf", "ratings"}
