"""The address in the browser is the experiment, at any moment."""

import re
from urllib.parse import parse_qsl, urlsplit

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from tests.browser.fits import LONG, RESULT_MS, SMALL, result, running, start
from tests.browser.harness import assert_sound, settle, turn_to

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def asked(page: Page) -> dict[str, str]:
    """Return the parameters of the address, each of which is there once."""
    pairs = parse_qsl(urlsplit(page.url).query)
    assert len(dict(pairs)) == len(pairs) and len(page.url) < 700
    return dict(pairs)


def on(page: Page, **wanted: str) -> None:
    """Wait until the address has these parameters, and the page has come to rest."""
    for key, value in wanted.items():
        expect(page).to_have_url(re.compile(rf"[?&]{key}={value}(&|$)"))
    settle(page)


def test_back_and_forward_go_by_pages_and_every_address_is_whole(page, app_url):
    page.goto(f"{app_url}/fit?{SMALL}&n_factors=3")
    assert_sound(page)
    before = page.evaluate("history.length")
    knob = page.get_by_role("slider", name="Factors D")
    for factors in ("4", "5", "6"):
        knob.press("ArrowRight")
        on(page, n_factors=factors)
    assert page.evaluate("history.length") == before
    turn_to(page, page.get_by_role("link", name="Baselines"))
    turn_to(page, page.get_by_role("link", name="Fit", exact=True))
    page.get_by_role("button", name="best", exact=True).click()
    on(page, cut_points="user")
    whole = asked(page)
    page.go_back()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Baselines")
    assert asked(page)["n_factors"] == "6" and "cut_points" not in asked(page)
    page.go_back()
    on(page, n_factors="6")
    expect(knob).to_have_value("6")
    page.go_forward()
    page.go_forward()
    on(page, cut_points="user")
    assert asked(page) == whole
    page.reload()
    assert_sound(page)
    assert asked(page) == whole


def test_thirty_pages_later_the_address_is_as_long_as_before(page, app_url):
    page.goto(f"{app_url}/baselines?{SMALL}&n_factors=7&alpha=3.5")
    assert_sound(page)
    for name in 15 * ("About", "Baselines"):
        turn_to(page, page.get_by_role("link", name=name))
    assert asked(page) == dict(parse_qsl(f"{SMALL}&n_factors=7&alpha=3.5".replace("20.0", "20")))


def test_an_upload_outlives_a_reload_and_is_seen_by_whoever_has_the_address(
    page, app_url, tmp_path
):
    user, item = np.divmod(np.arange(40 * 30), 30)
    kept = np.random.default_rng(0).random(1200) < 0.5
    rows = [f"{u},book {i},{1 + (u * i) % 5}" for u, i in zip(user[kept], item[kept], strict=True)]
    table = tmp_path / "books.csv"
    table.write_text("\n".join(["user,item,rating", *rows]))
    page.goto(f"{app_url}/fit?data=My+file&n_factors=2")
    page.locator("input[type=file]").set_input_files(table)
    page.get_by_role("button", name="Use these ratings").click()
    shown = result(page, "MAP test RMSE")
    on(page, table="[0-9a-f]+")
    page.reload()
    assert_sound(page)
    assert result(page, "MAP test RMSE") == shown
    elsewhere = page.context.browser.new_context().new_page()
    elsewhere.goto(page.url)
    assert_sound(elsewhere)
    assert result(elsewhere, "MAP test RMSE") == shown
    elsewhere.context.close()


def test_a_running_fit_is_in_the_address_at_once(page, app_url):
    start(page, app_url, LONG)
    running(page).wait_for(timeout=RESULT_MS)
    on(page, job="[0-9a-f-]+")
    elsewhere = page.context.browser.new_context().new_page()
    elsewhere.goto(page.url)
    running(elsewhere).wait_for(timeout=RESULT_MS)
    elsewhere.context.close()
    page.get_by_role("button", name=re.compile("Cancel")).first.click()
