"""Every row of docs/faults.md: the server does it, the bot says that, within the time limit."""

from __future__ import annotations

import gzip
import hashlib
import re
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import pytest
import trustme
from h2.connection import H2Connection

from tests.faults.h2server import Answer as H2Answer
from tests.faults.h2server import H2Server, respond
from tests.faults.server import Asked, FaultServer
from tests.faults.table import (
    BOMB,
    BUSY,
    CONNECTION,
    DNS,
    FAULTS,
    PAGE,
    REFUSED_ADDRESS,
    ROBOTS,
    TIMED_OUT,
    TLS,
    TOO_LARGE,
    UNSUPPORTED,
    Fault,
    said,
)
from tests.faults.tools import POLICY, task_for, within
from watcher.core.model import Fetched, FetchTask, HostBatch, Outcome
from watcher.fetch.client import Client
from watcher.fetch.host import Surroundings, read_host
from watcher.fetch.policy import FetchPolicy

SECONDS = 6.0
DOCUMENT = Path(__file__).parents[2] / "docs" / "faults.md"


@pytest.fixture(scope="module")
def server() -> Iterator[FaultServer]:
    with FaultServer({fault.path: fault.answer for fault in FAULTS}) as running:
        yield running


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_the_bot_says_of_each_fault_what_the_table_says(server: FaultServer, fault: Fault) -> None:
    policy = replace(POLICY, allow_private_hosts=frozenset({f"127.0.0.1:{server.port}"}))
    before = server.counts[fault.path]
    with Client(policy) as client:
        outcome = within(SECONDS, lambda: client.fetch(task_for(server.url + fault.path, **fault.task)))
    assert said(outcome) == fault.says, outcome
    assert not isinstance(outcome, Fetched) or outcome.body
    if fault.requests is not None:
        assert server.counts[fault.path] - before == fault.requests


# --- faults that need more than one exchange over plain HTTP/1.1 ---------------------------------

ROWS: dict[str, str] = {}
Test = TypeVar("Test", bound=Callable[..., None])


def row(name: str, says: str) -> Callable[[Test], Test]:
    """Mark a test as the proof of one row of the document."""

    def mark(test: Test) -> Test:
        ROWS[name] = says
        return test

    return mark


def page(asked: Asked) -> None:
    asked.respond(200, PAGE)


def fetched_from(server: FaultServer, path: str, **known: Any) -> object:
    with Client(POLICY) as client:
        return within(SECONDS, lambda: client.fetch(task_for(server.url + path, **known)))


# --- names and addresses


@row("no such host", DNS)
def test_a_name_that_does_not_exist() -> None:
    def resolve(_host: str, _port: int) -> list[str]:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    with Client(POLICY, resolve=resolve) as client:
        outcome = within(SECONDS, lambda: client.fetch(task_for("https://northmoor.example/")))
    assert said(outcome) == DNS
    assert "no such host: northmoor.example" in outcome.detail


@row("a name server that does not answer", DNS)
def test_a_name_server_that_is_silent() -> None:
    released = threading.Event()

    def resolve(_host: str, _port: int) -> list[str]:
        released.wait(SECONDS)
        return ["127.0.0.1"]

    with Client(POLICY, resolve=resolve) as client:
        outcome = within(2.0, lambda: client.fetch(task_for("https://northmoor.example/", timeout_s=0.3)))
    released.set()
    assert said(outcome) == DNS


@row("a public name with a private address among its addresses", REFUSED_ADDRESS)
def test_one_private_address_among_public_ones_is_enough_to_refuse() -> None:
    # 192.0.1.1 is public by the policy; nothing is dialled, because the other address is not.
    with Client(POLICY, resolve=lambda _host, _port: ["192.0.1.1", "10.0.0.8"]) as client:
        outcome = within(SECONDS, lambda: client.fetch(task_for("http://northmoor.example/")))
    assert said(outcome) == REFUSED_ADDRESS
    assert "10.0.0.8" in outcome.detail


