"""What chains are compared by: its values from stored draws, and that no rotation changes it."""

from dataclasses import replace

import numpy as np
import pytest

import pmf_core as pmf
from pmf_core.data.nouns import Nouns
from pmf_core.fits.files import read_fit
from pmf_core.fits.fit import Fit
from pmf_core.fits.soundness import check_fit
from pmf_core.models import ingredients
from pmf_core.models.arrange import arrange
from pmf_core.models.ingredients import measure, scalars_of, steps_of
from pmf_core.models.ingredients.biases import Biases
from pmf_core.models.ingredients.measures import gram, singular_values, spread
from pmf_core.sampling.start import draw_prior
from tests.support.by_hand import cuts, draws_of, latent
from tests.support.marks import slow_but
from tests.support.tiny import LIGHT, PRESETS, tiny_problem, tiny_ratings

EVERYTHING = pmf.PMFConfig(
    alpha=None, prior="hierarchical", biases=True, implicit="both", side_info="both", noise="both",
    effects=("day", "user:day"), **LIGHT,
)  # fmt: skip
MODELS = PRESETS | {
    "everything": EVERYTHING,
    "fixed, biases, features": replace(
        EVERYTHING, prior="fixed", noise="shared", effects=(), alpha=1.5
    ),
    "ordinal, shared": replace(EVERYTHING, alpha=1.0, link="ordinal", noise="shared"),
}

OF_ALL = {
    "total_log_likelihood", "sd_score", "norm_U", "norm_V", "singular_1", "singular_2",
}  # fmt: skip
OF_A_LEARNED_PRIOR = {
    f"{what}_{side}" for what in ("norm_mu", "log_det_Lambda", "trace_Lambda") for side in "UV"
}
OF_BIASES = {f"{what}_b_{side}" for what in ("mean", "sd", "mu", "precision") for side in "UV"}
OF_EFFECTS = {f"{what}_effect_{of}" for what in ("mean", "sd") for of in ("day", "user_day")}
OF_WEIGHTS = {
    f"{what}_W_{side}_{kind}"
    for what in ("rms", "rms_b", "log_det_Lambda", "trace_Lambda")
    for side in "UV"
    for kind in ("implicit", "side_info")
}
OF_NOISE = {f"{what}_noise_scale_{of}" for what in ("mean", "sd") for of in ("user", "item")}
NO_TRACE = {name for name in OF_WEIGHTS if name.startswith("trace")}
OF_OWN_CUTS = {"mean_cut", "mu_gap_1", "mu_gap_2", "tau_gap_1", "tau_gap_2"}
DECLARED = {
    "pmf": OF_ALL,
    "logistic": OF_ALL,
    "constrained": OF_ALL | {"rms_W_U_implicit"},
    "bpmf": OF_ALL | OF_A_LEARNED_PRIOR | {"alpha"},
    "best": OF_ALL | OF_A_LEARNED_PRIOR | OF_BIASES | OF_WEIGHTS | OF_EFFECTS | OF_OWN_CUTS,
    "everything": OF_ALL
    | OF_A_LEARNED_PRIOR
    | OF_BIASES
    | OF_WEIGHTS
    | OF_EFFECTS
    | OF_NOISE
    | {"alpha"},
    "fixed, biases, features": OF_ALL | OF_BIASES | OF_WEIGHTS - NO_TRACE,
    "ordinal, shared": OF_ALL
    | OF_A_LEARNED_PRIOR
    | OF_BIASES
    | OF_WEIGHTS
    | OF_EFFECTS
    | {"mean_cut", "log_gap_1", "log_gap_2"},
}


@pytest.fixture(scope="module")
def fits():
    found = {}

    def fit(name):
        if name not in found:
            split = pmf.split_ratings(tiny_ratings(12, 10, 80), 0.2, 0)
            length = {"draws": 6, "tune": 8, "chains": 2, "keep": 12}
            found[name] = pmf.sample_gibbs(split, MODELS[name], **length)
        return found[name]

    return fit


def size(matrix):
    return np.sqrt((matrix**2).sum())


