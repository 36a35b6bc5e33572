"""The signed webhook, over real HTTP to a receiver on loopback."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
import socket
from functools import partial

import pytest
from pytest_httpserver import HTTPServer
from werkzeug.wrappers import Request, Response

from tests.render.alerts import an_alert
from watcher.core.errors import SendError
from watcher.core.model import Delivery, Receipt, Refused, Sent, TryAgain
from watcher.fetch.policy import FetchPolicy
from watcher.fetch.post import post
from watcher.notify.webhook import WebhookNotifier, keys_of, webhook_id
from watcher.render import RENDERERS

KEY, OLD_KEY = b"k" * 24, b"o" * 32
SECRET = "whsec_" + base64.b64encode(KEY).decode()
ALLOWED = FetchPolicy("statement-watcher/test", frozenset({"localhost"}))


def delivery(attempts: int = 1, key: str = "alert:1:webhook:hook") -> Delivery:
    return Delivery(key, "webhook", "hook", "News", RENDERERS["webhook"](an_alert()), attempts=attempts)


def notifier(url: str, policy: FetchPolicy = ALLOWED, keys: tuple[bytes, ...] = (KEY,)) -> WebhookNotifier:
    return WebhookNotifier({"hook": url}, keys, partial(post, policy), clock=lambda: 1_700_000_000.9)


def answered(httpserver: HTTPServer, status: int, headers: dict[str, str] | None = None, attempts: int = 1) -> Receipt:
    httpserver.expect_request("/in", method="POST").respond_with_data("", status, headers)
    return notifier(httpserver.url_for("/in")).send(delivery(attempts))


def test_a_receiver_can_verify_what_it_gets(httpserver: HTTPServer) -> None:
    got: list[Request] = []

    def take(request: Request) -> Response:
        request.get_data()
        got.append(request)
        return Response(status=204)

    httpserver.expect_request("/in", method="POST").respond_with_handler(take)
    assert notifier(httpserver.url_for("/in"), keys=(KEY, OLD_KEY)).send(delivery()) == Sent(webhook_id(delivery().key))
    (request,) = got
    body, headers = request.get_data(), request.headers
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    signatures = headers["webhook-signature"].split(" ")
    assert signatures == [
        "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode() for key in (KEY, OLD_KEY)
    ]
    assert headers["webhook-timestamp"] == "1700000000"
    assert headers["Content-Type"] == "application/json"
    told = json.loads(body)
    assert (told["type"], told["schema"], told["data"]["id"]) == ("alert.created", 1, an_alert().number)


def test_every_try_of_one_delivery_has_the_same_id_and_no_other_delivery_has_it() -> None:
    assert webhook_id("alert:1:webhook:hook") == webhook_id("alert:1:webhook:hook")
    assert webhook_id("alert:1:webhook:hook") != webhook_id("alert:2:webhook:hook")
    assert re.fullmatch(r"msg_[0-9a-f]{32}", webhook_id("alert:1:webhook:hook"))


@pytest.mark.parametrize("status", [200, 201, 202, 204])
def test_any_2xx_is_sent(httpserver: HTTPServer, status: int) -> None:
    assert isinstance(answered(httpserver, status), Sent)


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504])
def test_what_may_pass_is_tried_again_after_growing_pauses(httpserver: HTTPServer, status: int) -> None:
    pauses = [answered(httpserver, status, attempts=attempts) for attempts in (1, 2, 3, 29)]
    assert pauses == [TryAgain(after_s, f"HTTP {status}") for after_s in (15.0, 30.0, 60.0, 3600.0)]


def test_a_wait_that_the_receiver_asks_for_is_kept(httpserver: HTTPServer) -> None:
    assert answered(httpserver, 429, {"Retry-After": "7"}) == TryAgain(7.0, "HTTP 429", is_paced=True)


@pytest.mark.parametrize("status", [400, 401, 403, 404, 405, 413, 422])
def test_what_the_receiver_does_not_want_is_refused(httpserver: HTTPServer, status: int) -> None:
    assert answered(httpserver, status) == Refused(f"HTTP {status}")


def test_a_receiver_that_is_gone_is_left_alone(httpserver: HTTPServer) -> None:
    assert answered(httpserver, 410) == Refused("HTTP 410: the receiver wants no more", is_unwelcome=True)


def test_a_redirect_is_not_followed(httpserver: HTTPServer) -> None:
    receipt = answered(httpserver, 307, {"Location": httpserver.url_for("/elsewhere")})
    assert isinstance(receipt, Refused)
    assert "WATCHER_WEBHOOK_URLS" in receipt.reason
    assert [request.path for request, _ in httpserver.log] == ["/in"]


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "[::1]", "10.0.0.1", "169.254.169.254"])
def test_a_private_address_is_refused_unless_it_is_named(httpserver: HTTPServer, host: str) -> None:
    receipt = notifier(f"http://{host}:{httpserver.port}/in", FetchPolicy("test")).send(delivery())
    assert isinstance(receipt, Refused)
    assert "WATCHER_ALLOW_PRIVATE_HOSTS" in receipt.reason
    assert httpserver.log == []


def test_nobody_listening_is_tried_again() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
        receipt = notifier(f"http://localhost:{port}/secret-path").send(delivery())
    assert isinstance(receipt, TryAgain)
    assert "refused the connection" in receipt.reason
    assert "secret-path" not in receipt.reason


def test_an_answer_that_was_lost_is_asked_for_again_under_the_same_id(hanging_up: int) -> None:
    assert isinstance(notifier(f"http://localhost:{hanging_up}/in").send(delivery()), TryAgain)


def test_an_address_that_was_taken_out_of_the_settings_is_named() -> None:
    receipt = WebhookNotifier({}, [KEY], partial(post, ALLOWED)).send(delivery())
    assert receipt == Refused("WATCHER_WEBHOOK_URLS has no hook any more")


@pytest.mark.parametrize("secret", ["", "swordfish", "whsec_c2hvcnQ=", f"{SECRET} swordfish", "whsec_%%%"])
def test_a_secret_that_is_none_is_named_and_not_shown(secret: str) -> None:
    with pytest.raises(SendError, match="WATCHER_WEBHOOK_SECRET") as caught:
        keys_of(secret)
    assert "swordfish" not in str(caught.value)


def test_two_secrets_sign_while_one_is_being_replaced() -> None:
    assert keys_of(f"{SECRET} whsec_{base64.b64encode(OLD_KEY).decode()}") == [KEY, OLD_KEY]
