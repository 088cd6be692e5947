"""Frames for every chart."""

import numpy as np
import pandas as pd
import pytest

import pmf_core as pmf
from pmf_core.data import describe
from pmf_core.evaluation import breakdown, by_count, rating_check, scalar_draws, worst
from pmf_core.evaluation.diagnosis import step_traces
from pmf_core.evaluation.mixing import trace
from pmf_core.evaluation.ranking import ORDERS
from pmf_core.evaluation.trail import trail_table, with_fits
from pmf_core.models.intuition import dot_product_terms
from pmf_core.stats.ranks import rank_histogram
from tests.support.drawn import JOKES


@pytest.fixture(scope="session")
def drawn(simulated):
    # Of each chart: the frame, further arguments, and the columns that its marks encode.
    whole, truth = simulated
    split = pmf.split_ratings(whole)
    fit = pmf.sample_gibbs(split, pmf.PMFConfig(3), draws=20, tune=10, chains=2)
    test, heldout, blocks = split.test, fit.heldout(), describe.matrix_picture(whole)
    heldout["truth"] = truth.mean(test.user_idx, test.item_idx)
    three = np.full(test.n_ratings, 3.0)
    names = ["n_factors", "alpha", "test_rmse", "label", "state", "run_id"]
    cells = [(5, 1.0, 0.9, "0.900", "done", "x"), (10, 1.0, np.nan, "…", "queued", "")]
    cells = pd.DataFrame(cells, columns=names)
    residuals = breakdown.residual_counts(test.rating, three)
    groups = breakdown.errors_by_rating(split, {"three": three})
    curves, baselines = pmf.running_rmse(fit), pmf.evaluate_baselines(split)
    lines = curves.rename(columns={"running_test": "rmse"}).assign(method="MCMC")
    plain = step_traces(fit).assign(sampler="sweeps alone")
    means, ranks = describe.item_means(whole), pmf.factor_norms(fit)["U"].values
    tried = trail_table(with_fits((), [pmf.fit_map(split), fit]), "n_factors")
    by_user = by_count.user_errors(fit)
    check = rating_check.rating_check(fit)
    shares = [rating_check.given_ratings(split), rating_check.fitted_ratings(fit)]
    pair, so_far = (
        scalar_draws.two_scalars(fit, "norm_U", "norm_V"),
        scalar_draws.so_far(fit, "norm_U"),
    )
    one = worst.worst_prediction(fit)
    places = pd.DataFrame(
        {"id": ["a", "b"] * 2, "name": "x", "axis": ["D\n2 to 5"] * 2 + ["RMSE\n0.8"] * 2,
         "order": [0, 0, 1, 1],
         "place": [0.0, 1.0, 1.0, 0.0], "shown": "7", "test_rmse": [0.9, 0.8] * 2}
    )  # fmt: skip
    matter = pd.DataFrame({"label": ["D", "α"], "alone": [0.5, 0.1], "beside": [0.4, np.nan]})
    trials = pd.DataFrame({"number": [1, 2], "name": "D = 2", "rmse": [0.9, 1.0], "best": 0.9})
    return {
        "parallel_coordinates": (places, [JOKES], "id axis place test_rmse order"),
        "importance_bars": (matter, [], "label measure share"),
        "best_so_far": (trials, [JOKES], "number of error"),
        "densities": (scalar_draws.density(fit, "norm_U"), [JOKES], "value density chain"),
        "autocorrelation_lines": (
            scalar_draws.autocorrelation(fit, "norm_U"),
            [],
            "lag autocorrelation chain zero",
        ),
        "ess_so_far": (so_far, [], "draw ess of"),
        "r_hat_so_far": (so_far, [], "draw r_hat level"),
        "two_scalars": (pair, [JOKES], "x y chain"),
        "prediction_trace": (one.trace, [JOKES, one.rating], "draw prediction chain level"),
        "errors_by_count": (by_user, [JOKES], "n_train rmse rmse_low rmse_top"),
        "coverage_by_count": (
            by_user,
            [JOKES],
            "n_train coverage honest_low honest_top level",
        ),
        "checked_shares": (check, [JOKES], "of start end floor rating share lower upper"),
        "rating_shares": (shares, [JOKES], "of start end floor rating share"),
        "trail_chart": (
            tried,
            [JOKES, "Factors D", ("Mean", 1.1)],
            "x rmse method part series",
        ),
        "rating_histogram": (describe.rating_counts(whole), [JOKES], "rating n_ratings"),
        "item_mean_bars": (means, [JOKES, 3.5, whole.scale], "label mean"),
        "ranked_items": (means.head(5), [JOKES, whole.scale], "label shrunk_mean mean"),
        "user_mean_curve": (describe.user_means(whole), [JOKES], "rank mean"),
        "long_tail_curve": (describe.long_tail(whole), [JOKES], "rank n_ratings"),
        "matrix_heatmap": (blocks, [JOKES], "item_from item_to user_from user_to density"),
        "dot_product_bars": (dot_product_terms(), [], "feature product"),
        "trace_chart": (step_traces(fit), [JOKES, "norm_V", 10], "step norm_V chain"),
        "scalar_trace": (trace(fit, "norm_V"), [JOKES], "step norm_V chain"),
        "trace_of_one": (plain, [JOKES, "sweeps alone", 300], "step norm_U chain"),
        "rmse_curves": (curves, [JOKES, ("Mean", 1.1)], "draw rmse curve"),
        "convergence_histograms": (pmf.diagnose(fit), [], "r_hat ess_bulk ess_tail"),
        "rank_lines": (rank_histogram(ranks), [], "rank_from count expected chain"),
        "predicted_against_rating": (heldout, [JOKES, whole.scale], "rating pred_mean"),
        "predicted_against_truth": (heldout, [JOKES], "truth pred_mean"),
        "method_bars": (baselines, [JOKES], "method part rmse"),
        "rmse_by_samples": (lines, [baselines, JOKES], "draw rmse method"),
        "residual_histogram": (residuals, [JOKES], "residual_from residual_to n_ratings"),
        "errors_by_group": (groups, [JOKES, "Rating"], "group rmse method"),
        "moved_bars": (
            pd.DataFrame({"what": ["Up", "Down", "Up"], "moved": [0.5, -0.2, 0.0]}),
            [JOKES, "Moved the mean by (points)"],
            "label moved way",
        ),
        "likeness_intervals": (
            pd.DataFrame(
                [("You", "Ana", 0.3, -0.2, 0.7), ("You", "Bo", -0.4, -0.8, -0.1)],
                columns=["name", "other", "similarity", "lower", "upper"],
            ),
            [],
            "label similarity lower upper at",
        ),
        "differences": (
            pd.DataFrame(
                {
                    "item_id": [1, 2],
                    "title": "Twin",
                    "first": [4.0, 2.0],
                    "second": 3.0,
                    "difference": [1.0, -1.0],
                    "lower": [0.5, -2.0],
                    "upper": [1.5, 0.2],
                }
            ),
            [JOKES, ("You", "Ana")],
            "label difference lower upper at",
        ),
        "ranking_bars": (pmf.evaluate_ranking(fit, 3), [ORDERS], "name ndcg low top"),
        "sweep_heatmap": (cells, [JOKES, *names[:2]], " ".join(names[:4])),
    }
