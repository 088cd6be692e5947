"""Charts as pages show them."""

import altair as alt
import pandas as pd
import pytest

from pages.shell import settings, show
from pmf_core.data import describe


class Place:
    def altair_chart(self, picture, **options):
        return picture.to_dict() | {"options": options}


@pytest.fixture
def shown():
    frame = pd.DataFrame({"x": [1.0], "y": [2.0]})
    picture = alt.Chart(frame, height=123).mark_point().encode(x="x:Q", y="y:Q")
    return show.chart(picture, "A point", Place())


def test_a_plot_has_the_height_that_the_chart_says_whatever_its_legend(shown):
    assert shown["autosize"] == {"type": "fit-x", "contains": "padding", "resize": True}
    assert shown["height"] == 123
    assert shown["options"] == {"width": "stretch", "alt": "A point"}


def test_text_has_the_colour_of_the_page_and_is_not_cut(shown):
    for part in ("axis", "legend"):
        text = shown["config"][part]
        assert text["labelColor"] == text["titleColor"] == "currentColor"
        assert text["labelLimit"] == 0
    assert shown["config"]["text"]["color"] == "currentColor"
    assert shown["config"]["axis"]["labelFlush"] is False


def test_the_movies_to_choose_from_are_those_that_the_core_can_sort():
    assert settings.SETTINGS["which"].options == tuple(describe.SOME)
