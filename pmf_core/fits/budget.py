"""What one visitor may ask of the server: work and memory, in one place for pages and jobs.

Work is what `pmf_core.fits.cost` estimates. What exceeds a limit is refused before it starts, with
the nearest setting that fits.
"""

import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields, replace

from pmf_core.data import Ratings, Split
from pmf_core.fits.cost import estimate_memory, estimate_work, fit_seconds
from pmf_core.models.config import PMFConfig
from pmf_core.models.ingredients.features import implicit_sides
from pmf_core.models.sampler_config import SamplerConfig
from pmf_core.support.errors import require

FEWEST_SWEEPS = 8
"""Of a MAP that a page finds while one waits: fewer say nothing."""

NOISE_SECONDS = 2.2e-8, 2e-9
"""Of one noisy rating, for each pair and draw: of any model, and for each factor."""

PLATE_SECONDS = 4e-7, 2.5e-6
"""Of the PyMC model that a diagram is made of, for each rating: of any model, and for each side
that ratings move."""

BYTES_A_RATING = 24
"""Of a split in memory, and in the folder of a job."""


class OverBudget(ValueError):
    """It takes more than the limits allow; the message says how much, and what does fit."""


@dataclass(frozen=True)
class Limits:
    """How much a page, a job, a visitor and all together may take.

    ``PMF_MAX_`` and a field's name in capitals, such as ``PMF_MAX_RUNNING``, is the environment
    variable that sets it.
    """

    ratings: int = 1_050_000
    """Of one data set, simulated or uploaded; MovieLens 1M fits."""
    page_seconds: float = 2.0
    """Work of one answer of a page."""
    page_bytes: float = 1e9
    """Memory of one answer of a page."""
    job_seconds: float = 7200.0
    """Work of one job, all chains together."""
    job_bytes: float = 2e9
    """Memory of one job at its peak."""
    job_steps: int = 100_000
    """Draws and tuning steps of one job, all chains together."""
    owner_seconds: float = 8 * 3600.0
    """Work of all jobs of one visitor that wait or run."""
    owner_waiting: int = 120
    """Jobs of one visitor that wait; a sweep has up to 100."""
    waiting: int = 500
    """Jobs that wait in all."""
    running: int = 2
    """Jobs at a time. They share the same threads, so that more only slow each other down."""
    queue_bytes: float = 1e9
    """Ratings that all jobs together hold in memory and on disk."""
    ended: int = 500
    """Jobs that are over and still listed."""
    stored_bytes: float = 2e9
    """Runs stored in all."""
    owner_bytes: float = 1e9
    """Runs stored of one visitor."""
    import_bytes: float = 2e8
    """A run that is imported."""

    def __post_init__(self) -> None:
        """Check every field."""
        for field in fields(self):
            value = getattr(self, field.name)
            whole = field.type is int
            valid = value > 0 and (not whole or value == int(value))  # nan compares as false
            rule = f"a {'whole number' if whole else 'number'} above 0"
            require(valid, field.name, value, rule)

    @classmethod
    def from_environment(cls) -> "Limits":
        """Return the limits that ``PMF_MAX_...`` set, and the defaults of the others.

        Raises
        ------
        ValueError
            If a variable is no number above 0, or there is no limit of its name.
        """
        found = {}
        known = {f"PMF_MAX_{field.name.upper()}": field for field in fields(cls)}
        for name, text in os.environ.items():
            if not name.startswith("PMF_MAX_"):
                continue
            rule = f"one of {', '.join(known)}"
            require(name in known, "the environment variable", name, rule)
            field = known[name]
            try:
                value = float(text)
                limit = int(value) if field.type is int and value == int(value) else value
                cls(**{field.name: limit})
            except (ValueError, OverflowError):
                whole = "whole number" if field.type is int else "number"
                rule = f"a {whole} above 0, such as {field.default:g}; mend or unset it"
                raise ValueError(f"{name} is {text!r}; it must be {rule}") from None
            found[field.name] = limit
        return cls(**found)


def check_ratings_fit(n_ratings: int, limits: Limits) -> None:
    """Raise OverBudget if a data set has too many ratings."""
    if n_ratings > limits.ratings:
        raise OverBudget(
            f"{n_ratings:,} ratings are more than this server takes; give at most "
            f"{limits.ratings:,}"
        )


def page_sweeps(split: Split, config: PMFConfig, limits: Limits) -> int:
    """Return how many sweeps of a MAP a page may wait for.

    Raises
    ------
    OverBudget
        If those are fewer than `FEWEST_SWEEPS`, or take too much memory.
    """

    def seconds(config: PMFConfig) -> float:
        return FEWEST_SWEEPS * estimate_work(split, config)

    def memory(config: PMFConfig) -> int:
        return estimate_memory(split, config, SamplerConfig(1, 1, 1, keep=1))

    _require_fit("the first sweeps of this MAP", config, seconds, limits.page_seconds, _seconds)
    _require_fit("this MAP", config, memory, limits.page_bytes, _megabytes)
    return int(limits.page_seconds / estimate_work(split, config))


