"""Fits: same seed same draws, stopping, what a fit says of itself, recovery of a known truth."""

import inspect
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields

import arviz as az
import numpy as np
import pytest

import pmf_core as pmf
from pmf_core.fits.cost import estimate_memory
from pmf_core.sampling import segments as chains_module

SHORT = {"draws": 12, "tune": 5, "chains": 3, "random_seed": 4, "keep": 9}


@pytest.fixture(scope="module")
def split(ratings):
    return pmf.split_ratings(ratings, 0.2, random_seed=1)


@pytest.fixture(scope="module")
def config():
    return pmf.PMFConfig(n_factors=3)


@pytest.fixture(scope="module")
def fit(split, config):
    return pmf.sample_gibbs(split, config, **SHORT)


def same_draws(a, b):
    return all(
        np.array_equal(a.idata[group].dataset[name].values, b.idata[group].dataset[name].values)
        for group in ("posterior", "sample_stats", "running", "predictions", "heldout")
        for name in a.idata[group].dataset.data_vars
    )


@pytest.mark.parametrize("threads", [1, 3])
def test_same_seed_same_draws_whatever_the_number_of_threads(split, config, fit, threads):
    with ThreadPoolExecutor(threads) as executor:
        again = pmf.sample_gibbs(split, config, **SHORT, executor=executor)
    assert same_draws(fit, again)


def test_draws_do_not_depend_on_how_chains_are_cut_into_segments(split, config, fit, monkeypatch):
    monkeypatch.setattr(chains_module, "SEGMENT_BYTES", 1)
    assert same_draws(fit, pmf.sample_gibbs(split, config, **SHORT))


def test_another_seed_gives_other_draws(split, config, fit):
    assert not same_draws(fit, pmf.sample_gibbs(split, config, **(SHORT | {"random_seed": 5})))


def test_chains_differ(fit):
    norms = pmf.factor_norms(fit)["U"].values
    assert len(np.unique(norms[:, 0])) == SHORT["chains"]


def test_a_fit_has_labelled_dimensions_and_says_how_it_came_about(split, config, fit):
    posterior = fit.idata["posterior"].dataset
    assert posterior["U"].dims == ("chain", "draw", "user", "factor")
    assert posterior["V"].sizes == {"chain": 3, "draw": 3, "item": split.train.n_items, "factor": 3}
    np.testing.assert_array_equal(posterior["draw"], [3, 7, 11])
    np.testing.assert_array_equal(posterior["user"], split.train.user_ids)
    assert fit.config == config
    assert fit.attrs["split_id"] == split.id == fit.split.id
    assert fit.sampler.random_seed == fit.attrs["random_seed"] == 4
    assert not fit.is_partial
    assert not fit.is_point_estimate


def test_arviz_reads_a_fit(fit, tmp_path):
    path = pmf.save_fit(fit, tmp_path / "fit.nc")
    tree = az.from_netcdf(path, engine="h5netcdf")
    assert az.summary(tree, var_names=["U"]).shape[0] == fit.split.train.n_users * 3
    assert np.isfinite(az.rhat(fit.idata["sample_stats"].dataset["norm_U"]).item())
    assert az.ess(tree)["V"].dims == ("item", "factor")


def test_predictions_are_those_of_the_stored_factors(split, config):
    fit = pmf.sample_gibbs(split, config, draws=6, tune=2, chains=2, random_seed=1, keep=12)
    U, V = (fit.idata["posterior"].dataset[name].values for name in "UV")
    test = split.test
    predictions = np.einsum("...nd,...nd->...n", U[:, :, test.user_idx], V[:, :, test.item_idx])
    heldout = fit.idata["heldout"].dataset
    np.testing.assert_allclose(heldout["pred_mean"], predictions.mean((0, 1)), rtol=1e-5)
    np.testing.assert_allclose(heldout["pred_sd"], predictions.std((0, 1)), atol=1e-5)
    np.testing.assert_allclose(
        pmf.factor_norms(fit)["V"], np.sqrt((V.astype(float) ** 2).sum((-2, -1))), rtol=1e-6
    )


def test_progress_is_reported_and_false_stops_with_what_was_drawn(split, config):
    seen = {}  # by step: while one takes long, it is reported again

    def stop_after_three_draws(progress):
        if progress.done:
            seen[progress.done] = progress.total, progress.seconds_left
        return progress.done < SHORT["tune"] + 3

    options = SHORT | {"keep": 36}
    fit = pmf.sample_gibbs(split, config, **options, progress=stop_after_three_draws)
    assert list(seen) == list(range(1, 9))
    assert all(total == 17 and left > 0 for total, left in seen.values())
    assert fit.is_partial
    assert fit.summary()["draws"] == 3
    whole = pmf.sample_gibbs(split, config, **options)
    part = whole.idata["posterior"].dataset["U"][:, :3]
    np.testing.assert_array_equal(fit.idata["posterior"].dataset["U"], part)


def test_stopping_before_the_first_draw_says_what_to_do(split, config):
    with pytest.raises(InterruptedError, match="before the first stored draw.*fewer tuning"):
        pmf.sample_gibbs(split, config, **SHORT, progress=lambda progress: False)


