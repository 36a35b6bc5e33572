from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watcher.core.cadence import (
    OPENS_AFTER,
    PROBE_EVERY_S,
    Bounds,
    Breaker,
    BreakerState,
    History,
    Notice,
    after_failure,
    after_success,
    change_rate,
    interval_s,
    next_attempt_s,
    off_topic_interval_s,
    probing,
    wait_after_failure_s,
)

START = datetime(2026, 6, 12, 12, 0, tzinfo=UTC)
HOUR = 3600.0
DAY = 86_400.0
BOUNDS = Bounds(shortest_s=HOUR, longest_s=30 * DAY)


def visits(changes: list[bool], every_s: float) -> History | None:
    """What is kept of visits `every_s` apart; the first one finds no change."""
    if not changes:
        return None
    last_at = START + timedelta(seconds=(len(changes) - 1) * every_s)
    return History(START, last_at, len(changes), sum(changes[1:]))


@given(st.integers(0, 10_000), st.floats(0, 1))
def test_back_off_grows_to_a_day_and_no_further(failures: int, random01: float) -> None:
    wait_s = next_attempt_s(failures, None, random01)
    assert 150.0 <= wait_s <= DAY
    assert wait_s <= next_attempt_s(failures + 1, None, random01)


@given(st.integers(0, 50), st.floats(0, 30 * DAY), st.floats(0, 1))
def test_nobody_is_asked_before_the_time_they_named(failures: int, retry_after_s: float, random01: float) -> None:
    assert next_attempt_s(failures, retry_after_s, random01) >= retry_after_s


def test_maintainers_hear_once_of_a_broken_source_and_once_of_its_return() -> None:
    breaker, heard = Breaker(), []
    for _ in range(12):
        breaker, notice = after_failure(probing(breaker), START)
        heard.append(notice)
    assert heard.count(Notice.BROKEN) == 1
    assert heard.index(Notice.BROKEN) == OPENS_AFTER - 1
    assert (breaker.state, breaker.failures, breaker.broken_since) == (BreakerState.OPEN, 12, START)
    breaker, notice = after_success(probing(breaker))
    assert (breaker, notice) == (Breaker(), Notice.RECOVERED)
    assert after_success(breaker) == (Breaker(), Notice.NONE)


def test_a_few_failures_are_forgotten_by_one_good_read() -> None:
    breaker = Breaker()
    for _ in range(OPENS_AFTER - 1):
        breaker, notice = after_failure(breaker, START)
        assert notice is Notice.NONE
    assert after_success(breaker) == (Breaker(), Notice.NONE)


@given(st.floats(0, 1))
def test_a_broken_source_is_probed_slowly_and_for_good(random01: float) -> None:
    breaker = Breaker(BreakerState.OPEN, 500, START)
    assert 0.75 * PROBE_EVERY_S <= wait_after_failure_s(breaker, None, random01) <= 1.25 * PROBE_EVERY_S
    assert wait_after_failure_s(breaker, 9 * DAY, random01) == 9 * DAY
    assert wait_after_failure_s(Breaker(failures=1), None, 1.0) == 300.0


def test_the_estimator_is_that_of_the_paper() -> None:
    # n = 10 visits a day apart, X = 5 changes: -log((10 - 5 + 0.5) / (10 + 0.5)) = 0.6466 a day.
    history = visits([False] + [True, False] * 5, DAY)
    assert history is not None
    rate = change_rate(history)
    assert rate is not None
    assert rate * DAY == pytest.approx(0.6466, abs=1e-4)


@given(st.lists(st.booleans(), max_size=40), st.floats(60, 30 * DAY))
def test_an_interval_is_always_within_its_bounds(changes: list[bool], every_s: float) -> None:
    history = visits(changes, every_s)
    assert BOUNDS.shortest_s <= interval_s(history, BOUNDS, START + timedelta(days=400)) <= BOUNDS.longest_s


@given(st.integers(1, 30), st.integers(0, 29))
def test_what_changes_more_often_is_read_more_often(visited: int, changed: int) -> None:
    changed = min(changed, visited - 1)
    calm = [False] + [number < changed for number in range(visited)]
    lively = [False] + [number <= changed for number in range(visited)]
    now = START + timedelta(days=visited)
    if changed:
        assert interval_s(visits(lively, DAY), BOUNDS, now) <= interval_s(visits(calm, DAY), BOUNDS, now)


def test_what_never_changed_is_read_ever_more_rarely() -> None:
    history = visits([False] * 5, DAY)
    assert interval_s(history, BOUNDS, START + timedelta(days=10)) == DAY
    assert interval_s(history, BOUNDS, START + timedelta(days=100)) == 10 * DAY


def test_a_document_without_history_is_read_soon() -> None:
    assert interval_s(None, BOUNDS, START) == interval_s(visits([False], DAY), BOUNDS, START) == HOUR
    assert change_rate(History(START, START, 2, 1)) is None


def test_a_document_off_topic_fades_out() -> None:
    assert off_topic_interval_s(0) == DAY
    assert off_topic_interval_s(99) is None
