"""What stands before every request: hosts, origins, headers, the visitor's key."""

import asyncio
import re
from concurrent.futures import ThreadPoolExecutor

import pytest

from pages.shell import hosts, middleware

HOME = [("host", "localhost:8501"), ("accept", "text/html")]


@pytest.fixture(autouse=True)
def served_locally(monkeypatch):
    monkeypatch.delenv("PMF_ALLOWED_HOSTS", raising=False)
    monkeypatch.delenv("PMF_EMBED_ORIGINS", raising=False)
    monkeypatch.setattr(hosts, "is_served_locally", lambda: True)


async def _page(scope, receive, send):
    if scope["type"] == "websocket":
        await send({"type": "websocket.accept"})
        return
    own = [(b"content-type", b"text/html"), (b"referrer-policy", b"unsafe-url")]
    await send({"type": "http.response.start", "status": 200, "headers": own})
    await send({"type": "http.response.body", "body": b"page"})


def ask(headers, kind="http", scheme="http"):
    sent = []

    async def send(message):
        sent.append(message)

    raw = [(name.encode(), value.encode()) for name, value in headers]
    scope = {"type": kind, "headers": raw, "scheme": scheme, "path": "/", "method": "GET"}
    # In a thread: a browser in the same process leaves its event loop running.
    with ThreadPoolExecutor(1) as pool:
        pool.submit(asyncio.run, middleware.Guard(_page)(scope, None, send)).result()
    return sent


def answer(headers, **options):
    start, body = ask(headers, **options)
    found = {}
    for name, value in start["headers"]:
        assert name.decode() not in found, f"{name} is there twice"
        found[name.decode()] = value.decode()
    return start["status"], found, body["body"].decode()


def test_every_answer_tells_the_browser_what_to_refuse():
    status, headers, body = answer(HOME)
    assert (status, body) == (200, "page")
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    rules = dict(rule.split(" ", 1) for rule in headers["content-security-policy"].split("; "))
    assert rules["frame-ancestors"] == "'self'"
    assert rules["img-src"] == "'self' data: blob:"
    assert rules["connect-src"] == "'self' data: blob:"
    assert "http" not in headers["content-security-policy"]
    assert "unsafe-eval" not in headers["content-security-policy"].replace("wasm-unsafe-eval", "")


def test_only_the_operator_lets_other_sites_embed_the_app(monkeypatch):
    monkeypatch.setenv("PMF_EMBED_ORIGINS", "https://a.example, https://b.example:8443")
    policy = answer(HOME)[1]["content-security-policy"]
    assert policy.endswith("frame-ancestors 'self' https://a.example https://b.example:8443")
    monkeypatch.setenv("PMF_EMBED_ORIGINS", "https://a.example; script-src *")
    with pytest.raises(ValueError, match="PMF_EMBED_ORIGINS has 'https://a.example; script-src"):
        middleware.policy()


@pytest.mark.parametrize(
    "host",
    ["evil.example", "evil.example:8501", "localhost.evil.example", "127.0.0.1.evil.example", "",
     "localhost@evil.example", "localhost:8501, evil.example", "10.0.0.1", "[::2]", "локалхост"],
)  # fmt: skip
def test_a_name_that_is_not_ours_is_refused_and_the_variable_named(host):
    header = [("host", host.encode().decode("latin-1"))]
    status, headers, body = answer(header)
    assert status == 421 and "PMF_ALLOWED_HOSTS" in body
    assert headers["x-content-type-options"] == "nosniff"
    [refused] = ask(header, kind="websocket")
    assert refused["type"] == "websocket.close"


@pytest.mark.parametrize(
    "host", ["localhost", "LOCALHOST.:80", "127.0.0.1:9", "127.8.0.1", "[::1]:8"]
)
def test_names_of_this_machine_are_answered(host):
    assert answer([("host", host)])[0] == 200


def test_two_host_headers_are_refused():
    assert answer([("host", "localhost"), ("host", "evil.example")])[0] == 421


def test_the_operator_adds_names(monkeypatch):
    monkeypatch.setenv("PMF_ALLOWED_HOSTS", "pmf.example.org, *.school.example")
    assert answer([("host", "pmf.example.org")])[0] == 200
    assert answer([("host", "a.school.example:443")])[0] == 200
    assert answer([("host", "evilschool.example")])[0] == 421
    monkeypatch.setenv("PMF_ALLOWED_HOSTS", "*")
    assert answer([("host", "anything.example")])[0] == 200
    assert answer([("host", "")])[0] == 421


@pytest.mark.parametrize(
    ("origin", "allowed"),
    [("http://localhost:8501", True), ("http://localhost:3000", False),
     ("https://evil.example", False), ("null", False), (None, True)],
)  # fmt: skip
def test_a_websocket_is_for_pages_of_this_server(origin, allowed):
    headers = [("host", "localhost:8501")] + ([] if origin is None else [("origin", origin)])
    [answered] = ask(headers, kind="websocket")
    assert (answered["type"] == "websocket.accept") is allowed


def is_open(**headers):
    headers = {"host": "localhost:8501"} | {k.replace("_", "-"): v for k, v in headers.items()}
    return hosts.is_open(headers)


def test_this_machine_alone_is_open(monkeypatch):
    assert is_open() and is_open(host="[::1]:80", origin="http://localhost:8501")
    assert hosts.is_open({})  # a script by itself
    for forwarded in ("forwarded", "x_forwarded_for", "x_forwarded_proto", "x_real_ip", "via",
                      "cf_connecting_ip", "true_client_ip", "x_client_ip"):  # fmt: skip
        assert not is_open(**{forwarded: "203.0.113.7"}), forwarded
    assert not is_open(host="pmf.example.org")
    assert not is_open(origin="https://pmf.example.org")
    monkeypatch.setenv("PMF_ALLOWED_HOSTS", "pmf.example.org")
    assert not is_open()


@pytest.mark.parametrize(
    ("address", "local"),
    [("localhost", True), ("127.0.0.1", True), ("::1", True), (None, False), ("0.0.0.0", False),
     ("192.168.1.5", False), ("unix:///run/pmf.sock", False)],
)  # fmt: skip
def test_the_address_that_is_bound_says_who_can_ask(monkeypatch, address, local):
    monkeypatch.undo()
    monkeypatch.setattr(hosts.config, "get_option", {"server.address": address}.get)
    assert hosts.is_served_locally() is local


SHARED = [*HOME, ("x-forwarded-for", "203.0.113.7")]


def test_a_visitor_of_a_shared_server_gets_a_key_once():
    assert "set-cookie" not in answer(HOME)[1]
    first, second = (answer(SHARED)[1]["set-cookie"] for _ in range(2))
    assert first != second
    key, *rules = first.split("; ")
    assert re.fullmatch(r"pmf_visitor=[A-Za-z0-9_-]{43}", key)
    assert rules == ["Max-Age=31536000", "Path=/", "HttpOnly", "SameSite=Lax"]
    assert "set-cookie" not in answer([*SHARED, ("cookie", f"a=b; {key}")])[1]
    for damaged in ("pmf_visitor=short", "pmf_visitor=" + "é" * 43, "\x00;;=", key + "x"):
        assert "set-cookie" in answer([*SHARED, ("cookie", damaged)])[1]
    assert answer([*SHARED, ("x-forwarded-proto", "https")])[1]["set-cookie"].endswith("; Secure")
    picture = [("host", "localhost"), ("x-forwarded-for", "1"), ("accept", "image/*")]
    assert "set-cookie" not in answer(picture)[1]
