"""A model on paper is the model in PyMC, and the numbers in it are those that are computed with."""

import re
from dataclasses import replace

import numpy as np
import pytest

import pmf_core as pmf
from pages.shell import words
from pmf_core.models.arrange import arrange
from pmf_core.models.formulas import formulas, formulas_of
from pmf_core.models.ingredients import link_of
from pmf_core.models.ingredients.biases import Biases
from pmf_core.models.ingredients.mathematics import Mathematics, number
from pmf_core.models.ingredients.noise import Noise
from pmf_core.models.ladder import LADDER
from pmf_core.sampling.density import log_prior
from pmf_core.sampling.start import draw_prior
from tests.support.tiny import PRESETS, tiny_ratings

EVERYTHING = pmf.PMFConfig(
    2, None, prior="hierarchical", biases=True, implicit="both", side_info="both", noise="both",
    effects=("day", "user:day"),
)  # fmt: skip
RUNGS = {f"rung {rung.key}": replace(rung.config, n_factors=2) for rung in LADDER}
MODELS = {
    **PRESETS,
    "everything": EVERYTHING,
    "fixed, biases": pmf.PMFConfig(2, biases=True, implicit="user", side_info="item"),
    "logistic, everything but effects": replace(EVERYTHING, link="logistic", effects=()),
    "ordinal, shared cut points": replace(EVERYTHING, link="ordinal", alpha=1.0),
}


def of_paper_and_of_pymc(config):
    ratings = tiny_ratings()
    lines = formulas(arrange(config, ratings)).lines
    stated = {variable.name for variable in pmf.build_model(config, ratings).basic_RVs}
    return {name for line in lines for name in line.names}, stated


QUICK = ("pmf", "bpmf", "best")


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=() if name in QUICK else pytest.mark.slow)
        for name in MODELS | RUNGS
    ],
)
def test_every_random_variable_of_the_pymc_model_has_its_line(name):
    written, stated = of_paper_and_of_pymc((MODELS | RUNGS)[name])
    assert written == stated and len(stated) > 2


def test_a_line_that_is_missing_is_found_out(monkeypatch):
    monkeypatch.setattr(Noise, "mathematics", lambda self, problem: Mathematics())
    written, stated = of_paper_and_of_pymc(MODELS["bpmf"])
    assert stated - written == {"alpha"}
    monkeypatch.setattr(Biases, "mathematics", lambda self, problem: Mathematics())
    lines = formulas(arrange(EVERYTHING, tiny_ratings())).lines
    [score] = [line for line in lines if line.place == "score"]
    assert "b_i" not in score.latex


@pytest.mark.parametrize("name", MODELS | RUNGS)
def test_lines_are_whole_and_their_symbols_lead_to_the_glossary(name):
    found = formulas(arrange((MODELS | RUNGS)[name], tiny_ratings()))
    lines = (*found.lines, *found.objective, found.unknowns.line)
    assert [line.place for line in found.lines][0] == "rating" and len(found.objective)
    for line in lines:
        assert words.word_for(line.symbol) in words.GLOSSARY, line.symbol
        assert line.latex.count("{") == line.latex.count("}"), line.latex
        assert not re.search(r"\}\^\{[^}]*\}\^", line.latex), line.latex  # two superscripts
        assert line.words.endswith(".") and "$" not in line.latex + line.words
        for index in re.findall(r"[UVYb]_[ij]", line.given):
            assert any(index in each.symbol for each in lines)


NUMBER = re.compile(r"-?\d[\d{},]*(?:\.\d+)?")


def numbers(latex):
    """Return the numbers of a formula that are no index."""
    latex = re.sub(r"_\{?\(?[a-z0-9,()]*\}?", "", latex)
    return [float(text.replace("{,}", "").rstrip("{},")) for text in NUMBER.findall(latex)]


def line_of(lines, symbol):
    [line] = [line for line in lines if line.symbol == symbol]
    return line


