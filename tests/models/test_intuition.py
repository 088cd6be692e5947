import pytest

from pmf_core.models.intuition import dot_product_terms, predicted


def test_the_example_adds_up():
    terms = dot_product_terms()
    assert terms["product"].sum() == pytest.approx(3.425, abs=1e-12)
    assert predicted() == pytest.approx(3.425, abs=1e-12)
    assert list(terms["feature"]) == [
        "moody", "light-hearted", "cinematic", "dialogue", "big budget"
    ]  # fmt: skip


def test_each_term_is_the_product_of_its_two_numbers():
    terms = dot_product_terms((1, 0, -2, 0, 0), (3, 9, 0.5, 9, 9))
    assert list(terms["product"]) == [3, 0, -1, 0, 0]


def test_too_few_numbers_are_refused():
    with pytest.raises(ValueError, match="user has 2 numbers and item 5; give each 5"):
        dot_product_terms((1, 2))
