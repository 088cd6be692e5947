"""What pages write: numbers one way, and no name that only the code has."""

import json
import re

import pytest
from streamlit.dataframe_util import convert_arrow_bytes_to_pandas_df
from streamlit.proto.Metric_pb2 import Metric
from streamlit.testing.v1 import AppTest

import pmf_core as pmf
from pmf_core.evaluation.verdict import Verdict
from pmf_core.runs.store import RunStore
from tests.support.visits import upload, visit

NAME = re.compile(r"(?<![\w.`])[A-Za-z]+_[A-Za-z_]+\b(?!\()")
KNOWN = {"r_hat"}
"""What is called so in every book on the subject."""


def displayed(table):
    """Return the cells of a table as the page writes them."""
    styler = table.proto.arrow_data.styler if hasattr(table.proto, "arrow_data") else (
        table.proto.styler
    )  # fmt: skip
    return convert_arrow_bytes_to_pandas_df(styler.display_values)


def of_tables(app):
    """Return headers and words in the cells of all tables of a page."""
    for table in app.dataframe:
        config = json.loads(table.proto.columns)
        hidden = {name for name, each in config.items() if each.get("hidden")}
        frame = table.value.reset_index()
        for name in frame:
            yield config.get(name, {}).get("label") or ("" if name in hidden else str(name))
            yield from (str(cell) for cell in frame[name] if isinstance(cell, str))


def words(app):
    yield from (each.value for kind in (app.markdown, app.caption, app.info, app.warning,
                                        app.success, app.header) for each in kind)  # fmt: skip
    for each in app.selectbox:
        yield from (each.label, *each.options)
    for each in app.metric:
        yield from (each.label, each.value)
    yield from of_tables(app)


@pytest.fixture
def stored(home, split):
    """Two runs that have nothing in common but their ratings."""
    rich = pmf.PMFConfig(
        2, 1.0, True, "hierarchical", biases=True, implicit="both", link="ordinal",
        cut_points="user",
    )  # fmt: skip
    store = RunStore(home / "runs")
    store.add(pmf.sample_gibbs(split, pmf.PMFConfig(3), draws=8, tune=4, chains=2), "one")
    run = store.add(
        pmf.sample_gibbs(split, rich, draws=9, tune=5, chains=3, random_seed=1, moves=()), "other"
    )
    return run.id


@pytest.mark.slow
@pytest.mark.parametrize("page", ["diagnose", "compare", "fit", "recommend"])
def test_no_name_of_the_code_is_left_on_a_page(page, stored):
    app = visit(page, run=stored)
    assert not app.exception
    said = [re.sub(r"`[^`]*`", "", each.replace("\\", "")) for each in words(app)]
    found = {name for each in said for name in NAME.findall(each)} - KNOWN
    assert not found, found


def test_below_zero_a_table_has_a_true_minus_and_stays_to_be_sorted():
    rows = [f"u{k % 7},j{k % 11},{k % 21 - 10}" for k in range(77)]
    table = "user,joke_id,rating\n" + "\n".join(rows)
    app = upload(visit("explore", data="My file"), "jokes.csv", table, use=False)
    [first] = app.dataframe
    assert list(displayed(first)["rating"]) == [
        "\u221210",
        "\u22129",
        "\u22128",
        "\u22127",
        "\u22126",
    ]
    assert list(first.value["rating"]) == [-10, -9, -8, -7, -6]


def test_a_change_for_the_better_is_green_and_has_a_true_minus():
    def page():
        from pages.shell import show

        changes = {"less": "\u22120.1", "more": "+0.1", "same": "0.0000"}
        show.metrics({name: ("1", None, change) for name, change in changes.items()})
        show.metrics({"alone": "1"})

    app = AppTest.from_function(page).run()
    assert not app.exception, app.exception
    color, direction = Metric.MetricColor, Metric.MetricDirection
    found = {
        each.label: (each.delta, each.proto.color, each.proto.direction) for each in app.metric
    }
    assert found["less"] == ("\u22120.1", color.GREEN, direction.DOWN)
    assert found["more"] == ("+0.1", color.RED, direction.UP)
    assert found["same"][:2] == ("0.0000", color.GRAY) and found["alone"][0] == ""


@pytest.mark.slow
def test_shares_in_the_leaderboard_have_one_decimal(stored):
    app = visit("compare")
    board = displayed(app.dataframe[0])
    assert all(re.fullmatch(r"\d+\.\d%", text) for text in board["coverage_90"])
    assert all(re.fullmatch(r"\d\.\d{4}", text) for text in board["test_rmse"])
    changed = [note.value for note in app.caption if "B minus A" in note.value]
    assert len(changed) == 1 and changed[0].endswith(" stars.")


@pytest.mark.parametrize(
    ("margin", "words"),
    [
        (0.0, "As good as the best baseline, *Global mean*."),
        (0.00002, "Beats the best baseline, *Global mean*, by 0.00002 stars."),
        (0.25, "Beats the best baseline, *Global mean*, by 0.2500 stars."),
    ],
)
def test_no_trophy_is_for_0(monkeypatch, margin, words):
    found = Verdict("Global mean", margin, 0.0)
    monkeypatch.setattr("pages.panels.results.judge", lambda fit, baselines: found)

    def page():
        from types import SimpleNamespace

        from pages.panels import results

        split = SimpleNamespace(test=SimpleNamespace(n_ratings=10_000))
        results.verdict(SimpleNamespace(nouns=SimpleNamespace(unit="stars"), split=split), None)

    app = AppTest.from_function(page).run()
    assert [each.value for each in app.success] == [words] and not app.exception


def test_tastes_below_zero_have_a_true_minus():
    app = visit("home")
    first = app.select_slider[0].set_value(-1.25).run().select_slider[0]
    assert first.value == -1.25 and "\N{MINUS SIGN}1.25" in first.options
