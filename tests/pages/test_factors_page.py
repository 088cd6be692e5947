"""The page of factors: every number on it is the core's, and it says so where there is none."""

from dataclasses import replace

import pytest

import pmf_core as pmf
from pages.shell import cache, show
from pmf_core.evaluation import factor_map, genres, tastes, turning
from pmf_core.evaluation import lessons_of_factors as lessons
from pmf_core.fits import alignment
from pmf_core.runs.store import RunStore
from tests.support.visits import metrics, refused, visit, written

WORLD = {"data": "World", "world_users": "60", "world_items": "40", "world_each": "20"}
CONFIG = replace(pmf.PRESETS["bpmf"], n_factors=3)
LENGTH = {"draws": 20, "tune": 20, "chains": 2}


def stored(home, fit) -> str:
    return RunStore(home / "runs").add(fit, "a run").id


@pytest.fixture(scope="module")
def fit(split):
    return pmf.sample_gibbs(split, CONFIG, **LENGTH)


def said(app):
    return " ".join(each.value for each in (*app.markdown, *app.info, *app.caption))


@pytest.fixture
def drawn(monkeypatch):
    """Every chart that a page draws, as the numbers in its data; and its words."""
    found, chart = [], show.chart

    def remember(picture, alt_text, *args, **options):
        found.append(picture.to_dict())
        return chart(picture, alt_text, *args, **options)

    monkeypatch.setattr(show, "chart", remember)
    return found


def assert_drawn(drawn, frame, *names):
    """Fail unless all numbers of these columns of a frame are in a chart, or in two of them."""
    wanted = set(frame[list(names)].to_numpy(float).ravel())
    numbers = [
        {value for rows in spec["datasets"].values() for row in rows for value in row.values()
         if isinstance(value, float)}
        for spec in drawn
    ]  # fmt: skip
    assert any(wanted <= one | other for one in numbers for other in numbers), names


def test_without_a_run_there_is_a_link_to_fit():
    app = visit("factors")
    assert "No single run is stored yet" in app.info[0].value


@pytest.mark.slow
def test_what_is_said_and_shown_is_the_core_s(home, drawn, fit, split):
    stored(home, fit)
    item_id = split.train.item_ids[4]
    app = visit("factors", axis_x="2", axis_y="3", axis="2", user="7", item=str(item_id),
                turned_by="90")  # fmt: skip
    text, shares = said(app), factor_map.axis_shares(fit)
    assert lessons.two_axes(shares, 1, 2).text in text
    items = factor_map.item_map(fit, None, None, 1, 2)
    assert lessons.rare_are_unsure(items, fit.nouns, False).text in text
    user_id = next(known for known in split.train.user_ids if str(known) == "7")
    arrow, _ = factor_map.person(fit, user_id, 1, 2)
    assert lessons.person_points(arrow, items, fit.nouns).text in text
    nearest = pmf.similar_items(fit, item_id)
    assert lessons.neighbours_are_sure(nearest, fit.nouns, False).text in text
    found, turned = turning.agreement_of_factors(fit), turning.turned(fit)
    assert lessons.alignment_agrees(found).text in text
    assert lessons.turning_changes_nothing(turned, 90).text in text
    at = turned.set_index("angle").loc[90]
    figures = metrics(app)
    assert figures["r_hat of raw factors"] == f"{found.raw:.2f}"
    assert figures["r_hat of aligned factors"] == f"{found.aligned:.2f}"
    assert figures["r_hat of predictions"] == f"{found.predictions:.2f}"
    assert figures["Factors"] == f"{at['raw']:.2f}"
    assert figures["Predictions"] == f"{at['predictions']:.2f}"
    assert figures["Largest change"] == "0.000000"
    values = turning.through_the_run(fit, item_id, 0)
    assert lessons.doubt_was_turning(values).text in text
    assert "no genres" in text  # of plain simulated ratings
    assert_drawn(drawn, items, "x", "x_sd", "y", "y_sd", "mean_rating")
    assert_drawn(drawn, arrow, "x", "y")
    assert_drawn(drawn, factor_map.axis_ends(fit, 1), "value", "lower", "upper")
    assert_drawn(drawn, nearest, "similarity", "lower", "upper")
    assert_drawn(drawn, turning.two_chains(fit, 0), "one", "other")
    assert_drawn(drawn, turned, "raw", "predictions")
    assert_drawn(drawn, turning.matrices(fit, 1.0), "value")
    assert_drawn(drawn, values, "value")
    with pytest.raises(AssertionError):  # control
        assert_drawn(drawn, factor_map.axis_ends(fit, 0), "value", "lower", "upper")


