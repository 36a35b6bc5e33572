from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send

from watcher.core.errors import ConfigError
from watcher.web.app import serve
from watcher.web.proxies import older, trusted_proxy


async def who(scope: Scope, receive: Receive, send: Send) -> None:
    """An app that says who it thinks is asking; nothing at the start and the end."""
    if scope["type"] == "lifespan":
        for stage in ("startup", "shutdown"):
            await receive()
            await send({"type": f"lifespan.{stage}.complete"})
        return
    request = Request(scope)
    assert request.client is not None
    await PlainTextResponse(f"{request.client.host} {request.url.scheme}")(scope, receive, send)


@contextmanager
def serving(*trusted: str) -> Iterator[int]:
    server = serve(who, "127.0.0.1", 0, trusted)
    thread = threading.Thread(target=server.run)
    thread.start()
    yield server.port
    server.should_exit = True
    thread.join(10)


def asked(port: int, *headers: str) -> str:
    """The body of the answer to a request with these header lines, sent as they stand."""
    lines = ["GET / HTTP/1.1", "Host: watch.example", "Connection: close", *headers, "", ""]
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall("\r\n".join(lines).encode())
        answer = b"".join(iter(lambda: connection.recv(65536), b""))
    return answer.partition(b"\r\n\r\n")[2].decode()


STORIES = (
    (("X-Forwarded-For: 192.0.2.7", "X-Forwarded-Proto: https"), "192.0.2.7 https"),
    (("X-Forwarded-For: 198.51.100.9, 192.0.2.7",), "192.0.2.7 http"),  # the first is what the reader claimed
    (("X-Forwarded-For: 198.51.100.9", "X-Forwarded-For: 192.0.2.7"), "192.0.2.7 http"),
    (("Forwarded: for=192.0.2.7;proto=https",), "192.0.2.7 https"),
    (('Forwarded: for="[2001:db8::1]:4711"; proto="HTTPS"; by=203.0.113.4',), "2001:db8::1 https"),
    (("Forwarded: for=198.51.100.9;proto=http", "Forwarded: For=192.0.2.7;Proto=https"), "192.0.2.7 https"),
    (("Forwarded: for=198.51.100.9;proto=https", "X-Forwarded-For: 192.0.2.7"), "192.0.2.7 http"),
    (("Forwarded: for=192.0.2.7;;", "X-Forwarded-Proto: gopher"), "127.0.0.1 http"),
    (("X-Real-IP: 192.0.2.7", "Client-IP: 192.0.2.7", "X-Forwarded-Host: elsewhere.example"), "127.0.0.1 http"),
)


def test_a_named_proxy_is_believed() -> None:
    with serving("127.0.0.0/8") as port:
        for headers, told in STORIES:
            assert asked(port, *headers) == told, headers


@pytest.mark.parametrize("trusted", [(), ("10.0.0.2", "192.168.0.0/16")])
def test_nobody_else_is_believed(trusted: tuple[str, ...]) -> None:
    with serving(*trusted) as port:
        assert {asked(port, *headers) for headers, _ in STORIES} == {"127.0.0.1 http"}


def test_what_the_environment_says_to_other_servers_is_not_heard(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORWARDED_ALLOW_IPS", "*")
    with serving() as port:
        assert asked(port, "X-Forwarded-For: 192.0.2.7") == "127.0.0.1 http"


@pytest.mark.parametrize("name", ["*", "proxy.example", "10.0.0.0/33", "10.0.0.2/24", ""])
def test_a_proxy_is_named_by_its_address_alone(name: str) -> None:
    with pytest.raises(ConfigError, match="WATCHER_TRUSTED_PROXIES"):
        trusted_proxy(name)


@given(st.text(st.characters(codec="latin-1"), max_size=60) | st.text('for=,;" \\proto[]:1', max_size=40))
def test_any_header_is_read_or_left_alone(text: str) -> None:
    assert all(isinstance(value, bytes) for _, value in older(text))
