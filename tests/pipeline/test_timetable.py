"""When an address is read next: within the bounds that its source sets."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from watcher.core.model import Source, SourceKind
from watcher.pipeline import timetable
from watcher.store.checks import Check

NOW = datetime(2026, 6, 12, 14, 0, tzinfo=UTC)
SOURCE = Source("news", "northmoor", SourceKind.LISTING, "https://northmoor.example/news", every_s=3600)
CHECK = Check(
    **dict.fromkeys(Check.__slots__, None)
    | {"id": 1, "source_id": "news", "role": "document", "identity": "i", "url": "u", "is_baseline": False,
       "found_title": "A statement", "visits": 0, "changes_seen": 0, "failures": 0, "gone_count": 0,
       "is_on_topic": True},
)  # fmt: skip


def hours(check: Check, source: Source, *, is_on_topic: bool) -> float | None:
    then = timetable.next_read(check, source, NOW, is_on_topic=is_on_topic)
    return (then - NOW).total_seconds() / 3600 if then else None


def quiet(visits: int, days: float) -> Check:
    return replace(CHECK, visits=visits, first_read_at=NOW - timedelta(days=days), last_read_at=NOW)


def test_a_source_keeps_its_own_interval() -> None:
    assert hours(replace(CHECK, found_title=None), SOURCE, is_on_topic=False) == pytest.approx(1, rel=0.11)


def test_a_statement_that_never_changes_is_read_ever_more_rarely_up_to_the_bound_of_its_source() -> None:
    assert hours(CHECK, SOURCE, is_on_topic=True) == pytest.approx(1, rel=0.11)
    young, old = quiet(10, 0.5), quiet(400, 300)
    assert hours(young, SOURCE, is_on_topic=True) == pytest.approx(1.2, rel=0.11)
    assert hours(old, SOURCE, is_on_topic=True) == pytest.approx(24, rel=0.11)
    weekly = replace(SOURCE, longest_s=7 * 86_400)
    assert hours(old, weekly, is_on_topic=True) == pytest.approx(7 * 24, rel=0.11)


def test_a_statement_that_changes_often_is_read_often() -> None:
    lively = replace(quiet(100, 10), changes_seen=90)
    assert hours(lively, SOURCE, is_on_topic=True) == pytest.approx(1, rel=0.11)


def test_what_is_not_on_topic_fades_out() -> None:
    days = [hours(replace(CHECK, visits=visits), SOURCE, is_on_topic=False) for visits in range(4)]
    assert days[:3] == [pytest.approx(24 * n, rel=0.11) for n in (1, 7, 30)]
    assert days[3] is None


def test_a_broken_source_is_tried_slowly() -> None:
    waits = [
        (timetable.next_try(replace(CHECK, failures=failures), NOW, None) - NOW).total_seconds()
        for failures in (0, 2, 50)
    ]
    assert waits[0] <= 300
    assert waits == sorted(waits)
    assert (timetable.next_try(CHECK, NOW, 7200) - NOW).total_seconds() >= 7200
