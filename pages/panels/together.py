"""What several people might like together, ranked by one of three ways to choose."""

from collections.abc import Collection, Mapping

import streamlit as st

from pmf_core.fits.fit import Fit
from pmf_core.prediction.portrait import Portrait, low_rating
from pmf_core.prediction.several import BY
from pmf_core.prediction.several import together as ranked
from pmf_core.support.numbers import figure, percent


def together(fit: Fit, portraits: Mapping[str, Portrait], seen: Collection[int], key: str) -> None:
    """Draw what nobody has rated of it, best first; `key` is of the choice how to rank it."""
    by = st.segmented_control("Ranked by", list(BY), default=next(iter(BY)), required=True, key=key)
    frame = ranked(fit, portraits, seen, BY[by])
    if frame.empty:
        st.info(
            f"No {fit.nouns.thing} is left that nobody has rated.",
            icon=":material/filter_alt_off:",
        )
        return
    unit, low = fit.nouns.unit, figure(low_rating(fit), ".3g")
    shown = frame[["title", "mean", "misery"]].assign(fine=[percent(p) for p in frame["fine"]])
    st.dataframe(
        shown.style.format(lambda stars: figure(stars, ".2f"), subset=["mean", "misery"]),
        hide_index=True,
        column_config={
            "title": st.column_config.TextColumn("Title", width=260),
            "mean": st.column_config.NumberColumn("Mean", help=f"Expected of all, in {unit}."),
            "misery": st.column_config.NumberColumn(
                "Least happy", help=f"Expected of whom it suits least, in {unit}."
            ),
            "fine": st.column_config.TextColumn(
                "Nobody minds",
                alignment="right",
                help=f"Probability that nobody gives it {low} {unit} or less.",
            ),
        },
    )
    st.caption(
        f"Of the {fit.nouns.things} with most ratings, those that nobody here has rated. Between "
        "the best for all together and the best for whom it suits least there is a choice to make."
    )
