"""What a page shows while somebody waits, as far as that fits its limits."""

from pmf_core.data import Split
from pmf_core.fits.budget import Limits, check_plates_fit, page_sweeps
from pmf_core.fits.by_map import fit_map
from pmf_core.fits.fit import Fit
from pmf_core.models.config import PMFConfig


def map_within(split: Split, config: PMFConfig, random_seed: int, limits: Limits) -> Fit:
    """Return the MAP of a model, or how far it comes in the work of one answer.

    Raises
    ------
    OverBudget
        If that is hardly anywhere, or takes too much memory.
    """
    sweeps = page_sweeps(split, config, limits)
    return fit_map(
        split, config, random_seed=random_seed, progress=lambda progress: progress.done < sweeps
    )


def plates_within(split: Split, config: PMFConfig, limits: Limits) -> str:
    """Return the PyMC model as a diagram of plates, in DOT.

    Raises
    ------
    OverBudget
        If building the model takes longer than an answer may.
    """
    check_plates_fit(split.train, config, limits)
    from pmf_core.models.plates import plates  # here: a MAP does not wait for PyMC
    from pmf_core.models.pymc_model import build_model

    return plates(build_model(config, split.train))
