"""The posterior of a model, by Gibbs sweeps with the compiled kernels.

`fit_map`, `sample_gibbs` and `sample_nuts` take the same arguments and return the same thing.
"""

import os
import time
from concurrent.futures import Executor
from contextlib import closing
from operator import itemgetter

from threadpoolctl import threadpool_limits

from pmf_core.data.split import Split
from pmf_core.fits.by_map import climb_recorder, climb_to_mode
from pmf_core.fits.checkpoint import Checkpoint, fingerprints
from pmf_core.fits.fit import Fit
from pmf_core.fits.progress import ProgressCallback, finish_fit, report, start_recorder
from pmf_core.fits.recorder import Recorder
from pmf_core.models.arrange import arrange
from pmf_core.models.config import PMFConfig
from pmf_core.models.sampler_config import MOVES, SamplerConfig, StartName
from pmf_core.sampling.segments import Block, local_executor, run_chains
from pmf_core.sampling.start import initial_state
from pmf_core.support.errors import staying_finite

TUNING_EVERY = 4
"""Training ratings are predicted at every fourth step of tuning: a third of the cost of a trace."""


# Chains run side by side, one on each core: were BLAS to cut each of their small products among all
# cores, too, its threads would wait for one another, and at D = 50 sweeps took twice as long.
@threadpool_limits.wrap(limits=1, user_api="blas")
@staying_finite()
def sample_gibbs(
    split: Split,
    config: PMFConfig | None = None,
    *,
    draws: int = 500,
    tune: int = 500,
    chains: int = 4,
    random_seed: int = 0,
    keep: int = 200,
    moves: tuple[str, ...] = MOVES,
    start: StartName = "prior",
    executor: Executor | None = None,
    progress: ProgressCallback | None = None,
    checkpoint: str | os.PathLike | None = None,
) -> Fit:
    """Sample the posterior of U and V by Gibbs sweeps.

    Parameters
    ----------
    split : Split
        What to learn from, and what to predict.
    config : PMFConfig, optional
        The model; the PyMC example's by default.
    draws, tune, chains, random_seed, keep : int
        As in `SamplerConfig`. Equal seeds give equal draws, whatever runs them.
    moves : tuple of str
        What follows each sweep, of `pmf_core.models.sampler_config.MOVES`; all by default. They
        leave the posterior as it is and let chains show it sooner; without any, see how they crawl.
    start : str
        Where chains begin: ``prior``, each at a draw of its own; or ``map``, all at the one MAP
        that `fit_map` finds with this seed, as the PyMC example does. It changes nothing of the
        posterior: fewer steps are lost on the way to it, and `r_hat` compares chains that began
        alike, so that it says less of whether they have found all of it.
    executor : concurrent.futures.Executor, optional
        Where segments of chains run; by default threads of this process, one for each core.
    progress : callable, optional
        Called with a `Progress` from the calling thread as draws arrive, and while they do not
        at least every quarter of a second; returning False stops the fit, which keeps what it has
        drawn.
    checkpoint : path-like, optional
        Folder to which the state is written as the fit goes on. If it holds the state of the
        same fit, cut off before its end, that fit is taken up there, to the identical draws; and
        so it is where that fit was to have fewer draws, if all that this one stores of the
        factors is stored there (twice, three or four times as many draws do, as a rule).

    Returns
    -------
    Fit
        Marked as partial if it was stopped. Of the steps of tuning, ``train_rmse``,
        ``total_log_likelihood`` and ``sd_score`` are known of every fourth, and nan of the others.

    Raises
    ------
    InterruptedError
        If it was stopped before any draw was kept.
    ValueError
        If `checkpoint` holds another fit.
    NotFinite
        If a draw leaves the range of numbers, as with ratings far from all others.

    References
    ----------
    Salakhutdinov & Mnih (2008), Bayesian Probabilistic Matrix Factorization using MCMC, sec 3.
    """
    config = config or PMFConfig()
    settings = SamplerConfig(draws, tune, chains, random_seed, keep, moves, start)
    started = time.perf_counter()
    problem = arrange(config, split.train)
    recorder = start_recorder(split, problem, settings, TUNING_EVERY)
    states, saved = None, None
    if checkpoint is not None:
        saved = Checkpoint(checkpoint, *fingerprints(problem, split.test, settings))
        states, seconds_before = saved.read(recorder) or (None, 0.0)
        started -= seconds_before
    if states is None and start == "map":
        climb = climb_to_mode(
            problem,
            climb_recorder(split, problem, random_seed),
            random_seed,
            lambda: report(progress, recorder, tune + draws, started),
        )
        states = [climb.state] * chains
    elif states is None:
        states = [initial_state(problem, random_seed, chain) for chain in range(chains)]
    steps = recorder.steps, tune + draws
    blocks = run_chains(
        problem, states, random_seed, *steps, executor or local_executor(), settings.moves
    )
    with closing(blocks):
        for block in blocks:
            if not _record(block, recorder, tune + draws, started, progress):
                break
            if saved is not None and block is not None:
                saved.write(block.states, recorder, time.perf_counter() - started)
    seconds = time.perf_counter() - started
    return finish_fit("gibbs", split, settings, recorder, seconds)


def _record(
    block: Block | None,
    recorder: Recorder,
    total: int,
    started: float,
    progress: ProgressCallback | None,
) -> bool:
    if block is None:
        return report(progress, recorder, total, started)
    for t in range(len(block.draws[0].U)):
        recorder.add([draws.map(itemgetter(t)) for draws in block.draws])
        if not report(progress, recorder, total, started):
            return False
    return True
