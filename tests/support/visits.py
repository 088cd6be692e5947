"""A visitor without a browser: the app run by Streamlit's own test harness, on small ratings."""

from collections.abc import Callable
from pathlib import Path

from streamlit.runtime.pages_manager import PagesManager
from streamlit.testing.v1 import AppTest

from pages.shell import address
from tests.support.jobs import PATIENCE, wait

SIMULATED = {
    "data": "Simulated",
    "sim_users": "60",
    "sim_items": "50",
    "sim_share": "30.0",
    "sim_factors": "3",
}
SAMPLER = {"draws": "50", "tune": "50", "chains": "2"}
APP = Path(__file__).resolve().parents[2] / "app.py"


class Routed(PagesManager):
    """As a server is once app.py has called st.navigation: AppTest forgets that at each run."""

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        PagesManager.uses_pages_directory = False


def visit(page: str, **query: str) -> AppTest:
    """Return a new visitor of a page, with the settings that an address gives."""
    app = AppTest.from_file(APP, default_timeout=PATIENCE)
    app.query_params.update(SIMULATED | query)
    app.run()
    if page != "home":
        app.switch_page(f"pages/{page}.py").run()
    assert not app.exception, app.exception[0].message
    return app


def upload(app: AppTest, name: str, content: str | bytes, use: bool = True) -> AppTest:
    """Choose a file and, to `use` it, agree to how it was understood."""
    content = content.encode() if isinstance(content, str) else content
    app.file_uploader(key="upload").set_value((name, content, "text/csv")).run()
    return app.button(key="preview_use").click().run() if use else app


def metrics(app: AppTest) -> dict[str, str]:
    """Return the figures that a page shows, by their label."""
    return {metric.label: metric.value for metric in app.metric}


def sample(app: AppTest) -> AppTest:
    """Press *Sample* and wait for the result."""
    app.button(key="sample").click().run()
    return run_until(app, lambda: "In 90% interval" in metrics(app))


def run_until(app: AppTest, condition: Callable[[], object]) -> AppTest:
    """Run a page again and again, as its browser does while a fit runs, until a condition holds."""
    wait(lambda: condition() if not app.run().exception else True, pause=0.05)
    assert not app.exception
    return app


def written(app):
    """Return the parameters that the browser's address has after a run."""
    return app.session_state[address.SHOWN][1]


def refused(app):
    """Return what a page says that it ignored in the address."""
    [note] = [note.value for note in app.warning if "Ignored in the address" in note.value]
    return note
