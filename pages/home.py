"""The idea of matrix factorization in five numbers, and what each page teaches."""

from itertools import batched

import streamlit as st

from pages import PAGES
from pages.components import component
from pages.shell import router, show

STEPS = [n / 20 for n in range(-40, 41)]
"""Where a slider of tastes may stand; it writes a hyphen for a minus where it chooses itself."""


def dot_product() -> None:
    """Let the visitor compose a rating out of five features."""
    # Here and not above: the page's title is on the screen while pandas and Altair are imported.
    from pmf_core.charts.ratings import dot_product_bars
    from pmf_core.models.intuition import FEATURES, ITEM, USER, dot_product_terms, predicted
    from pmf_core.support.numbers import figure

    st.header("A rating is a dot product")
    show.lesson(
        "Give each movie a **profile**: how moody, how cinematic it is. Give each person a "
        "**taste**: how much each of these counts for them. Multiply the two feature by feature, "
        "add up, and you have a rating. Move the sliders."
    )
    taste, profile, result = st.columns([1, 1, 2], gap="large")
    user, item = [], []
    for column, title, values, numbers in (
        (taste, "Taste of a person", USER, user),
        (profile, "Profile of a movie", ITEM, item),
    ):
        column.markdown(f"**{title}**")
        for feature, default in zip(FEATURES, values, strict=True):
            key = f"{title}-{feature}"
            numbers.append(column.select_slider(feature, STEPS, default, figure, key=key))
    terms, rating = dot_product_terms(user, item), predicted(user, item)
    with result:
        st.metric("Predicted rating", f"{show.number(rating, '.3f')} stars")
        show.chart(
            dot_product_bars(terms),
            "What each of five features adds to the predicted rating, in stars",
        )
        sums = " + ".join(
            f"{show.number(u, 'g')} × {show.number(v, 'g')}"
            for u, v in zip(user, item, strict=True)
        )
        st.caption(f"{sums} = {show.number(rating, '.3f')}")


def one_beside_many() -> None:
    """Play points that settle to one answer beside a cloud that says how sure it is."""
    from pmf_core.charts.settling import stored

    played = stored()
    component("settling")(data=played, key="settling")
    show.lesson(played["says"])


router.require()
show.heading(
    "What would you rate it?",
    "Matrix factorization learns a few numbers about every person and every movie from nothing "
    "but ratings, and predicts the ratings that nobody has given yet. Bayesian matrix "
    "factorization also says how sure it is.",
)

one_beside_many()
dot_product()
show.lesson(
    "Nobody has to fill these profiles in. The model starts from random numbers and adjusts the "
    "rows of two matrices, **U** for people and **V** for movies, until their products fit the "
    "ratings. The features that come out have no names; they are whatever explains ratings best."
)

st.header("Where to go")
for row in batched((page for page in PAGES if page.blurb), 3):
    for column, page in zip(st.columns(3), row, strict=False):
        with column.container(border=True, height="stretch"):
            router.link(page, f"**{page.title}**")
            st.caption(page.blurb)
st.caption(
    "After the PyMC example *Probabilistic Matrix Factorization for Making Personalized "
    "Recommendations*, whose five-feature example this is. Ratings: MovieLens 100K, F. M. Harper "
    "and J. A. Konstan (2015)."
)
