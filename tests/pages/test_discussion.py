"""Compare ends with what the best run amounts to; chains may start at the MAP."""

from dataclasses import replace

import pytest

import pmf_core as pmf
from pmf_core.evaluation.closing import closing
from pmf_core.evaluation.lessons_of_fits import chains_began
from pmf_core.models.ladder import ladder_figures
from pmf_core.runs.store import RunStore
from tests.support.visits import SAMPLER, sample, visit

CONFIG = replace(pmf.PRESETS["bpmf"], n_factors=2)


@pytest.mark.slow
def test_compare_ends_with_what_the_core_says_of_the_best_run(split, home):
    fit = pmf.sample_gibbs(split, CONFIG, draws=60, tune=40, chains=2, start="map")
    run = RunStore(home / "runs").add(fit, "a *run*")
    app = visit("compare")
    point = pmf.fit_map(split, CONFIG).summary()
    table, nouns = pmf.evaluate_baselines(split), split.train.nouns
    said = closing(fit.summary(), CONFIG, table, point, ladder_figures({}), nouns)
    shown = [text.value for text in app.markdown]
    assert "\n".join(f"- {each.text}" for each in said) in shown
    assert r"What **a \*run\*** amounts to:" in shown
    headers = [header.value for header in app.header]
    assert "In the end" in headers and "start='map'" in app.code[0].value
    assert not any("The example" in text for text in shown)
    app = visit("diagnose", run=run.id)
    assert any(chains_began(fit).text in text.value for text in app.markdown)


def test_without_a_run_there_is_nothing_to_discuss():
    assert "In the end" not in [header.value for header in visit("compare").header]


@pytest.mark.slow
def test_a_link_starts_chains_at_the_map(split, home):
    app = sample(visit("fit", **SAMPLER, start="map", n_factors="2"))
    [run] = RunStore(home / "runs").list()
    assert RunStore(home / "runs").open(run.id).sampler.start == "map"
    assert "start=map" in app.code[0].value
