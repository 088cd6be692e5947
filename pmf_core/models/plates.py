"""A PyMC model as a diagram of plates, in Graphviz' DOT language."""

import pymc as pm
from pymc.model_graph import ModelGraph, random_variable_symbol

INK, SHADE = "#7c7fa3", "#7c7fa355"
"""Of lines and words, and of what is observed: legible on light and on dark."""


def plates(model: pm.Model) -> str:
    """Draw which variable depends on which, in plates of what is repeated.

    Parameters
    ----------
    model : pm.Model
        As of `build_model`.

    Returns
    -------
    str
        DOT source: random variables as ellipses with their distribution, observed ones shaded,
        what is computed from others as boxes; data that are not drawn are left out.
    """
    lines = [
        "digraph {",
        '  bgcolor="transparent"; nodesep=0.2; ranksep=0.35;',
        f'  graph [fontname="sans-serif", fontsize=11, color="{INK}", fontcolor="{INK}"];',
        f'  node [fontname="sans-serif", fontsize=12, color="{INK}", fontcolor="{INK}"];',
        f'  edge [color="{INK}", arrowsize=0.7];',
    ]
    edges = {(parent, child) for child, parent in ModelGraph(model).edges()}
    parents = {parent for parent, _ in edges}
    # Left out: what is only reported, such as several matrices put into one array.
    computed = [v for v in model.deterministics if v.name in parents]
    shown = {v.name: v for v in model.basic_RVs + computed}
    plate_of = {name: model.named_vars_to_dims.get(name, ()) for name in shown}
    for number, dims in enumerate(dict.fromkeys(plate_of.values())):
        nodes = [f"    {_node(model, v)}" for name, v in shown.items() if plate_of[name] == dims]
        if dims:
            label = " × ".join(f"{dim} ({len(model.coords[dim]):,})" for dim in dims)
            nodes = [f'  subgraph cluster_{number} {{ label="{label}"; labeljust=r;', *nodes, "  }"]
        lines += nodes
    drawn = sorted(edge for edge in edges if shown.keys() >= set(edge))
    lines += [f'  "{parent}" -> "{child}";' for parent, child in drawn]
    return "\n".join([*lines, "}"])


def _node(model: pm.Model, variable: object) -> str:
    name = variable.name
    if variable in model.deterministics:
        return f'"{name}" [shape=box];'
    style = f', style=filled, fillcolor="{SHADE}"' if variable in model.observed_RVs else ""
    distribution = random_variable_symbol(variable).replace("Multivariate_normal", "MvNormal")
    return f'"{name}" [label="{name}\\n{distribution}"{style}];'
