"""The list of sources: what a picker, an address and the Python lines read from it."""

import subprocess
import sys

import pytest

import pmf_core as pmf
from pmf_core.data.sources import SOURCES, source_named


def test_sources_and_parameters_are_told_apart_by_their_names():
    first = {
        "movielens": "MovieLens", "simulated": "Simulated", "world": "World", "table": "My file",
        "grouplens": "GroupLens",
    }  # fmt: skip
    found = {source.key: source.label for source in SOURCES}
    assert first.items() <= found.items()  # addresses and stored runs have them
    assert SOURCES[0].key == "movielens"
    assert len(found) == len(set(found.values())) == len(SOURCES)
    names = [parameter.name for source in SOURCES for parameter in source.parameters]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.key)
def test_a_default_is_one_of_the_values_that_can_be_chosen(source):
    for parameter in source.parameters:
        if parameter.choices:
            assert parameter.default in dict(parameter.choices)
        else:
            assert parameter.low <= parameter.default <= parameter.high and parameter.step > 0


@pytest.mark.parametrize("key", ["simulated", "world"])
def test_the_python_lines_give_the_same_ratings(key):
    source = source_named(key)
    small = tuple(parameter.low for parameter in source.parameters)
    ratings, truth = source.load(*small)
    assert eval(source.as_python(*small)).id == ratings.id
    assert truth.U.shape[0] == ratings.n_users


def test_the_python_line_of_a_table_and_of_a_set_are_calls():
    assert source_named("table").as_python("a.csv") == "pmf.read_ratings('a.csv')"
    assert eval("callable(" + source_named("grouplens").as_python("1m").split("(")[0] + ")")


def test_what_is_no_source_is_refused():
    with pytest.raises(ValueError, match="key is 'ftp'; it must be .* one of movielens, sim"):
        source_named("ftp")


def test_the_list_is_read_before_anything_slow_is_imported():
    code = (
        "import sys\n"
        "for name in ('numpy', 'pandas', 'scipy'): sys.modules[name] = None\n"
        "from pmf_core.data.sources import SOURCES\n"
        "assert SOURCES"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_names_of_the_data_package_are_found_or_refused():
    from pmf_core import data

    assert all(getattr(data, name) for name in data.__all__)
    assert data.Ratings is pmf.Ratings
    with pytest.raises(AttributeError, match="no attribute 'Rating'; it has"):
        data.Rating  # noqa: B018
