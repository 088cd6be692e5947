"""What the first page plays is a fit of the core, by MAP and by Gibbs, turned and rounded."""

import json

import numpy as np
import pytest

from pmf_core.charts.settling import settling, stored
from pmf_core.data.toy import Toy
from pmf_core.fits.trajectory import follow
from pmf_core.models.play_config import PlayConfig


@pytest.fixture(scope="module")
def found():
    return settling()


def rows(found, method):
    return np.reshape(found[method], (-1, 12, 2))


def products(points):
    return points[:, :6] @ points[:, 6:].transpose(0, 2, 1)


def test_what_is_kept_is_what_the_core_works_out(found):
    kept = stored()
    for method in ("map", "gibbs"):  # another machine may round the last digit otherwise
        np.testing.assert_allclose(kept[method], found[method], atol=0.011)
        del kept[method]
    assert kept == {name: found[name] for name in kept}
    assert len(json.dumps(found)) < 25_000


@pytest.mark.parametrize(("method", "first"), [("map", 0), ("gibbs", 21)])
def test_turned_rows_have_the_products_of_the_fit(found, method, first):
    played = follow(Toy().split, PlayConfig({"map": "MAP", "gibbs": "Gibbs"}[method]))
    exact = played.U @ played.V.transpose(0, 2, 1)
    points = rows(found, method)
    np.testing.assert_allclose(products(points), exact[first : first + len(points)], atol=0.05)


def test_one_comes_to_rest_and_the_other_does_not(found):
    steps = {name: np.abs(np.diff(rows(found, name), axis=0)).max(axis=(1, 2))
             for name in ("map", "gibbs")}  # fmt: skip
    assert steps["map"][0] > 0.5 and steps["map"][-1] < 0.03
    assert steps["gibbs"][-10:].min() > 0.3


def test_the_sentence_names_whose_cloud_is_narrow_and_whose_is_wide(found):
    played = follow(Toy().split, PlayConfig("Gibbs"))
    spread = np.sqrt(played.turned[21:, :6].var(axis=0).mean(axis=1))
    people = found["names"][:6]
    sure, unsure = found["named"]
    assert (sure, unsure) == (spread.argmin(), spread.argmax())
    assert f"{people[sure]}, with 3 ratings (sd {spread[sure]:.2f})," in found["says"]
    assert f"(sd {spread[unsure]:.2f}), could" in found["says"]
