"""Numbers as sentences write them."""

import math

import pytest

from pmf_core.support.numbers import figure, percent, unlike


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


@pytest.mark.parametrize(
    ("value", "form", "limit", "text"),
    [
        (1.2345, ".2f", 1.05, "1.23"),
        (1.0503, ".2f", 1.05, "1.0503"),
        (1.05, ".2f", 1.05, "1.05"),
        (99.96, ",.0f", 100, "99.96"),
        (1234.5, ",.0f", 100, "1,234"),
        (-0.00002, ".4f", 0, "\u22120.00002"),
        (math.inf, ".2f", 1.05, "inf"),
        (math.nan, ".2f", 1.05, "—"),
    ],
)
def test_a_number_never_looks_like_the_limit_that_it_is_not(value, form, limit, text):
    assert unlike(value, form, limit) == text


def test_nothing_and_all_are_said_only_of_nothing_and_all():
    shares = (0, 0.0004, 0.004, 0.5, 0.5004, 0.996, 0.99996, 1)
    found = [percent(share, 0, 0.5) for share in shares]
    assert found == ["0%", "0.04%", "0.4%", "50%", "50.04%", "99.6%", "99.996%", "100%"]
    assert percent(0.89996, 1, 0.9) == "89.996%" and percent(0.9, 1, 0.9) == "90.0%"
