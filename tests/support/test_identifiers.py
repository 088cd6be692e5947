import re
from datetime import UTC, datetime, timedelta

from pmf_core.support import identifiers
from pmf_core.support.identifiers import new_identifier


def test_names_have_128_random_bits_and_their_order():
    names = [new_identifier() for _ in range(100)]
    assert all(re.fullmatch(r"\d{8}-\d{6}-\d{6}-[0-9a-f]{32}", name) for name in names)
    assert names == sorted(names) and len({name[-32:] for name in names}) == 100


def test_a_clock_that_is_set_back_does_not_change_the_order(monkeypatch):
    class Behind(datetime):
        @classmethod
        def now(cls, zone):
            return datetime.now(zone) - timedelta(hours=1)

    first = new_identifier()
    monkeypatch.setattr(identifiers, "datetime", Behind)
    assert first < new_identifier() < new_identifier()
    assert datetime.now(UTC).strftime("%Y%m%d")[:4] == first[:4]
