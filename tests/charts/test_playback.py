"""What the browser is sent of a played fit is that fit, rounded, and small."""

import json

import numpy as np
import pytest

from pmf_core.charts.playback import play, playback
from pmf_core.data.toy import Toy
from pmf_core.fits.trajectory import follow
from pmf_core.models.play_config import PlayConfig

HIDDEN = "e40100405020050002100540020050000d04"


@pytest.mark.parametrize("method", ["Gibbs", "MAP"])
def test_a_message_holds_every_frame_and_is_small(method):
    config, toy = PlayConfig(method, "2", 3.0, 1.2), Toy(HIDDEN)
    sent, played = play(HIDDEN, config), follow(toy.split, config)
    assert sent == playback(toy, played)
    assert len(json.dumps(sent, allow_nan=False)) < 300_000
    n = sent["n_sweeps"]
    assert n == played.n_sweeps and (n == 200) == (method == "Gibbs")
    for name, shape, values in (
        ("updates", (n, 12, 2), np.concatenate([played.U[1:], played.V[1:]], axis=1)),
        ("turned", (n + 1, 12, 2), played.turned),
    ):
        np.testing.assert_allclose(np.reshape(sent[name], shape), values, atol=6e-4)
    mean = toy.split.train.rating.mean()
    ends = mean + played.U[1:] @ played.V[1:].transpose(0, 2, 1)
    half = mean + played.U[1:] @ played.V[:-1].transpose(0, 2, 1)
    np.testing.assert_allclose(np.reshape(sent["scores_of_users"], (n, 6, 6)), half, atol=6e-3)
    by_item = ends.transpose(0, 2, 1)
    np.testing.assert_allclose(np.reshape(sent["scores_of_items"], (n, 6, 6)), by_item, atol=6e-3)
    drawn = ends[sent["warm_up"] :]
    assert len(sent["mean"]) == len(sent["sd"]) == 36 * len(drawn)
    if method == "Gibbs":
        assert sent["warm_up"] == 20
        np.testing.assert_allclose(np.reshape(sent["mean"][-36:], (6, 6)), drawn.mean(0), atol=6e-3)
        np.testing.assert_allclose(np.reshape(sent["sd"][-36:], (6, 6)), drawn.std(0), atol=6e-3)
    assert sent["stars"][0][0] == 5 and sent["is_hidden"][0][0] and not sent["is_hidden"][0][1]
    assert len(sent["errors"]["hidden"][0]) == n + 1 and sent["hidden_says"]
    assert sent["first_cells"] != sent["cells"] == HIDDEN
    numbers = np.concatenate([sent[name] for name in ("updates", "mean", "turned")])
    assert not np.signbit(numbers[numbers == 0]).any()


def test_a_message_of_nothing_hidden_says_nothing_of_it():
    sent = play(Toy().cells, PlayConfig())
    assert sent["errors"]["hidden"] == [[], []] and sent["hidden_says"] == ""
    assert sent["cells"] == sent["first_cells"]
    who, what = sent["first_cell"]
    assert (sent["people"][who], sent["films"][what]) == ("Finn", "Jaws")
    assert sent["stars"][who][what] == 0


def test_a_message_is_bounded_whatever_the_settings():
    widest = PlayConfig(alpha=0.1, width=99.0)
    assert len(json.dumps(play("15" * 18, widest), allow_nan=False)) < 500_000
    toy = Toy()
    with pytest.raises(ValueError, match="number of sweeps is 201; it must be at most 200"):
        playback(toy, follow(toy.split, sweeps=201))
