"""A tour in twelve steps, from the ratings to a list of one's own: a guess at each, then numbers.

In the order in which they are taken. Each works on the ratings at hand, and takes a second or two.
"""

from pmf_core.evaluation.tour import (
    of_draws,
    of_points,
    of_priors,
    of_ratings,
    of_trust,
    own_list,
)
from pmf_core.evaluation.tour.base import Step

TOUR: tuple[Step, ...] = tuple(
    step
    for module in (of_ratings, of_points, of_priors, of_draws, of_trust, own_list)
    for step in module.STEPS
)
"""Their minutes add up to a class."""
