"""The deliberate errors are still errors of the code as it is."""

import ast

import pytest

from benchmarks import mutants


def test_each_deliberate_error_changes_one_place_and_has_tests():
    found = list(mutants.deliberate())
    assert len({each.id for each in found}) == len(found) == 50
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
