"""What the page of factors is made of: the map, the ends of an axis, neighbours, true tastes."""

from typing import Any

import pandas as pd
import streamlit as st

import pmf_core as pmf
from pages.panels import ranked
from pages.panels.dataset import Dataset
from pages.shell import cache, settings, show
from pmf_core.charts import factors as charts
from pmf_core.evaluation import factor_map, genres, tastes
from pmf_core.evaluation import lessons_of_factors as lessons
from pmf_core.fits.fit import Fit
from pmf_core.runs.stored import Run
from pmf_core.support.numbers import figure

MEAN, GENRE, TRUE = "Mean rating", "Genre", "True: "
"""What the map is coloured by; the last goes before the name of a taste."""

MOST_OUTLINES = 25
"""Items whose outline is drawn: those with most ratings, or those that are searched for."""

N_NEIGHBOURS = 10

LIST_HEIGHT = 320
"""Of a list beside a picture, in pixels."""


def learnt_from(run: Run, chosen: Dataset) -> tuple | None:
    """Return the key of the chosen ratings where the run learnt from them; else None."""
    return chosen.key if run.attrs["split_id"] == chosen.split.id else None


def the_map(run: Run, fit: Fit, key: tuple | None) -> None:
    """Show where items are along two axes, whose taste points where, and what is in a box."""
    shares = cache.of_run(factor_map.axis_shares, run)
    numbers = [str(k + 1) for k in shares["factor"].tolist()]
    first, second, third, fourth, fifth = st.columns([1, 1, 2, 2, 2], gap="medium")
    right = _axis("axis_x", numbers, numbers[0], first)
    others = [number for number in numbers if number != right]
    usual = numbers[1] if right != numbers[1] else numbers[0]
    up = _axis("axis_y", others, usual, second)
    x, y = numbers.index(right), numbers.index(up)
    items = cache.of_run_and_ratings(factor_map.item_map, run, key, x, y)
    arrows = _arrows(run, key, x, y)
    with third:
        shown, color = _color(items, arrows)
    with fourth:
        words = settings.text("find", "")
    with fifth:
        user_id = ranked.user(run)
    items = factor_map.marked(items, words)
    if shown.startswith(TRUE):
        items = cache.of_run_and_ratings(tastes.with_true_taste, run, key, x, y, color)
        items = factor_map.marked(items, words)
        arrows, color = arrows[arrows["taste"] == color], tastes.COLUMN
    else:
        arrows = None
    ids = factor_map.to_outline(items, MOST_OUTLINES)
    arrow, outline = factor_map.person(fit, user_id, x, y)
    event = show.chart(
        charts.item_map_chart(
            items,
            fit.nouns,
            color,
            (f"Axis {right}", f"Axis {up}"),
            factor_map.item_outlines(fit, ids, x, y),
            (arrow, outline),
            arrows,
        ),
        f"Map of {len(items)} {fit.nouns.things} along axes {right} and {up}, and the taste of "
        f"user {user_id} as an arrow",
        key=f"map-{right}-{up}",  # a box along other axes is another one
        on_select="rerun",
        selection_mode="brush",
    )
    show.brush()
    _legend(items, fit, user_id, shown)
    show.lesson(lessons.two_axes(shares, x, y))
    show.lesson(lessons.rare_are_unsure(items, fit.nouns, fit.is_point_estimate))
    show.lesson(lessons.person_points(arrow, items, fit.nouns))
    _listed(items, event, words, fit)


def _axis(key: str, numbers: list[str], usual: str, place: Any = st, **options: Any) -> str:
    return settings.choice(key, numbers, usual, place, help=settings.SETTINGS[key].help, **options)


def _arrows(run: Run, key: tuple | None, x: int, y: int) -> pd.DataFrame | None:
    if key is None or not has_named_tastes(key):
        return None
    return cache.of_run_and_ratings(tastes.taste_arrows, run, key, x, y)


def has_named_tastes(key: tuple | None) -> bool:
    """Return whether what ratings were drawn from is known, and has names."""
    truth = cache.ratings(key)[1] if key else None
    return truth is not None and bool(truth.factor_names)


def _color(items: pd.DataFrame, arrows: pd.DataFrame | None) -> tuple[str, str]:
    """Let the visitor choose the colour of dots; return the choice, and a column or a taste."""
    options = {MEAN: "mean_rating"}
    if items.attrs["genres"]:
        options[GENRE] = "genre"
    if arrows is not None:
        options |= {f"{TRUE}{taste}": taste for taste in arrows["taste"].tolist()}
    chosen = settings.choice(
        "map_color", list(options), MEAN, help=settings.SETTINGS["map_color"].help
    )
    return chosen, options[chosen]


def _legend(items: pd.DataFrame, fit: Fit, user_id: Any, shown: str) -> None:
    of = items.attrs["n_items"]
    text = f"Each dot is one {fit.nouns.thing}, the larger the more it was rated"
    text += f" (the {len(items):,} most rated of {of:,})" if of > len(items) else ""
    text += f"; the pink arrow is user {show.plain(user_id)}"
    text += ", the amber one the way in which the true taste grows" if shown[:5] == TRUE[:5] else ""
    st.caption(f"{text}. Drag a box over dots to list them.")


