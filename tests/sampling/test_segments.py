"""An executor that keeps data elsewhere is given the problem once, and what it returns after."""

from concurrent.futures import Future

import numpy as np

from pmf_core.models.arrange import arrange
from pmf_core.sampling.segments import RemoteExecutor, local_executor, run_chains
from pmf_core.sampling.start import initial_state
from tests.support.tiny import PRESETS, tiny_ratings


class Elsewhere(RemoteExecutor):
    """Keeps data under a ticket, as a cluster does."""

    def __init__(self):
        self.kept = []

    def place(self, data):
        self.kept.append(data)
        return "ticket"

    def submit(self, fn, /, ticket, *args):
        assert ticket == "ticket"
        future = Future()
        future.set_result(fn(self.kept[0], *args))
        return future


def test_a_problem_is_placed_once_and_draws_are_the_same():
    problem = arrange(PRESETS["bpmf"], tiny_ratings())
    states = [initial_state(problem, 0, chain) for chain in range(2)]
    elsewhere = Elsewhere()
    found = [
        [block.draws[1].U for block in run_chains(problem, states, 0, 0, 6, executor) if block]
        for executor in (elsewhere, local_executor())
    ]
    assert elsewhere.kept == [problem]
    np.testing.assert_array_equal(np.concatenate(found[0]), np.concatenate(found[1]))
