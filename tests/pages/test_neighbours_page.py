"""Neighbourhoods on Baselines: the table, who is alike, and what a link carries."""

import pmf_core as pmf
from pages.panels import neighbourhood
from pmf_core.evaluation.lessons import neighbours_help
from pmf_core.models import neighbours
from tests.support.visits import visit


def test_baselines_show_the_neighbourhoods_and_the_nearest_of_the_core(split):
    app = visit("baselines")
    table, around = pmf.evaluate_baselines(split), pmf.evaluate_neighbours(split)
    shown = app.dataframe[0].value.set_index("method")["test_rmse"]
    assert list(shown) == [*table["test_rmse"], *around["test_rmse"]]  # no row of the example's
    said = [text.value for text in app.markdown]
    assert neighbours_help(around, table, split.train.nouns).text in said
    first = neighbours.most_rated(split.train, "user", 1)["row"].item()
    nearest = pmf.nearest_neighbours(split.train, "user", first)
    assert app.dataframe[1].value["similarity"].equals(nearest["similarity"])
    app.segmented_control(key="alike").set_value("Items").run()
    row = neighbours.most_rated(split.train, "item", 1)["row"].item()
    nearest = pmf.nearest_neighbours(split.train, "item", row)
    assert app.dataframe[1].value["title"].equals(nearest["title"])


def test_a_link_opens_the_same_neighbours_and_an_unknown_one_is_said(split):
    row = neighbours.most_rated(split.train, "item", 7)["row"].iloc[6]
    app = visit("baselines", alike="Items", alike_to=str(split.train.item_ids[row]))
    nearest = pmf.nearest_neighbours(split.train, "item", int(row))
    assert app.dataframe[1].value["row"].equals(nearest["row"])
    app = visit("baselines", alike_to="<b>nobody</b>")
    assert any("is not among the 60 with most ratings" in text.value for text in app.caption)


def test_where_it_would_take_too_long_the_page_says_so(monkeypatch):
    monkeypatch.setattr(neighbours, "MOST_STEPS", 10)
    app = visit("baselines")
    assert any("No neighbourhoods here" in note.value for note in app.info)
    assert len(app.dataframe) == 1 and neighbourhood.MOST_OPTIONS > 0