def _listed(items: pd.DataFrame, event: Any, words: str, fit: Fit) -> None:
    """List what is in the box that was dragged, or what was searched for."""
    box, nouns = factor_map.box_of(event.selection.get("brush")), fit.nouns
    if box:
        chosen = factor_map.within(items, box)
        title = f"{len(chosen):,} {nouns.thing if len(chosen) == 1 else nouns.things} in the box"
    elif words.strip():
        chosen = factor_map.only_found(items)
        title = f"{len(chosen):,} with {show.code(words)} in the title"
    else:
        return
    st.subheader(title)
    if chosen.empty:
        st.caption("Nothing here: drag another box, or look for other words.")
        return
    form = {"mean_rating": ".2f", "x": ".2f", "y": ".2f"}
    styled = chosen[["title", "n_ratings", *form]].style.format(
        {name: _formatted(text) for name, text in form.items()}
    )
    st.dataframe(
        styled,
        hide_index=True,
        height=min(LIST_HEIGHT, 38 + 35 * len(chosen)),
        column_config={
            "title": st.column_config.TextColumn("Title", width=260),
            "n_ratings": st.column_config.NumberColumn("Ratings", format="%d", width=80),
            "mean_rating": st.column_config.NumberColumn("Mean", width=80),
            "x": st.column_config.NumberColumn("Right", width=80),
            "y": st.column_config.NumberColumn("Up", width=80),
        },
    )


def _formatted(form: str) -> Any:
    return lambda value: figure(value, form)


def ends(run: Run, fit: Fit, key: tuple | None) -> None:
    """Show what is at either end of an axis, and which genres are."""
    shares, nouns = cache.of_run(factor_map.axis_shares, run), fit.nouns
    numbers = [str(k + 1) for k in shares["factor"].tolist()]
    axis = _axis("axis", numbers, numbers[0], width=160)
    factor = numbers.index(axis)
    left, right = st.columns(2, gap="large")
    frame = cache.of_run(factor_map.axis_ends, run, factor)
    show.chart(
        charts.ends_chart(frame, nouns, f"Axis {axis}"),
        f"The {nouns.things} at both ends of axis {axis}, with 90% intervals",
        left,
    )
    with right:
        if key is None or not cache.of_run_and_ratings(genres.has_genres, run, key):
            why = "These ratings come with no genres" if key else (
                "This run learnt from other ratings than those chosen in the sidebar, so genres "
                "are not known here"
            )  # fmt: skip
            st.info(f"{why}: read the titles, and say what they share.", icon=":material/label:")
            return
        loadings = cache.of_run_and_ratings(genres.genre_loadings, run, key, factor)
        if not loadings.empty:
            show.chart(
                charts.genres_chart(loadings, f"Axis {axis}"),
                f"How far along axis {axis} genres are from all others, with 90% intervals",
            )
        told = fit.config.side_info in ("item", "both")
        show.lesson(lessons.genres_tell(loadings, factor + 1, told))


def neighbours(run: Run, fit: Fit) -> Any:
    """Show what is most like one item, which is to choose, and return its identifier."""
    item_id = _item(run, fit)
    nearest = cache.of_run(pmf.similar_items, run, item_id, N_NEIGHBOURS)
    if not nearest.empty:
        frame = factor_map.with_counts(fit, nearest)
        show.chart(
            charts.neighbours_chart(frame, fit.nouns),
            f"The {len(nearest)} {fit.nouns.things} most like the chosen one, with 90% intervals",
        )
    show.lesson(lessons.neighbours_are_sure(nearest, fit.nouns, fit.is_point_estimate))
    return item_id


def _item(run: Run, fit: Fit) -> Any:
    """Let the visitor choose an item of a run and return the raw identifier."""
    items = cache.of_run(factor_map.popular_items, run)
    ids = {str(item_id): item_id for item_id in items["item_id"].tolist()}
    titles = dict(zip(ids, items["title"].tolist(), strict=True))
    options, wanted = list(ids)[: ranked.MAX_OPTIONS], settings.value("item")
    if wanted in ids and wanted not in options:
        options.append(wanted)
    if wanted and wanted not in ids:
        st.caption(f"{show.code(wanted)} is not in this run; here is what is rated most.")
    chosen = settings.choice(
        "item", options, options[0], format_func=titles.get, help=settings.SETTINGS["item"].help
    )
    return ids[chosen]


def true_tastes(run: Run, fit: Fit, key: tuple) -> None:
    """Lay the true tastes of a named world over what was learnt."""
    found = cache.of_run_and_ratings(tastes.tastes_found, run, key)
    left, right = st.columns(2, gap="large")
    show.chart(
        charts.tastes_chart(found, fit.nouns),
        "Correlation of each true taste with what was learnt of it",
        left,
    )
    with right:
        taste = settings.choice("taste", found["taste"].tolist(), found["taste"].tolist()[0])
        rows = cache.of_run_and_ratings(tastes.one_taste, run, key, taste)
        show.chart(
            charts.true_against_learnt(rows, fit.nouns, taste),
            f"True {taste} of all {fit.nouns.things} and users against what was learnt",
        )
    show.lesson(lessons.tastes_are_found(found, fit.config.n_factors, fit.nouns))
