"""The model as formulas, with the numbers of the settings as they are now."""

from itertools import groupby

import streamlit as st

from pages.panels.dataset import Dataset
from pages.shell import cache, show, words
from pmf_core.evaluation.lessons import transductive
from pmf_core.models.config import PMFConfig
from pmf_core.models.formulas import formulas_of
from pmf_core.models.ingredients.mathematics import Line

TITLES = {
    "rating": "A rating",
    "score": "Its score",
    "prior": "What is believed before any rating",
    "hyperprior": "What is believed of that belief, and learned",
}
"""What the lines of each place in a model are."""


def fold(chosen: Dataset, config: PMFConfig) -> None:
    """Offer the model in formulas; nothing is worked out before it is opened."""
    it = st.expander("The model", icon=":material/function:", key="fold-model", on_change="rerun")
    with it:
        if not it.open:
            return
        found = cache.of_split(formulas_of, chosen.split_key, config)
        for note in found.left_out:
            st.caption(show.plain(note))
        for place, title in TITLES.items():
            _lines(title, [line for line in found.lines if line.place == place])
        _lines("What the MAP is", list(found.objective))
        _lines("How much there is to learn", [found.unknowns.line])
        show.lesson(transductive(chosen.split))
        st.caption(
            "i counts users, j what they rate. Each symbol leads to its word in the glossary. "
            "The PyMC model below is made of the same parts. The raw tables are on Explore."
        )


def _lines(title: str, lines: list[Line]) -> None:
    """Draw lines under a title, those of users beside those of items."""
    if not lines:
        return
    st.markdown(f"**{title}**")
    for of_a_side, several in groupby(lines, key=lambda line: line.owner is not None):
        if not of_a_side:
            for line in several:
                _line(line)
            continue
        columns = dict(zip(("user", "item"), st.columns(2, gap="medium"), strict=True))
        for line in several:
            with columns[line.owner]:
                _line(line)


def _line(line: Line) -> None:
    word = words.word_for(line.symbol)
    link = f"[${line.symbol}$, {word}](about#{words.anchor(word)})"
    st.markdown(f"${line.latex}$  \n:small[{line.words} {link}]")
