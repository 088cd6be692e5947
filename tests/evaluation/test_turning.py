"""Raw factors beside aligned ones: what turns, and that no prediction does."""

import numpy as np
import pytest

import pmf_core as pmf
from pmf_core.evaluation import turning
from pmf_core.fits.alignment import aligned_once
from pmf_core.stats.convergence import many_r_hats
from tests.support import tiny


@pytest.fixture(scope="module")
def split():
    ratings, _ = pmf.simulate_ratings(60, 40, 900, 2, 2.0, 0)
    return pmf.split_ratings(ratings, 0.2, 0)


@pytest.fixture(scope="module")
def fit(split):
    config = tiny.PRESETS["bpmf"]
    return pmf.sample_gibbs(split, config, draws=60, tune=60, chains=2, random_seed=1)


@pytest.fixture(scope="module")
def aligned(fit):
    return {name: rows.values.astype(float) for name, rows in pmf.align_factors(fit).items()}


@pytest.fixture(scope="module")
def turned(fit):
    return turning.turned(fit)


def entries(U):
    rows = np.unique(np.linspace(0, 59, 50).astype(int))
    return U[:, :, rows].reshape(*U.shape[:2], -1)


def pairs_of(split):
    rows = np.unique(np.linspace(0, split.test.n_ratings - 1, 100).astype(int))
    return split.test.user_idx[rows], split.test.item_idx[rows]


def test_agreement_is_the_median_r_hat_of_the_same_entries(fit, aligned, split):
    found = turning.agreement_of_factors(fit)
    raw = fit.idata["posterior"]["U"].values.astype(float)
    user, item = pairs_of(split)
    scores = np.einsum("cdpk,cdpk->cdp", raw[:, :, user],
                       fit.idata["posterior"]["V"].values[:, :, item].astype(float))  # fmt: skip
    for name, draws in (("raw", entries(raw)), ("aligned", entries(aligned["U"])),
                        ("predictions", scores)):  # fmt: skip
        expected = np.median(many_r_hats(draws))
        assert getattr(found, name) == pytest.approx(expected, rel=1e-3), name


def test_what_averaging_leaves_is_all_of_what_stands_still_and_none_of_what_turns(fit, aligned):
    found = turning.agreement_of_factors(fit)
    U = entries(aligned["U"])
    expected = np.square(U.mean(axis=1)).mean() / np.square(U).mean()
    assert found.aligned_left == pytest.approx(expected, rel=1e-5)
    assert found.raw_left < 0.5 * found.aligned_left
    still = np.broadcast_to(np.arange(1.0, 7).reshape(2, 1, 3), (2, 9, 3))
    assert turning._left(still) == 1 and np.isnan(turning._left(0 * still))


def test_two_chains_are_unlike_raw_and_alike_aligned(fit, aligned, split):
    found = turning.two_chains(fit, 0)
    count = np.bincount(split.train.item_idx, minlength=40)
    order = np.argsort(-count, kind="stable")
    raw = fit.idata["posterior"]["V"].values.astype(float)
    for kind, V in (("raw", raw), ("aligned", aligned["V"])):
        rows, means = found[found["kind"] == kind], V[:, :, order, 0].mean(axis=1)
        assert list(rows["item_id"]) == list(split.train.item_ids[order])
        np.testing.assert_allclose(rows[["one", "other"]].T, means, atol=1e-6)
        assert found.attrs[kind] == pytest.approx(np.corrcoef(means)[0, 1], abs=1e-5)
    assert found.attrs["aligned"] > 0.95 > abs(found.attrs["raw"])


def test_turning_a_chain_moves_r_hat_of_factors_and_no_prediction(turned, aligned):
    found = turned.set_index("angle")
    assert list(found.index) == list(range(0, 361, 15))
    assert (found["change"] < 1e-12).all() and np.ptp(found["predictions"]) < 1e-9
    for angle in (0, 60):
        a = np.deg2rad(angle)
        turn = np.array([[np.cos(a), np.sin(a)], [-np.sin(a), np.cos(a)]])
        U = aligned["U"].copy()
        U[1] = U[1] @ turn
        expected = np.median(many_r_hats(entries(U)))
        assert found["raw"][angle] == pytest.approx(expected, rel=1e-3)
    assert found["raw"][90] > found["raw"][0] + 0.1
    assert found["raw"][360] == pytest.approx(found["raw"][0], abs=1e-3)


def test_turning_u_alone_changes_predictions(fit, split):
    whole = aligned_once(fit)
    half = whole.assign(U=turning.turn(whole, 60)["U"])
    scores = (pmf.aligned_scores(each, *pairs_of(split)) for each in (whole, half))
    assert np.abs(np.subtract(*scores)).max() > 0.05


def test_heat_maps_are_of_one_draw_and_centred(fit, aligned, split):
    found = turning.matrices(fit, 0.5)
    at = round(0.5 * (aligned["V"].shape[1] - 1))
    steps = fit.idata["posterior"]["draw"].values
    assert found.attrs["step"] == steps[at] + 1
    raw = fit.idata["posterior"]["V"].values.astype(float)
    raw = raw - raw.mean(axis=2, keepdims=True)
    order = np.argsort(aligned["V"][..., 0].mean((0, 1)), kind="stable")
    for kind, V in (("raw", raw), ("aligned", aligned["V"])):
        rows = found[found["kind"] == kind]
        for chain in (0, 1):
            for factor in (0, 1):
                one = rows[(rows["chain"] == chain) & (rows["factor"] == factor)]
                assert list(one["title"]) == list(split.train.titles[order])
                np.testing.assert_allclose(one["value"], V[chain, at, order, factor], atol=1e-5)
    assert list(found["row"].unique()[:3]) == ["Factor 1, chain 0", "Factor 1, chain 1",
                                               "Factor 2, chain 0"]  # fmt: skip


def test_a_factor_through_the_run_is_in_standard_deviations_of_all(fit, aligned, split):
    found = turning.through_the_run(fit, split.train.item_ids[6], 1)
    assert found.attrs["title"] == split.train.titles[6]
    raw = fit.idata["posterior"]["V"].values.astype(float)[..., 1]
    for kind, V in (("raw", raw), ("aligned", aligned["V"][..., 1])):
        rows = found[found["kind"] == kind]
        expected = (V[:, :, 6] - V.mean(axis=2)) / V.std(axis=2)
        np.testing.assert_allclose(rows["value"], expected.ravel(), atol=1e-4)
        assert list(rows["step"][:3]) == list(fit.idata["posterior"]["draw"].values[:3] + 1)


def test_with_one_chain_or_one_factor_nothing_is_turned(split):
    one_chain = pmf.sample_gibbs(split, tiny.PRESETS["bpmf"], draws=8, tune=4, chains=1)
    one_factor = pmf.sample_gibbs(split, pmf.PMFConfig(1), draws=8, tune=4, chains=2)
    assert turning.turned(one_chain).empty and turning.turned(one_factor).empty
    assert turning.two_chains(one_chain, 0).empty and not turning.two_chains(one_factor, 0).empty
    found = turning.agreement_of_factors(one_chain)
    assert np.isnan([found.raw, found.aligned, found.predictions]).all()


def test_an_angle_is_rounded_to_one_that_is_known(turned):
    assert [turning.nearest(angle) for angle in (0, 7, 8, 352, 360)] == [0, 0, 15, 345, 360]
    assert turning.at_angle(turned, 30)["raw"] == turned["raw"][2]
