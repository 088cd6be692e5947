"""One list of pages: what follows from a line of it."""

import pages
from pages.shell import settings
from tests.support.visits import visit


def test_links_carry_settings_that_exist_where_a_page_says_so():
    for page in pages.PAGES:
        assert set(page.shares) <= set(settings.SETTINGS), page.name
    assert {"run", "job", "view", "user", "auto", "shrinkage", "add_noise"} <= settings.OF_PAGES
    assert {"data", "n_factors", "draws", "test_size", "table"}.isdisjoint(settings.OF_PAGES)


def test_a_page_is_found_by_the_name_in_an_address():
    assert pages.page_named("fit").path == "pages/fit.py"
    assert pages.page_named("fit").symbol == ":material/tune:"
    assert pages.page_named("").name == pages.page_named("nowhere").name == "home"


def test_home_has_a_card_for_every_page_that_teaches():
    shown = " ".join(note.value for note in visit("home").caption)
    assert "a long tail, an empty matrix" in shown and "how sure it is." in shown
    assert all(page.blurb in shown for page in pages.PAGES)


def test_what_a_page_shares_is_in_its_link_alone():
    query = {"min_ratings": "5", "view": "Sweeps"}
    assert "min_ratings=5" in visit("explore", **query).code[0].value
    link = visit("compare", **query).code[0].value
    assert "view=Sweeps" in link and "min_ratings" not in link