def by_hand(fit, draw):
    """Work out every scalar of a stored draw anew, in plain NumPy."""
    train, d = fit.split.train, fit.config.n_factors
    eta, _ = latent(fit, draw, train.user_idx, train.item_idx, given(fit))
    found = {"sd_score": eta.std()}
    found |= {"norm_U": size(draw["U"]), "norm_V": size(draw["V"])}
    singular = np.linalg.svd(draw["U"] @ draw["V"].T, compute_uv=False)
    found |= {f"singular_{k + 1}": singular[k] for k in range(d)}
    found["alpha"] = draw["alpha"]
    first = 0 if fit.config.prior == "hierarchical" else d  # of the columns that are learned
    for side in "UV":
        Lambda, mu = draw[f"Lambda_{side}"], draw[f"mu_{side}"]
        found[f"norm_mu_{side}"] = size(mu[:d])
        found[f"log_det_Lambda_{side}"] = np.log(np.linalg.eigvalsh(Lambda)).sum()
        found[f"trace_Lambda_{side}"] = np.diag(Lambda)[:d].sum()
        if f"b_{side}" in draw:
            b = draw[f"b_{side}"]
            found |= {f"mean_b_{side}": b.mean(), f"sd_b_{side}": b.std()}
            found |= {f"mu_b_{side}": mu[-1], f"precision_b_{side}": Lambda[-1, -1]}
        if f"W_{side}" not in draw:
            continue
        n_implicit = {"U": train.n_items, "V": train.n_users}[side]
        of = {"implicit": slice(n_implicit), "side_info": slice(n_implicit, None)}
        for g, kind in enumerate(of):
            W = draw[f"W_{side}"][of[kind]]
            if not W.size:
                continue
            found[f"rms_W_{side}_{kind}"] = np.sqrt((W[:, :d] ** 2).mean())
            if f"b_{side}" in draw:
                found[f"rms_b_W_{side}_{kind}"] = np.sqrt((W[:, d] ** 2).mean())
            if g < len(draw[f"Lambda_W_{side}"]):
                own = draw[f"Lambda_W_{side}"][g]
                values = np.linalg.eigvalsh(own[first:, first:])
                found[f"log_det_Lambda_W_{side}_{kind}"] = np.log(values).sum()
                found[f"trace_Lambda_W_{side}_{kind}"] = np.diag(own)[:d].sum()
    if "effect" in draw:
        each = np.split(draw["effect"], np.cumsum(fit.attrs["effect_sizes"])[:-1])
        for k, of in enumerate(("day", "user_day")):
            found[f"mean_effect_{of}"] = each[k].mean()
            found[f"sd_effect_{of}"] = 1 / np.sqrt(draw["tau_effect"][k])
    for of in ("user", "item"):
        if f"noise_scale_{of}" in draw:
            scale = draw[f"noise_scale_{of}"]
            found[f"mean_noise_scale_{of}"] = scale.mean()
            found[f"sd_noise_scale_{of}"] = scale.std()
    if "log_gap" in draw:
        users = np.arange(len(draw["log_gap"]))
        found["mean_cut"] = cuts(draw, users).mean()
        for name in ("log_gap", "mu_gap", "tau_gap"):
            values = draw.get(name, np.empty(0)).ravel()
            found |= {f"{name}_{k + 1}": value for k, value in enumerate(values)}
    return found


def given(fit):
    constant = fit.idata["constant_data"].dataset
    return constant["effect_idx"].values if "effect_idx" in constant else None


@pytest.mark.parametrize("name", slow_but(MODELS, "best", "everything"))
def test_all_that_is_declared_is_recorded_and_is_what_the_draws_say(fits, name):
    fit = fits(name)
    assert {scalar.name for scalar in fit.scalars} == DECLARED[name]
    assert {scalar.name for scalar in scalars_of(fit.config, 4)} == DECLARED[name]
    assert {*pmf.diagnose(fit)["quantity"]} == DECLARED[name] | {"prediction"}
    check_fit(fit)
    stats = fit.idata["sample_stats"].dataset
    for k, draw in enumerate(draws_of(fit)):
        chain, t = divmod(k, 6)
        expected = by_hand(fit, draw)
        for scalar in DECLARED[name] - {"total_log_likelihood"}:  # that is in test_recorder
            found = stats[scalar].values[chain, t]
            assert found == pytest.approx(expected[scalar], rel=2e-5, abs=2e-6), scalar
    warmup = fit.idata["warmup_sample_stats"].dataset
    for scalar in DECLARED[name]:
        known = np.isfinite(warmup[scalar].values).mean()
        assert known == (0.25 if scalar in ("total_log_likelihood", "sd_score") else 1)


@pytest.mark.parametrize("name", slow_but(MODELS, "best", "everything"))
def test_a_climb_has_them_too_and_each_has_words_of_its_own(fits, name):
    scalars = scalars_of(fits(name).config, 5)
    assert len({scalar.label for scalar in scalars}) == len(scalars)
    assert all(scalar.help.endswith(".") for scalar in scalars)
    fit = pmf.fit_map(pmf.split_ratings(tiny_ratings(12, 10, 80), 0.2, 0), MODELS[name])
    check_fit(fit)
    assert {scalar.name for scalar in fit.scalars} == DECLARED[name]


@pytest.mark.parametrize("name", MODELS)
def test_words_of_scalars_and_steps_have_the_nouns_of_the_data(name):
    books = Nouns("book", "books", "stars")
    config = MODELS[name]
    for each in (*scalars_of(config, 5), *steps_of(config)):
        found = str(each.called(books)._replace(name=""))
        assert "{items}" not in found and "item" not in found, found
    labels = {each.name: each.called(books).label for each in scalars_of(config, 5)}
    assert labels["norm_V"] == "‖V‖, books' factors"
    assert labels["norm_U"] == "‖U‖, users' factors"
    if config.biases:
        assert labels["mean_b_V"] == "Mean of the books' biases"


