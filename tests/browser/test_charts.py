"""Every chart, as a browser draws it: high enough, whole, and legible; and faults are found."""

import pytest

import pmf_core as pmf
from pmf_core.runs.store import RunStore
from tests.browser.charts import BOXES, faults, measure
from tests.browser.harness import assert_sound, serve_app
from tests.support.newcomers import friends

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SOME = (
    400,
    pytest.param(1280, marks=pytest.mark.prove),
    pytest.param(1920, marks=pytest.mark.prove),
)
BACKGROUND = {"light": "rgb(255, 255, 255)", "dark": "rgb(18, 18, 28)"}
SMALL = "data=Simulated&sim_users=100&sim_items=80&sim_share=20.0&sim_factors=3"
# Each page, and how many charts it has at least.
PAGES = {
    "": 1,
    "explore": 8,
    "baselines": 4,
    "fit": 5,
    "diagnose": 24,
    "factors": 10,
    "compare": 1,
    "compare?view=Sweeps": 1,
    "compare?view=Search": 2,
    "compare?view=Ladder": 1,
    "recommend": 1,
    "recommend?for_whom=Friends": 2,
}

SERIES = (
    ("Sweeps", "", "sweep_start", "Best so far"),
    ("Search", "search_over=alpha,biases&search_trials=3", "search_start", "3 of 3 trials"),
)
"""Views of series of fits, settings of one, the button's key, and what says that it has run."""

STEPS = {400: (3, 6, 9)}
"""Steps of the tour that are looked at in a window of some width; in others all are."""


@pytest.fixture(scope="module")
def run(app_home):
    """Runs of two models in the store of the app; the id of one."""
    ratings, _ = pmf.simulate_ratings(100, 80, 1600, 3, 2.0, 0)
    split, store = pmf.split_ratings(ratings, 0.1, 0), RunStore(app_home / "runs")
    for name, preset in (("MCMC of a model with a name that is long", "bpmf"), ("MCMC pmf", "pmf")):
        fit = pmf.sample_gibbs(split, pmf.PRESETS[preset], draws=40, tune=20, chains=4)
        run = store.add(fit, name)
    friends(app_home, fit)
    return run.id


@pytest.fixture(scope="module")
def gallery(chromium, tmp_path_factory):
    with serve_app(tmp_path_factory.mktemp("gallery"), script="tests/browser/gallery.py") as url:
        yield url


@pytest.fixture(params=SOME, ids="{}px".format)
def window(chromium, request):
    # In a window of its own for each width: a phone is not a window that has been made smaller.
    context = chromium.new_context(viewport={"width": request.param, "height": 900})
    yield context.new_page()
    context.close()


def cut_buttons(page) -> list[str]:
    """Return the labels of buttons that are wider than their button."""
    for each in page.get_by_text("Manage runs").all():
        each.click()
        page.get_by_role("button", name="Delete").wait_for()
    return page.evaluate(
        "[...document.querySelectorAll('[data-testid=stMain] button p')]"
        ".filter((label) => label.scrollWidth > label.clientWidth + 1)"
        ".map((label) => `${label.textContent} on a button is cut`)"
    )


def found(page, expected: int) -> list[str]:
    """Return the faults of all charts of a page, light and dark."""
    words = []
    for scheme, background in BACKGROUND.items():
        page.emulate_media(color_scheme=scheme)
        for chart in measure(page, background, expected):
            words += [f"{page.url} {scheme}, {chart['name']}: {each}" for each in faults(chart)]
    return words


def test_charts_of_all_pages_are_high_whole_and_legible(window, app_url, run):
    for view, settings, start, sign in SERIES:
        window.goto(f"{app_url}/compare?{SMALL}&view={view}&{settings}")
        assert_sound(window)
        if window.get_by_text(f"No {view.lower().rstrip('s')} yet").is_visible():
            window.locator(f".st-key-{start} button").click()
        window.get_by_text(sign).first.wait_for(timeout=180_000)
    words = []
    for name, expected in PAGES.items():
        sign = "&" if "?" in name else "?"
        window.goto(f"{app_url}/{name}{sign}{SMALL}&run={run}")
        assert_sound(window)
        words += found(window, expected) + cut_buttons(window)
    assert not words, "\n".join(words)


def test_charts_of_the_tour_are_high_whole_and_legible(window, app_url, run):
    words = []
    for step in STEPS.get(window.viewport_size["width"], range(1, 13)):
        window.goto(f"{app_url}/tour?{SMALL}&step={step}&run={run}")
        assert_sound(window)
        guess = window.get_by_role("button", name="That is my guess")
        option = window.get_by_test_id("stRadio").locator("label").nth(1)
        (guess if guess.is_visible() else option).click()
        window.locator(BOXES).first.wait_for()
        words += found(window, 1)
    assert not words, "\n".join(words)


def test_long_names_wide_scales_and_many_lines_fit(window, gallery):
    window.goto(gallery)
    assert_sound(window)
    words = found(window, 44)
    assert not words, "\n".join(words)


def test_a_chart_with_a_fault_is_found(window, gallery):
    window.goto(f"{gallery}/?broken=1")
    assert_sound(window)
    for scheme, background in BACKGROUND.items():
        window.emulate_media(color_scheme=scheme)
        for chart in measure(window, background, 12):
            # Slate is legible on black.
            if chart["name"] == "has a contrast of" and scheme == "dark":
                continue
            assert any(chart["name"] in each for each in faults(chart)), (chart["name"], scheme)
