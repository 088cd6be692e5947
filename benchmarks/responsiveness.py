"""How soon the dashboard answers, as seen in a real browser.

On MovieLens 100K, of the PyMC example's model: the seconds from a key that changes D or alpha to
the figures of the new MAP, which are those of `fit_map`; from a click on *Sample* to the first live
figures; of a longer fit, while its four chains run, from a click to its consequence on the screen
(*Learn α* switched on: its slider is disabled; a page opened: its title is there), from *Cancel* to
the page saying so; and, on *You*, from a rating to the list that follows of it, beside a run of
bpmf of which 200 draws are kept. Prints JSON. Run with
``.venv/bin/python -m benchmarks.responsiveness``.
"""

import json
import re
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from playwright.sync_api import Locator, Page, expect, sync_playwright

import pmf_core as pmf
from pmf_core.runs.store import RunStore
from tests.browser.harness import HOW_TO_GET_ONE, assert_sound, launch, serve_app, settle

VISITS = 5
CLICKS = 4
"""Of each kind, during one fit."""
CHANGES = 20
"""Of D and of alpha, fits begun, and ratings on *You*, one after the other."""
LENGTH = "draws=2000&tune=200&n_factors=30"
"""Of more factors than the example, so that it is still running at the last click."""


def main() -> None:
    """Visit, and print the median of each measurement with all its values."""
    with sync_playwright() as playwright:
        browser = launch(playwright)
        if browser is None:
            sys.exit(HOW_TO_GET_ONE)
        found: dict[str, list[float]] = {}
        with tempfile.TemporaryDirectory() as home, serve_app(Path(home)) as url:
            run_id = sampled(Path(home))

            def note(name: str, value: float) -> None:
                found.setdefault(name, []).append(value)

            visits = [
                partial(change, "n_factors", "Factors D", range(2, 3 + CHANGES)),
                partial(change, "alpha", "Noise precision α", [2 + k / 10 for k in range(21)]),
                begin,
                partial(rate, run_id),
                *[visit] * VISITS,
            ]
            for measure in visits:
                page = browser.new_context(viewport={"width": 1280, "height": 1000}).new_page()
                measure(page, url, note)
                page.context.close()
    for name, values in found.items():
        row = {"what": name, "median": statistics.median(values), "values": values}
        print(json.dumps(row), flush=True)


def sampled(home: Path) -> str:
    """Store a run of bpmf in the server's folder, and return its identifier."""
    split = pmf.split_ratings(pmf.load_movielens(), 0.1, 0)
    fit = pmf.sample_gibbs(split, pmf.PRESETS["bpmf"], draws=50, tune=100, keep=200)
    return RunStore(home / "runs").add(fit, "of the benchmark").id


def change(
    setting: str,
    label: str,
    values: Sequence[float],
    page: Page,
    url: str,
    note: Callable[[str, float], None],
) -> None:
    """Press a key on the slider of a setting, again and again, from its first value to its last."""
    split = pmf.split_ratings(pmf.load_movielens(), 0.1, 0)
    page.goto(f"{url}/fit?{setting}={values[0]}")
    assert_sound(page)
    shown = page.get_by_test_id("stMetric").filter(has_text="MAP test RMSE")
    shown = shown.get_by_test_id("stMetricValue")
    slider = page.get_by_role("slider", name=label)
    for value in values[1:]:
        config = replace(pmf.PMFConfig(), **{setting: value})
        rmse = f"{pmf.fit_map(split, config).summary()['test_rmse']:.4f}"
        is_seen = shown.inner_text() != rmse
        slider.focus()
        started = time.perf_counter()
        page.keyboard.press("ArrowRight")
        expect(shown).to_have_text(rmse)
        if is_seen:
            note(f"{label} changed, to the new MAP, s", round(time.perf_counter() - started, 3))
        settle(page)
        page.wait_for_timeout(500)


def begin(page: Page, url: str, note: Callable[[str, float], None]) -> None:
    """Sample with one seed after the other, each time until the first figures are there."""
    for seed in range(CHANGES):
        page.goto(f"{url}/fit?seed={seed}")
        assert_sound(page)
        button = page.locator(".st-key-sample button")
        note("Sample, to the first live figures, s", seconds(button, live_figures(page)))
        page.get_by_role("button", name=re.compile("Cancel")).first.click()
        expect(page.get_by_text(re.compile("stopped after|kept as a partial run"))).to_be_visible()


def live_figures(page: Page) -> Locator:
    """Return the figure of a fit that is on its way."""
    words = re.compile("one draw|mean so far")
    return page.get_by_test_id("stMetric").filter(has_text=words).first


def rate(run_id: str, page: Page, url: str, note: Callable[[str, float], None]) -> None:
    """Rate what is asked for, again and again, and wait for the list that is another."""
    page.goto(f"{url}/recommend?run={run_id}")
    assert_sound(page)
    rated = page.get_by_test_id("stMetric").filter(has_text="Rated").first
    for count in range(1, 1 + CHANGES):
        stars = page.get_by_test_id("stFeedback").first.get_by_role("radio")
        chart = page.get_by_test_id("stVegaLiteChart").first
        before = chart.inner_html()  # its intervals, too: the same films can stay in the same order
        started = time.perf_counter()
        stars.nth(count % 5).click()
        expect(rated.get_by_test_id("stMetricValue")).to_have_text(str(count))
        expect(chart).not_to_have_js_property("innerHTML", before)
        note("a rating, to the list, s", round(time.perf_counter() - started, 3))
        settle(page)
        page.wait_for_timeout(500)


def visit(page: Page, url: str, note: Callable[[str, float], None]) -> None:
    """Start a fit, click about while it runs, cancel it."""
    page.goto(f"{url}/fit?{LENGTH}")
    assert_sound(page)
    page.locator(".st-key-sample button").click()
    expect(live_figures(page)).to_contain_text("mean so far", timeout=120_000)  # it has tuned
    switch = page.get_by_test_id("stMain").get_by_text("Learn α")
    slider = page.get_by_role("slider", name="Noise precision α")
    for _ in range(CLICKS):
        is_on = slider.is_disabled()
        started = time.perf_counter()
        switch.click()
        (expect(slider).to_be_enabled if is_on else expect(slider).to_be_disabled)()
        note("a switch on the fit page, s", round(time.perf_counter() - started, 3))
        page.wait_for_timeout(1500)
    for _ in range(CLICKS):
        for name in ("Explore", "Fit"):
            link = page.get_by_test_id("stSidebar").get_by_role("link", name=name, exact=True)
            title = page.get_by_role("heading", level=1, name=name)
            note(f"opening {name}, s", seconds(link, title))
            page.wait_for_timeout(1500)
    cancel = page.get_by_role("button", name=re.compile("Cancel")).first
    note("cancel, s", seconds(cancel, page.get_by_text(re.compile("stopped; keeping|cancelled"))))
    expect(page.get_by_text("kept as a partial run")).to_be_visible(timeout=20_000)


def seconds(click: Locator, then: Locator) -> float:
    """Return the seconds from a click to something being on the page."""
    started = time.perf_counter()
    click.click()
    then.first.wait_for()
    return round(time.perf_counter() - started, 3)


if __name__ == "__main__":
    main()
