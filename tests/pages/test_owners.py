"""Strangers who share a server: each owns what they start; an address shows the rest."""

import io
import time

import pytest
from streamlit.testing.v1 import AppTest

import pmf_core as pmf
from pages.shell import cache, owner, tables
from pmf_core.fits.budget import Limits
from pmf_core.runs.grid import submit_sweep
from pmf_core.runs.store import RunStore
from tests.support.jobs import PATIENCE
from tests.support.visits import APP, SIMULATED, visit

ANN, BOB = "a" * 43, "b" * 43


@pytest.fixture
def looks(monkeypatch):
    """Let somebody look: by the key in their cookie, None for a browser that keeps none."""

    def look(key):
        headers = {"host": "localhost", "x-forwarded-for": "203.0.113.7"}
        headers |= {} if key is None else {"cookie": f"pmf_visitor={key}"}
        monkeypatch.setattr(owner, "_headers", lambda: headers)

    return look


def owner_of(looks, key):
    looks(key)
    return owner.visitor()


@pytest.fixture
def ann(looks):
    return owner_of(looks, ANN)


@pytest.fixture
def bob(looks, ann):
    return owner_of(looks, BOB)


@pytest.fixture(scope="module")
def fit(split):
    return pmf.sample_gibbs(split, pmf.PMFConfig(2, center=True), draws=12, tune=8, chains=2)


def labels(app):
    return [button.label for button in app.button]


def test_an_owner_is_no_key(ann, bob):
    assert ann != bob and len(ann) == len(bob) == 32
    assert ANN not in ann


@pytest.mark.slow
def test_lists_show_ones_own_and_an_address_shows_the_rest_to_look_at(home, looks, ann, bob, fit):
    store = RunStore(home / "runs")
    hers = store.add(fit, "run of Ann", owner=ann)
    his = store.add(fit, "run of Bob", owner=bob)
    store.add(fit, "run of nobody")
    looks(BOB)
    own = visit("recommend").selectbox(key="run").options
    assert len(own) == 1 and "run of Bob" in own[0]
    app = visit("compare", run=hers.id)
    assert any("run of Ann" in option for option in app.selectbox(key="run").options)
    assert any("Somebody else's run" in note.value for note in app.caption)
    assert not any("run of nobody" in text for text in page_text(app))
    managed = app.selectbox(key="managed").options
    assert len(managed) == 1 and "run of Bob" in managed[0]
    assert not any(box.key == f"name-{hers.id}" for box in app.text_input)
    next(button for button in app.button if button.label == "Delete").click().run()
    app.button(key="delete_yes").click().run()
    assert {run.name for run in store.list()} == {"run of Ann", "run of nobody"}
    assert his.id not in {run.id for run in store.list()}
    shown = visit("fit", run=hers.id)
    assert any("Somebody else's run" in note.value for note in shown.caption)


@pytest.mark.slow
def test_two_runs_that_are_compared_are_compared_by_whoever_has_the_address(
    home, looks, ann, bob, fit
):
    store = RunStore(home / "runs")
    first, second = (store.add(fit, name, owner=ann).id for name in ("first", "second"))
    looks(ANN)
    app = visit("compare")
    a, b = app.selectbox(key="run_a").value, app.selectbox(key="run_b").value
    assert {a, b} == {first, second}
    query = app.session_state["address_shown"][1]
    assert (query["run_a"], query["run_b"]) == (a, b)
    looks(BOB)
    again = visit("compare", run_a=b, run_b=a)
    assert (again.selectbox(key="run_a").value, again.selectbox(key="run_b").value) == (b, a)


def page_text(app):
    kinds = ("markdown", "caption", "info", "warning", "error", "success", "title", "header")
    for kind in kinds:
        yield from (element.value for element in getattr(app, kind))
    for box in app.selectbox:
        yield from box.options
    for frame in app.dataframe:
        yield frame.value.to_string()


@pytest.mark.slow
def test_a_fit_is_cancelled_and_discarded_by_its_owner_alone(home, looks, ann, bob, monkeypatch):
    queue = cache.queue()
    queue.max_running = 0
    looks(ANN)
    app = visit("fit", draws="50", tune="50", chains="1")
    app.button(key="sample").click().run()
    [job] = queue.list()
    assert job.owner == ann
    assert app.button(key=f"cancel-{job.id}")
    looks(BOB)
    theirs = visit("fit", job=job.id)
    assert "Cancel" not in labels(theirs)
    assert any("Somebody else's" in note.value for note in theirs.caption)
    assert not any(job.name in note.value for note in visit("explore").sidebar.caption)
    job.state, job.error = "failed", "no reason"
    queue.folders.remove(job.id)
    assert {"Resume", "Discard"}.isdisjoint(labels(visit("explore")))
    looks(ANN)
    again = visit("explore")
    assert {"Resume", "Discard"} <= set(labels(again))
    again.button(key=f"discard-{job.id}").click().run()
    assert not queue.list()


