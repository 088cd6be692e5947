"""The playground plays by itself: at speed, without the server, for keyboards, on phones."""

import json
import re
import time

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.harness import assert_sound, settle

pytestmark = [pytest.mark.browser, pytest.mark.slow]

FRAMES_A_SECOND = 20
COUNT_TICKS = """() => {
  window.ticks = 0;
  const tick = () => { window.ticks += 1; requestAnimationFrame(tick); };
  requestAnimationFrame(tick);
}"""
BACKGROUND = {"light": "rgb(255, 255, 255)", "dark": "rgb(18, 18, 28)"}
FIRST = "540100405020050002100540020050000004"


def open_playground(page: Page, url: str, query: str = "") -> None:
    page.goto(f"{url}/playground?data=Simulated{query}")
    assert_sound(page)
    expect(page.locator(".play[data-frames]")).to_be_visible()
    expect(page.locator(".said")).to_contain_text("Start:")


def frames(page: Page) -> int:
    return int(page.locator(".play").get_attribute("data-frames"))


def to_end(page: Page) -> None:
    page.get_by_role("slider", name="Place in the fit").focus()
    page.keyboard.press("End")
    expect(page.locator(".when")).to_have_text(re.compile(r"sweep (\d+) of \1$"))


def test_it_plays_at_twenty_frames_a_second_and_asks_nothing_of_the_server(page, app_url):
    messages = []

    def listen(socket):
        socket.on("framesent", lambda data: messages.append(("sent", data)))
        socket.on("framereceived", lambda data: messages.append(("received", data)))

    page.on("websocket", listen)
    requests = []
    open_playground(page, app_url)
    page.wait_for_load_state("networkidle")
    page.on("request", lambda request: requests.append(request.url))
    assert messages, "the page has no websocket to listen to"
    # A change of a setting is seen by the same ear.
    page.get_by_role("radio", name="1", exact=True).click()
    expect(page.locator(".users tbody tr").first.locator("td")).to_have_count(1)
    settle(page)
    assert any(len(data) > 10 for way, data in messages if way == "sent")
    page.wait_for_load_state("networkidle")

    page.get_by_role("button", name="Play").click()
    expect(page.get_by_role("button", name="Pause")).to_be_visible()
    messages.clear()
    requests.clear()
    page.evaluate(COUNT_TICKS)
    before, started = frames(page), time.monotonic()
    expect(page.locator(".when")).to_have_text(re.compile(r"sweep [4-9]\d of"))
    ticks, drawn = page.evaluate("window.ticks"), frames(page) - before
    print(f"{drawn / (time.monotonic() - started):.1f} frames a second")
    # Of each second the browser has 60 turns to draw, where cores are free; here they may not be.
    assert drawn >= ticks * FRAMES_A_SECOND / 60, f"{drawn} frames of {ticks}"
    told = [(way, len(data)) for way, data in messages if len(data) > 10]
    assert not told, f"while it plays, messages were {told}"
    assert not [
        url for url in requests if "_stcore/health" not in url and not url.startswith("blob:")
    ]
    page.get_by_role("button", name="Pause").click()
    stopped = page.locator(".when").inner_text()
    expect(page.locator(".when")).to_have_text(stopped)


def test_the_screen_shows_the_numbers_of_the_core(page, app_url):
    from pmf_core.charts.playback import play
    from pmf_core.models.play_config import PlayConfig

    open_playground(page, app_url)
    sent = play(FIRST, PlayConfig())
    to_end(page)
    shown = page.locator(".predicted tbody td").all_inner_texts()
    last = sent["scores_of_items"][-36:]  # a film after the other
    expected = [last[6 * j + i] for i in range(6) for j in range(6)]
    for text, value in zip(shown, expected, strict=True):
        assert float(text.replace("\u2212", "-")) == pytest.approx(value, abs=0.0501)
    U = [
        float(text.replace("\u2212", "-"))
        for text in page.locator(".users tbody td").all_inner_texts()
    ]
    assert U == pytest.approx(sent["updates"][-24:-12], abs=0.0051)
    page.get_by_role("button", name=re.compile("Ann, Heat: predicted")).click()
    expect(page.locator(".which")).to_contain_text("Ann, Heat")
    lines = page.locator(".terms tr").all_inner_texts()
    numbers = [
        float(line.split("\t")[-1].replace("\u2212", "-").replace(" ", "")) for line in lines
    ]
    assert sum(numbers[:-1]) == pytest.approx(numbers[-1], abs=0.025)
    mean, sd = sent["mean"][-36 + 2], sent["sd"][-36 + 2]
    expect(page.locator(".spread")).to_have_text(f"180 draws: mean {mean:.2f}, sd {sd:.2f}")


