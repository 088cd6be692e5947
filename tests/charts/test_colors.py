"""A colour means one method, on every page and whatever else is shown."""

import math
from itertools import combinations

import pandas as pd
import pytest

from pmf_core.charts import base, ratings, scores
from pmf_core.data.nouns import Nouns
from pmf_core.models.baselines import BASELINES

WHITE, BLACK = "#ffffff", "#12121c"
MAP = "MAP D=10 α=2"
RUNS = [f"MCMC {n}" for n in range(9)]


def colors(spec):
    scale = spec["encoding"]["color"]["scale"]
    return dict(zip(scale["domain"], scale["range"], strict=True))


def samples(methods, flat):
    frames = [pd.DataFrame({"method": [name], "draw": [1], "rmse": [0.9]}) for name in methods]
    lines = pd.concat(frames) if frames else pd.DataFrame(columns=["method", "draw", "rmse"])
    table = pd.DataFrame({"method": flat, "test_rmse": 1.0})
    return colors(scores.rmse_by_samples(lines, table, Nouns(), RUNS).to_dict())


def luminance(color):
    parts = [int(color[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_nine_lines_have_nine_colours():
    found = samples(RUNS[:4], [*BASELINES, MAP])
    assert len(found) == 9 == len(set(found.values()))


def test_a_close_up_recolours_nothing():
    whole = samples(RUNS[:4], [*BASELINES, MAP])
    near = samples(RUNS[:4], ["Mean of means", "User and item biases", MAP])
    assert len(near) == 7 and near.items() <= whole.items()


def test_a_baseline_has_one_colour_in_all_charts():
    groups = pd.DataFrame({"method": list(BASELINES), "group": "1", "n_ratings": 1, "rmse": 1.0})
    elsewhere = colors(scores.errors_by_group(groups, Nouns(), "Rating").to_dict())
    assert elsewhere.items() <= samples(RUNS[2:3], [*BASELINES]).items()
    assert len(set(elsewhere.values())) == len(BASELINES)


@pytest.mark.parametrize("others", [[], [1], [0, 2, 5], [6, 1, 4]])
def test_a_run_keeps_its_colour_when_others_join_and_leave(others):
    alone = samples([RUNS[3]], [])
    among = samples([*(RUNS[n] for n in others), RUNS[3]], [*BASELINES])
    assert among[RUNS[3]] == alone[RUNS[3]]


def test_more_runs_than_colours_share_none_while_one_is_free():
    found = samples([RUNS[6], RUNS[7], RUNS[0]], [])
    assert len(set(found.values())) == 3
    assert found[RUNS[0]] == samples([RUNS[0]], [])[RUNS[0]]  # the older one keeps its own


@pytest.mark.parametrize("color", [*base.METHODS.values(), *base.RUNS])
def test_a_colour_can_be_told_from_both_backgrounds(color):
    of = luminance(color) + 0.05
    assert (luminance(WHITE) + 0.05) / of >= 3 and of / (luminance(BLACK) + 0.05) >= 3


def test_two_colours_can_be_told_from_each_other():
    rgb = [
        [int(color[at : at + 2], 16) for at in (1, 3, 5)]
        for color in (*base.METHODS.values(), *base.RUNS)
    ]
    assert min(math.dist(one, other) for one, other in combinations(rgb, 2)) > 50


def test_what_is_empty_is_not_painted():
    blocks = pd.DataFrame({"density": [0.0, 0.5], "n_ratings": [0, 1]})
    blocks = blocks.assign(user_from=0, user_to=1, item_from=[0, 1], item_to=[1, 2])
    encoding = ratings.matrix_heatmap(blocks, Nouns()).to_dict()["encoding"]
    assert encoding["opacity"]["field"] == "density"
    assert encoding["opacity"]["scale"]["range"] == [0, 1] and "color" not in encoding


def test_a_legend_has_as_many_columns_as_fit():
    short = base.legend(None, ["train"]).to_dict()["columns"]["expr"]
    assert short == "max(1, floor((width - 0) / 61.0))"
    wide = base.legend(None, ["User and item biases"]).to_dict()["columns"]["expr"]
    assert wide == "max(1, floor((width - 0) / 142.0))"