@row("a name whose address changes between check and connection", "read")
def test_the_checked_address_is_the_one_that_is_dialled() -> None:
    questions: list[str] = []

    def resolve(host: str, _port: int) -> list[str]:
        questions.append(host)
        return ["127.0.0.1"] if len(questions) == 1 else ["127.0.0.2"]

    with (
        FaultServer({"/": page}) as server,
        Client(replace(POLICY, allow_private_hosts=frozenset({"northmoor.example"})), resolve=resolve) as client,
    ):
        outcome = within(SECONDS, lambda: client.fetch(task_for(f"http://northmoor.example:{server.port}/")))
    assert said(outcome) == "read"
    assert questions == ["northmoor.example"]


@row("a name whose address becomes private after the first page", REFUSED_ADDRESS)
def test_every_new_connection_is_checked_anew() -> None:
    answers = iter([["127.0.0.1"], ["10.0.0.8"]])
    is_asked = iter([True, False])

    class Once(FetchPolicy):
        """Takes loopback for public, for one connection: the test's stand-in for a public server."""

        def allows_private(self, host: str, port: int) -> bool:
            return next(is_asked)

    def close(asked: Asked) -> None:
        asked.respond(200, PAGE, "Connection: close")

    with (
        FaultServer({"/": close}) as server,
        Client(Once(user_agent="test"), resolve=lambda _host, _port: next(answers)) as client,
    ):
        url = f"http://northmoor.example:{server.port}/"
        first, second = (within(SECONDS, lambda: client.fetch(task_for(url))) for _ in range(2))
    assert (said(first), said(second)) == ("read", REFUSED_ADDRESS)


@row("an address of this machine, unless it is named", REFUSED_ADDRESS)
@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "2130706433", "0x7f.1", "[::ffff:127.0.0.1]"])
def test_this_machine_in_every_spelling(host: str) -> None:
    with FaultServer({"/": page}) as server, Client(FetchPolicy(user_agent="test")) as client:
        outcome = within(SECONDS, lambda: client.fetch(task_for(f"http://{host}:{server.port}/")))
        assert not server.counts
    assert said(outcome) in (REFUSED_ADDRESS, DNS)


@row("connection refused", CONNECTION)
def test_a_port_where_nobody_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with Client(POLICY) as client:
        outcome = within(SECONDS, lambda: client.fetch(task_for(f"http://127.0.0.1:{port}/")))
    assert said(outcome) == CONNECTION
    assert "refused the connection" in outcome.detail


@row("not an http or https address", UNSUPPORTED)
@pytest.mark.parametrize("url", ["ftp://northmoor.example/a", "file:///etc/passwd", "mailto:a@northmoor.example"])
def test_other_schemes_are_not_fetched(url: str) -> None:
    with Client(POLICY) as client:
        assert said(client.fetch(task_for(url))) == UNSUPPORTED


@row("a password in the address", "read")
def test_credentials_in_an_address_are_not_sent() -> None:
    with FaultServer({"/": page}) as server:
        url = f"http://user:secret@127.0.0.1:{server.port}/"
        with Client(POLICY) as client:
            outcome = within(SECONDS, lambda: client.fetch(task_for(url)))
        assert said(outcome) == "read"
        assert "authorization" not in server.asked[0].headers
    assert isinstance(outcome, Fetched)
    assert "secret" not in outcome.final_url


@row("a cookie, then a redirect to another host", "read")
def test_cookies_stay_with_the_host_that_set_them() -> None:
    with FaultServer({"/": page}) as other:

        def away(asked: Asked) -> None:
            asked.respond(302, b"", "Set-Cookie: a=1; Path=/", f"Location: {other.url}/")

        with FaultServer({"/": away}) as server:
            assert said(fetched_from(server, "/")) == "read"
        assert "cookie" not in other.asked[0].headers


# --- certificates


class Certificates(NamedTuple):
    trusted: ssl.SSLContext
    good: trustme.LeafCert
    expired: trustme.LeafCert
    early: trustme.LeafCert
    other_host: trustme.LeafCert
    self_signed: trustme.CA
    unknown: trustme.LeafCert


@pytest.fixture(scope="module")
def certificates() -> Certificates:
    ca = trustme.CA()
    trusted = ssl.create_default_context()
    ca.configure_trust(trusted)
    day = timedelta(days=1)
    now = datetime.now(UTC)
    return Certificates(
        trusted,
        ca.issue_cert("127.0.0.1"),
        ca.issue_cert("127.0.0.1", not_before=now - 9 * day, not_after=now - day),
        ca.issue_cert("127.0.0.1", not_before=now + day, not_after=now + 9 * day),
        ca.issue_cert("westvale.example"),
        trustme.CA(),
        trustme.CA().issue_cert("127.0.0.1"),
    )


