import pytest

import pmf_core as pmf
from pmf_core.runs.recipe import describe_source, describe_split, snippet

KEY = ("simulated", 60, 40, 37.5, 3, 2.0, 7)  # 37.5% of 2400 pairs


@pytest.fixture(scope="module")
def split():
    return pmf.split_ratings(
        pmf.simulate_ratings(60, 40, 900, 3, 2.0, 7)[0], test_size=0.2, random_seed=5
    )


def with_origin(fit, share=None):
    fit.idata.attrs |= {
        "source": describe_source(KEY), "split": describe_split(0.2, 5, share)
    }  # fmt: skip
    return fit


def runs(split):
    yield with_origin(pmf.fit_map(split, pmf.PMFConfig(4, 3.0), random_seed=2))
    yield with_origin(
        pmf.sample_gibbs(split, pmf.PMFConfig(center=True), draws=15, tune=5, chains=3, keep=6)
    )
    part = pmf.densest_part(split, 0.5)
    yield with_origin(pmf.sample_gibbs(part, draws=12, tune=3, chains=2, random_seed=9), 0.5)


@pytest.mark.slow
def test_three_runs_are_repeated_to_the_last_digit(split):
    for fit in runs(split):
        names = {}
        exec(snippet(fit).replace("print", "result = str"), names)  # the lines a visitor copies
        again = names["fit"].summary()["test_rmse"]
        assert again == pytest.approx(fit.summary()["test_rmse"], abs=1e-12)


@pytest.mark.slow
def test_a_partial_run_is_repeated_as_far_as_it_came(split):
    def stop(progress):
        return progress.done < 12

    fit = with_origin(pmf.sample_gibbs(split, draws=40, tune=5, chains=2, progress=stop))
    names = {}
    exec(snippet(fit).replace("print", "str"), names)
    again = names["fit"].summary()
    assert again["draws"] == fit.summary()["draws"] < 40
    assert again["test_rmse"] == pytest.approx(fit.summary()["test_rmse"], abs=1e-12)


def test_sources_are_expressions():
    assert describe_source(("movielens",)) == "pmf.load_movielens()"
    assert describe_source(("grouplens", "25m")) == "pmf.load_movielens('25m')"
    world = describe_source(("world", 600, 300, 100, 4))
    sizes = "n_users=600, n_items=300, n_ratings=60000"
    assert world == f"pmf.simulate_world({sizes}, random_seed=4)[0]"
    table = describe_source(("table", "my 'own'.csv", ("duplicates", "last"), ("missing", (0,))))
    assert table == """pmf.read_ratings("my 'own'.csv", duplicates='last', missing=(0,))"""
    with pytest.raises(ValueError, match="key is 'other'; it must be the key of a source, one of"):
        describe_source(("other",))


def test_an_unknown_origin_is_left_to_be_filled_in(split):
    assert "ratings = ...\n" in snippet(pmf.fit_map(split))