def test_an_error_in_a_segment_reaches_the_caller(split, config, monkeypatch):
    def broken(*args):
        raise RuntimeError("lost a worker")

    monkeypatch.setattr(chains_module, "run_segment", broken)
    with pytest.raises(RuntimeError, match="lost a worker"):
        pmf.sample_gibbs(split, config, **SHORT)


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ({"draws": 0}, "draws is 0; it must be a whole number from 1"),
        ({"chains": 2.5}, "chains is 2.5"),
        ({"random_seed": -1}, "random_seed is -1"),
    ],
)
def test_bad_run_lengths_are_refused(split, config, setting, message):
    with pytest.raises(ValueError, match=message):
        pmf.sample_gibbs(split, config, **(SHORT | setting))


def test_a_map_is_a_marked_point(split, config):
    fit = pmf.fit_map(split, config, random_seed=2)
    assert fit.is_point_estimate
    assert not fit.is_partial
    assert fit.idata["posterior"].dataset["U"].shape[:2] == (1, 1)
    density = fit.idata["warmup_sample_stats"].dataset["total_log_likelihood"]
    assert density[0, -1] > density[0, 0]
    summary = fit.summary()
    assert np.isnan(summary["r_hat"])
    assert summary["train_rmse"] < summary["test_rmse"]
    with pytest.raises(ValueError, match="no convergence to diagnose; call sample_gibbs"):
        pmf.diagnose(fit)


def test_stopped_map_is_partial(split, config):
    assert pmf.fit_map(split, config, progress=lambda p: p.done < 3).is_partial


@pytest.mark.slow
@pytest.mark.parametrize("center", [False, pytest.param(True, marks=pytest.mark.slow)])
def test_known_truth_is_recovered_and_intervals_cover_it(center):
    """With noise and dimension known, little is lost but the noise, and intervals cover."""
    rng = np.random.default_rng(8)
    n_users, n_items, n_factors, n = 120, 150, 2, 6000
    U = rng.normal(0, 1.0, (n_users, n_factors))
    V = rng.normal(0, 1.0, (n_items, n_factors))
    pairs = rng.choice(n_users * n_items, n, replace=False)
    user, item = pairs // n_items, pairs % n_items
    mean = (U[user] * V[item]).sum(1) + (3.0 if center else 0.0)
    rating = mean + rng.normal(0, 0.5, n)
    ratings = pmf.Ratings(
        user, item, rating, np.arange(n_users), np.arange(n_items), (-20.0, 20.0), unit=1.0
    )
    split = pmf.split_ratings(ratings, 0.2, random_seed=0)
    config = pmf.PMFConfig(n_factors=n_factors, alpha=4.0, center=center)
    fit = pmf.sample_gibbs(split, config, draws=200, tune=100, chains=2, random_seed=0)
    summary = fit.summary()
    assert summary["test_rmse"] < 0.55  # the noise alone is 0.5, the global mean has about 1.5
    assert 0.86 < summary["coverage_90"] < 0.94  # 1,200 pairs: standard error 0.009
    wrong = pmf.PMFConfig(n_factors=n_factors, alpha=40.0, center=center)
    overconfident = pmf.sample_gibbs(split, wrong, draws=200, tune=100, chains=2, random_seed=0)
    assert overconfident.summary()["coverage_90"] < 0.8


def test_memory_is_stated_and_grows_with_what_is_kept(split, config):
    few = estimate_memory(split, config, pmf.SamplerConfig(keep=10))
    many = estimate_memory(split, config, pmf.SamplerConfig(keep=1000))
    assert 0 < few < many


def test_a_map_says_what_it_maximises(split):
    def maximised(config):
        return pmf.fit_map(split, config, progress=lambda _: False).attrs["maximised"].split(", ")

    assert maximised(pmf.PMFConfig(2)) == ["U", "V"]
    assert maximised(pmf.PMFConfig(2, alpha=None)) == ["U", "V", "alpha"]
    learned = maximised(pmf.PMFConfig(2, prior="hierarchical"))
    assert learned == ["U", "V", "mu_U", "mu_V", "Lambda_U", "Lambda_V"]
    ordinal = pmf.PMFConfig(2, alpha=1.0, link="ordinal")
    fit = pmf.fit_map(split, ordinal, progress=lambda _: False)
    assert fit.attrs["maximised"].split(", ") == ["U", "V", "log_gap"]
    assert fit.attrs["integrated"] == "latent scores"


def test_samplers_take_the_same_and_by_default_what_their_settings_say():
    given = [
        inspect.signature(sampler).parameters for sampler in (pmf.sample_gibbs, pmf.sample_nuts)
    ]
    gibbs, nuts = ({name: each.default for name, each in found.items()} for found in given)
    assert gibbs == nuts | {
        "checkpoint": None,
        "moves": pmf.SamplerConfig().moves,
        "start": "prior",
    }
    settings = {field.name: field.default for field in fields(pmf.SamplerConfig)}
    assert settings.items() <= gibbs.items() and len(settings) == 7