def test_a_sweep_is_watched_by_its_address_and_ended_by_its_owner(home, looks, ann, bob, split):
    queue = cache.queue()
    queue.max_running = 0
    grid = {"n_factors": [1, 2], "alpha": [1.0]}
    sweep = submit_sweep(queue, split, pmf.PMFConfig(), grid, owner=ann)
    assert len(sweep) >= 32
    looks(BOB)
    assert any("No sweep yet" in note.value for note in visit("compare", view="Sweeps").info)
    theirs = visit("compare", view="Sweeps", sweep=sweep)
    assert theirs.selectbox(key="sweep").value == sweep and "Cancel" not in labels(theirs)
    looks(ANN)
    assert "Cancel" in labels(visit("compare", view="Sweeps"))
    for job in queue.list():
        queue.cancel(job)


def test_an_open_server_is_as_before(home, ann, fit, monkeypatch):
    run = RunStore(home / "runs").add(fit, "run of Ann", owner=ann)
    monkeypatch.setattr(owner, "_headers", lambda: {"host": "localhost:8501"})
    monkeypatch.setattr(owner.hosts, "is_served_locally", lambda: True)
    app = visit("compare")
    assert app.text_input(key=f"name-{run.id}").value == "run of Ann"
    assert not any("Somebody else's" in note.value for note in app.caption)


@pytest.mark.slow
def test_without_cookies_a_session_is_a_visitor_and_says_so(looks, home):
    looks(None)
    app = visit("explore")
    assert any("keeps no cookie" in note.value for note in app.sidebar.caption)
    first = app.session_state["visitor_key"]
    assert first == app.run().session_state["visitor_key"]
    assert first != visit("explore").session_state["visitor_key"]


TABLE = b"user,item,rating\n" + b"\n".join(
    b"u%d,i%d,%d" % (user, item, 1 + (user + item) % 5) for user in range(6) for item in range(5)
)


def keep(content=TABLE):
    name = tables.keep("t.csv", content, {}, Limits())
    tables.use(name)
    return name


def test_a_table_is_found_by_a_name_that_nobody_can_guess(home, looks, ann, bob):
    looks(ANN)
    hers = keep()
    assert keep() == hers and len(hers) == 32
    looks(BOB)
    assert keep() != hers  # not a digest of what is in it
    assert cache.ratings(("table", hers))[0].n_ratings == 30  # by whoever holds the address
    app = visit("explore", data="My file", table=hers)
    assert any(metric.value == "30" for metric in app.metric)


def test_ones_own_tables_make_room_and_not_those_of_others(home, looks, ann, bob):
    looks(ANN)
    hers = keep()
    looks(BOB)
    his = [keep(TABLE + b"\nu%d,x,3" % n) for n in range(5)]
    assert [tables.find(name) is not None for name in his] == [False, True, True, True, True]
    assert tables.find(hers)


def test_what_is_only_looked_at_makes_room_first(home, looks, ann):
    looks(ANN)
    used = [keep(TABLE + b"\nu%d,x,3" % n) for n in range(3)]
    drafts = [tables.keep("t.csv", TABLE, {"missing": (n,)}, Limits()) for n in range(5)]
    assert [tables.find(name) is not None for name in drafts] == [False] * 4 + [True]
    assert all(map(tables.find, used))
    assert tables.keep("t.csv", TABLE + b"\nu0,x,3", {}, Limits()) == used[0]  # in another window
    tables.forget_draft()
    assert all(map(tables.find, used)) and not tables.find(drafts[-1])


def test_a_full_memory_refuses_until_tables_are_idle(home, looks, ann, bob, monkeypatch):
    looks(ANN)
    hers = keep()
    monkeypatch.setattr(tables, "MEMORY", 1.5 * tables.find(hers).size)
    looks(BOB)
    with pytest.raises(ValueError, match="tables of all visitors may take"):
        keep()
    now = time.monotonic()
    monkeypatch.setattr(tables.time, "monotonic", lambda: now + 3601)
    his = keep()
    assert tables.find(his) and not tables.find(hers)


def test_clearing_streamlits_caches_takes_nobodys_fits_and_tables(home, looks, ann):
    import streamlit as st

    name, queue = keep(), cache.queue()
    st.cache_resource.clear()  # any visitor's browser can ask Streamlit for it
    st.cache_data.clear()
    assert cache.queue() is queue and tables.find(name)


@pytest.mark.usefixtures("in_this_process")
def test_an_import_belongs_to_who_imports_it(home, looks, ann, bob, fit):
    store = RunStore(home / "runs")
    run = store.add(fit, "a run", owner=ann)
    looks(BOB)
    assert (
        store.add_file(io.BytesIO(run.path.read_bytes()), "x.nc", owner=owner.visitor()).owner
        == bob
    )


@pytest.mark.slow
def test_where_files_are_is_no_strangers_business(home, looks, ann, monkeypatch):
    (home / "file").write_text("")
    monkeypatch.setenv("PMF_HOME", str(home / "file"))
    app = AppTest.from_file(APP, default_timeout=PATIENCE)
    app.query_params.update(SIMULATED)
    app.run().switch_page("pages/fit.py").run()
    assert "Runs cannot be stored" in app.error[0].value
    assert str(home) not in app.error[0].value.replace("\\", "")


def test_a_table_of_more_ratings_than_the_server_takes_is_not_kept(home, looks, ann):
    looks(ANN)
    with pytest.raises(ValueError, match="30 ratings are more than this server takes; .* 29"):
        tables.keep("t.csv", TABLE, {}, Limits(ratings=29))