@pytest.mark.slow
def test_choices_are_in_the_address_and_unknown_ones_are_told(home, fit):
    stored(home, fit)
    app = visit("factors")
    assert not {"axis_x", "axis_y", "axis", "find", "turned_by", "how_far"} & written(app).keys()
    app.selectbox(key="axis_x").set_value("2").run()
    assert app.selectbox(key="axis_y").value != "2" and written(app)["axis_x"] == "2"
    app.slider(key="turned_by").set_value(45).run()
    app.text_input(key="find").set_value("movie 1").run()
    assert {"turned_by": "45", "find": "movie 1"}.items() <= written(app).items()
    titles = [frame.value for frame in app.dataframe][0]["title"]
    assert len(titles) == 11 and all("movie 1" in title for title in titles)  # 1, 10 to 19
    assert "11 with" in app.subheader[0].value
    app.text_input(key="find").set_value("nowhere").run()
    assert "0 with" in app.subheader[0].value and not app.exception
    app = visit("factors", item="none such", user="nobody", axis_x="99")
    assert "`none such` is not in this run" in said(app) and not app.exception
    assert app.selectbox(key="axis_x").value == "1"
    assert "turned_by" in refused(visit("factors", turned_by="nan"))


@pytest.mark.slow
def test_a_map_has_places_and_nothing_to_compare(home, drawn, split):
    point = pmf.fit_map(split, pmf.PMFConfig(2, center=True))
    stored(home, point)
    app = visit("factors")
    text = said(app)
    assert "This run is a MAP: one point" in text and "draws no outlines" in text
    assert "r_hat of raw factors" not in metrics(app)
    assert_drawn(drawn, factor_map.item_map(point, None, None, 0, 1), "x", "y")


@pytest.mark.slow
def test_one_factor_is_a_line_and_one_chain_compares_with_none(home, split):
    stored(home, pmf.sample_gibbs(split, pmf.PMFConfig(1, center=True), draws=9, tune=4, chains=1))
    app = visit("factors")
    assert "This run has one factor" in said(app) and not app.exception
    assert metrics(app)["r_hat of raw factors"] == "—"
    assert "It takes two chains and two factors" in said(app)


def test_a_run_without_draws_of_factors_says_what_to_do(home, fit, monkeypatch):
    stored(home, fit)

    def refuse(fit, most):
        raise ValueError("this fit holds no draws of U and V, so there is nothing to align")

    monkeypatch.setattr(alignment, "align_factors", refuse)
    app = visit("factors")
    assert "no draws of U and V" in app.info[0].value and [each.value for each in app.header] == []


@pytest.mark.slow
def test_ratings_of_another_split_have_no_genres_and_no_tastes(home, fit):
    stored(home, fit)
    app = visit("factors", split_seed="5")
    assert "other ratings than those chosen" in said(app)


@pytest.mark.slow
def test_in_a_named_world_true_tastes_are_laid_over(home, drawn):
    app = visit("explore", **WORLD)
    ratings, truth = cache.ratings(app.session_state["dataset"].key)
    split = pmf.split_ratings(ratings, 0.1, 0)
    fit = pmf.sample_gibbs(split, CONFIG, **LENGTH)
    stored(home, fit)
    app = visit("factors", **WORLD, map_color="True: dialogue", taste="cinematic")
    text, found = said(app), tastes.tastes_found(fit, ratings, truth)
    assert lessons.tastes_are_found(found, 3, fit.nouns).text in text
    loadings = genres.genre_loadings(fit, ratings, truth, 0)
    assert lessons.genres_tell(loadings, 1, False).text in text
    colored = tastes.with_true_taste(fit, ratings, truth, 0, 1, "dialogue")
    assert_drawn(drawn, colored, "x", "y", "true_taste")
    assert_drawn(drawn, found, "items", "users")
    one = tastes.one_taste(fit, ratings, truth, "cinematic")
    assert_drawn(drawn, one, "true", "learnt")
    loadings = genres.genre_loadings(fit, ratings, truth, 0)
    assert_drawn(drawn, loadings, "loading", "lower", "upper")
    assert app.selectbox(key="taste").value == "cinematic"
    app = visit("factors", **WORLD, map_color="Genre")
    order = factor_map.item_map(fit, ratings, truth, 0, 1).attrs["genres"]
    assert any(str(order) in str(spec) for spec in drawn)
