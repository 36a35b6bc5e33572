from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watcher.core.model import Unreachable
from watcher.fetch.statuses import RETRY_AFTER_MAX_S, gone_how, refusal, retry_after_s

NOW = datetime(2026, 6, 12, 12, 0, tzinfo=UTC)


@given(st.integers(100, 1200))
def test_only_404_and_410_are_gone_and_only_200_and_203_bring_a_page(status: int) -> None:
    assert (gone_how(status, {}) is not None) == (status in (404, 410))
    assert (refusal(status, {}, NOW) is None) == (status in (200, 203))


@given(st.integers(400, 599).filter(lambda status: status not in (404, 410)))
def test_every_other_error_is_unreachable(status: int) -> None:
    assert isinstance(refusal(status, {}, NOW), Unreachable)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("0", 0.0),
        ("17", 17.0),
        ("999999999999", RETRY_AFTER_MAX_S),
        ("Fri, 12 Jun 2026 12:01:40 GMT", 100.0),
        ("Friday, 12-Jun-26 12:01:40 GMT", 100.0),
        ("Fri, 12 Jun 2026 11:00:00 GMT", 0.0),
        ("-5", None),
        ("1.5", None),
        ("soon", None),
        ("", None),
        ("Fri, 99 Jun 2026 12:01:40 GMT", None),
    ],
)
def test_retry_after_in_each_of_its_forms(value: str, expected: float | None) -> None:
    assert retry_after_s({"retry-after": value}, NOW) == expected


def test_a_date_is_read_by_the_servers_own_clock() -> None:
    headers = {"retry-after": "Fri, 12 Jun 2026 10:05:00 GMT", "date": "Fri, 12 Jun 2026 10:00:00 GMT"}
    assert retry_after_s(headers, NOW) == 300.0


@given(st.text())
def test_no_retry_after_raises(value: str) -> None:
    assert (retry_after_s({"retry-after": value}, NOW) or 0.0) >= 0.0
