"""Numbers over time: one row of bars a kind or stance, made on the server, and the same as a table."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from sqlite_utils import Database
from starlette.requests import Request
from starlette.responses import Response

from watcher.core.topic import Topic
from watcher.store import positions, views
from watcher.web import phrases
from watcher.web.site import Site

WEEKS = 26
BAR, GAP, HEIGHT = 8, 2, 40  # in the units of the picture
WIDTH = WEEKS * (BAR + GAP)


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a chart: its name, and a number for each week."""

    label: str
    numbers: tuple[int, ...]
    path: str  # of the bars, for SVG


@dataclass(frozen=True, slots=True)
class Chart:
    """Rows over the same weeks; each week is named by its Monday."""

    weeks: tuple[date, ...]
    rows: tuple[Row, ...]
    most: int = 0  # what the tallest bar counts


def charts(site: Site, request: Request, db: Database | None) -> Response:
    """New statements a week by kind of organisation, and how many organisations stated what."""
    weeks = weeks_until(site.today())
    stated = positions.stated(db) if db is not None else []
    return site.page(
        request,
        db,
        "charts.html",
        statements=_statements(site, db, weeks) if db is not None else Chart(weeks, ()),
        boards=[(topic, _stances(topic, stated, weeks)) for topic in site.configuration.topics],
        width=WIDTH,
        height=HEIGHT,
    )


def weeks_until(today: date) -> tuple[date, ...]:
    """The Mondays of the last WEEKS weeks, this one last."""
    monday = today - timedelta(days=today.weekday())
    return tuple(monday - timedelta(weeks=number) for number in reversed(range(WEEKS)))


def _statements(site: Site, db: Database, weeks: tuple[date, ...]) -> Chart:
    since = datetime.combine(weeks[0], time(), UTC)
    counts: dict[str, Counter[date]] = {}
    for at, kind in views.appearances(db, since):
        day = site.local(at).date()
        counts.setdefault(kind, Counter())[day - timedelta(days=day.weekday())] += 1
    named = [(words, counts[kind]) for kind, words in phrases.ORGANISATION_KINDS.items() if kind in counts]
    return _chart(weeks, [(label, [found[week] for week in weeks]) for label, found in named])


def _stances(topic: Topic, stated: list[tuple[date, str, str, str]], weeks: tuple[date, ...]) -> Chart:
    """At the end of each week, how many organisations stood at each stance by what they had stated until then."""
    current: dict[str, str] = {}
    numbers: dict[str, list[int]] = {stance: [] for stance in phrases.STANCE_NAMES}
    waiting = [one for one in stated if one[2] == topic.id]
    at = 0
    for week in weeks:
        while at < len(waiting) and waiting[at][0] < week + timedelta(weeks=1):
            current[waiting[at][1]] = waiting[at][3]
            at += 1
        standing = Counter(current.values())
        for stance, told in numbers.items():
            told.append(standing[stance])
    return _chart(weeks, [(phrases.stance_label(stance), told) for stance, told in numbers.items() if any(told)])


def _chart(weeks: tuple[date, ...], rows: list[tuple[str, list[int]]]) -> Chart:
    most = max((number for _, numbers in rows for number in numbers), default=0)
    return Chart(weeks, tuple(Row(label, tuple(numbers), bars(numbers, most)) for label, numbers in rows), most)


def bars(numbers: list[int], most: int) -> str:
    """An SVG path of bars that stand on one line; nothing for 0, at least 2 units for anything else.

    >>> bars([0, 4], 4)
    'M10 0h8v40h-8z'
    """
    drawn = []
    for index, number in enumerate(numbers):
        if number:
            height = max(2, round(HEIGHT * number / most))
            drawn.append(f"M{index * (BAR + GAP)} {HEIGHT - height}h{BAR}v{height}h-{BAR}z")
    return "".join(drawn)
