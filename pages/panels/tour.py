"""One step of the tour: a guess, what is found, where to go on; and a teacher's plan of them."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import streamlit as st

from pages import page_named
from pages.panels import ready
from pages.panels.dataset import Dataset
from pages.shell import cache, router, settings, show
from pmf_core.charts.tour import PICTURES
from pmf_core.data.nouns import Nouns
from pmf_core.evaluation.tour.base import (
    CLASS_MINUTES,
    Amount,
    Step,
    compared,
    of_what,
    sampled,
)
from pmf_core.evaluation.tour.own_list import Offer, offer, read_mine, write_mine
from pmf_core.fits.fit import Fit
from pmf_core.support.numbers import figure

_MINE = "tour-mine-{}"
"""Key of what is given to one of the offered items."""


def bar() -> None:
    """Draw where one is among the steps, and a teacher's switch."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        settings.widget("step", label_visibility="collapsed")
        settings.widget("teacher", width="content")


def draw(step: Step, number: int, chosen: Dataset) -> None:
    """Draw a step, as it is in words; nothing is shown before the visitor has guessed."""
    st.header(f"{number}. {step.title}")
    asked, seen = st.columns([2, 3], gap="large")
    fit, mine = None, ""
    with asked:
        st.markdown(step.says)
        if step.knobs is not None:
            st.caption(f":material/tune: Set for this step: {_said(step)}.")
        if step.rates:
            fit = _fit_with_draws(chosen)
            mine = _rate(offer(fit.split.train))
        guess = _guess(step)
    if guess is None:
        asked.caption("Guess, then see.")
    else:
        fit = fit or (_fit_with_draws(chosen) if step.of == "draws" else None)
        found = _found(step, chosen, fit, mine)
        if found is not None:
            _compare(step, found, guess, asked)
            with seen:
                _show(step, found, fit, chosen)
    if settings.value("teacher"):
        _for_the_teacher(step)
    _ways(step, number)


def _said(step: Step) -> str:
    words = " · ".join(step.knobs.words())
    return words if step.knobs.center else f"{words} · mean not subtracted"


def _guess(step: Step) -> Any:
    """Let the visitor guess; None before."""
    key = f"tour-{step.name}"
    if not isinstance(step.guess, Amount):
        return st.radio(
            f"**{step.question}**",
            step.guess.options,
            index=None,
            key=key,
            persist_state="session",
        )
    told = f"{key}-told"
    with st.form(f"{key}-form", border=False):
        amount = st.slider(f"**{step.question}**", 0, 100, st.session_state.get(told, 50), key=key)
        if st.form_submit_button("That is my guess", icon=":material/check:"):
            st.session_state[told] = amount
    return st.session_state.get(told)


def _found(step: Step, chosen: Dataset, fit: Fit | None, mine: str) -> Any:
    """Return what the step is measured to be; where it cannot be, say why."""
    try:
        if step.of == "split":
            return cache.of_split(step.measure, chosen.split_key)
        run = ready.of_split(chosen)
        own = (mine,) if step.rates else ()
        return step.measure(fit, *own) if run is None else cache.of_run(step.measure, run, *own)
    except ValueError as error:
        st.info(f"Not on these ratings: {show.reason(error)}.", icon=":material/zoom_out_map:")
        return None


def _fit_with_draws(chosen: Dataset) -> Fit:
    """Return the run that is ready, if it is of these ratings, or else a short one of a part."""
    run = ready.of_split(chosen)
    return cache.large_of_split(sampled, chosen.split_key) if run is None else cache.opened(run)


def _compare(step: Step, found: Any, guess: Any, place: Any) -> None:
    said = compared(step, found, guess)
    box, icon = (place.success, "check") if said.holds else (place.warning, "undo")
    box(said.text, icon=f":material/{icon}:")


def _show(step: Step, found: Any, fit: Fit | None, chosen: Dataset) -> None:
    picture = PICTURES[step.name]
    words = asdict(chosen.ratings.nouns)
    show.chart(picture.draw(found), picture.alt_text.format(**words), key=f"tour-see-{step.name}")
    show.lesson(step.lesson(found))
    if fit is not None:
        st.caption(of_what(fit.split, chosen.split))


def _rate(offered: Offer) -> str:
    """Let the visitor rate what is offered; return it as the address has it."""
    mine = settings.value("mine")
    try:
        read_mine(mine, offered)
    except ValueError as error:
        st.caption(f"The ratings in the address are left out: {show.reason(error)}.")
        mine = ""
    for k, title in enumerate(offered.titles):
        given = int(mine[k]) if mine else 0
        st.session_state[_MINE.format(k)] = offered.levels[given - 1] if given else None
        st.segmented_control(
            show.plain(title),
            offered.levels,
            format_func=lambda level: figure(level, "g"),
            key=_MINE.format(k),
            on_change=_take,
            args=(offered,),
        )
    return mine


def _take(offered: Offer) -> None:
    """Put what has been given into the address."""
    values = [st.session_state[_MINE.format(k)] for k in range(len(offered.titles))]
    places = [0 if value is None else offered.levels.index(value) + 1 for value in values]
    settings.change(mine=write_mine(places))


def _ways(step: Step, number: int) -> None:
    """Draw the ways back, on, and to the page on which one sees more of it."""
    last = len(settings.SETTINGS["step"].options)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        for label, to, icon in (("Back", number - 1, "arrow_back"), ("Next", number + 1, "east")):
            st.button(
                label,
                icon=f":material/{icon}:",
                key=f"tour-{label}",
                disabled=not 1 <= to <= last,
                type="primary" if label == "Next" else "secondary",
                on_click=settings.change,
                kwargs={"step": str(to)},
            )
        page = page_named(step.page)
        if step.page == "fit" and step.knobs is not None:
            if st.button(
                f"Turn the knobs on {page.title}",
                icon=page.symbol,
                key="tour-knobs",
                on_click=settings.change,
                kwargs=settings.as_settings(step.knobs),
            ):
                router.go(step.page)
        else:
            router.link(page, f"More of it on {page.title}")


def _for_the_teacher(step: Step) -> None:
    with st.container(border=True):
        st.markdown(f":material/school: **{step.minutes} minutes.** {step.notes}")
        st.markdown(f":material/forum: **To discuss:** {step.discuss}")


def plan(steps: Sequence[Step], nouns: Nouns) -> None:
    """Draw the plan of a class: when each step begins, and what is discussed."""
    st.header(f"A class of {CLASS_MINUTES} minutes")
    rows, begins = [], 0
    for number, step in enumerate(steps, start=1):
        said = step.in_words(nouns)
        rows.append(
            {
                "From": f"{begins} min",
                "Minutes": step.minutes,
                "Step": f"**{number}** · {said.title}",
                "To discuss": said.discuss,
            }
        )
        begins += step.minutes
    st.table(rows)
    st.caption(
        f"{begins} minutes in all. Put this page on the wall, and let everybody guess on their "
        "own phone: the link in the sidebar opens the same step on the same ratings."
    )
