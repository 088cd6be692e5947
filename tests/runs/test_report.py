"""The report of a run says what the core says of it, no more and no less."""

import html
import json
import re

import pytest

import pmf_core as pmf
from pmf_core.charts.diagnostics import DIAGNOSTICS, PREDICTIONS
from pmf_core.documents import page
from pmf_core.documents.markup import markdown
from pmf_core.evaluation import lessons_of_fits
from pmf_core.evaluation.closing import closing
from pmf_core.models.ladder import ladder_figures
from pmf_core.runs import report
from pmf_core.runs.recipe import snippet


@pytest.fixture(autouse=True)
def _quick(monkeypatch):
    """Leave the programs that draw out, which take a second to put together."""
    monkeypatch.setattr(page, "_vega", lambda: "draw();")


@pytest.fixture(scope="module")
def split(ratings):
    return pmf.split_ratings(ratings, 0.1, 0)


@pytest.fixture(scope="module")
def fit(split):
    return pmf.sample_gibbs(split, pmf.PMFConfig(2), draws=30, tune=10, chains=2)


@pytest.fixture(scope="module")
def sections(fit):
    return {each.title: each for each in report.sections(fit, "One *run*")}


def test_its_figures_and_sentences_are_the_cores(fit, split, sections):
    summary, first = fit.summary(), sections["In short"]
    assert first.figures["Test RMSE"] == f"{summary['test_rmse']:.4f}"
    assert first.figures["ess"] == f"{summary['ess']:,.0f}"
    baselines = pmf.evaluate_baselines(split)
    said = closing(summary, fit.config, baselines, None, ladder_figures({}), fit.nouns)
    assert first.said == tuple(said[:1] + said[2:])  # without a MAP nothing of the second is known
    assert "MAP of this model" in said[1].text
    settle = lessons_of_fits.norms_settle(pmf.diagnose(fit), "fixed").text
    assert sections["Can the draws be trusted?"].said[0].endswith(settle)


def test_every_picture_of_chains_and_predictions_is_in_it(sections):
    of_chains, of_predictions = (
        [chart.title for chart in sections[title].charts]
        for title in ("Can the draws be trusted?", "Who and what is predicted well?")
    )
    assert of_chains[2:-3] == [picture.title for picture in DIAGNOSTICS]
    nouns = {"thing": "movie", "things": "movies"}
    assert of_predictions == [picture.title.format(**nouns) for picture in PREDICTIONS]


def test_its_tables_hold_scores_quantities_and_settings(fit, sections):
    [scores] = sections["Beside simpler methods"].tables
    test_rmse = f"{fit.summary()['test_rmse']:.4f}"
    assert scores.titles[0] == "Method" and scores.rows[-1][2] == test_rmse
    assert scores.rows[-1][0].startswith("One *run*")
    [quantities] = sections["Can the draws be trusted?"].tables
    assert len(quantities.rows) == len(fit.scalars)
    last = sections["Settings, and how to repeat it"]
    [settings] = last.tables
    assert ("Factors D", "2") in settings.rows and ("Draws", "30") in settings.rows
    assert last.lines == snippet(fit) and "numpy" in last.notes[0]


def test_a_whole_page_has_each_of_them_once_and_stays_small(monkeypatch, fit, sections):
    monkeypatch.setattr(report, "sections", lambda *_: list(sections.values()))
    text = report.report(fit, "One *run*")
    assert text.count("<h1>One *run*</h1>") == 1 and "<title>One *run*</title>" in text
    specs = re.findall(r'<script type="application/json">(.*?)</script>', text)
    charts = [json.loads(spec) for spec in specs]
    assert (
        len(charts)
        == text.count('class="chart"')
        == 2 + 2 + len(DIAGNOSTICS) + 3 + 3 + len(PREDICTIONS)
    )
    assert all(chart["description"] and chart["datasets"] for chart in charts)
    assert html.escape(snippet(fit)) in text and fit.attrs["split_id"] in text
    for picture in PREDICTIONS:
        lesson = markdown(picture.lesson(fit, picture.numbers(fit)))
        assert f"<figcaption>{lesson}</figcaption>" in text
    assert len(text) < 600_000
    prose = re.sub(r"<(script|style|pre).*?</\1>", "", text, flags=re.DOTALL)
    assert not re.findall(r"`|\$|\]\(|\*\*", prose), "a mark of Markdown was left as it is"


@pytest.mark.slow
def test_a_map_and_a_run_too_short_to_tell_have_one_too(split):
    point = pmf.fit_map(split, pmf.PMFConfig(2))
    text = report.report(point)
    assert "<h1>MAP with 2 factors</h1>" in text and "This run is a MAP" in text
    assert "Can the draws be trusted?" not in text and text.count('class="chart"') == 4
    short = pmf.sample_gibbs(split, pmf.PMFConfig(2), draws=2, tune=0, chains=2)
    assert "raws are too few" in report.report(short)


@pytest.mark.slow
def test_what_was_left_out_and_stopped_is_said(split):
    config = pmf.PMFConfig(2, side_info="both")
    stopped = pmf.sample_gibbs(
        split, config, draws=40, tune=5, chains=1, progress=lambda each: each.done < 6
    )
    [note, first, second] = report.sections(stopped, "", "<b>Mine</b>")[0].notes
    assert note == "Note: <b>Mine</b>" and first == stopped.attrs["left_out"]
    assert second == "It was stopped before its last draw."


def test_it_is_written_whole_or_not_at_all(monkeypatch, fit, tmp_path):
    monkeypatch.setattr(report, "report", lambda of, *words: f"{of is fit} {words}")
    path = pmf.write_report(fit, tmp_path / "run.html", "ä run", "note")
    assert path.read_text(encoding="utf-8") == "True ('ä run', 'note')" and list(
        tmp_path.iterdir()
    ) == [path]
    with pytest.raises(FileNotFoundError, match="nowhere is not a folder; create it first"):
        pmf.write_report(fit, tmp_path / "nowhere" / "run.html")
