"""Every full conditional that a sweep draws from against PyMC's statement of the same model.

One sweep is run, its random numbers are written down, and it is then walked through block by
block, each given what was new by then and old from there on. A normal block that is drawn as
``m + L'^-1 n`` with ``P = L L'`` has, where it was drawn, the gradient ``-L n``; so mean and
precision are right if PyMC's gradient and Hessian say the same. Of gamma and Wishart blocks,
densities at two values are compared, and that the sweep took the draw as it was.
"""

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from pmf_core.kernels.logistic import expand as expand_row
from pmf_core.kernels.logistic import lay_out
from pmf_core.kernels.rows import workspace
from pmf_core.models.ingredients import logistic
from pmf_core.models.ingredients.population import learned_columns
from pmf_core.sampling import sweep as sweeps
from pmf_core.sampling.start import draw_prior
from tests.support.stated import (
    EVERYTHING,
    QUICK,
    Stated,
    Written,
    arranged,
    cases,
    check_normal,
    given_latent,
    rating_sd,
    scores,
    stated_once,
)
from tests.support.tiny import BROKEN, changed


@pytest.mark.parametrize("seed", [1, pytest.param(2, marks=pytest.mark.slow)])
@pytest.mark.parametrize(
    "config", cases(QUICK.keys() - {"best", "everything"})
)  # PyMC compiles them long
def test_a_sweep_draws_each_block_from_the_conditional_that_pymc_states(config, seed, monkeypatch):
    walk_through(config, seed, monkeypatch)


def walk_through(config, seed, monkeypatch):
    ratings, problem = arranged(config)
    old = draw_prior(problem, np.random.default_rng(seed))
    random, steps = Written(np.random.default_rng(seed + 50)), []

    def watched(*args):
        steps.append([each.copy() if isinstance(each, np.ndarray) else each for each in args])
        return step_rows(*args)

    step_rows = logistic.step_rows
    monkeypatch.setattr(logistic, "step_rows", watched)
    new = sweeps.sweep(problem, old, random)
    if config.link == "ordinal":
        old = old.replace(**{name: new[name] for name in new if name.endswith("_gap")})
        z = scores(problem, old) + rating_sd(problem, old) * random.truncated[0]
        stated = Stated(*given_latent(config, ratings, z - problem.offset), problem)
        if problem.config.cut_points == "user":
            del random.normals[:2], random.gammas[0]  # proposals, mu_gap; tau_gap
        else:
            del random.normals[0]
    else:
        stated = stated_once(config)
    Walk(stated, problem, old, new, random, steps).check()


