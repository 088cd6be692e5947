"""The larger MovieLens sets, from made-up files of exactly their forms."""

import resource
import subprocess
import sys
import zipfile

import numpy as np
import pytest

import pmf_core as pmf

# Made up: no row is anybody's.
CSV = {
    "ratings.csv": "userId,movieId,rating,timestamp\n7,296,0.5,1147880044\n7,1,3.5,1147868817\n"
    "2,296,5.0,1147868828\n9,899,4.0,1147878820\n9,1,1.0,1147868510\n",
    "movies.csv": "movieId,title,genres\n1,Brass Kites (1995),Adventure|Comedy\n"
    '296,"Owl, The (1994)",Drama\n899,Ünter Fog,(no genres listed)\n5000,Unseen (1999),War\n',
}
DAT_1M = {
    "ratings.dat": "1::1193::5::978300760\n1::661::3::978302109\n4::661::1::978301968\n",
    "movies.dat": "661::Kites: Café Days (1996)::Children's|Musical\n1193::Owls (1975)::Drama\n",
    "users.dat": "1::F::1::10::48067\n2::M::56::16::70072\n4::M::45::7::02460\n",
}
DAT_10M = {
    "ratings.dat": "1::122::4.5::838985046\n2::122::0.5::838983525\n2::185::5::838983392\n",
    "movies.dat": "122::Café (1992)::Comedy|Romance\n185::Net: Two, The (1995)::Thriller\n",
}


def put(parent, folder, files, encoding="utf-8"):
    (parent / folder).mkdir(parents=True)
    for name, text in files.items():
        (parent / folder / name).write_bytes(text.encode(encoding))


@pytest.fixture
def parent(monkeypatch, tmp_path):
    monkeypatch.setenv("PMF_DATA_DIR", str(tmp_path))
    return tmp_path


@pytest.mark.parametrize(
    ("name", "folder"),
    [("25m", "ml-25m"), ("32m", "ml-32m"), ("latest", "ml-latest"),
     ("latest-small", "ml-latest-small")],
)  # fmt: skip
def test_sets_with_headers(parent, name, folder):
    put(parent, folder, CSV)
    ratings = pmf.load_movielens(name)
    assert ratings.name == f"MovieLens {name.upper() if name.endswith('m') else name}"
    assert ratings.scale == (0.5, 5)
    assert list(ratings.user_ids) == [2, 7, 9] and list(ratings.item_ids) == [1, 296, 899]
    assert list(ratings.titles) == ["Brass Kites (1995)", "Owl, The (1994)", "Ünter Fog"]
    frame = ratings.to_frame()
    assert frame["user_id"].tolist() == [7, 7, 2, 9, 9]  # the order of the file
    assert frame["item_id"].tolist() == [296, 1, 296, 899, 1]
    assert frame["rating"].tolist() == [0.5, 3.5, 5.0, 4.0, 1.0]
    assert frame["timestamp"].tolist()[:2] == [1147880044, 1147868817]
    features = ratings.item_features
    assert list(features.columns) == ["release_year", "Adventure", "Comedy", "Drama"]
    assert list(features.index) == [1, 296, 899] and features.index.name == "item_id"
    assert features["Comedy"].tolist() == [True, False, False]
    assert features["release_year"].tolist()[:2] == [1995, 1994]
    assert np.isnan(features["release_year"].iloc[2])
    assert not features.loc[899].drop("release_year").any()
    assert ratings.user_features is None


def test_1m_has_what_is_known_of_its_users(parent):
    put(parent, "ml-1m", DAT_1M, "latin-1")
    ratings = pmf.load_movielens("1m")
    assert ratings.scale == (1, 5) and ratings.rating.tolist() == [5, 3, 1]
    assert list(ratings.titles) == ["Kites: Café Days (1996)", "Owls (1975)"]
    users = ratings.user_features
    assert list(users.index) == [1, 4]
    assert users["gender"].tolist() == ["F", "M"] and users["age"].tolist() == [1, 45]
    assert users["occupation"].tolist() == ["K-12 student", "executive/managerial"]
    assert users["zip_code"].tolist() == ["48067", "02460"]
    assert ratings.item_features["Children's"].tolist() == [True, False]


def test_10m_has_half_stars_and_colons_in_titles(parent):
    put(parent, "ml-10M100K", DAT_10M)
    ratings = pmf.load_movielens("10m")
    assert ratings.rating.tolist() == [4.5, 0.5, 5] and ratings.scale == (0.5, 5)
    assert list(ratings.titles) == ["Café (1992)", "Net: Two, The (1995)"]
    assert ratings.timestamp.tolist() == [838985046, 838983525, 838983392]


@pytest.mark.parametrize(
    ("name", "archive", "folder", "files"),
    [("25m", "ml-25m", "ml-25m", CSV), ("10m", "ml-10m", "ml-10M100K", DAT_10M)],
)
def test_an_archive_is_read_as_it_is(parent, tmp_path_factory, monkeypatch, name, archive, folder,
                                     files):  # fmt: skip
    with zipfile.ZipFile(parent / f"{archive}.zip", "w", zipfile.ZIP_DEFLATED) as packed:
        for file, text in files.items():
            packed.writestr(f"{folder}/{file}", text)
    ratings = pmf.load_movielens(name)
    unpacked = tmp_path_factory.mktemp("unpacked")
    put(unpacked, folder, files)
    monkeypatch.setenv("PMF_DATA_DIR", str(unpacked))
    again = pmf.load_movielens(name)
    assert ratings.id == again.id and list(ratings.titles) == list(again.titles)