def serving(certificate: trustme.LeafCert | trustme.CA) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    if isinstance(certificate, trustme.LeafCert):
        certificate.configure_cert(context)
    else:
        with certificate.private_key_pem.tempfile() as key, certificate.cert_pem.tempfile() as chain:
            context.load_cert_chain(chain, key)
    return context


TLS_ROWS = [
    ("certificate expired", "expired", "has expired"),
    ("certificate not valid yet", "early", "not valid yet"),
    ("certificate for another host", "other_host", "another"),
    ("certificate self-signed", "self_signed", "self-signed"),
    ("certificate of an unknown authority", "unknown", "authority"),
]
ROWS.update(dict.fromkeys((name for name, _, _ in TLS_ROWS), TLS))


@pytest.mark.parametrize(("name", "which", "words"), TLS_ROWS)
def test_a_certificate_that_does_not_hold(certificates: Certificates, name: str, which: str, words: str) -> None:
    with (
        FaultServer({"/": page}, tls=serving(getattr(certificates, which))) as server,
        Client(POLICY, tls_context=certificates.trusted) as client,
    ):
        refused = within(SECONDS, lambda: client.fetch(task_for(server.url + "/")))
        allowed = within(SECONDS, lambda: client.fetch(task_for(server.url + "/", tls="their host is slow to renew")))
        again = within(SECONDS, lambda: client.fetch(task_for(server.url + "/")))
    assert said(refused) == said(again) == TLS
    assert words in refused.detail
    assert isinstance(allowed, Fetched)
    assert allowed.tls_note == "their host is slow to renew"


@row("a source with a `tls` note that redirects to another host with a bad certificate", TLS)
def test_an_unverified_source_lends_its_licence_to_no_other_host(certificates: Certificates) -> None:
    with FaultServer({"/": page}, tls=serving(certificates.expired)) as other:

        def away(asked: Asked) -> None:
            asked.respond(302, b"", f"Location: {other.url}/")

        with (
            FaultServer({"/": away}, tls=serving(certificates.expired)) as server,
            Client(POLICY, tls_context=certificates.trusted) as client,
        ):
            outcome = within(SECONDS, lambda: client.fetch(task_for(server.url + "/", tls="known")))
    assert said(outcome) == TLS


@row("hangs up while encryption is agreed", CONNECTION)
def test_a_server_that_hangs_up_during_the_handshake(certificates: Certificates) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def hang_up() -> None:
            for _ in range(2):
                connection, _ = listener.accept()
                connection.recv(10)
                connection.close()

        threading.Thread(target=hang_up, daemon=True).start()
        url = f"https://127.0.0.1:{listener.getsockname()[1]}/"
        with Client(POLICY, tls_context=certificates.trusted) as client:
            outcome = within(SECONDS, lambda: client.fetch(task_for(url)))
    assert said(outcome) == CONNECTION


@row("says nothing while encryption is agreed", TIMED_OUT)
def test_a_server_that_is_silent_during_the_handshake(certificates: Certificates) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"https://127.0.0.1:{listener.getsockname()[1]}/"
        with Client(POLICY, tls_context=certificates.trusted) as client:
            outcome = within(SECONDS, lambda: client.fetch(task_for(url, timeout_s=0.4)))
    assert said(outcome) == TIMED_OUT


@row("https address, plain HTTP server", TLS)
def test_a_server_that_does_not_speak_tls(certificates: Certificates) -> None:
    with FaultServer({"/": page}) as server, Client(POLICY, tls_context=certificates.trusted) as client:
        url = f"https://127.0.0.1:{server.port}/"
        assert said(within(SECONDS, lambda: client.fetch(task_for(url)))) == TLS


@row("redirect from https to http", "read")
def test_a_redirect_that_drops_encryption_is_noted(certificates: Certificates) -> None:
    with FaultServer({"/": page}) as plain:

        def downgrade(asked: Asked) -> None:
            asked.respond(302, b"", f"Location: {plain.url}/")

        with (
            FaultServer({"/": downgrade}, tls=serving(certificates.good)) as server,
            Client(POLICY, tls_context=certificates.trusted) as client,
        ):
            outcome = within(SECONDS, lambda: client.fetch(task_for(server.url + "/")))
    assert isinstance(outcome, Fetched)
    assert "not encrypted" in (outcome.tls_note or "")


