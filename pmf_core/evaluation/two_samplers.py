"""One model on the same ratings by two samplers: sweeps alone, and each followed by a move."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pandas as pd

from pmf_core.data.split import Split, densest_part
from pmf_core.models.arrange import arrange
from pmf_core.models.presets import PRESETS
from pmf_core.sampling.start import initial_state
from pmf_core.sampling.sweep import run_segment
from pmf_core.stats.convergence import convergence

SAMPLERS: dict[str, tuple[str, ...]] = {"sweeps alone": (), "with the linear move": ("linear",)}
"""Name to the moves that follow each sweep; see `pmf_core.sampling.moves.linear`."""

STEPS, BLOCK, START = 300, 20, 100
"""Steps of each chain, steps from one picture to the next, and first steps that are not judged."""

CHAINS, ROWS = 2, 250
"""Chains of each sampler, and users and items together: so few that all of it takes seconds."""

CONFIG = replace(PRESETS["bpmf"], n_factors=5)


def part_for_both(split: Split) -> Split:
    """Return the densest part of a split that both samplers get through in seconds.

    Raises
    ------
    ValueError
        If that part has no training or no held-out rating.
    """
    train = split.train
    return densest_part(split, min(1.0, ROWS / (train.n_users + train.n_items)))


def sample_side_by_side(part: Split, random_seed: int = 0) -> Iterator[pd.DataFrame]:
    """Run both samplers from the same starting points and yield what they have traced so far.

    Parameters
    ----------
    part : Split
        As of `part_for_both`; only its training ratings are used.
    random_seed : int
        Of both.

    Yields
    ------
    pd.DataFrame
        After every `BLOCK` steps of all chains: sampler, chain, step (from 1) and norm_U, the
        Frobenius norm of the users' factors.
    """
    problem = arrange(CONFIG, part.train)
    chains = [
        (sampler, chain, initial_state(problem, random_seed, chain))
        for sampler in SAMPLERS
        for chain in range(CHAINS)
    ]
    traced: list[pd.DataFrame] = []
    for start in range(0, STEPS, BLOCK):
        stop = start + BLOCK
        for n, (sampler, chain, state) in enumerate(chains):
            moves = SAMPLERS[sampler]
            state, draws = run_segment(problem, state, random_seed, chain, start, stop, moves)
            chains[n] = sampler, chain, state
            norms = np.linalg.norm(draws["U"], axis=(1, 2))
            of_block = {"sampler": sampler, "chain": chain, "step": np.arange(start, stop) + 1}
            traced.append(pd.DataFrame(of_block | {"norm_U": norms.astype(float)}))
        yield pd.concat(traced, ignore_index=True)


def mixing_of_both(traces: pd.DataFrame) -> pd.DataFrame:
    """Return r_hat and ess_bulk of the norm under each sampler, its first `START` steps left out.

    Returns
    -------
    pd.DataFrame
        One row for each of `SAMPLERS`, in their order; columns r_hat, ess_bulk, draws.
    """
    kept, rows = traces[traces["step"] > START], {}
    for sampler in SAMPLERS:
        norms = kept[kept["sampler"] == sampler].pivot(index="chain", columns="step")["norm_U"]
        found = convergence(norms.to_numpy()[..., None])
        rows[sampler] = {name: float(found[name][0]) for name in ("r_hat", "ess_bulk")}
        rows[sampler]["draws"] = norms.size
    return pd.DataFrame.from_dict(rows, orient="index")
