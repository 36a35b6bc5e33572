from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watcher.core.filter import Rhythm
from watcher.core.weeks import (
    SendTime,
    Window,
    day_window,
    due_at,
    latest_due,
    latest_whole,
    parse_day,
    parse_send_time,
    parse_week,
    week_with,
    whole_between,
    window_at,
)

LONDON = ZoneInfo("Europe/London")
FIRST, LAST = date(2026, 1, 1), date(2032, 12, 31)
MONDAY_AT_8 = SendTime(0, time(8))
ZONES = ["Europe/London", "UTC", "America/New_York", "Australia/Lord_Howe", "Africa/Cairo", "Atlantic/Azores"]
INSTANTS = st.integers(0, 7 * 366 * 86_400).map(lambda s: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=s))
RHYTHMS = st.sampled_from([Rhythm.DAILY, Rhythm.WEEKLY])


def windows(rhythm: Rhythm) -> list[Window]:
    start, end = day_window(FIRST, LONDON).since, day_window(LAST, LONDON).until
    return list(whole_between(start, end, rhythm, LONDON))


@pytest.mark.parametrize("rhythm", [Rhythm.DAILY, Rhythm.WEEKLY])
def test_from_2026_to_2032_windows_follow_each_other_without_gap_or_overlap(rhythm: Rhythm) -> None:
    found = windows(rhythm)
    assert all(one.until == other.since for one, other in pairwise(found))
    assert len({one.period for one in found}) == len(found)


