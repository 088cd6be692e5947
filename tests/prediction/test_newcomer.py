"""Somebody new: their row against closed forms, importance sampling, and their own fitted row."""

from dataclasses import replace

import numpy as np
import pytest

import pmf_core as pmf
from pmf_core.fits.draws import predictor_of
from pmf_core.models.feature_matrix import side_columns
from pmf_core.prediction.newcomer import fold_in, newcomer_pairs
from tests.support import by_hand, tiny
from tests.support.marks import slow_but

BPMF = replace(tiny.PRESETS["bpmf"], biases=True)
LOGISTIC = replace(tiny.PRESETS["logistic"], biases=True, center=True, prior="hierarchical")
SHARED_CUTS = replace(tiny.PRESETS["best"], cut_points="shared", effects=())
TABLE, _ = pmf.simulate_from_prior(tiny.PRESETS["best"], random_seed=2)
RATED = np.array([0, 3, 7, 11, 12, 31])
RATING = np.array([5.0, 4, 5, 3, 2, 4])


@pytest.fixture(scope="module")
def split():
    return pmf.split_ratings(TABLE, 0.2, 0)


def sample(split, config, draws=60):
    return pmf.sample_gibbs(split, config, draws=draws, tune=40, chains=2, keep=2 * draws)


def only(fit, draw, n):
    """The fit with one stored draw, n times: what varies is what the newcomer's part draws."""
    posterior = fit.idata["posterior"].dataset.isel(chain=[0], draw=np.full(n, draw))
    tree = fit.idata.copy()
    tree["posterior"] = posterior.assign_coords(draw=np.arange(n))
    return pmf.Fit(tree)


def population(fit, draw, is_all=False):
    """Mean and covariance of the row of somebody of unknown features who rated these items."""
    config, mean, covariance = fit.config, draw["mu_U"], np.linalg.inv(draw["Lambda_U"])
    if config.implicit in ("user", "both"):
        moved, among = by_hand.moved_by_rated(fit, draw["W_U"], RATED, is_all)
        mean, covariance = mean + moved, covariance + among
    if config.side_info in ("user", "both"):
        groups = side_columns(TABLE.user_features)
        X = np.column_stack([group.to_numpy() for group in groups])
        moved = X @ draw["W_U"][-X.shape[1] :]
        mean = mean + moved.mean(axis=0)
        covariance = covariance + np.cov(moved.T, bias=True)
    return mean, covariance


def closed_form(fit, draw, is_all=False):
    """Mean and precision of a newcomer's row under an identity link; a day is its last column."""
    config, V = fit.config, draw["V"][RATED]
    mean, covariance = population(fit, draw, is_all)
    precision = np.linalg.inv(covariance)
    target = RATING - fit.attrs["offset"]
    if config.biases:
        V, target = np.column_stack([V, np.ones(len(V))]), target - draw["b_V"][RATED]
    if config.effects:
        V, mean = np.column_stack([V, np.ones(len(V))]), np.append(mean, 0)
        precision = np.pad(precision, (0, 1))
        precision[-1, -1] = 1 / (1 / draw["tau_effect"]).sum()
    scale = draw["noise_scale_item"][RATED] if "noise_scale_item" in draw else np.ones(len(V))
    weight = draw["alpha"] * scale
    P = precision + (V * weight[:, None]).T @ V
    return np.linalg.solve(P, precision @ mean + V.T @ (weight * target)), P


def row_of(state):
    return np.append(state.U[0], state.get("effect", ()))


CLOSED = {
    "pmf": tiny.PRESETS["pmf"],
    "constrained": tiny.PRESETS["constrained"],
    "all": replace(
        BPMF, noise="item", implicit="both", side_info="both", effects=("day", "user:day")
    ),
}


