"""The models as PyMC states them: to read, to draw, and to sample with NUTS.

They take their data from where the compiled sampler takes them, and state every distribution
anew, so that each can be held against the other. A variable has the name and the shape of the
field of `pmf_core.models.state.State` that it stands for.
"""

import numpy as np
import pymc as pm
import pytensor.tensor as pt
from numpy.typing import ArrayLike

from pmf_core.data import Ratings
from pmf_core.models.available import available
from pmf_core.models.config import PMFConfig
from pmf_core.models.effects import find_effects
from pmf_core.models.features import Features, item_features, user_features
from pmf_core.models.ingredients import additive, ordinal
from pmf_core.models.ingredients.population import learned_columns
from pmf_core.models.links import find_levels, latent_offset, latent_unit
from pmf_core.models.priors import imputed_precisions
from pmf_core.models.problem import effect_positions


def build_model(config: PMFConfig, ratings: Ratings) -> pm.Model:
    """State a matrix factorization of training ratings in PyMC.

    Parameters
    ----------
    config : PMFConfig
        Which model; what the ratings cannot feed is left out, as `available` says.
    ratings : Ratings
        Training ratings, such as ``split.train``; only observed pairs enter.

    Returns
    -------
    pm.Model
        With ``U`` of dims (user, factor) and ``V`` of dims (item, factor), the last factor being
        the bias where there are biases, and what else the ingredients need. Observed is
        ``rating`` of dim obs: in stars, less the training mean under an identity link with
        `config.center`; under an ordinal link it is the position among the levels. The latent
        scores of an ordinal link are integrated out.

    References
    ----------
    Mnih & Salakhutdinov (2007), Probabilistic Matrix Factorization, eqs 1, 2, 5 and
    (constrained PMF) 7;
    Salakhutdinov & Mnih (2008), eqs 4 to 7; Albert & Chib (1993).
    """
    config, _ = available(config, ratings)
    unit = latent_unit(config, ratings)
    alpha_U, alpha_V = (alpha * unit for alpha in imputed_precisions(ratings))
    features = {"U": user_features(config, ratings), "V": item_features(config, ratings)}
    with pm.Model(coords=_coords(config, ratings, features)) as model:
        user = pm.Data("user_idx", ratings.user_idx, dims="obs")
        item = pm.Data("item_idx", ratings.item_idx, dims="obs")
        U = _rows(config, "U", "user", alpha_U, features["U"])
        V = _rows(config, "V", "item", alpha_V, features["V"])
        d = config.n_factors
        score = (U[user, :d] * V[item, :d]).sum(axis=-1)
        if config.biases:
            score = score + U[user, d] + V[item, d]
        if config.effects:
            score = score + _effects(config, ratings)
        alpha = config.alpha
        if alpha is None:
            alpha = pm.Gamma("alpha", config.alpha_shape, config.alpha_rate)
        _observe(config, ratings, score, alpha * _noise_scales(config, user, item), user)
    return model


def _coords(config: PMFConfig, ratings: Ratings, features: dict[str, Features]) -> dict:
    factors = np.arange(config.n_factors)
    coords = {
        "user": ratings.user_ids,
        "item": ratings.item_ids,
        "factor": np.append(factors.astype(str), "bias") if config.biases else factors,
        "obs": np.arange(ratings.n_ratings),
    }
    coords["other_factor"] = coords["factor"]  # a matrix cannot have one dim twice
    for (side, X), owner in zip(features.items(), ("user", "item"), strict=True):
        groups = _groups(config, owner)
        coords |= {f"group_{side}": groups, f"feature_{side}": X.names}
        for g, group in enumerate(groups):
            coords[f"feature_{side}_{group}"] = X.names[X.group == g]
    if config.effects:
        coords["effect_of"] = list(config.effects)
        coords["level"] = np.arange(sum(each.size for each in find_effects(config, ratings)))
    if config.link == "ordinal":
        coords["everyone"] = [0]
        coords["gap"] = find_levels(config, ratings)[1:-1]
    return coords


def _rows(config: PMFConfig, name: str, owner: str, alpha: float, X: Features) -> pt.TensorVariable:
    """State the factors of users or items: rows around a mean, moved by their features."""
    dims = (owner, "factor")
    mu, Lambda = _population(config, name, alpha)
    if not X.n_features:
        return _normal_rows(name, mu, Lambda, dims)
    Y = _normal_rows(f"Y_{name}", mu, Lambda, dims)
    groups = _groups(config, owner)
    precisions = [_precision(config, f"Lambda_W_{name}_{group}", alpha) for group in groups]
    weights = [
        _normal_rows(
            f"W_{name}_{group}", np.zeros(config.n_columns), precision,
            (f"feature_{name}_{group}", "factor"),
        )
        for group, precision in zip(groups, precisions, strict=True)
    ]  # fmt: skip
    if learned_columns(config) != slice(config.n_columns, config.n_columns):
        dims_of_precisions = (f"group_{name}", "factor", "other_factor")
        pm.Deterministic(f"Lambda_W_{name}", pt.stack(precisions), dims=dims_of_precisions)
    W = pm.Deterministic(f"W_{name}", pt.concatenate(weights), dims=(f"feature_{name}", "factor"))
    row = np.repeat(np.arange(len(X.indptr) - 1), np.diff(X.indptr))
    # X W as a sum over what is not 0: sparse products have no second derivative here.
    moved = pt.inc_subtensor(Y[row], X.value[:, None] * W[X.indices])
    return pm.Deterministic(name, moved, dims=dims)


