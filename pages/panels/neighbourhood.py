"""Those who are alike: a baseline, and who they are."""

from typing import Any

import pandas as pd
import streamlit as st

import pmf_core as pmf
from pages.panels.dataset import Dataset
from pages.shell import cache, settings, show
from pmf_core.data.nouns import Nouns
from pmf_core.models.neighbours import most_rated

_ANOTHER = {"on_change": settings.change, "kwargs": {"alike_to": ""}}
"""Whoever asks for items has not asked for one yet."""

MOST_OPTIONS = 2000
"""To choose from; a browser takes long over more."""


def scores(chosen: Dataset) -> pd.DataFrame | None:
    """Return `evaluate_neighbours`; None, and why, where it would take too long."""
    try:
        return cache.of_split(pmf.evaluate_neighbours, chosen.split_key)
    except ValueError as error:
        st.info(f"No neighbourhoods here: {show.reason(error)}.", icon=":material/group_off:")
        return None


def tale(nouns: Nouns) -> None:
    """Tell how neighbours predict."""
    show.lesson(
        f"Will Bob like a {nouns.thing} of Monty's? Alice and Bob agree on most that both have "
        f"rated, and she likes it: so may he (*alike users*). Or ask Bob himself: he likes "
        f"{nouns.things} which others rate as they rate Monty's (*alike items*). Both start from "
        "Bob's and Monty's biases; how alike two are is the correlation of what they leave, shrunk "
        "where it rests on few ratings. Of those who are alike the first 40 are averaged."
    )


def look(chosen: Dataset) -> None:
    """Show the nearest neighbours of a user, or of what is rated, that the visitor chooses."""
    nouns = chosen.ratings.nouns
    kind, one = st.columns([1, 2], gap="medium", vertical_alignment="bottom")
    owner = {"Users": "user", "Items": "item"}[settings.widget("alike", kind, **_ANOTHER)]
    known = cache.of_split(_most_rated, chosen.split_key, owner)
    names = _names(known)
    wanted = settings.value("alike_to")
    if wanted and wanted not in names:
        st.caption(f"{show.code(wanted)} is not among the {len(names):,} with most ratings.")
    first = next(iter(names))
    key = settings.choice("alike_to", list(names), first, one, format_func=names.get)
    row = dict(zip(names, known["row"].tolist(), strict=True))[key]
    found = cache.of_split(_nearest, chosen.split_key, owner, row)
    if found.empty:
        st.caption("Nobody is alike: none that has more than chance in common.")
        return
    st.dataframe(
        found,
        hide_index=True,
        column_order=["id", "title", "similarity", "in_common", "n_ratings"],
        column_config={
            "id": "User" if owner == "user" else nouns.thing.capitalize(),
            "title": "Title",
            "similarity": st.column_config.ProgressColumn(
                "Similarity", format="%.3f", min_value=0, max_value=1
            ),
            "in_common": "Ratings in common",
            "n_ratings": "Ratings",
        },
    )


def _names(known: pd.DataFrame) -> dict[str, str]:
    """Return what to call each in a list, by its identifier."""
    ids: list[Any] = known["id"].tolist()
    titles = known["title"].tolist() if "title" in known else [f"User {each}" for each in ids]
    return {str(each): str(title) for each, title in zip(ids, titles, strict=True)}


def _most_rated(split: pmf.Split, owner: str) -> pd.DataFrame:
    return most_rated(split.train, owner, MOST_OPTIONS)


def _nearest(split: pmf.Split, owner: str, row: int) -> pd.DataFrame:
    return pmf.nearest_neighbours(split.train, owner, row)
