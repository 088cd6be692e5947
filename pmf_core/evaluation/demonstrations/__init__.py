"""Where the PyMC example misleads, to be seen for oneself: a file a demonstration, and their list.

In the order of the example. Each works on the ratings at hand, on so small a part of them that it
takes a second or two.
"""

from pmf_core.evaluation.demonstrations import (
    collapsed_map,
    imputed_prior,
    mapping,
    noise,
    norms,
    one_chain,
    rotation,
    top_lists,
)
from pmf_core.evaluation.demonstrations.base import Demonstration

DEMONSTRATIONS: tuple[Demonstration, ...] = tuple(
    module.DEMONSTRATION
    for module in (
        collapsed_map,
        noise,
        top_lists,
        one_chain,
        rotation,
        mapping,
        norms,
        imputed_prior,
    )
)
