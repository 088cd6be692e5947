"""What the playground plays: the sampler's own sweeps, to where they belong."""

from dataclasses import replace

import numpy as np
import pytest

import pmf_core as pmf
from pmf_core.data.toy import Toy
from pmf_core.fits.trajectory import follow
from pmf_core.models import arrange
from pmf_core.models.play_config import PlayConfig

GIBBS, MAP = PlayConfig("Gibbs"), PlayConfig("MAP")
SOME_HIDDEN = "e40100405020050002100540020050000d04"


def ratings(table):
    """Ratings of a small table, 0 where there is none, as both parts of a split."""
    table = np.array(table, dtype=float)
    user, item = np.nonzero(table)
    names = [np.arange(n) for n in table.shape]
    both = pmf.Ratings(user, item, table[user, item], *names, (1, 5))
    return pmf.Split(both, both)


@pytest.fixture
def same_prior(monkeypatch):
    """Whoever sets a prior from the data gets the one of a width of 1.3."""
    monkeypatch.setattr(arrange, "imputed_precisions", lambda _: (1.3**-2, 1.3**-2))


@pytest.mark.parametrize("factors", ["1", "2"])
def test_gibbs_is_that_of_sample_gibbs_draw_by_draw(same_prior, factors):
    split = Toy(SOME_HIDDEN).split
    played = follow(split, PlayConfig("Gibbs", factors, 3.0, 1.3), sweeps=30, random_seed=5)
    config = pmf.PMFConfig(int(factors), 3.0, center=True)
    run = {"draws": 30, "tune": 0, "chains": 1, "keep": 30, "moves": (), "random_seed": 5}
    drawn = pmf.sample_gibbs(split, config, **run).idata["posterior"].dataset
    for part, name in ((played.U, "U"), (played.V, "V")):
        np.testing.assert_array_equal(part[1:].astype(np.float32), drawn[name].values[0])


@pytest.mark.parametrize("factors", ["1", "2"])
def test_a_map_ends_where_fit_map_ends(same_prior, factors):
    split = Toy(SOME_HIDDEN).split
    played = follow(split, PlayConfig("MAP", factors, 3.0, 1.3), random_seed=5)
    fit = pmf.fit_map(split, pmf.PMFConfig(int(factors), 3.0, center=True), random_seed=5)
    mode = fit.idata["posterior"].dataset
    expected = split.train.rating.mean() + mode["U"].values[0, 0] @ mode["V"].values[0, 0].T
    np.testing.assert_allclose(played.scores[-1], expected, atol=0.03)
    rmse = np.sqrt(np.mean((expected[split.train.user_idx, split.train.item_idx]
                            - split.train.rating) ** 2))  # fmt: skip
    assert played.errors(split.train)[0][-1] == pytest.approx(rmse, abs=1e-3)
    assert played.n_sweeps < 200


def log_density(played, U, V):
    train, alpha, width = played.split.train, played.config.alpha, played.config.width
    error = train.rating - played.mean - np.sum(U[train.user_idx] * V[train.item_idx], axis=1)
    return -0.5 * (alpha * np.sum(error**2) + np.sum(U**2) / width**2 + np.sum(V**2) / width**2)


@pytest.mark.parametrize("config", [GIBBS, MAP], ids=["Gibbs", "MAP"])
def test_frames_are_updates_of_one_row_and_the_density_is_of_them(config):
    played = follow(Toy().split, replace(config, alpha=1.5, width=0.8), sweeps=7)
    U, V = played.U[0].copy(), played.V[0].copy()
    densities, of_users, of_items = {0: log_density(played, U, V)}, [], []
    for frame, row in enumerate(played.updates):
        k = frame % 12
        (U if k < 6 else V)[k % 6] = row
        if k < 6:
            of_users.append(played.mean + V @ U[k])
        else:
            of_items.append(played.mean + U @ V[k - 6])
        densities[frame + 1] = log_density(played, U, V)
    np.testing.assert_array_equal(U, played.U[-1])
    np.testing.assert_allclose(np.reshape(of_users, (-1, 6, 6)), played.scores_of_users)
    np.testing.assert_allclose(np.reshape(of_items, (-1, 6, 6)), played.scores_of_items)
    known = played.density_at
    assert set(range(0, 61)) <= set(known) and set(range(0, len(played.updates) + 1, 12)) <= set(
        known
    )
    expected = np.array([densities[frame] for frame in known])
    np.testing.assert_allclose(
        played.density - played.density[0], expected - expected[0], atol=1e-6
    )


