"""Every chart is saved as PNG and SVG, and its numbers as CSV, without asking another host."""

import csv
import io
import re
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image

from tests.browser.harness import assert_sound

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SMALL = "data=Simulated&sim_users=100&sim_items=80&sim_share=20.0&sim_factors=3"
NAME = "Train and test RMSE of each baseline"
CHART = "[data-testid=stVegaLiteChart]"


def press(page, place, label):
    """Press a button of a bar, which is above its chart only while somebody points at that.

    By the key: while a page settles, what was pointed at may have moved away.
    """
    place.hover()
    page.get_by_role("button", name=label).first.press("Enter")


def saved(page, place, label):
    """Press a button of the bar of a chart and return the bytes that the browser saves."""
    with page.expect_download() as download:
        press(page, place, label)
    return download.value.suggested_filename, download.value.path().read_bytes()


def test_a_chart_is_saved_as_png_and_svg_and_its_numbers_as_csv(page, app_url):
    # Where it can, Streamlit asks where to put a CSV, by a window that no test can answer.
    page.add_init_script("delete window.showSaveFilePicker")
    page.emulate_media(color_scheme="dark")
    page.goto(f"{app_url}/baselines?{SMALL}")
    assert_sound(page)
    chart = page.locator(CHART).first
    chart.locator("svg.marks").wait_for()
    name, png = saved(page, chart, f"Download as PNG: {NAME}")
    assert name.endswith(".png") and png.startswith(b"\x89PNG")
    pixels = np.asarray(Image.open(io.BytesIO(png)).convert("RGB")).reshape(-1, 3)
    background = (pixels == (18, 18, 28)).all(axis=1)
    assert 0.3 < background.mean() < 0.95
    assert (pixels.max(axis=1) >= 18).all()  # no text that is darker than what it stands on
    assert (pixels.min(axis=1) > 200).sum() > 300
    name, svg = saved(page, chart, f"Download as SVG: {NAME}")
    assert name == "Train-and-test-RMSE-of-each-baseline.svg"
    drawn = ElementTree.fromstring(svg)
    words = [each.text for each in drawn.iter("{http://www.w3.org/2000/svg}text")]
    assert "Mean of means" in words and "background-color: rgb(18, 18, 28)" in drawn.get("style")
    assert re.search(r"color: rgb\(2\d\d, 2\d\d, 2\d\d\)", drawn.get("style"))
    press(page, chart, f"Show data: {NAME}")
    table = page.get_by_test_id("stDataFrame").first
    table.wait_for()
    assert page.get_by_role("button", name=f"Download as SVG: {NAME}").count() == 0
    name, text = saved(page, table, "Download as CSV")
    rows = list(csv.reader(text.decode("utf-8-sig").splitlines()))
    assert name.endswith(".csv") and any("Mean of means" in row for row in rows[1:])


def test_every_chart_is_of_shapes_and_has_one_button_for_svg(page, app_url):
    page.goto(f"{app_url}/explore?{SMALL}")  # one of its charts has thousands of marks
    assert_sound(page)
    drawn = page.locator(f"{CHART} svg.marks")
    drawn.nth(7).wait_for()
    assert page.locator(f"{CHART} canvas").count() == 0
    page.wait_for_function(
        "n => document.querySelectorAll('.pmf-save-svg').length === n", arg=drawn.count()
    )
