"""What a page and a job may take: refused before it starts, with what would fit."""

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import pmf_core as pmf
from pmf_core.fits import budget
from pmf_core.fits.budget import Limits, OverBudget
from pmf_core.fits.cost import estimate_memory, estimate_work

LARGE = pmf.PMFConfig.coherent(n_factors=50, link="ordinal")


def crowd(n_users, n_items, n_ratings):
    """Return a split of so many ratings; only its sizes matter."""
    user, item = np.divmod(np.arange(n_ratings), n_items)
    rating = 1.0 + np.arange(n_ratings) % 5
    every = pmf.Ratings(user, item, rating, np.arange(n_users), np.arange(n_items), (1, 5))
    return pmf.split_ratings(every, 0.1)


@pytest.fixture(scope="module")
def split():
    return crowd(1000, 1500, 150_000)


@pytest.mark.parametrize(
    "config, measured",
    [  # ns a rating of MovieLens 100K on 2026-11-29, times what the machine is faster than that of
        # the estimates
        (pmf.PMFConfig(n_factors=10), 23 * 1.85), (pmf.PMFConfig(n_factors=50), 289 * 1.85),
        (LARGE, 333 * 1.85), (pmf.PMFConfig(n_factors=30, link="logistic"), 327 * 1.85),
        (pmf.PMFConfig(n_factors=30, implicit="both", prior="hierarchical"), 603 * 1.85),
    ],
)  # fmt: skip
def test_work_is_what_was_measured(config, measured):
    estimate = estimate_work(crowd(943, 1682, 100_000), config)
    assert estimate == pytest.approx(90_000e-9 * measured, rel=0.25)


def test_work_grows_with_rows_that_hardly_anybody_rates():
    few, many = crowd(1000, 1000, 20_000), crowd(10_000, 10_000, 20_000)
    assert estimate_work(many, LARGE) > 2 * estimate_work(few, LARGE)


@pytest.mark.parametrize(("noise", "numbers"), [("user", 1000), ("item", 1500), ("both", 2500)])
def test_an_ingredient_says_itself_what_it_takes(split, noise, numbers):
    plain, own = pmf.PMFConfig(), pmf.PMFConfig(noise=noise)
    more = [estimate_memory(split, config, pmf.SamplerConfig()) for config in (plain, own)]
    # Of each number 200 stored draws, twice, of 4 bytes, and in each of 4 chains 4 of 8 bytes.
    assert more[1] - more[0] == numbers * (200 * 2 * 4 + 4 * 4 * 8)
    assert estimate_work(split, own) > estimate_work(split, plain)


def test_a_page_waits_for_as_many_sweeps_as_fit(split):
    config, limits = pmf.PMFConfig(), Limits(page_seconds=1.0)
    sweeps = budget.page_sweeps(split, config, limits)
    assert sweeps == int(1.0 / estimate_work(split, config)) > 8


def nearest(message):
    return int(re.search(r"choose at most (\d+) factors", message)[1])


def test_a_map_that_no_page_waits_for_names_the_most_factors_that_fit(split):
    limits = Limits(page_seconds=0.6)
    with pytest.raises(
        OverBudget, match=r"of 50 factors, would take about 0\.\d s; .* 0\.6 s\. "
    ) as (found):
        budget.page_sweeps(split, LARGE, limits)
    most = nearest(str(found.value))
    assert budget.page_sweeps(split, replace(LARGE, n_factors=most), limits) == 8
    with pytest.raises(OverBudget):
        budget.page_sweeps(split, replace(LARGE, n_factors=most + 1), limits)


def test_a_map_that_takes_too_much_memory_is_refused(split):
    with pytest.raises(OverBudget, match="would take about .* MB; the limit is 50 MB"):
        budget.page_sweeps(split, pmf.PMFConfig(), Limits(page_bytes=5e7))


def test_a_fit_that_is_too_long_names_the_draws_that_fit(split):
    config, sampler, limits = pmf.PMFConfig(), pmf.SamplerConfig(), Limits(job_seconds=20.0)
    with pytest.raises(OverBudget, match="factors or take at most") as found:
        budget.check_fit_fits(split, config, sampler, limits)
    draws, tune = re.search(r"at most (\d+) draws after (\d+) tuning", str(found.value)).groups()
    fits = replace(sampler, draws=int(draws), tune=int(tune))
    budget.check_fit_fits(split, config, fits, limits)
    budget.check_fit_fits(
        split, replace(config, n_factors=nearest(str(found.value))), sampler, limits
    )
    with pytest.raises(OverBudget):
        longer = replace(fits, draws=fits.draws + 2, tune=fits.tune + 2)
        budget.check_fit_fits(split, config, longer, limits)


