"""What waits for a person, and what people decided about it: each decision is kept, and can be undone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlite_utils import Database

from watcher.store.changes import Change, change_by_id
from watcher.store.database import instant, stamp


class Decision(StrEnum):
    """What a person made of a change."""

    PUBLISHED = "published"
    DISMISSED = "dismissed"  # not relevant
    REPEAT = "repeat"  # the same statement as another


@dataclass(frozen=True, slots=True)
class Review:
    """One decision, with who took it and when."""

    id: int
    change_id: int
    document_id: int
    decision: Decision
    who: str
    at: datetime
    statement_before: int | None = None  # of a repeat: the statement the document belonged to
    undone_at: datetime | None = None
    undone_by: str | None = None


def candidates(db: Database, limit: int = 1000) -> list[Change]:
    """The latest change of each document that resembles a topic and that nobody has judged, the newest first."""
    rows = db.execute(
        "SELECT max(c.id) FROM changes c JOIN documents d ON d.id = c.document_id WHERE c.tier = 'similar'"
        " AND d.tier = 'similar' AND c.after_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM reviews r"
        " WHERE r.document_id = c.document_id AND r.undone_at IS NULL) GROUP BY c.document_id"
        " ORDER BY max(c.id) DESC LIMIT ?",
        [limit],
    ).fetchall()
    return [change for row in rows if (change := change_by_id(db, row[0])) is not None]


def record_review(
    db: Database, change: Change, decision: Decision, who: str, at: datetime, statement_before: int | None = None
) -> int:
    """The id of a new decision."""
    table = db.table("reviews").insert(
        {
            "change_id": change.id,
            "document_id": change.document_id,
            "decision": decision.value,
            "who": who,
            "at": stamp(at),
            "statement_before": statement_before,
        }
    )
    assert isinstance(table.last_pk, int)
    return table.last_pk


def undo_review(db: Database, review_id: int, who: str, at: datetime) -> None:
    """Keep that a decision no longer stands."""
    db.execute("UPDATE reviews SET undone_at = ?, undone_by = ? WHERE id = ?", [stamp(at), who, review_id])


def reviews_of(db: Database, change_id: int) -> list[Review]:
    """Every decision about a change, undone ones included, the oldest first."""
    rows = db.execute(
        "SELECT id, change_id, document_id, decision, who, at, statement_before, undone_at, undone_by FROM reviews"
        " WHERE change_id = ? ORDER BY id",
        [change_id],
    ).fetchall()
    found = []
    for row in rows:
        at = instant(row[5])
        assert at is not None
        found.append(Review(row[0], row[1], row[2], Decision(row[3]), row[4], at, row[6], instant(row[7]), row[8]))
    return found


def standing(db: Database, document_id: int) -> Review | None:
    """The decision that stands about a document; None if nobody has judged it."""
    row = db.execute(
        "SELECT change_id FROM reviews WHERE document_id = ? AND undone_at IS NULL ORDER BY id DESC LIMIT 1",
        [document_id],
    ).fetchone()
    return next((r for r in reversed(reviews_of(db, row[0])) if r.undone_at is None), None) if row else None


def mute(db: Database, source_id: str, until: datetime, who: str, at: datetime) -> None:
    """Let a source's candidates wait without a message until then."""
    db.table("mutes").insert(
        {"source_id": source_id, "until": stamp(until), "who": who, "at": stamp(at)}, pk="source_id", replace=True
    )


def unmute(db: Database, source_id: str) -> None:
    """Let a source's candidates be told again."""
    db.execute("DELETE FROM mutes WHERE source_id = ?", [source_id])


def muted_until(db: Database, source_id: str, now: datetime) -> datetime | None:
    """Until when a source's candidates wait without a message; None if they are told."""
    row = db.execute("SELECT until FROM mutes WHERE source_id = ? AND until > ?", [source_id, stamp(now)]).fetchone()
    return instant(row[0]) if row else None
