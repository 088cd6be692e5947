"""Small fits to damage, and all that pages do with one."""

import json
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

import pmf_core as pmf
from pmf_core.runs.leaderboard import leaderboard, settings, unique_names
from pmf_core.runs.recipe import snippet
from pmf_core.runs.store import RunStore

RUN = "20260101-000000-a"


@cache
def small_fit(preset: str) -> pmf.Fit:
    """Return a fit of a preset that is stored in some dozens of kB."""
    rng = np.random.default_rng(3)
    user, item = np.divmod(rng.permutation(12 * 9)[:60], 9)
    ratings = pmf.Ratings(  # with something for every part of a model
        user, item, 1.0 + np.arange(60) % 4, np.arange(12), np.arange(9), (1, 4),
        timestamp=86_400 * rng.integers(3, size=60),
        user_features=pd.DataFrame({"gender": np.resize(["F", "M"], 12)}),
        item_features=pd.DataFrame({"Drama": rng.random(9) < 0.5, "Comedy": True}),
    )  # fmt: skip
    split = pmf.split_ratings(ratings, 0.2, 1)
    config = pmf.PMFConfig.from_json(
        json.dumps(json.loads(pmf.PRESETS[preset].to_json()) | {"n_factors": 2})
    )
    return pmf.sample_gibbs(split, config, draws=8, tune=2, chains=2)


@cache
def stored(preset: str) -> bytes:
    """Return the file of a stored run."""
    with tempfile.TemporaryDirectory() as folder:
        run = RunStore(folder).add(small_fit(preset), "mine", run_id=RUN)
        return run.path.read_bytes()


def show(store: RunStore, run: Any) -> pmf.Fit:
    """Do what pages do with a run that is listed."""
    from pmf_core.evaluation.diagnosis import factor_r_hat, step_traces
    from pmf_core.evaluation.verdict import judge
    from pmf_core.fits.files import read_running
    from pmf_core.prediction.recommendation import active_users, rated_items
    from pmf_core.stats.ranks import rank_histogram

    assert run.attrs["created"][:16] and f"{run.summary['test_rmse']:.4f}"
    leaderboard([run]), settings(run), unique_names([run])
    read_running(run.path)
    fit = store.open(run.id)
    fit.summary(), snippet(fit), step_traces(fit), pmf.running_rmse(fit, noise=True)
    pmf.evaluate(fit), pmf.calibration_table(fit), pmf.reliability_table(fit), pmf.pit_ecdf(fit)
    judge(fit, pmf.evaluate_baselines(fit.split))
    rank_histogram(fit.idata["sample_stats"].dataset["norm_U"].values), factor_r_hat(fit)
    if not fit.is_point_estimate:
        pmf.diagnose(fit), pmf.acceptance(fit)
    user = active_users(fit)["user_id"][0]
    rated_items(fit, user), pmf.recommend(fit, user, n=5)
    return fit


def try_file(
    folder: Path, content: bytes, look: Callable[[pmf.Fit], bool], *, imports: bool = True
) -> str:
    """Put a file among the runs and import it; `look` says whether what is shown is right."""
    words = set()
    for name, is_import in (("there", False), ("imported", True))[: 1 + imports]:
        store = RunStore(folder / name)
        try:
            if is_import:
                path = folder / "upload.nc"
                path.write_bytes(content)
                with path.open("rb") as file:
                    run = store.add_file(file, "upload.nc")
            else:
                (store.folder / f"{RUN}.nc").write_bytes(content)
                [run] = store.list()
                if run.error is not None:
                    raise ValueError(run.error)
            with np.errstate(all="ignore"):
                words.add("accepted" if look(show(store, run)) else "wrong_values")
        except ValueError as error:
            words.add("refused" if _is_told(str(error)) else "tracebacks")
    return max(words, key=["refused", "accepted", "wrong_values", "tracebacks"].index)


def _is_told(message: str) -> bool:
    """Return whether a message is one of those that are meant for people."""
    return any(
        words in message
        for words in ("export it anew", "choose a file that", "import it on the Compare page",
                      "an import may have", "name is", "rename the file")
    )  # fmt: skip
