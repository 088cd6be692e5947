"""A page of charts of the core under hard conditions, or of charts with a fault each."""

import altair as alt
import numpy as np
import pandas as pd
import streamlit as st

from pages.shell import show
from pmf_core.charts import (
    calibration,
    checks,
    classes,
    draws,
    factors,
    fits,
    ladder,
    own,
    people,
    ratings,
    scores,
    settings,
    trail,
    turning,
)
from pmf_core.data.nouns import Nouns

LONG = "The Very Long and Winding Title of Film No. {} That Nobody Remembers (1968)"
N = 30
ALBUMS = Nouns("gramophone record", "gramophone records", "percentage points")


def hard() -> dict[str, alt.TopLevelMixin]:
    """Return charts with long names, wide scales, many chains and many methods."""
    rng = np.random.default_rng(0)
    items = pd.DataFrame({"title": [LONG.format(n) for n in range(N)]})
    items["item_id"] = items["n_ratings"] = np.arange(1, N + 1) ** 2
    items["mean"] = items["shrunk_mean"] = items["pred_mean"] = rng.uniform(10, 90, N)
    items["pred_sd"] = 3.0
    items["pred_lower"], items["pred_upper"] = items["pred_mean"] - 9, items["pred_mean"] + 9
    steps = pd.DataFrame({"step": np.repeat(np.arange(2000), 8), "chain": np.tile(range(8), 2000)})
    steps["norm_U"] = rng.normal(12_000, 500, len(steps))
    runs = [f"MCMC D=30 α=2 with all that there is, run number {n}" for n in range(4)]
    lines = [pd.DataFrame({"method": m, "draw": [1, 2000], "rmse": rng.random(2)}) for m in runs]
    known = ["Uniform random", "Global mean", "Mean of means", "User and item biases", "MAP D=30"]
    flat = pd.DataFrame({"method": known, "train_rmse": 25.123, "test_rmse": 31.456})
    groups = pd.DataFrame({"group": ["0", "1 to 5", "6 to 20", "21 to 100", "101 or more"]})
    groups = groups.merge(flat, how="cross").assign(n_ratings=9, rmse=np.linspace(20, 40, 25))
    cells = [(d, a) for d in (2, 5, 10, 20, 50, 100) for a in ("learned", "0.5", "2.0", "100.0")]
    cells = pd.DataFrame(cells, columns=["n_factors", "alpha"]).assign(state="done", run_id="x")
    cells["test_rmse"] = np.linspace(20, 30, len(cells))
    cells["label"] = cells["test_rmse"].map("{:.3f}".format)
    draws = pd.DataFrame({"draw": range(1, 9)}).assign(**dict.fromkeys(fits.CURVES, 25.0))
    rungs = pd.DataFrame({"rung": [f"+ what a rung adds {n}" for n in range(11)]})
    rungs["measured"], rungs["test_rmse"] = "official fold u1", np.linspace(0.96, 0.85, 11)
    rungs.attrs["rungs"] = list(rungs["rung"])
    table = pd.DataFrame({"quantity": "prediction", "r_hat": rng.uniform(1, 3, 200)})
    table["ess_bulk"] = table["ess_tail"] = rng.uniform(900, 90_000, 200)
    return {
        **of_draws(rng),
        **of_checks(rng),
        "items": ratings.item_mean_bars(items, ALBUMS, 50, (0, 100)),
        "ranked": ratings.ranked_items(items, ALBUMS, (-10, 100)),
        "intervals": calibration.recommendation_intervals(items, ALBUMS, (-10, 110)),
        "traces": fits.trace_chart(steps, ALBUMS, "norm_U", 1000),
        "curves": fits.rmse_curves(draws, ALBUMS, ("User and item biases", 26.0)),
        "samples": scores.rmse_by_samples(pd.concat(lines), flat, ALBUMS, runs),
        "bars": scores.method_bars(flat, ALBUMS),
        "groups": scores.errors_by_group(groups, ALBUMS, "Training ratings of the movie"),
        "sweep": scores.sweep_heatmap(cells, ALBUMS, "alpha", "n_factors"),
        "ladder": ladder.rungs(rungs),
        **of_factors(items),
        **of_settings(rng),
        **of_people(items, rng),
        **dict(zip(("r_hat", "bulk", "tail"), fits.convergence_histograms(table), strict=True)),
    }


