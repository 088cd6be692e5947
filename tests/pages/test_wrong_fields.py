"""Each field of a run wrong in turn: it is refused, or every page can show it."""

import json
from pathlib import Path

import numpy as np
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

import pmf_core as pmf
from benchmarks.hunt.damaged_runs import Altered
from benchmarks.hunt.fits import show, small_fit, stored
from pmf_core.evaluation.mixing import all_scalars
from pmf_core.fits.files import fit_bytes, read_fit
from pmf_core.fits.netcdf import netcdf_bytes
from pmf_core.fits.soundness import check_fit, check_run_attrs
from pmf_core.runs.store import RunStore
from pmf_core.runs.stored import Run

APP = Path(__file__).resolve().parents[2] / "app.py"
PAGES = ("diagnose", "explore", "baselines", "fit", "compare", "recommend")
ATTRS = (
    "method config sampler dataset split_id created scale offset levels partial seconds alpha_U "
    "alpha_V effect_sizes name summary"
).split()
TEXTS = ("", "vi", "{}", "[1")
RIGHT = {"dataset": TEXTS, "split_id": TEXTS, "name": TEXTS[1:], "offset": (5, -1.0),
         "alpha_U": (5, -1.0), "alpha_V": (5, -1.0), "seconds": (5,)}  # fmt: skip
"""What each may be of the nonsense that all are given."""
NONSENSE = ("", "vi", "{}", "[1", 5, -1.0, float("nan"), [3.0, 1.0], [1.0, 1.5, 2.0])


@pytest.fixture(scope="module")
def fit(tmp_path_factory):
    store = RunStore(tmp_path_factory.mktemp("runs"))
    return store.open(store.add(small_fit("best"), "mine").id)


def is_refused(fit):
    try:
        check_run_attrs(fit.attrs)
        check_fit(fit)
    except Exception:
        return True
    return False


@pytest.mark.parametrize("name", ATTRS)
def test_an_attribute_that_is_missing_or_wrong_is_refused(fit, name):
    for value in (None, *NONSENSE):
        tree = fit.idata.copy()
        tree.attrs = dict(fit.attrs) | {name: value}
        if value is None:
            del tree.attrs[name]
        is_right = value in RIGHT.get(name, ())
        assert is_refused(pmf.Fit(tree)) != is_right, (name, value)


def arrays(idata):
    """Name every array, but of the scalars that are read through one list only one."""
    named = ("norm_U", "norm_V", "alpha", "total_log_likelihood", "sd_score")
    alike = set(all_scalars()) - {*named, "singular_1"}
    return [
        (group, name)
        for group, child in idata.children.items()
        for name in child.dataset.variables
        if name not in alike
    ]


@pytest.mark.slow
@pytest.mark.parametrize("wrong", ["missing", "flat", "nan", "far", "negative"])
def test_an_array_that_is_missing_or_wrong_is_refused_or_shown(fit, wrong, tmp_path):
    shown = set()
    for group, name in arrays(fit.idata):
        tree = fit.idata.copy()
        dataset = tree[group].to_dataset()
        variable = dataset.variables[name]
        values = np.array(variable.values)
        is_number = values.dtype.kind in "iuf"
        if wrong == "missing":
            dataset = dataset.drop_vars(name)
        elif wrong == "flat":
            values = values[..., None]
            dataset = dataset.drop_vars(name).assign({name: ((*variable.dims, "more"), values)})
        elif not is_number or not values.size or (wrong == "nan" and values.dtype.kind != "f"):
            continue
        else:
            values.flat[-1] = {"nan": np.nan, "far": 10**6, "negative": -7}[wrong]
            dataset = dataset.drop_vars(name).assign({name: (variable.dims, values)})
        tree[group].dataset = dataset
        if is_refused(pmf.Fit(tree)):
            continue
        (tmp_path / "a.nc").write_bytes(netcdf_bytes(tree))
        try:
            with (tmp_path / "a.nc").open("rb") as file:
                read = read_fit(file, "a run")
        except ValueError:
            continue
        shown.add(f"{group}/{name}")
        with np.errstate(all="ignore"):
            show(Opened(read.idata, tmp_path), Run("a", tmp_path / "a.nc", 1, "mine", tree.attrs))
    index = {"constant_data/user_idx", "constant_data/item_idx", "constant_data/effect_idx",
             "heldout/user_idx", "heldout/item_idx", "predictions/pair"}  # fmt: skip
    assert not shown & index


class Opened:
    """A store of one fit."""

    def __init__(self, tree, folder):
        self.fit = pmf.Fit(tree)
        (folder / "a.nc").write_bytes(fit_bytes(self.fit))

    def open(self, run_id):
        return self.fit


@pytest.fixture
def home(monkeypatch, tmp_path):
    monkeypatch.setenv("PMF_HOME", str(tmp_path))
    st.cache_resource.clear()
    st.cache_data.clear()
    yield tmp_path
    st.cache_resource.clear()
    st.cache_data.clear()


@pytest.mark.slow
def test_every_page_opens_whatever_is_wrong_in_the_runs_of_the_store(home):
    runs = home / "runs"
    runs.mkdir()
    changes = {"method": "vi", "levels": [2.0, 1.0], "summary": "{}", "created": "then",
               "config": "{", "sweep_x": "nothing", "name": "", "scale": [5.0, 1.0]}  # fmt: skip
    for number, (name, value) in enumerate(changes.items()):
        with Altered(stored("best")) as opened:
            opened.attrs[name] = value
            (runs / f"wrong-{number}.nc").write_bytes(opened.done())
    for number, place in enumerate(("posterior/U", "heldout/probability", "constant_data/title")):
        with Altered(stored("best")) as opened:
            del opened[place]
            (runs / f"listed-{number}.nc").write_bytes(opened.done())
    (runs / "whole.nc").write_bytes(stored("best"))
    listed = RunStore(runs).list()
    assert sum(run.error is not None for run in listed) == len(changes)
    for page in PAGES:
        app = AppTest.from_file(APP, default_timeout=300)
        app.query_params.update({"data": "Simulated", "sim_users": "60", "sim_items": "50",
                                 "run": "listed-0"})  # fmt: skip
        app.run()
        app.switch_page(f"pages/{page}.py").run()
        assert not app.exception, (page, app.exception[0].message)
        if page == "diagnose":
            assert any("This run cannot be opened" in note.value for note in app.error)
        for _ in range(3):  # each goes once it has been tried
            if any(button.key == "without" for button in app.button):
                app.button(key="without").click().run()
                assert not app.exception, (page, app.exception[0].message)
    app.switch_page("pages/compare.py").run()
    assert sum("is unreadable" in note.value for note in app.warning) >= len(changes)


def test_a_summary_of_numbers_beyond_reason_is_refused(fit):
    for field, value in (("test_rmse", 10**400), ("seconds", 0), ("coverage_90", float("nan"))):
        summary = json.loads(fit.attrs["summary"]) | {field: value}
        with pytest.raises(ValueError, match="wrong or missing|seconds"):
            check_run_attrs(fit.attrs | {"summary": json.dumps(summary)})
