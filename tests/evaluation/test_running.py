"""Running RMSE and diagnostics, recomputed from the stored factors."""

import numpy as np
import pytest

import pmf_core as pmf
from pmf_core.evaluation.running import noisy_rmse_within
from pmf_core.fits.budget import Limits, OverBudget
from pmf_core.stats.convergence import convergence
from tests.support import tiny
from tests.support.by_hand import simulate
from tests.support.marks import slow_but


@pytest.fixture(scope="module")
def fit(ratings):
    split = pmf.split_ratings(ratings, 0.2, random_seed=1)
    config = pmf.PMFConfig(n_factors=2, center=True)
    return pmf.sample_gibbs(split, config, draws=10, tune=3, chains=3, random_seed=2, keep=30)


def predictions(fit, ratings):
    U, V = (fit.idata["posterior"].dataset[name].values.astype(float) for name in "UV")
    product = np.einsum("...nd,...nd->...n", U[:, :, ratings.user_idx], V[:, :, ratings.item_idx])
    return fit.attrs["offset"] + product  # chain, draw, pair


@pytest.mark.parametrize("part", ["train", "test"])
def test_running_rmse_is_that_of_the_mean_over_chains_and_draws(fit, part):
    ratings = getattr(fit.split, part)
    draws = predictions(fit, ratings)
    table = pmf.running_rmse(fit)
    np.testing.assert_array_equal(table["draw"], np.arange(1, 11))
    for t in (0, 4, 9):
        mean = np.clip(draws[:, : t + 1].mean(axis=(0, 1)), *ratings.scale)
        expected = pmf.rmse(ratings.rating, mean)
        assert table[f"running_{part}"][t] == pytest.approx(expected, rel=1e-5)
        single = np.mean((np.clip(draws[:, t], *ratings.scale) - ratings.rating) ** 2) ** 0.5
        assert table[f"per_step_{part}"][t] == pytest.approx(single, rel=1e-5)


def test_noise_hurts_single_draws_more_than_their_mean(fit):
    plain, noisy = pmf.running_rmse(fit), pmf.running_rmse(fit, noise=True, random_seed=1)
    assert noisy["per_step_test"].mean() > plain["per_step_test"].mean() + 0.05
    gap = noisy["running_test"].iloc[-1] - plain["running_test"].iloc[-1]
    assert gap < 0.5 * (noisy["per_step_test"].mean() - plain["per_step_test"].mean())
    assert noisy.equals(pmf.running_rmse(fit, noise=True, random_seed=1))


def test_the_summary_is_the_last_running_rmse(fit):
    table, summary = pmf.running_rmse(fit), fit.summary()
    assert summary["test_rmse"] == pytest.approx(table["running_test"].iloc[-1], rel=1e-9)
    assert summary["train_rmse"] == pytest.approx(table["running_train"].iloc[-1], rel=1e-9)


def test_diagnose_covers_norms_likelihood_and_predictions(fit):
    table = pmf.diagnose(fit)
    names = ["total_log_likelihood", "sd_score", "norm_U", "norm_V", "singular_1", "singular_2"]
    assert list(table["quantity"][:6]) == names
    assert table["label"][0] == "Log likelihood of all ratings"
    assert (table[["quantity", "label"]][6:] == "prediction").all(axis=None)
    assert np.isfinite(table[["r_hat", "ess_bulk", "mcse"]]).all(axis=None)
    assert fit.summary()["r_hat"] == table["r_hat"].max()
    assert fit.summary()["ess"] == table["ess_bulk"].min()
    log_likelihood = table["mean"][0]
    train = fit.split.train
    residual = train.rating - predictions(fit, train)
    expected = 0.5 * (train.n_ratings * np.log(2 / (2 * np.pi)) - 2 * (residual**2).sum(-1))
    assert log_likelihood == pytest.approx(expected.mean(), rel=1e-5)


def test_r_hat_tells_mixed_chains_from_stuck_ones(rng):
    mixed = rng.standard_normal((4, 400, 2))
    stuck = mixed + np.arange(4)[:, None, None]
    assert (convergence(mixed)["r_hat"] < 1.02).all()
    assert (convergence(stuck)["r_hat"] > 1.5).all()


def test_too_few_or_constant_draws_have_no_r_hat(rng):
    assert np.isnan(convergence(rng.standard_normal((2, 3, 1)))["r_hat"]).all()
    assert np.isnan(convergence(np.ones((2, 50, 1)))["r_hat"]).all()


@pytest.mark.parametrize("preset", slow_but(pmf.PRESETS, "bpmf"))
@pytest.mark.parametrize("method", ["gibbs", "map"])
def test_noise_can_be_added_to_every_preset(preset, method):
    ratings, _ = pmf.simulate_from_prior(tiny.PRESETS["best"], random_seed=2)
    split, config = pmf.split_ratings(ratings, 0.2, 0), tiny.PRESETS[preset]
    if method == "map":
        fit = pmf.fit_map(split, config)
    else:
        fit = pmf.sample_gibbs(split, config, draws=8, tune=10, chains=2, keep=16)
    table = pmf.running_rmse(fit, noise=True)
    test = split.test
    rng = np.random.default_rng(5)
    for draw, found in enumerate(table["per_step_test"]):
        square = []
        for chain in range(fit.idata["posterior"].sizes["chain"]):
            one = fit.idata["posterior"].dataset.isel(chain=[chain], draw=[draw])
            tree = fit.idata.copy()
            tree["posterior"] = one
            again = simulate(pmf.Fit(tree), test.user_idx, test.item_idx, rng, 100)
            square.append((np.clip(again, *ratings.scale) - test.rating) ** 2)
        square = np.mean(square, axis=0)  # repeats, pairs: of one set of noise after the other
        each = np.sqrt(square.mean(axis=1))
        assert found == pytest.approx(each.mean(), abs=4.5 * each.std())
    assert table["running_test"].iloc[-1] <= table["per_step_test"].max()
    assert (table[["per_step_train", "running_train"]] < 4).all(axis=None)


def test_noise_for_somebody_who_waits_is_the_same_or_refused(fit):
    assert noisy_rmse_within(fit, Limits()).equals(pmf.running_rmse(fit, noise=True))
    with pytest.raises(OverBudget, match="takes a page too long"):
        noisy_rmse_within(fit, Limits(page_seconds=1e-9))
