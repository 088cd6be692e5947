"""The fold "The model" on Fit, the words that it leads to, and the raw tables."""

import re

import pytest

import pmf_core as pmf
from pages.shell.words import GLOSSARY, anchor
from pmf_core.data.raw import raw_tables
from pmf_core.evaluation.lessons import transductive
from pmf_core.models.formulas import formulas_of
from tests.support.visits import visit


@pytest.mark.slow
def test_the_fold_shows_the_formulas_of_the_settings_now_and_nothing_while_closed(split):
    app = visit("fit", n_factors="3", alpha="1.5")
    assert not any("\\mathcal" in text.value for text in app.markdown)
    app.session_state["fold-model"] = True
    app.run()
    found = formulas_of(split, pmf.PMFConfig(3, 1.5))
    shown = [text.value for text in app.markdown]
    for line in (*found.lines, *found.objective, found.unknowns.line):
        assert any(text.startswith(f"${line.latex}$") and line.words in text for text in shown)
    assert transductive(split).text in shown
    links = set(re.findall(r"\(about#([a-z-]+)\)", " ".join(shown)))
    assert len(links) > 5 and links <= {anchor(word) for word in GLOSSARY}
    app.slider(key="n_factors").set_value(4).run()
    assert any("I_{4}" in text.value for text in app.markdown)


def test_the_words_are_on_about_where_formulas_look_for_them():
    app = visit("about")
    shown = {heading.anchor: heading.value for heading in app.subheader}
    assert shown == {anchor(word): word for word in GLOSSARY}


@pytest.mark.slow
def test_explore_shows_the_raw_tables_when_asked(split):
    app = visit("explore")
    assert not app.dataframe
    app.session_state["fold-raw"] = True
    app.run()
    ratings = app.session_state["dataset"].ratings
    for shown, table in zip(app.dataframe, raw_tables(ratings).values(), strict=True):
        assert shown.value.equals(table)
