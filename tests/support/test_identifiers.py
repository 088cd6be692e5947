import re

from pmf_core.support.identifiers import new_identifier


def test_names_have_128_random_bits_and_their_order():
    names = [new_identifier() for _ in range(100)]
    assert all(re.fullmatch(r"\d{8}-\d{6}-\d{6}-[0-9a-f]{32}", name) for name in names)
    assert names == sorted(names) and len({name[-32:] for name in names}) == 100
