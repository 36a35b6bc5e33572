"""Which stretch of time a digest tells of: ISO weeks and days on the wall clocks of one zone, half-open in UTC.

A window begins where the one before it ended, so each instant lies in exactly one week and one
day, also where clocks change and where a year has 53 weeks. `zone` is a ZoneInfo; which changes
of the clock it knows is the machine's business.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from watcher.core.filter import Rhythm

_WEEK = re.compile(r"\s*(\d{4})\s*-?\s*W\s*(\d{1,2})\s*", re.IGNORECASE | re.ASCII)
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_FIRST_YEAR, _LAST_YEAR = 1990, 2200
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_SEND = re.compile(r"([A-Za-z]{3,})\s+(\d{1,2}):(\d\d)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Window:
    """[since, until): a week ("2026-W31") or a day ("2026-08-03")."""

    period: str
    first_on: date
    last_on: date  # the same day, or the Sunday
    since: datetime  # UTC
    until: datetime  # UTC, not within it

    @property
    def rhythm(self) -> Rhythm:
        """How often there is such a window."""
        return Rhythm.DAILY if self.first_on == self.last_on else Rhythm.WEEKLY


@dataclass(frozen=True, slots=True)
class SendTime:
    """When digests leave: weekly ones on this weekday (0: Monday), daily ones each day at the same time."""

    weekday: int
    at: time

    def __str__(self) -> str:
        """As it is written: "Mon 08:00"."""
        return f"{_WEEKDAYS[self.weekday][:3]} {self.at:%H:%M}"


def week_with(day: date, zone: tzinfo) -> Window:
    """The ISO week that holds `day`.

    >>> from zoneinfo import ZoneInfo
    >>> week_with(date(2027, 1, 2), ZoneInfo("Europe/London")).period
    '2026-W53'
    """
    monday = day - timedelta(days=day.weekday())
    year, week, _ = monday.isocalendar()
    after = monday + timedelta(days=7)
    last = after - timedelta(days=1)
    return Window(f"{year}-W{week:02}", monday, last, _midnight(monday, zone), _midnight(after, zone))


def day_window(day: date, zone: tzinfo) -> Window:
    """The day as a window; 23 or 25 hours where clocks change."""
    return Window(day.isoformat(), day, day, _midnight(day, zone), _midnight(day + timedelta(days=1), zone))


def parse_week(text: str, zone: tzinfo) -> Window:
    """The week that is meant by "2026-W31". Raises ValueError with the nearest valid form.

    >>> from zoneinfo import ZoneInfo
    >>> parse_week("2025-W53", ZoneInfo("Europe/London"))
    Traceback (most recent call last):
    ...
    ValueError: "2025-W53": 2025 has 52 weeks: the nearest are 2025-W52 and 2026-W01
    """
    found = _WEEK.fullmatch(text)
    if found is None:
        raise ValueError(f'"{text}" is not a week: write the year and its ISO week like "2026-W31"{_meant(text, zone)}')
    year, week = int(found[1]), int(found[2])
    if not _FIRST_YEAR <= year <= _LAST_YEAR:
        raise ValueError(f'"{text}": the year must lie between {_FIRST_YEAR} and {_LAST_YEAR}, as in "2026-W31"')
    weeks = date(year, 12, 28).isocalendar().week  # 28 December lies in the last week of its year (ISO 8601)
    if week < 1:
        raise ValueError(f'"{text}": weeks count from 1: the nearest is {year}-W01')
    if week > weeks:
        near = f"{year}-W{weeks} and {year + 1}-W01"
        raise ValueError(f'"{text}": {year} has {weeks} weeks: the nearest are {near}')
    return week_with(date.fromisocalendar(year, week, 1), zone)


def parse_day(text: str, zone: tzinfo) -> Window:
    """The day that is meant by "2026-08-03". Raises ValueError with the valid form."""
    try:
        day = date.fromisoformat(text.strip()) if _DAY.fullmatch(text.strip()) else None
    except ValueError as exc:
        raise ValueError(f'"{text}" is not a day of the calendar: {exc}') from exc
    if day is None or not _FIRST_YEAR <= day.year <= _LAST_YEAR:
        raise ValueError(f'"{text}" is not a day: write it like "2026-08-03"')
    return day_window(day, zone)


def parse_send_time(text: str) -> SendTime:
    """When digests leave, from "Mon 08:00". Raises ValueError.

    >>> str(parse_send_time("monday 8:00"))
    'Mon 08:00'
    """
    found = _SEND.fullmatch(text.strip())
    day = found[1].title() if found else ""
    weekday = next((at for at, name in enumerate(_WEEKDAYS) if name.startswith(day)), 0)
    if found is None or not _WEEKDAYS[weekday].startswith(day) or int(found[2]) > 23 or int(found[3]) > 59:
        raise ValueError(f'"{text}" is not a weekday and a time of day: write it like "Mon 08:00"')
    return SendTime(weekday, time(int(found[2]), int(found[3])))


def window_at(at: datetime, rhythm: Rhythm, zone: tzinfo) -> Window:
    """The week or day in which the instant `at` lies."""
    return _window(_local_day(at, zone), rhythm, zone)


def latest_whole(at: datetime, rhythm: Rhythm, zone: tzinfo) -> Window:
    """The latest week or day that has ended at the instant `at`."""
    return _before(window_at(at, rhythm, zone), zone)


def whole_between(after: datetime, until: datetime, rhythm: Rhythm, zone: tzinfo) -> Iterator[Window]:
    """Every week or day that ended later than `after`, and not later than `until`; the oldest first."""
    window = window_at(after, rhythm, zone)
    while window.until <= until:
        yield window
        window = _window(window.last_on + timedelta(days=1), rhythm, zone)


def due_at(window: Window, send: SendTime, zone: tzinfo) -> datetime:
    """When the digest of `window` leaves: the first such moment that is not before its end."""
    day = window.last_on + timedelta(days=1)
    if window.rhythm is Rhythm.WEEKLY:
        day += timedelta(days=(send.weekday - day.weekday()) % 7)
    return datetime.combine(day, send.at, zone).astimezone(UTC)


def latest_due(at: datetime, rhythm: Rhythm, send: SendTime, zone: tzinfo) -> Window:
    """The latest week or day whose digest is due at the instant `at`."""
    window = latest_whole(at, rhythm, zone)
    return window if due_at(window, send, zone) <= at else _before(window, zone)


def _before(window: Window, zone: tzinfo) -> Window:
    return _window(window.first_on - timedelta(days=1), window.rhythm, zone)


def _window(day: date, rhythm: Rhythm, zone: tzinfo) -> Window:
    return day_window(day, zone) if rhythm is Rhythm.DAILY else week_with(day, zone)


def _midnight(day: date, zone: tzinfo) -> datetime:
    """The instant at which `day` begins. Where clocks leap over midnight, the one at which they leap."""
    return datetime.combine(day, time(), zone).astimezone(UTC)


def _local_day(at: datetime, zone: tzinfo) -> date:
    """The day whose window holds the instant."""
    day = at.astimezone(zone).date()
    # Clocks that go back over midnight bring one day's last hour after its end: it is the next day's.
    return day + timedelta(days=1) if at >= _midnight(day + timedelta(days=1), zone) else day


def _meant(text: str, zone: tzinfo) -> str:
    """The week of a day, or of a text with year and number in it: a guess at what was meant."""
    try:
        return f" ({text.strip()} lies in {week_with(date.fromisoformat(text.strip()), zone).period})"
    except ValueError:
        pass
    numbers = re.findall(r"\d+", text, re.ASCII)
    if len(numbers) == 2 and len(numbers[0]) == 4 and 1 <= int(numbers[1]) <= 53:
        return f' (did you mean "{numbers[0]}-W{int(numbers[1]):02}"?)'
    return ""
