"""A class as one HTML page that opens offline: what it gave, how the model did, who is where.

Members are numbers, as in the table of ratings: no nickname is in it.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

import numpy as np

from pmf_core.charts import classes as charts
from pmf_core.classroom.game import BAND, course, rating_shares, standing, training_shares
from pmf_core.classroom.joined import Change
from pmf_core.classroom.people import films_on_the_map, on_the_map, rated_by, with_labels
from pmf_core.classroom.records import Answer, Room
from pmf_core.classroom.sentences import class_gains, honesty, knows_more
from pmf_core.documents.page import page
from pmf_core.documents.section import Drawn, Section, Table
from pmf_core.evaluation.lessons_of_people import alike_is_unsure
from pmf_core.fits.fit import Fit
from pmf_core.prediction.portrait import Portrait, portrait
from pmf_core.prediction.several import BY, alike, together
from pmf_core.support.numbers import figure, percent


def report(
    room: Room,
    answers: Sequence[Answer],
    fit: Fit,
    name: str,
    change: Change | None = None,
    lines: str = "",
) -> str:
    """Return what became of a class as an HTML page.

    Parameters
    ----------
    room : Room
    answers : sequence of Answer
        Of the room.
    fit : Fit
        The run that played against the class.
    name : str
        What that run is called.
    change : Change, optional
        What the class changed, once a fit has learnt from it.
    lines : str
        Of a program that makes the run again.

    Raises
    ------
    ModuleNotFoundError
        If the extra ``report`` is not installed.
    """
    when = datetime.fromtimestamp(room.created, UTC).strftime("%Y-%m-%d %H:%M")
    lead = f"Against {name} · {fit.attrs['dataset']} · opened {when} UTC"
    return page("A class", lead, sections(room, answers, fit, change, lines))


def sections(
    room: Room,
    answers: Sequence[Answer],
    fit: Fit,
    change: Change | None = None,
    lines: str = "",
) -> list[Section]:
    """Return all that the report of a class says, in its order; see `report`."""
    rated = rated_by(answers)
    people = {
        f"Member {number}": portrait(fit, rated[member], member)
        for number, member in enumerate(rated, start=1)
    }
    found = [in_short(room, answers, fit)]
    if rated:
        found += [given(answers, fit), where(fit, people), watched(fit, people, answers)]
    if change is not None:
        found.append(changed(change, fit))
    if lines:
        found.append(Section("How to repeat the run", lines=lines))
    return found


def in_short(room: Room, answers: Sequence[Answer], fit: Fit) -> Section:
    """Return how the game ended."""
    base = training_shares(fit)
    now = standing(answers, room.levels, base)
    said = [honesty(now), knows_more(now)] if now.n else [honesty(now)]
    shares = rating_shares(answers, room.levels, base, (charts.CLASS, charts.DATA))
    drawn = [
        Drawn(
            charts.class_histogram(shares, fit.nouns),
            "How often this class gave each rating, beside the users of the data",
            "What the class gave",
        )
    ]
    if now.n:
        drawn.append(
            Drawn(
                charts.game_course(course(answers, room.levels)),
                "Share of the ratings inside, and the band in which an honest model lies",
                "How the model did",
            )
        )
    figures = {"Members who rated": f"{len(rated_by(answers))}", "Ratings": f"{now.n:,}"}
    if now.n:
        figures |= {"Inside": f"{now.inside:,}"}
        figures |= {f"Honest: {percent(BAND)}": f"{now.low:,} – {now.high:,}"}
    return Section("In short", tuple(said), figures=figures, charts=tuple(drawn))


def given(answers: Sequence[Answer], fit: Fit) -> Section:
    """Return what the class thinks of each item, beside the users of the data."""
    train, by_item = fit.split.train, {}
    for each in answers:
        if each.rating is not None:
            by_item.setdefault(each.item_idx, []).append(each.rating)
    total = np.bincount(train.item_idx, train.rating, train.n_items)
    count = np.bincount(train.item_idx, minlength=train.n_items)
    ordered = sorted(by_item.items(), key=lambda each: -np.mean(each[1]))
    rows = [
        (
            str(train.titles[item]),
            f"{len(ratings)}",
            figure(float(np.mean(ratings)), ".2f"),
            figure(float(total[item] / count[item]) if count[item] else np.nan, ".2f"),
        )
        for item, ratings in ordered
    ]
    titles = (fit.nouns.thing.capitalize(), "Ratings", "Mean here", "Mean of the data")
    table = Table(titles, tuple(rows), f"What was rated, best first, in {fit.nouns.unit}")
    return Section(f"The {fit.nouns.things}", tables=(table,))


def where(fit: Fit, people: Mapping[str, Portrait]) -> Section:
    """Return who is where, and who is like whom."""
    found, drawn = alike(fit, people), ()
    if fit.config.n_factors > 1:
        items = films_on_the_map(fit)
        members, outlines = on_the_map(fit, people)
        members = with_labels(members, outlines, items)
        what = f"Members among {len(items)} {fit.nouns.things}, along the first two axes"
        axes = ("Axis 1", "Axis 2")
        drawn = (Drawn(charts.class_map(items, members, outlines, fit.nouns, axes), what),)
    rows = [
        (
            each["name"],
            each["like"],
            figure(each["similarity"], ".2f"),
            f"{figure(each['lower'], '.1f')} – {figure(each['upper'], '.1f')}",
        )
        for each in found.to_dict("records")
    ]
    table = Table(("Who", "Most like", "Similarity", "90%"), tuple(rows), "Who is like whom")
    said = (alike_is_unsure(found),) if rows else ()
    return Section("Who is where", said, charts=drawn, tables=(table,) if rows else ())


def watched(fit: Fit, people: Mapping[str, Portrait], answers: Sequence[Answer]) -> Section:
    """Return what all might like together, by each way to choose."""
    seen = {each.item_idx for each in answers if each.rating is not None}
    tables = []
    for words, by in BY.items():
        rows = [
            (
                str(each["title"]),
                figure(each["mean"], ".2f"),
                figure(each["misery"], ".2f"),
                percent(each["fine"]),
            )
            for each in together(fit, people, seen, by).to_dict("records")
        ]
        titles = (fit.nouns.thing.capitalize(), "Mean", "Least happy", "Nobody minds")
        tables.append(Table(titles, tuple(rows), f"Ranked by: {words.lower()}"))
    return Section("What to watch together", tables=tuple(tables))


def changed(change: Change, fit: Fit) -> Section:
    """Return what a fit has learnt from the class."""
    some, nouns = change.moved_most(), fit.nouns
    what = f"The {len(some)} {nouns.things} that moved most with the class in the data"
    figures = {}
    if change.n_heldout:
        figures = {
            "RMSE for the class, before": figure(change.rmse_before, ".3f"),
            "RMSE for the class, after": figure(change.rmse_after, ".3f"),
        }
    return Section(
        "With the class in the data",
        (class_gains(change, nouns),),
        figures=figures,
        charts=(Drawn(charts.moved_films(some, nouns), what),),
    )
