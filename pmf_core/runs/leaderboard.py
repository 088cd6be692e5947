"""Stored runs side by side: a table ranked by error, and what changed between two."""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pandas as pd

from pmf_core.data import Split
from pmf_core.data.nouns import Nouns
from pmf_core.evaluation.lessons import Lesson, difference
from pmf_core.evaluation.methods import best_baseline
from pmf_core.evaluation.mixing import agreement, doubt, ess_per_second
from pmf_core.evaluation.the_example import MCMC, SECONDS, example_rows
from pmf_core.fits.fit import Fit
from pmf_core.fits.soundness import FIGURES
from pmf_core.models.config import PMFConfig
from pmf_core.models.sampler_config import SamplerConfig
from pmf_core.runs.stored import Run

SCORES = (*FIGURES, "ess_per_second")
"""Columns of `leaderboard` that are no settings, beside names and dates."""

METHODS = {"map": "MAP", "gibbs": "Gibbs", "nuts": "NUTS"}
"""Ways of fitting, as people call them."""

LABELS = {"method": "Method", "dataset": "Ratings", "split_id": "Split"} | {
    name: knob.label for kind in (PMFConfig, SamplerConfig) for name, knob in kind.knobs().items()
}
"""What people call settings, and what a run learnt from."""

_ABOUT = ("id", "split_id", "dataset", "created", "keep")
"""Columns that tell people nothing once runs are side by side."""


_SAID = ("name", "partial", "believed", "note")
"""Columns that are neither settings nor scores."""

_FORMULA = re.compile(r"[=+\-@\t\r]")
"""How a text begins that a spreadsheet would work out."""


def leaderboard(runs: Iterable[Run], names: Mapping[str, str] | None = None) -> pd.DataFrame:
    """Return one row a readable run, the lowest test RMSE first.

    Parameters
    ----------
    runs : iterable of Run
    names : mapping of str to str, optional
        What to call each run, by its id; by default as it is called.

    Returns
    -------
    pd.DataFrame
        id, name, note, `FIGURES` (errors in stars), ess_per_second, method, the model's settings,
        the sampler's settings, partial, believed (in words), split_id, dataset, created.
    """
    rows = []
    for run in runs:
        if run.error is not None:
            continue
        scores = run.summary
        rows.append(
            {"id": run.id, "name": names[run.id] if names else run.name, "note": run.note}
            | {name: scores[name] for name in FIGURES}
            | {"ess_per_second": ess_per_second(scores), "method": scores["method"]}
            | settings(run)
            | {
                "partial": scores["partial"],
                "believed": believed(scores),
                "split_id": run.attrs["split_id"],
                "dataset": run.attrs["dataset"],
                "created": run.attrs["created"],
            }
        )
    frame = pd.DataFrame(rows)
    return (
        frame if frame.empty else frame.sort_values("test_rmse", ignore_index=True, kind="stable")
    )


def on_split(board: pd.DataFrame, split_id: str) -> pd.DataFrame:
    """Return the rows of `leaderboard` whose runs have the same held-out ratings."""
    return board if board.empty else board[board["split_id"] == split_id].reset_index(drop=True)


def best_sampled(board: pd.DataFrame, n: int) -> list[str]:
    """Return the ids of the `n` best runs of `leaderboard` that are no MAP."""
    return [] if board.empty else board.loc[board["method"] != "map", "id"].head(n).tolist()


def side_by_side(board: pd.DataFrame) -> tuple[pd.DataFrame, list[str]]:
    """Return `leaderboard` as people read it, and the settings in which its runs differ.

    Settings are in words, since one may be a number or learned. Without a note, there is no column
    of notes.
    """
    without = () if any(board.get("note", ())) else ("note",)
    shown = board.drop(columns=[*_ABOUT, *without], errors="ignore")
    settings = settings_in(shown)
    for name in settings:
        shown[name] = [setting_text(value) for value in shown[name]]
    return shown, [name for name in settings if shown[name].nunique() > 1]


def settings_in(board: pd.DataFrame) -> list[str]:
    """Return the columns of `leaderboard` that are settings, how a run was fitted among them."""
    return [name for name in board if name not in {*_SAID, *_ABOUT, *SCORES}]


def with_the_example(shown: pd.DataFrame, split: Split) -> pd.DataFrame:
    """Put what the PyMC example reports into `side_by_side`, in its place by test RMSE.

    Only where the ratings are its own; what it does not say is a dash.
    """
    reported = example_rows(split, ("MCMC",)).to_dict("records")
    if not reported:
        return shown
    config = PMFConfig.in_words(asdict(PMFConfig()))
    length = {"chains": 4, "draws": 500, "tune": 500, "start": "map", "method": "nuts"}
    row = {name: np.nan if name in SCORES else "—" for name in shown}
    row |= {name: setting_text(value) for name, value in (config | length).items() if name in shown}
    row |= {key: reported[0][key] for key in ("train_rmse", "test_rmse")}
    row |= {"name": MCMC, "seconds": SECONDS, "partial": False, "believed": "as reported"}
    row |= {"note": ""} if "note" in shown else {}
    both = pd.concat([shown, pd.DataFrame([row])])
    return both.sort_values("test_rmse", kind="stable", ignore_index=True)


def as_csv(board: pd.DataFrame) -> str:
    """Return `leaderboard` as CSV, in which no text that a person wrote is a formula."""
    texts = board.select_dtypes(exclude=["number", "bool"]).columns
    safe = {name: [_inert(value) for value in board[name]] for name in texts}
    return board.assign(**safe).to_csv(index=False)


