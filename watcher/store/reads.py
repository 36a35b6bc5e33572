"""How well every source is read, for the health page: what poll notes, gathered in a few queries."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlite_utils import Database

from watcher.store.database import instant
from watcher.store.noise import noise_of_source

VISITS_SHOWN = 30


@dataclass(frozen=True, slots=True)
class SourceRead:
    """One source that was visited at least once, or is due for the first time."""

    source_id: str
    state: str  # "good", "not read yet", "gone", or an UnreachableKind or FailedKind
    last_read_at: datetime | None
    last_checked_at: datetime | None
    next_check_at: datetime | None
    failures: int  # in a row
    failing_since: datetime | None
    gone_since: datetime | None
    documents: int
    on_topic: int
    visits: tuple[str, ...]  # outcomes of the last VISITS_SHOWN visits, oldest first
    mask: tuple[str, ...]  # learnt noise, as a maintainer reads it


def source_reads(db: Database) -> dict[str, SourceRead]:
    """Every enabled source that has a place in the timetable, by id."""
    documents = {
        row[0]: (row[1], row[2])
        for row in db.execute(
            "SELECT source_id, count(*), coalesce(sum(tier = 'named'), 0) FROM documents GROUP BY source_id"
        )
    }
    rows = db.query(
        "SELECT s.id, c.last_read_at, c.last_checked_at, c.next_check_at, c.failures, c.failing_since,"
        " c.failing_kind, c.gone_since FROM sources s JOIN checks c ON c.source_id = s.id AND c.found_title IS NULL"
        " WHERE s.enabled ORDER BY s.id"
    )
    found = {}
    for row in rows:
        total, on_topic = documents.get(row["id"], (0, 0))
        found[row["id"]] = SourceRead(
            source_id=row["id"],
            state=_state(row["failing_kind"], row["gone_since"], row["last_read_at"]),
            last_read_at=instant(row["last_read_at"]),
            last_checked_at=instant(row["last_checked_at"]),
            next_check_at=instant(row["next_check_at"]),
            failures=row["failures"],
            failing_since=instant(row["failing_since"]),
            gone_since=instant(row["gone_since"]),
            documents=total,
            on_topic=on_topic,
            visits=_visits(db, row["id"]),
            mask=tuple(line["line"] for line in noise_of_source(db, row["id"]) if not line["undone_at"]),
        )
    return found


def _visits(db: Database, source_id: str) -> tuple[str, ...]:
    rows = db.execute(
        "SELECT outcome FROM visits WHERE source_id = ? ORDER BY at DESC LIMIT ?", [source_id, VISITS_SHOWN]
    ).fetchall()
    return tuple(row[0] for row in reversed(rows))


def _state(failing: str | None, gone_since: str | None, last_read_at: str | None) -> str:
    if failing:
        return failing
    if gone_since:
        return "gone"
    return "good" if last_read_at else "not read yet"
