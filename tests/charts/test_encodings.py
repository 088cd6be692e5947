"""How charts are written, so that a page that redraws them is quick."""

import ast
from pathlib import Path

from pmf_core import charts


def test_encodings_are_objects_as_altair_takes_long_to_make_them_of_text():
    # Text costs 6 ms an encoding, thirty of which are what a page that redraws has time for.
    for path in Path(charts.__file__).parent.glob("*.py"):
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(call, ast.Call) and getattr(call.func, "attr", "") == "encode":
                given = [value for each in call.keywords for value in ast.walk(each.value)]
                calls = [value for value in given if isinstance(value, ast.Call)]
                inside = {id(node) for each in calls for node in ast.walk(each)} - set(
                    map(id, calls)
                )
                bare = [
                    ast.unparse(value)
                    for value in given
                    if isinstance(value, (ast.Constant, ast.JoinedStr)) and id(value) not in inside
                ]
                assert not bare, (
                    f"{path.name}, line {call.lineno}: wrap {bare} in a class of Altair"
                )
