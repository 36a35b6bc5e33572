from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest

from watcher.notify.logs import keep_secrets_out_of_logs, redact_event

SECRET = "bot123456:AAbbCC-dd_ee"


@pytest.fixture(autouse=True)
def factory_put_back() -> Iterator[None]:
    before = logging.getLogRecordFactory()
    yield
    logging.setLogRecordFactory(before)


def test_a_token_in_a_message_or_its_arguments_is_not_written(caplog: pytest.LogCaptureFixture) -> None:
    keep_secrets_out_of_logs()
    logging.getLogger("some.library").warning("POST %s", f"https://api.example/{SECRET}/sendMessage")
    assert "AAbbCC" not in caplog.text
    assert "https://api.example/bot<token>/sendMessage" in caplog.text


def test_a_token_in_a_traceback_is_not_written(caplog: pytest.LogCaptureFixture) -> None:
    keep_secrets_out_of_logs()
    try:
        raise ValueError(f"no route to /{SECRET}/getMe")
    except ValueError:
        logging.getLogger("some.library").exception("it failed")
    assert "AAbbCC" not in caplog.text
    assert "ValueError: no route to /bot<token>/getMe" in caplog.text


def test_other_messages_stay_as_they_are_and_a_second_call_changes_nothing(caplog: pytest.LogCaptureFixture) -> None:
    keep_secrets_out_of_logs()
    factory = logging.getLogRecordFactory()
    keep_secrets_out_of_logs()
    assert logging.getLogRecordFactory() is factory
    logging.getLogger("some.library").warning("%d sources read", 211)
    assert caplog.records[0].args == (211,)


def test_the_http_libraries_say_only_what_went_wrong() -> None:
    keep_secrets_out_of_logs()
    assert not logging.getLogger("httpx").isEnabledFor(logging.INFO)
    assert not logging.getLogger("httpcore").isEnabledFor(logging.INFO)


def test_an_event_of_structlog_is_redacted() -> None:
    assert redact_event(None, "info", {"event": f"/{SECRET}/x", "count": 3}) == {"event": "/bot<token>/x", "count": 3}
