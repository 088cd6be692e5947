"""Sections as one HTML page that opens offline, light or dark as the reader's screen is.

Nothing is fetched: style, the programs that draw and all numbers are in the page. A policy within
it forbids every request, and every program but those two whose digests it names, so that a text
that came through all the same could do nothing.
"""

from base64 import b64encode
from collections.abc import Sequence
from functools import cache
from hashlib import sha256
from importlib import resources
from importlib.util import find_spec
from itertools import count

from pmf_core.documents.charts import is_too_large, spec
from pmf_core.documents.markup import data, markdown, plain
from pmf_core.documents.section import Drawn, Section, Table

VEGA_LITE = "6.4"
"""Version of the language of charts that the programs in a page read; Altair 6 writes it."""


def is_available() -> bool:
    """Return whether pages can be made: whether the extra ``report`` is installed."""
    return find_spec("vl_convert") is not None


def page(title: str, lead: str, sections: Sequence[Section]) -> str:
    """Return a whole HTML page.

    Parameters
    ----------
    title, lead : str
        What it is called, and a line below it; plain.
    sections : sequence of Section

    Raises
    ------
    ModuleNotFoundError
        If the extra ``report`` is not installed.
    """
    numbers = count(1)
    body = "\n".join(_section(each, numbers) for each in sections)
    programs = _vega(), _read("page.js")
    scripts = "\n".join(f"<script>{each}</script>" for each in programs)
    allowed = " ".join(f"'sha256-{_digest(each)}'" for each in programs)
    # Vega turns what a chart computes into a function, which is what unsafe-eval allows.
    policy = (
        f"default-src 'none'; script-src {allowed} 'unsafe-eval'; style-src 'unsafe-inline'; "
        "img-src data: blob:; base-uri 'none'; form-action 'none'"
    )
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{plain(title)}</title>
<style>{_read("page.css")}</style>
</head>
<body>
<main>
<header><h1>{plain(title)}</h1>
<p>{plain(lead)}</p>
<noscript><p class="note">The charts need JavaScript.</p></noscript></header>
{body}
</main>
{scripts}
</body>
</html>
"""


def _section(section: Section, numbers: "count[int]") -> str:
    parts = [f"<h2>{plain(section.title)}</h2>"]
    if section.figures:
        tiles = "".join(
            f"<div><dt>{plain(label)}</dt><dd>{plain(text)}</dd></div>"
            for label, text in section.figures.items()
        )
        parts.append(f'<dl class="figures">{tiles}</dl>')
    parts += [f"<p>{markdown(each)}</p>" for each in section.said]
    parts += [f'<p class="note">{plain(each)}</p>' for each in section.notes]
    if section.charts:
        drawn = "\n".join(_chart(each, next(numbers)) for each in section.charts)
        parts.append(f'<div class="charts">\n{drawn}\n</div>')
    parts += [_table(each) for each in section.tables]
    if section.lines:
        parts.append(f"<pre><code>{plain(section.lines)}</code></pre>")
    return "<section>\n" + "\n".join(parts) + "\n</section>"


def _chart(drawn: Drawn, number: int) -> str:
    found = spec(drawn.chart, drawn.alt_text)
    heading = f"<h3>{plain(drawn.title)}</h3>" if drawn.title else ""
    said = f"<figcaption>{markdown(drawn.said)}</figcaption>" if drawn.said else ""
    if is_too_large(found):
        picture = '<p class="note">This chart is too large for a report; the dashboard has it.</p>'
    else:
        picture = (
            f'<div class="chart" data-name="chart-{number}"></div>'
            f'<script type="application/json">{data(found)}</script>'
        )
    return f"<figure>{heading}{picture}{said}</figure>"


def _table(table: Table) -> str:
    head = "".join(f'<th scope="col">{plain(each)}</th>' for each in table.titles)
    rows = "\n".join(
        "<tr>" + "".join(f"<td>{plain(each)}</td>" for each in row) + "</tr>" for row in table.rows
    )
    caption = f"<caption>{plain(table.caption)}</caption>" if table.caption else ""
    # What scrolls is reached by the keys of a keyboard.
    name = plain(table.caption or ", ".join(table.titles))
    return (
        f'<div class="table" tabindex="0" role="region" aria-label="{name}"><table>{caption}'
        f"<thead><tr>{head}</tr></thead>\n<tbody>{rows}</tbody></table></div>"
    )


@cache
def _read(name: str) -> str:
    return resources.files(__package__).joinpath(name).read_text(encoding="utf-8")


@cache
def _vega() -> str:
    """Return Vega, Vega-Lite and what puts them into a page, as one program."""
    try:
        import vl_convert
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError(
            "a report holds the programs that draw its charts, and vl-convert-python, which has "
            "them, is not installed; install it with `pip install vl-convert-python`, or the extra "
            "`report` of this package",
            name="vl_convert",
        ) from error
    return vl_convert.javascript_bundle(vl_version=VEGA_LITE).replace("</script", r"<\/script")


def _digest(program: str) -> str:
    return b64encode(sha256(program.encode()).digest()).decode()
