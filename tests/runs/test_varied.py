"""Where runs stand on parallel axes, and which runs are looked at."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import pmf_core as pmf
from pmf_core.data.nouns import Nouns
from pmf_core.runs.choosing import filtered, kind_of_model, kinds_of_models, splits_of
from pmf_core.runs.stored import Run
from pmf_core.runs.varied import coordinates, varied

JOKES = Nouns("joke", "jokes", "points")


def board(**columns):
    frame = pd.DataFrame(columns)
    n = len(frame)
    scores = {"seconds": 1.0, "train_rmse": 0.5, "test_rmse": np.linspace(0.8, 0.9, n)}
    return frame.assign(id=[f"r{i}" for i in range(n)], name="x", note="", **scores)


def places(frame):
    """Return the places on each axis by its title, and what each goes through."""
    found = coordinates(frame, JOKES)
    assert found["order"].is_monotonic_increasing
    axes = {key.split("\n")[0]: each for key, each in found.groupby("axis", sort=False)}
    through = {title: each["axis"].iloc[0].split("\n")[1] for title, each in axes.items()}
    return {title: list(each["place"]) for title, each in axes.items()}, through


def test_settings_differ_where_runs_that_have_them_do():
    frame = board(
        n_factors=[2, 5, 5], alpha=[2.0, 2.0, 2.0], draws=[np.nan, 500, 500],
        center=[True, False, True], random_seed=[0, 1, 2], method=["map", "gibbs", "gibbs"],
    )  # fmt: skip
    assert varied(frame) == ["n_factors", "center", "method"]
    assert varied(frame.iloc[[0, 2]]) == ["n_factors", "method"]


def test_numbers_stand_in_proportion_or_by_powers_and_words_have_their_place():
    frame = board(n_factors=[10, 20, 40], alpha=["learned", 1.0, 3.0], beta0=[1.0, 10.0, 100.0])
    found, through = places(frame)
    assert found["D"] == [0, pytest.approx(1 / 3), 1]
    assert found["α"] == [0, 0.15, 1] and found["β₀"] == [0, pytest.approx(0.5), 1]
    assert found["Test RMSE (points)"] == [0, pytest.approx(0.5), 1]
    assert list(found)[-3:] == ["Time (s)", "Train RMSE (points)", "Test RMSE (points)"]
    assert found["Time (s)"] == [0.5] * 3
    assert list(through.values()) == [
        "10 to 40", "learned, 1 to 3", "1 to 100", "1", "0.500", "0.800 to 0.900",
    ]  # fmt: skip
    rows = coordinates(frame, JOKES)
    assert list(rows["shown"][:6]) == ["10", "20", "40", "learned", "1", "3"]


def test_a_run_that_lacks_a_setting_is_left_out_of_its_axis_and_many_words_are_cut():
    words = [f"a word with a long name, {n}" for n in range(3)]
    frame = board(draws=[np.nan, 5, 9], center=[True, False, True], link=words)
    found, through = places(frame)
    assert found["Draws"] == [0, 1] and found["Subtract the mean rating"] == [1, 0, 1]
    assert through["Subtract the mean rating"] == "no, yes" and found["Link"] == [0, 0.5, 1]
    assert through["Link"] == f"{words[0]} … {words[2]}"


def run(name, note="", **config):
    attrs = {"config": pmf.PMFConfig.coherent(**config).to_json(), "note": note}
    return Run(name, Path(f"{name}.nc"), 1, name, attrs)


BPMF = {"prior": "hierarchical", "alpha": None, "center": True}


def test_a_kind_of_model_is_its_preset_whatever_its_size():
    for name, config in pmf.PRESETS.items():
        assert kind_of_model(config) == name
    assert kind_of_model(pmf.PMFConfig(3, alpha=None)) == "pmf"
    assert kind_of_model(pmf.PMFConfig(3, alpha=1.0, prior="hierarchical", center=True)) == "bpmf"
    assert kind_of_model(pmf.PMFConfig(3, nu0=12, biases=True)) == "biases"


def test_runs_are_filtered_by_words_and_by_kind():
    runs = [run("MCMC one", "Slow but GOOD"), run("MCMC two", **BPMF), run("good", biases=True)]
    assert kinds_of_models(runs) == ["pmf", "bpmf", "biases"]

    def names(*given):
        return [each.name for each in filtered(runs, *given)]

    assert names() == names("") == ["MCMC one", "MCMC two", "good"]
    assert names("good") == ["MCMC one", "good"] and names("mcmc  good") == ["MCMC one"]
    assert names("", "bpmf") == ["MCMC two"] and names("good", "bpmf") == names("x") == []


def test_splits_are_named_and_the_chosen_one_comes_first():
    frame = pd.DataFrame({"split_id": ["b", "a", "b"], "dataset": ["B", "A", "B"]})
    assert splits_of(frame, "a") == {"a": "As chosen · 1 run", "b": "B · split b · 2 runs"}
    assert splits_of(pd.DataFrame(), "a") == {"a": "As chosen · 0 runs"}
    assert next(iter(splits_of(frame, "c").items())) == ("c", "As chosen · 0 runs")
