"""A whole fit on one screen, of six people and six films: watch it learn, tell it other things."""

import streamlit as st

from pages.panels import player
from pages.shell import router, settings, show
from pmf_core.models.play_config import PlayConfig

router.require()
show.heading(
    "Playground",
    "Each person and each film gets a few numbers, and their product predicts a rating. Watch "
    "these numbers being learnt.",
)
with st.container(horizontal=True, gap="small"):  # two in a row on a phone
    for knob in PlayConfig.offered():
        settings.widget(knob.key, **{} if knob.kind.options else {"width": 170})
player.draw(PlayConfig(**settings.given(PlayConfig)))

st.header("Guess first, then try")
show.lesson(
    "1. **Data narrow a belief.** Play to the end, then rate another film for Finn. What happens "
    "to the histogram of Finn and Jaws? The dashed line is the one before.\n"
    "2. **The prior pulls.** Make the *prior width* 0.3. Which predictions move to the mean "
    "rating first, those with many ratings beside them or those with few?\n"
    "3. **α is trust.** Halve α. A rating then counts half as much: do residuals grow, and do the "
    "clouds?\n"
    "4. **One answer or many.** Switch to *MAP* and play. Where did the clouds go?\n"
    "5. **Would it have guessed?** Click a rating and *Hide* it, or press H on it. The RMSE of "
    "what is hidden is then drawn beside that of what the model is told."
)
st.caption(
    "Nobody has given these ratings. Every update of a row is a step of the sampler that all other "
    "pages use. In the plane, draws are turned about 0 to match: turning U and V together changes "
    "no prediction."
)
