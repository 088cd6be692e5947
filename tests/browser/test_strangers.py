"""Two people on one server: a key for each, and names that are nothing but names."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import expect

import pmf_core as pmf
from pmf_core.runs.store import RunStore
from tests.browser.harness import assert_sound, serve_app, settle

pytestmark = pytest.mark.browser

SMALL = "data=Simulated&sim_users=100&sim_items=80&sim_share=20.0&sim_factors=3"
MARKUP = "![x](http://evil.example/p.png) [a](http://evil.example) www.evil.example a@evil.example"


@pytest.fixture(scope="module")
def app_url(chromium, app_home):
    """A server behind a name of its own: shared, also where this machine asks."""
    with serve_app(app_home, PMF_ALLOWED_HOSTS="pmf.example") as url:
        yield url


@pytest.mark.slow
def test_what_somebody_starts_is_theirs_and_its_address_shows_it(page, app_url, app_home):
    refused = []
    page.on("console", lambda m: "Content Security" in m.text and refused.append(m.text))
    page.goto(f"{app_url}/fit?{SMALL}&draws=50&tune=50&chains=1&n_factors=3")
    assert_sound(page)
    [key] = [each for each in page.context.cookies() if each["name"] == "pmf_visitor"]
    assert key["httpOnly"] and key["sameSite"] == "Lax" and key["path"] == "/"
    page.locator(".st-key-sample button").click()
    expect(page.get_by_text("In 90% interval").first).to_be_visible(timeout=180_000)
    settle(page)
    page.goto(f"{app_url}/compare?{SMALL}")  # another session, the same cookie
    assert_sound(page)
    expect(page.get_by_role("heading", name="Leaderboard", exact=True)).to_be_visible()
    expect(page.get_by_text("keeps no cookie")).to_have_count(0)
    [run] = RunStore(app_home / "runs").list()
    link = f"{app_url}/compare?{SMALL}&run={run.id}"
    other = page.context.browser.new_context()
    theirs = other.new_page()
    theirs.goto(f"{app_url}/compare?{SMALL}")
    assert_sound(theirs)
    expect(theirs.get_by_text("No run on this split yet").first).to_be_visible()
    theirs.goto(link)
    assert_sound(theirs)
    expect(theirs.get_by_text("Somebody else's run").first).to_be_visible()
    theirs.get_by_text("Manage runs").first.click()
    expect(theirs.get_by_role("button", name="Delete")).to_have_count(0)
    assert [each["value"] for each in other.cookies() if each["name"] == "pmf_visitor"] != [
        key["value"]
    ]
    other.close()
    assert not refused, refused


@pytest.mark.slow
def test_a_name_full_of_markup_is_a_name(page, app_url, app_home):
    ratings, _ = pmf.simulate_ratings(100, 80, 1600, 3, 2.0, 0)
    fit = pmf.sample_gibbs(pmf.split_ratings(ratings, 0.1, 0), draws=6, tune=4, chains=1)
    run = RunStore(app_home / "runs").add(fit, MARKUP)
    for name in ("fit", "compare"):
        page.goto(f"{app_url}/{name}?{SMALL}&run={run.id}")
        assert_sound(page)
        expect(page.get_by_text("p.png").first).to_be_visible()
        assert page.locator("img[src*=evil]").count() == 0
        # But for the name of a heading, by which a part of the page itself is found.
        assert page.locator("a[href*=evil]:not([href^='#'])").count() == 0


class Elsewhere(BaseHTTPRequestHandler):
    """A site of somebody else's that shows the app in a frame."""

    app_url = ""

    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(f"<iframe src='{self.app_url}/'></iframe>".encode())

    def log_message(self, *_):
        pass


def test_another_site_cannot_show_it_in_a_frame(chromium, app_url):
    Elsewhere.app_url = app_url
    site = ThreadingHTTPServer(("127.0.0.1", 0), Elsewhere)
    threading.Thread(target=site.serve_forever, daemon=True).start()
    page = chromium.new_page()  # of its own: this one does ask another host
    with page.expect_console_message(lambda message: "frame-ancestors" in message.text):
        page.goto(f"http://127.0.0.1:{site.server_port}/")
    page.close()
    site.shutdown()
    site.server_close()
