"""What a search for the best settings may try, and what it tries next.

The next trial is a function of the plan and of what the trials so far have scored, whoever asks and
in whatever process: so a search that was cut off goes on as if it had not been.
"""

import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from pmf_core.data import Ratings
from pmf_core.models.available import available
from pmf_core.models.config import PMFConfig
from pmf_core.support.errors import is_whole, require
from pmf_core.support.knobs import Knob

if TYPE_CHECKING:
    from optuna.trial import Trial

SEARCHED = tuple(knob.name for knob in PMFConfig.offered())
"""Settings that a search may vary: those that people can set on a page."""

USUAL = ("n_factors", "alpha", "center", "prior", "biases")
"""Those that it varies where nobody says which."""

MAX_TRIALS, MAX_MINUTES, MAX_FACTORS = 60, 60.0, 50
"""What a plan may ask for."""

AT_RANDOM = 10
"""Trials before the search learns from what it has tried."""

ASKS = 8
"""Times the number of trials that settings are asked for: most may have been tried already."""

METHODS = ("map", "gibbs")

MISSING = (
    "a search needs Optuna, which is not installed here: `pip install 'optuna>=4'`, or this "
    "package with its extra `search`, then start the app again"
)


@dataclass(frozen=True)
class Plan:
    """What to look for, and how long.

    Raises
    ------
    ValueError
        If a field breaks its rule.
    """

    config: PMFConfig = PMFConfig()
    """The settings that are not varied, and those of the first trial."""
    over: tuple[str, ...] = USUAL
    """The settings that are varied, of `SEARCHED`."""
    most_factors: int = 20
    """Where the number of factors ends, if it is varied."""
    trials: int = 30
    minutes: float = 20.0
    """Of all trials together; a trial that has begun is finished."""
    random_seed: int = 0
    """Of the search, of its fits, and of what it scores them on."""
    method: str = "map"

    def __post_init__(self) -> None:
        """Check every field."""
        over = tuple(self.over)
        object.__setattr__(self, "over", over)
        rule = f"one or more of {', '.join(SEARCHED)}, each once"
        valid = 0 < len(over) == len(set(over)) and set(over) <= set(SEARCHED)
        require(valid, "over", over, rule)
        for name, low, high in (
            ("most_factors", 2, MAX_FACTORS),
            ("trials", 2, MAX_TRIALS),
            ("random_seed", 0, 10**9),
        ):
            value = getattr(self, name)
            require(is_whole(value, low, high), name, value, f"a whole number, {low} to {high}")
        is_time = isinstance(self.minutes, int | float) and 0 < self.minutes <= MAX_MINUTES
        require(is_time, "minutes", self.minutes, f"above 0 and at most {MAX_MINUTES:g}")
        require(self.method in METHODS, "method", self.method, f"one of {', '.join(METHODS)}")

    def to_json(self) -> str:
        """Return the plan as JSON, the form in which its trials store it."""
        return json.dumps({name: getattr(self, name) for name in _FIELDS} | {
            "config": asdict(self.config)
        })  # fmt: skip

    @classmethod
    def from_json(cls, text: str) -> "Plan":
        """Read what `to_json` wrote; raise an exception of any kind if it is none."""
        found = json.loads(text)
        return cls(**found | {"config": PMFConfig.from_json(json.dumps(found["config"]))})


_FIELDS = ("over", "most_factors", "trials", "minutes", "random_seed", "method")


def can_search() -> bool:
    """Return whether Optuna is installed; without, there is no search."""
    return find_spec("optuna") is not None


def next_trial(
    plan: Plan, train: Ratings, scores: Mapping[PMFConfig, float], seconds: float = 0.0
) -> PMFConfig | None:
    """Return the settings that a search tries next; None where it has ended.

    Those of the plan come first, then some at random, then what a tree-structured Parzen estimator
    takes for promising (Bergstra et al. 2011). What was tried already is never fitted again.

    Parameters
    ----------
    plan : Plan
    train : Ratings
        What is learnt from: what they cannot feed is left out of a model.
    scores : mapping of PMFConfig to float
        The error of each trial so far; nan of one that failed.
    seconds : float
        That they have taken.

    Raises
    ------
    ModuleNotFoundError
        If Optuna is not installed.
    """
    if len(scores) >= plan.trials or seconds >= 60 * plan.minutes:
        return None
    if not can_search():
        raise ModuleNotFoundError(MISSING)
    import optuna  # here: it takes a second, and only a search needs it

    optuna.logging.set_verbosity(optuna.logging.ERROR)
    sampler = optuna.samplers.TPESampler(seed=plan.random_seed, n_startup_trials=AT_RANDOM)
    study = optuna.create_study(sampler=sampler)
    study.enqueue_trial(_present(plan))
    for _ in range(ASKS * plan.trials):
        trial = study.ask()
        try:
            config, _ = available(_suggested(plan, trial), train)
        except ValueError:  # as where a prior has too few degrees of freedom for so many factors
            error = math.nan
        else:
            if config not in scores:
                return config
            error = scores[config]
        if math.isfinite(error):
            study.tell(trial, error)
        else:
            study.tell(trial, state=optuna.trial.TrialState.FAIL)
    return None


def bounds(knob: Knob, plan: Plan) -> tuple[float, float, float]:
    """Return the lowest and highest value that is tried of a number, and their step."""
    low, high, step = knob.slider
    return low, min(high, plan.most_factors) if knob.name == "n_factors" else high, step


def _suggested(plan: Plan, trial: "Trial") -> PMFConfig:
    """Return the model that a trial stands for; settings that mean nothing there are overruled."""
    values: dict[str, Any] = {}
    for name in plan.over:
        knob = PMFConfig.knob(name)
        if knob.kind.options:
            word = trial.suggest_categorical(name, [knob.words(each) for each in knob.kind.options])
            values[name] = knob.read(word) if isinstance(word, str) else word
        elif knob.none is not None and trial.suggest_categorical(f"{name}?", [True, False]):
            values[name] = None
        else:
            low, high, step = bounds(knob, plan)
            if isinstance(knob.default, int):
                values[name] = trial.suggest_int(name, low, high, log=True)
            else:  # as a page can set it, so that what is found can be taken there
                found = trial.suggest_float(name, low, high, log=True)
                values[name] = round(max(low, step * round(found / step)), 6)
    return PMFConfig.coherent(**vars(plan.config) | values)


def _present(plan: Plan) -> dict[str, Any]:
    """Return what a trial is asked to suggest for the settings of the plan."""
    found: dict[str, Any] = {}
    for name in plan.over:
        knob, value = PMFConfig.knob(name), getattr(plan.config, name)
        if knob.kind.options:
            found |= {name: knob.words(value)} if value in knob.kind.options else {}
            continue
        if knob.none is not None:
            found[f"{name}?"] = value is None
        if value is not None:
            low, high, _ = bounds(knob, plan)
            found[name] = min(max(value, low), high)
    return found
