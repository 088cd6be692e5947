"""A visitor walks through the whole house."""

import pytest
from playwright.sync_api import Page

from pages import PAGES
from tests.browser.harness import assert_sound, turn_to

pytestmark = pytest.mark.browser

NAV_LINK = "stPageLink-NavLink"


@pytest.mark.slow
def test_every_page_opens_from_the_sidebar_without_an_exception(page: Page, app_url, app_home):
    page.goto(app_url)
    assert_sound(page)
    links = page.get_by_test_id("stSidebar").get_by_test_id(NAV_LINK)
    addresses = [link.get_attribute("href") for link in links.all()]
    seen = {address.rstrip("/").rsplit("/", 1)[-1].split("?")[0] for address in addresses}
    assert seen >= {page.name for page in PAGES[1:]}, f"the sidebar leads to {sorted(seen)}"
    titles = {page.get_by_role("heading", level=1).first.inner_text()}
    for position in range(1, len(addresses)):
        titles.add(turn_to(page, links.nth(position)))
    assert len(titles) == len(addresses), f"two pages have one title: {sorted(titles)}"
    assert "Traceback" not in (app_home / "server.log").read_text()
