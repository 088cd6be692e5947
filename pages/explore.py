"""What the ratings look like before any model."""

import streamlit as st

from pages.panels import dataset, pictures
from pages.shell import settings, show
from pmf_core.charts import ratings as charts
from pmf_core.data import describe

chosen = dataset.current(splits=False)
ratings = chosen.ratings

show.heading(
    "Explore",
    f"**{show.plain(ratings.name)}**: look at what there is to learn from, and how little "
    "of it there is.",
)

summary = describe.rating_summary(ratings)
figures = {
    "Ratings": f"{ratings.n_ratings:,}",
    "Users": f"{ratings.n_users:,}",
    "Movies": f"{ratings.n_items:,}",
    "Mean (stars)": f"{summary['mean']:.4f}",
    "Sd (stars)": f"{summary['sd']:.4f}",
    "Sparsity": f"{ratings.sparsity:.2%}",
}
show.metrics(figures)

pictures.in_pairs(charts.PICTURES, ratings)

st.subheader("Movies differ")
which = settings.widget("which")
some = describe.some_items(ratings, which, 50)
for column, first in zip(st.columns(2, gap="large"), (0, 25), strict=True):
    part = some[first : first + 25]
    if not part.empty:
        show.chart(
            charts.item_mean_bars(part, summary["mean"], ratings.scale),
            f"Mean ratings of movies {first + 1} to {first + len(part)} beside the global mean: "
            f"{which.lower()}",
            column,
        )
st.caption("In brackets the number of ratings; the dashed line is the mean of all ratings.")

st.subheader("The best and the worst, and why not to believe it")
knob, pull, words = st.columns([1, 1, 2], gap="large", vertical_alignment="bottom")
min_ratings = settings.widget("min_ratings", knob)
shrinkage = settings.widget("shrinkage", pull)
top, bottom = describe.top_bottom(ratings, 30, min_ratings, float(shrinkage))
if top.empty:
    st.info(f"No movie has {min_ratings} ratings or more; lower the slider.")
else:
    words.markdown(
        f"Half of the top list rests on **{describe.half_rest_on(top):g} ratings** or fewer. A "
        "mean of one rating is one opinion: ask for more ratings, or shrink, and see who is left."
    )
    for column, name, frame in zip(
        st.columns(2, gap="large"), ("Top 30", "Bottom 30"), (top, bottom), strict=True
    ):
        with column:
            st.markdown(f"**{name}** (number of ratings)")
            show.chart(
                charts.ranked_items(frame, ratings.scale),
                f"{name} movies by mean rating: hollow the plain mean, filled the shrunk one",
            )
    st.caption("Hollow: plain mean. Filled: mean after shrinkage, by which the list is sorted.")
