"""How well every source is read, for the health page: what poll notes, gathered in a few queries."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlite_utils import Database

from watcher.store.database import instant

VISITS_SHOWN = 30
SEEN = ("good", "not read yet")
"""States of a source that is not blind."""


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
    detail: str  # why it can't be seen: "HTTP 403"
    gone_since: datetime | None
    documents: int
    on_topic: int
    mask: tuple[str, ...]  # learnt noise, as a maintainer reads it


def source_states(db: Database) -> dict[str, str]:
    """The state of every enabled source, by id."""
    rows = db.execute(
        "SELECT s.id, c.failing_kind, c.gone_since, c.last_read_at FROM sources s"
        " JOIN checks c ON c.source_id = s.id AND c.found_title IS NULL WHERE s.enabled"
    )
    return {row[0]: _state(*row[1:]) for row in rows}


def source_reads(db: Database, organisation_id: str | None = None) -> dict[str, SourceRead]:
    """Every enabled source that has a place in the timetable, by id; of one organisation, or of all."""
    of = "" if organisation_id is None else " AND organisation_id = ?"
    values = [] if organisation_id is None else [organisation_id]
    documents = {
        row[0]: (row[1], row[2])
        for row in db.execute(
            "SELECT source_id, count(*), coalesce(sum(tier = 'named'), 0) FROM documents"
            f" WHERE 1{of} GROUP BY source_id",
            values,
        )
    }
    rows = db.query(
        "SELECT s.id, c.last_read_at, c.last_checked_at, c.next_check_at, c.failures, c.failing_since,"
        " c.failing_kind, c.failing_detail, c.gone_since FROM sources s"
        " JOIN checks c ON c.source_id = s.id AND c.found_title IS NULL"
        f" WHERE s.enabled{of} ORDER BY s.id",
        values,
    )
    noise, found = _noise(db), {}
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
            # What a private address is called is nobody's business outside.
            detail="" if row["failing_kind"] == "refused address" else row["failing_detail"] or "",
            gone_since=instant(row["gone_since"]),
            documents=total,
            on_topic=on_topic,
            mask=noise.get(row["id"], ()),
        )
    return found


def last_visits(db: Database, source_ids: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """The outcomes of the last VISITS_SHOWN visits of each source, oldest first; by id."""
    return {source_id: _visits(db, source_id) for source_id in source_ids}


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


def _noise(db: Database) -> dict[str, tuple[str, ...]]:
    """The lines that each source's pages are known to change by themselves, but for those that were undone."""
    found: dict[str, tuple[str, ...]] = {}
    for source_id, line in db.execute(
        "SELECT d.source_id, n.line FROM noise n JOIN documents d ON d.id = n.document_id"
        " GROUP BY d.source_id, n.line HAVING count(n.undone_at) = 0 ORDER BY d.source_id, n.line"
    ):
        found[source_id] = (*found.get(source_id, ()), line)
    return found
