"""Pages for those who listen to them, tab through them, or have a phone."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

import pmf_core as pmf
from pmf_core.runs.store import RunStore
from tests.browser.harness import assert_sound, settle
from tests.support.newcomers import friends

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SMALL = "data=Simulated&sim_users=100&sim_items=80&sim_share=20.0&sim_factors=3"
BACKGROUND = {"light": "rgb(255, 255, 255)", "dark": "rgb(18, 18, 28)"}
PAGES = (
    *(
        "",
        "playground",
        "explore",
        "baselines",
        "fit",
        "diagnose",
        "factors",
        "recommend",
        "room",
        "see",
        "about",
    ),
    *("compare", "compare?view=Sweeps", "compare?view=Search", "compare?view=Ladder"),
    *("recommend?for_whom=A+user", "recommend?for_whom=Friends"),
    *("tour", "tour?step=12&teacher=true"),
)
SWEEP = {"sweep": "20260102-030405-abcd", "sweep_x": "n_factors", "sweep_y": "alpha"}
TAB_STOPS = 10


@pytest.fixture(scope="module")
def run(app_home):
    """A run by itself and the cells of a sweep in the store of the app; the id of the former."""
    ratings, _ = pmf.simulate_ratings(100, 80, 1600, 3, 2.0, 0)
    split, store = pmf.split_ratings(ratings, 0.1, 0), RunStore(app_home / "runs")
    for d in (2, 5):
        fit = pmf.fit_map(split, pmf.PMFConfig(d))
        store.add(fit, f"Sweep of D × α: D = {d}, α = 2", **SWEEP)
    fit = pmf.sample_gibbs(split, draws=40, tune=20, chains=2)
    friends(app_home, fit)
    return store.add(fit, "MCMC").id


def visit(page: Page, url: str, name: str, query: str = SMALL) -> None:
    page.goto(f"{url}/{name}{'&' if '?' in name else '?'}{query}")
    assert_sound(page)


def faults(page: Page) -> list[str]:
    """Return what axe finds that is serious, headings that skip a level, and what is too wide."""
    page.wait_for_load_state("networkidle")  # parts of a page are fetched as they are shown
    found = []
    if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
        found.append("wider than the window")
    for rule in Axe().run(page).response["violations"]:
        if rule["impact"] in ("serious", "critical") or rule["id"] == "heading-order":
            found += [f"{rule['id']}: {node['html'][:200]}" for node in rule["nodes"]]
    return found


@pytest.fixture(scope="module")
def run_of_movielens(app_home, movielens):
    """A run of MovieLens in the store of the app."""
    split = pmf.split_ratings(movielens, 0.1, 0)
    fit = pmf.sample_gibbs(split, pmf.PMFConfig(2, center=True), draws=20, tune=10, chains=2)
    return RunStore(app_home / "runs").add(fit, "MCMC").id


@pytest.mark.parametrize(
    ("data", "width", "scheme"),
    [
        ("simulated", 1280, "light"),
        ("MovieLens", 400, "dark"),
        pytest.param("simulated", 1280, "dark", marks=pytest.mark.prove),
        pytest.param("simulated", 400, "light", marks=pytest.mark.prove),
    ],
)
def test_axe_finds_nothing_serious_on_any_page(page, app_url, run, request, data, width, scheme):
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 1000})
    query = f"{SMALL}&run={run}"
    if data == "MovieLens":
        query = f"run={request.getfixturevalue('run_of_movielens')}"
    words = []
    for name in PAGES:
        visit(page, app_url, name, query)
        expect(page.get_by_test_id("stApp")).to_have_css("background-color", BACKGROUND[scheme])
        words += [f"{page.url} {scheme}, {each}" for each in faults(page)]
    assert not words, "\n".join(words)


@pytest.mark.parametrize(
    ("width", "scheme"), [(400, "dark"), pytest.param(1280, "light", marks=pytest.mark.prove)]
)
def test_axe_finds_nothing_serious_where_two_samplers_have_run(page, app_url, run, width, scheme):
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 1000})
    visit(page, app_url, "diagnose", f"{SMALL}&run={run}")
    page.get_by_role("button", name="Run both samplers").click()
    expect(page.get_by_text("by sweeps alone (r_hat").first).to_be_visible(timeout=180_000)
    settle(page)
    assert not faults(page)


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (400, "dark")])
def test_a_file_is_looked_at_and_used(page, app_url, scheme, width):
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 800})
    visit(page, app_url, "explore", "data=My+file")
    if width == 400:
        page.get_by_test_id("stExpandSidebarButton").click()
    rows = "".join(f"u{k % 9};i{k % 11};{k % 5 + 1}\n" for k in range(99))
    file = {"name": "mine.csv", "mimeType": "text/csv", "buffer": f"who;what;how\n{rows}".encode()}
    page.locator("input[type=file]").set_input_files(file)
    expect(page.get_by_role("heading", level=1)).to_contain_text("your file")
    settle(page)
    right = page.get_by_role("button", name="These columns are right")
    expect(right).to_be_in_viewport(ratio=1)
    assert not faults(page)
    right.click()
    page.get_by_role("button", name="Use these ratings").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Explore")
    expect(page.get_by_text("99", exact=True).first).to_be_visible()
    expect(page).to_have_url(re.compile("table=[0-9a-f]{32}"))
    page.reload()
    expect(page.get_by_text("99", exact=True).first).to_be_visible()


def test_axe_finds_a_button_without_a_name_and_pale_text(page, app_url):
    visit(page, app_url, "about")
    page.evaluate(
        "document.querySelector('h1').insertAdjacentHTML('afterend',"
        "'<button></button><p style=\"color: #999\">pale</p>')"
    )
    assert {each.split(":")[0] for each in faults(page)} == {"button-name", "color-contrast"}


def test_sample_is_a_few_tab_stops_from_the_first_knob(page, app_url):
    visit(page, app_url, "fit")
    page.locator(".st-key-sample button").focus()
    for _ in range(TAB_STOPS):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.getAttribute('role') === 'slider'"
                         " || document.activeElement.type === 'range'"):  # fmt: skip
            return
    raise AssertionError("no slider is near Sample")


def test_a_cell_of_a_sweep_is_opened_by_the_keyboard(page, app_url, run):
    visit(page, app_url, "compare?view=Sweeps")
    page.get_by_role("combobox", name=re.compile("Open a cell")).focus()
    page.keyboard.type("D = 5")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Train RMSE").first).to_be_visible()


def test_progress_is_announced(page, app_url):
    visit(page, app_url, "fit", f"{SMALL}&draws=200&tune=100&n_factors=10")
    page.locator(".st-key-sample button").click()
    said = page.locator("[role=status][aria-live=polite]#pmf-announcement")
    expect(said).to_have_text(re.compile(r"% done"))
    expect(said).to_have_text("The last fit has ended.", timeout=300_000)


@pytest.mark.parametrize("quick", [False, True])
def test_on_a_phone_the_sidebar_closes_once_a_page_is_chosen(page, app_url, quick):
    page.set_viewport_size({"width": 400, "height": 900})
    visit(page, app_url, "")
    if quick:  # before the script that closes it was there
        page.evaluate("delete window.pmfPage")
    if page.get_by_test_id("stExpandSidebarButton").is_visible():
        page.get_by_test_id("stExpandSidebarButton").click()
    page.get_by_test_id("stSidebar").get_by_role("link", name="Explore").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Explore")
    settle(page)
    expect(page.get_by_test_id("stExpandSidebarButton")).to_be_visible()
