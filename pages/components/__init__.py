"""What plays in the browser: small Streamlit components, the script of each in a file here."""

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import streamlit as st


@cache
def component(name: str) -> Callable[..., Any]:
    """Return what mounts a component, by the name of its script."""
    script = Path(__file__).with_name(f"{name}.js").read_text(encoding="utf-8")
    return st.components.v2.component(name, js=script)