def of_draws(rng) -> dict[str, alt.TopLevelMixin]:
    """Return charts of the draws of scalars with long names, of many chains."""
    long, other = "log_det_Lambda_W_V_implicit", "log_det_Lambda_W_U_side_info"
    many = pd.DataFrame({"chain": np.repeat(range(16), 100), "lag": np.tile(range(100), 16)})
    many["autocorrelation"] = many["density"] = rng.uniform(0, 1, len(many))
    many["value"], many["draw"] = -12_345.6 + many["lag"], many["lag"]
    many["prediction"] = many["x"] = many["y"] = 1e5 * many["density"]
    many.attrs = {"quantity": long, "across": long, "up": other}
    grown = pd.DataFrame({"draw": range(500, 10_001, 500), "r_hat": rng.uniform(1, 9, 20)})
    grown["ess_bulk"] = grown["ess_tail"] = np.linspace(900, 90_000, 20)
    return {
        "density": draws.densities(many, ALBUMS),
        "autocorrelation": draws.autocorrelation_lines(many, ALBUMS),
        "two scalars": draws.two_scalars(many, ALBUMS),
        "worst": draws.prediction_trace(many, ALBUMS, 50_000.0),
        "ess so far": draws.ess_so_far(grown, ALBUMS),
        "r_hat so far": draws.r_hat_so_far(grown, ALBUMS),
    }


def of_settings(rng) -> dict[str, alt.TopLevelMixin]:
    """Return charts of many runs that differ in settings with long names."""
    names = [f"A setting with a name that is long {n}\nlearned, 0.001 to 1,000" for n in range(9)]
    places = pd.DataFrame({"axis": names, "order": range(9)}).merge(
        pd.DataFrame({"id": range(60), "name": "one of many", "shown": "7"}), how="cross"
    )
    places["place"], places["test_rmse"] = rng.uniform(0, 1, 540), 30 + places["id"] / 60
    matter = pd.DataFrame(
        {"label": [name.split("\n")[0] for name in names], "alone": 0.123, "beside": 0.0}
    )
    trials = pd.DataFrame({"number": range(1, 61), "rmse": 31.0, "best": 30.5, "name": "D = 2"})
    return {
        "parallel": settings.parallel_coordinates(places, ALBUMS),
        "importance": settings.importance_bars(matter),
        "search": settings.best_so_far(trials, ALBUMS),
    }


def of_checks(rng) -> dict[str, alt.TopLevelMixin]:
    """Return charts of ratings that models would give, of errors by count, and of a trail."""
    kinds = ("Prior", "Given", "Fitted model")
    shares = [pd.DataFrame({"of": of, "rating": np.linspace(-100, 200, 61)}) for of in kinds]
    for frame in shares:
        frame["share"] = frame["lower"] = frame["upper"] = rng.dirichlet(np.ones(61))
        frame.attrs = {"scale": (0.0, 100.0), "width": 5.0, "of": frame["of"][0]}
    both = pd.concat(shares[1:])
    both.attrs = {"given": shares[1].attrs}
    count = pd.DataFrame({"n_train": np.arange(1, 301) ** 2, "kind": "one"})
    count.loc[:7, "kind"] = "group"
    count["n_from"] = count["n_to"] = count["n_ratings"] = count["n_train"]
    count["rmse"], count["rmse_se"] = rng.uniform(0, 40, 300), 3.0
    count["coverage"], count["honest_low"], count["honest_top"] = 0.9, 0.85, 0.95
    count.attrs = {"owner": "item"}
    tried = pd.DataFrame({"x": np.repeat([1, 2, 50], 2), "part": ["train", "test"] * 3})
    tried["rmse"], tried["method"] = np.linspace(20, 30, 6), ["MAP"] * 4 + ["MCMC"] * 2
    tried["series"] = tried["model"] = tried["method"] + " with all that there is, and more of it"
    tried["is_newest"] = [False] * 4 + [True] * 2
    baseline = "User and item biases", 26.0
    return {
        "prior, data, posterior": checks.rating_shares(shares, ALBUMS),
        "check": checks.checked_shares(both, ALBUMS),
        "errors by count": checks.errors_by_count(count, ALBUMS),
        "coverage by count": checks.coverage_by_count(count, ALBUMS),
        "trail": trail.trail_chart(tried, ALBUMS, "Draws of all chains", baseline),
        "trail of one": trail.trail_chart(tried[:2], ALBUMS, "Factors D", baseline),
    }


