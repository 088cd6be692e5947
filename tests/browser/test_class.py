"""A class in two browsers: the screen moves by itself while a phone rates."""

import pytest
from playwright.sync_api import expect

import pmf_core as pmf
from pmf_core.runs.store import RunStore
from tests.browser.harness import assert_sound

pytestmark = [pytest.mark.browser, pytest.mark.slow]

LEAST = 44  # pixels of a target that a finger hits


@pytest.fixture(scope="module")
def run(app_home):
    ratings, _ = pmf.simulate_ratings(60, 50, 900, 3, 2.0, 0)
    split = pmf.split_ratings(ratings, 0.1, 0)
    config = pmf.PMFConfig(3, alpha=None, center=True, prior="hierarchical")
    fit = pmf.sample_gibbs(split, config, draws=30, tune=20, chains=2)
    return RunStore(app_home / "runs").add(fit, "a run").id


def metric(page, label):
    named = page.get_by_test_id("stMetricLabel").get_by_text(label, exact=True)
    box = page.get_by_test_id("stMetric").filter(has=named)
    return box.get_by_test_id("stMetricValue")


def test_the_screen_counts_what_a_phone_rates(page, app_url, run):
    page.goto(f"{app_url}/room")
    assert_sound(page)
    page.locator(".st-key-room_open button").click()
    expect(metric(page, "Members")).to_have_text("0")
    address = page.get_by_test_id("stCode").filter(has_text="room?room=").inner_text()
    address = "".join(address.split())
    assert page.get_by_alt_text("QR code of the address of this class").is_visible()

    phone = page.context.browser.new_context(viewport={"width": 400, "height": 860}).new_page()
    phone.goto(address)
    assert_sound(phone)
    phone.get_by_role("button", name="See a phone").click()
    phone.get_by_role("textbox", name="Nickname").fill("Zoë")
    phone.get_by_role("button", name="Join", exact=True).click()
    scale = phone.locator("[class*=st-key-scale] button")
    expect(scale).to_have_count(5)
    expect(metric(page, "Members")).to_have_text("1")  # nobody has reloaded the screen
    sizes = [each.bounding_box() for each in scale.all()]
    assert min(min(size["width"], size["height"]) for size in sizes) >= LEAST
    width = phone.evaluate("document.documentElement.scrollWidth")
    assert width <= 400

    film = phone.get_by_role("heading", level=2).first
    before = film.inner_text()
    scale.nth(3).click()
    expect(phone.get_by_text("You gave 4. The model had written down").first).to_be_visible()
    expect(film).not_to_have_text(before)
    expect(metric(page, "Ratings")).to_have_text("1")
    expect(page.get_by_text("Who is where").first).to_be_visible()

    phone.reload()
    assert_sound(phone)
    phone.get_by_role("button", name="See a phone").click()
    expect(phone.get_by_text("You are Zoë.").first).to_be_visible()
    expect(phone.get_by_text("1 of 10").first).to_be_visible()
    phone.context.close()
