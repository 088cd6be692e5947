"""What the playground expects and gives back: moments that are known, and by hand."""

import numpy as np
import pytest

from pmf_core.data.toy import DEFAULT, Toy
from pmf_core.evaluation.play_check import fitted_shares, noise_of_alpha, three_ratings
from pmf_core.fits.trajectory import follow
from pmf_core.models.play_config import PlayConfig

RATINGS = [5, 4, 1, 4, 5, 2, 5, 2, 1, 5, 4, 2, 5, 4]


@pytest.mark.parametrize(("factors", "alpha", "width"), [("2", 2.0, 1.0), ("1", 0.5, 1.5)])
def test_the_prior_expects_products_of_normals_around_the_mean(factors, alpha, width):
    config = PlayConfig("MAP", factors, alpha, width)
    (prior, given, _), _ = three_ratings(DEFAULT, config)
    # Of D products of two normals of sd w, and noise: variance D w^4 + 1 / alpha.
    sd = np.sqrt(int(factors) * width**4 + 1 / alpha)
    assert prior.attrs["sd"] == pytest.approx(sd, rel=0.15)
    assert prior.attrs["median"] == pytest.approx(np.mean(RATINGS), abs=0.15 * sd)
    assert given.attrs["mean"] == pytest.approx(np.mean(RATINGS))
    assert given.attrs["sd"] == pytest.approx(np.std(RATINGS))


def test_a_wider_prior_expects_wider_ratings():
    sds = [three_ratings(DEFAULT, PlayConfig("MAP", width=w))[0][0].attrs["sd"] for w in (0.3, 2.0)]
    assert sds[0] < 1 < 3 < sds[1]


@pytest.mark.parametrize("method", ["Gibbs", "MAP"])
def test_what_is_given_back_are_predictions_and_noise(method):
    played = follow(Toy().split, PlayConfig(method))
    train, fitted = played.split.train, fitted_shares(played).attrs
    scores = played.scores[21:] if method == "Gibbs" else played.scores[-1:]
    told = scores[:, train.user_idx, train.item_idx]
    assert fitted["mean"] == pytest.approx(told.mean(), abs=0.03)
    assert fitted["sd"] == pytest.approx(np.sqrt(told.var() + 1 / 2), rel=0.02)
    assert fitted["n_pairs"] == 14 and fitted["scale"] == (1, 5)


def test_half_of_alpha_is_an_sd_by_the_root_of_2_larger():
    said = noise_of_alpha(follow(Toy().split, PlayConfig("MAP", alpha=2.0), sweeps=1)).text
    assert "sd of 0.71 stars" in said and "the sd is 1.00" in said
    said = noise_of_alpha(follow(Toy().split, PlayConfig("MAP", alpha=1.0), sweeps=1)).text
    assert "sd of 1.00 stars" in said and "the sd is 1.41" in said
