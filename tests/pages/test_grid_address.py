"""A grid of fits that is composed is in the address, and an address composes no other thing."""

from pages.shell.settings import SETTINGS
from pmf_core.runs.grid import VALUES
from tests.support.visits import refused, visit, written

GRID = {
    "grid_x": "alpha",
    "grid_x_values": "1, learned",
    "grid_y": "link",
    "grid_y_values": "logistic",
    "grid_by": "gibbs",
}


def grid_of(app):
    """Return what the boxes of a grid show, as an address names them."""
    return {
        "grid_x": app.selectbox(key="grid_x").value,
        "grid_x_values": app.text_input(key="grid_x_values").value,
        "grid_y": app.selectbox(key="grid_y").value,
        "grid_y_values": app.text_input(key="grid_y_values").value,
        "grid_by": app.session_state["grid_by"],
    }


def of_grids(query):
    return {key: text for key, text in query.items() if key.startswith("grid_")}


def test_a_grid_that_is_composed_is_in_the_address():
    app = visit("compare", view="Sweeps")
    assert of_grids(written(app)) == {} and tuple(VALUES) == SETTINGS["grid_x"].options
    x, y, *_ = VALUES
    assert grid_of(app) == {
        "grid_x": x, "grid_x_values": VALUES[x], "grid_y": y, "grid_y_values": VALUES[y],
        "grid_by": "map",
    }  # fmt: skip
    app.selectbox(key="grid_x").set_value("alpha").run()
    app.selectbox(key="grid_y").set_value("link").run()
    app.text_input(key="grid_x_values").set_value("1, learned").run()
    app.text_input(key="grid_y_values").set_value("logistic").run()
    app.session_state["grid_by"] = "gibbs"
    app.run()
    assert of_grids(written(app)) == GRID == grid_of(app)
    again = visit("compare", view="Sweeps", **GRID)
    assert grid_of(again) == GRID and of_grids(written(again)) == GRID
    again.text_input(key="grid_x_values").set_value("").run()  # what is suggested, again
    assert grid_of(again)["grid_x_values"] == VALUES["alpha"]
    assert "grid_x_values" not in written(again)


def test_values_of_a_grid_go_with_the_setting_that_they_are_of():
    app = visit("compare", view="Sweeps", **GRID)
    app.selectbox(key="grid_x").set_value("link").run()  # which the other axis had
    now, other = grid_of(app), next(iter(VALUES))
    assert not app.exception and (now["grid_x"], now["grid_y"]) == ("link", other)
    assert (now["grid_x_values"], now["grid_y_values"]) == (VALUES["link"], VALUES[other])
    assert of_grids(written(app)) == {"grid_x": "link", "grid_by": "gibbs"}


def test_a_hostile_grid_is_refused_or_stays_a_line_of_text():
    twice = {"grid_y": "alpha", "grid_x": "alpha", "grid_y_values": "1"}
    app = visit("compare", view="Sweeps", **twice)
    assert not app.exception and grid_of(app)["grid_y"] != "alpha"
    assert grid_of(app)["grid_y_values"] == VALUES[grid_of(app)["grid_y"]]
    hostile = {
        "grid_x": "__class__",
        "grid_y": "../../etc",
        "grid_x_values": "1," * 101,
        "grid_y_values": "1\n2",
        "grid_by": "nuts; rm",
    }
    app = visit("compare", view="Sweeps", **hostile)
    assert not app.exception and of_grids(written(app)) == {}
    assert all(f"`{key}`" in refused(app) for key in hostile)
    marked = "![x](http://evil.example), " + "9" * 150
    app = visit("compare", view="Sweeps", grid_x_values=marked)
    app.button(key="sweep_start").click().run()
    [said] = app.error
    assert not app.exception and "![x]" not in said.value
    assert len(said.value) < 1_000
