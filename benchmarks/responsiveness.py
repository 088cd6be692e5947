"""How soon the dashboard answers while it samples, as seen in a real browser.

On MovieLens 100K, at the PyMC example's setting: the seconds from a click on *Sample* to the first
live figures, then, while those four chains run, from a click to its consequence on the screen
(*Learn α* switched on: its slider is disabled; a page opened: its title is there), from *Cancel* to
the page saying so, and the server's memory. Prints JSON. Run with
``.venv/bin/python -m benchmarks.responsiveness``.
"""

import json
import re
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Locator, Page, expect, sync_playwright

from tests.browser.harness import HOW_TO_GET_ONE, assert_sound, launch, serve_app

VISITS = 5
CLICKS = 4
"""Of each kind, during one fit."""
LENGTH = "draws=2000&tune=2000"
"""Longer than the example's, so that it is still running at the last click."""


def main() -> None:
    """Visit, and print the median of each measurement with all its values."""
    with sync_playwright() as playwright:
        browser = launch(playwright)
        if browser is None:
            sys.exit(HOW_TO_GET_ONE)
        found: dict[str, list[float]] = {}
        with tempfile.TemporaryDirectory() as home, serve_app(Path(home)) as url:
            for _ in range(VISITS):
                page = browser.new_context(viewport={"width": 1280, "height": 1000}).new_page()
                visit(page, url, lambda name, value: found.setdefault(name, []).append(value))
                page.context.close()
    for name, values in found.items():
        row = {"what": name, "median": statistics.median(values), "values": values}
        print(json.dumps(row), flush=True)


def visit(page: Page, url: str, note: Callable[[str, float], None]) -> None:
    """Start a fit, click about while it runs, cancel it."""
    page.goto(f"{url}/fit?{LENGTH}")
    assert_sound(page)
    mean = page.get_by_test_id("stMetric").filter(has_text=re.compile("one draw|mean so far"))
    note("first live figures, s", seconds(page.locator(".st-key-sample button"), mean.first))
    expect(mean.first).to_contain_text("mean so far", timeout=120_000)  # it has tuned
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