def test_numbers_put_in_are_those_of_settings_and_ratings(ratings):
    config = pmf.PMFConfig(7, 1.5, center=True)
    split = pmf.split_ratings(ratings, 0.2, 3)
    found = formulas_of(split, config)
    train = split.train
    dense = np.full((train.n_users, train.n_items), train.rating.mean())
    dense[train.user_idx, train.item_idx] = train.rating
    alpha_U, alpha_V = 1 / dense.var(axis=1).mean(), 1 / dense.var(axis=0).mean()
    assert numbers(line_of(found.lines, r"\alpha").latex) == [1.5]
    assert numbers(line_of(found.lines, r"\alpha_U").latex) == [pytest.approx(alpha_U, rel=5e-4)]
    assert numbers(line_of(found.lines, r"\alpha_V").latex) == [pytest.approx(alpha_V, rel=5e-4)]
    mean = pytest.approx(train.rating.mean(), rel=5e-4)
    assert numbers(line_of(found.lines, r"\eta_{ij}").latex)[0] == mean
    shown = numbers(line_of(found.objective, r"\lambda_U").latex)
    assert shown == pytest.approx([alpha_U, 1.5, alpha_U / 1.5], rel=5e-4)
    found_size = found.unknowns
    assert found_size.in_rows == 7 * (train.n_users + train.n_items)
    assert numbers(found_size.line.latex) == [7, train.n_users, train.n_items, found_size.in_rows]
    assert f"{train.n_ratings:,} ratings" in found_size.line.words


def test_numbers_of_a_learned_prior_are_those_of_the_settings():
    config = pmf.PMFConfig(
        3, None, prior="hierarchical", mu0=0.5, beta0=4, nu0=9, W0=0.3, alpha_shape=2, alpha_rate=3
    )
    lines = formulas(arrange(config, tiny_ratings())).lines
    assert numbers(line_of(lines, r"\alpha").latex) == [2, 3]
    assert numbers(line_of(lines, r"\Lambda_U").latex.replace("I_{3}", "")) == [9, 0.3]
    assert "(0.5,\\; (4\\,\\Lambda_V)^{-1})" in line_of(lines, r"\mu_V").latex


@pytest.mark.parametrize("config", [pmf.PMFConfig(2, 3.0), pmf.PMFConfig(2, 0.5, link="logistic")])
def test_what_the_map_minimises_is_minus_the_log_posterior_over_alpha(config):
    problem = arrange(config, tiny_ratings())
    lines = formulas(problem).objective
    half_U, half_V = (numbers(line_of(lines, f"\\lambda_{rows}").latex)[-1] / 2 for rows in "UV")

    def both(seed):
        state = draw_prior(problem, np.random.default_rng(seed))
        eta = (state.U[problem.user_idx] * state.V[problem.item_idx]).sum(axis=1)
        low, high = problem.scale
        mean = low + (high - low) / (1 + np.exp(-eta)) if config.link == "logistic" else eta
        square = 0.5 * ((problem.rating - mean) ** 2).sum()
        on_paper = square + half_U * (state.U**2).sum() + half_V * (state.V**2).sum()
        log_likelihood = link_of(config).log_density(
            problem, state, problem.pairs, problem.rating, eta, np.asarray(config.alpha)
        )
        return on_paper, -(log_likelihood.sum() + log_prior(problem, state)) / config.alpha

    (here, computed), (there, also) = both(1), both(2)
    assert abs(here - there) > 1
    assert here - there == pytest.approx(computed - also, rel=2e-3)
    assert "E = " in lines[0].latex and "log" not in lines[0].latex


def test_a_model_with_more_in_it_sums_the_log_density_of_each_part():
    [first, *_] = formulas(arrange(MODELS["everything"], tiny_ratings())).objective
    for each in (
        r"\log p(r_{ij}",
        r"\log p(\Lambda_U)",
        r"\log p(e_g \mid \tau_g)",
        r"p(\kappa_i)",
    ):
        assert each in first.latex


def test_what_ratings_lack_is_not_written(ratings):
    found = formulas(arrange(replace(EVERYTHING, n_factors=3), ratings))
    assert any("no timestamps" in note for note in found.left_out)
    assert not any(line.symbol.startswith("e_") for line in found.lines)


@pytest.mark.parametrize(
    ("value", "text"),
    [(2.0, "2"), (26250, "26{,}250"), (14.192417, "14.19"), (2e-7, r"2 \cdot 10^{-7}"), (-1, "-1")],
)
def test_numbers_in_latex(value, text):
    assert number(value) == text


@pytest.mark.parametrize(
    ("n_ratings", "says"),
    [(50, "without a prior there is no one"), (500, "the prior speaks")],
)
def test_unknowns_are_held_against_the_ratings(ratings, n_ratings, says):
    split = pmf.split_ratings(ratings, 0.1, 0)
    few = replace(split, train=split.train.take(np.arange(n_ratings)))
    unknowns = formulas_of(few, pmf.PMFConfig(2)).unknowns
    assert unknowns.ratings_for_each == n_ratings / (2 * (ratings.n_users + ratings.n_items))
    assert says in unknowns.line.words
