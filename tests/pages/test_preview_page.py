"""An uploaded table as it was understood: shown first, corrected, and then used."""

import pytest

from pages.shell import cache, tables
from tests.support.visits import metrics, upload, visit

ROWS = [f"u{k % 7};b{k % 11};{k % 5 + 1};{k}" for k in range(77)]
UNNAMED = "who;what;points;when\n" + "\n".join(ROWS)
NAMED = UNNAMED.replace("who;what;points;when", "user;isbn;rating;day")
CODED = NAMED.replace(";1;", ";99;")


def said(app):
    return " ".join(note.value for note in [*app.main.markdown, *app.main.caption])


def test_a_table_is_shown_before_it_is_used(home):
    app = upload(visit("explore", data="My file"), "books.csv", NAMED, use=False)
    assert "77 ratings by 7 users of 11 books, on a scale from 1 to 5 stars" in said(app)
    assert [app.selectbox(key=f"preview-{role}").value for role in ("user", "item", "rating")] == [
        "user", "isbn", "rating",
    ]  # fmt: skip
    assert list(app.dataframe[0].value["item"]) == ["b0", "b1", "b2", "b3", "b4"]
    assert not metrics(app) and "table" not in app.session_state
    app.button(key="preview_use").click().run()
    assert metrics(app)["Ratings"] == "77" and not app.exception


def test_columns_that_were_not_known_are_named_by_whoever_knows(home):
    app = upload(visit("explore", data="My file"), "books.csv", UNNAMED, use=False)
    assert "names no user, item and rating columns" in app.warning[0].value
    app.selectbox(key="preview-item").set_value("when").run()
    assert not app.warning and "77 ratings by 7 users of 77 items" in said(app)
    app.selectbox(key="preview-item").set_value("what").run()
    assert not app.warning and not app.error
    app.button(key="preview_use").click().run()
    assert metrics(app)["Ratings"] == "77"
    key = app.session_state["dataset"].key
    assert cache.source(key) == (
        "table", "books.csv", ("item", "what"), ("rating", "points"), ("user", "who"),
    )  # fmt: skip


def test_codes_scale_and_nouns_are_corrected(home):
    app = upload(visit("explore", data="My file"), "books.csv", CODED, use=False)
    assert "scale from 2 to 99" in said(app)
    app.checkbox(key="preview-code-99.0").check().run()
    assert "61 ratings" in said(app) and "from 2 to 5" in said(app)
    assert app.checkbox(key="preview-code-99.0").value
    app.number_input(key="preview-low").set_value(1.0).run()
    app.text_input(key="preview-things").set_value("tomes").run()
    assert "11 tomes, on a scale from 1 to 5" in said(app)
    app.text_input(key="preview-missing").set_value("2, NA").run()
    assert "from 1 to 5" in said(app) and "45 ratings" in said(app)
    app.checkbox(key="preview-code-99.0").uncheck().run()
    assert app.warning and app.button(key="preview_use").disabled  # 99 is above the scale
    assert not app.exception


@pytest.mark.slow
def test_a_guess_of_the_columns_is_taken_by_a_button(home):
    app = upload(visit("explore", data="My file"), "books.csv", UNNAMED, use=False)
    assert app.button(key="preview_use").disabled
    app.button(key="preview_right").click().run()
    assert "77 ratings by 7 users of 11 items" in said(app)
    app.button(key="preview_use").click().run()
    assert metrics(app)["Ratings"] == "77" and not app.exception


@pytest.mark.parametrize(
    ("widget", "value", "rule"),
    [
        ("number_input-high", 0.0, "scale"),
        ("text_input-thing", "<b>", "words of letters"),
        ("selectbox-separator", "|", "column"),
    ],
)
def test_an_answer_that_cannot_be_is_refused_and_the_table_stays(home, widget, value, rule):
    app = upload(visit("explore", data="My file"), "books.csv", NAMED, use=False)
    kind, name = widget.split("-")
    getattr(app, kind)(key=f"preview-{name}").set_value(value).run()
    told = " ".join(each.value for each in [*app.error, *app.warning])
    assert rule in told and not app.exception
    assert app.button(key="preview_use").disabled
    assert len(app.selectbox(key="preview-separator").options) == 7


@pytest.mark.slow
def test_what_is_used_is_looked_at_again_and_corrected_without_the_file(home):
    table = "user,item,rating\n" + "\n".join(f"u{k % 7},m{k % 11},{k % 5}" for k in range(77))
    app = upload(visit("explore", data="My file"), "mine.csv", table)
    name = app.session_state["table"]
    again = visit("explore", data="My file", table=name)  # after F5, or in another browser
    assert metrics(again)["Ratings"] == "77"
    again.button(key="preview_again").click().run()
    again.number_input(key="preview-high").set_value(10.0).run()
    again.button(key="preview_close").click().run()
    assert again.session_state["table"] == name and metrics(again)["Ratings"] == "77"
    again.button(key="preview_again").click().run()
    again.number_input(key="preview-high").set_value(10.0).run()
    again.button(key="preview_use").click().run()
    assert again.session_state["dataset"].ratings.scale == (0, 10)
    assert not again.exception


@pytest.mark.slow
def test_a_file_that_is_looked_at_twice_is_still_used_by_the_first_window(home):
    app = upload(visit("explore", data="My file"), "books.csv", NAMED)
    name = app.session_state["table"]
    other = upload(visit("explore", data="My file"), "books.csv", NAMED, use=False)
    other.button(key="preview_close").click().run()
    assert metrics(app.run())["Ratings"] == "77" and app.session_state["table"] == name


@pytest.mark.slow
def test_what_made_room_for_others_is_read_again_before_it_is_used(home):
    app = upload(visit("explore", data="My file"), "books.csv", NAMED, use=False)
    tables.forget()
    app.button(key="preview_use").click().run()
    assert metrics(app)["Ratings"] == "77" and not app.exception


@pytest.mark.slow
def test_codes_are_those_of_the_column_that_is_chosen(home):
    rows = "".join(
        f"\n{k % 9},{k % 11},{99 if k % 4 else k % 5 + 1},{k % 5 + 1}" for k in range(99)
    )
    app = upload(
        visit("explore", data="My file"), "two.csv", f"user,item,rating,other{rows}", False
    )
    assert [box.label for box in app.checkbox] == ["Leave out 99, in 74 rows"]
    app.selectbox(key="preview-rating").set_value("other").run()
    assert not app.checkbox and "from 1 to 5" in said(app) and not app.exception


def test_notes_of_a_table_in_use_are_in_the_sidebar(home):
    app = upload(visit("home", data="My file"), "books.csv", NAMED)
    assert any("'day' was left out" in note.value for note in app.sidebar.caption)


def test_ratings_that_are_all_the_same_are_given_their_scale(home):
    table = "user,item,rating\n" + "\n".join(f"u{k % 7},m{k % 11},5" for k in range(77))
    app = upload(visit("explore", data="My file"), "likes.csv", table, use=False)
    assert "give the scale" in app.warning[0].value and "scale=" not in app.warning[0].value
    app.number_input(key="preview-low").set_value(1.0).run()
    assert "from 1 to 5" in said(app) and not app.button(key="preview_use").disabled