def _inert(value: object) -> object:
    return f"'{value}" if isinstance(value, str) and _FORMULA.match(value) else value


def setting_text(value: object) -> str:
    """Return a setting as people read it, whatever it is."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if value in METHODS:
        return METHODS[value]
    return f"{value:g}" if isinstance(value, float) else str(value)


def believed(scores: Mapping[str, Any]) -> str:
    """Return whether a run is to be believed, as a leaderboard says it."""
    if scores["method"] == "map":
        return "one point"
    words = {"unknown": "too short", "stuck": "no: stuck", "none": "no: chains disagree",
             "few": "no: too few draws", "nearly": "nearly", "full": "yes"}  # fmt: skip
    return words[agreement(scores["r_hat"], scores["ess"])]


def marked(name: str, scores: Mapping[str, Any]) -> str:
    """Return what pictures call a run: with a mark where it is not to be believed."""
    return name if doubt(scores) is None else f"{name} (not converged)"


@dataclass(frozen=True)
class Lead:
    """The best run of a leaderboard, and by how many stars."""

    name: str
    train_rmse: float
    test_rmse: float
    baseline: str
    """The best of them."""
    over_baseline: float
    """How much lower its test RMSE is than that of the best baseline."""
    over_map: float | None
    """And than that of the MAP of its own model, if there is one."""
    doubt: str | None = None
    """Why its draws are not to be believed."""

    @property
    def gap(self) -> float:
        """By how much its error is higher on held-out ratings."""
        return self.test_rmse - self.train_rmse


def lead(
    board: pd.DataFrame, baselines: pd.DataFrame, point: Mapping[str, Any] | None = None
) -> Lead:
    """Return how the first run of `leaderboard` compares with simpler methods on its split.

    Parameters
    ----------
    board, baselines : pd.DataFrame
        As `leaderboard` and `evaluate_baselines` return them.
    point : mapping, optional
        `Fit.summary` of the MAP of the first run's own model.
    """
    best = board.iloc[0]
    bar, test = best_baseline(baselines), float(best["test_rmse"])
    over_map = None if point is None else point["test_rmse"] - test
    why = doubt(best[["method", "r_hat", "ess"]].to_dict())
    over = float(bar["test_rmse"] - test)
    train = float(best["train_rmse"])
    return Lead(best["name"], train, test, bar["method"], over, over_map, why)


def leads(best: Lead, nouns: Nouns) -> Lesson:
    """Say by how much a run leads, after its name; no trophy for draws that are not believed."""
    test, unit = best.test_rmse, nouns.unit
    beside = [difference(test, test + best.over_baseline, unit) + f" *{best.baseline}*"]
    if best.over_map is not None:
        beside.insert(0, difference(test, test + best.over_map, unit) + " the MAP of its model")
    among = ", ".join(beside)
    text = f"leads with {test:.4f} {unit}: {among}. "
    trails = any(" worse " in each for each in beside)
    if best.doubt:
        text = f"has the lowest error of all runs, {test:.4f} {unit} ({among}), but leads nothing "
        text += f"yet: {best.doubt}. "
    elif trails:
        text = f"has the lowest error of all runs, {test:.4f} {unit}, and does not lead: {among}. "
    text += f"Its training RMSE is {best.train_rmse:.4f}, so train and test differ by "
    text += f"{abs(best.gap):.4f}."
    evidence = {"over_baseline": best.over_baseline, "gap": best.gap, "test_rmse": test}
    return Lesson("leads", best.doubt is None and not trails, text, evidence)


def error_difference(a: Run, b: Run) -> float | None:
    """Return the test RMSE of `b` minus that of `a`; None where held-out ratings differ."""
    if a.attrs["split_id"] != b.attrs["split_id"]:
        return None
    return b.summary["test_rmse"] - a.summary["test_rmse"]


def settings(run: Run | Fit) -> dict[str, object]:
    """Return the settings of a run's model, in words, and sampler; a MAP has no run length."""
    sampler = json.loads(run.attrs["sampler"])
    if run.attrs["method"] == "map":
        sampler = {"random_seed": sampler["random_seed"]}
    else:
        sampler = {"moves": (), "start": "prior"} | sampler  # fits of old had no choice
    return PMFConfig.in_words(json.loads(run.attrs["config"])) | SamplerConfig.in_words(sampler)


def unique_names(runs: Iterable[Run]) -> dict[str, str]:
    """Return a name for each run by its id; of equal names the later runs get a number."""
    names: dict[str, str] = {}
    for run in sorted(runs, key=lambda run: run.id):
        name, number = run.name, 1
        while name in names.values():
            number += 1
            name = f"{run.name} #{number}"
        names[run.id] = name
    return names


def differences(a: Run, b: Run) -> pd.DataFrame:
    """Return what changed between two runs: setting, a, b; one row for each that differs."""
    left, right = ({"method": run.attrs["method"]} | settings(run) for run in (a, b))
    left |= {"dataset": a.attrs["dataset"], "split_id": a.attrs["split_id"]}
    right |= {"dataset": b.attrs["dataset"], "split_id": b.attrs["split_id"]}
    rows = [
        {
            "setting": name,
            "a": setting_text(left.get(name, "—")),
            "b": setting_text(right.get(name, "—")),
        }
        for name in left | right
        if left.get(name) != right.get(name)
    ]
    return pd.DataFrame(rows, columns=["setting", "a", "b"])
