"""The deliberate errors are still errors of the code as it is."""

import ast

import pytest

from benchmarks import mutant_sample, mutants
from benchmarks.mutant_runner import CORE, find_one


def test_each_deliberate_error_changes_one_place_and_has_tests():
    found = list(mutants.deliberate())
    assert len({each.id for each in found}) == len(found) == 51
    for each in found:
        assert ast.dump(ast.parse(each.text)) != ast.dump(ast.parse(each.path.read_text("utf-8")))
        assert each.tests and each.difference().count("\n@@") == 1


def test_an_error_whose_place_has_gone_is_named(monkeypatch, tmp_path):
    file = tmp_path / "errors.toml"
    file.write_text(
        '[[error]]\nid = "gone"\nbreaks = "-"\nold = "no such code"\nnew = ""\ntests = []\n'
    )
    monkeypatch.setattr(mutants, "ERRORS", file)
    with pytest.raises(ValueError, match="old text of 'gone' is 0 times in pmf_core; bring it up"):
        list(mutants.deliberate())


def test_every_file_that_random_mutants_are_drawn_from_and_tried_on_is_there():
    assert all(list(CORE.glob(f"{name}.py")) for name in mutant_sample.MODULES)
    assert all(find_one("tests", name) for name in mutant_sample.TESTS)
    assert set(mutant_sample.OF_KERNELS) < set(mutant_sample.TESTS)
