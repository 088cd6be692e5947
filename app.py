"""The router: page list, dataset picker, and what runs in the background."""

import streamlit as st

from pages.parts import dataset, jobs, settings, show

st.set_page_config(page_title="PMF Explorer", page_icon=":material/grid_on:", layout="wide")

PAGES = [
    st.Page("pages/home.py", title="Home", icon=":material/home:", default=True),
    st.Page("pages/explore.py", title="Explore", icon=":material/bar_chart:"),
    st.Page("pages/baselines.py", title="Baselines", icon=":material/straighten:"),
    st.Page("pages/fit.py", title="Fit", icon=":material/tune:"),
    st.Page("pages/diagnose.py", title="Diagnose", icon=":material/monitor_heart:"),
    st.Page("pages/compare.py", title="Compare", icon=":material/compare_arrows:"),
]

page = st.navigation(PAGES)
settings.read_address()
st.session_state["dataset"] = dataset.pick()
jobs.sidebar(page.url_path)
show.glossary()
settings.show_address_notes()
page.run()
