"""A fit whose numbers overflow says so, whatever fits; nothing of it is nan in silence."""

import numpy as np
import pytest

import pmf_core as pmf
from pmf_core.support.errors import NotFinite, staying_finite


def far_apart(ratings, factor):
    """Ratings of a size that one may give and that a fixed noise of half a star cannot fit."""
    values = ratings.rating * factor
    users, items = ratings.user_idx, ratings.item_idx
    scale = values.min(), values.max()
    return pmf.split_ratings(
        pmf.Ratings(users, items, values, ratings.user_ids, ratings.item_ids, scale, unit=1.0), 0.2
    )


@pytest.mark.parametrize(
    "fit", [pmf.fit_map, lambda *a: pmf.sample_gibbs(*a, draws=2, tune=2, chains=1)]
)
def test_a_fit_that_overflows_says_so_and_what_to_try(ratings, fit):
    split = far_apart(ratings, 1e5)
    with pytest.raises(
        NotFinite, match=r"norm_[UV] of chain 0 is nan after step 1\. Every part"
    ) as e:
        fit(split, pmf.PMFConfig(30))
    assert isinstance(e.value, ValueError) and "look for ratings far from the others" in str(
        e.value
    )
    learnt = pmf.PMFConfig(2, alpha=None, prior="hierarchical", center=True)
    assert np.isfinite(fit(split, learnt).summary()["test_rmse"])


@pytest.mark.parametrize("seed", range(8))
def test_a_prior_of_another_order_of_magnitude_than_the_ratings_is_sampled(ratings, seed):
    learnt = pmf.PMFConfig(2, alpha=None, prior="hierarchical", center=True)
    split = far_apart(ratings, 1e5)
    fit = pmf.sample_gibbs(split, learnt, draws=10, tune=10, chains=1, random_seed=seed)
    assert np.isfinite(fit.summary()["test_rmse"])


@pytest.mark.parametrize("factor", [1e-3, 1.0])
@pytest.mark.parametrize("preset", sorted(pmf.PRESETS))
def test_ratings_within_the_limits_are_fitted(ratings, preset, factor):
    fit = pmf.fit_map(far_apart(ratings, factor), pmf.PRESETS[preset])
    assert np.isfinite([fit.summary()["test_rmse"], fit.summary()["train_rmse"]]).all()


@pytest.mark.parametrize("name", ["U", "V", "alpha"])
def test_any_part_that_is_not_finite_is_noticed(ratings, name):
    from pmf_core.fits.progress import as_draw, start_recorder
    from pmf_core.models.arrange import arrange
    from pmf_core.sampling.start import initial_state

    split = pmf.split_ratings(ratings, 0.2)
    problem = arrange(pmf.PMFConfig(2), split.train)
    recorder = start_recorder(split, problem, pmf.SamplerConfig(1, 1, 1, 0, keep=1))
    draw = as_draw(initial_state(problem, 0, chain=0))
    recorder.add([draw])
    broken = draw.replace(**{name: np.full_like(getattr(draw, name), np.inf)})
    with pytest.raises(NotFinite, match="of chain 0 is (inf|nan) after step 2"), staying_finite():
        recorder.add([broken])
    assert recorder.steps == 1


@pytest.mark.parametrize(
    "error", [OverflowError("math range error"), np.linalg.LinAlgError("singular")]
)
def test_what_arithmetic_ends_in_becomes_the_same_error(error):
    with pytest.raises(NotFinite, match=str(error)), staying_finite():
        raise error
    with staying_finite():
        assert np.isinf(np.float64(1e308) * 10)  # without a warning
