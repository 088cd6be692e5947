"""Start fits in a browser and read their results."""

from playwright.sync_api import Locator, Page

from tests.browser.harness import assert_sound

SMALL = "data=Simulated&sim_users=100&sim_items=80&sim_share=20.0&sim_factors=3"
RESULT_MS = 180_000
# So long that whoever looks for it finds it under way: it ends by being cancelled.
LONG = (
    "data=Simulated&sim_users=300&sim_items=200&sim_share=20.0&sim_factors=3"
    "&n_factors=30&draws=2000&tune=0&chains=4"
)


def start(page: Page, url: str, query: str) -> None:
    """Open Fit and press *Sample*."""
    page.goto(f"{url}/fit?{query}")
    assert_sound(page)
    page.locator(".st-key-sample button").click()


def result(page: Page, label: str) -> str:
    """Wait for a figure of the page and return it."""
    label = page.get_by_test_id("stMetricLabel").get_by_text(label, exact=True)
    box = page.get_by_test_id("stMetric").filter(has=label)
    box.first.wait_for(timeout=RESULT_MS)
    return box.first.get_by_test_id("stMetricValue").inner_text()


def running(page: Page) -> Locator:
    """Return the bar of a fit that runs."""
    return page.get_by_role("progressbar").first
