"""A served app and a real Chromium for the tests beside this file."""

import os

import pytest
from playwright.sync_api import sync_playwright

from tests.browser.harness import HOW_TO_GET_ONE, launch, serve_app

REPORT = pytest.StashKey[pytest.TestReport]()


@pytest.fixture(scope="session")
def chromium():
    with sync_playwright() as playwright:
        browser = launch(playwright)
        if browser is None:
            if os.environ.get("PMF_REQUIRE_BROWSER") == "1":
                pytest.fail(HOW_TO_GET_ONE)
            pytest.skip(HOW_TO_GET_ONE)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def app_home(tmp_path_factory):
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def app_url(chromium, app_home):
    # After `chromium`, so that nothing is served where there is no browser to look at it.
    with serve_app(app_home) as url:
        yield url


@pytest.fixture
def page(chromium, app_url, app_home, tmp_path, request):
    """A fresh visitor; the test fails if a page asks anything of another host than the app's."""
    context = chromium.new_context(viewport={"width": 1280, "height": 1000})
    page = context.new_page()
    elsewhere = []
    local = (app_url, app_url.replace("http", "ws"), "data:", "blob:")
    page.on("request", lambda r: r.url.startswith(local) or elsewhere.append(r.url))
    yield page
    report = request.node.stash.get(REPORT, None)
    if report is not None and report.failed:
        for n, each in enumerate(context.pages):  # a test may have closed the first
            each.screenshot(path=tmp_path / f"failure{n}.png", full_page=True)
        log = (app_home / "server.log").read_text()[-2000:]
        print(f"screenshots: {tmp_path}\nthe server printed:\n{log}")
    context.close()
    assert not elsewhere, f"asked of other hosts: {elsewhere}"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    if report.when == "call":
        item.stash[REPORT] = report
    return report
