"""A search for the best settings, as a visitor sees it: choose, start, watch, take the best."""

import pandas as pd
import streamlit as st

from pages.panels import live_fit, matter, model, series
from pages.panels.dataset import Dataset
from pages.shell import cache, owner, router, settings, show
from pmf_core.charts import settings as charts
from pmf_core.models.config import PMFConfig
from pmf_core.runs.leaderboard import leaderboard
from pmf_core.runs.plan import MISSING, SEARCHED, USUAL, Plan, can_search
from pmf_core.runs.search import (
    best_trial,
    found,
    list_searches,
    search_jobs,
    search_trials,
    submit_search,
    why_it_ended,
)
from pmf_core.runs.series import dated
from pmf_core.runs.stored import Run

ERROR = "Validation RMSE"


def start(chosen: Dataset) -> None:
    """Let the visitor choose what is searched, and start it."""
    st.caption(
        "Looks for the best settings by itself: each trial fits a model and learns from those "
        "before it. Trials are scored on a tenth of the training ratings, which they do not learn "
        "from; the held-out ratings stay unseen, to test what is found. It begins with the "
        "settings of the Fit page; what does not vary is as there."
    )
    if not can_search():
        st.info(f"Not here yet: {MISSING}.", icon=":material/extension_off:")
        return
    over = _over()
    factors, trials, minutes = st.columns(3)
    most = settings.widget("search_factors", factors, disabled="n_factors" not in over)
    count = settings.widget("search_trials", trials)
    time = settings.widget("search_minutes", minutes)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        called = {"map": "MAP", "gibbs": "2 chains of 200 + 200 draws"}.get
        method = settings.widget("search_by", format_func=called)
        begins = st.button("Search", type="primary", icon=":material/search:", key="search_start")
    if not begins:
        return
    try:
        plan = Plan(model.config(), over, most, count, time, settings.value("seed"), method)
        key = submit_search(
            cache.queue(), chosen.split, plan, owner=owner.visitor(), tags=live_fit.tags(chosen)
        )
    except (ValueError, OSError) as error:  # no such plan, no room for it, or a full disk
        st.error(show.reason(error), icon=":material/error:")
        return
    st.session_state["search"] = key
    st.rerun()


def _over() -> tuple[str, ...]:
    """Let the visitor choose the settings that vary; the address has them as a list."""
    asked = settings.value("search_over").split(",")
    st.session_state["search_varies"] = [name for name in SEARCHED if name in asked] or list(USUAL)
    return tuple(
        st.multiselect(
            "Vary",
            SEARCHED,
            key="search_varies",
            format_func=lambda name: PMFConfig.knob(name).label,
            help="Settings that the search may change; with none, those that matter most often.",
            on_change=_choose,
        )
    )


def _choose() -> None:
    settings.change(search_over=",".join(st.session_state["search_varies"]))


def look() -> None:
    """Show one search, redrawn while it runs."""
    names = _shown()
    if not names:
        st.info("No search yet: choose above what may vary.", icon=":material/search_off:")
        return
    if st.session_state.get("search") not in names:
        st.session_state["search"] = next(iter(names))
    st.selectbox(
        "Search",
        list(names),
        key="search",
        persist_state="session",
        format_func=lambda key: dated(key, names[key]),
    )
    active = any(job.is_active for job in search_jobs(cache.queue(), st.session_state["search"]))
    st.fragment(_draw, run_every=live_fit.TICK * 4 if active else None)(active)


def _shown() -> dict[str, str]:
    """Return one's own searches and the one that the address names, with what each is over."""
    me, named = owner.visitor(), st.session_state.get("search")
    every = list_searches(cache.queue())
    own = list_searches(cache.queue(), me) if me else every
    return {key: over for key, over in every.items() if key in own or key == named}


def _draw(was_active: bool) -> None:
    queue, key = cache.queue(), st.session_state["search"]
    if key not in _shown():
        st.rerun()  # it was discarded in another window
    waiting = search_jobs(queue, key)
    is_active = any(job.is_active for job in waiting)
    if was_active and not is_active:
        st.rerun()  # stops the timer
    plan, runs, trials = search_trials(queue, key)
    failed = [job for job in waiting if job.state == "failed"]
    series.bar("search", waiting, len(runs), plan.trials, "trials")
    if len(failed) == len(waiting):
        st.caption(why_it_ended(plan, runs, len(failed)))
    if runs:
        _tried(runs, trials, is_active)


def _tried(runs: list[Run], trials: pd.DataFrame, is_active: bool) -> None:
    best = best_trial(runs)
    show.chart(
        charts.best_so_far(trials, best.nouns),
        f"{ERROR} of each trial, and the lowest so far",
        key="search-best",
    )
    show.lesson(found(best, runs, best.nouns))
    st.caption(f"Its settings: {show.plain(' · '.join(best.config.words()))}.")
    # By a callback: the page may be drawn anew meanwhile, as the next trial ends.
    if st.button(
        "Take the best to the Fit page",
        type="secondary" if is_active else "primary",
        icon=":material/tune:",
        key="search_take",
        on_click=settings.change,
        kwargs=settings.as_settings(best.config),
        help="There, Sample draws its posterior, scored on the held-out ratings.",
    ):
        router.go("fit")
    if len(runs) > 1:
        matter.draw(leaderboard(runs), best.nouns, "search", ERROR)
