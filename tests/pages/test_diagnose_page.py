"""What Diagnose says of chains and predictions is the core's; text from data is made plain."""

from dataclasses import replace

import numpy as np
import pytest

import pmf_core as pmf
from pages.shell import show
from pmf_core.evaluation import by_count, rating_check, scalar_draws
from pmf_core.evaluation import lessons_of_chains as lessons
from pmf_core.evaluation.lessons_of_checks import gives_such_ratings
from pmf_core.evaluation.worst import worst_prediction
from pmf_core.runs.store import RunStore
from tests.support.visits import visit

TITLE = "*Bold* [link](http://a.b) & <b>"


@pytest.fixture
def fit(split):
    odd = np.array([f"{TITLE} {n}" for n in range(split.train.n_items)], object)
    train, test = (replace(part, titles=odd) for part in (split.train, split.test))
    config = pmf.PMFConfig(2, prior="hierarchical", biases=True, alpha=None)
    return pmf.sample_gibbs(pmf.Split(train, test), config, draws=30, tune=10, chains=2)


def said(app):
    return " ".join(each.value for each in app.markdown)


@pytest.mark.slow
def test_all_that_is_said_is_the_cores(home, fit):
    app = visit("diagnose", run=RunStore(home / "runs").add(fit, "a run").id)
    text, worst = said(app), worst_prediction(fit)
    first, second = "total_log_likelihood", "sd_score"
    users, items = by_count.user_errors(fit), by_count.item_errors(fit)
    for lesson in (
        lessons.worst_agrees(worst),
        lessons.densities_meet(fit, scalar_draws.density(fit, first)),
        lessons.draws_forget(fit, scalar_draws.autocorrelation(fit, first)),
        lessons.draws_add_up(fit, scalar_draws.so_far(fit, first)),
        lessons.chains_come_together(fit, scalar_draws.so_far(fit, first)),
        lessons.goes_together(scalar_draws.two_scalars(fit, first, second)),
        lessons.few_ratings_cost(fit, users),
        lessons.few_ratings_cost(fit, items),
        lessons.honest_for_all(fit, users),
        lessons.honest_for_all(fit, items),
        gives_such_ratings(fit, rating_check.rating_check(fit)),
    ):
        assert lesson.text in text, lesson.text
    assert f"**{show.plain(worst.title)}** ({worst.n_item} training ratings)" in text
    assert TITLE not in text and f"User **{worst.user_id}**" in text
    heads = [each.value for each in app.header]
    assert "Which movies are predicted badly?" in heads
    assert heads.index("Does every quantity settle?") + 1 == heads.index(
        "What does each chain believe?"
    )


@pytest.mark.slow
def test_every_scalar_can_be_chosen_and_up_to_four_are_paired(home, fit):
    app = visit("diagnose", run=RunStore(home / "runs").add(fit, "a run").id)
    names = [scalar.name for scalar in fit.scalars]
    assert {"alpha", "sd_b_U", "mean_b_V", "norm_U"} <= set(names)
    picker = app.selectbox(key="picture-choices")
    assert len(picker.options) == len(names)
    picker.set_value("alpha").run()
    assert lessons.densities_meet(fit, scalar_draws.density(fit, "alpha")).text in said(app)
    pairs = app.multiselect(key="in-pairs")
    assert len(pairs.options) == len(names) and pairs.value == names[:3]
    pairs.set_value(["alpha", "norm_U", "sd_b_U", "sd_score"]).run()
    assert not app.exception
    for across, up in (("alpha", "norm_U"), ("sd_b_U", "sd_score")):
        table = scalar_draws.two_scalars(fit, across, up)
        assert lessons.goes_together(table).text in said(app)
    app.multiselect(key="in-pairs").set_value(["alpha"]).run()
    assert any("Choose two or more" in each.value for each in app.caption)


@pytest.mark.slow
def test_a_run_too_short_to_tell_has_no_worst_prediction(home, split):
    fit = pmf.sample_gibbs(split, pmf.PMFConfig(2), draws=2, tune=1, chains=2)
    app = visit("diagnose", run=RunStore(home / "runs").add(fit, "a run").id)
    assert "Which prediction is the worst?" not in [each.value for each in app.header]
    assert "Draws are too few to tell." in said(app)


@pytest.mark.slow
def test_lists_are_scored_on_a_click(home, split):
    fit = pmf.sample_gibbs(split, pmf.PMFConfig(2, center=True), draws=10, tune=5, chains=2)
    app = visit("diagnose", run=RunStore(home / "runs").add(fit, "a run").id)
    assert not any("nDCG" in text.value for text in app.markdown)
    [button] = [each for each in app.button if each.label == "Score the lists"]
    button.click().run()
    assert not app.exception
    table = pmf.evaluate_ranking(fit, k=10, at_most=40, most_users=300)
    own, general = (table.set_index("order")["ndcg"][each] for each in table.attrs["lead_of"])
    [text] = [text.value for text in app.markdown if "nDCG" in text.value]
    assert f"nDCG {own:.3f}, and {general:.3f}" in text
    [shown] = [frame.value for frame in app.dataframe if "ndcg" in frame.value]
    assert list(shown["recall"]) == list(table["recall"])