def many(n_users, n_items, n_ratings):
    """Write ratings.csv and movies.csv of a given size."""
    ratings, _ = pmf.simulate_ratings(n_users, n_items, n_ratings, n_factors=2)
    halves = ratings.rating - 0.5 * (np.arange(n_ratings) % 2)
    rows = zip(ratings.user_idx, ratings.item_idx, halves, strict=True)
    lines = [f"{u + 1},{10 * i + 1},{r},{1_100_000_000 + 60 * u}" for u, i, r in rows]
    movies = [f"{10 * i + 1},Film {i} ({1980 + i % 20}),Drama" for i in range(n_items)]
    return {
        "ratings.csv": "\n".join(["userId,movieId,rating,timestamp", *lines]) + "\n",
        "movies.csv": "\n".join(["movieId,title,genres", *movies]) + "\n",
    }


def test_they_split_and_fit(parent):
    put(parent, "ml-latest-small", many(60, 40, 900))
    ratings = pmf.load_movielens("latest-small")
    assert len(np.unique(ratings.rating)) == 10  # half stars
    split = pmf.split_ratings(ratings)
    fit = pmf.sample_gibbs(split, pmf.PRESETS["bpmf"], draws=6, tune=4, chains=1)
    assert np.isfinite(fit.summary()["test_rmse"])


def test_without_a_folder_it_says_what_it_looks_for_and_what_to_do(parent, monkeypatch):
    with pytest.raises(pmf.DataUnavailable) as caught:
        pmf.load_movielens("25m")
    message = str(caught.value)
    for part in (
        f"there is neither {parent / 'ml-25m'}, with ratings.csv, movies.csv",
        f"nor {parent / 'ml-25m.zip'}",
        "download ml-25m.zip from https://grouplens.org/datasets/movielens/",
        "put it in the folder that PMF_DATA_DIR names",
    ):
        assert part in message
    monkeypatch.delenv("PMF_DATA_DIR")
    with pytest.raises(pmf.DataUnavailable, match="1M needs PMF_DATA_DIR, which is not set: down"):
        pmf.load_movielens("1m")


def test_a_folder_that_lacks_a_file_is_named(parent):
    put(parent, "ml-1m", {"ratings.dat": DAT_1M["ratings.dat"]})
    with pytest.raises(
        pmf.DataUnavailable, match=r"ml-1m lacks movies\.dat, users\.dat of ratings"
    ):
        pmf.load_movielens("1m")


@pytest.mark.parametrize(
    ("name", "text", "reason"),
    [
        ("ratings.csv", "userId,movieId,rating,timestamp\n1,1,many,1\n", "could not convert"),
        ("ratings.csv", "user,movie,stars\n1,1,4\n", "Usecols do not match"),
        ("ratings.csv", "userId,movieId,rating,timestamp\n1,1,7.0,1\n", "outside the scale 0.5..5"),
        ("movies.csv", "<html>\n", "movieId|item_id"),
    ],
)
def test_a_damaged_file_is_named(parent, name, text, reason):
    put(parent, "ml-25m", CSV | {name: text})
    with pytest.raises(pmf.DataUnavailable, match=rf"{name} cannot be used: .*({reason})"):
        pmf.load_movielens("25m")


def test_a_damaged_archive_is_named(parent):
    (parent / "ml-32m.zip").write_text("<html>Please log in</html>")
    with pytest.raises(pmf.DataUnavailable, match=r"ml-32m\.zip is no whole archive"):
        pmf.load_movielens("32m")


def test_names_of_sets_are_those_of_grouplens():
    with pytest.raises(ValueError, match="name is '2m'; it must be a MovieLens set, one of 100k, "):
        pmf.load_movielens("2m")
    with pytest.raises(ValueError, match="source is 'cache'; it must be None, as 25m is read from"):
        pmf.load_movielens("25m", source="cache")


def test_a_folder_with_other_sets_leaves_100k_to_the_next_place(parent, monkeypatch):
    put(parent, "ml-25m", CSV)
    monkeypatch.setenv("PMF_HOME", str(parent / "home"))
    with pytest.raises(pmf.DataUnavailable, match="has other sets only; cache: nothing in"):
        pmf.load_movielens()


@pytest.mark.slow
def test_two_million_rows_take_less_than_100_bytes_each(parent):
    n_rows = 2_000_000
    rng = np.random.default_rng(0)
    put(parent, "ml-25m", CSV)
    user, item = rng.integers(1, 160_000, n_rows), rng.integers(1, 200_000, n_rows)
    with open(parent / "ml-25m" / "ratings.csv", "a") as file:
        file.writelines(f"{u},{i},3.5,1147880044\n" for u, i in zip(user, item, strict=True))
    code = (
        "import resource, sys\n"
        "import pmf_core as pmf\n"
        "from pmf_core.data.sources import grouplens_files\n"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "ratings = pmf.load_movielens('25m')\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before, ratings.n_ratings)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    grown, n_read = map(int, done.stdout.split())
    assert n_read == n_rows + 5
    unit = 1 if sys.platform == "darwin" else 1024
    assert resource and grown * unit < 100 * n_rows + 80_000_000  # the vocabularies and titles
