"""Years and genres of items, from whatever tells of them."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import pmf_core as pmf
from pmf_core.data.filters import genre_names, passing, span_of_years, years_of


@pytest.fixture
def films(ratings):
    n = ratings.n_items
    titles = np.array([f"Film {k} ({1990 + k % 5})" for k in range(n)], object)
    features = pd.DataFrame({"Drama": np.arange(n) % 2 == 0, "Comedy": np.arange(n) % 3 == 0})
    return replace(ratings, titles=titles, item_features=features)


def test_years_are_those_of_features_or_titles(films):
    assert list(years_of(films)[:6]) == [1990, 1991, 1992, 1993, 1994, 1990]
    assert span_of_years(films) == (1990, 1994)
    dates = pd.to_datetime([f"{1950 + k}-03-01" for k in range(films.n_items)])
    dated = replace(films, item_features=films.item_features.assign(release_date=dates))
    assert span_of_years(dated) == (1950, 1950 + films.n_items - 1)
    numbers = films.item_features.assign(release_year=np.full(films.n_items, np.nan))
    assert span_of_years(replace(films, item_features=numbers)) == (1990, 1994)
    assert span_of_years(None) is None and genre_names(None) == []
    nameless = replace(films, titles=films.item_ids)
    assert span_of_years(nameless) is None


def test_what_passes_has_any_of_the_genres_and_is_of_the_years(films):
    ids = films.item_ids
    k = np.arange(films.n_items)
    assert genre_names(films) == ["Drama", "Comedy"]
    assert list(passing(films, ids, ["Comedy"])) == list(k % 3 == 0)
    assert list(passing(films, ids, ["Comedy", "Drama"])) == list((k % 3 == 0) | (k % 2 == 0))
    assert list(passing(films, ids, years=(1991, 1992))) == list(np.isin(k % 5, (1, 2)))
    both = passing(films, ids[::-1], ["Drama"], (1990, 1990))
    assert list(both) == list(((k % 2 == 0) & (k % 5 == 0))[::-1])
    assert list(passing(films, [-9, ids[0]])) == [False, True]


def test_movielens_has_both(movielens):
    assert "Drama" in genre_names(movielens) and span_of_years(movielens) == (1922, 1998)
    assert isinstance(movielens, pmf.Ratings)