def of_people(items: pd.DataFrame, rng) -> dict[str, alt.TopLevelMixin]:
    """Return charts of a class, of friends and of one visitor, with long names."""
    names = [f"A nickname as long {n}" for n in range(8)]
    pairs = pd.DataFrame([(a, b) for a in names for b in names if a < b], columns=["name", "other"])
    pairs = pairs.assign(similarity=0.1, lower=-0.9, upper=0.95)
    apart = items.head(10).assign(first=90.0, second=10.0, lower=-99.0, upper=99.0)
    moved = pd.DataFrame({"what": items["title"], "moved": items["mean"] - 50})
    shares = pd.DataFrame({"rating": np.tile(range(0, 101, 10), 2)})
    shares["of"] = np.repeat([classes.CLASS, classes.DATA], 11)
    shares["share"] = np.linspace(0, 1, 22)
    course = pd.DataFrame({"n": range(1, 601), "inside": 0.8, "low": 0.75, "high": 0.99})
    places = pd.DataFrame(rng.normal(0, 300, (N, 2)), columns=["x", "y"])
    crowd = places.head(8).assign(nickname=names, x_sd=9.0, y_sd=9.0)
    crowd["label"] = [names[0], *[""] * 7]
    turn = np.linspace(0, 6.28, 20)
    rings = pd.DataFrame({"order": range(20), "x": 90 * np.cos(turn), "y": 400 * np.sin(turn)})
    return {
        "likeness": people.likeness_intervals(pairs),
        "differences": people.differences(
            apart.assign(difference=[*range(-90, 100, 20)]), ALBUMS, (names[0], names[1])
        ),
        "moved": own.moved_bars(moved.head(20), ALBUMS, "Moved the mean by (percentage points)"),
        "class": classes.class_histogram(shares, ALBUMS),
        "game": classes.game_course(course),
        "class map": classes.class_map(
            items[["title", "n_ratings"]].join(places),
            crowd,
            rings.assign(nickname=names[0]),
            ALBUMS,
            ("Axis 1", "Axis 2"),
        ),
    }


