"""The page of recommendations and the diagnosis of intervals, driven without a browser."""

import numpy as np
import pytest

import pmf_core as pmf
from pages.shell.show import plain
from pmf_core.runs.store import RunStore
from tests.support.visits import SIMULATED, metrics, visit


@pytest.fixture(scope="module")
def fits(split):
    config = pmf.PMFConfig(2, center=True)
    sampled = pmf.sample_gibbs(split, config, draws=30, tune=20, chains=2)
    return {"sampled": sampled, "map": pmf.fit_map(split, config)}


def stored(home, fit) -> str:
    return RunStore(home / "runs").add(fit, "a run").id


def shown(app):
    rated, ranked = (frame.value for frame in app.dataframe)
    return rated, ranked


def test_without_a_run_there_is_a_link_to_fit():
    app = visit("recommend")
    assert "No single run is stored yet" in app.info[0].value


def test_the_list_is_that_of_the_core_for_every_user_and_sort(home, fits, split):
    stored(home, fits["sampled"])
    app = visit("recommend", for_whom="A user")
    count = np.bincount(split.train.user_idx)
    most_active = split.train.user_ids[np.argsort(-count, kind="stable")[0]]
    assert app.selectbox(key="user").value == str(most_active)
    for user, sort, code in (("7", "Lower bound", "lower"), ("9", "Probability", "prob")):
        app.selectbox(key="user").set_value(user).run()
        app.button_group(key="sort").set_value(sort).run()
        assert not app.exception
        user_id = next(known for known in split.train.user_ids if str(known) == user)
        expected = pmf.recommend(fits["sampled"], user_id, n=15, sort=code)
        rated, ranked = shown(app)
        assert list(ranked["title"]) == list(expected["title"])
        np.testing.assert_allclose(ranked["expected"], expected["expected"])
        own = split.train.rating[split.train.user_ids[split.train.user_idx] == user_id]
        assert sorted(rated["rating"]) == sorted(own)
    assert "user=9" in app.code[0].value and "sort=Probability" in app.code[0].value


def test_the_slider_leaves_rare_movies_out_and_says_when_none_is_left(home, fits):
    stored(home, fits["sampled"])
    app = visit("recommend", for_whom="A user", fewest="8")
    assert shown(app)[1]["n_ratings"].min() >= 8
    app.slider(key="fewest").set_value(200).run()
    assert any("lower the slider" in note.value for note in app.info) and not app.exception


def test_a_map_says_that_it_knows_no_uncertainty_and_another_split_still_works(home, fits):
    stored(home, fits["map"])
    app = visit("recommend", split_seed="5", user="nobody")
    assert any("This run is a MAP" in note.value for note in app.info)
    assert any("learnt from other ratings" in note.value for note in app.caption)
    assert any("User `nobody` is not in this run" in note.value for note in app.caption)
    assert (shown(app)[1]["pred_sd"] == 0).all()


def test_cold_users_and_movies_are_named(home):
    ratings, _ = pmf.simulate_ratings(60, 50, 900, 3, 2.0, 0)
    rows = np.flatnonzero((ratings.user_idx != 4) & (ratings.item_idx >= 40))
    thin = pmf.split_ratings(ratings.take(rows), 0.1, 0)
    config = pmf.PMFConfig(2, center=True)
    stored(home, pmf.sample_gibbs(thin, config, draws=10, tune=5, chains=1))
    app = visit("recommend", user=str(ratings.user_ids[4]))
    assert any("A cold user" in note.value for note in app.info)
    [ranked] = (frame.value for frame in app.dataframe)
    n_cold = sum(title.endswith("· cold") for title in ranked["title"])
    assert n_cold > 0
    assert any(f"{n_cold} of them cold" in note.value for note in app.caption)


@pytest.mark.slow
def test_diagnose_says_whether_the_intervals_are_honest(home, fits):
    stored(home, fits["sampled"])
    scores = pmf.evaluate(fits["sampled"])
    figures = metrics(visit("diagnose"))
    assert figures["In 50% interval"] == f"{scores['coverage_50']:.1%}"
    assert figures["In 80% interval"] == f"{scores['coverage_80']:.1%}"
    assert figures["CRPS"] == f"{scores['crps']:.4f}"
    assert figures["Log score"] == f"{scores['log_score']:.4f}".replace("-", "−")
    assert SIMULATED["data"] == "Simulated"


def test_diagnose_shows_a_map_what_its_certainty_costs(home, fits):
    stored(home, fits["map"])
    app = visit("diagnose")
    assert any("nothing to converge" in note.value for note in app.info)
    assert metrics(app)["In 90% interval"] == f"{fits['map'].summary()['coverage_90']:.1%}"
    assert "Largest r_hat" not in metrics(app)


LEARNED = pmf.PMFConfig(2, alpha=None, center=True, prior="hierarchical")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("config", "labels", "usual"),
    [
        pytest.param(
            *(
                pmf.PMFConfig(2, link="logistic"),
                ["Rows of users", "Rows of movies"],
                "50% or more",
            ),
            marks=pytest.mark.slow,
        ),
        (pmf.PMFConfig(2, 1.0, link="ordinal"), ["Cut points"], "10 to 50% is usual"),
        (LEARNED, [], "count them all the same"),
    ],
)
def test_diagnose_shows_accepted_proposals_of_fits_that_have_some(
    home, split, config, labels, usual
):
    fit = pmf.sample_gibbs(split, config, draws=12, tune=10, chains=2)
    stored(home, fit)
    app = visit("diagnose")
    shown = {name: value for name, value in metrics(app).items() if name.endswith("that moved")}
    table = pmf.acceptance(fit)
    assert list(shown) == [f"{label} that moved" for label in labels]
    assert list(shown.values()) == [f"{share:.0%}" for share in table["accepted"]]
    assert any(usual in text.value for text in app.markdown)
    assert metrics(app)["Largest r_hat"] == f"{pmf.diagnose(fit)['r_hat'].max():.3f}"


@pytest.mark.slow
def test_an_unusual_share_is_pointed_out(home, split):
    fit = pmf.sample_gibbs(split, pmf.PMFConfig(2, link="logistic"), draws=8, tune=5, chains=2)
    fit.idata["sample_stats"].dataset["accepted_V"].values[:] = 0.02
    stored(home, fit)
    app = visit("diagnose")
    assert any("rows of movies outside the usual 50% to 100%" in t.value for t in app.markdown)


@pytest.mark.slow
def test_too_few_draws_are_not_judged(home, split):
    stored(home, pmf.sample_gibbs(split, LEARNED, draws=3, tune=2, chains=2))
    app = visit("diagnose")
    assert any("too few to tell" in note.value for note in app.warning)
    assert metrics(app)["Largest r_hat"] == "—"


def test_a_title_is_no_markup():
    assert plain("M*A*S*H [uncut] for $5") == r"M\*A\*S\*H \[uncut\] for \$5"
