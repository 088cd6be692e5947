"""Tiny models for tests of the whole sampler, and ways to break it on purpose."""

from dataclasses import replace
from pkgutil import resolve_name

import numpy as np
import pandas as pd

import pmf_core as pmf
from pmf_core.models.arrange import arrange
from pmf_core.models.ingredients import factors, identity, noise

# Priors with tails so light that a few thousand draws find their moments.
LIGHT = {"n_factors": 2, "nu0": 8, "W0": 0.25, "beta0": 3.0, "alpha_shape": 4.0, "alpha_rate": 3.0}
PRESETS = {name: replace(config, **LIGHT) for name, config in pmf.PRESETS.items()}


def tiny_problem(config):
    """Return a model of a few ratings with something for every ingredient."""
    problem = arrange(config, tiny_ratings())
    assert not problem.left_out
    return problem


def tiny_ratings(n_users=6, n_items=5, n_ratings=20):
    """Return a few ratings with something for every ingredient; one user has none."""
    rng = np.random.default_rng(3)
    user, item = np.divmod(rng.permutation((n_users - 1) * n_items)[:n_ratings], n_items)
    return pmf.Ratings(
        user, item, 1.0 + np.arange(n_ratings) % 4, np.arange(n_users), np.arange(n_items), (1, 4),
        timestamp=86_400 * rng.integers(3, size=n_ratings),
        user_features=pd.DataFrame({"gender": np.resize(["F", "M"], n_users)}),
        item_features=pd.DataFrame({"Drama": rng.random(n_items) < 0.5, "Comedy": True}),
        unit=1.0,  # so that what is computed by hand is in stars
    )  # fmt: skip


def changed(name, position, change):
    """Return a way to break a sweep: a function that an ingredient calls gets another argument."""

    def break_it(monkeypatch):
        right = resolve_name(f"pmf_core.models.ingredients.{name}")

        def wrong(*args):
            return right(*args[:position], change(args[position]), *args[position + 1 :])

        monkeypatch.setattr(f"pmf_core.models.ingredients.{name}", wrong)

    break_it.__name__ = f"{name}_{position}"
    return break_it


def one_degree_of_freedom_too_many(monkeypatch):
    right = factors.draw_population

    def wrong(random, config, rows, alpha):
        more = len(rows) > 0  # of the sweep: draws from the prior have no rows
        return right(random, replace(config, nu0=config.nu0 + more), rows, alpha)

    monkeypatch.setattr(factors, "draw_population", wrong)


def rows_around_zero(monkeypatch):
    right = identity.draw_rows

    def wrong(*args):
        *data, prior_linear, noise, correlation, rows = args
        right(*data, np.zeros_like(prior_linear), noise, correlation, rows)

    monkeypatch.setattr(identity, "draw_rows", wrong)


def noise_precision_10_percent_off(monkeypatch):
    right = noise.draw_alpha
    monkeypatch.setattr(noise, "draw_alpha", lambda *args: 1.1 * right(*args))


BROKEN = [one_degree_of_freedom_too_many, rows_around_zero, noise_precision_10_percent_off]