def test_every_day_from_2026_to_2032_comes_once() -> None:
    days = [(LAST - FIRST).days + 1]
    found = windows(Rhythm.DAILY)
    assert [len(found)] == days
    assert [found[0].period, found[-1].period] == ["2026-01-01", "2032-12-31"]
    assert {(one.until - one.since) // timedelta(hours=1) for one in found} == {23, 24, 25}


def test_every_week_from_2026_to_2032_comes_once_and_two_of_the_years_have_53() -> None:
    found = windows(Rhythm.WEEKLY)
    assert len(found) == 365
    assert [one.period for one in found if one.period.endswith("W53")] == ["2026-W53"]
    assert week_with(LAST, LONDON).period == "2032-W53"  # it ends in 2033
    assert [found[0].period, found[-1].period] == ["2026-W01", "2032-W52"]
    assert all(one.first_on.weekday() == 0 and (one.last_on - one.first_on).days == 6 for one in found)
    short = [one.period for one in found if one.until - one.since == timedelta(days=7, hours=-1)]
    long = [one.period for one in found if one.until - one.since == timedelta(days=7, hours=1)]
    assert len(short) == len(long) == 7
    assert short[0] == "2026-W13" and long[0] == "2026-W43"


def test_a_week_begins_at_midnight_on_the_wall_clock_summer_and_winter() -> None:
    assert week_with(date(2026, 6, 10), LONDON).since == datetime(2026, 6, 7, 23, tzinfo=UTC)
    assert week_with(date(2026, 12, 2), LONDON).since == datetime(2026, 11, 30, tzinfo=UTC)
    spring, autumn = parse_week("2026-W13", LONDON), parse_week("2026-W43", LONDON)
    assert (spring.since.hour, spring.until.hour) == (0, 23)
    assert (autumn.since.hour, autumn.until.hour) == (23, 0)


def test_the_days_of_a_year_end_lie_in_the_week_of_their_thursday() -> None:
    assert [week_with(date(2026, 12, day), LONDON).period for day in (27, 28, 31)] == ["2026-W52", *["2026-W53"] * 2]
    assert [week_with(date(2027, 1, day), LONDON).period for day in (1, 3, 4)] == [*["2026-W53"] * 2, "2027-W01"]
    assert week_with(date(2025, 12, 29), LONDON).period == "2026-W01"


@given(INSTANTS, RHYTHMS, st.sampled_from(ZONES))
def test_an_instant_lies_in_the_window_that_is_named_for_it(at: datetime, rhythm: Rhythm, zone: str) -> None:
    window = window_at(at, rhythm, ZoneInfo(zone))
    assert window.since <= at < window.until
    assert window.rhythm is rhythm
    assert latest_whole(at, rhythm, ZoneInfo(zone)).until == window.since


@given(INSTANTS, INSTANTS, RHYTHMS)
def test_what_was_missed_is_every_window_that_ended_in_between(one: datetime, other: datetime, rhythm: Rhythm) -> None:
    after, until = min(one, other), max(one, other)
    until = min(until, after + timedelta(days=100))
    found = list(whole_between(after, until, rhythm, LONDON))
    assert all(after < window.until <= until for window in found)
    assert all(early.until == late.since for early, late in pairwise(found))
    if found:
        assert found[0].since <= after
        assert window_at(until, rhythm, LONDON).since == found[-1].until


@given(st.dates(FIRST, LAST))
def test_a_period_as_it_is_written_is_read_back(day: date) -> None:
    assert parse_week(week_with(day, LONDON).period, LONDON) == week_with(day, LONDON)
    assert parse_day(day.isoformat(), LONDON) == day_window(day, LONDON)


@given(INSTANTS, RHYTHMS, st.integers(0, 6), st.times().map(lambda t: t.replace(second=0, microsecond=0, tzinfo=None)))
def test_a_digest_is_due_once_its_window_has_ended_and_the_last_due_is_never_left_behind(
    at: datetime, rhythm: Rhythm, weekday: int, hour: time
) -> None:
    send = SendTime(weekday, hour)
    due = latest_due(at, rhythm, send, LONDON)
    assert due.until <= due_at(due, send, LONDON) <= at
    following = window_at(due.until, rhythm, LONDON)
    assert due_at(following, send, LONDON) > at


def test_weekly_digests_leave_on_monday_morning_whatever_the_clocks_do() -> None:
    for window in windows(Rhythm.WEEKLY):
        local = due_at(window, MONDAY_AT_8, LONDON).astimezone(LONDON)
        assert (local.weekday(), local.hour, local.date()) == (0, 8, window.last_on + timedelta(days=1))


@pytest.mark.parametrize("text", ["2026-W31", "2026-w31", " 2026W31 ", "2026-W 31"])
def test_a_week_may_be_written_loosely(text: str) -> None:
    assert parse_week(text, LONDON).period == "2026-W31"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("2025-W53", "2025 has 52 weeks: the nearest are 2025-W52 and 2026-W01"),
        ("2026-W54", "2026 has 53 weeks: the nearest are 2026-W53 and 2027-W01"),
        ("2026-W0", "weeks count from 1: the nearest is 2026-W01"),
        ("2026-31", 'did you mean "2026-W31"?'),
        ("2026/7", 'did you mean "2026-W07"?'),
        ("2026-08-03", "2026-08-03 lies in 2026-W32"),
        ("last", 'write the year and its ISO week like "2026-W31"'),
        ("", 'like "2026-W31"'),
        ("0001-W01", "between 1990 and 2200"),
        ("٢٠٢٦-W31", "is not a week"),
    ],
)
def test_a_week_that_is_none_is_refused_with_the_nearest(text: str, says: str) -> None:
    with pytest.raises(ValueError, match="2") as fault:
        parse_week(text, LONDON)
    assert says in str(fault.value)


@pytest.mark.parametrize("text", ["2026-02-30", "2026-W31", "yesterday", "20260803", "1789-07-14", "2026-13-01"])
def test_a_day_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not a day"):
        parse_day(text, LONDON)


@pytest.mark.parametrize(
    ("text", "read"), [("Mon 08:00", "Mon 08:00"), ("fri 17:30", "Fri 17:30"), ("Wednesday 9:05", "Wed 09:05")]
)
def test_the_time_of_sending_is_read(text: str, read: str) -> None:
    assert str(parse_send_time(text)) == read


@pytest.mark.parametrize("text", ["08:00", "Mon", "Mo 08:00", "Mon 24:00", "Mon 8", "Someday 08:00", "Mon 08:60"])
def test_a_time_of_sending_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match='write it like "Mon 08:00"'):
        parse_send_time(text)
