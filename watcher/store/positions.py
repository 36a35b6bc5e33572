"""What each organisation says that it does about a topic, as read from its documents."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlite_utils import Database

from watcher.core.model import Stance
from watcher.store.database import instant


@dataclass(frozen=True, slots=True)
class Position:
    """A stance as one version of a document states it, with the sentence that says so. Read by machine."""

    organisation_id: str
    topic_id: str
    stance: str
    quote: str
    dated_on: date  # the page's own date for a first version, else the day on which the words were first seen
    seen_at: datetime
    version_id: int
    document_id: int
    statement_id: int | None
    state: str  # of the document
    url: str
    title: str


def positions(db: Database) -> list[Position]:
    """The position of each organisation on each topic: the plainest of its latest dated text that states one."""
    latest: dict[tuple[str, str], Position] = {}
    for position in _read(db, "d.version_id = m.version_id", []):
        key = (position.organisation_id, position.topic_id)
        known = latest.get(key)
        if known is None or _later(position, known):
            latest[key] = position
    return sorted(latest.values(), key=lambda p: (p.topic_id, p.organisation_id))


def position_history(db: Database, organisation_id: str) -> list[Position]:
    """How an organisation's positions moved: each text that states another one than its document did before."""
    told: list[Position] = []
    last: dict[tuple[int, str], str] = {}
    for position in _read(db, "d.organisation_id = ?", [organisation_id]):
        key = (position.document_id, position.topic_id)
        if last.get(key) != position.stance:
            told.append(position)
        last[key] = position.stance
    return sorted(told, key=lambda p: (p.dated_on, p.version_id))


def stances_of(db: Database, version_id: int, topic_id: str | None) -> tuple[Stance, ...]:
    """What a version says of its speaker on one topic, the plainest first."""
    row = db.execute(
        "SELECT stances FROM matches WHERE version_id = ? AND topic_id = ?", [version_id, topic_id]
    ).fetchone()
    return tuple(Stance(stance, quote) for stance, quote in json.loads(row[0])) if row else ()


def document_positions(db: Database, document_id: int) -> list[Position]:
    """The positions of one document, version by version, oldest first."""
    return list(_read(db, "d.id = ?", [document_id]))


def _later(one: Position, other: Position) -> bool:
    """A text that still stands before one that was taken down; then the later date; then the later version."""
    return (one.state == "present", one.dated_on, one.version_id) > (
        other.state == "present",
        other.dated_on,
        other.version_id,
    )


def _read(db: Database, clause: str, values: list[object]) -> Iterator[Position]:
    rows = db.query(
        "SELECT d.organisation_id, m.topic_id, m.stances, v.published_on, v.modified_on, v.seen_at,"
        " v.id AS version_id, d.id AS document_id, d.state, d.url, v.title,"
        " NOT EXISTS (SELECT 1 FROM versions e WHERE e.document_id = d.id AND e.id < v.id) AS is_first,"
        " (SELECT s.statement_id FROM statement_members s WHERE s.document_id = d.id LIMIT 1) AS statement_id"
        " FROM matches m JOIN versions v ON v.id = m.version_id JOIN documents d ON d.id = v.document_id"
        f" WHERE m.tier = 'named' AND m.stances != '[]' AND {clause} ORDER BY v.id",
        values,
    )
    for row in rows:
        stance, quote = json.loads(row["stances"])[0]
        seen_at = instant(row["seen_at"])
        assert seen_at is not None
        yield Position(
            organisation_id=row["organisation_id"],
            topic_id=row["topic_id"],
            stance=stance,
            quote=quote,
            dated_on=_dated(row, seen_at),
            seen_at=seen_at,
            version_id=row["version_id"],
            document_id=row["document_id"],
            statement_id=row["statement_id"],
            state=row["state"],
            url=row["url"],
            title=row["title"],
        )


def _dated(row: dict[str, Any], seen_at: datetime) -> date:
    """An edit is as old as its sighting, whatever the page says: dates are seldom renewed."""
    own = row["modified_on"] or row["published_on"]
    if row["is_first"] and own:
        return min(date.fromisoformat(own), seen_at.date())
    return seen_at.date()