def test_too_many_steps_name_how_many_fit(split):
    sampler, limits = pmf.SamplerConfig(600, 400, 4), Limits(job_steps=2000)
    with pytest.raises(OverBudget, match="are 4,000 steps, .* at most 300 draws after 200 tuning"):
        budget.check_fit_fits(split, pmf.PMFConfig(), sampler, limits)


def test_stored_draws_must_fit_in_memory(split):
    sampler = pmf.SamplerConfig(keep=2000)
    need = estimate_memory(split, LARGE, sampler)
    budget.check_fit_fits(split, LARGE, sampler, Limits(job_bytes=need))
    with pytest.raises(OverBudget, match="choose at most 4. factors"):
        budget.check_fit_fits(split, LARGE, sampler, Limits(job_bytes=need - 1e6))


def test_nuts_is_far_dearer(split):
    sampler, limits = pmf.SamplerConfig(), Limits(job_seconds=1000.0)
    budget.check_fit_fits(split, pmf.PMFConfig(), sampler, limits)
    with pytest.raises(OverBudget):
        budget.check_fit_fits(split, pmf.PMFConfig(), sampler, limits, "nuts")


def test_where_nothing_fits_the_message_says_so(split):
    with pytest.raises(OverBudget, match="To fit, choose fewer ratings or a plainer model"):
        budget.page_sweeps(split, pmf.PMFConfig(), Limits(page_seconds=1e-6))


def test_noise_and_plates_of_many_ratings_are_refused(split):
    limits = Limits(page_seconds=1.0)
    budget.check_noise_fits(100_000, 200, 10, limits)
    with pytest.raises(
        OverBudget, match="noise for 1,000,000 ratings and 200 draws .* at most 119"
    ):
        budget.check_noise_fits(1_000_000, 200, 10, limits)
    budget.check_plates_fit(split.train, pmf.PMFConfig(), limits)
    with pytest.raises(OverBudget, match="a diagram of 135,000 ratings"):
        budget.check_plates_fit(
            split.train, pmf.PMFConfig(implicit="both"), Limits(page_seconds=0.5)
        )


def test_a_server_without_settings_takes_what_classes_fit(split):
    """The example, its long version, and the best model at the page's largest run lengths."""
    longest = pmf.SamplerConfig(2000, 2000, 8)
    for config in pmf.PRESETS.values():
        budget.check_fit_fits(split, config, longest, Limits())
        budget.page_sweeps(crowd(943, 1682, 100_000), config, Limits())
    with pytest.raises(OverBudget):
        budget.check_fit_fits(crowd(3000, 4000, 1_000_000), LARGE, longest, Limits())


def test_the_environment_sets_limits(monkeypatch):
    monkeypatch.setenv("PMF_MAX_RUNNING", "3")
    monkeypatch.setenv("PMF_MAX_PAGE_SECONDS", "0.5")
    monkeypatch.setenv("PMF_MAX_STORED_BYTES", "1e10")
    assert Limits.from_environment() == Limits(running=3, page_seconds=0.5, stored_bytes=1e10)


@pytest.mark.parametrize(
    "name, value, message",
    [
        (
            "RUNNING",
            "2.5",
            "PMF_MAX_RUNNING is '2.5'; it must be a whole number above 0, such as 2",
        ),
        ("RUNNING", "-1", "whole number above 0"),
        ("RATINGS", "inf", "whole number above 0"),
        ("PAGE_SECONDS", "nan", "PMF_MAX_PAGE_SECONDS is 'nan'; it must be a number above 0"),
        ("PAGE_SECONDS", "", "mend or unset it"),
        ("FITS", "3", "variable is 'PMF_MAX_FITS'; it must be one of PMF_MAX_RATINGS, "),
    ],
)
def test_a_bad_variable_is_named_with_its_rule(monkeypatch, name, value, message):
    monkeypatch.setenv(f"PMF_MAX_{name}", value)
    with pytest.raises(ValueError, match=re.escape(message)):
        Limits.from_environment()


def test_the_readme_lists_every_limit_with_its_default():
    text = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    listed = dict(re.findall(r"^\| `PMF_MAX_(\w+)` \| (\S+) \|", text, re.MULTILINE))
    assert {name.lower(): float(value) for name, value in listed.items()} == vars(Limits())
