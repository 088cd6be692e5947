"""Every chart by its name, and what of it can be looked at."""

import inspect

import altair as alt

from pmf_core.charts import checks, draws, fits, own, people, ratings, scores, settings, trail
from pmf_core.data.nouns import Nouns

JOKES = Nouns("joke", "jokes", "points")
CHARTS = {
    name: function
    for module in (ratings, fits, scores, checks, draws, trail, settings, own, people)
    for name, function in inspect.getmembers(module, inspect.isfunction)
    if function.__module__ == module.__name__ and not name.startswith("_")
}


def picture(drawn, name):
    frame, rest, columns = drawn[name]
    chart = CHARTS[name](frame, *rest)
    spec = (alt.hconcat(*chart) if isinstance(chart, list) else chart).to_dict()
    return spec, [row for rows in spec["datasets"].values() for row in rows], columns.split()


def channels(part):
    for key, value in part.items() if isinstance(part, dict) else enumerate(part):
        if key == "encoding":
            yield from value.items()
        elif isinstance(value, dict | list):
            yield from channels(value)
