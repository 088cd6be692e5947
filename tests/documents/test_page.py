"""Pages of sections: what comes from data is shown as it is, and nothing is fetched or obeyed."""

import json
import re
import sys
from base64 import b64encode
from hashlib import sha256
from html.parser import HTMLParser

import altair as alt
import numpy as np
import pandas as pd
import pytest

from pmf_core.documents import charts, markup, page
from pmf_core.documents.section import Drawn, Section, Table

HOSTILE = "</script><img src=//evil.example onerror='x(1)'> **b** [a](javascript:1) & \" '"
OURS = {
    *("html", "head", "meta", "title", "style", "body", "main", "header", "noscript", "section"),
    *("h1", "h2", "h3", "p", "strong", "em", "code", "pre", "dl", "dt", "dd", "div", "figure"),
    *("figcaption", "table", "caption", "thead", "tbody", "tr", "th", "td", "script"),
}


class Read(HTMLParser):
    """What a browser makes of a page: elements, their attributes, texts and programs."""

    def __init__(self, html):
        super().__init__(convert_charrefs=True)
        self.elements, self.texts, self.programs = [], [], []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, text):
        inside = self.elements[-1][0] if self.elements else ""
        (self.programs if inside == "script" and text.strip() else self.texts).append(text)


@pytest.fixture(autouse=True)
def _quick(monkeypatch):
    """Leave the programs that draw out, which take a second to put together."""
    monkeypatch.setattr(page, "_vega", lambda: "draw();")


def points(n=3, height=100):
    frame = pd.DataFrame({"x": np.arange(n, dtype=float), "title": HOSTILE})
    return alt.Chart(frame, height=height).mark_point().encode(x="x:Q", tooltip="title:N")


def hostile():
    """Return a page that is hostile wherever a text is plain."""
    drawn = Drawn(points(), HOSTILE, HOSTILE, "It is *so*, **here** and `there`.")
    table = Table((HOSTILE, "b"), ((HOSTILE, "1"), ("2", HOSTILE)), HOSTILE)
    section = Section(
        HOSTILE, ("It is *so*.",), (HOSTILE,), {HOSTILE: HOSTILE}, (drawn,), (table,), HOSTILE
    )
    return page.page(HOSTILE, HOSTILE, [section])


def foreign(html):
    """Return the elements and attributes of a page that only data could have brought."""
    found = Read(html).elements
    harmless = {"lang", "charset", "name", "content", "http-equiv", "class", "type", "scope"}
    harmless |= {"data-name", "tabindex", "role", "aria-label"}
    return [
        (tag, name)
        for tag, attrs in found
        for name in (attrs or {"class": ""})
        if tag not in OURS or name not in harmless
    ]


def test_plain_texts_stay_texts_wherever_they_stand():
    read = Read(hostile())
    assert foreign(hostile()) == []
    assert "".join(read.texts).count(HOSTILE) == 13  # title twice, lead, ... each as it is
    assert [text for text in read.texts if text in ("so", "here", "there")] == [
        "so", "so", "here", "there"
    ]  # fmt: skip
    assert len(read.programs) == 3  # a chart's numbers, and the two programs


def test_a_text_that_is_not_made_plain_is_noticed(monkeypatch):
    monkeypatch.setattr(page, "plain", str)
    assert ("img", "src") in foreign(hostile())


def test_a_sentence_has_three_marks_and_no_more():
    html = markup.markdown("*a* **b** `c` [d](http://e) <b>f</b> ![g](h)")
    start = "<em>a</em> <strong>b</strong> <code>c</code> "
    assert html == start + "[d](http://e) &lt;b&gt;f&lt;/b&gt; ![g](h)"
    assert markup.markdown("2 * 3 is 6") == "2 * 3 is 6"


def test_data_stand_in_a_script_whatever_they_hold():
    value = {"a": [HOSTILE, "<!--", "\u2028", 1.5, None]}
    text = markup.data(value)
    assert not re.search("[<>&]", text) and json.loads(text) == value
    with pytest.raises(ValueError):
        markup.data(float("nan"))


def test_a_page_allows_its_own_two_programs_alone():
    read = Read(hostile())
    [policy] = [a["content"] for _, a in read.elements if a.get("http-equiv")]
    programs = [text for text in read.programs if not text.startswith("{")]
    digests = [b64encode(sha256(text.encode()).digest()).decode() for text in programs]
    assert len(digests) == 2 and policy.startswith("default-src 'none'; ")
    [scripts] = re.findall("script-src ([^;]*);", policy)
    assert scripts.split() == [*(f"'sha256-{each}'" for each in digests), "'unsafe-eval'"]
    assert "http" not in policy and "unsafe-inline" not in scripts


def test_a_chart_holds_its_numbers_whatever_altair_is_set_to():
    frame = pd.DataFrame({"x": np.arange(6000.0), "y": np.nan, "of": HOSTILE})
    base = alt.Chart(frame, height=100)
    layers = base.mark_point().encode(x="x:Q") + base.mark_line().encode(y="y:Q")
    with alt.data_transformers.enable("default", max_rows=5):
        found = charts.spec(layers, "What it shows")
    [rows] = found["datasets"].values()
    assert len(rows) == 6000 and rows[7] == {"x": 7.0, "y": None, "of": HOSTILE}
    assert found["width"] == "container" and found["description"] == "What it shows"
    assert found["config"] == {} and isinstance(layers.data, pd.DataFrame)
    with pytest.raises(ValueError, match="chart is 'HConcatChart'; it must be one plot"):
        charts.spec(base.mark_point() | base.mark_line(), "")


def test_a_chart_that_is_too_large_is_left_out_and_the_page_says_so():
    frame = pd.DataFrame({"x": np.arange(6000.0), "title": HOSTILE})
    large = alt.Chart(frame).mark_point().encode(x="x:Q")
    html = page.page("a", "b", [Section("c", charts=(Drawn(large, "d"), Drawn(points(), "e")))])
    assert html.count('class="chart"') == 1 and len(html) < 30_000
    assert "This chart is too large for a report" in html


def test_who_lacks_the_extra_is_told_what_to_install(monkeypatch):
    monkeypatch.undo()
    monkeypatch.setitem(sys.modules, "vl_convert", None)
    page._vega.cache_clear()
    with pytest.raises(ModuleNotFoundError, match="`pip install vl-convert-python`"):
        page.page("a", "b", [])
    page._vega.cache_clear()


@pytest.mark.slow
def test_the_programs_read_what_this_altair_writes_and_end_no_script(monkeypatch):
    monkeypatch.undo()
    page._vega.cache_clear()
    assert f"v{page.VEGA_LITE}." in alt.SCHEMA_VERSION
    program = page._vega()
    assert "window.vegaEmbed=" in program and len(program) < 1_500_000
    assert not re.search("</script|<!--|<script", program, re.IGNORECASE)
