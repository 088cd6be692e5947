"""Sweeps alone crawl along the norm of U; one move a sweep and the same chains walk."""

import numpy as np
import pandas as pd
import pytest

import pmf_core as pmf
from pmf_core.evaluation import two_samplers
from pmf_core.evaluation.lessons_of_fits import one_walks


@pytest.fixture(scope="module")
def part():
    ratings, _ = pmf.simulate_ratings(400, 300, 12_000, n_factors=5, random_seed=1)
    return two_samplers.part_for_both(pmf.split_ratings(ratings))


def test_the_part_is_one_that_takes_seconds(part):
    assert 200 < part.train.n_users + part.train.n_items < 260


@pytest.mark.slow
def test_one_walks_and_the_other_crawls_from_the_same_start(part):
    pictures = list(two_samplers.sample_side_by_side(part, random_seed=1))
    assert [len(each) for each in pictures] == [80 * n for n in range(1, 16)]
    mixing = two_samplers.mixing_of_both(pictures[-1])
    assert list(mixing.index) == ["sweeps alone", "with the linear move"]
    assert (mixing["draws"] == 400).all()
    plain, moved = mixing["ess_bulk"]
    assert moved > 100 and moved > 4 * plain
    found = one_walks(mixing)
    assert found.holds and f"worth {plain:,.0f} independent ones" in found.text


def test_what_runs_is_what_a_fit_runs(part):
    traces = next(iter(two_samplers.sample_side_by_side(part, random_seed=3)))
    for sampler, moves in (("sweeps alone", ()), ("with the linear move", ("linear",))):
        fit = pmf.sample_gibbs(
            part, two_samplers.CONFIG, draws=20, tune=0, chains=2, random_seed=3, moves=moves
        )
        norms = fit.idata["sample_stats"]["norm_U"].values
        ours = traces[traces["sampler"] == sampler].pivot(index="chain", columns="step")["norm_U"]
        np.testing.assert_allclose(ours, norms, rtol=1e-5)


def test_where_both_are_the_same_nothing_is_claimed():
    rng, one = np.random.default_rng(1), {"r_hat": 1.0, "draws": 400}
    steps = np.tile(np.arange(1, 301), 4)
    traces = pd.DataFrame(
        {
            "sampler": np.repeat(["sweeps alone", "with the linear move"], 600),
            "chain": np.repeat([0, 1, 0, 1], 300),
            "step": steps,
            "norm_U": 9 + rng.normal(size=1200),
        }
    )
    found = one_walks(two_samplers.mixing_of_both(traces))
    assert not found.holds and "little difference" in found.text
    apart = pd.DataFrame([one | {"ess_bulk": 3.0}, one | {"ess_bulk": 40.0, "r_hat": 1.3}])
    assert "have not met either" in one_walks(apart).text
    assert not one_walks(two_samplers.mixing_of_both(traces.assign(norm_U=1.0))).holds
