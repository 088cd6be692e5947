"""Where phones find the server: as its operator says, or as the page is asked for."""

import pytest

from pages.shell import hosts


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ("https://films.example.org/", "https://films.example.org"),
        ("http://192.0.2.7:8501", "http://192.0.2.7:8501"),
        ("https://example.org/films", "https://example.org/films"),
        ("", ""),
        ("javascript:alert(1)", ""),
        ("https://a.example?x=1", ""),
        ('https://a.example"><b>', ""),
        ("films.example.org", ""),
    ],
)
def test_only_an_address_is_taken(monkeypatch, given, found):
    monkeypatch.setenv("PMF_PUBLIC_URL", given)
    assert hosts.public_url() == found
    monkeypatch.delenv("PMF_PUBLIC_URL")
    assert hosts.public_url() == ""
