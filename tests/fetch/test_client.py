from __future__ import annotations

import os
from dataclasses import replace

import httpx2
import pytest

from tests.faults.server import Asked, FaultServer
from tests.faults.table import PAGE
from tests.faults.tools import POLICY, task_for
from watcher.core.model import Failed, Fetched, NotModified, Unreachable, UnreachableKind
from watcher.fetch.client import Client, Hooks, Question
from watcher.fetch.dial import Dialler


def page(asked: Asked) -> None:
    asked.respond(200, PAGE, 'ETag: "abc"', "Last-Modified: Fri, 12 Jun 2026 12:00:00 GMT")


def test_every_connection_goes_through_our_dialler() -> None:
    # The attribute is httpx2's own business; this test fails first if an upgrade renames it.
    with FaultServer({"/": page}) as server, Client(POLICY) as client:
        assert isinstance(client.fetch(task_for(server.url + "/")), Fetched)
        transport = client._transport(True)
        assert isinstance(transport, httpx2.HTTPTransport)
        assert transport._pool._network_backend is client._dialler
        assert isinstance(client._dialler, Dialler)
        assert client._dialler.dials == 1


def test_a_proxy_of_the_environment_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.setitem(os.environ, name, "http://127.0.0.1:1")
    with FaultServer({"/": page}) as server, Client(POLICY) as client:
        assert isinstance(client.fetch(task_for(server.url + "/")), Fetched)


def test_a_page_comes_with_all_that_is_known_of_it() -> None:
    with FaultServer({"/": page}) as server, Client(POLICY) as client:
        fetched = client.fetch(task_for(server.url + "/#part"))
    assert isinstance(fetched, Fetched)
    assert (fetched.status, fetched.media_type, fetched.charset) == (200, "text/html", "utf-8")
    assert (fetched.etag, fetched.last_modified) == ('"abc"', "Fri, 12 Jun 2026 12:00:00 GMT")
    assert (fetched.url, fetched.final_url) == (server.url + "/#part", server.url + "/")
    assert fetched.body == PAGE
    assert fetched.redirects == ()
    assert fetched.tls_note is None


def test_the_question_names_the_bot_and_its_contact_and_asks_conditionally() -> None:
    def unchanged(asked: Asked) -> None:
        asked.send(b"HTTP/1.1 304 Not Modified\r\n\r\n")

    with FaultServer({"/": unchanged}) as server, Client(POLICY) as client:
        known = task_for(server.url + "/", etag='W/"a"', last_modified="Fri, 12 Jun 2026 12:00:00 GMT")
        assert client.fetch(known) == NotModified()
        headers = server.asked[0].headers
    assert headers["user-agent"] == "statement-watcher/0.1.0 (+mailto:watch@northmoor.example)"
    assert headers["if-none-match"] == 'W/"a"'
    assert headers["if-modified-since"] == "Fri, 12 Jun 2026 12:00:00 GMT"
    assert {"gzip", "br", "zstd"} <= set(headers["accept-encoding"].split(", "))
    assert headers["host"].startswith("127.0.0.1:")


def test_redirects_are_followed_and_told_and_asked_without_conditions() -> None:
    answers = {
        "/a": lambda asked: asked.respond(301, b"", "Location: b?x=1#frag"),
        "/b": lambda asked: asked.respond(307, b"", "Location: /c"),
        "/c": page,
    }
    with FaultServer(answers) as server, Client(POLICY) as client:
        fetched = client.fetch(task_for(server.url + "/a", etag='"abc"'))
        assert [("if-none-match" in asked.headers) for asked in server.asked] == [True, False, False]
    assert isinstance(fetched, Fetched)
    assert fetched.final_url == server.url + "/c"
    assert fetched.redirects == (server.url + "/a", server.url + "/b?x=1")


def test_one_connection_serves_several_pages() -> None:
    with FaultServer({"/": page}) as server, Client(POLICY) as client:
        for _ in range(5):
            assert isinstance(client.fetch(task_for(server.url + "/")), Fetched)
        assert client._dialler.dials == 1


def test_waiting_out_of_politeness_does_not_count_against_the_deadline() -> None:
    hooks = Hooks(before=lambda _url: 100.0)
    with FaultServer({"/": page}) as server, Client(POLICY, hooks) as client:
        assert isinstance(client.fetch(task_for(server.url + "/", timeout_s=0.001)), Fetched)


def test_a_redirect_that_the_caller_objects_to_is_not_followed() -> None:
    answers = {"/a": lambda asked: asked.respond(302, b"", "Location: /b"), "/b": page}
    with FaultServer(answers) as server:
        with Client(POLICY, Hooks(may_follow=lambda url: not url.endswith("/b"))) as client:
            outcome = client.fetch(task_for(server.url + "/a"))
        assert server.counts["/b"] == 0
    assert isinstance(outcome, Unreachable)
    assert outcome.kind is UnreachableKind.ROBOTS


def test_a_cut_answer_is_kept_to_its_limit_where_that_is_wanted() -> None:
    with FaultServer({"/": page}) as server, Client(POLICY) as client:
        answer = client.answer(Question(server.url + "/", timeout_s=5, max_bytes=10, cut_at_max=True))
    assert answer.body == PAGE[:10]


@pytest.mark.parametrize(
    "url", ["", "northmoor", "http://", "http:///a", "https://a b/", "http://\ud800/", "x" * 99_999]
)
def test_what_is_no_address_is_a_value_too(url: str) -> None:
    with Client(POLICY) as client:
        assert isinstance(client.fetch(task_for(url)), Failed | Unreachable)


def test_the_next_address_is_tried_if_the_first_one_refuses() -> None:
    policy = replace(POLICY, allow_private_hosts=frozenset({"northmoor.example"}))
    with FaultServer({"/": page}) as server:
        with Client(policy, resolve=lambda _host, _port: ["127.0.0.3", "127.0.0.1"]) as client:
            outcome = client.fetch(task_for(f"http://northmoor.example:{server.port}/"))
        assert server.asked[0].headers["host"] == f"northmoor.example:{server.port}"
    assert isinstance(outcome, Fetched)


def test_a_host_in_another_script_is_asked_for_by_its_punycode() -> None:
    policy = replace(POLICY, allow_private_hosts=frozenset({"xn--bcher-kva.example"}))
    with FaultServer({"/": page}) as server, Client(policy, resolve=lambda _host, _port: ["127.0.0.1"]) as client:
        assert isinstance(client.fetch(task_for(f"http://bücher.example:{server.port}/")), Fetched)
        assert server.asked[0].headers["host"] == f"xn--bcher-kva.example:{server.port}"
