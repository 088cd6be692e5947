"""A visitor fits a model, looks away, comes back, changes their mind."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.fits import LONG, RESULT_MS, SMALL, result, running, start
from tests.browser.harness import assert_sound, settle, turn_to

pytestmark = pytest.mark.browser


def sliders(page: Page) -> list:
    found = page.get_by_test_id("stMain").get_by_role("slider")
    expect(found).to_have_count(2)  # n_factors and alpha; those of the sampler are folded away
    return found.all()


@pytest.mark.slow
def test_a_small_fit_ends_with_its_scores_beside_the_baselines(page, app_url):
    start(page, app_url, f"{SMALL}&draws=100&tune=100&chains=2")
    assert 0.3 < float(result(page, "Test RMSE")) < 2
    assert_sound(page)


@pytest.mark.slow
def test_a_small_fit_is_diagnosed(page, app_url):
    start(page, app_url, f"{SMALL}&draws=100&tune=100&chains=2")
    result(page, "Test RMSE")
    turn_to(page, page.get_by_role("link", name=re.compile("Diagnose them")))
    assert float(result(page, "Largest r_hat")) < 2


def test_a_deep_link_to_a_fresh_server_opens_its_page(page, app_url):
    page.goto(f"{app_url}/baselines?{SMALL}")
    assert_sound(page)
    expect(page.get_by_role("heading", level=1)).to_contain_text("Baselines")


@pytest.mark.slow
def test_a_fit_outlives_its_page_a_reload_and_its_tab_and_cancel_keeps_its_draws(page, app_url):
    start(page, app_url, LONG)
    running(page).wait_for(timeout=RESULT_MS)
    turn_to(page, page.get_by_role("link", name="Explore"))
    turn_to(page, page.get_by_role("link", name="Fit", exact=True))
    running(page).wait_for(timeout=RESULT_MS)
    expect(page).to_have_url(re.compile("job="))
    page.reload()
    running(page).wait_for(timeout=RESULT_MS)
    address, context = page.url, page.context
    page.close()
    again = context.new_page()
    again.goto(address)
    # Of every chain a draw is stored each 40 steps.
    step = again.get_by_text(re.compile(r"step ([4-9]\d|[1-9][\d,]{2,}) of 2,000"))
    step.first.wait_for(timeout=2 * RESULT_MS)
    again.get_by_role("button", name=re.compile("Cancel")).first.click()
    expect(again.get_by_text("kept as a partial run").first).to_be_visible(timeout=RESULT_MS)
    assert result(again, "Test RMSE")
    assert_sound(again)


@pytest.mark.slow
def test_two_windows_fit_at_once_without_mixing(page, app_url):
    other = page.context.browser.new_context().new_page()
    start(page, app_url, f"{SMALL}&n_factors=3&draws=200&tune=100&chains=2")
    start(other, app_url, f"{SMALL}&n_factors=8&draws=200&tune=100&chains=2")
    for window, name in ((page, "MCMC D=3"), (other, "MCMC D=8")):
        result(window, "Test RMSE")
        expect(window.get_by_text(f"Posterior: {name}").first).to_be_visible()
        settle(window)
    other.context.close()


@pytest.mark.slow
def test_the_address_is_the_experiment(page, app_url):
    page.goto(f"{app_url}/fit?{SMALL}&n_factors=3")
    assert_sound(page)
    of_three = result(page, "MAP test RMSE")
    page.get_by_role("slider", name="Factors D").press("ArrowRight")
    expect(page).to_have_url(re.compile("n_factors=4"))
    # The address changes at once, the figure when the server has found it.
    expect(page.get_by_text(of_three, exact=True)).to_have_count(0, timeout=RESULT_MS)
    before = result(page, "MAP test RMSE")
    expect(page).to_have_url(re.compile("data=Simulated"))
    page.reload()
    assert_sound(page)
    assert result(page, "MAP test RMSE") == before
    page.get_by_role("radio", name="MovieLens").click()
    expect(page).not_to_have_url(re.compile("data="))
    page.get_by_role("radio", name="Simulated").click()
    expect(page).to_have_url(re.compile("data=Simulated"))
    assert_sound(page)
    page.reload()
    assert_sound(page)
    assert result(page, "MAP test RMSE") == before
    expect(page.get_by_text("Ignored in the address")).to_have_count(0)


@pytest.mark.slow
def test_a_link_shows_the_same_settings_to_somebody_else(page, app_url):
    page.goto(f"{app_url}/fit?{SMALL}&n_factors=7&alpha=3.5&center=true")
    assert_sound(page)
    page.get_by_role("button", name=re.compile("Copy link")).click()
    link = page.get_by_test_id("stCode").first.inner_text().strip()
    elsewhere = page.context.browser.new_context().new_page()
    elsewhere.goto(link)
    assert_sound(elsewhere)
    first, second = (
        [slider.input_value() for slider in sliders(window)] for window in (page, elsewhere)
    )
    assert first == second and "7" in first and "3.5" in first
    assert result(page, "MAP test RMSE") == result(elsewhere, "MAP test RMSE")
    elsewhere.context.close()