def of_factors(items: pd.DataFrame) -> dict[str, alt.TopLevelMixin]:
    """Return charts of factors with long names, many genres, chains and factors."""
    rng = np.random.default_rng(1)
    n = len(items)
    places = pd.DataFrame(rng.normal(0, 300, (n, 4)), columns=["x", "y", "x_sd", "y_sd"])
    genres = [f"A genre with a long name, {k}" for k in range(8)]
    places = items[["item_id", "title", "n_ratings"]].join(places).assign(
        mean_rating=items["mean"], genre=np.resize(genres, n), found=items.index < 3
    )  # fmt: skip
    places.attrs["genres"] = genres
    turn = np.linspace(0, 6.28, 20)
    ring = pd.DataFrame({"order": range(20), "x": 90 * np.cos(turn), "y": 400 * np.sin(turn)})
    arrow = pd.DataFrame({"user_id": ["one"], "x": [-400.0], "y": [250.0]})
    ends = items[["title", "n_ratings"]].assign(value=items["mean"] - 50, upper=40.0, lower=-40.0)
    near = ends.rename(columns={"value": "similarity"}).assign(similarity=0.5, lower=-1, upper=1)
    flags = pd.DataFrame({"genre": genres, "n_items": 12_345, "loading": -2.5, "lower": -3.0})
    pair = pd.DataFrame({"kind": "raw", "title": items["title"], "one": items["mean"]})
    angles = pd.DataFrame({"angle": range(0, 361, 15), "predictions": 1.0, "change": 0.0})
    rows = [f"Factor {k}, chain {c}" for k in range(1, 9) for c in (0, 1)]
    cells = pd.DataFrame([(r, p, "A title") for r in rows for p in range(1, 61)])
    cells = cells.set_axis(["row", "place", "title"], axis=1).assign(kind="raw")
    cells["value"] = rng.normal(0, 1, len(cells))
    draws = pd.DataFrame({"kind": "raw", "chain": np.repeat(range(8), 50)})
    draws = draws.assign(step=np.tile(range(50, 2501, 50), 8), value=rng.normal(size=400))
    worlds = pd.DataFrame({"taste": ["light-hearted", "a taste with a name that is long"]})
    worlds = worlds.assign(items=[0.9, -0.4], users=[0.8, np.nan])
    axes, no_ring = ("Axis 10", "Axis 11"), ring.iloc[:0].assign(item_id=0)
    return {
        "map": factors.item_map_chart(
            places, ALBUMS, "genre", axes, ring.assign(item_id=1), (arrow, ring)
        ),
        "map of means": factors.item_map_chart(
            places, ALBUMS, "mean_rating", axes, no_ring, None, arrow
        ),
        "ends": factors.ends_chart(ends, ALBUMS, "Axis 10"),
        "genres": factors.genres_chart(flags.assign(upper=-2.0), "Axis 10"),
        "near": factors.neighbours_chart(near, ALBUMS),
        "tastes": factors.tastes_chart(worlds, ALBUMS),
        "two chains": turning.two_chains_chart(pair.assign(other=places["x"]), ALBUMS, "raw"),
        "turning": turning.turning_chart(angles.assign(raw=np.linspace(1, 12, 25)), 90),
        "matrix": turning.matrix_chart(cells, ALBUMS, "raw"),
        "through": turning.through_chart(draws, "raw"),
    }


def broken() -> dict[str, alt.TopLevelMixin]:
    """Return charts with a fault each, under the words in which it must be found."""
    frame = pd.DataFrame({"x": [0, 50, 100], "y": [1.0, 2.0, 3.0], "name": ["one", "two", "three"]})
    whole = alt.Chart(frame, height=220).mark_point().encode(x="x:Q", y="y:Q")
    text, named = whole.mark_text(text="A label"), whole.encode(color="name:N")
    tall = alt.Legend(orient="bottom", columns=1, symbolSize=9000)
    wide = alt.Legend(
        orient="bottom", columns=3, labelExpr="datum.label + ' and a long story' + pad('', 90, '.')"
    )
    return {
        "px high, less than 120": whole.properties(height=65),
        "px high, its plot": named.encode(color=alt.Color("name:N").legend(tall)),
        "of the width": whole.encode(
            y=alt.Y("name:N").axis(labelExpr="datum.label + pad('', 50, 'w')")
        ),
        "at the edge": named.encode(color=alt.Color("name:N").legend(wide)),
        "is short for": whole.encode(x=alt.X("x:Q").axis(title="Much " * 40, titleLimit=90)),
        "overlap": whole + text.encode(x=alt.value(80), y=alt.value(80)),
        "lies on a line": whole.mark_line() + text,
        "beside its tick": whole.encode(x=alt.X("x:Q").axis(labelFlush=True)),
        "has a contrast of": whole + text.encode(color=alt.value("#808495")),
        "a power of ten": whole.encode(x=alt.X("x:Q").axis(format="e")),
        "labels on the X-axis": whole.encode(
            x=alt.X("name:N").axis(labelAngle=0, labelExpr=f"'{'w' * 60}'")
        ),
        "one label alone": whole.encode(y=alt.Y("y:Q").axis(values=[2])),
    }


charts = broken() if "broken" in st.query_params else hard()
st.title("Charts")
for column, (name, picture) in zip(st.columns(2) * len(charts), charts.items(), strict=False):
    show.chart(picture, name, column, key=name)
