"""Asking an archive, over real HTTP to a server on loopback that answers as the archive's document says."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytest_httpserver import HTTPServer
from werkzeug.wrappers import Request, Response

from watcher.core.model import ArchivedCopy, CopyAsked, CopyLater, CopyRefused, CopyRunning
from watcher.fetch.exchange import ExchangeError
from watcher.fetch.policy import FetchPolicy
from watcher.fetch.post import Answer, Asker
from watcher.fetch.save_page_now import SavePageNow, _no_copy, _said

PAGE = "https://northmoor.example/sim?id=1&b=2"
ALLOWED = FetchPolicy("statement-watcher/test", frozenset({"localhost"}))


def archive(httpserver: HTTPServer, policy: FetchPolicy = ALLOWED) -> SavePageNow:
    return SavePageNow(httpserver.url_for("").rstrip("/"), "key:swordfish", Asker(policy, timeout_s=5))


def asked(httpserver: HTTPServer, told: Any, status: int = 200, headers: dict[str, str] | None = None) -> Any:
    httpserver.expect_request("/save", method="POST").respond_with_data(json.dumps(told), status, headers)
    return archive(httpserver).ask(PAGE, 90)


def looked(httpserver: HTTPServer, told: Any, status: int = 200) -> Any:
    httpserver.expect_request("/save/status/spn2-1").respond_with_data(json.dumps(told), status)
    return archive(httpserver).look("spn2-1", PAGE)


def test_a_copy_is_asked_for_with_keys_and_no_older_one_will_do(httpserver: HTTPServer) -> None:
    got: list[Request] = []

    def take(request: Request) -> Response:
        request.get_data()
        got.append(request)
        return Response(gzip.compress(b'{"url": "x", "job_id": "spn2-1"}'), headers={"Content-Encoding": "gzip"})

    httpserver.expect_request("/save", method="POST").respond_with_handler(take)
    assert archive(httpserver).ask(PAGE, 90) == CopyAsked("spn2-1")
    (request,) = got
    assert request.form.to_dict() == {
        "url": PAGE, "if_not_archived_within": "90", "skip_first_archive": "1", "js_behavior_timeout": "0"
    }  # fmt: skip
    assert request.headers["Authorization"] == "LOW key:swordfish"
    assert request.headers["Accept"] == "application/json"


def test_a_copy_has_an_address_and_a_time(httpserver: HTTPServer) -> None:
    told = {"status": "success", "timestamp": "20260612090307", "original_url": PAGE, "resources": ["x"] * 500}
    copy = looked(httpserver, told)
    url = f"{httpserver.url_for('').rstrip('/')}/web/20260612090307/{PAGE}"
    assert copy == ArchivedCopy(url, datetime(2026, 6, 12, 9, 3, 7, tzinfo=UTC))


def test_a_copy_that_is_not_there_yet_is_waited_for(httpserver: HTTPServer) -> None:
    assert looked(httpserver, {"status": "pending", "resources": []}) == CopyRunning()


@pytest.mark.parametrize(
    "told",
    [
        {"status": "success"},
        {"status": "success", "timestamp": "20261345000000", "original_url": PAGE},
        {"status": "success", "timestamp": "javascript:0", "original_url": PAGE},
        {"status": "success", "timestamp": 20260612090307, "original_url": PAGE},
        {"status": "success", "timestamp": "20260612090307", "original_url": ["x"]},
    ],
)
def test_a_copy_without_a_time_is_none(httpserver: HTTPServer, told: dict[str, Any]) -> None:
    assert isinstance(looked(httpserver, told), CopyLater)


def test_a_copy_of_another_site_is_none(httpserver: HTTPServer) -> None:
    told = {"status": "success", "timestamp": "20260612090307", "original_url": "https://login.example/?from=northmoor"}
    assert looked(httpserver, told) == CopyRefused("the page led the archive to another site, login.example")


@pytest.mark.parametrize("code", ["not-found", "no-access", "blocked-url"])
def test_what_it_can_never_copy_is_not_asked_again(httpserver: HTTPServer, code: str) -> None:
    assert looked(httpserver, {"status": "error", "status_ext": f"error:{code}"}) == CopyRefused(code)


@pytest.mark.parametrize(
    ("code", "answer"),
    [
        ("gateway-timeout", CopyLater("gateway-timeout")),
        ("something-new", CopyLater("something-new")),
        ("too-many-daily-captures", CopyLater("too-many-daily-captures", 86_400.0)),
        ("user-session-limit", CopyLater("user-session-limit", 60.0, is_archive=True)),
    ],
)
def test_what_may_pass_is_asked_again(httpserver: HTTPServer, code: str, answer: CopyLater) -> None:
    assert asked(httpserver, {"status": "error", "status_ext": f"error:{code}", "message": "…"}) == answer


def test_wrong_keys_are_named_and_never_shown(httpserver: HTTPServer) -> None:
    answer = asked(httpserver, {"message": "You need to be logged in"}, 401)
    assert answer == CopyLater("HTTP 401: the archive does not take WATCHER_ARCHIVE_KEYS", is_archive=True)
    assert "swordfish" not in repr(answer)


def test_an_archive_that_asks_for_patience_gets_it(httpserver: HTTPServer) -> None:
    assert asked(httpserver, {}, 429, {"Retry-After": "300"}) == CopyLater("HTTP 429", 300.0, is_archive=True)


def test_an_archive_that_is_down_rests(httpserver: HTTPServer) -> None:
    assert asked(httpserver, {}, 502) == CopyLater("HTTP 502", is_archive=True)
    nobody = SavePageNow("http://localhost:9", "key:swordfish", Asker(ALLOWED, timeout_s=5))
    answer = nobody.ask(PAGE, 90)
    assert isinstance(answer, CopyLater)
    assert answer.is_archive
    assert answer.reason.startswith("the archive can't be reached: ")


def test_a_private_archive_must_be_named(httpserver: HTTPServer) -> None:
    answer = archive(httpserver, FetchPolicy("statement-watcher/test")).ask(PAGE, 90)
    assert isinstance(answer, CopyLater)
    assert not httpserver.log


def test_a_page_of_words_is_no_answer(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/save", method="POST").respond_with_data("<html>Sorry</html>")
    assert archive(httpserver).ask(PAGE, 90) == CopyLater("HTTP 200, and no word of a copy", is_archive=True)


def test_a_job_that_was_forgotten_is_asked_anew(httpserver: HTTPServer) -> None:
    assert looked(httpserver, {}, 404) == CopyLater("the archive knows nothing of it any more", 0.0)


def test_an_endless_answer_is_cut(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/save", method="POST").respond_with_data(b"x" * 3_000_000)
    answer = archive(httpserver).ask(PAGE, 90)
    assert answer == CopyLater("the archive can't be reached: more than 2000000 bytes", is_archive=True)


def test_keys_are_tried_without_asking_for_a_copy(httpserver: HTTPServer) -> None:
    httpserver.expect_oneshot_request("/save/status/user").respond_with_json({"available": 7, "processing": 0})
    assert archive(httpserver).identify() == "7 copies may be asked for now"
    httpserver.expect_oneshot_request("/save/status/user").respond_with_json({}, 401)
    with pytest.raises(ValueError, match="does not take WATCHER_ARCHIVE_KEYS"):
        archive(httpserver).identify()
    with pytest.raises(ExchangeError):
        SavePageNow("http://localhost:9", "key:swordfish", Asker(ALLOWED, timeout_s=5)).identify()


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(["status", "status_ext", "message", "x"]), inner),
)


@given(st.integers(200, 599), _JSON | st.binary())
def test_whatever_it_says_is_an_answer(status: int, told: Any) -> None:
    body = told if isinstance(told, bytes) else json.dumps(told).encode()
    answer = Answer(status, body, None)
    assert isinstance(_no_copy(answer, _said(answer)), CopyLater | CopyRefused)
