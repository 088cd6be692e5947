"""Classes whose truth is one draw of a posterior, and what draws claim of them, in closed form.

An independent statement of the game for a hierarchical model with an identity link and one noise:
given a draw, a row is normal, so what is claimed of a rating is a mixture of normals over draws.
All students of a class go on together, rating by rating.
"""

import numpy as np
from scipy.stats import norm

from pmf_core.classroom.game import claim_of
from pmf_core.classroom.records import Answer
from tests.support.by_hand import draws_of


class Claims:
    """What the draws of a fit claim, one rating after the other, of many students at once."""

    def __init__(self, fit, draws, n_students, sd_factor=1.0):
        self.offset, self.levels = fit.attrs["offset"], fit.levels
        self.V = np.array([draw["V"] for draw in draws])
        self.sd = sd_factor * np.array([float(draw["alpha"]) for draw in draws]) ** -0.5
        mean = np.array([draw["mu_U"] for draw in draws])
        spread = np.linalg.inv(np.array([draw["Lambda_U"] for draw in draws]))
        self.mean = np.repeat(mean[None], n_students, axis=0)  # (student, draw, factor)
        self.spread = spread  # (draw, factor, factor), the same for all: they rate the same items

    def of(self, item):
        """Probability of each level, (student, level): the mean over draws."""
        v = self.V[:, item]
        centre = self.offset + np.einsum("sdk,dk->sd", self.mean, v)
        sd = np.sqrt(np.einsum("dk,dkl,dl->d", v, self.spread, v) + self.sd**2)
        inner = 0.5 * (self.levels[1:] + self.levels[:-1])
        below = norm.cdf((inner - centre[..., None]) / sd[:, None]).mean(axis=1)
        return np.diff(below, axis=1, prepend=0, append=1)

    def learn(self, item, rating):
        v = self.V[:, item]
        along = np.einsum("dkl,dl->dk", self.spread, v)
        total = np.einsum("dk,dk->d", v, along) + self.sd**2
        error = rating[:, None] - self.offset - np.einsum("sdk,dk->sd", self.mean, v)
        self.mean += (error / total)[..., None] * along
        self.spread = self.spread - along[:, :, None] * along[:, None] / total[:, None, None]


def class_of(fit, draw, items, n_students, rng):
    """Ratings of students drawn through one draw: (student, item), each the nearest level."""
    rows = rng.multivariate_normal(draw["mu_U"], np.linalg.inv(draw["Lambda_U"]), n_students)
    score = fit.attrs["offset"] + rows @ draw["V"][items].T
    score += rng.standard_normal(score.shape) * float(draw["alpha"]) ** -0.5
    return fit.levels[np.abs(score[..., None] - fit.levels).argmin(axis=-1)]


def play(fit, draws, items, rating, sd_factor=1.0):
    """Answers of a class, with what `draws` claimed before each."""
    claims, found = Claims(fit, draws, len(rating), sd_factor), []
    for k, item in enumerate(items.tolist()):
        for student, probability in enumerate(claims.of(item)):
            given = float(rating[student, k])
            found.append(Answer(student, item, claim_of(probability), given, given, False))
        claims.learn(item, rating[:, k])
    return found


def halves(fit):
    """The stored draws in two halves: of one come truths, of the other claims."""
    draws = list(draws_of(fit))
    return draws[::2], draws[1::2]
