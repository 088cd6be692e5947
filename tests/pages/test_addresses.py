"""What an address says is taken as it stands or refused in words; nothing of it is trusted."""

import secrets
from types import SimpleNamespace
from urllib.parse import parse_qsl, urlencode

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from pages import PAGES
from pages.panels import results
from pages.shell import address, settings
from pages.shell.settings import OF_PAGES, SETTINGS
from tests.support.visits import refused, visit, written


def moment():
    """Read and write the address around a page that draws nothing."""
    import streamlit as st

    from pages import page_named
    from pages.shell import address

    page = page_named(st.session_state["page"])
    address.read(page)
    place = st.empty()
    address.write(page, place, is_whole=False)
    address.write(page, place, is_whole=True)


def at(page, query):
    """Return a new visitor at an address."""
    app = AppTest.from_function(moment)
    app.session_state["page"] = page
    app.query_params.update(query)
    return app.run()


def follow(app, page, query):
    """Follow a link to another page."""
    app.session_state["page"] = page
    app.query_params.clear()
    app.query_params.update(query)
    return app.run()


def back(app, page, query, monkeypatch):
    """Press Back, which leads to an address of before."""
    with monkeypatch.context() as patch:
        context = SimpleNamespace(is_history_navigation=True)
        patch.setattr(address, "get_script_run_ctx", lambda: context)
        return follow(app, page, query)


@pytest.mark.parametrize(
    ("key", "text"),
    [("split_seed", "inf"), ("seed", "1e400"), ("n_factors", "nan"), ("n_factors", "[1,2]"),
     ("n_factors", "1_0"), ("n_factors", "５"), ("n_factors", "5\x00"), ("draws", "9" * 100_000),
     ("alpha", "-inf"), ("alpha", "1e5"), ("alpha", "0x10"), ("center", "yes"),
     ("run", "x" * 101), ("run", "a\nb"), ("user", "u\x1b[0m"), ("link", "identity "),
     ("data", "../../etc/passwd"), ("job", "\u2028")],
)  # fmt: skip
def test_what_is_no_value_of_a_setting_is_refused(key, text):
    with pytest.raises(ValueError):
        settings.SETTINGS[key].parse(text)
    assert settings.refused(key, [text])


def test_values_of_every_setting_are_taken():
    for key, setting in settings.SETTINGS.items():
        for given in (setting.default, setting.low, setting.high, *setting.options):
            if given is not None:
                text = str(given).lower() if isinstance(given, bool) else str(given)
                assert setting.parse(text) == given, key


@pytest.mark.parametrize(
    "page", ["fit", *(pytest.param(p, marks=pytest.mark.slow) for p in ("home", "explore"))]
)
def test_refused_parameters_leave_the_address_before_a_widget_reads_them(page):
    app = visit(page, split_seed="inf", seed="1e400", alpha=["2.5", "3.5"], n_factors="7")
    assert not app.exception
    assert app.number_input(key="split_seed").value == 0
    assert {"split_seed", "seed", "alpha"}.isdisjoint(written(app))
    note = refused(app)
    assert "`split_seed` is `inf` and must be a whole number from 0 to 9999" in note
    assert "`seed` is `1e400`" in note and "`alpha` is `2.5, 3.5` and must be given once" in note
    if page == "fit":
        assert (app.slider(key="n_factors").value, app.slider(key="alpha").value) == (7, 2.0)


def test_an_address_cannot_name_a_scheduler():
    app = visit("fit", scheduler="tcp://203.0.113.7:8786")
    assert "`scheduler` is no setting of this app" in refused(app)
    assert "scheduler" not in settings.SETTINGS and "scheduler" not in written(app)


def test_a_long_or_marked_up_address_is_quoted_in_a_line():
    app = visit(
        "home", **{f"x{n}": "1" for n in range(300)}, data="`![x](http://evil.example)`" * 99
    )
    note = refused(app)
    assert len(note) < 600 and "and 296 more" in note
    assert "evil" not in note or "](http" in note.split("`")[3]


def test_back_leads_to_the_settings_of_then_and_reads_nothing_that_is_refused(monkeypatch):
    app = at("explore", {"min_ratings": "3", "alpha": "4"})
    app.session_state["min_ratings"], app.session_state["draws"] = 7, 900
    app.run()
    assert written(app) == {"min_ratings": "7", "alpha": "4", "draws": "900"}
    back(app, "explore", {"min_ratings": "3", "seed": "inf"}, monkeypatch)
    assert written(app) == {"min_ratings": "3"}
    assert "`seed` is `inf`" in str(app.session_state["address_notes"])
    assert (app.session_state["alpha"], app.session_state["draws"]) == (2.0, 500)


def test_what_the_address_says_is_not_read_again_while_a_page_stays():
    app = at("explore", {})
    assert written(follow(app, "explore", {"split_seed": "3"})) == {}


def test_a_link_within_the_app_changes_what_it_names_and_nothing_else():
    app = at("fit", {"n_factors": "4", "seed": "3"})
    app.session_state["alpha"] = 3.5  # moved as the link, still without it, was clicked
    follow(app, "compare", {"n_factors": "4", "seed": "3", "view": "Sweeps"})
    assert written(app) == {"n_factors": "4", "alpha": "3.5", "seed": "3", "view": "Sweeps"}
    follow(app, "explore", {"view": "Runs"})
    assert written(app) == {"n_factors": "4", "alpha": "3.5", "seed": "3"}


