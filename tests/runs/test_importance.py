"""Which settings matter: found where one does, not claimed where none does."""

import itertools

import numpy as np
import pandas as pd
import pytest

from pmf_core.runs.importance import explained, importance, together

GRID = list(itertools.product((2, 5, 10, 20), (1.0, 2.0, "learned"), ("fixed", "hierarchical")))


def board(error, settings=GRID):
    """Return a leaderboard of models whose test RMSE is a function of their settings."""
    frame = pd.DataFrame(settings, columns=["n_factors", "alpha", "prior"])
    frame["test_rmse"] = [error(*each) for each in settings]
    return frame.assign(id=range(len(frame)), name="x", note="", random_seed=range(len(frame)))


def test_of_settings_of_which_one_alone_matters_that_one_is_found(rng):
    means = {2: 1.0, 5: 0.95, 10: 0.9, 20: 0.92}
    found = importance(board(lambda d, *_: means[d] + rng.normal(0, 0.005)))
    table = found.table.set_index("setting")
    assert table.index[0] == "n_factors" and "random_seed" not in table.index
    assert table.loc["n_factors", "alone"] > 0.9 and table.loc["n_factors", "beside"] > 0.8
    assert (table.drop("n_factors")[["alone", "beside"]] < 0.1).all(axis=None)
    assert list(table["is_clear"]) == [True, False, False]
    assert found.text == (
        f"Over these 24 runs *D* alone goes with {table.loc['n_factors', 'alone']:.0%} of the "
        "variance of test RMSE; none of the other 2 explains clearly more than luck may."
    )


def test_where_none_matters_nothing_is_claimed_more_often_than_is_said(rng):
    claimed = 0
    for _ in range(40):
        found = importance(board(lambda *_: rng.normal(0.9, 0.01)))
        claimed += bool(found.table["is_clear"].any())
        if not found.table["is_clear"].any():
            assert "no setting alone explains clearly more" in found.text
    assert claimed <= 7  # of 40 at 5 %, with probability 0.998


def test_shares_add_up_and_each_is_told_beside_the_others():
    # Effects of two settings, balanced: their variances are 3 : 2, and there is no noise.
    found = importance(board(lambda d, _, p: 3**0.5 * (d > 5) + 2**0.5 * (p == "fixed")))
    table = found.table.set_index("setting")
    assert table.loc["n_factors", "beside"] == pytest.approx(0.6, abs=0.03)
    assert table.loc["prior", "beside"] == pytest.approx(0.4, abs=0.03)
    assert table.loc["alpha", "beside"] == pytest.approx(0, abs=1e-9)
    assert (
        "also clearly more than luck may: *Prior" in found.text
        and "*Prior of the factors* (" in found.text
    )


def test_what_varies_together_is_said_to_and_runs_that_are_few_are_not_judged(rng):
    both = [(d, float(d), "fixed") for d in (2, 5, 10) for _ in range(6)]
    found = importance(board(lambda d, *_: d + rng.normal(), both))
    assert "Some vary together here (*D* with *α*)" in found.text
    assert "n_factors" in set(found.table["setting"])
    few = importance(board(lambda *_: rng.normal(), GRID[:7]))
    assert few.table.empty and few.text.startswith("There are 7 runs here: from 8 on")
    same = [(2, 1.0, "fixed")] * 9
    assert "differ in no setting but their seed" in importance(board(lambda *_: 1.0, same)).text
    flat = importance(board(lambda *_: 1.0))
    assert flat.table.empty and "the same test RMSE" in flat.text
    unlike = [(d, 1.0, "fixed") for d in (2, 5, 10, 20, 30)] * 2
    short = importance(board(lambda d, *_: d + rng.normal(), unlike))
    assert list(short.table["setting"]) == ["n_factors"] and short.table["beside"].isna().all()


def test_many_numbers_are_cut_into_groups(rng):
    many = [(int(d), 1.0, "fixed") for d in rng.permutation(np.arange(1, 41))]
    table = importance(board(lambda d, *_: d / 40, many)).table
    assert table["alone"].item() == pytest.approx(1 - 1 / 16, abs=0.02)  # within quarters of it


def test_an_effect_that_is_none_explains_nothing_on_average(rng):
    kinds = np.arange(30) % 5
    found = explained(kinds, rng.normal(size=(2000, 30)))
    assert abs(np.mean(found)) < 4 * np.std(found) / 2000**0.5
    assert explained(kinds, kinds * 1.0) == 1


def test_how_much_two_settings_vary_together():
    a, b = np.divmod(np.arange(24), 4)
    assert together(a, b) == 0 and together(a, a) == pytest.approx(1)
