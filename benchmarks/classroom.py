"""A class at once: thirty phones rate ten films each while a screen counts and others look around.

On MovieLens 100K and a stored run of bpmf. Phones and the one who looks around are visitors without
a browser (`benchmarks.visitors`); the screen is a real Chromium. Prints JSON: how long phones
waited for the next film, how far the screen was behind, how long the others waited, and whether a
rating was lost. Run with ``.venv/bin/python -m benchmarks.classroom``.
"""

import argparse
import asyncio
import hashlib
import json
import random
import statistics
import sys
import tempfile
import time
from contextlib import AsyncExitStack
from pathlib import Path
from urllib.parse import urlsplit

from playwright.async_api import Page, async_playwright

import pmf_core as pmf
from benchmarks.visitors import COOKIE, Visitor
from pmf_core.classroom.films import choose_films
from pmf_core.classroom.store import ClassStore
from pmf_core.runs.store import RunStore
from tests.browser.harness import ARGS, HOW_TO_GET_ONE, find_chromium, serve_app

HOST, FILMS, WANTED, SECONDS = "class.test", 40, 10, 100.0
"""Name of the server; films of the room; ratings of each; over how long they are spread."""

WATCH = """() => {
  window.seen = [];
  setInterval(() => {
    const boxes = [...document.querySelectorAll('[data-testid="stMetric"]')];
    const box = boxes.find((each) =>
      each.querySelector('[data-testid="stMetricLabel"]').innerText.trim() === 'Ratings');
    const value = box?.querySelector('[data-testid="stMetricValue"]').innerText.replace(',', '');
    if (value !== undefined) window.seen.push([Date.now() / 1000, Number(value)]);
  }, 100);
}"""
"""Notes ten times a second what the screen says."""


async def main() -> None:
    """Seat the class, let it rate, and print what was measured."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--phones", type=int, default=30)
    phones = parser.parse_args().phones
    with tempfile.TemporaryDirectory() as home:
        fit = pmf.sample_gibbs(
            pmf.split_ratings(pmf.load_movielens("100k"), 0.1, 0),
            pmf.PRESETS["bpmf"],
            draws=50,
            tune=100,
            keep=200,
        )
        run = RunStore(Path(home) / "runs").add(fit, "of the class")
        key = "k" * 43
        teacher = hashlib.sha256(key.encode()).hexdigest()[:32]
        store = ClassStore(Path(home) / "classes.sqlite")
        films = choose_films(fit, FILMS).tolist()
        room, _ = store.rooms.open(run.id, films, fit.levels.tolist(), wanted=WANTED, owner=teacher)
        with serve_app(Path(home), **{"PMF_ALLOWED_HOSTS": HOST, "PMF_READY_RUN": "0"}) as url:
            port = urlsplit(url).port
            found = await play(port, room.code, key, phones)
        given = [each for each in store.answers.of(room) if each.rating is not None]
        found["stored"] = len(given)
        found["asked_for"] = phones * WANTED
        store.close()
    print(json.dumps(found, indent=1))


async def play(port: int, code: str, key: str, phones: int) -> dict[str, float]:
    """Run the class; return medians and largest of what was waited for, in seconds."""
    given: list[float] = []
    async with async_playwright() as playwright, AsyncExitStack() as stack:
        path = find_chromium(playwright)
        if path is None:
            sys.exit(HOW_TO_GET_ONE)
        args = [*ARGS, f"--host-resolver-rules=MAP {HOST} 127.0.0.1"]
        browser = await playwright.chromium.launch(executable_path=path, args=args)
        screen = await screen_of(browser, f"http://{HOST}:{port}", code, key)
        around = await stack.enter_async_context(Visitor(HOST, port, "explore"))
        query = f"room={code}"
        started = time.perf_counter()
        seats = [Visitor(HOST, port, "room", query) for _ in range(phones)]
        others: list[float] = []
        looking = asyncio.create_task(look_around(around, others))
        waits = await asyncio.gather(*(rate(seat, n, given) for n, seat in enumerate(seats)))
        seconds = time.perf_counter() - started
        await asyncio.sleep(5)  # the screen may be behind
        looking.cancel()
        seen = await screen.evaluate("window.seen")
        await browser.close()
    every = [each for some in waits for each in some]
    behind = lags(given, seen)
    return {
        "phones": phones,
        "seconds": round(seconds, 1),
        "phone_median": round(statistics.median(every), 3),
        "phone_largest": round(max(every), 3),
        "screen_median": round(statistics.median(behind), 3),
        "screen_largest": round(max(behind), 3),
        "others_median": round(statistics.median(others), 3),
        "others_largest": round(max(others), 3),
        "others": len(others),
        "given": len(given),
    }


async def screen_of(browser, url: str, code: str, key: str) -> Page:
    """Open the teacher's screen, and begin to note what it says."""
    context = await browser.new_context(viewport={"width": 1280, "height": 900})
    await context.add_cookies([{"name": COOKIE, "value": key, "url": url}])
    page = await context.new_page()
    await page.goto(f"{url}/room?room={code}")
    await page.get_by_text("Members").first.wait_for(timeout=90_000)
    await page.evaluate(WATCH)
    return page


async def rate(seat: Visitor, number: int, given: list[float]) -> list[float]:
    """Join and rate; return how long each answer took."""
    random_ = random.Random(number)
    await asyncio.sleep(random_.uniform(0, 10))
    waits = []
    async with seat:
        await seat.click("Join", {"Nickname": f"Phone {number}"})
        for _ in range(WANTED):
            await asyncio.sleep(random_.uniform(0.5, 1.5) * (SECONDS - 15) / WANTED)
            given.append(time.time())
            waits.append(await seat.click(str(random_.randint(1, 5))))
    return waits


async def look_around(visitor: Visitor, waits: list[float]) -> None:
    """Have another page drawn again and again, and note how long that takes."""
    while True:
        waits.append(await visitor.ask())
        await asyncio.sleep(1)


def lags(given: list[float], seen: list[tuple[float, float]]) -> list[float]:
    """Return for each rating how long after the click the screen had counted it, in seconds."""
    found = []
    for count, at in enumerate(sorted(given), start=1):
        shown = next((time_ for time_, value in seen if value >= count), None)
        found.append(float("inf") if shown is None else max(0.0, shown - at))
    return found


if __name__ == "__main__":
    asyncio.run(main())
