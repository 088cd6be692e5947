"""What the ratings look like before any model."""

import streamlit as st

from pages.panels import dataset, pictures, raw
from pages.shell import settings, show
from pmf_core.charts import ratings as charts
from pmf_core.data import describe
from pmf_core.evaluation import lessons
from pmf_core.support.numbers import percent

chosen = dataset.current(splits=False)
ratings = chosen.ratings
nouns = ratings.nouns
things = nouns.things.capitalize()

show.heading(
    "Explore",
    f"**{show.plain(ratings.name)}**: look at what there is to learn from, before any model.",
)

summary = describe.rating_summary(ratings)
figures = {
    "Ratings": f"{ratings.n_ratings:,}",
    "Users": f"{ratings.n_users:,}",
    things: f"{ratings.n_items:,}",
    f"Mean ({nouns.unit})": show.number(summary["mean"], ".4f"),
    f"Sd ({nouns.unit})": f"{summary['sd']:.4f}",
    "Sparsity": percent(ratings.sparsity, 1),
}
show.metrics(figures)

pictures.in_pairs(charts.PICTURES, ratings)

st.header(f"How {nouns.things} differ")
which = settings.widget("which")
some = describe.some_items(ratings, which, 50)
for column, first in zip(st.columns(2, gap="large"), (0, 25), strict=True):
    part = some[first : first + 25]
    if not part.empty:
        show.chart(
            charts.item_mean_bars(part, nouns, summary["mean"], ratings.scale),
            f"Mean ratings of {nouns.things} {first + 1} to {first + len(part)} beside the global "
            f"mean: {which.lower()}",
            column,
        )
st.caption("In brackets the number of ratings; the dashed line is the mean of all ratings.")

st.header("The best and the worst, and what they rest on")
knob, pull, words = st.columns([1, 1, 2], gap="large", vertical_alignment="bottom")
min_ratings = settings.widget("min_ratings", knob)
shrinkage = settings.widget("shrinkage", pull)
top, bottom = describe.top_bottom(ratings, 30, min_ratings, float(shrinkage))
if top.empty:
    st.info(f"No {nouns.thing} has {min_ratings} ratings or more; lower the slider.")
else:
    show.lesson(lessons.top_list(top), place=words)
    for column, end, frame in zip(
        st.columns(2, gap="large"), ("Top", "Bottom"), (top, bottom), strict=True
    ):
        name = f"{end} {len(frame)}"
        with column:
            st.markdown(f"**{name}** (number of ratings)")
            show.chart(
                charts.ranked_items(frame, nouns, ratings.scale),
                f"{name} {nouns.things} by mean rating: hollow the plain mean, filled the shrunk",
            )
    st.caption("Hollow: plain mean. Filled: mean after shrinkage, by which the list is sorted.")

raw.fold(ratings)