def test_a_rating_narrows_what_is_believed_and_is_in_the_address(page, app_url):
    open_playground(page, app_url)
    to_end(page)
    before = page.locator(".spread").inner_text()
    page.get_by_role("button", name="Finn, Alien: no rating. Change").click()
    page.get_by_role("group", name="Rating of Alien by Finn").get_by_role(
        "button", name="2 stars"
    ).click()
    after = page.locator(".spread")
    expect(after).to_contain_text(f"Before your change: {before.split(', ')[1]}")
    narrow, wide = (float(n) for n in re.findall(r"sd (\d+\.\d+)", after.inner_text()))
    assert narrow < wide
    expect(page).to_have_url(re.compile("play_ratings=540100405020050002100540020050200004"))
    page.get_by_role("button", name="Ann, Alien: 5 stars. Change").focus()
    page.keyboard.press("h")
    expect(page.locator(".hidden-says")).to_contain_text("Hidden from the model, 1 rating")
    expect(page).to_have_url(re.compile("play_ratings=e40100405020050002100540020050200004"))
    page.reload()
    hidden = page.get_by_role("button", name="Ann, Alien: 5 stars, hidden from the model")
    expect(hidden).to_have_text("5")
    page.get_by_role("button", name="Put the first ratings back").click()
    expect(page).not_to_have_url(re.compile("play_ratings"))


def test_it_is_played_and_told_by_the_keyboard(page, app_url):
    open_playground(page, app_url)
    page.get_by_role("button", name="Step", exact=True).focus()
    page.keyboard.press("Enter")
    expect(page.locator(".said")).to_contain_text("Ann’s row moves. 3 ratings (Alien, Jaws, Emma)")
    page.keyboard.press("Enter")
    expect(page.locator(".said")).to_contain_text("Ben’s row moves.")
    page.get_by_role("button", name="Back", exact=True).press("Enter")
    expect(page.locator(".said")).to_contain_text("Ann’s row moves.")
    cell = page.get_by_role("button", name="Ann, Alien: 5 stars. Change")
    cell.focus()
    for key in ("ArrowRight", "ArrowDown"):
        page.keyboard.press(key)
    expect(page.get_by_role("button", name="Ben, Jaws: no rating. Change")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("group", name="Rating of Jaws by Ben")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(".editor")).to_be_hidden()
    page.keyboard.press("4")
    expect(page.get_by_role("button", name="Ben, Jaws: 4 stars. Change")).to_be_visible()
    expect(page).to_have_url(re.compile("play_ratings=540100445020"))


def test_a_last_rating_is_not_taken_away(page, app_url):
    open_playground(page, app_url, f"&play_ratings=5{'0' * 35}")
    page.get_by_role("button", name="Ann, Alien: 5 stars. Change").focus()
    page.keyboard.press("Delete")
    expect(page.locator(".said")).to_contain_text("The model needs a rating")
    expect(page.get_by_role("button", name="Ann, Alien: 5 stars. Change")).to_be_visible()


def test_who_wants_little_motion_sees_whole_sweeps(page, app_url):
    page.emulate_media(reduced_motion="reduce")
    open_playground(page, app_url)
    page.get_by_role("button", name="Play").click()
    expect(page.locator(".when")).to_have_text(re.compile("sweep [2-9] of"))
    assert page.locator(".moves").count() == 0
    page.get_by_role("button", name="Pause").click()


@pytest.mark.parametrize(
    ("width", "scheme"), [(1280, "light"), (1280, "dark"), (400, "light"), (400, "dark")]
)
def test_axe_finds_nothing_and_nothing_is_cut(page, app_url, width, scheme):
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 900})
    open_playground(page, app_url, "&play_ratings=e40100405020050002100540020050000004")
    expect(page.get_by_test_id("stApp")).to_have_css("background-color", BACKGROUND[scheme])
    to_end(page)
    for opens in (False, True):
        if opens:
            page.get_by_role("button", name="Finn, Grease: 4 stars. Change").click()
            expect(page.locator(".editor")).to_be_visible()
        found = Axe().run(page).response["violations"]
        assert not found, json.dumps(
            [(rule["id"], [n["html"][:150] for n in rule["nodes"]]) for rule in found]
        )
    page.keyboard.press("Escape")
    assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")
    cut = page.locator(".play").evaluate(
        """play => [...play.querySelectorAll('th, td, caption, button, figcaption, .said')]
          .filter(e => e.offsetWidth > 2 && (e.scrollWidth > e.clientWidth + 1))
          .map(e => e.className + ' ' + e.textContent.trim().slice(0, 40))"""
    )
    assert not cut, cut
    if width == 1280:
        bottom = page.locator(".pictures").evaluate("e => e.getBoundingClientRect().bottom")
        assert bottom <= 900, "all of it is in view at once"
