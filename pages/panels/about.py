"""What the page about the app is made of: settings in force, what is kept, licences."""

import os
import tomllib
from dataclasses import fields
from importlib.metadata import PackageMetadata, PackageNotFoundError, metadata
from pathlib import Path

import streamlit as st

from pages.shell import cache, hosts, owner, show, words

PACKAGES = ("streamlit", "pymc", "arviz", "numba", "numpy", "pandas", "xarray", "altair", "dask")
"""Those that do most of the work; of what is not installed nothing is said."""

ROOT = Path(__file__).resolve().parents[2]


def settings() -> None:
    """Show how the server is set up; no folders, addresses or keys."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    shared = owner.visitor() != ""
    _table(
        {
            "Version": project["version"],
            "Visitors": "each has their own fits, runs and tables"
            if shared
            else "one person's: everything is everybody's",
            "Reached from": "this machine" if hosts.is_served_locally() else "other machines",
            "Fits run on": "a Dask cluster"
            if os.environ.get("PMF_DASK_SCHEDULER")
            else "threads of this server",
            "Runs are kept in": "a folder set by the operator"
            if os.environ.get("PMF_HOME")
            else "the data folder of the server's user",
            "MovieLens from": "a copy of the operator's"
            if os.environ.get("PMF_DATA_DIR")
            else "GroupLens",
        },
        "What",
        "How it is",
    )
    limits = cache.limits()
    with st.expander("Limits", icon=":material/speed:"):
        st.caption("Of work in seconds of one core, of memory and disk in bytes.")
        _table(
            {
                f"PMF_MAX_{each.name.upper()}": f"{getattr(limits, each.name):,.0f}"
                for each in fields(limits)
            },
            "Variable",
            "Value",
        )
    with st.expander("Security", icon=":material/shield:"):
        text = ROOT / "SECURITY.md"
        if text.exists():
            st.markdown(text.read_text(encoding="utf-8"))
        else:
            st.caption("SECURITY.md is not part of this installation.")


def saving() -> None:
    """Say how charts, tables and runs are taken along."""
    st.markdown(
        "- A chart: point at it, and its bar saves it as PNG or SVG and shows its numbers; very "
        "many marks are painted, of which there is no SVG.\n"
        "- A table, and the numbers of a chart: its bar saves them as CSV.\n"
        "- A run: *Compare → Manage runs* has it as netCDF, its predictions as CSV, and a report "
        "(HTML) that opens offline, where the server can make one.\n\n"
        "All of it is made in your browser or on this server; no other host is asked."
    )


def privacy() -> None:
    """Say what is stored of a visitor, and until when."""
    if owner.visitor() == "":
        st.markdown(
            "Nothing about you. Runs and fits are in the data folder until you delete them; an "
            "uploaded table is in memory until the server stops."
        )
        return
    st.markdown(
        "- A cookie with a random key, for a year: no account, no name, read by nobody else. "
        "Delete it in your browser, and what you started is nobody's.\n"
        "- Runs that you keep, until you delete them under *Compare → Manage runs*.\n"
        "- Tables that you upload: in memory, until the server restarts or needs the room; stored "
        "with each run that learnt from them.\n"
        "- Whoever has the address of a run, a fit or a table sees it, and cannot change it."
    )


def licences() -> None:
    """Show the licence of the app, of the packages that do its work, and of the data."""
    rows = {"PMF Explorer": "Apache-2.0"}
    for name in PACKAGES:
        try:
            about = metadata(name)
        except PackageNotFoundError:
            continue
        rows[f"{about['Name']} {about['Version']}"] = _licence(about)
    _table(rows, "Package", "Licence")
    st.markdown(
        "MovieLens 100K: F. M. Harper and J. A. Konstan (2015), under GroupLens' "
        "[terms](https://files.grouplens.org/datasets/movielens/ml-100k-README.txt): for "
        "research, not to be passed on, so it is no part of this app."
    )


def glossary() -> None:
    """Show the words a newcomer may not know; formulas link to each."""
    columns = st.columns(2, gap="large")
    half = -(-len(words.GLOSSARY) // 2)
    for number, (word, meaning) in enumerate(words.GLOSSARY.items()):
        with columns[number // half].container(gap="xxsmall"):
            st.subheader(word, anchor=words.anchor(word))
            st.markdown(meaning)


def _licence(about: PackageMetadata) -> str:
    """Return what the metadata of a package call its licence, from the first of three places."""
    kinds = (each for each in about.get_all("Classifier", []) if each.startswith("License ::"))
    words = about.get("License") or ""  # some hold the whole text
    found = about.get("License-Expression") or (words if len(words) < 40 else "")
    return found or next(kinds, "see the package").rpartition(":: ")[2]


def _table(rows: dict[str, str], *titles: str) -> None:
    lines = [f"| {show.plain(name)} | {show.plain(text)} |" for name, text in rows.items()]
    st.markdown("\n".join([f"| {' | '.join(titles)} |", "| --- | --- |", *lines]))
