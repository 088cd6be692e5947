"""Aligned factors: no prediction changes, one form, and what differs by a rotation is the same."""

from dataclasses import replace

import numpy as np
import pytest
import xarray as xr

import pmf_core as pmf
from pmf_core.fits.alignment import aligned_once, one_form
from pmf_core.fits.draws import predictor_of, stored_draws, unseen_pairs
from pmf_core.fits.fit import Fit
from tests.support import tiny

BPMF = tiny.PRESETS["bpmf"]
CONFIGS = {
    "identity": tiny.PRESETS["pmf"],
    "centred, biases": replace(BPMF, biases=True, noise="both"),
    "logistic": replace(tiny.PRESETS["logistic"], center=True),
    "implicit": replace(BPMF, implicit="both"),
    "side info, days": replace(BPMF, biases=True, side_info="both", effects=("day", "user:day")),
    "ordinal": replace(BPMF, alpha=1.0, link="ordinal"),
    "best": tiny.PRESETS["best"],
}
SAMPLER = {"draws": 16, "tune": 20, "chains": 2}
SPAN = 4.0
"""Of the ratings, from 1 to 5."""


@pytest.fixture(scope="module")
def split():
    """Ratings of 1 to 5 stars with days and features."""
    ratings, _ = pmf.simulate_from_prior(tiny.PRESETS["best"], random_seed=2)
    return pmf.split_ratings(ratings, 0.2, 0)


QUICK = ("identity", "side info, days", "ordinal")
SOME = [pytest.param(name, marks=[] if name in QUICK else pytest.mark.slow) for name in CONFIGS]


@pytest.fixture(scope="module", params=SOME)
def fit(request, split):
    return pmf.sample_gibbs(split, CONFIGS[request.param], **SAMPLER)


@pytest.fixture(scope="module")
def plain(split):
    return pmf.sample_gibbs(split, CONFIGS["centred, biases"], **SAMPLER)


def with_factors(fit, **factors):
    """Return the fit with other draws of some of its parts."""
    posterior = fit.idata["posterior"].dataset
    new = posterior.assign({name: (posterior[name].dims, v) for name, v in factors.items()})
    groups = {name: fit.idata[name].dataset for name in fit.idata.children}
    idata = xr.DataTree.from_dict(groups | {"posterior": new})
    idata.attrs = fit.idata.attrs
    return Fit(idata)


def changes(fit, aligned):
    """Return by how much predictions of all pairs and draws differ, as a share of the scale."""
    train = fit.split.train
    user, item = (idx.ravel() for idx in np.indices((train.n_users, train.n_items)))
    pairs, predictor = unseen_pairs(fit, user, item), predictor_of(fit)
    scores = pmf.aligned_scores(aligned, user, item).reshape(-1, len(user))
    found = []
    for draw, score in zip(stored_draws(fit), scores, strict=True):
        draw = draw.map(np.float64)
        own = predictor.score(draw, pairs)
        rows = predictor.score(draw.replace(**zero_effects(draw)), pairs)
        # What is aligned has the offset, and no effects; a predictor adds the former itself.
        score = score - predictor.offset + own - rows
        mean = predictor.mean(draw, pairs, own), predictor.mean(draw, pairs, score)
        found.append(np.abs(mean[0] - mean[1]).max() * predictor.unit / SPAN)
    return np.array(found)


def zero_effects(draw):
    return {"effect": 0 * draw.effect} if "effect" in draw else {}


def test_no_prediction_changes(fit):
    assert changes(fit, pmf.align_factors(fit)).max() < 1e-6


def test_one_that_forgets_the_means_of_rows_is_found_out(fit):
    aligned = pmf.align_factors(fit)
    for name in ("b_U", "b_V", "mean"):
        assert changes(fit, aligned.assign({name: 0 * aligned[name]})).max() > 1e-4


def test_draws_have_named_dims_and_the_form_that_is_promised(fit):
    aligned, train = pmf.align_factors(fit), fit.split.train
    assert aligned["U"].dims == ("chain", "draw", "user", "factor")
    assert aligned["V"].dims == ("chain", "draw", "item", "factor")
    assert aligned["b_U"].dims == ("chain", "draw", "user")
    assert aligned["b_V"].dims == ("chain", "draw", "item")
    assert aligned["mean"].dims == ("chain", "draw")
    assert list(aligned["user"].values) == list(train.user_ids)
    assert list(aligned["item"].values) == list(train.item_ids)
    assert list(aligned["factor"].values) == list(range(fit.config.n_factors))
    U, V = (aligned[name].values.astype(float) for name in ("U", "V"))
    np.testing.assert_allclose(U.mean(axis=2), 0, atol=1e-6)
    np.testing.assert_allclose(V.mean(axis=2), 0, atol=1e-6)
    np.testing.assert_allclose(aligned["b_U"].mean("user"), 0, atol=1e-12)
    np.testing.assert_allclose(aligned["b_V"].mean("item"), 0, atol=1e-12)
    # Balanced: what users and items have of each direction is the same.
    grams = (np.swapaxes(rows, -1, -2) @ rows for rows in (U, V))
    np.testing.assert_allclose(*grams, rtol=1e-4, atol=1e-5)


def orthogonal(rng, n):
    return np.linalg.qr(rng.normal(size=(n, n)))[0]


