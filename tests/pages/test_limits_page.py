"""What exceeds the limits is said on the page, with what fits; nobody waits for it."""

import pytest
import streamlit as st

from pages.shell import cache
from tests.support.jobs import wait_for
from tests.support.visits import SAMPLER, visit

SHORT = {"n_factors": "20", **SAMPLER}


def words(boxes):
    return " ".join(box.value for box in boxes)


@pytest.mark.slow
def test_a_map_that_takes_too_long_is_offered_as_a_job(monkeypatch):
    monkeypatch.setenv("PMF_MAX_PAGE_SECONDS", "0.0004")
    app = visit("fit", **SHORT)
    assert "the limit is 0.0 s. To fit, choose" in words(app.warning)
    assert "MAP test RMSE" not in [metric.label for metric in app.metric]
    app.button(key="map_job").click().run()
    assert not app.exception
    [job] = cache.queue().list()
    wait_for(job)
    assert (job.state, job.name[:3]) == ("done", "MAP")
    app.run()
    assert not app.exception and "In 90% interval" in [metric.label for metric in app.metric]
    assert visit("compare", **SHORT).title


def test_a_job_that_takes_too_long_is_refused(monkeypatch):
    monkeypatch.setenv("PMF_MAX_JOB_STEPS", "150")
    app = visit("fit", **SAMPLER)
    app.button(key="sample").click().run()
    assert not app.exception
    assert "2 chains of 50 + 50 are 200 steps, more than the 150" in words(app.error)
    assert not cache.queue().list()


@pytest.mark.parametrize("page", ["explore", "baselines", "fit"])
def test_a_data_set_that_is_too_large_is_not_made(monkeypatch, page):
    monkeypatch.setenv("PMF_MAX_RATINGS", "899")
    app = visit(page)
    assert "900 ratings are more than this server takes; give at most 899" in words(app.error)
    assert "Choose a table, or other ratings, in the sidebar" in words(app.info)


@pytest.mark.slow
def test_a_diagram_that_takes_too_long_is_not_drawn(monkeypatch):
    app = visit("fit", **SAMPLER)
    monkeypatch.setenv("PMF_MAX_PAGE_SECONDS", "1e-6")
    st.cache_resource.clear()
    app.slider(key="nuts_share").set_value(50).run()  # so large a part has ratings of both kinds
    app.toggle(key="plates").set_value(True).run()
    assert not app.exception and "a diagram of 810 ratings takes a page too long" in words(app.info)


def test_a_server_that_is_not_set_up_right_says_so(monkeypatch):
    monkeypatch.setenv("PMF_MAX_RATINGS", "many")
    app = visit("fit")
    assert "PMF_MAX_RATINGS is 'many'; it must be a whole number above 0" in words(app.error)
