"""Fits to simulated ratings beside the truth."""

import numpy as np

import pmf_core as pmf
from pmf_core.evaluation.truth import beside_truth


def test_distances_to_the_truth_and_of_the_truth(simulated):
    ratings, truth = simulated
    fit = pmf.fit_map(pmf.split_ratings(ratings), pmf.PMFConfig(3, center=True))
    found = beside_truth(fit, truth)
    test = fit.split.test
    mean = np.clip(
        truth.global_mean + (truth.U[test.user_idx] * truth.V[test.item_idx]).sum(axis=1), 1, 5
    )
    np.testing.assert_allclose(found.heldout["truth"], mean)
    np.testing.assert_allclose(found.of_truth, np.sqrt(np.mean((test.rating - mean) ** 2)))
    np.testing.assert_allclose(
        found.to_truth, np.sqrt(np.mean((fit.heldout()["pred_mean"] - mean) ** 2))
    )
