"""What pictures of scalars are made of, and what is said of chains that do and do not agree."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
import xarray as xr

import pmf_core as pmf
from pmf_core.evaluation import lessons_of_chains as lessons
from pmf_core.evaluation import scalar_draws
from pmf_core.stats.convergence import convergence_table
from pmf_core.stats.curves import autocorrelations, convergence_so_far, density_curves
from tests.support.marks import slow_but


@pytest.fixture(scope="module")
def fit(simulated):
    config = pmf.PMFConfig(2, prior="hierarchical", biases=True, alpha=None)
    split = pmf.split_ratings(simulated[0])
    return pmf.sample_gibbs(split, config, draws=40, tune=20, chains=2)


def fake(draws):
    """A fit of one scalar, x, with these draws."""
    stats = xr.Dataset({"x": (("chain", "draw"), draws), "y": (("chain", "draw"), draws**2)})
    none = np.empty((*draws.shape, 0))
    predictions = xr.Dataset({"prediction": (("chain", "draw", "pair"), none)}, {"pair": []})
    tree = xr.DataTree.from_dict({"sample_stats": stats, "predictions": predictions})
    return SimpleNamespace(idata=tree, convergence=convergence_table(tree, ["x"]))


@pytest.mark.parametrize("name", slow_but(["alpha", "sd_b_U"], "sd_b_U"))
def test_curves_are_of_the_draws_of_the_scalar(fit, name):
    draws = fit.idata["sample_stats"][name].values
    for function, curves in (
        (scalar_draws.density, density_curves),
        (scalar_draws.autocorrelation, autocorrelations),
        (scalar_draws.so_far, convergence_so_far),
    ):
        found = function(fit, name)
        assert found.attrs["quantity"] == name
        pd.testing.assert_frame_equal(found, curves(draws), check_names=False)
    last, row = found.iloc[-1], fit.convergence.set_index("quantity").loc[name]
    assert last["r_hat"] == pytest.approx(row["r_hat"])
    assert last["ess_tail"] == pytest.approx(row["ess_tail"])


def test_two_scalars_are_paired_draw_by_draw(fit, monkeypatch):
    stats = fit.idata["sample_stats"].dataset
    table = scalar_draws.two_scalars(fit, "norm_U", "alpha")
    np.testing.assert_array_equal(table["x"], stats["norm_U"].values.ravel())
    np.testing.assert_array_equal(table["y"], stats["alpha"].values.ravel())
    assert list(table["chain"]) == [0] * 40 + [1] * 40
    r = np.corrcoef(table["x"], table["y"])[0, 1]
    assert table.attrs == {"across": "norm_U", "up": "alpha", "correlation": pytest.approx(r)}
    monkeypatch.setattr(scalar_draws, "MOST_POINTS", 20)
    thin = scalar_draws.two_scalars(fit, "norm_U", "alpha")
    assert list(thin["draw"]) == [0, 4, 8, 12, 16, 20, 24, 28, 32, 36] * 2
    assert thin.attrs["correlation"] == pytest.approx(r)


def test_what_is_said_of_two_scalars():
    for r, words in ((0.95, "narrow ridge"), (-0.95, "narrow ridge"), (0.2, "its own way"),
                     (0.38, "tends to be high"), (-0.5, "tends to be low"),
                     (float("nan"), "does not vary")):  # fmt: skip
        table = pd.DataFrame()
        table.attrs["correlation"] = r
        lesson = lessons.goes_together(table)
        assert words in lesson.text and lesson.holds == (abs(r) > 0.7)
    still = scalar_draws.two_scalars(fake(np.ones((2, 9))), "x", "y")
    assert np.isnan(still.attrs["correlation"])


def chains(kind, rng):
    noise = rng.standard_normal((2, 400))
    match kind:
        case "good":
            return noise
        case "apart":
            return noise + np.array([[0], [8.0]])
        case "crawls":
            return np.cumsum(noise, axis=1)
        case "still":
            return np.stack([noise[0], np.full(400, 3.0)])
        case "short":
            return noise[:, :2]


TRUE = {
    "densities_meet": {"good"},
    "draws_forget": {"good", "apart"},
    "draws_add_up": {"good"},
    "chains_come_together": {"good"},
}
SAID = {
    ("densities_meet", "apart"): "do not lie on each other",
    ("densities_meet", "still"): "1 of them do not move",
    ("densities_meet", "short"): "too few",
    ("draws_forget", "good"): "so nearly every draw counts",
    ("draws_forget", "crawls"): "it crawls",
    ("draws_forget", "still"): "stands still",
    ("draws_forget", "short"): "too few",
    ("draws_add_up", "apart"): "hardly more",
    ("draws_add_up", "short"): "too few",
    ("chains_come_together", "apart"): "have not met yet",
    ("chains_come_together", "still"): "stands still",
    ("chains_come_together", "good"): "ends at 1.00",
}


@pytest.mark.parametrize("kind", ["good", "apart", "crawls", "still", "short"])
def test_what_is_said_of_chains_goes_by_their_draws(kind, rng):
    fit = fake(chains(kind, rng))
    found = {
        "densities_meet": lessons.densities_meet(fit, scalar_draws.density(fit, "x")),
        "draws_forget": lessons.draws_forget(fit, scalar_draws.autocorrelation(fit, "x")),
        "draws_add_up": lessons.draws_add_up(fit, scalar_draws.so_far(fit, "x")),
        "chains_come_together": lessons.chains_come_together(fit, scalar_draws.so_far(fit, "x")),
    }
    for name, lesson in found.items():
        assert lesson.name == name
        assert lesson.holds == (kind in TRUE[name]), (name, lesson.text)
        assert SAID.get((name, kind), "") in lesson.text, lesson.text


def test_every_scalar_of_a_model_is_offered(simulated):
    from pmf_core.evaluation.mixing import choices

    split = pmf.split_ratings(simulated[0])
    ordinal = replace(pmf.PRESETS["bpmf"], n_factors=2, alpha=1.0, link="ordinal", biases=True)
    fit = pmf.sample_gibbs(split, ordinal, draws=8, tune=2, chains=2)
    offered = choices(fit)
    assert {"sd_b_U", "sd_b_V", "mean_cut", "log_gap_1", "norm_U", "sd_score"} <= set(offered)
    assert set(offered) == {scalar.name for scalar in fit.scalars}
    for name in offered:  # each can be drawn
        scalar_draws.density(fit, name)
        scalar_draws.so_far(fit, name)
