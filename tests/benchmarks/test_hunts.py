"""Hunts for inputs that hurt the server: a seeded sample, on a real server, where there is time."""

import random

import pytest

from benchmarks.hunt import addresses, sessions


def test_addresses_are_as_odd_as_they_come_and_the_same_for_a_seed():
    found = [addresses.address(random.Random(seed)) for seed in range(200)]
    assert found == [addresses.address(random.Random(seed)) for seed in range(200)]
    queries = " ".join(query for _, query in found)
    assert {page for page, _ in found} == set(addresses.PAGES)
    for odd in ("inf", "%00", "scheduler=", "%3Cimg", "A" * 100_000):
        assert odd in queries


@pytest.mark.slow
def test_no_address_hurts_the_server():
    counts = addresses.hunt(40, seed=3)
    assert counts["tried"] == 40 and counts["refused"] > 0 and counts["accepted"] > 0
    assert counts["tracebacks"] == counts["hangs"] == counts["killed"] == 0
    assert counts["peak_mb"] < 2000


@pytest.mark.slow
def test_strangers_at_once_see_and_cancel_nothing_of_each_other():
    counts = sessions.hunt(10, seed=3)
    wrong = ("tracebacks", "hangs", "killed", "lost", "doubled", "foreign_bytes")
    assert {name: counts[name] for name in wrong} == dict.fromkeys(wrong, 0)
    assert counts["accepted"] == 2 and counts["refused"] > 0
