import re

from pmf_core.support.identifiers import new_identifier


def test_names_have_128_random_bits_and_their_order():
    first, second = new_identifier(1), new_identifier(2)
    assert re.fullmatch(r"\d{8}-\d{6}-001-[0-9a-f]{32}", first)
    assert re.fullmatch(r"\d{8}-\d{6}-[0-9a-f]{32}", new_identifier())
    assert first < second and first[-32:] != second[-32:]
