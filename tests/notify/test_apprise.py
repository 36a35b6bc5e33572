"""Chat services through apprise, with a server on loopback as their other end."""

from __future__ import annotations

import logging
import socket
import threading
import time

import pytest
from pytest_httpserver import HTTPServer
from werkzeug.wrappers import Request, Response

from watcher.core.errors import SendError
from watcher.core.model import Delivery, InDoubt, Receipt, Refused, Sent, TryAgain
from watcher.notify.apprise import AppriseNotifier


def delivery(body: str = "Northmoor Care Trust changed its statement", **more: object) -> Delivery:
    return Delivery("alert:7:apprise:team", "apprise", "team", "News", body, change_id=7, **more)  # type: ignore[arg-type]


def send(url: str, what: Delivery | None = None, deadline_s: float = 20.0) -> Receipt:
    notifier = AppriseNotifier({"team": url}, deadline_s)
    try:
        return notifier.send(what or delivery())
    finally:
        notifier.close()


def bodies(httpserver: HTTPServer) -> list[str]:
    return [request.get_data(as_text=True) for request, _ in httpserver.log]


def where(httpserver: HTTPServer) -> str:
    return f"127.0.0.1:{httpserver.port}"


@pytest.fixture
def taking(httpserver: HTTPServer) -> HTTPServer:
    httpserver.expect_request("/", method="POST").respond_with_data("{}")
    httpserver.expect_request("/hooks/abcdef", method="POST").respond_with_data("ok")
    httpserver.expect_request("/room", method="POST").respond_with_data("{}")
    httpserver.expect_request("/ntfy", method="POST").respond_with_data("{}")
    return httpserver


@pytest.mark.parametrize("form", ["json://{}/", "form://{}/", "xml://{}/", "mmost://{}/abcdef", "ntfy://{}/ntfy"])
def test_several_services_take_the_same_text(taking: HTTPServer, form: str) -> None:
    assert send(form.format(where(taking))) == Sent("-")
    (body,) = bodies(taking)
    assert "Northmoor" in body


def test_a_message_that_may_have_arrived_says_so(taking: HTTPServer) -> None:
    send(f"json://{where(taking)}/", delivery(may_repeat=True))
    assert "Possible repeat of alert c-7" in bodies(taking)[0]


def test_a_text_too_long_for_a_service_goes_in_parts_and_whole(taking: HTTPServer) -> None:
    words = [f"word{number}" for number in range(1500)]
    assert send(f"mmost://{where(taking)}/abcdef", delivery(" ".join(words))) == Sent("-")
    told = " ".join(bodies(taking))
    assert len(bodies(taking)) > 1
    assert all(word in told for word in words)


@pytest.mark.parametrize("status", [400, 403, 404, 429, 500, 503])
def test_a_service_that_says_no_is_asked_again_after_growing_pauses(httpserver: HTTPServer, status: int) -> None:
    httpserver.expect_request("/").respond_with_data("no", status)
    url = f"json://{where(httpserver)}/"
    assert send(url, delivery(attempts=1)) == TryAgain(15.0, "the service did not take the message")
    assert send(url, delivery(attempts=4)) == TryAgain(120.0, "the service did not take the message")


def test_nobody_listening_is_tried_again_for_nothing_was_sent() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        receipt = send(f"json://127.0.0.1:{closed.getsockname()[1]}/", delivery(attempts=1))
    assert receipt == TryAgain(15.0, "the service could not be reached")


def test_a_connection_that_breaks_after_the_message_is_in_doubt(hanging_up: int) -> None:
    assert isinstance(send(f"json://127.0.0.1:{hanging_up}/"), InDoubt)


def test_an_answer_that_does_not_come_is_in_doubt(httpserver: HTTPServer) -> None:
    released = threading.Event()

    def take(request: Request) -> Response:
        released.wait(5)
        return Response("late")

    httpserver.expect_request("/").respond_with_handler(take)
    started = time.monotonic()
    try:
        receipt = send(f"json://{where(httpserver)}/?rto=0.3", deadline_s=10)
        assert isinstance(receipt, InDoubt)
        assert time.monotonic() - started < 4
    finally:
        released.set()


def test_no_redirect_is_followed(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/moved").respond_with_data("", 307, {"Location": httpserver.url_for("/elsewhere")})
    assert isinstance(send(f"json://{where(httpserver)}/moved"), TryAgain)
    paths = [request.path for request, _ in httpserver.log]
    assert "/moved" in paths
    assert "/elsewhere" not in paths


def test_no_secret_reaches_a_log_or_an_error(httpserver: HTTPServer, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    httpserver.expect_request("/").respond_with_data("no", 500)
    send(f"json://ada:swordfish@{where(httpserver)}/?-token=swordfish")
    assert "swordfish" not in "\n".join(
        record.getMessage() for record in caplog.records if not record.name.startswith("werkzeug")
    )
    with pytest.raises(SendError, match="WATCHER_ALERT_URLS: team") as caught:
        send("slack://swordfish")
    assert "swordfish" not in str(caught.value)


def test_an_address_that_was_taken_out_of_the_settings_is_named() -> None:
    assert AppriseNotifier({}).send(delivery()) == Refused("WATCHER_ALERT_URLS has no team any more")
