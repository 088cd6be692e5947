"""A table of one's own, as a visitor uploads it: read, refused, too small, of any scale."""

import numpy as np
import pytest

from pages import PAGES
from tests.support.marks import slow_but
from tests.support.visits import metrics, upload, visit


def test_a_table_of_ones_own_is_read_or_refused_with_the_reason():
    app = visit("explore", data="My file")
    rows = [f"u{k % 7},m{k % 11},{k % 9 / 2}" for k in range(77)]
    good = "user,item,rating\n" + "\n".join(rows)
    upload(app, "mine.csv", good)
    assert not app.exception
    assert metrics(app)["Ratings"] == "77"
    bad = good.replace("u3,m3,1.5", "u3,m3,many")
    upload(app, "mine.csv", bad, use=False)
    assert "many" in app.warning[0].value and "row 5" in app.warning[0].value
    assert app.button(key="preview_use").disabled
    app.button(key="preview_close").click().run()
    assert metrics(app)["Ratings"] == "77"
    assert not app.exception


@pytest.mark.parametrize(
    "page",
    slow_but(PAGES, *(page for page in PAGES if page.name in ("explore", "fit"))),
    ids=lambda page: page.name,
)
def test_a_table_too_small_to_split_is_explored_and_says_what_to_do(page):
    app = visit(page.name, data="My file")
    table = b"user,item,rating\na,x,1\na,y,2\nb,x,3\n"
    upload(app, "tiny.csv", table)
    assert not app.exception
    if page.needs_ratings and page.name != "explore":
        assert "cannot be split" in app.error[0].value and "Add ratings" in app.error[0].value


@pytest.mark.parametrize("preset", ["pmf", pytest.param("best", marks=pytest.mark.slow)])
@pytest.mark.parametrize("scale", [(0, 100), pytest.param((-10, 10), marks=pytest.mark.slow)])
def test_a_small_table_of_any_scale_is_fitted(preset, scale):
    rng = np.random.default_rng(0)
    rows = [f"u{k % 20},m{k // 20},{rng.uniform(*scale):.2f}" for k in range(300)]
    app = visit("fit", data="My file")
    table = "user,item,rating\n" + "\n".join(rows)
    upload(app, "mine.csv", table)
    app.button(key=f"preset-{preset}").click().run()
    assert not app.exception and "MAP test RMSE" in metrics(app)
    told = " ".join(note.value for note in app.info)
    assert ("No ordinal link" in told) == (preset == "best")
    assert "choose a larger one" in told  # NUTS on the densest 5% of 20 users
