"""A whole fit on one screen, of six people and six films: watch it learn, tell it other things."""

import streamlit as st

from pages.components import component
from pages.shell import cache, router, settings, show
from pmf_core.charts.playback import play
from pmf_core.data.toy import DEFAULT, Toy
from pmf_core.models.play_config import PlayConfig

KEY = "playground"


def rated() -> None:
    """Take the table in which a visitor has changed a rating."""
    try:
        cells = Toy(st.session_state[KEY]["cells"]).cells
    except ValueError:  # it is not from what we serve
        return
    settings.change(play_ratings="" if cells == DEFAULT else cells)


router.require()
show.heading(
    "Playground",
    "Each person and each film gets a few numbers, and their product predicts a rating. Watch "
    "these numbers being learnt.",
)
with st.container(horizontal=True, gap="small"):  # two in a row on a phone
    for knob in PlayConfig.offered():
        settings.widget(knob.key, **{} if knob.kind.options else {"width": 170})
config = PlayConfig(**settings.given(PlayConfig))

cells = settings.value("play_ratings") or DEFAULT
try:
    Toy(cells)
except ValueError as error:
    st.warning(
        f"The ratings in the address are no table: {show.reason(error)}. These are the first ones.",
        icon=":material/link_off:",
    )
    cells = DEFAULT
component("playground")(
    data=cache.of_nothing_else(play, cells, config),
    key=KEY,
    on_cells_change=rated,
)

st.header("Guess first, then try")
show.lesson(
    "1. **Data narrow a belief.** Play to the end, click Finn’s prediction for Jaws, then rate "
    "another film for Finn. What happens to the histogram? The dashed line is the one before.\n"
    "2. **The prior pulls.** Make the *prior width* 0.3. Which predictions move to the mean "
    "rating first, those with many ratings beside them or those with few?\n"
    "3. **α is trust.** Halve α. A rating then counts half as much: do residuals grow, and do the "
    "clouds?\n"
    "4. **One answer or many.** Switch to *MAP* and play. Where did the clouds go?\n"
    "5. **Would it have guessed?** Click a rating and *Hide* it, or press H on it. The RMSE of "
    "what is hidden is then drawn beside that of what the model is told."
)
st.caption(
    "The names are made up to fit the screen; nobody has given these ratings. Each update of a "
    "row is one of the sampler that all other pages use. For Gibbs, dots in the plane are draws "
    "turned about 0 to match the last: turning U and V together changes no prediction."
)
