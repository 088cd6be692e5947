"""The first page plays a fit of the core, and says what is seen."""

import json

from pmf_core.charts.settling import stored
from tests.support.visits import visit


def test_the_first_page_is_sent_what_the_core_has_worked_out():
    app = visit("home")
    [sent] = [each for each in app.get("bidi_component") if each.proto.component_name == "settling"]
    assert json.loads(sent.proto.json) == stored()
    assert stored()["says"] in [text.value for text in app.markdown]
