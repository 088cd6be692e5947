"""How long a first visitor waits for the first page, once the server is up.

Each of five visits has a server and a browser context of its own, so nothing is warm but the
operating system's file cache. Prints JSON. Run with ``.venv/bin/python -m benchmarks.first_paint``.
"""

import json
import statistics
import sys
import tempfile
import time
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from tests.browser.harness import HOW_TO_GET_ONE, launch, serve_app

VISITS = 5


def main() -> None:
    """Visit, and print the seconds to the title and to the end of the script."""
    with sync_playwright() as playwright:
        browser = launch(playwright)
        if browser is None:
            sys.exit(HOW_TO_GET_ONE)
        visits = [visit(browser) for _ in range(VISITS)]
    painted, finished = ([row[i] for row in visits] for i in range(2))
    result = {"median_first_paint_s": statistics.median(painted), "first_paint_s": painted}
    result |= {"median_finished_s": statistics.median(finished), "finished_s": finished}
    print(json.dumps(result))


def visit(browser: Browser) -> tuple[float, float]:
    """Return the seconds from asking for the page to its title, and to the end of its script."""
    with tempfile.TemporaryDirectory() as home, serve_app(Path(home)) as url:
        page = browser.new_context().new_page()
        started = time.perf_counter()
        page.goto(url, wait_until="commit")
        page.get_by_role("heading", level=1).first.wait_for()
        painted = time.perf_counter() - started
        page.locator('[data-test-script-state="notRunning"]').wait_for()
        finished = time.perf_counter() - started
        page.context.close()
    return painted, finished


if __name__ == "__main__":
    main()
