"""The picker draws what the list of sources says, and the address names it."""

import pytest

from pages.shell.settings import SETTINGS
from tests.support.visits import metrics, upload, visit

SMALL = {"world_users": "40", "world_items": "30", "world_each": "10"}


@pytest.mark.slow
def test_the_world_has_the_size_that_the_address_says():
    app = visit("explore", data="World", **SMALL)
    shown = metrics(app)
    assert (shown["Ratings"], shown["Users"], shown["Movies"]) == ("400", "40", "30")
    app.slider(key="world_each").set_value(20).run()
    assert metrics(app)["Ratings"] == "800"
    assert "data=World" in app.code[0].value and "world_each=20" in app.code[0].value


def test_a_set_is_read_from_the_folder_of_the_server_or_what_is_missing_is_said(
    monkeypatch, tmp_path
):
    monkeypatch.setenv("PMF_DATA_DIR", str(tmp_path))
    app = visit("explore", data="GroupLens", grouplens_set="1M")
    assert "MovieLens 1M was not found" in app.error[0].value
    assert "Choose a table, or other ratings" in app.info[0].value
    folder = tmp_path / "ml-latest-small"
    folder.mkdir()
    rows = [f"{k % 7 + 1},{k % 11 + 1},{k % 10 / 2 + 0.5},88" for k in range(77)]
    (folder / "ratings.csv").write_text("\n".join(["userId,movieId,rating,timestamp", *rows]))
    (folder / "movies.csv").write_text("movieId,title,genres\n1,Kites,Drama\n")
    app.selectbox(key="grouplens_set").set_value("latest-small").run()
    assert not app.exception and not app.error
    assert metrics(app)["Ratings"] == "77"


def test_settings_of_other_ratings_are_not_on_the_page():
    app = visit("home", data="World")
    shown = {widget.key for widget in [*app.slider, *app.number_input]}
    assert {"world_users", "world_items", "world_each", "world_seed"} <= shown
    assert not any(key.startswith("sim_") for key in shown if key)


def test_no_parameter_takes_the_place_of_another_setting():
    from pmf_core.data.sources import SOURCES

    parameters = [each for source in SOURCES for each in source.parameters]
    for each in parameters:
        assert SETTINGS[each.name].label == each.label
    assert [name for name in SETTINGS if name.startswith("sim_")] == [
        "sim_users", "sim_items", "sim_share", "sim_factors", "sim_alpha", "sim_seed",
    ]  # fmt: skip


def test_what_to_do_with_a_pair_rated_twice_is_chosen_in_words():
    table = b"user,item,rating\na,x,1\na,x,2\na,y,3\nb,x,3\nb,y,4\n"
    app = upload(visit("explore", data="My file"), "twice.csv", table, use=False)
    assert "keep the latest rating of each pair or take the mean" in app.warning[0].value
    assert "preview_right" not in {button.key for button in app.button}  # columns are known
    app.selectbox(key="preview-duplicates").set_value("mean").run()
    app.button(key="preview_use").click().run()
    assert not app.exception
    assert metrics(app)["Ratings"] == "4" and metrics(app)["Mean (points)"] == "2.8750"
