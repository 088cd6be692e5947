"""What a fit takes, estimated before it starts: work and memory.

Each ingredient states its own share. Work is in seconds of one core of the machine on which
`estimate_work` was measured. It depends on nothing but settings and sizes, so the same question has
the same answer wherever the app runs.
"""

from dataclasses import dataclass

from pmf_core.data import Split
from pmf_core.models.config import PMFConfig
from pmf_core.models.ingredients import ingredients_of
from pmf_core.models.ingredients.base import Takes
from pmf_core.models.sampler_config import SamplerConfig

NUTS_SECONDS = 8e-7
"""Of one NUTS iteration for each rating and factor, as measured at the example's setting."""

MOST_CLIMB, USUAL_CLIMB = 500, 100
"""Sweeps that a MAP takes at most, and about; chains that start there wait for it."""


def estimate_work(split: Split, config: PMFConfig) -> float:
    """Return about what a sweep of one chain costs, in seconds of one core.

    Measured on 2026-11-25, nanoseconds a rating, at 2, 10, 30 and 50 factors: of MovieLens 100K
    (2,625 rows), and of 108,000 ratings of 7,000 rows; in brackets, the estimate of the
    last as it was then.

    ============================ ============================ =============================
    model                        MovieLens                    7,000 rows
    ============================ ============================ =============================
    the example's                20, 98, 273, 609 (625)       26, 76, 344, 840 (766)
    hierarchical, biases         40, 82, 260, 575 (647)       63, 103, 474, 1080 (796)
    logistic                     89, 275, 777, 1970 (1747)    95, 291, 872, 1935 (1888)
    ordinal                      649, 600, 731, 1036 (1145)   511, 545, 800, 1340 (1286)
    ordinal, own cut points      560, 632, 773, 1071 (1175)   560, 586, 810, 1367 (1316)
    implicit, users              43, 147, 853, 2628 (2865)    56, 189, 1277, 3595 (4598)
    implicit, both               65, 351, 1325, 4011 (4227)   70, 341, 2041, 6480 (7041)
    features of both             26, 74, 357, 917 (990)       there are none
    days, and users' own         56, 86, 247, 584 (665)       there are none
    each user's own noise        60, 102, 325, 568 (645)      52, 98, 341, 808 (786)
    ============================ ============================ =============================

    Since then rows, weights, latent scores and effects have become cheaper. Their shares were
    brought up to date on 2026-11-29, so that of each preset and rung of the ladder the estimate is
    1.3 to 1.9 times what a sweep took, on a machine that is about 1.85 times as fast as that of the
    table.
    """
    return 1e-9 * sum(each.nanoseconds for each in _takes(split, config))


def estimate_moves(split: Split, config: PMFConfig, sampler: SamplerConfig) -> float:
    """Return about what the moves after a sweep cost, in seconds of one core; see `estimate_work`.

    Measured on 2026-11-29 of ``best`` on MovieLens 100K, and brought to the machine of
    `estimate_work` by what a sweep takes here and there.
    """
    from pmf_core.sampling.moves import moves_of  # here: a page that fits nothing compiles none
    from pmf_core.sampling.moves.schedule import EVERY

    moves = moves_of(config, sampler.moves)
    return 1e-9 * sum(each.nanoseconds(config, split.train) / EVERY[each.name] for each in moves)


def estimate_memory(split: Split, config: PMFConfig, sampler: SamplerConfig) -> int:
    """Return about how many bytes a fit holds at its peak, stored draws included."""
    from pmf_core.sampling.segments import (
        SEGMENT_BYTES,  # here: a page that fits nothing compiles none
    )

    takes = _takes(split, config)
    numbers = sum(each.numbers for each in takes)
    kept = min(sampler.keep, sampler.draws * sampler.chains) * numbers * 4
    own = numbers * 8 * 4 + 2 * SEGMENT_BYTES + sum(each.chain_bytes for each in takes)
    shared = 200 * split.train.n_ratings + 120 * split.test.n_ratings
    shared += sum(each.data_bytes for each in takes)
    return 2 * kept + sampler.chains * own + shared


def _takes(split: Split, config: PMFConfig) -> list[Takes]:
    return [each.takes(config, split.train) for each in ingredients_of(config)]


def fit_seconds(
    split: Split, config: PMFConfig, sampler: SamplerConfig, method: str = "gibbs"
) -> float:
    """Return about what a whole fit costs, in seconds of one core."""
    if method == "map":
        return MOST_CLIMB * estimate_work(split, config)
    steps = (sampler.draws + sampler.tune) * sampler.chains
    if method == "nuts":
        each = NUTS_SECONDS * split.train.n_ratings * config.n_factors
        return 10 + steps * max(each, 0.004)
    climb = MOST_CLIMB if sampler.start == "map" else 0
    sweep = estimate_work(split, config)
    return steps * (sweep + estimate_moves(split, config, sampler)) + climb * sweep


@dataclass(frozen=True)
class Cost:
    """What a Gibbs run takes on the machine that it runs on."""

    steps: int
    """Of all chains together, tuning included."""
    seconds: float
    memory: int
    """Bytes at its peak."""


def gibbs_cost(
    split: Split,
    config: PMFConfig,
    sampler: SamplerConfig,
    *,
    cores: int,
    sweep_seconds: float | None = None,
) -> Cost:
    """Return about what `sample_gibbs` takes.

    Parameters
    ----------
    split, config, sampler
    cores : int
        Chains that run side by side.
    sweep_seconds : float, optional
        What a sweep takes on this machine, where it is known, as of a MAP; by default what
        `estimate_work` says.
    """
    steps = (sampler.draws + sampler.tune) * sampler.chains
    work = estimate_work(split, config)
    sweep = work if sweep_seconds is None else sweep_seconds
    step = sweep * (1 + estimate_moves(split, config, sampler) / work)
    seconds = step * steps / min(sampler.chains, cores)
    seconds += sweep * USUAL_CLIMB if sampler.start == "map" else 0.0
    return Cost(steps, seconds, estimate_memory(split, config, sampler))
