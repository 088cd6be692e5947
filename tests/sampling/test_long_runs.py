"""Long chains of sweeps alone, and chains with all moves, come to the same."""

import numpy as np
import pytest

import pmf_core as pmf
from pmf_core.models.ingredients import identity
from tests.support.tiny import PRESETS, tiny_ratings

FEWEST = 200  # effective draws, from which the error of a mean is known well enough
LIMIT = 4.5  # standard errors: of some hundred quantities, none of a right sampler is so far off

PLAIN = {"moves": (), "tune": 1000, "draws": 12_000, "chains": 4}
MOVED = {"tune": 500, "draws": 4000, "chains": 4, "random_seed": 1}


def split():
    return pmf.split_ratings(tiny_ratings(40, 25, 600), 0.1, random_seed=0)


def furthest(config, length=PLAIN):
    """Return by how many standard errors means differ most, and the share that is compared."""
    plain, moved = (
        pmf.sample_gibbs(split(), config, **given).convergence.set_index(["quantity", "pair"])
        for given in (length, MOVED)
    )
    known = (plain["ess_bulk"] > FEWEST) & (moved["ess_bulk"] > FEWEST)
    error = np.hypot(plain["mcse"], moved["mcse"])
    return ((plain["mean"] - moved["mean"]).abs() / error)[known].max(), known.mean()


@pytest.mark.prove
@pytest.mark.slow
@pytest.mark.parametrize("preset", PRESETS)
def test_chains_with_moves_agree_with_long_chains_of_sweeps_alone(preset):
    z, share = furthest(PRESETS[preset])
    assert z < LIMIT
    assert share > 0.8


@pytest.mark.prove
@pytest.mark.slow
def test_a_wrong_move_does_not_agree(monkeypatch):
    right = identity.draw_rows

    def wrong(*args):
        *data, noise, correlation, rows = args
        noisier = noise if correlation == 0 else 1.1 * noise
        return right(*data, noisier, correlation, rows)

    monkeypatch.setattr(identity, "draw_rows", wrong)
    z, _ = furthest(PRESETS["bpmf"], PLAIN | {"draws": 4000})
    assert z > LIMIT
