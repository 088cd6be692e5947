"""The Python lines that repeat a fit."""

from dataclasses import asdict, fields

from pmf_core.data.sources import source_named
from pmf_core.fits.fit import Fit
from pmf_core.models.config import PMFConfig
from pmf_core.models.sampler_config import SamplerConfig

OF_GIBBS = ("moves", "start")
"""Settings of Gibbs sweeps alone, which are named where they are not as usual."""

CALLS = {"map": "fit_map", "gibbs": "sample_gibbs", "nuts": "sample_nuts"}


def describe_source(key: tuple) -> str:
    """Return the expression that loads the ratings which `key` names.

    Parameters
    ----------
    key : tuple
        `Source.key`, then what `Source.as_python` takes: ``("movielens",)``, ``("grouplens",
        "25m")`` or ``("table", file name, ("duplicates", "last"))``.

    Raises
    ------
    ValueError
        If there is no such source.
    """
    return source_named(key[0]).as_python(*key[1:])


def describe_split(test_size: float, random_seed: int, share: float | None = None) -> str:
    """Return the expression that splits ``ratings``, and keeps the densest `share` if given."""
    split = f"pmf.split_ratings(ratings, test_size={test_size!r}, random_seed={random_seed!r})"
    return split if share is None else f"pmf.densest_part({split}, share={share!r})"


def snippet(fit: Fit) -> str:
    """Return Python lines that repeat a fit whose attrs say where its ratings came from.

    `Fit.attrs` must have ``source`` and ``split``, expressions as of `describe_source` and
    `describe_split`; where they are missing, the lines leave them to be filled in.
    """
    source = fit.attrs.get("source", "...")
    split = fit.attrs.get("split", "...")
    config = ", ".join(_changed(fit.config, PMFConfig()))
    call = CALLS[fit.method]
    run = {"random_seed": fit.sampler.random_seed}
    if not fit.is_point_estimate:
        run = asdict(fit.sampler) | {"draws": fit.idata["sample_stats"].sizes["draw"]}
        for name in OF_GIBBS:
            if fit.method != "gibbs" or run[name] == getattr(SamplerConfig(), name):
                del run[name]
    arguments = ", ".join(f"{name}={value!r}" for name, value in run.items())
    return "\n".join(
        [
            "import pmf_core as pmf",
            "",
            f"ratings = {source}",
            f"split = {split}",
            f"config = pmf.PMFConfig({config})",
            f"fit = pmf.{call}(split, config, {arguments})",
            f"assert split.id == {fit.attrs['split_id']!r}",
            'print(fit.summary()["test_rmse"])',
        ]
    )


def _changed(config: PMFConfig | SamplerConfig, default: PMFConfig | SamplerConfig) -> list[str]:
    names = [field.name for field in fields(config)]
    given = {name: getattr(config, name) for name in names}
    return [f"{k}={v!r}" for k, v in given.items() if v != getattr(default, k)]
