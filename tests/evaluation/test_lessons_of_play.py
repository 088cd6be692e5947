"""What is said while a fit is played is true of its numbers, and something else where it is not."""

from dataclasses import replace

import numpy as np
import pytest

from pmf_core.data.toy import Toy
from pmf_core.evaluation.lessons_of_play import hidden_ratings, rows_say, story
from pmf_core.fits.trajectory import follow
from pmf_core.models.play_config import PlayConfig

GIBBS, MAP = PlayConfig("Gibbs"), PlayConfig("MAP")
HIDDEN = "e40100405020050002100540020050000d04"
FULL, ONE = "5" * 18 + "1" * 18, "5" + "0" * 35


@pytest.fixture(scope="module")
def played():
    return follow(Toy().split, GIBBS)


def by_name(scenes):
    return {lesson.name: lesson for _, lesson in scenes}


def error(played, sweep):
    train = played.split.train
    U, V = played.U[sweep], played.V[sweep]
    score = train.rating.mean() + np.sum(U[train.user_idx] * V[train.item_idx], axis=1)
    return np.sqrt(np.mean((score - train.rating) ** 2))


def test_a_story_goes_from_the_start_to_the_end(played):
    assert [frame for frame, _ in story(played)] == [0, 1, 7, 12, 36, 240, 2400]
    found = by_name(story(played))
    assert f"miss the 14 ratings by {error(played, 0):.2f} stars" in found["play_start"].text
    first = found["play_first_sweep"]
    assert first.holds == (error(played, 1) < error(played, 0)) and first.holds
    assert f"{error(played, 1):.2f} stars, after {error(played, 0):.2f}" in first.text
    assert "warm-up of 20 sweeps" in found["play_counts"].text


def test_the_surest_and_the_least_sure_blank_cells_are_named(played):
    drawn = played.scores[21:]
    sd = np.where(Toy().stars > 0, np.nan, drawn.std(axis=0))
    found = by_name(story(played))["play_sure"]
    people, films = (
        "Ann Ben Cleo Dev Eva Finn".split(),
        "Alien Jaws Heat Emma Amélie Grease".split(),
    )
    for words, at in (
        ("Surest of the blank cells", np.nanargmin(sd)),
        ("Least sure", np.nanargmax(sd)),
    ):
        i, j = divmod(int(at), 6)
        mean = drawn[:, i, j].mean()
        expected = f"{words}: {people[i]} and {films[j]}, {mean:.1f} ± {sd[i, j]:.1f} stars"
        assert expected in found.text
    assert found.evidence["lowest_sd"] == pytest.approx(np.nanmin(sd))


@pytest.mark.parametrize(
    ("cells", "says"),
    [(FULL, "Every cell is rated"), ("0" + FULL[1:], "The only blank cell: Ann and Alien")],
)
def test_without_blank_cells_none_is_the_surest(cells, says):
    found = by_name(story(follow(Toy(cells).split, GIBBS, sweeps=10)))["play_sure"]
    assert says in found.text and not found.holds


def test_a_sweep_that_teaches_nothing_is_said_to():
    played = follow(Toy(ONE).split, replace(GIBBS, width=0.1))
    found = by_name(story(played))["play_first_sweep"]
    assert not found.holds and error(played, 1) >= error(played, 0)
    assert "no better" in found.text and "learn from each other" not in found.text


def test_a_climb_says_when_it_stands_still_and_when_it_does_not():
    whole, cut = (follow(Toy().split, MAP, sweeps=n) for n in (200, 2))
    assert np.abs(whole.scores[-1] - whole.scores[-2]).max() < 1e-3
    found = by_name(story(whole))["play_stands_still"]
    assert found.holds and f"After {whole.n_sweeps} sweeps nothing moves" in found.text
    found = by_name(story(cut))["play_stands_still"]
    move = np.abs(cut.scores[-1] - cut.scores[-2]).max()
    assert not found.holds and f"still move, by up to {move:.2f} stars" in found.text


@pytest.mark.parametrize("sweeps", [1, 2, 3, 30])
@pytest.mark.parametrize("config", [GIBBS, MAP], ids=["Gibbs", "MAP"])
def test_scenes_of_a_short_fit_follow_each_other(config, sweeps):
    frames = [frame for frame, _ in story(follow(Toy().split, config, sweeps=sweeps))]
    assert frames == sorted(set(frames)) and frames[0] == 0


def test_every_row_has_its_evidence(played):
    says = rows_say(played)
    assert len(says) == 12
    assert "Ann’s row moves. 3 ratings (Alien, Jaws, Emma)" in says[0]
    assert "Finn’s row moves. 1 rating (Grease)" in says[5]
    assert "Alien moves. 3 ratings (by Ann, Ben, Dev)" in says[6]
    says = rows_say(follow(Toy(ONE).split, GIBBS, sweeps=1))
    assert "Finn has rated no films" in says[5] and "Nobody has rated it" in says[11]


def test_hidden_ratings_are_guessed_by_one_draw_and_by_many():
    toy = Toy(HIDDEN)
    played = follow(toy.split, GIBBS)
    off = played.scores[21:][:, [0, 5], [0, 3]] - [5, 4]
    one, many = np.sqrt(np.mean(off**2)), np.sqrt(np.mean(off.mean(axis=0) ** 2))
    found = hidden_ratings(played)
    assert found.holds == (many < one)
    assert f"2 ratings: a single draw misses them by {one:.2f} stars, the mean" in found.text
    assert f"draws by {many:.2f}: errors of draws cancel" in found.text
    found = hidden_ratings(follow(toy.split, MAP))
    assert "the MAP misses them by" in found.text
    assert hidden_ratings(follow(Toy().split, GIBBS, sweeps=1)) is None
    tight = follow(toy.split, replace(GIBBS, width=0.001))
    assert hidden_ratings(tight).evidence["one_draw"] == pytest.approx(
        hidden_ratings(tight).evidence["mean_of_draws"], abs=1e-3
    )


@pytest.mark.parametrize("cells", [Toy().cells, HIDDEN, ONE, FULL])
@pytest.mark.parametrize("config", [GIBBS, MAP], ids=["Gibbs", "MAP"])
def test_numbers_are_written_as_everywhere(cells, config):
    played = follow(Toy(cells).split, config, sweeps=3)
    said = [lesson.text for _, lesson in story(played)] + rows_say(played)
    said += [each.text for each in [hidden_ratings(played)] if each]
    for text in said:
        assert text[0].isupper() or text[0].isdigit()
        assert text.endswith(".") or text.endswith("?")
        assert "nan" not in text.split() and "-" not in text.replace("warm-up", ""), text
        assert not any(mark in text for mark in "*_`<>{}"), text
