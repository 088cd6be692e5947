"""Are ranked lists any good? Scored on a click, as it takes seconds."""

from functools import partial

import streamlit as st

import pmf_core as pmf
from pages.shell import cache, show
from pmf_core.charts import scores
from pmf_core.evaluation.lessons_of_checks import lists_know_users
from pmf_core.evaluation.ranking import ORDERS
from pmf_core.fits.fit import Fit
from pmf_core.runs.stored import Run

LENGTH, DRAWS, USERS = 10, 40, 300
"""Of a list; draws and users that are taken at most, which holds for seconds what has no bound."""

SCORED = "ranking_of"
"""Of the session: the run whose lists were scored last."""

COLUMNS = {
    "ndcg": ("nDCG", "Worth of the places of what is relevant, over the most that it could be."),
    "precision": ("Precision", "Share of the list that is relevant."),
    "recall": ("Recall", "Share of what is relevant that is in the list."),
    "mrr": ("MRR", "1 over the place of the first that is relevant, in the whole list."),
    "coverage": ("Coverage", "Share of all {things} that are in anybody's list."),
    "novelty": ("Novelty", "Bits: minus log2 of the share of users who rated a {thing} listed."),
}
"""Title and help of each score; the four first are means over users."""


def lists(run: Run, fit: Fit) -> None:
    """Offer to score the lists of a run, and show what they are worth."""
    nouns = fit.nouns
    st.header("Are its lists any good?")
    show.lesson(
        f"A list of {LENGTH} is good if it has early what its user gave a high rating in the "
        f"held-out part. All {nouns.things} that they have not rated in training compete, not a "
        "sample; what nobody knows about counts as a miss, so figures are low, for all alike."
    )
    if st.button("Score the lists", icon=":material/format_list_numbered:"):
        st.session_state[SCORED] = run.id
    if st.session_state.get(SCORED) != run.id or fit.split.train.n_items < LENGTH:
        return
    try:
        table = cache.of_run(pmf.evaluate_ranking, run, k=LENGTH, at_most=DRAWS, most_users=USERS)
    except ValueError as error:
        st.info(f"Not here: {show.reason(error)}.", icon=":material/zoom_out_map:")
        return
    found = table.attrs
    show.chart(
        scores.ranking_bars(table, ORDERS),
        f"nDCG of lists of {LENGTH} in each order, with two standard errors",
    )
    show.lesson(lists_know_users(table, nouns))
    titles = {name: title for name, (title, _) in COLUMNS.items()}
    named = table.assign(order=table["order"].map(ORDERS)).set_index("order")[list(COLUMNS)]
    form = dict.fromkeys(COLUMNS, partial(show.number, form=".3f"))
    st.dataframe(
        named.style.format(form | {"novelty": partial(show.number, form=".1f")}),
        column_config={"order": "Order"}
        | {
            name: st.column_config.NumberColumn(
                titles[name], help=text.format(thing=nouns.thing, things=nouns.things)
            )
            for name, (_, text) in COLUMNS.items()
        },
    )
    st.caption(
        f"{found['n_users']:,} users with a held-out rating of {show.number(found['high'], 'g')} "
        f"{nouns.unit} or more, each with {found['n_candidates']:,.0f} {nouns.things} to rank on "
        f"average; at most {USERS} users and {DRAWS} draws are taken. nDCG: Järvelin & Kekäläinen "
        "2002; coverage: Ge et al. 2010; novelty: Vargas & Castells 2011. Why not a sample: "
        "Krichene & Rendle 2020."
    )
