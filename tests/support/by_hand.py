"""Predictions from the stored draws of a fit in plain NumPy, draw by draw, as the models say."""

import numpy as np
from scipy.stats import norm


def draws_of(fit):
    posterior = fit.idata["posterior"].dataset
    for chain in range(posterior.sizes["chain"]):
        for draw in range(posterior.sizes["draw"]):
            yield {name: posterior[name].values[chain, draw].astype(float) for name in posterior}


def latent(fit, draw, user, item, effect_idx=None):
    """Score and noise sd of each pair; on a day that training has not seen unless one is given."""
    eta = fit.attrs["offset"] + (draw["U"][user] * draw["V"][item]).sum(axis=-1)
    if "b_U" in draw:
        eta = eta + draw["b_U"][user] + draw["b_V"][item]
    if "effect" in draw:
        unseen = np.cumsum(fit.attrs["effect_sizes"])[:, None] - 1
        eta = eta + draw["effect"][unseen if effect_idx is None else effect_idx].sum(axis=0)
    scales = draw.get("noise_scale_user"), draw.get("noise_scale_item")
    precision = np.full(np.shape(eta), draw["alpha"])
    for scale, idx in zip(scales, (user, item), strict=True):
        precision = precision if scale is None else precision * scale[idx]
    return eta, precision**-0.5


def cuts(draw, user):
    """Inner cut points of each pair."""
    log_gap = draw["log_gap"]
    gaps = np.exp(log_gap if len(log_gap) > 1 else np.tile(log_gap, (user.max() + 1, 1)))[user]
    return np.column_stack([np.zeros(len(user)), np.cumsum(gaps, axis=1)])


def level_probability(draw, user, eta, sd):
    below = norm.cdf((cuts(draw, user) - eta[:, None]) / sd[:, None])
    return np.diff(below, axis=1, prepend=0, append=1)


def mean_rating(fit, draw, user, item):
    eta, sd = latent(fit, draw, user, item)
    low, high = fit.attrs["scale"]
    match fit.config.link:
        case "identity":
            return eta
        case "logistic":
            return low + (high - low) / (1 + np.exp(-eta))
        case "ordinal":
            return level_probability(draw, user, eta, sd) @ fit.levels


def simulate(fit, user, item, rng, repeats):
    """Ratings of each pair, `repeats` from every stored draw: (draws * repeats, pairs)."""
    found = []
    for draw in draws_of(fit):
        eta, sd = latent(fit, draw, user, item)
        noise = rng.standard_normal((repeats, len(user))) * sd
        if fit.config.link == "ordinal":
            passed = (eta + noise)[..., None] > cuts(draw, user)
            found.append(fit.levels[passed.sum(axis=-1)])
        else:
            found.append(mean_rating(fit, draw, user, item) + noise)
    return np.concatenate(found)


def moved_by_rated(fit, W, rated, is_all=False):
    """Mean and covariance of what rated items add, over how many there are in the end, and which.

    As many as of each user with as many ratings or more, in turn; others as of all ratings.
    """
    train, power = fit.split.train, 0.5 if fit.config.implicit_norm == "sqrt" else 1
    k, W = len(rated), W[: train.n_items]
    counts = [n for n in np.bincount(train.user_idx) if n >= max(k, 1)]
    usual = W[train.item_idx].mean(axis=0)
    among = np.cov(W[train.item_idx].T, bias=True)
    means = [(W[rated].sum(axis=0) + (n - k) * usual) / n**power for n in counts]
    within = np.mean([(n - k) / n ** (2 * power) for n in counts]) * among
    if is_all or not counts:
        return W[rated].sum(axis=0) / max(k, 1) ** power, 0 * among
    return np.mean(means, axis=0), within + np.cov(np.transpose(means), bias=True)
