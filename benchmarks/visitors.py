"""Visitors without a browser: they speak Streamlit's protocol, so dozens fit on a machine."""

import asyncio
import secrets
import time
from collections.abc import Mapping
from typing import Any, Self

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.Block_pb2 import Block
from streamlit.proto.Element_pb2 import Element
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.asyncio.client import connect

COOKIE = "pmf_visitor"
"""In which a visitor's key is."""

PATIENCE = 120
"""Seconds after which an answer is given up."""

RERUN = ForwardMsg.ScriptFinishedStatus.FINISHED_EARLY_FOR_RERUN


class Visitor:
    """One tab on one page: what was drawn on it last, and clicks with their answers.

    Parameters
    ----------
    host : str
        By which the server is asked, such as ``class.test``.
    port : int
        On this machine.
    page : str
        Name of the page.
    query : str
        Of its address.
    """

    def __init__(self, host: str, port: int, page: str, query: str = "") -> None:
        self.host, self.port, self.page, self.query = host, port, page, query
        self.key = secrets.token_urlsafe(32)
        """Of their cookie, as the server gives them."""
        self.drawn: dict[tuple[int, ...], tuple[Element, str]] = {}
        """What stands where, and the fragment that it is of."""
        self.hash = ""
        self.pages: dict[str, str] = {}
        """Hash of each page, by its name."""

    async def __aenter__(self) -> Self:
        """Open the page, and wait until it is drawn."""
        self.socket = await connect(
            f"ws://{self.host}:{self.port}/_stcore/stream",
            host="127.0.0.1",
            port=self.port,
            additional_headers={"Cookie": f"{COOKIE}={self.key}"},
            subprotocols=["streamlit"],
            max_size=None,
        )
        await self.ask()
        if self.hash != self.pages[self.page]:  # a server that has just begun opens its first page
            self.hash = self.pages[self.page]
            await self.ask()
        return self

    async def __aexit__(self, *_: object) -> None:
        """Close the tab."""
        await self.socket.close()

    def widget(self, kind: str, label: str) -> tuple[Any, str]:
        """Return a widget by its kind and label, as it was drawn last, and its fragment.

        Raises
        ------
        LookupError
            If there is none.
        """
        for element, fragment in reversed(self.drawn.values()):
            if element.WhichOneof("type") == kind:
                found = getattr(element, kind)
                if found.label == label:
                    return found, fragment
        raise LookupError(f"{self.page} has no {kind} {label!r}")

    async def click(self, label: str, texts: Mapping[str, str] | None = None) -> float:
        """Press a button, with what was typed by label; return the seconds to the answer's end."""
        button, fragment = self.widget("button", label)
        states = [WidgetState(id=button.id, trigger_value=True)]
        for name, text in (texts or {}).items():
            states.append(WidgetState(id=self.widget("text_input", name)[0].id, string_value=text))
        return await self.ask(states, fragment)

    async def ask(self, states: list[WidgetState] | None = None, fragment: str = "") -> float:
        """Have the page, or a fragment of it, run; return the seconds until it has."""
        message, started = BackMsg(), time.perf_counter()
        if not fragment:
            self.drawn.clear()  # all of the page is drawn anew
        state = message.rerun_script
        state.query_string, state.page_name = self.query, self.page
        state.page_script_hash, state.fragment_id = self.hash, fragment
        state.widget_states.widgets.extend(states or [])
        await self.socket.send(message.SerializeToString())
        async with asyncio.timeout(PATIENCE):
            while not self._is_end(ForwardMsg.FromString(await self.socket.recv())):
                pass
        return time.perf_counter() - started

    def _is_end(self, message: ForwardMsg) -> bool:
        kind = message.WhichOneof("type")
        if kind == "new_session":
            self.hash = message.new_session.page_script_hash
        elif kind == "navigation":
            self.hash = message.navigation.page_script_hash
            self.pages = {
                each.url_pathname: each.page_script_hash for each in message.navigation.app_pages
            }
        elif kind == "delta":
            self._draw(tuple(message.metadata.delta_path), message.delta)
        return kind == "script_finished" and message.script_finished != RERUN

    def _draw(self, path: tuple[int, ...], delta: Any) -> None:
        if delta.WhichOneof("type") == "new_element":
            if delta.new_element.WhichOneof("type") == "exception":
                raise AssertionError(delta.new_element.exception.message)
            self.drawn.pop(path, None)  # so that the newest are last
            self.drawn[path] = delta.new_element, delta.fragment_id
        elif isinstance(delta.add_block, Block):
            for inner in [each for each in self.drawn if each[: len(path)] == path]:
                del self.drawn[inner]
