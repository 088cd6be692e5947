"""What is said of chains, and the numbers behind it."""

import numpy as np
import pandas as pd
import pytest

import pmf_core as pmf
from pmf_core.data.nouns import Nouns
from pmf_core.evaluation import mixing
from pmf_core.evaluation.verdict import judge


@pytest.fixture(scope="module")
def fit(ratings):
    return pmf.sample_gibbs(pmf.split_ratings(ratings), pmf.PMFConfig(3), draws=8, tune=5, chains=2)


@pytest.mark.parametrize(
    ("r_hat", "ess", "expected"),
    [(np.nan, np.nan, "unknown"), (np.inf, 500, "stuck"), (1.2, 500, "none"), (1.051, 50, "none"),
     (1.05, 99, "few"), (1.0, 99.9, "few"), (1.05, 100, "nearly"), (1.011, 100, "nearly"),
     (1.01, 100, "full"), (1.0, 100, "full")],
)  # fmt: skip
def test_chains_agree_up_to_101_and_disagree_from_105(r_hat, ess, expected):
    assert mixing.agreement(r_hat, ess) == expected
    scores = {"method": "gibbs", "r_hat": r_hat, "ess": ess}
    assert (mixing.doubt(scores) is None) == (expected in ("nearly", "full"))
    assert mixing.doubt(scores | {"method": "map"}) is None


def test_a_doubt_says_of_what_it_is():
    scores = {"method": "gibbs", "r_hat": 1.7, "r_hat_of": "norm_U", "ess": 6.0, "ess_of": "norm_V"}
    assert mixing.doubt(scores).endswith("r_hat is 1.70, above 1.05 (‖U‖, users' factors)")
    few = mixing.doubt(scores | {"r_hat": 1.02})
    assert few.endswith("ess is 6, below 100 (‖V‖, items' factors)")
    assert mixing.doubt(scores | {"r_hat_of": ""}).endswith("above 1.05")  # of old it is not known
    assert "r_hat is 1.0503, above 1.05" in mixing.doubt(scores | {"r_hat": 1.0503})
    assert "ess is 99.7, below 100" in mixing.doubt(scores | {"r_hat": 1.02, "ess": 99.7})
    clothes = Nouns("item of clothing", "items of clothing", "points")
    of_V = mixing.doubt(scores | {"r_hat_of": "norm_V"}, clothes)
    assert of_V.endswith("(‖V‖, items of clothing' factors)")
    for unknown in ("prediction", "**bold** [of](a file)"):
        assert mixing.label_of(unknown) == "prediction"


def test_a_trace_is_of_the_steps_at_which_it_is_known(fit):
    every = mixing.trace(fit, "norm_U")
    assert every.attrs == {"quantity": "norm_U", "tune": 5}
    some = mixing.trace(fit, "total_log_likelihood")
    for chain in (0, 1):
        assert every.loc[every["chain"] == chain, "step"].tolist() == [*range(1, 14)]
        assert some.loc[some["chain"] == chain, "step"].tolist() == [1, 5, *range(6, 14)]
    stats = fit.idata["sample_stats"].dataset["total_log_likelihood"].values
    last = some[some["step"] > 5].sort_values(["chain", "step"])
    np.testing.assert_array_equal(last["total_log_likelihood"], stats.ravel())
    labels = {
        "total_log_likelihood": "Log likelihood of all ratings",
        "norm_U": "‖U‖, users' factors",
    }
    assert mixing.choices(fit) | labels == mixing.choices(fit) != labels


@pytest.mark.slow
def test_one_scalar_that_does_not_converge_turns_the_verdict(ratings):
    split = pmf.split_ratings(ratings)
    fit = pmf.sample_gibbs(split, pmf.PMFConfig(2, center=True), draws=900, tune=100, chains=2)
    summary = fit.summary()
    assert mixing.doubt(summary) is None and summary["r_hat"] < 1.05 and summary["ess"] > 100
    table = pmf.diagnose(fit).set_index("quantity")
    assert summary["r_hat_of"] == table["r_hat"].idxmax()
    assert summary["ess_of"] == table["ess_bulk"].idxmin()
    no_better = pmf.evaluate_baselines(split).assign(test_rmse=9.0)
    assert judge(fit, no_better).wins
    for name in ("singular_2", "norm_V", "sd_score"):
        tree = fit.idata.copy()
        stats = tree["sample_stats"].to_dataset()
        values = stats[name].values.copy()
        values[1] += 4 * values.std()  # the second chain lies elsewhere
        tree["sample_stats"].dataset = stats.assign({name: (("chain", "draw"), values)})
        apart = pmf.Fit(tree)
        found = apart.summary()
        assert found["r_hat_of"] == found["ess_of"] == name and found["r_hat"] > 1.5
        verdict = judge(apart, no_better)
        label = {scalar.name: scalar.label for scalar in fit.scalars}[name]
        assert not verdict.wins and f"above 1.05 ({label})" in verdict.doubt


def test_effective_draws_in_a_second():
    assert mixing.ess_per_second({"ess": 300.0, "seconds": 4.0}) == 75.0


def test_a_fit_knows_how_long_it_tuned_and_ranks_its_draws(fit):
    assert mixing.tuning_steps(fit) == 5
    found = mixing.ranks(fit, "total_log_likelihood")
    assert found.groupby("chain")["count"].sum().tolist() == [8, 8]


def test_predictions_and_scalars_are_told_apart():
    table = pd.DataFrame(
        {"quantity": ["norm_U", "prediction", "prediction", "prediction"],
         "pair": [-1, 0, 1, 2], "r_hat": [3.0, 1.0, 1.25, 1.5]}
    )  # fmt: skip
    assert mixing.median_r_hat(table) == 1.25
    assert mixing.scalars(table)["quantity"].tolist() == ["norm_U"]
    assert "pair" not in mixing.scalars(table)


def test_the_median_of_raw_factors_is_a_number_and_nan_where_chains_are_short(fit, ratings):
    assert mixing.median_raw_r_hat(fit) > 1
    short = pmf.sample_gibbs(pmf.split_ratings(ratings), draws=2, tune=0, chains=1)
    assert np.isnan(mixing.median_raw_r_hat(short))


def test_unusual_shares_of_proposals_taken():
    table = pd.DataFrame(
        {"step": ["U", "V", "cut_points"], "accepted": [0.5, 0.49, 0.6],
         "usual_from": [0.5, 0.5, 0.1], "usual_to": [1.0, 1.0, 0.5]}
    )  # fmt: skip
    assert mixing.unusual(table)["step"].tolist() == ["V", "cut_points"]


def test_what_averaging_is_worth_is_read_off_the_last_draw():
    curves = pd.DataFrame(
        {"per_step_test": [1.5, 1.25], "running_test": [1.5, 1.0], "running_train": [1.0, 0.75]}
    )
    worth = mixing.averaging(curves)
    assert (worth.one_draw, worth.all_draws, worth.gap) == (1.25, 1.0, 0.25)