def test_a_run_that_is_opened_is_a_step_of_back_and_a_slider_that_moves_is_none(monkeypatch):
    steps = []
    monkeypatch.setattr(address, "component", lambda name: lambda data, key: steps.append(data))
    app = at("diagnose", {"run": "a"})
    app.session_state["alpha"] = 3.5
    app.run()
    app.session_state["run"] = "b"
    app.run()
    follow(app, "recommend", {"run": "c"})
    assert steps[::2] == steps[1::2]  # said early, and again of the whole page
    assert [(each["query"], each["is_step"]) for each in steps[::2]] == [
        ("run=a", False),
        ("alpha=3.5&run=a", False),
        ("alpha=3.5&run=b", True),
        ("alpha=3.5&run=c", False),  # Streamlit has made a step of the page itself
    ]


def test_links_carry_what_their_page_shares_so_that_an_early_reload_loses_nothing():
    app = visit("home", data="World", min_ratings="3", view="Ladder", n_factors="4")
    found = {}
    for link in app.get("page_link"):
        found.setdefault(link.proto.page, []).append(dict(parse_qsl(link.proto.query_string)))
    everywhere = found["baselines"][0]
    assert {"data": "World", "n_factors": "4"}.items() <= everywhere.items()
    assert {"min_ratings", "view"}.isdisjoint(everywhere)
    own = {"explore": {"min_ratings": "3"}, "compare": {"view": "Ladder"}}
    for name in ("explore", "baselines", "fit", "compare"):
        assert len(found[name]) == 2  # of the sidebar and on a card
        assert all(query == everywhere | own.get(name, {}) for query in found[name]), name


@pytest.mark.slow
def test_a_choice_that_the_data_make_is_in_the_address_where_it_is_not_the_usual_one():
    app = visit("baselines")
    method = app.selectbox(key="residuals_of")
    usual = method.value
    assert "residuals_of" not in written(app)
    other = next(each for each in method.options if each != usual)
    method.set_value(other).run()
    assert written(app)["residuals_of"] == other
    again = visit("baselines", residuals_of=other)
    assert again.selectbox(key="residuals_of").value == other
    again.selectbox(key="residuals_of").set_value(usual).run()
    assert "residuals_of" not in written(again)
    assert visit("baselines", residuals_of="none").selectbox(key="residuals_of").value == usual


@pytest.mark.parametrize(
    ("kind", "key", "text"), [("toggle", "close_up", True), ("selectbox", "rung", "biases")]
)
def test_what_is_chosen_to_compare_is_in_the_address(kind, key, text):
    view = {"view": "Ladder"} if key == "rung" else {}
    app = visit("compare", **view)
    assert key not in written(app)
    getattr(app, kind)(key=key).set_value(text).run()
    again = visit("compare", **view, **{key: written(app)[key]})
    assert getattr(again, kind)(key=key).value == text


def test_a_preset_is_written_by_the_run_that_changes_it():
    app = visit("fit")
    app.button(key="preset-best").click().run()
    assert written(app)["link"] == "ordinal" and written(app)["cut_points"] == "user"
    assert written(app)["tune"] == "300" and written(app)["draws"] == "1000"  # as it takes


def test_the_address_is_written_before_a_page_takes_its_time(monkeypatch):
    said, known = [], []
    monkeypatch.setattr(address, "component", lambda name: lambda data, key: said.append(data))
    monkeypatch.setattr(results, "find_map", lambda *_: known.append(said[-1]["query"]))
    app = visit("fit")
    app.button(key="preset-best").click().run()
    assert not app.exception and "cut_points=user" in known[-1]


def a_value(rng, setting):
    if setting.options:
        return str(rng.choice(setting.options))
    if isinstance(setting.default, bool):
        return bool(rng.integers(2))
    if setting.low is None:
        return secrets.token_hex(16)
    steps = round((setting.high - setting.low) / setting.step)
    value = setting.low + setting.step * int(rng.integers(steps + 1))
    return type(setting.default)(round(value, 6))


def held(app):
    """Return the settings that differ from their default."""
    values = {key: app.session_state[key] for key in SETTINGS if key in app.session_state}
    return {key: value for key, value in values.items() if value != SETTINGS[key].default}


@pytest.mark.parametrize(
    ("seed", "steps"), [(0, 4), *(pytest.param(n, 20, marks=pytest.mark.slow) for n in range(1, 5))]
)
def test_the_address_of_any_moment_opened_anew_is_the_same_experiment(seed, steps):
    rng = np.random.default_rng(seed)
    page = PAGES[rng.integers(len(PAGES))]
    app = at(page.name, {})
    for _ in range(steps):
        page = PAGES[rng.integers(len(PAGES))]
        follow(app, page.name, written(app))
        mine = [key for key in SETTINGS if key not in OF_PAGES or key in page.shares]
        for key in rng.choice(mine, 5, replace=False):
            app.session_state[key] = a_value(rng, SETTINGS[key])
        app.run()
        query = written(app)
        again = at(page.name, query)
        assert written(again) == query
        assert held(again) == {key: value for key, value in held(app).items() if key in mine}
        assert all(SETTINGS[key].parse(text) != SETTINGS[key].default
                   for key, text in query.items())  # fmt: skip
        assert len(urlencode(query)) < 1_500