def _groups(config: PMFConfig, owner: str) -> list[str]:
    """Name the groups of features of a side in their order; each has a prior of its own."""
    return [
        group for group in ("implicit", "side_info") if getattr(config, group) in (owner, "both")
    ]


def _population(config: PMFConfig, name: str, alpha: float) -> tuple[ArrayLike, ArrayLike]:
    """State what rows have in common: a Normal-Wishart mean and precision where learned."""
    Lambda = _precision(config, f"Lambda_{name}", alpha)
    learned, size = learned_columns(config), config.n_columns
    if learned.start == size:
        return np.zeros(size), Lambda
    around = np.full(size - learned.start, config.mu0)
    tau = config.beta0 * Lambda[learned, learned]
    if learned.start == 0:
        return pm.MvNormal(f"mu_{name}", around, tau=tau, dims="factor"), Lambda
    mean = pm.MvNormal(f"mu_bias_{name}", around, tau=tau)
    mu = pt.concatenate([np.zeros(learned.start), mean])
    return pm.Deterministic(f"mu_{name}", mu, dims="factor"), Lambda


def _precision(config: PMFConfig, name: str, alpha: float) -> ArrayLike:
    """State a precision matrix: Wishart in the learned columns, `alpha` in the others."""
    learned, size = learned_columns(config), config.n_columns
    n = size - learned.start
    if n == 0:
        return alpha * np.eye(size)
    nu, W0, dims = config.nu0 or n, config.W0 * np.eye(n), ("factor", "other_factor")
    if n == size:
        return pm.Wishart(name, nu=nu, V=W0, dims=dims)
    bias = pm.Wishart(name.replace("Lambda", "Lambda_bias"), nu=nu, V=W0)
    full = pt.set_subtensor(pt.as_tensor(alpha * np.eye(size))[learned, learned], bias)
    return pm.Deterministic(name, full, dims=dims)


def _normal_rows(
    name: str, mu: ArrayLike, Lambda: ArrayLike, dims: tuple[str, str]
) -> pt.TensorVariable:
    if isinstance(Lambda, np.ndarray):  # alpha I, and mu is 0
        return pm.Normal(name, mu=0, sigma=Lambda[0, 0] ** -0.5, dims=dims)
    return pm.MvNormal(name, mu, tau=Lambda, dims=dims)


def _effects(config: PMFConfig, ratings: Ratings) -> pt.TensorVariable:
    """State additive effects of groups of ratings, and return their sum for each rating."""
    effects = find_effects(config, ratings)
    tau = pm.Gamma("tau_effect", additive.TAU_SHAPE, additive.TAU_RATE, dims="effect_of")
    sigma = pt.repeat(tau, [each.size for each in effects]) ** -0.5
    effect = pm.Normal("effect", 0, sigma, dims="level")
    return sum(effect[idx] for idx in effect_positions(effects, ratings))


def _noise_scales(
    config: PMFConfig, user: pt.TensorVariable, item: pt.TensorVariable
) -> pt.TensorVariable | float:
    """State relative precisions of users' and items' ratings; return the product of each rating."""
    scale, shape = 1.0, config.noise_shape
    for owner, idx in (("user", user), ("item", item)):
        if config.noise in (owner, "both"):
            scale *= pm.Gamma(f"noise_scale_{owner}", shape, shape, dims=owner)[idx]
    return scale


def _observe(
    config: PMFConfig,
    ratings: Ratings,
    score: pt.TensorVariable,
    precision: pt.TensorVariable | float,
    user: pt.TensorVariable,
) -> None:
    """State the ratings around their scores."""
    offset, sigma = latent_offset(config, ratings), precision**-0.5
    match config.link:
        case "identity":
            # The offset leaves the data, so that what is drawn has the unit of U V.
            pm.Normal("rating", score, sigma, observed=ratings.rating - offset, dims="obs")
        case "logistic":
            low, high = ratings.scale
            mean = low + (high - low) * pm.math.sigmoid(offset + score)
            pm.Normal("rating", mean, sigma, observed=ratings.rating, dims="obs")
        case "ordinal":
            level = np.searchsorted(find_levels(config, ratings), ratings.rating)
            cuts = _cut_points(config, user)
            pm.OrderedProbit(
                "rating", offset + score, cuts, sigma, compute_p=False, observed=level, dims="obs"
            )


def _cut_points(config: PMFConfig, user: pt.TensorVariable) -> pt.TensorVariable:
    """State cut points between levels: 0, then one log distance after the other."""
    if config.cut_points == "user":
        mean = pm.Normal("mu_gap", 0, ordinal.GAP_SD, dims="gap")
        tau = pm.Gamma("tau_gap", ordinal.TAU_SHAPE, ordinal.TAU_RATE, dims="gap")
        log_gap = pm.Normal("log_gap", mean, tau**-0.5, dims=("user", "gap"))
    else:
        log_gap = pm.Normal("log_gap", 0, ordinal.GAP_SD, dims=("everyone", "gap"))
    later = pt.cumsum(pt.exp(log_gap), axis=-1)
    cuts = pt.concatenate([pt.zeros_like(later[:, :1]), later], axis=-1)
    return cuts[user] if config.cut_points == "user" else cuts[0]
