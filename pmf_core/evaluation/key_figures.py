"""The figures by which people know a run, with what each of them says."""

from collections.abc import Mapping
from typing import Any

from pmf_core.data.nouns import Nouns
from pmf_core.evaluation.mixing import of_what
from pmf_core.support.numbers import of_chains, percent


def key_figures(summary: Mapping[str, Any], nouns: Nouns) -> dict[str, tuple[str, str]]:
    """Return what `Fit.summary` says of a run, in words.

    Parameters
    ----------
    summary : mapping
    nouns : Nouns
        Of its ratings.

    Returns
    -------
    dict of str to (str, str)
        The figure, and what it is of, by its name.
    """
    unit = nouns.unit
    return {
        "Test RMSE": (f"{summary['test_rmse']:.4f}", f"Of the mean prediction, in {unit}."),
        "Train RMSE": (f"{summary['train_rmse']:.4f}", f"Of the mean prediction, in {unit}."),
        "In 90% interval": (
            percent(summary["coverage_90"], 1),
            "Share of the held-out ratings inside their equal-tailed 90% interval.",
        ),
        "r_hat": (
            of_chains(summary["r_hat"], ".3f"),
            f"The largest{of_what(summary, 'r_hat', nouns)}; below 1.01 is good.",
        ),
        "ess": (
            of_chains(summary["ess"], ",.0f"),
            f"The smallest{of_what(summary, 'ess', nouns)}; some hundreds do.",
        ),
        "Time": (f"{summary['seconds']:.1f} s", "From the start to the last draw."),
    }
