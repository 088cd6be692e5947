"""What people write about a run is kept, bounded, exported, imported, and obeyed by nobody."""

import csv
import io

import pytest

import pmf_core as pmf
from pmf_core.fits.files import read_fit
from pmf_core.runs.leaderboard import as_csv, leaderboard, side_by_side
from pmf_core.runs.store import RunStore

NOTE = "Tried at noon: ![x](http://evil.example/p.png)\n\tworse than before ✓"


@pytest.fixture(scope="module")
def fit(split):
    return pmf.fit_map(split, pmf.PMFConfig(2))


@pytest.fixture
def store(tmp_path):
    return RunStore(tmp_path / "runs")


@pytest.mark.usefixtures("in_this_process")
def test_a_note_stays_with_its_run_wherever_that_goes(store, fit, tmp_path):
    run = store.add(fit, "first", owner="ann")
    assert run.note == ""
    noted = store.annotate(run.id, f"  {NOTE}\r\n".replace("\n\t", "\r\n\t"))
    assert (noted.note, noted.name, noted.owner) == (NOTE, "first", "ann")
    assert store.rename(run.id, "second").note == NOTE
    assert RunStore(store.folder).get(run.id).note == NOTE
    other = RunStore(tmp_path / "other")
    imported = other.add_file(io.BytesIO(noted.path.read_bytes()), "up.nc", owner="bob")
    assert (imported.note, imported.owner) == (NOTE, "bob")
    assert store.annotate(run.id, " ").note == "" and store.open(run.id).summary() == fit.summary()


@pytest.mark.parametrize(
    "note", [pytest.param("x" * 2001, id="long"), "a\x01b", "a\u202eb", "bell \x07"]
)
def test_a_note_that_is_none_is_refused_here_and_in_files(store, fit, note):
    run = store.add(fit, "first", note="kept")
    with pytest.raises(ValueError, match="note is .* must be (of at most 2,000|without control)"):
        store.annotate(run.id, note)
    assert store.get(run.id).note == "kept"
    assert store.annotate(run.id, "x" * 2000).note == "x" * 2000
    foreign = store.add(fit, "foreign", note=note)
    assert "note is" in foreign.error
    with pytest.raises(ValueError, match=r"^up\.nc is not a fit .*note is"):
        read_fit(io.BytesIO(foreign.path.read_bytes()), "up.nc")


def test_tables_and_exports_show_notes_and_no_spreadsheet_works_them_out(store, fit):
    plain, bad = store.add(fit, "plain"), store.add(fit, "=1+1", note="@SUM(1)")
    assert "note" not in side_by_side(leaderboard([plain]))[0]
    board = leaderboard([plain, bad])
    shown, differ = side_by_side(board)
    assert set(shown["note"]) == {"", "@SUM(1)"} and "note" not in differ
    rows = {row["id"]: row for row in csv.DictReader(io.StringIO(as_csv(board)))}
    assert (rows[bad.id]["name"], rows[bad.id]["note"]) == ("'=1+1", "'@SUM(1)")
    assert rows[plain.id]["note"] == "" and float(rows[bad.id]["test_rmse"]) > 0
