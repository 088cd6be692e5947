"""Find a Chromium, serve the app as `make app` does, and read what a page shows."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Locator, Page, Playwright, expect

from pmf_core.support.paths import kernels_dir

ROOT = Path(__file__).resolve().parents[2]
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
HOW_TO_GET_ONE = (
    "no Chromium was found; get one with `.venv/bin/playwright install chromium` "
    "(Debian: `apt install chromium`) and run the tests again"
)
ARGS = [
    "--no-sandbox",  # containers often run as root, where Chromium refuses its sandbox
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
STARTUP_SECONDS = 180
PATIENCE_MS = 90_000
"""As cores may be busy with other tests."""
expect.set_options(timeout=PATIENCE_MS)

SETTLE_SECONDS = 180


def find_chromium(playwright: Playwright) -> str | None:
    """Return the path of Playwright's own Chromium, else of the system's, else None."""
    own = playwright.chromium.executable_path
    return own if Path(own).exists() else next(filter(None, map(shutil.which, NAMES)), None)


def launch(playwright: Playwright) -> Browser | None:
    """Start a headless Chromium, or return None where there is none."""
    path = find_chromium(playwright)
    return path and _patient(playwright.chromium.launch(executable_path=path, args=ARGS))


def _patient(browser: Browser) -> Browser:
    """Let clicks and visits of all its pages wait as long as whoever looks for something does."""

    def made[Made: (BrowserContext, Page)](make: Callable[..., Made]) -> Callable[..., Made]:
        def patient(**options: Any) -> Made:
            found = make(**options)
            found.set_default_timeout(PATIENCE_MS)
            return found

        return patient

    browser.new_context, browser.new_page = made(browser.new_context), made(browser.new_page)
    return browser


@contextmanager
def serve_app(home: Path, script: str = "app.py", **environment: str) -> Iterator[str]:
    """Serve a script of Streamlit with its runs and caches under `home`, and yield its address."""
    server, url = start_app(home, script, **environment)
    try:
        yield url
    finally:
        server.terminate()
        try:
            server.wait(timeout=10)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def start_app(
    home: Path, script: str = "app.py", **environment: str
) -> tuple[subprocess.Popen, str]:
    """Start a server of a script, and return it with its address once it answers.

    What it prints is added to ``home / "server.log"``. Kernels that are compiled already are its,
    too: compiling them takes a server a quarter of a minute.
    """
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "streamlit", "run", script, "--server.headless=true"]
    command += ["--server.address=127.0.0.1", f"--server.port={port}"]
    kernels = {"NUMBA_CACHE_DIR": str(kernels_dir())}
    own = {"PMF_HOME": str(home), "PYTHONPATH": str(ROOT)}  # scripts of tests find the app's parts
    environment = os.environ | kernels | own | environment
    with open(home / "server.log", "a") as log:
        server = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=log, stderr=subprocess.STDOUT
        )
    try:
        _wait_until_healthy(server, url, home / "server.log")
    except BaseException:
        server.kill()
        server.wait()
        raise
    return server, url


def _wait_until_healthy(server: subprocess.Popen, url: str, log: Path) -> None:
    deadline = time.monotonic() + STARTUP_SECONDS
    while time.monotonic() < deadline and server.poll() is None:
        try:
            with urllib.request.urlopen(f"{url}/_stcore/health", timeout=2):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.05)
    raise RuntimeError(f"the app did not come up at {url}; it printed:\n{log.read_text()[-3000:]}")


def settle(page: Page) -> None:
    """Wait until the script of the page has run to its end."""
    idle = '[data-testid="stApp"][data-test-script-state="notRunning"]'
    page.locator(idle).wait_for(timeout=1000 * SETTLE_SECONDS)


def turn_to(page: Page, link: Locator) -> str:
    """Follow a link to another page, wait until it is there, and return its title."""
    title = page.get_by_role("heading", level=1).first
    before = title.inner_text()
    link.click()
    # Until the script has begun, what is on the screen is the page before, at rest.
    expect(title).not_to_have_text(before, timeout=1000 * SETTLE_SECONDS)
    assert_sound(page)
    return title.inner_text()


def assert_sound(page: Page) -> None:
    """Fail if the page shows an exception, or no title."""
    # The title first: before it, nothing tells a script that has ended from one not yet begun.
    expect(page.get_by_role("heading", level=1).first).to_be_visible(timeout=1000 * SETTLE_SECONDS)
    settle(page)
    boxes = page.get_by_test_id("stException")
    assert boxes.count() == 0, f"{page.url} shows an exception:\n{boxes.first.inner_text()}"