@pytest.mark.parametrize("name", slow_but(CLOSED, "pmf"))
def test_the_row_has_the_full_conditional_of_the_kernel(split, name):
    fit = sample(split, CLOSED[name], 300)
    states = list(fold_in(fit, RATED, RATING, random_seed=3))
    z, shifted = [], []
    for state, draw in zip(states, by_hand.draws_of(fit), strict=True):
        mean, P = closed_form(fit, draw)
        root = np.linalg.cholesky(P).T
        z.append(root @ (row_of(state) - mean))
        shifted.append(root @ (row_of(state) - 0.8 * mean))
    error = 1 / np.sqrt(len(z))
    assert np.abs(np.mean(z, axis=0)).max() < 4 * error
    np.testing.assert_allclose(np.cov(np.transpose(z)), np.eye(len(z[0])), atol=5 * error)
    # Control: another mean is noticed.
    assert np.abs(np.mean(shifted, axis=0)).max() > 4 * error


@pytest.mark.parametrize("is_all", [False, True])
@pytest.mark.parametrize("name", slow_but(CLOSED, "all"))
def test_a_map_takes_the_conditional_mean(split, name, is_all):
    fit = pmf.fit_map(split, CLOSED[name])
    [state], [draw] = fold_in(fit, RATED, RATING, is_all=is_all), by_hand.draws_of(fit)
    expected = closed_form(fit, draw, is_all)[0]
    np.testing.assert_allclose(row_of(state), expected, rtol=1e-4, atol=1e-5)
    if fit.config.implicit != "none":  # Control: what is still to be rated makes a difference
        assert np.abs(expected - closed_form(fit, draw, not is_all)[0]).max() > 1e-3


def importance_sample(fit, draw, rng, n=160_000):
    """Mean rating of all items for newcomers from the population, weighted by what they rated."""
    config, (low, high) = fit.config, fit.attrs["scale"]
    row = rng.multivariate_normal(*population(fit, draw), n)
    V = np.column_stack([draw["V"], np.ones(len(draw["V"]))])
    eta = fit.attrs["offset"] + row @ V.T + draw["b_V"]
    if config.effects:
        eta += rng.standard_normal((n, 1)) * np.sqrt((1 / draw["tau_effect"]).sum())
    sd = np.full((n, 1), draw["alpha"] ** -0.5)
    if config.noise == "user":
        sd = sd * rng.gamma(config.noise_shape, 1 / config.noise_shape, (n, 1)) ** -0.5
    if config.link == "ordinal":
        gap = draw["log_gap"]
        if config.cut_points == "user":
            gap = draw["mu_gap"] + rng.standard_normal((n, 3)) * draw["tau_gap"] ** -0.5
        inner = np.column_stack([np.zeros(len(gap)), np.cumsum(np.exp(gap), axis=1)])
        below = by_hand.norm.cdf((inner[:, None] - eta[..., None]) / sd[..., None])
        probability = np.diff(below, axis=-1, prepend=0, append=1)
        rating = probability @ fit.levels
        weight = probability[:, RATED, RATING.astype(int) - 1].prod(axis=1)
    else:
        rating = eta if config.link == "identity" else low + (high - low) / (1 + np.exp(-eta))
        weight = by_hand.norm.pdf(RATING, rating[:, RATED], sd).prod(axis=1)
    weight /= weight.sum()
    assert 1 / (weight**2).sum() > 300  # effective draws
    return weight @ rating, rating.mean(axis=0)


SLOW = pytest.mark.slow
SAMPLED = {
    "own noise": replace(BPMF, noise="user"),
    "logistic": LOGISTIC,
    "ordinal": SHARED_CUTS,
    "own cut points": tiny.PRESETS["best"],
}


@pytest.mark.slow
@pytest.mark.parametrize(
    "name",
    ["own noise", "logistic"]
    + [pytest.param(name, marks=SLOW) for name in ("ordinal", "own cut points")],
)
def test_without_a_closed_form_the_row_is_that_of_importance_sampling(split, rng, name):
    fit = sample(split, SAMPLED[name], 20)
    draw = list(by_hand.draws_of(fit))[19]
    expected, prior = importance_sample(fit, draw, rng)
    predictor, items = predictor_of(fit), newcomer_pairs(fit, np.arange(40))
    found = []
    for state in fold_in(only(fit, 19, 400), RATED, RATING):
        found.append(predictor.mean(state, items, predictor.score(state, items)))
    # An effective draw in two or more, and the error of importance sampling, of 300 or more.
    error = np.std(found, axis=0) * np.sqrt(2 / 400 + 1 / 300)
    away = np.abs(np.mean(found, axis=0) - expected) / error
    assert away.max() < 4.5
    # Control: what they rated matters.
    assert (np.abs(np.mean(found, axis=0) - prior) / error).max() > 9


