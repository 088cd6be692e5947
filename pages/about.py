"""What this is, what it is made of, and how this server is set up."""

import streamlit as st

from pages.panels import about
from pages.shell import router, show

router.require()
show.heading("About", "What PMF Explorer is made of, and how this server of it is set up.")
left, right = st.columns(2, gap="large")
with left:
    st.header("This server")
    about.settings()
    st.header("What it keeps of you")
    about.privacy()
    st.header("What you can take along")
    about.saving()
with right:
    st.header("Licences")
    about.licences()
st.header("Glossary")
about.glossary()
