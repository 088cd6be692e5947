"""Draw random mutants with cosmic-ray's operators and print them as JSON.

Run by ``benchmarks.mutant_sample`` in an environment that has cosmic-ray. Places are drawn first,
and of each place one operator, so that arithmetic, for which there are most, does not fill the
sample. Operators on bits, which numbers with a point refuse, are left out: they would be killed
for nothing.
"""

import ast
import json
import random
import sys
from pathlib import Path

from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.mutating import mutate_code
from cosmic_ray.plugins import get_operator, operator_names

LEFT_OUT = ("Bit", "Shift", "Invert", "UAdd", "Variable", "Decorator", "_Is", "Exception")


def main() -> None:
    """Print a sample of a size and seed from some files."""
    size, seed, *files = sys.argv[1:]
    places = {}
    for name in files:
        for operator, occurrence, place in positions(Path(name).read_text(encoding="utf-8")):
            places.setdefault((name, place), []).append((operator, occurrence))
    rng = random.Random(int(seed))
    drawn = rng.sample(sorted(places), len(places))
    found = []
    for name, (line, _) in drawn:
        operator, occurrence = rng.choice(places[name, (line, _)])
        source = Path(name).read_text(encoding="utf-8")
        text = mutate_code(source, get_operator(operator)(), occurrence)
        if same_code(source, text):
            continue
        was, now = first_difference(source, text)
        found.append(
            {
                "path": name, "line": line, "operator": operator.removeprefix("core/"),
                "occurrence": occurrence, "was": was, "is": now, "text": text,
            }
        )  # fmt: skip
        if len(found) == int(size):
            break
    json.dump(found, sys.stdout)


def positions(source: str):
    """Yield each operator, occurrence and place (line and column) in a source."""
    nodes = list(ast_nodes(get_ast(source)))
    for name in operator_names():
        if any(part in name for part in LEFT_OUT):
            continue
        operator, count = get_operator(name)(), 0
        for node in nodes:
            for start, _ in operator.mutation_positions(node):
                yield name, count, start
                count += 1


def same_code(source: str, text: str) -> bool:
    """Whether two sources are alike but for annotations, or the second is none (``f(a, **)``)."""
    try:
        return bare(source) == bare(text)
    except SyntaxError:
        return True


def bare(source: str) -> str:
    """Return a source without annotations."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.arg):
            node.annotation = None
        if isinstance(node, ast.FunctionDef):
            node.returns = None
        if isinstance(node, ast.AnnAssign):
            node.annotation = ast.Constant(0)
    return ast.unparse(tree)


def first_difference(source: str, text: str) -> tuple[str, str]:
    """Return the first line that differs, of both."""
    lines = zip(source.splitlines(), text.splitlines(), strict=False)
    return next((a, b) for a, b in lines if a != b)


if __name__ == "__main__":
    main()