# --- HTTP/2


def _page2(_server: H2Server, _socket: socket.socket, state: H2Connection, stream: int) -> None:
    respond(state, stream, PAGE)


def _page_and_goodbye(_server: H2Server, _socket: socket.socket, state: H2Connection, stream: int) -> None:
    respond(state, stream, PAGE)
    state.close_connection()


def _drip2(server: H2Server, connection: socket.socket, state: H2Connection, stream: int) -> None:
    state.send_headers(stream, [(":status", "200")])
    while not server.stopping.wait(0.05):
        state.send_data(stream, b"a")
        connection.sendall(state.data_to_send())


def _reset2(_server: H2Server, _socket: socket.socket, state: H2Connection, stream: int) -> None:
    state.send_headers(stream, [(":status", "200")])
    state.send_data(stream, PAGE[:100])
    state.reset_stream(stream)


def _wrong_length2(_server: H2Server, _socket: socket.socket, state: H2Connection, stream: int) -> None:
    respond(state, stream, PAGE, content_length="99999")


def _bomb2(_server: H2Server, _socket: socket.socket, state: H2Connection, stream: int) -> None:
    respond(state, stream, gzip.compress(BOMB), content_encoding="gzip")


H2_ROWS: list[tuple[str, H2Answer, str]] = [
    ("HTTP/2: a byte a moment, in the body", _drip2, TIMED_OUT),
    ("HTTP/2: stream reset in the body", _reset2, CONNECTION),
    ("HTTP/2: body shorter than its content-length", _wrong_length2, CONNECTION),
    ("HTTP/2: gzip bomb", _bomb2, TOO_LARGE),
    ("HTTP/2: connection ended after each page", _page_and_goodbye, "read"),
]
ROWS.update({name: says for name, _, says in H2_ROWS})


@pytest.mark.parametrize(("name", "answer", "says"), H2_ROWS)
def test_a_fault_over_http_2(certificates: Certificates, name: str, answer: H2Answer, says: str) -> None:
    tls = serving(certificates.good)
    with H2Server(tls, {"/": _page2, "/fault": answer}) as server:
        url = f"https://127.0.0.1:{server.port}"
        with Client(POLICY, tls_context=certificates.trusted) as client:
            before = within(SECONDS, lambda: client.fetch(task_for(url + "/")))
            limit = 0.5 if says == TIMED_OUT else SECONDS
            outcome = within(SECONDS, lambda: client.fetch(task_for(url + "/fault", timeout_s=limit)))
            after = within(SECONDS, lambda: client.fetch(task_for(url + "/")))
    assert said(outcome) == says, outcome
    assert said(before) == said(after) == "read", after
    assert isinstance(before, Fetched)
    assert before.body == PAGE


def test_http_2_pages_of_one_batch_share_a_connection(certificates: Certificates) -> None:
    with H2Server(serving(certificates.good), {"/": _page2}) as server:
        with Client(POLICY, tls_context=certificates.trusted) as client:
            for _ in range(5):
                url = f"https://127.0.0.1:{server.port}/"
                assert said(within(SECONDS, lambda url=url: client.fetch(task_for(url)))) == "read"
        assert server.connections == 1


# --- one answer after another


@row("304 with a body, and the page asked for after it", "read")
def test_the_body_of_a_304_is_not_taken_for_the_next_answer(server: FaultServer) -> None:
    with Client(POLICY) as client:
        path = next(fault.path for fault in FAULTS if fault.name == "304 with a body")
        first = within(SECONDS, lambda: client.fetch(task_for(server.url + path, etag='"a"')))
        second = within(SECONDS, lambda: client.fetch(task_for(server.url + path)))
    assert (said(first), said(second)) == ("not modified", "read")
    assert isinstance(second, Fetched)
    assert second.body == PAGE


@row("a kept connection that the server has closed", "read")
def test_a_kept_connection_that_died_is_opened_anew() -> None:
    def close_later(asked: Asked) -> None:
        asked.respond(200, PAGE)  # promises to stay, and does not
        asked.connection.close()

    with FaultServer({"/": close_later}) as server, Client(POLICY) as client:
        outcomes = [within(SECONDS, lambda: client.fetch(task_for(server.url + "/"))) for _ in range(4)]
    assert [said(outcome) for outcome in outcomes] == ["read"] * 4


