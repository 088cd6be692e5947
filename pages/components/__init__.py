"""What plays in the browser: small Streamlit components, the script of each in a file here.

One that has more than a script is a folder of html, css and js. Its scripts become one, in the
order of their names: the browser is given no address from which one could import another.
"""

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import streamlit as st


@cache
def component(name: str) -> Callable[..., Any]:
    """Return what mounts a component, by the name of its script or its folder."""
    found = Path(__file__).with_name(name)
    if not found.is_dir():
        script = found.with_suffix(".js").read_text(encoding="utf-8")
        return st.components.v2.component(name, js=script)
    parts = {
        kind: "\n".join(
            part.read_text(encoding="utf-8") for part in sorted(found.glob(f"*.{kind}"))
        )
        for kind in ("html", "css", "js")
    }
    return st.components.v2.component(name, **parts)
