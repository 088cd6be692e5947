"""The trail of fits tried: what it keeps, how it is told in a table, what is said of its turns."""

from dataclasses import replace

import pytest

import pmf_core as pmf
from pmf_core.evaluation.trail import AXES, Tried, trail_table, where_it_turns, with_fits


@pytest.fixture(scope="module")
def split(simulated):
    return pmf.split_ratings(simulated[0])


def tried(n_factors, train, test, method="MAP", alpha=2.0, draws=0, **more):
    config = pmf.PMFConfig(n_factors, alpha=alpha, **more)
    return Tried(method, config, alpha, draws, 0, train, test)


def test_a_fit_is_kept_with_its_scores_once_and_the_newest_is_last(split):
    one, two = (pmf.fit_map(split, pmf.PMFConfig(d)) for d in (2, 3))
    sampled = pmf.sample_gibbs(split, pmf.PMFConfig(3), draws=6, tune=2, chains=2)
    trail = ()
    for fits in ([one], [two], [two, sampled], [sampled, two], [one]):
        trail = with_fits(trail, fits)
        newest = sampled if sampled in fits else fits[-1]
        assert trail[-1] == Tried.of(newest)
    assert [(each.method, each.config.n_factors) for each in trail] == [
        ("MAP", 3), ("MCMC", 3), ("MAP", 2),
    ]  # fmt: skip
    assert [each.draws for each in trail] == [0, 12, 0]
    for each, fit in zip(trail, (two, sampled, one), strict=True):
        assert each.test_rmse == fit.summary()["test_rmse"]
        assert each.train_rmse == fit.summary()["train_rmse"]
        assert each.alpha == pytest.approx(2.0)
    table = trail_table(trail, "n_factors")
    assert list(table["x"]) == [3, 3, 3, 3, 2, 2] and list(table["part"]) == ["train", "test"] * 3
    assert list(table["is_newest"]) == [False] * 4 + [True] * 2
    assert list(table["rmse"][:2]) == [
        two.summary()["train_rmse"], two.summary()["test_rmse"],
    ]  # fmt: skip


def test_the_newest_is_what_was_not_looked_at_before_and_stays_it(split):
    maps = [pmf.fit_map(split, pmf.PMFConfig(d)) for d in (2, 3)]
    run = pmf.sample_gibbs(split, pmf.PMFConfig(3), draws=4, tune=2, chains=2)
    trail = ()
    for fits, newest in (
        ([maps[0]], maps[0]),
        ([maps[0], run], run),
        ([maps[0], run], run),  # nothing has changed
        ([maps[1], run], maps[1]),
        ([maps[1], run], maps[1]),
        ([maps[0], run], maps[0]),  # tried before, and looked at again
    ):
        trail = with_fits(trail, fits)
        assert trail[-1] == Tried.of(newest)
    assert len(trail) == 3


def test_a_trail_is_bounded(split):
    trail = tuple(tried(2, 1.0, float(n)) for n in range(100))
    longer = with_fits(trail, [pmf.fit_map(split, pmf.PMFConfig(2))])
    assert len(longer) == 100 and longer[0].test_rmse == 1.0 and longer[-1].method == "MAP"


def test_a_series_is_of_fits_that_differ_in_the_axis_alone():
    trail = tried(2, 1, 1), tried(5, 1, 1), tried(5, 1, 1, center=True), tried(5, 1, 1, alpha=4.0)
    of_d, of_alpha = (trail_table(trail, axis)["series"][::2] for axis in ("n_factors", "alpha"))
    assert of_d.iloc[0] == of_d.iloc[1] and of_d.nunique() == 3
    assert of_alpha.iloc[1] == of_alpha.iloc[3] and of_alpha.nunique() == 3
    assert list(trail_table(trail, "alpha")["x"][::2]) == [2, 2, 2, 4]
    assert trail_table(trail, "draws").empty
    assert set(AXES) == {"n_factors", "alpha", "draws"}


CURVE = ((2, 0.95, 0.97), (5, 0.90, 0.94), (10, 0.80, 0.96), (20, 0.60, 1.05))


def test_a_u_is_seen_and_what_does_not_rise_is_not_called_one():
    u = tuple(tried(*each) for each in CURVE)
    lesson = where_it_turns(u, "n_factors", "stars")
    assert lesson.holds and "smallest at D = 5, 0.940, and 1.050 at the end" in lesson.text
    assert lesson.evidence == {"best": 5.0, "best_test": 0.94, "last_test": 1.05}
    falling = where_it_turns(u[:2] + (tried(10, 0.85, 0.93),), "n_factors", "stars")
    assert not falling.holds and "no overfitting so far" in falling.text
    worse = tuple(replace(each, train_rmse=1.0 + n) for n, each in enumerate(u))
    assert not where_it_turns(worse, "n_factors", "stars").holds  # it learns nothing by heart
    few = where_it_turns(u[:2], "n_factors", "stars")
    assert not few.holds and "three values of D or more" in few.text
    assert not where_it_turns((), "n_factors", "stars").holds
    assert "longer runs" in where_it_turns(u, "draws", "stars").text
    # Another model's points are none of this line.
    other = (*u[:2], tried(20, 0.1, 9.0, center=True), u[2])
    assert where_it_turns(other, "n_factors", "stars").evidence["last_test"] == 0.96


def test_mcmc_is_set_beside_the_map():
    u = tuple(tried(*each) for each in CURVE)
    flat = tuple(tried(d, t, 0.92, "MCMC", draws=100) for d, t in ((2, 0.9), (20, 0.8)))
    text = where_it_turns((*flat, *u), "n_factors", "stars").text
    assert "from 0.920 at D = 2 to 0.920 at 20" in text and "averaging overfits less" in text
    steep = tuple(tried(d, 0.8, e, "MCMC", draws=100) for d, e in ((2, 0.9), (20, 1.2)))
    assert "averaging overfits less" not in where_it_turns((*steep, *u), "n_factors", "x").text
    longer = tuple(tried(5, 0.8, e, "MCMC", draws=n) for n, e in ((9, 1.0), (90, 0.9), (900, 0.8)))
    lesson = where_it_turns(longer, "draws", "stars")
    assert not lesson.holds and lesson.evidence["best"] == 900
