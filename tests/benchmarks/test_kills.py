"""Whatever a server was doing when it was killed, nothing of it is lost or doubled."""

import pytest
from playwright.sync_api import sync_playwright

from benchmarks.hunt.kills import hunt
from tests.browser.harness import HOW_TO_GET_ONE, find_chromium


@pytest.mark.slow
@pytest.mark.browser
def test_a_few_kills_lose_nothing():
    with sync_playwright() as playwright:
        if find_chromium(playwright) is None:
            pytest.skip(HOW_TO_GET_ONE)
    found = hunt(rounds=4, seed=5)
    assert found["tried"] == 4
    bad = ("tracebacks", "killed", "lost", "doubled", "damaged")
    assert {name: found[name] for name in bad} == dict.fromkeys(bad, 0)