def test_no_update_of_a_climb_goes_down_and_some_of_a_sampler_do():
    rises, draws = (np.diff(follow(Toy().split, each).density) for each in (MAP, GIBBS))
    assert rises.min() > -1e-9 and draws.min() < -0.1


def test_what_is_hidden_changes_nothing_and_is_scored():
    toy = Toy(SOME_HIDDEN)
    blank = Toy(SOME_HIDDEN.replace("e", "0").replace("d", "0"))
    one, other = follow(toy.split, GIBBS), follow(blank.split, GIBBS)
    np.testing.assert_array_equal(one.scores, other.scores)
    per_step, running = one.errors(toy.split.test)
    off = one.scores[:, [0, 5], [0, 3]] - [5, 4]
    np.testing.assert_allclose(per_step, np.sqrt(np.mean(off**2, axis=1)))
    kept = one.scores[21:]
    off = kept.mean(axis=0)[[0, 5], [0, 3]] - [5, 4]
    assert running[-1] == pytest.approx(np.sqrt(np.mean(off**2))) and len(running) == 180
    np.testing.assert_allclose(one.running[0][-1], kept.mean(axis=0))
    np.testing.assert_allclose(one.running[1][-1], kept.std(axis=0))
    assert all(len(each) == 0 for each in other.errors(blank.split.test))


def test_turning_draws_changes_no_prediction_and_undoes_any_rotation(rng):
    played = follow(Toy().split, GIBBS)
    U, V = played.turned[:, :6], played.turned[:, 6:]
    np.testing.assert_allclose(played.mean + U @ V.transpose(0, 2, 1), played.scores, atol=1e-9)
    turns = np.linalg.qr(rng.standard_normal((201, 2, 2)))[0]
    twisted = replace(played, U=played.U @ turns, V=played.V @ turns)
    np.testing.assert_allclose(twisted.scores, played.scores)
    spread = played.turned[21:].var(axis=0)
    np.testing.assert_allclose(
        twisted.turned[21:].var(axis=0).sum(axis=1), spread.sum(axis=1), rtol=1e-3
    )
    assert twisted.U[21:].var(axis=0).sum() > 1.2 * spread[:6].sum()


SMALL = [[5, 2], [4, 0]]  # of two people and two films; nobody knows what the second thinks of one


def exact(alpha, width):
    """Mean and sd of the blank cell for one factor, by integrating over both films on a grid."""
    error = np.array([5.0, 2.0, 4.0]) - 11 / 3
    grid = np.linspace(-8 * width, 8 * width, 301)
    v = np.stack(np.meshgrid(grid, grid, indexing="ij"))
    log = -0.5 * np.sum(v**2, axis=0) / width**2
    for r, rated in ((error[:2], v), (error[2:], v[:1])):  # each person's row is integrated out
        pull = alpha * np.tensordot(r, rated, 1)
        precision = width**-2 + alpha * np.sum(rated**2, axis=0)
        log += 0.5 * pull**2 / precision - 0.5 * np.log(precision)
    weight = np.exp(log - log.max())
    weight /= weight.sum()
    first = np.sum(weight * v[1] * pull / precision)
    second = np.sum(weight * v[1] ** 2 * (pull**2 / precision**2 + 1 / precision))
    return 11 / 3 + first, np.sqrt(second - first**2)


@pytest.fixture(scope="module")
def draws():
    """The blank cell of many short chains: (chains, draws)."""
    config = PlayConfig("Gibbs", "1", 4.0, 0.9)
    played = [follow(ratings(SMALL), config, sweeps=180, random_seed=seed) for seed in range(8)]
    return np.stack([each.scores[1 + each.warm_up :, 1, 1] for each in played])