@row("a kept connection that is closed as the next question arrives", "read")
def test_a_question_that_crossed_with_the_end_of_its_connection_is_asked_again() -> None:
    def close_second(asked: Asked) -> None:
        asked.connection.close() if asked.number == 2 else asked.respond(200, PAGE)

    with FaultServer({"/": close_second}) as server, Client(POLICY) as client:
        outcomes = [within(SECONDS, lambda: client.fetch(task_for(server.url + "/"))) for _ in range(2)]
        assert server.counts["/"] == 3
    assert [said(outcome) for outcome in outcomes] == ["read"] * 2


@row("ETag that flaps while the bytes stay", "not modified")
def test_the_same_bytes_under_a_new_etag_are_not_read_again() -> None:
    def flapping(asked: Asked) -> None:
        asked.respond(200, PAGE, f'ETag: "{asked.number}"')

    with FaultServer({"/": flapping, "/robots.txt": lambda asked: asked.respond(404)}) as server:
        known = {"etag": '"0"', "body_sha256": hashlib.sha256(PAGE).hexdigest(), "extractor": "html-1"}
        batch = HostBatch("northmoor", tuple(task_for(server.url + "/", **known) for _ in range(2)), 0.0)
        seen = within(SECONDS, lambda: read_host(batch, POLICY, never, Surroundings(sleep=lambda _s: None)))
    assert [said(observation.outcome) for observation in seen[1:]] == ["not modified"] * 2
    assert all(observation.outcome.fetched.etag for observation in seen[1:])


def never(_fetched: Fetched, _task: FetchTask) -> Outcome:
    raise AssertionError("these bytes were read before")


@row("5xx in a burst", BUSY)
def test_a_burst_of_5xx_ends_the_batch_and_nothing_is_gone() -> None:
    with FaultServer({"/robots.txt": lambda asked: asked.respond(404)}) as server:
        for number in range(8):
            server.answers[f"/{number}"] = lambda asked: asked.respond(502, PAGE)
        batch = HostBatch("northmoor", tuple(task_for(f"{server.url}/{number}") for number in range(8)), 0.0)
        seen = within(SECONDS, lambda: read_host(batch, POLICY, never, Surroundings(sleep=lambda _s: None)))
        assert sum(server.counts.values()) == 1 + 3
    assert {said(observation.outcome) for observation in seen[1:]} == {BUSY}


@row("robots.txt answers 5xx", ROBOTS)
def test_a_robots_txt_that_fails_pauses_the_host() -> None:
    with FaultServer({"/robots.txt": lambda asked: asked.respond(503), "/": page}) as server:
        batch = HostBatch("northmoor", (task_for(server.url + "/"),), 0.0)
        seen = within(SECONDS, lambda: read_host(batch, POLICY, never, Surroundings(sleep=lambda _s: None)))
        assert server.counts["/"] == 0
    assert said(seen[1].outcome) == ROBOTS


@row("robots.txt asks us not to", ROBOTS)
def test_a_page_that_robots_txt_keeps_from_us_is_not_asked_for() -> None:
    def rules(asked: Asked) -> None:
        asked.respond(200, b"User-agent: statement-watcher\nDisallow: /", "Content-Type: text/plain")

    with FaultServer({"/robots.txt": rules, "/": page}) as server:
        batch = HostBatch("northmoor", (task_for(server.url + "/"),), 0.0)
        seen = within(SECONDS, lambda: read_host(batch, POLICY, never, Surroundings(sleep=lambda _s: None)))
        assert server.counts["/"] == 0
    assert said(seen[1].outcome) == ROBOTS


def test_the_document_shows_exactly_the_rows_that_are_tested() -> None:
    text = DOCUMENT.read_text(encoding="utf-8").partition("## What pages, feeds and lists hold")[0]
    shown = re.findall(r"^\| (.+?) \| (.+?) \|$", text, re.M)
    tested = [(fault.name, fault.says) for fault in FAULTS] + list(ROWS.items())
    assert [pair for pair in shown if pair[0] != "the server" and not pair[0].startswith("-")] == tested
