"""A sample of the hunt over odd tables: every one is read or refused with something to do."""

import pytest

from benchmarks.hunt.odd_tables import make_table
from benchmarks.hunt.tables import OUTCOMES, hunt, try_table


@pytest.mark.slow
def test_a_few_odd_tables_are_read_or_refused():
    counts = dict.fromkeys(OUTCOMES, 0)
    for number in range(50):
        for name, count in try_table(9, number, fits=False).items():
            counts[name] += count
    assert counts["refused"] > 15 and counts["accepted"] > 15 and counts["noted"] > 2
    assert counts["refused"] + counts["accepted"] == counts["tried"] == 50
    assert not counts["tracebacks"] and not counts["hangs"]


def test_what_is_not_as_it_should_be_is_counted(monkeypatch, capsys):
    for error in (KeyError("x"), ValueError("bad"), ValueError("bad\n; remove it")):
        monkeypatch.setattr("pmf_core.read_ratings", lambda *a, error=error, **k: _raise(error))
        assert try_table(7, 0)["tracebacks"] == 1
        assert capsys.readouterr().err.startswith("table 0: ")


def test_a_table_is_named_by_its_seed_and_number():
    assert make_table(1, 2) == make_table(1, 2) != make_table(1, 3)


@pytest.mark.slow
def test_hundreds_of_odd_tables_in_a_process_of_their_own():
    found = hunt(400, seed=11)
    assert found["tried"] == 400 and found["fitted"] > 5
    assert not any(found[name] for name in ("tracebacks", "hangs", "killed"))
    assert 50 < found["peak_mb"] < 3000


def _raise(error):
    raise error