def check_fit_fits(
    split: Split, config: PMFConfig, sampler: SamplerConfig, limits: Limits, method: str = "gibbs"
) -> None:
    """Raise OverBudget if a job would take too many steps, too much work or too much memory."""
    check_ratings_fit(split.train.n_ratings + split.test.n_ratings, limits)
    steps = (sampler.draws + sampler.tune) * sampler.chains
    if method != "map" and steps > limits.job_steps:
        ways = _shorter(sampler, limits.job_steps)
        raise OverBudget(
            f"{sampler.chains} chains of {sampler.tune} + {sampler.draws} are {steps:,} steps, "
            f"more than the {limits.job_steps:,} of one fit here; {ways}"
        )

    def seconds(config: PMFConfig) -> float:
        return fit_seconds(split, config, sampler, method)

    def memory(config: PMFConfig) -> int:
        return estimate_memory(split, config, sampler)

    other = ""
    if method != "map" and seconds(config) > limits.job_seconds:
        other = _shorter(sampler, int(steps * limits.job_seconds / seconds(config)))
    _require_fit("this fit", config, seconds, limits.job_seconds, _seconds, other)
    _require_fit("this fit", config, memory, limits.job_bytes, _megabytes)


def check_queue_takes(
    jobs: int, own: int, waiting: int, splits: Iterable[Split], seconds: float, limits: Limits
) -> None:
    """Raise OverBudget if a queue has no room for more jobs.

    Parameters
    ----------
    jobs : int
        More jobs.
    own, waiting : int
        Jobs of the same owner that wait already, and of all.
    splits : iterable of Split
        Of all jobs, those to come included.
    seconds : float
        Work of all jobs of the owner, those to come included.
    limits : Limits
    """
    wait = "wait until some are done, or cancel what you no longer need"
    if own + jobs > limits.owner_waiting:
        raise OverBudget(
            f"{own + jobs} of your fits would wait, more than {limits.owner_waiting}; start at "
            f"most {max(0, limits.owner_waiting - own)} now, {wait}"
        )
    if waiting + jobs > limits.waiting:
        raise OverBudget(
            f"{waiting + jobs} fits of all visitors would wait, more than {limits.waiting}; start "
            f"at most {max(0, limits.waiting - waiting)} now, or try again later"
        )
    if seconds > limits.owner_seconds:
        raise OverBudget(
            f"all your fits would take about {_seconds(seconds)} of work, more than "
            f"{_seconds(limits.owner_seconds)}; start fewer or shorter ones, or {wait}"
        )
    size = sum(
        BYTES_A_RATING * (split.train.n_ratings + split.test.n_ratings)
        for split in {id(split): split for split in splits}.values()
    )
    if size > limits.queue_bytes:
        raise OverBudget(
            f"the ratings of all fits here would take {_megabytes(size)}, more than "
            f"{_megabytes(limits.queue_bytes)}; fit a smaller data set, or try again later"
        )


def check_noise_fits(n_pairs: int, n_draws: int, n_factors: int, limits: Limits) -> None:
    """Raise OverBudget if noise for every pair and draw takes a page too long."""
    each = n_draws * (NOISE_SECONDS[0] + NOISE_SECONDS[1] * n_factors)
    if n_pairs * each > limits.page_seconds:
        most = int(limits.page_seconds / each)
        raise OverBudget(
            f"noise for {n_pairs:,} ratings and {n_draws} draws takes a page too long; it fits "
            f"for at most {most:,} ratings, so look at the curve without noise"
        )


def check_plates_fit(train: Ratings, config: PMFConfig, limits: Limits) -> None:
    """Raise OverBudget if the PyMC model of a diagram takes a page too long."""
    each = PLATE_SECONDS[0] + PLATE_SECONDS[1] * implicit_sides(config)
    if train.n_ratings * each > limits.page_seconds:
        most = int(limits.page_seconds / each)
        raise OverBudget(
            f"a diagram of {train.n_ratings:,} ratings takes a page too long; it fits for at most "
            f"{most:,}, and looks the same for fewer"
        )


def _require_fit(
    what: str,
    config: PMFConfig,
    cost: Callable[[PMFConfig], float],
    limit: float,
    words: Callable[[float], str],
    other: str = "",
) -> None:
    """Raise OverBudget, with the most factors that fit, if a model costs more than the limit."""
    if cost(config) <= limit:
        return
    fewer = range(config.n_factors - 1, 0, -1)
    fits = next((d for d in fewer if cost(replace(config, n_factors=d)) <= limit), None)
    ways = [f"choose at most {fits} factors"] if fits else []
    ways += [other] if other else []
    raise OverBudget(
        f"{what}, of {config.n_factors} factors, would take about {words(cost(config))}; the "
        f"limit is {words(limit)}. To fit, "
        + (" or ".join(ways) or "choose fewer ratings or a plainer model")
    )


def _shorter(sampler: SamplerConfig, steps: int) -> str:
    """Say what length of a run has so many steps of all chains together."""
    share = steps / ((sampler.draws + sampler.tune) * sampler.chains)
    tune, draws = int(sampler.tune * share), int(sampler.draws * share)
    if not draws:
        return "take fewer chains"
    return f"take at most {draws:,} draws after {tune:,} tuning steps"


def _seconds(value: float) -> str:
    return f"{value / 3600:.1f} hours" if value >= 7200 else f"{value:,.1f} s"


def _megabytes(value: float) -> str:
    return f"{value / 1e6:,.0f} MB"
