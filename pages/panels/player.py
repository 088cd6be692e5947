"""A fit of six people and six films that plays in the browser, and takes other ratings from it."""

import streamlit as st

from pages.components import component
from pages.panels import expectations
from pages.shell import cache, settings, show
from pmf_core.charts.playback import play
from pmf_core.data.toy import DEFAULT, FILM_NOUNS, Toy
from pmf_core.evaluation.play_check import three_ratings
from pmf_core.models.play_config import PlayConfig

KEY = "playground"


def draw(config: PlayConfig) -> None:
    """Draw the player of the ratings that are set, by a model and a method.

    Under it, ratings that the model expects and gives, beside those: all is known before it plays.
    """
    cells = _cells()
    component("playground")(
        data=cache.of_nothing_else(play, cells, config), key=KEY, on_cells_change=take
    )
    st.header("Prior, data, posterior")
    frames, said = cache.of_nothing_else(three_ratings, cells, config)
    expectations.on_one_scale(frames, said, FILM_NOUNS)
    st.caption(
        "On the pairs that are rated: ratings that this prior and α expect before one is seen, "
        "those that the model is told, and those that it then gives. Dashed: the ends of the scale."
    )


def take() -> None:
    """Take the table in which a visitor has changed a rating; what is none is left alone."""
    given = st.session_state[KEY]["cells"]
    try:
        cells = Toy(given).cells
    except ValueError:  # it does not come from the page that we serve
        return
    settings.change(play_ratings="" if cells == DEFAULT else cells)


def _cells() -> str:
    """Return the table of the address, or the first one where that is none, and say so."""
    cells = settings.value("play_ratings") or DEFAULT
    try:
        return Toy(cells).cells
    except ValueError as error:
        st.warning(
            f"The ratings in the address are no table: {show.reason(error)}. These are the first.",
            icon=":material/link_off:",
        )
        return DEFAULT
