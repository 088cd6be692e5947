"""Numbers as sentences write them."""

import math

import pytest

from pmf_core.support.numbers import figure


@pytest.mark.parametrize(
    ("value", "form", "text"),
    [
        (-1.5, "g", "\u22121.5"),
        (2, "g", "2"),
        (-0.004, ".2f", "0.00"),
        (-0.004, "+.2f", "0.00"),
        (-0.005, ".3f", "\u22120.005"),
        (1e-7, "g", "1e\u221207"),
        (0.1, "+.1f", "+0.1"),
        (12345.0, ",.0f", "12,345"),
        (math.nan, ".3f", "—"),
        (-math.inf, "g", "\u2212inf"),
    ],
)
def test_a_minus_is_a_true_one_and_never_before_a_zero(value, form, text):
    assert figure(value, form) == text
