"""A report in a browser that has no network: whole, legible, its charts alive, nothing obeyed."""

from dataclasses import replace

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe

import pmf_core as pmf
from tests.browser.charts import faults, measure
from tests.browser.test_access import BACKGROUND

pytestmark = [pytest.mark.browser, pytest.mark.slow]

HOSTILE = "</script><script>parent.hit=1</script><img src=http://evil.example onerror=hit=1>"


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """A report of a run whose ratings, name and titles are hostile."""
    ratings, _ = pmf.simulate_ratings(100, 80, 1600, 3, 2.0, 0)
    titles = np.array([f"{HOSTILE} {n}" for n in range(80)], object)
    split = pmf.split_ratings(replace(ratings, titles=titles, name=HOSTILE), 0.1, 0)
    config = pmf.PMFConfig(3, prior="hierarchical", biases=True, alpha=None)
    fit = pmf.sample_gibbs(split, config, draws=60, tune=30, chains=3)
    fit.idata.attrs |= {
        "name": HOSTILE,
        "note": HOSTILE,
        "left_out": HOSTILE,
        "source": f"pmf.x({HOSTILE!r})",
    }
    return pmf.write_report(fit, tmp_path_factory.mktemp("report") / "run.html")


@pytest.fixture
def opened(chromium, written):
    """Call it with a width and a scheme for a page of the report; every request is a failure."""
    contexts, asked = [], []

    def open_it(width, scheme, path=written):
        context = chromium.new_context(
            viewport={"width": width, "height": 900}, color_scheme=scheme, offline=True
        )
        contexts.append(context)
        page = context.new_page()
        page.on("request", lambda request: asked.append(request.url))
        page.on("pageerror", lambda error: asked.append(str(error)))
        page.goto(path.as_uri())
        page.wait_for_function("document.documentElement.dataset.drawn")
        return page

    yield open_it
    for each in contexts:
        each.close()
    assert set(asked) <= {written.as_uri()}, asked


@pytest.mark.parametrize("width", [400, pytest.param(1280, marks=pytest.mark.prove)])
def test_it_is_legible_light_and_dark_and_asks_nothing_of_any_host(opened, width):
    page = opened(width, "light")
    n_charts = page.locator(".chart").count()
    assert n_charts > 15
    words = []
    for scheme, background in BACKGROUND.items():
        page.emulate_media(color_scheme=scheme)
        for chart in measure(page, background, n_charts, ".chart"):
            words += [f"{scheme}, {chart['name']}: {each}" for each in faults(chart)]
        for rule in Axe().run(page).response["violations"]:
            if rule["impact"] in ("serious", "critical"):
                words += [f"{rule['id']}: {node['html'][:200]}" for node in rule["nodes"]]
    assert not words, "\n".join(words)
    assert page.evaluate("document.documentElement.scrollWidth") == width


def test_nothing_in_it_is_obeyed(opened):
    page = opened(1280, "light")
    assert page.locator("h1").inner_text() == HOSTILE == page.title()
    assert page.locator("img, a[href^=http], script[src]").count() == 0
    assert page.evaluate("[typeof parent.hit, typeof hit]") == ["undefined"] * 2
    # Were a text to become a program all the same, the page would not let it run.
    page.evaluate("document.body.append(Object.assign(document.createElement('script'), "
                  "{textContent: 'window.hit = 1'}))")  # fmt: skip
    assert page.evaluate("typeof hit") == "undefined"


def test_charts_answer_and_are_saved_as_png_and_svg(opened, tmp_path):
    page = opened(1280, "dark")
    chart = page.locator(".chart").first
    chart.locator("g.mark-rect > path").first.hover()
    page.locator("#vg-tooltip-element.visible").get_by_text("Uniform random").wait_for()
    saved = {}
    chart.get_by_label("Save this chart").click()
    for kind in ("PNG", "SVG"):
        with page.expect_download() as download:
            chart.get_by_text(f"Save as {kind}").click()
        saved[kind] = tmp_path / download.value.suggested_filename
        download.value.save_as(saved[kind])
    assert [path.suffix for path in saved.values()] == [".png", ".svg"]
    assert saved["PNG"].read_bytes().startswith(b"\x89PNG") and len(saved["PNG"].read_bytes()) > 9e3
    assert "Uniform random" in saved["SVG"].read_text() and "#12121c" in saved["SVG"].read_text()
    assert chart.get_by_text("Editor").count() == 0


def test_a_page_that_asks_a_host_is_found_out(chromium, tmp_path):
    path = tmp_path / "asks.html"
    path.write_text("<title>a</title><img src='http://evil.example/a.png'>")
    context = chromium.new_context(offline=True)
    page, asked = context.new_page(), []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(path.as_uri())
    context.close()
    assert asked == [path.as_uri(), "http://evil.example/a.png"]
