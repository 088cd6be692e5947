"""Names, titles and errors are shown as they are written, never obeyed; errors have an id."""

import logging
import re

import pytest

import pmf_core as pmf
from pages.shell import cache, errors, show, tables
from pmf_core.fits.budget import Limits
from pmf_core.runs.request import FitRequest
from pmf_core.runs.store import RunStore
from tests.support.visits import APP, upload, visit

MARKUP = "![x](http://evil.example/p.png) [a](javascript:alert(1)) <img src=//evil.example> :a: $b$"

OBEYED = re.compile(r"(?<!\\)(!\[|\]\(|<img|\$)|(https?|javascript):|(?<!\\):a")
"""What Markdown would make a picture, a link, an element, a formula or an icon of."""


def bodies(app):
    """Yield every Markdown text of a page, its help included."""
    kinds = ("markdown", "caption", "info", "warning", "error", "success", "title", "header")
    for kind in kinds:
        for element in getattr(app, kind):
            yield element.value
            yield getattr(element.proto, "help", "")
    for metric in app.metric:
        yield from (metric.label, metric.value, metric.proto.help)


def test_markup_is_escaped():
    shown = show.plain(MARKUP)
    assert not OBEYED.search(shown) and OBEYED.search(MARKUP)
    assert show.plain("AT&amp;T\n\n# big") == r"AT\&amp;T  \# big"
    assert show.code("a`b\n`c") == "`a b c`" and show.code("") == "` `"
    assert len(show.code("x" * 500)) == 83


SLOW = pytest.mark.slow


@pytest.mark.parametrize(
    "page",
    ["explore", "compare", "recommend"]
    + [pytest.param(page, marks=SLOW) for page in ("fit", "diagnose")],
)
def test_no_page_obeys_what_a_table_or_a_run_is_called(home, page):
    pairs = [(user, item) for user in range(12) for item in range(9) if (user + item) % 4]
    rows = "\n".join(f"u{u},{i},{1 + (u * i) % 5},{MARKUP} {i}" for u, i in pairs)
    content = f"user,item,rating,title\n{rows}".encode()
    name = tables.keep(f"{MARKUP}.csv", content, {}, Limits())
    ratings = cache.ratings(("table", name))[0]
    sampled = pmf.sample_gibbs(pmf.split_ratings(ratings, 0.1, 0), draws=6, tune=4, chains=1)
    run = RunStore(home / "runs").add(sampled, MARKUP)
    (home / "runs" / "[a](http:evil.example).nc").write_bytes(b"no netCDF")
    app = visit(page, data="My file", table=name, run=run.id)
    assert not app.exception
    found = [text for text in bodies(app) if "evil" in text]
    assert found or page == "diagnose"
    for text in found:
        assert not OBEYED.search(text.replace("`[a](http:evil.example).nc`", "")), text


def test_no_preview_obeys_what_a_file_says(home):
    head = f'user,item,rating,"title {MARKUP}"'
    rows = "".join(f"\nu{k % 5},i{k % 7},{k % 9},{MARKUP} {k % 7}" for k in range(35))
    app = upload(visit("explore", data="My file"), f"{MARKUP}.csv", head + rows, use=False)
    app.text_input(key="preview-missing").set_value(MARKUP).run()
    assert not app.exception
    shown = [text for text in bodies(app) if "evil" in text]
    shown += [box.label for box in app.checkbox] + [box.help for box in app.checkbox]
    assert shown
    for text in shown:
        assert not OBEYED.search(text), text


def test_what_a_failed_job_says_is_escaped(home, split):
    queue = cache.queue()
    queue.max_running = 0
    job = queue.submit(f"name {MARKUP}", FitRequest("gibbs", split))
    job.state, job.error = "failed", f"why {MARKUP}"
    found = [text for text in bodies(visit("fit", job=job.id)) if "evil" in text]
    assert len(found) >= 3  # in the sidebar, its help, and on the page
    assert not any(map(OBEYED.search, found))


def raised_by_the_core():
    pmf.PMFConfig(n_factors=-1)


def test_a_refusal_of_the_core_is_text_and_a_mistake_of_ours_is_not(monkeypatch):
    shown = []
    monkeypatch.setattr(errors.st, "error", lambda text, **_: shown.append(text))
    with errors.told():
        raised_by_the_core()
    assert "n\\_factors is -1; it must be" in shown[0]
    with errors.told():
        raise MemoryError
    assert "more memory than the server has" in shown[1]
    with pytest.raises(ValueError, match="ours"), errors.told():
        raise ValueError("ours")
    with pytest.raises(KeyError), errors.told():
        raise KeyError("core")


def test_a_mistake_has_an_id_that_is_in_the_log(monkeypatch, caplog):
    shown = []
    monkeypatch.setattr(errors.st, "error", lambda text, **_: shown.append(text))
    with caplog.at_level(logging.ERROR):
        for _ in range(2):
            try:
                raise KeyError("secret")
            except KeyError as error:
                assert errors.on_script_error(error) is True
    first, second = (text.split("error `")[1].split("`")[0] for text in shown)
    assert first != second and len(first) == 8
    assert f"error {first}: KeyError in" in caplog.text and f"error {second}" in caplog.text
    assert "secret" not in "".join(shown)


def test_visitors_read_no_details_of_an_error():
    config = (APP.parent / ".streamlit" / "config.toml").read_text()
    assert 'showErrorDetails = "none"' in config and 'address = "localhost"' in config
