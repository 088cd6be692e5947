"""Deliberately wrong moves are found out by the test that right ones pass."""

import pytest

from pmf_core.models.ingredients import features, identity
from pmf_core.sampling.moves import (
    base,
    cells,
    cuts,
    linear,
    nested,
    noise,
    regress,
    rows,
    sessions,
    shift,
    spread,
    stretch,
    translate,
)
from tests.sampling.test_moves import of, stepping
from tests.support.joint import LIMIT, replicates, worst, z_scores


def off_by(module, name, change):
    """Return a way to break a move: what a function of its module returns is changed."""

    def break_it(monkeypatch):
        right = getattr(module, name)
        monkeypatch.setattr(module, name, lambda *args, **kw: change(right(*args, **kw)))

    return break_it


def forgets_the_tau_of_spread(monkeypatch):
    monkeypatch.setattr(spread, "TAU_SHAPE", 0.5)


def forgets_the_tau_of_effects(monkeypatch):
    monkeypatch.setattr(cuts, "TAU_SHAPE", 0.0)


def with_argument(module, name, position, change):
    """Return a way to break a move: a function of its module gets another argument."""

    def break_it(monkeypatch):
        right = getattr(module, name)

        def wrong(*args):
            return right(*args[:position], change(args[position]), *args[position + 1 :])

        monkeypatch.setattr(module, name, wrong)

    return break_it


def forgets_the_tau_of_days(monkeypatch):
    monkeypatch.setattr(cells, "TAU_SHAPE", 0.0)


def rows_before_weights(monkeypatch):
    right, before = identity.draw_gaussian_rows, []

    def watched(random, side, *args):
        before.append(side.rows)
        return right(random, side, *args)

    draw = identity.draw_from_statistics

    def wrong(*args):
        args[-1][:] = before[-1]
        draw(*args)

    monkeypatch.setattr(identity, "draw_gaussian_rows", watched)
    monkeypatch.setattr(identity, "draw_from_statistics", wrong)


ERRORS = {
    "as much noise as without": (
        "overrelax", "bpmf",
        with_argument(identity, "draw_rows", 8, lambda noise: noise / (1 - 0.8**2) ** 0.5),
    ),
    "weights with as much noise as without": (
        "overrelax", "hierarchical, biases, all features",
        with_argument(features, "draw_weights", 7, lambda noise: noise / (1 - 0.8**2) ** 0.5),
    ),
    "rows as they were before their weights": (
        "overrelax", "hierarchical, biases, all features", rows_before_weights,
    ),
    "an exponent off": ("linear", "pmf", off_by(linear, "_orbit", lambda o: (*o[:2], o[2] + 2))),
    "a power forgotten": ("linear", "constrained", off_by(linear, "_orbit", lambda o: (*o[:2], 0))),
    "nu0 + 1": ("cuts", "best", off_by(base, "degrees_of_freedom", lambda nu: nu + 1)),
    "too little noise": (
        "rows", "hierarchical, biases, all features",
        off_by(rows, "row_data", lambda data: data._replace(alpha=1.5 * data.alpha)),
    ),
    "means left out": (
        "linear", "hierarchical, means around 0.5, all features",
        off_by(linear, "_log_mean", lambda _: 0.0),
    ),
    "precisions too high": (
        "shift", "hierarchical, biases, all features",
        off_by(shift, "total_precision", lambda S: 12.0 * S),
    ),
    "a Jacobian forgotten": ("cuts", "best", off_by(base, "degrees_of_freedom", lambda _: 0.0)),
    "tau of users forgotten": ("spread", "best", forgets_the_tau_of_spread),
    "tau of effects forgotten": ("cuts", "best", forgets_the_tau_of_effects),
    "means not moved back": (
        "translate", "hierarchical, means around 0.5, all features",
        with_argument(translate, "draw_normal", 2, lambda linear: 0.0 * linear),
    ),
    "prior of weights too narrow": (
        "regress", "hierarchical, biases, all features",
        with_argument(regress, "draw_spreads", 5, lambda rate: 2.0 * rate),
    ),
    "given prior of weights too narrow": (
        "regress", "fixed, biases, all features",
        with_argument(regress, "_draw_weights", 4, lambda d: 2.0 * d),
    ),
    "a measure of weights forgotten": (
        "regress", "hierarchical, biases, all features",
        with_argument(regress, "draw_spreads", 4, lambda power: power + 2.0),
    ),
    "a measure of rows forgotten": (
        "regress", "hierarchical, biases, all features",
        with_argument(regress, "draw_spreads", 6, lambda shape: shape - 2.0),
    ),
    "prior of turned weights forgotten": (
        "regress", "hierarchical, biases, all features",
        with_argument(regress, "rotate", 3, lambda prior: -3.0 * prior),
    ),
    "nu0 + 1 of weights": (
        "stretch", "hierarchical, biases, all features",
        off_by(stretch, "degrees_of_freedom", lambda nu: nu + 1),
    ),
    "a Jacobian of weights forgotten": (
        "stretch", "hierarchical, biases, all features",
        off_by(stretch, "degrees_of_freedom", lambda _: 0.0),
    ),
    "a Jacobian of precisions forgotten": (
        "noise", "days, biases, noise both",
        off_by(noise, "_orbit", lambda orbit: (0.75 * orbit[0], orbit[1])),  # a is 4: a - 1 each
    ),
    "tau of days forgotten": ("sessions", "best", forgets_the_tau_of_days),
    "prior of biases mirrored": (
        "sessions", "days, biases, noise both",
        off_by(cells, "bias_pull", lambda pull: 2.0 * pull),
    ),
    "days without what users share": (
        "sessions", "best", off_by(sessions, "_of_days", lambda said: (0.5 * said[0], said[1])),
    ),
    "nu0 + 2 of biases": (
        "biases", "hierarchical, biases, all features",
        off_by(cells, "degrees_of_freedom", lambda nu: nu + 2),
    ),
    "biases that follow for nothing": (
        "spread", "best", off_by(spread, "bias_pull", lambda pull: -4.0 * pull),
    ),
    "biases by twice": (
        "nested", "best", off_by(nested, "_by_user", lambda half: half._replace(mu=1.5 * half.mu)),
    ),
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("error", ERRORS)
def test_a_wrong_move_is_found_out(error, monkeypatch):
    move, name, breaks = ERRORS[error]
    breaks(monkeypatch)
    z = z_scores(*replicates(of(name), 600, stepping(move)))
    assert max(map(abs, z.values())) > LIMIT, worst(z)