@pytest.mark.slow
@pytest.mark.parametrize("name", slow_but(["bpmf", "logistic", "ordinal"], "bpmf"))
def test_a_user_folded_in_is_predicted_as_their_fitted_row(split, name):
    # With biases under the curve, a row of so extreme ratings can lie in two places.
    logistic = replace(LOGISTIC, biases=False)
    config = {"bpmf": BPMF, "logistic": logistic, "ordinal": SHARED_CUTS}[name]
    fit = sample(split, replace(config, side_info="none"), 150)
    train = fit.split.train
    user = np.bincount(train.user_idx).argmax()
    own = train.user_idx == user
    ratings = dict(zip(train.item_ids[train.item_idx[own]], train.rating[own], strict=True))
    known = pmf.recommend(fit, train.user_ids[user], n=40).set_index("item_id").sort_index()
    new = pmf.recommend(fit, ratings=ratings, n=40).set_index("item_id").sort_index()
    assert list(known.index) == list(new.index)
    # Two estimates from 300 draws, of which at least one in ten is effective.
    error = known["pred_sd"] * np.sqrt(2 / 30) + 0.01
    assert (np.abs(known["pred_mean"] - new["pred_mean"]) < 4 * error).all()
    nobody = pmf.recommend(fit, ratings={}, n=40).set_index("item_id").loc[known.index]
    assert (np.abs(known["pred_mean"] - nobody["pred_mean"]) > 4 * error).any()


def test_of_somebody_who_rated_nothing_the_population_is_known(split):
    fit = sample(split, tiny.PRESETS["pmf"], 200)
    rows = np.array([s.U[0] for s in fold_in(fit, np.zeros(0, np.intp), np.zeros(0))])
    sd = fit.attrs["alpha_U"] ** -0.5
    assert np.abs(rows.mean(axis=0)).max() < 4 * sd / 20
    np.testing.assert_allclose(rows.std(axis=0), sd, rtol=0.15)


@pytest.mark.slow
def test_equal_seeds_give_equal_newcomers(split):
    fit = sample(split, tiny.PRESETS["best"], 10)
    first, again, other = (list(fold_in(fit, RATED, RATING, seed)) for seed in (1, 1, 2))
    assert np.array_equal(first[-1].U, again[-1].U)
    assert not np.array_equal(first[-1].U, other[-1].U)


@pytest.mark.slow
def test_of_people_of_whom_nothing_is_known_the_mean_is_right(movielens):
    new = np.random.default_rng(0).choice(movielens.n_users, 450, replace=False)
    is_new = np.isin(movielens.user_idx, new)
    split = pmf.Split(movielens.take(~is_new), movielens.take(is_new))
    config = replace(pmf.PRESETS["bpmf"], n_factors=4, biases=True, side_info="both")
    fit = pmf.sample_gibbs(split, config, draws=100, tune=100, chains=4, keep=80)

    def bias(more=0.0):
        """Mean over newcomers of predicted, and `more` stars, minus given, in standard errors."""
        every, predictor = newcomer_pairs(fit, np.arange(movielens.n_items)), predictor_of(fit)
        states = fold_in(fit, np.zeros(0, np.intp), np.zeros(0))
        means = [predictor.mean(s, every, predictor.score(s, every)) for s in states]
        test = split.test
        error = np.mean(means, axis=0)[test.item_idx] + more - test.rating
        by_user = np.bincount(test.user_idx, error)[new] / np.bincount(test.user_idx)[new]
        return by_user.mean() / (by_user.std() / np.sqrt(len(new)))

    assert abs(bias()) < 3
    # Control: a fifth of a star. (What absent features would do depends on the draws: with the
    # mean of all rows they are identified together alone.)
    assert bias(0.2) > 4
