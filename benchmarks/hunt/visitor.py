"""A real server, and visitors who talk to it as browsers do: pages by HTTP, clicks by websocket."""

import os
import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.exceptions import WebSocketException
from websockets.sync.client import connect

from pmf_core.support.paths import kernels_dir

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 10.0
"""Seconds after which an answer counts as a hang: by the clock or, as other programs may keep the
machine busy, by what the server has worked meanwhile, whichever is less."""

LONGEST = 90.0
"""Seconds by the clock after which nobody waits any longer."""


@dataclass
class Server:
    """A server in a process of its own."""

    host: str
    process: subprocess.Popen
    log: Path

    def tracebacks(self) -> int:
        """Count the mistakes that it has logged."""
        return len(re.findall(r"Traceback|Uncaught app|pages.shell.errors", self.log.read_text()))

    def worked(self) -> float:
        """Return the seconds of processor time that it has used."""
        return worked(self.process.pid)

    def megabytes(self, peak: bool = False) -> int:
        """Return how much memory it has, or had at most; 0 where the system does not tell."""
        try:
            status = Path(f"/proc/{self.process.pid}/status").read_text()
        except OSError:
            return 0
        found = re.search(rf"{'VmHWM' if peak else 'VmRSS'}:\s+(\d+) kB", status)
        return int(found[1]) // 1000 if found else 0

    @property
    def is_alive(self) -> bool:
        """Whether its process still runs."""
        return self.process.poll() is None


def worked(pid: int) -> float:
    """Return the seconds of processor time that a process has used."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:  # where the system does not tell, the clock does
        return time.monotonic()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@contextmanager
def serve(home: Path, **environment: str) -> Iterator[Server]:
    """Serve app.py with its data under `home`; what it prints is in ``home / "server.log"``."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        host = f"127.0.0.1:{probe.getsockname()[1]}"
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.address=127.0.0.1"]
    command += [f"--server.port={host.rpartition(':')[2]}", "--logger.enableRich=false"]
    own = {"PMF_HOME": str(home), "NUMBA_CACHE_DIR": str(kernels_dir())}
    alone = {"PMF_OFFLINE": "1", "PMF_READY_RUN": "0"}  # nothing but what visitors do
    variables = os.environ | own | alone | environment
    log = home / "server.log"
    with log.open("w") as file:
        process = subprocess.Popen(command, cwd=ROOT, env=variables, stdout=file, stderr=file)
    server = Server(host, process, log)
    try:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline and server.is_alive:
            try:
                urllib.request.urlopen(f"http://{host}/_stcore/health", timeout=2).close()
                break
            except OSError:
                time.sleep(0.05)
        yield server
    finally:
        process.terminate()
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@dataclass
class Shown:
    """What a run of the page's script has sent."""

    texts: list[str] = field(default_factory=list)
    buttons: dict[str, str] = field(default_factory=dict)
    """Identifier of each button that can be pressed, by its label."""
    exceptions: int = 0
    finished: bool = False
    seconds: float = 0.0
    """What it took, as `PATIENCE` counts."""

    def take(self, message: ForwardMsg) -> None:
        """Add one message of the server."""
        if message.WhichOneof("type") != "delta" or not message.delta.HasField("new_element"):
            return
        element = message.delta.new_element
        kind = element.WhichOneof("type")
        self.exceptions += kind == "exception"
        if kind == "button" and not element.button.disabled:
            self.buttons[element.button.label] = element.button.id
        for name in ("markdown", "alert", "heading", "progress"):
            if kind == name:
                part = getattr(element, name)
                self.texts.append(getattr(part, "body", "") or getattr(part, "text", ""))
        if kind == "selectbox":
            self.texts.extend(element.selectbox.options)

    @property
    def hangs(self) -> bool:
        """Whether a visitor would have given up."""
        return not self.finished or self.seconds > PATIENCE

    @property
    def text(self) -> str:
        """Everything that can be read, in the order in which it came."""
        return "\n".join(self.texts)


class Visitor:
    """One tab of a browser: a page, its cookie, its websocket."""

    def __init__(self, server: Server, cookie: str | None = None) -> None:
        self.server = server
        self.cookie = cookie or self._first_page()
        connection = connect(
            f"ws://{server.host}/_stcore/stream", subprotocols=["streamlit"], max_size=None,
            origin=f"http://{server.host}", additional_headers={"Cookie": self.cookie},
        )  # fmt: skip
        self.socket = connection.__enter__()  # `close` of the socket is all that leaving does

    def _first_page(self) -> str:
        request = urllib.request.Request(
            f"http://{self.server.host}/", headers={"Accept": "text/html"}
        )
        with urllib.request.urlopen(request, timeout=LONGEST) as answer:
            cookies = answer.headers.get_all("Set-Cookie") or []
        return "; ".join(each.partition(";")[0] for each in cookies)

    def open(self, page: str, query: str, press: str | None = None) -> Shown:
        """Open a page, or press a button there by its identifier, and read what comes."""
        message = BackMsg()
        message.rerun_script.query_string = query
        message.rerun_script.page_name = page
        message.rerun_script.context_info.url = f"http://{self.server.host}/{page}"
        if press is not None:
            state = message.rerun_script.widget_states.widgets.add()
            state.id, state.trigger_value = press, True
        shown, began, worked = Shown(), time.monotonic(), self.server.worked()
        deadline = began + LONGEST
        try:
            self.socket.send(message.SerializeToString())
            while not shown.finished and time.monotonic() < deadline:
                received = ForwardMsg()
                received.ParseFromString(self.socket.recv(deadline - time.monotonic()))
                shown.take(received)
                shown.finished = (
                    received.WhichOneof("type") == "script_finished"
                    and received.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY
                )
        except (TimeoutError, WebSocketException):
            pass
        shown.seconds = min(time.monotonic() - began, self.server.worked() - worked)
        return shown

    def close(self) -> None:
        """Leave, as a tab that is closed."""
        self.socket.close()


SMALL = "data=Simulated&sim_users=60&sim_items=50&sim_share=30.0&sim_factors=3"
"""Ratings on which every page answers at once."""


def warm_up(server: Server) -> None:
    """Compile what the first visitors of a new server wait for: kernels, of each link and alike."""
    visitor = Visitor(server)
    for link in ("identity", "logistic", "ordinal"):
        visitor.open("fit", f"{SMALL}&link={link}&implicit=both")
    visitor.open("baselines", SMALL)
    visitor.close()


def is_refused(server: Server, origin: str) -> bool:
    """Return whether a page of another site is kept from the websocket."""
    try:
        with connect(
            f"ws://{server.host}/_stcore/stream", subprotocols=["streamlit"], origin=origin
        ):
            return False
    except WebSocketException:
        return True


def fetch(server: Server, path: str, headers: dict[str, str]) -> int:
    """Return the status of an answer."""
    request = urllib.request.Request(f"http://{server.host}{path}", headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=LONGEST) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        return error.code