def test_what_leaves_predictions_alone_leaves_aligned_factors_alone(plain, rng):
    raw = {name: plain.idata["posterior"][name].values.astype(float) for name in ("U", "V")}
    changed = {name: rows.copy() for name, rows in raw.items()}
    D = raw["U"].shape[-1]
    for at in np.ndindex(raw["U"].shape[:2]):  # an invertible map of its own for each draw
        stretch = orthogonal(rng, D) * rng.uniform(0.3, 3, D) @ orthogonal(rng, D)
        changed["U"][at] = raw["U"][at] @ stretch
        changed["V"][at] = raw["V"][at] @ np.linalg.inv(stretch).T
    fits = with_factors(plain, **raw), with_factors(plain, **changed)
    before, after = (pmf.align_factors(each) for each in fits)
    for name in before.data_vars:
        size = float(np.abs(before[name]).max())
        assert float(np.abs(before[name] - after[name]).max()) < 1e-4 * size, name
    # Control: raw factors have changed beyond recognition.
    assert np.abs(raw["U"] - changed["U"]).max() > 0.5 * np.abs(raw["U"]).max()


def test_axes_are_ordered_by_how_far_factors_vary_and_signs_are_told_by_items(plain):
    aligned = pmf.align_factors(plain)
    U, V = (aligned[name].mean(("chain", "draw")).values for name in ("U", "V"))
    gram = U.T @ U + V.T @ V
    sizes = np.diag(gram)
    assert (np.diff(sizes) <= 0).all()
    np.testing.assert_allclose(gram, np.diag(sizes), atol=1e-4 * sizes[0])
    assert (V[np.abs(V).argmax(axis=0), np.arange(V.shape[1])] > 0).all()


def test_one_form_is_the_singular_value_decomposition_of_what_is_centred(rng):
    U, V = rng.normal(1, 1, (9, 3)), rng.normal(-2, 1, (7, 3))
    b_U, b_V = rng.normal(size=9), rng.normal(size=7)
    form, whole = one_form(U, V, b_U, b_V), U @ V.T + b_U[:, None] + b_V
    assert form.mean == pytest.approx(whole.mean())
    np.testing.assert_allclose(form.b_U, whole.mean(axis=1) - whole.mean())
    np.testing.assert_allclose(form.b_V, whole.mean(axis=0) - whole.mean())
    rest = whole - form.mean - form.b_U[:, None] - form.b_V
    np.testing.assert_allclose(form.U @ form.V.T, rest, atol=1e-12)
    sizes = np.linalg.svd(rest)[1][:3]
    np.testing.assert_allclose(form.U.T @ form.U, np.diag(sizes), atol=1e-12)
    np.testing.assert_allclose(form.V.T @ form.V, np.diag(sizes), atol=1e-12)


@pytest.mark.parametrize(("n_users", "n_items", "D"), [(2, 9, 5), (9, 3, 5), (4, 4, 1)])
def test_fewer_rows_than_factors_leave_columns_of_zeros(rng, n_users, n_items, D):
    U, V = rng.normal(size=(n_users, D)), rng.normal(size=(n_items, D))
    form = one_form(U, V)
    assert form.U.shape == U.shape and form.V.shape == V.shape
    whole = form.U @ form.V.T + form.mean + form.b_U[:, None] + form.b_V
    np.testing.assert_allclose(whole, U @ V.T, atol=1e-12)


def test_factors_of_nothing_but_zeros_are_aligned(plain):
    zeros = {name: 0 * plain.idata["posterior"][name].values for name in ("U", "V")}
    aligned = pmf.align_factors(with_factors(plain, **zeros))
    assert float(np.abs(aligned["U"]).max()) == float(np.abs(aligned["V"]).max()) == 0


def test_a_map_is_its_own_reference(split):
    fit = pmf.fit_map(split, CONFIGS["identity"])
    aligned = pmf.align_factors(fit)
    assert dict(aligned.sizes)["draw"] == 1 and changes(fit, aligned).max() < 1e-6


def test_of_many_numbers_every_kth_draw_is_aligned_the_last_among_them(plain):
    posterior = plain.idata["posterior"].dataset
    size = posterior["U"].size + posterior["V"].size
    some = pmf.align_factors(plain, most_numbers=size // 3)
    assert some.sizes["draw"] == 4 and some["draw"].values[-1] == posterior["draw"].values[-1]
    assert some["U"].size + some["V"].size <= size // 3


def test_a_fit_without_draws_of_its_factors_is_refused(plain):
    groups = {name: plain.idata[name].dataset for name in plain.idata.children}
    groups["posterior"] = groups["posterior"].drop_vars(["U", "V"])
    idata = xr.DataTree.from_dict(groups)
    idata.attrs = plain.idata.attrs
    with pytest.raises(ValueError, match="no draws of U and V.*fit_map or sample_gibbs"):
        pmf.align_factors(Fit(idata))


def test_positions_beyond_the_rows_are_refused(plain):
    aligned = pmf.align_factors(plain)
    with pytest.raises(ValueError, match=r"item_idx is \[999\]; it must be from 0 to"):
        pmf.aligned_scores(aligned, np.array([0]), np.array([999]))


def test_it_is_worked_out_once_for_a_fit(plain):
    assert aligned_once(plain) is aligned_once(plain)