def rotated(problem, state, rng):
    """Turn the factors of a state, and all that goes with them: the same model, seen from aside."""
    d, size = problem.config.n_factors, problem.n_columns
    turn = np.eye(size)
    turn[:d, :d] = np.linalg.qr(rng.standard_normal((d, d)))[0]
    parts = {}
    for side in "UV":
        for name in (f"{side}", f"mu_{side}", f"W_{side}"):
            parts[name] = state[name] @ turn
        for name in (f"Lambda_{side}", f"Lambda_W_{side}"):
            parts[name] = turn.T @ state[name] @ turn
    return state.replace(**parts)


def check_no_rotation_changes(problem, rng):
    state = draw_prior(problem, rng)
    turned = rotated(problem, state, rng)
    assert not np.allclose(state.U, turned.U)
    before, after = measure(problem, state), measure(problem, turned)
    assert before.keys() == after.keys() and before
    for name, value in before.items():
        assert after[name] == pytest.approx(value, rel=1e-8, abs=1e-10), name


@pytest.mark.parametrize("name", MODELS)
def test_no_rotation_changes_what_is_measured(name, rng):
    check_no_rotation_changes(tiny_problem(replace(MODELS[name], n_factors=3)), rng)


def test_a_quantity_that_a_rotation_changes_is_found_out(monkeypatch, rng):
    problem = tiny_problem(EVERYTHING)
    wrong = {
        "one factor": lambda state: state.U[0, 0],
        "trace of mu mu'": lambda state: state.mu_U[0] ** 2,
        "sum of weights": lambda state: state.W_V[:, :2].sum(),
        "norm with another prior": lambda state: state.Lambda_U[0, 0],
    }
    for name, quantity in wrong.items():

        def measured(self, problem, state, quantity=quantity):
            return {"wrong": float(quantity(state))}

        monkeypatch.setattr(Biases, "measure", measured)
        with pytest.raises(AssertionError, match="wrong"):
            check_no_rotation_changes(problem, rng)
            pytest.fail(name)


def test_sums_over_rows_are_those_of_numpy(rng):
    for n in range(1, 10):
        rows = rng.standard_normal((n, 4)).astype(np.float32)
        plain = rows[:, :3].astype(float)
        np.testing.assert_allclose(gram(rows, 3), plain.T @ plain, rtol=1e-12, atol=1e-12)
        np.testing.assert_allclose(gram.py_func(rows, 3), plain.T @ plain, rtol=1e-12, atol=1e-12)
        values = rows[:, 3] + np.float32(100)  # of values far from 0 the sd keeps its digits
        expected = values.astype(float).mean(), values.astype(float).std()
        assert spread(values) == pytest.approx(expected, rel=1e-9, abs=1e-9)
        assert spread.py_func(values) == pytest.approx(expected, rel=1e-9, abs=1e-9)
    few = np.diag([4.0, 1.0, 0.0])
    np.testing.assert_allclose(singular_values(few, np.eye(3), 3), [2, 1, 0])
    assert singular_values(few, np.eye(3), 5).shape == (3,)
    assert np.isnan(singular_values(few, np.full((3, 3), np.inf), 2)).all()


def test_a_fit_of_an_earlier_version_is_judged_by_what_it_has(fits, tmp_path):
    import io

    tree = fits("bpmf").idata.copy()
    kept = ["norm_U", "norm_V", "alpha", "total_log_likelihood", "train_rmse", "test_rmse"]
    for group in ("sample_stats", "warmup_sample_stats"):
        tree[group].dataset = tree[group].to_dataset()[kept]
    path = pmf.save_fit(Fit(tree), tmp_path / "old.nc")
    old = pmf.load_fit(path)
    assert [scalar.name for scalar in old.scalars] == [
        "total_log_likelihood", "norm_U", "norm_V", "alpha",
    ]  # fmt: skip
    assert old.summary()["r_hat"] == pmf.diagnose(old)["r_hat"].max()
    assert read_fit(io.BytesIO(path.read_bytes()), "old").scalars == old.scalars


def test_traces_of_another_model_are_refused(fits):
    tree = fits("bpmf").idata.copy()
    stats = tree["sample_stats"].to_dataset()
    tree["sample_stats"].dataset = stats.assign(mean_cut=stats["norm_U"])
    with pytest.raises(ValueError, match="also has mean_cut, which its model does not have"):
        check_fit(Fit(tree))
    tree["sample_stats"].dataset = stats.drop_vars("singular_1")
    with pytest.raises(ValueError, match="traces of tuning is .*singular_1.*as of draws"):
        check_fit(Fit(tree))
    values = np.full(stats["singular_1"].shape, np.inf)
    tree["sample_stats"].dataset = stats.assign(singular_1=(("chain", "draw"), values))
    with pytest.raises(ValueError, match="sample_stats/singular_1 is inf; it must be finite"):
        check_fit(Fit(tree))


def test_what_files_may_hold_is_known_without_a_model():
    names = ingredients.all_scalars().keys()
    assert set.union(*DECLARED.values()) <= names
    assert {f"tau_gap_{k}" for k in range(1, 20)} <= names and "tau_gap_20" not in names
    assert {"log_gap_19", "singular_3"} <= names and "singular_4" not in names
    for name in MODELS:
        problem = arrange(MODELS[name], tiny_ratings())
        assert {s.name for s in scalars_of(problem.config, 21)} <= names