def away(draws, mean, sd):
    """How many standard errors the mean and the mean square of chains are from the truth."""
    off = draws - mean
    errors = [off.mean(axis=1), (off**2).mean(axis=1) - sd**2]
    return max(abs(each.mean()) / (each.std(ddof=1) / np.sqrt(len(each))) for each in errors)


def test_a_played_chain_has_the_posterior_that_integration_finds(draws):
    assert away(draws, *exact(4.0, 0.9)) < 4
    assert away(draws, *exact(1.0, 0.9)) > 6 and away(draws, *exact(4.0, 1.4)) > 6


def batches(draws, length):
    """Means of draws and of their squares, a row each, over stretches of a chain."""
    stretches = draws[:, : draws.shape[1] // length * length].reshape(-1, length)
    return np.stack([stretches.mean(axis=1), (stretches**2).mean(axis=1)])


def apart(one, other):
    """By how many standard errors means of batches differ."""
    error = sum(each.var(axis=1, ddof=1) / each.shape[1] for each in (one, other))
    return np.abs(one.mean(axis=1) - other.mean(axis=1)) / np.sqrt(error)


@pytest.mark.slow
def test_a_played_chain_has_the_posterior_that_long_runs_find(same_prior):
    split = Toy(SOME_HIDDEN).split
    config = PlayConfig("Gibbs", "2", 3.0, 1.3)
    played = [follow(split, config, sweeps=500, random_seed=seed) for seed in range(24)]
    drawn = np.stack([each.scores[1 + each.warm_up :, 5, 1] for each in played]) - played[0].mean
    fit = pmf.sample_gibbs(split, config.model, draws=5000, tune=200, keep=20_000, random_seed=9)
    parts = fit.idata["posterior"].dataset
    cell = np.einsum("cdk,cdk->cd", parts["U"].values[:, :, 5], parts["V"].values[:, :, 1])
    expected = batches(cell.astype(float), 100)
    assert (apart(batches(drawn, 96), expected) < 4).all()
    assert apart(batches(1.15 * drawn, 96), expected)[1] > 4
    assert apart(batches(drawn + 0.15, 96), expected)[0] > 4


@pytest.mark.parametrize(
    ("setting", "value"),
    [("method", "NUTS"), ("factors", "3"), ("factors", 2), ("alpha", 0.0), ("alpha", -1.0),
     ("alpha", np.inf), ("alpha", np.nan), ("alpha", 1e9), ("width", 0.0), ("width", np.inf),
     ("width", np.nan), ("width", "1"), ("alpha", True)],
)  # fmt: skip
def test_settings_that_mean_nothing_are_refused(setting, value):
    with pytest.raises(ValueError, match=f"{setting} is .* it must be"):
        PlayConfig(**{setting: value})


def test_sizes_that_take_long_are_refused(split_of_many):
    for sweeps in (0, 1001, 1.5, True):
        with pytest.raises(ValueError, match="sweeps is .* from 1 to 1000"):
            follow(Toy().split, sweeps=sweeps)
    with pytest.raises(ValueError, match="at most 24 together"):
        follow(split_of_many)
    train = Toy().split.train.take(np.arange(0))
    with pytest.raises(ValueError, match="rate something"):
        follow(pmf.Split(train, train))


@pytest.fixture
def split_of_many():
    return ratings(np.full((13, 12), 3) + np.eye(13, 12))


@pytest.mark.parametrize("cells", ["5" + "0" * 35, "3" * 36, "e" * 35 + "1"])
@pytest.mark.parametrize("config", [replace(MAP, width=0.1), replace(GIBBS, alpha=20.0, width=3.0)])
def test_any_table_can_be_played(cells, config):
    played = follow(Toy(cells).split, config, sweeps=5)
    assert np.isfinite(played.scores).all() and np.isfinite(played.turned).all()


def test_other_units_are_the_same_fit():
    table = np.array([[5, 3, 0], [1, 0, 4], [0, 2, 5]])
    one = follow(ratings(table), GIBBS, sweeps=4)
    both = ratings(table).train
    ten = replace(both, rating=both.rating * 10, scale=(10, 50), unit=None)
    other = follow(pmf.Split(ten, ten), GIBBS, sweeps=4)
    np.testing.assert_allclose(other.scores, 10 * one.scores)
