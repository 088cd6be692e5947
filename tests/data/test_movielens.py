"""MovieLens 100K as it is read: identifiers, titles, features, official folds."""

import numpy as np
import pytest

import pmf_core as pmf
from pmf_core.data.sources import ml100k


def test_identifiers_titles_and_features(movielens, real_folder):
    np.testing.assert_array_equal(movielens.user_ids, np.arange(1, 944))
    np.testing.assert_array_equal(movielens.item_ids, np.arange(1, 1683))
    assert movielens.name == "MovieLens 100K" and movielens.scale == (1, 5)
    rows = np.loadtxt(real_folder / "u.data", dtype=int)  # in the order of the file
    frame = movielens.to_frame()[["user_id", "item_id", "rating", "timestamp"]]
    np.testing.assert_array_equal(frame, rows)
    assert sum("é" in title for title in movielens.titles) > 5
    genres = movielens.item_features.drop(columns="release_date")
    assert tuple(genres.columns) == ml100k.GENRES
    assert all(dtype.kind == "b" for dtype in genres.dtypes)
    assert genres.any(axis=1).all()
    assert movielens.item_features["release_date"].isna().sum() == 1
    assert list(movielens.user_features.columns) == ["age", "gender", "occupation", "zip_code"]
    assert movielens.user_features["age"].between(5, 99).all()
    assert movielens.user_features["zip_code"].str.len().eq(5).all()


def test_a_fold_has_the_vocabularies_of_the_whole(movielens, real_folder):
    if not (real_folder / "u1.base").exists():
        pytest.skip("needs u1.base and u1.test beside u.data")
    split = pmf.load_movielens_fold(1)
    assert (split.train.n_ratings, split.test.n_ratings) == (80_000, 20_000)
    for part in (split.train, split.test):
        np.testing.assert_array_equal(part.titles, movielens.titles)
        assert part.n_users == 943
    assert split.test.timestamp is not None


def test_folds_that_are_not_there_are_named(movielens, ml100k_folder, monkeypatch, tmp_path):
    folder = ml100k_folder(tmp_path, {n: "" for n in ml100k.FILES} | {"u3.base": "", "u3.test": ""})
    monkeypatch.setenv("PMF_DATA_DIR", str(folder.parent))
    message = r"Fold 2 needs u2\.base and u2\.test; of the five folds .* holds u3\. Unzip http"
    with pytest.raises(pmf.DataUnavailable, match=message):
        pmf.load_movielens_fold(2)


@pytest.mark.parametrize("k", [0, 6, "1", 1.5])
def test_folds_are_one_to_five(k):
    with pytest.raises(ValueError, match="k is .* the number of an official fold, 1 to 5"):
        pmf.load_movielens_fold(k)
