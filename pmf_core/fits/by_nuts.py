"""Sample a model with PyMC's NUTS: a check on the compiled sampler, for small sets."""

import time
from concurrent.futures import Executor
from operator import itemgetter

import numpy as np
import xarray as xr

from pmf_core.data.split import Split
from pmf_core.fits.fit import Fit
from pmf_core.fits.progress import (
    Progress,
    ProgressCallback,
    as_draw,
    finish_fit,
    start_recorder,
    too_soon,
)
from pmf_core.models.arrange import arrange
from pmf_core.models.config import PMFConfig
from pmf_core.models.sampler_config import SamplerConfig
from pmf_core.models.state import State
from pmf_core.sampling.start import initial_state
from pmf_core.support.errors import staying_finite


@staying_finite()
def sample_nuts(
    split: Split,
    config: PMFConfig | None = None,
    *,
    draws: int = 500,
    tune: int = 500,
    chains: int = 4,
    random_seed: int = 0,
    keep: int = 200,
    executor: Executor | None = None,
    progress: ProgressCallback | None = None,
) -> Fit:
    """Sample the same posterior with PyMC's NUTS: a check on `sample_gibbs`, for small sets.

    Takes what `sample_gibbs` takes. Chains run one after the other in this thread, so
    `executor` is not used; `progress` is called with the steps of all chains together, and what
    it is given has recorded nothing yet. A fit that is stopped keeps the chains that have drawn.

    Raises
    ------
    InterruptedError
        If it was stopped before any draw was kept.
    NotFinite
        If a draw leaves the range of numbers, as with ratings far from all others.
    """
    import pymc as pm  # here: it takes seconds to import, and only NUTS needs it

    from pmf_core.models.pymc_model import build_model

    config = config or PMFConfig()
    settings = SamplerConfig(draws, tune, chains, random_seed, keep, moves=())
    started = time.perf_counter()
    problem = arrange(config, split.train)
    nothing = start_recorder(split, problem, settings)
    stopped_at = None

    def callback(trace: object, draw: object) -> None:
        nonlocal stopped_at
        done = (draw.chain * (tune + draws) + draw.draw_idx + 1) // chains
        status = Progress(done, tune + draws, time.perf_counter() - started, nothing)
        if progress is not None and progress(status) is False:
            stopped_at = stopped_at or done
            raise KeyboardInterrupt  # PyMC's own signal to stop a chain and keep what there is

    with build_model(config, split.train):
        try:
            posterior = pm.sample(
                draws=draws,
                tune=tune,
                chains=chains,
                cores=1,
                random_seed=random_seed,
                nuts_sampler="pymc",
                callback=callback,
                progressbar=False,
                compute_convergence_checks=False,
            )["posterior"].dataset
        except ValueError as error:  # that there is too little to keep
            if stopped_at is None:
                raise
            raise too_soon(stopped_at, settings, nothing.thin) from error
    found = _draws_of(posterior, as_draw(initial_state(problem, random_seed, chain=0)))
    length = SamplerConfig(draws, 0, len(found), random_seed, keep, moves=())
    recorder = start_recorder(split, problem, length)
    for t in range(posterior.sizes["draw"]):
        recorder.add([chain.map(itemgetter(t)) for chain in found])
    seconds = time.perf_counter() - started
    return finish_fit("nuts", split, settings, recorder, seconds)


def _draws_of(posterior: xr.Dataset, like: State) -> list[State]:
    """Return PyMC's draws of each chain; what its model does not draw is as in `like`."""
    n_chains, n_draws = posterior.sizes["chain"], posterior.sizes["draw"]
    draws = State(
        {
            name: np.asarray(posterior[name].values, np.float32)
            if name in posterior
            else np.broadcast_to(part, (n_chains, n_draws, *part.shape))
            for name, part in like.items()
        }
    )
    return [draws.map(itemgetter(chain)) for chain in range(n_chains)]
