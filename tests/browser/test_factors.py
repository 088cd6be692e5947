"""A box that is dragged on the map of factors lists what is in it."""

import re

import pytest
from playwright.sync_api import expect

import pmf_core as pmf
from pmf_core.runs.store import RunStore
from tests.browser.harness import assert_sound

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SMALL = "data=Simulated&sim_users=100&sim_items=80&sim_share=20.0&sim_factors=3"


def test_a_box_on_the_map_lists_what_is_in_it(page, app_url, app_home):
    ratings, _ = pmf.simulate_ratings(100, 80, 1600, 3, 2.0, 0)
    split = pmf.split_ratings(ratings, 0.1, 0)
    fit = pmf.sample_gibbs(split, pmf.PMFConfig(3, center=True), draws=40, tune=20, chains=2)
    run = RunStore(app_home / "runs").add(fit, "MCMC")
    page.goto(f"{app_url}/factors?{SMALL}&run={run.id}")
    assert_sound(page)
    plot = page.locator("[class*=st-key-map] svg.marks")
    expect(plot).to_be_visible()
    # All of the plot, from corner to corner: so every item is in the box.
    inner = plot.locator("g.root > g > path.background").first.bounding_box()
    left, top = inner["x"] + 2, inner["y"] + 2
    right, bottom = left + inner["width"] - 4, top + inner["height"] - 4
    page.mouse.move(left, top)
    page.mouse.down()
    page.mouse.move((left + right) / 2, (top + bottom) / 2, steps=4)
    page.mouse.move(right, bottom, steps=4)
    page.mouse.up()
    expect(page.get_by_role("heading", level=3).first).to_have_text(
        re.compile(f"{fit.split.train.n_items} movies in the box")
    )
    assert page.locator(".brush_brush").first.get_attribute("aria-hidden") == "true"
