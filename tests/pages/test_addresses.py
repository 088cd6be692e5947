"""What an address says is taken as it stands or refused in words; nothing of it is trusted."""

import pytest

from pages.shell import settings
from tests.pages.test_app import home, split, visit

__all__ = ["home", "split"]  # fixtures


def refused(app):
    [note] = [note.value for note in app.warning if "Ignored in the address" in note.value]
    return note


@pytest.mark.parametrize(
    ("key", "text"),
    [("split_seed", "inf"), ("seed", "1e400"), ("n_factors", "nan"), ("n_factors", "[1,2]"),
     ("n_factors", "1_0"), ("n_factors", "５"), ("n_factors", "5\x00"), ("draws", "9" * 100_000),
     ("alpha", "-inf"), ("alpha", "1e5"), ("alpha", "0x10"), ("center", "yes"),
     ("run", "x" * 101), ("run", "a\nb"), ("user", "u\x1b[0m"), ("link", "identity "),
     ("data", "../../etc/passwd"), ("job", "\u2028")],
)  # fmt: skip
def test_what_is_no_value_of_a_setting_is_refused(key, text):
    with pytest.raises(ValueError):
        settings.SETTINGS[key].parse(text)
    assert settings.refused(key, [text])


def test_values_of_every_setting_are_taken():
    for key, setting in settings.SETTINGS.items():
        for given in (setting.default, setting.low, setting.high, *setting.options):
            if given is not None:
                text = str(given).lower() if isinstance(given, bool) else str(given)
                assert setting.parse(text) == given, key


@pytest.mark.parametrize("page", ["home", "explore", "fit"])
def test_refused_parameters_leave_the_address_before_a_widget_reads_them(page):
    app = visit(page, split_seed="inf", seed="1e400", alpha=["2.5", "3.5"], n_factors="7")
    assert not app.exception
    assert app.number_input(key="split_seed").value == 0
    assert {"split_seed", "seed", "alpha"}.isdisjoint(app.query_params)
    note = refused(app)
    assert "`split_seed` is `inf` and must be a whole number from 0 to 9999" in note
    assert "`seed` is `1e400`" in note and "`alpha` is `2.5, 3.5` and must be given once" in note
    if page == "fit":
        assert (app.slider(key="n_factors").value, app.slider(key="alpha").value) == (7, 2.0)


def test_an_address_cannot_name_a_scheduler():
    app = visit("fit", scheduler="tcp://203.0.113.7:8786")
    assert "`scheduler` is no setting of this app" in refused(app)
    assert "scheduler" not in settings.SETTINGS and "scheduler" not in app.query_params


def test_a_long_or_marked_up_address_is_quoted_in_a_line():
    app = visit(
        "home", **{f"x{n}": "1" for n in range(300)}, data="`![x](http://evil.example)`" * 99
    )
    note = refused(app)
    assert len(note) < 600 and "and 296 more" in note
    assert "evil" not in note or "](http" in note.split("`")[3]


def test_back_to_a_refused_address_is_not_read(monkeypatch):
    app = visit("explore")
    app.query_params["split_seed"] = "inf"
    app.run()
    assert not app.exception and app.number_input(key="split_seed").value == 0
