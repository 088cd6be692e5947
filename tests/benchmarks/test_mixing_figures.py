"""What the bench of mixing says of chains that are known."""

import json
import sys

import numpy as np
import pytest

import pmf_core as pmf
from benchmarks import mixing


def test_chains_are_stationary_from_where_their_mean_stays(rng):
    flat = rng.standard_normal((4, 400))
    assert mixing.sweeps_until_stationary(flat) == 0
    for arrives in (20, 60, 180):
        trace = flat.copy()
        trace[:, :arrives] += 5.0  # the mean of every twenty is far off up to there
        assert mixing.sweeps_until_stationary(trace) == arrives
    slow = flat + np.linspace(40, 0, 400)
    assert mixing.sweeps_until_stationary(slow) == 180  # the last half is 10, and has an sd of 6
    gaps = flat.copy()
    gaps[:, :200][:, np.arange(200) % 4 > 0] = np.nan
    gaps[:, :40] += 5.0
    assert mixing.sweeps_until_stationary(gaps) == 40


@pytest.mark.slow
def test_the_bench_says_which_scalar_is_the_worst(monkeypatch, tmp_path, ratings, capsys):
    monkeypatch.setattr(pmf, "load_movielens", lambda: ratings)
    saved = tmp_path / "mixing.json"
    args = ["mixing", "--presets", "pmf,bpmf", "--seeds", "3", "--quick", "--save", str(saved)]
    monkeypatch.setattr(sys, "argv", args)
    mixing.main()
    printed = capsys.readouterr().out.splitlines()
    records = json.loads(saved.read_text(encoding="utf-8"))
    assert [record["preset"] for record in records] == ["pmf", "bpmf"]
    for line, record in zip(printed, records, strict=False):
        scalars = record.pop("scalars")
        assert json.loads(line) == record
        assert record["r_hat"] == max(each["r_hat"] for each in scalars.values())
        assert record["r_hat"] == scalars[record["r_hat_of"]]["r_hat"]
        assert record["ess"] == min(each["ess"] for each in scalars.values())
        assert record["stationary"] == scalars[record["stationary_of"]]["stationary"]
        assert record["ess_per_second"] * record["seconds"] == pytest.approx(record["ess"], rel=0.2)
    fit = pmf.sample_gibbs(
        pmf.split_ratings(ratings, 0.1, 0), pmf.PRESETS["bpmf"], draws=40, tune=40, random_seed=3
    )
    assert scalars.keys() == {scalar.name for scalar in fit.scalars}
    assert records[1]["test_rmse"] == pytest.approx(fit.summary()["test_rmse"], abs=1e-5)