class Walk:
    def __init__(self, stated, problem, old, new, random, steps):
        self.stated, self.problem, self.config = stated, problem, problem.config
        self.at, self.new, self.random, self.steps = old, new, random, steps

    def check(self):
        for name, side in (("U", self.problem.user), ("V", self.problem.item)):
            noise = self.random.normals.pop(0)
            if side.features.n_features:
                self.weights(name, side.features)
            self.rows(name, noise)
            self.population(name, side)
        if self.config.effects:
            self.effects()
        for name in ("noise_scale_user", "noise_scale_item"):
            if name in self.at:
                self.gamma(name, getattr(self.new, name))
        if self.config.alpha is None:
            self.gamma("alpha", self.new.alpha)
        drawn = self.random.normals, self.random.gammas, self.random.wisharts
        assert not any(drawn), "something was drawn that no block accounts for"

    def weights(self, name, X):
        noise, new = self.random.normals.pop(0), getattr(self.new, f"W_{name}")
        by_column = X.times(np.eye(X.n_features))
        for f in range(X.n_features):
            self.at = self.with_weight(name, by_column, f, new[f])
            if f in (0, X.n_features // 2, X.n_features - 1):

                def gradient(step, f=f):
                    W = getattr(self.at, f"W_{name}")[f] + step
                    found = self.stated.gradient(self.with_weight(name, by_column, f, W))
                    g = found[f"W_{name}"][f]
                    if self.config.link == "logistic":  # given the rows themselves
                        g = g - by_column[:, f] @ found[name]
                    return g

                check_normal(gradient, np.zeros(self.config.n_columns), noise[f])

    def with_weight(self, name, X, f, weight):
        """Move one weight: the rows move along, but for a logistic link, which holds them."""
        W, rows = getattr(self.at, f"W_{name}").copy(), getattr(self.at, name)
        if self.config.link != "logistic":
            rows = rows + np.outer(X[:, f], weight - W[f])
        W[f] = weight
        return self.at.replace(**{f"W_{name}": W, name: rows})

    def rows(self, name, noise):
        if self.config.link == "logistic":
            self.logistic_rows(name)
            self.at = self.at.replace(**{name: getattr(self.new, name)})
            return
        self.at = self.at.replace(**{name: getattr(self.new, name)})
        rows = getattr(self.at, name)

        def gradient(step):  # rows are independent given all else, so all step at once
            return self.stated.gradient(self.at.replace(**{name: rows + step}))[name]

        check_normal(gradient, np.zeros_like(rows), noise)

    def logistic_rows(self, name):
        """Compare the density and the gradient that the Metropolis steps rest on."""
        (
            indptr, indices, target, weight, shift, other, alpha, low, span, precision, centre,
            *_, rows,
        ) = self.steps.pop(0)  # fmt: skip
        n_rows, size = rows.shape

        def expand(i, row):
            P, h = np.empty((size, size)), np.empty(size)
            n, room = indptr[i + 1] - indptr[i], workspace(indptr, size)
            lines = np.empty((size + 3, room[0].shape[1]))
            lay_out(indptr[i], n, indices, target, weight, shift, other, alpha, low, lines)
            density = expand_row(lines, n, span, precision, centre[i], row, *room, P, h)
            P = np.tril(P) + np.tril(P, -1).T
            return density, h - P @ row

        here, gradient = self.stated.density(self.at), self.stated.gradient(self.at)[name]
        for i in range(n_rows):
            there = rows.copy()
            there[i] += 0.3
            density, slope = expand(i, rows[i])
            difference = self.stated.density(self.at.replace(**{name: there})) - here
            np.testing.assert_allclose(expand(i, there[i])[0] - density, difference, atol=1e-8)
            np.testing.assert_allclose(slope, gradient[i], atol=1e-8)

    def population(self, name, side):
        learned = learned_columns(self.config)
        size = learned.stop - learned.start
        if size:
            Y = getattr(self.at, name) - side.features.times(getattr(self.at, f"W_{name}"))
            beta = self.config.beta0 + len(Y)
            around = (self.config.beta0 * self.config.mu0 + Y[:, learned].sum(axis=0)) / beta
            mu = getattr(self.at, f"mu_{name}")[learned]

            # Of mu given Lambda and the rows: Lambda is drawn before mu, and not given it.
            def log_normal(Lambda):
                return stats.multivariate_normal(
                    around, np.linalg.inv(beta * Lambda[learned, learned])
                ).logpdf(mu)

            self.wishart(f"Lambda_{name}", learned, log_normal)
            noise = self.random.normals.pop(0)
            self.at = self.at.replace(**{f"mu_{name}": getattr(self.new, f"mu_{name}")})

            def gradient(step):
                mu = getattr(self.at, f"mu_{name}").copy()
                mu[learned] += step
                found = self.stated.gradient(self.at.replace(**{f"mu_{name}": mu}))
                return found[f"mu_{name}" if size == len(mu) else f"mu_bias_{name}"]

            check_normal(gradient, np.zeros(size), noise)
            for g in range(side.features.n_groups):
                self.wishart(f"Lambda_W_{name}", learned, group=g)

    def wishart(self, name, learned, log_other=lambda Lambda: 0.0, group=None):
        """Compare densities before and after the draw, of what was drawn without the other."""
        df, scale, value = self.random.wisharts.pop(0)
        before, after = getattr(self.at, name), getattr(self.new, name)
        if group is not None:
            everything, after = after, before.copy()
            after[group] = everything[group]
        there = self.at.replace(**{name: after})
        stated = self.stated.density(there) - self.stated.density(self.at)
        if group is not None:
            before, after = before[group], after[group]
        stated -= log_other(after) - log_other(before)
        np.testing.assert_array_equal(after[learned, learned], value)
        density = stats.wishart(df, scale)
        drawn = density.logpdf(after[learned, learned]) - density.logpdf(before[learned, learned])
        np.testing.assert_allclose(drawn, stated, atol=1e-6)
        self.at = there

    def effects(self):
        start = 0
        for k, effect in enumerate(self.problem.data["effects"]):
            block = slice(start, start + effect.size)
            start += effect.size
            level = self.at.effect.copy()
            level[block] = self.new.effect[block]
            self.at = self.at.replace(effect=level)

            def gradient(step, block=block):
                level = self.at.effect.copy()
                level[block] += step[:, 0]
                return self.stated.gradient(self.at.replace(effect=level))["effect"][block, None]

            noise = self.random.normals.pop(0)[:, None]
            check_normal(gradient, np.zeros_like(noise), noise)
            tau = self.at.tau_effect.copy()
            tau[k] = self.new.tau_effect[k]
            self.gamma("tau_effect", tau, k)

    def gamma(self, name, new, part=...):
        shape, rate, value = self.random.gammas.pop(0)
        np.testing.assert_array_equal(new[part], value)
        there, old = self.at.replace(**{name: new}), getattr(self.at, name)
        stated = self.stated.density(there) - self.stated.density(self.at)
        density = stats.gamma(shape, scale=1 / np.asarray(rate))
        drawn = (density.logpdf(new[part]) - density.logpdf(old[part])).sum()
        np.testing.assert_allclose(drawn, stated, atol=1e-6)
        self.at = there


def more(value):
    return 1.1 * value


def found_out(config, break_it, monkeypatch):
    break_it(monkeypatch)
    with pytest.raises(AssertionError):
        walk_through(config, 1, monkeypatch)


@pytest.mark.parametrize("break_it", [*BROKEN, changed("identity.draw_rows", 5, more)])
def test_a_wrong_conditional_is_found_out(break_it, monkeypatch):
    found_out(QUICK["bpmf"], break_it, monkeypatch)


WRONG = [
    changed("identity.row_statistics", 5, more),  # alpha
    changed("features.draw_weights", 6, more),  # prior precision
    changed("features.draw_weight_precision", 1, lambda c: replace(c, nu0=c.nu0 + 1)),
    changed("effects.draw_effects", 2, lambda state: state.replace(alpha=1.1 * state.alpha)),
    changed("own_noise.draw_noise_scale", 2, more),  # squared errors
    changed("noise.draw_alpha", 2, more),  # squared errors
]


@pytest.mark.slow
@pytest.mark.parametrize("break_it", WRONG)
def test_a_wrong_conditional_of_any_ingredient_is_found_out(break_it, monkeypatch):
    found_out(EVERYTHING, break_it, monkeypatch)


def test_a_wrong_precision_under_a_logistic_link_is_found_out(monkeypatch):
    more_precise = changed(
        "logistic.Logistic.draw_rows", 5, lambda d: d._replace(alpha=1.1 * d.alpha)
    )
    found_out(QUICK["logistic"], more_precise, monkeypatch)
