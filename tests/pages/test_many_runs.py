"""Many runs on Compare: filtered, their curves chosen, their settings held against their scores."""

import pytest

import pmf_core as pmf
from pmf_core.runs.store import RunStore
from tests.support.visits import visit, written


def names(app):
    return set(app.dataframe[0].value["name"])


@pytest.mark.slow
def test_runs_are_filtered_by_words_model_and_split_and_the_address_says_so(home, split):
    store, other = RunStore(home / "runs"), pmf.split_ratings(split.train, 0.2, 5)
    store.add(pmf.fit_map(split, pmf.PMFConfig(2)), "plain", note="of *Monday*")
    store.add(pmf.fit_map(split, pmf.PMFConfig(2, biases=True)), "with biases")
    store.add(pmf.fit_map(other, pmf.PMFConfig(2)), "elsewhere")
    app = visit("compare")
    assert names(app) == {"plain", "with biases"}
    app.text_input(key="having").set_value("monday").run()
    assert names(app) == {"plain"} and written(app)["having"] == "monday"
    assert any("1 of 3 runs pass" in note.value for note in app.caption)
    app.text_input(key="having").set_value("").run()
    app.selectbox(key="of_model").set_value("biases").run()
    assert names(app) == {"with biases"}
    again = visit("compare", of_model="biases", having="nothing has this")
    assert any("passes the filter" in note.value for note in again.info)
    assert all("test_rmse" not in frame.value for frame in again.dataframe)
    there = visit("compare", of_split=other.id)
    assert names(there) == {"elsewhere"} and not there.exception
    assert any("Not the split of the sidebar" in note.value for note in there.caption)


@pytest.mark.slow
def test_curves_are_chosen_and_the_address_keeps_them(home, split):
    store = RunStore(home / "runs")
    for seed in range(5):
        fit = pmf.sample_gibbs(split, pmf.PMFConfig(1), draws=4, tune=2, chains=1, random_seed=seed)
        store.add(fit, f"run {seed}")
    app = visit("compare")
    [curves] = app.multiselect
    assert len(curves.value) == 4 and len(curves.options) == 5 and "curves" not in written(app)
    worst = next(key for key in (run.id for run in store.list()) if key not in curves.value)
    curves.set_value([worst]).run()
    assert app.multiselect[0].value == [worst] and written(app)["curves"] == worst
    again = visit("compare", curves=f"{worst},nobody,{'x' * 30}")
    assert again.multiselect[0].value == [worst]
    again.multiselect[0].set_value([]).run()
    assert len(again.multiselect[0].value) == 4 and "curves" not in written(again)


@pytest.mark.slow
def test_it_is_said_which_settings_matter_or_why_that_is_not_known(home, split):
    store = RunStore(home / "runs")
    store.add(pmf.fit_map(split, pmf.PMFConfig(2)), "two")
    store.add(pmf.fit_map(split, pmf.PMFConfig(2), random_seed=1), "again")
    said = [note.value for note in visit("compare").caption]
    assert any("differ in no setting but their seed" in text for text in said)
    store.add(pmf.fit_map(split, pmf.PMFConfig(5)), "five")
    app = visit("compare")
    assert any("There are 3 runs here: from 8 on" in note.value for note in app.markdown)
    assert any("A line is a run" in note.value for note in app.caption) and not app.exception
