"""Copies of pages in an outside archive: which are wanted, which were asked for, where they are.

    (no row) --asking--> waiting --asked--> asked --> copied | refused
                            ^------ later -----'

What is wanted follows from the changes, so nothing is queued twice and nothing is lost by a crash: a question that
was never noted as asked is asked again when its time in `next_at` is over.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlite_utils import Database

from watcher.core.model import ArchivedCopy, ChangeKind
from watcher.store.database import instant, places, stamp

STATES = ("waiting", "asked", "copied", "refused")

_BROUGHT = (ChangeKind.BASELINE, ChangeKind.FIRST, ChangeKind.EDITED, ChangeKind.LINKS, ChangeKind.REPEAT,
            ChangeKind.RESTORED, ChangeKind.MOVED)  # fmt: skip
_KINDS = ", ".join(f"'{kind.value}'" for kind in _BROUGHT)
# The newest text of each page that is there and on topic; not what a person judged to be about something else.
_WANTED = (
    "SELECT c.after_id, d.url, v.seen_at, coalesce(k.attempts, 0), k.next_at FROM documents d JOIN changes c ON c.id ="
    f" (SELECT max(n.id) FROM changes n WHERE n.document_id = d.id AND n.after_id IS NOT NULL AND n.kind IN ({_KINDS}))"
    " JOIN versions v ON v.id = c.after_id LEFT JOIN copies k ON k.version_id = c.after_id"
    " WHERE d.state = 'present' AND c.tier IN ('named', 'similar')"
    " AND (k.version_id IS NULL OR k.state = 'waiting')"
    " AND NOT EXISTS (SELECT 1 FROM reviews r WHERE r.document_id = d.id AND r.decision = 'dismissed'"
    " AND r.undone_at IS NULL) ORDER BY c.is_alert DESC, c.id DESC"
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A version without a copy, and the page that may still show it."""

    version_id: int
    url: str
    seen_at: datetime  # first, with this text
    attempts: int
    not_before: datetime | None = None


@dataclass(frozen=True, slots=True)
class Running:
    """A copy that was asked for."""

    wanted: Wanted
    job: str
    asked_at: datetime


def wanted(db: Database) -> list[Wanted]:
    """The versions to ask a copy of, now or later: those that were told of first, the newest first."""
    return [_wanted(row) for row in db.execute(_WANTED)]


def running(db: Database, now: datetime) -> list[Running]:
    """The copies to look after now, in the order in which they were asked for."""
    rows = db.execute(
        "SELECT k.version_id, d.url, v.seen_at, k.attempts, k.job, k.asked_at FROM copies k"
        " JOIN versions v ON v.id = k.version_id JOIN documents d ON d.id = v.document_id"
        " WHERE k.state = 'asked' AND k.next_at <= ? ORDER BY k.asked_at",
        [stamp(now)],
    )
    return [Running(_wanted((*row[:4], None)), row[4], _at(row[5])) for row in rows]


def look_at(db: Database) -> datetime | None:
    """When a copy that was asked for is to be looked after next; None if there is none."""
    row = db.execute("SELECT min(next_at) FROM copies WHERE state = 'asked'").fetchone()
    return instant(row[0])


def note_asking(db: Database, version_id: int, again_at: datetime) -> None:
    """Note that the archive is being asked, in the caller's transaction; again at `again_at` if no more is noted."""
    db.execute(
        "INSERT INTO copies (version_id, state, attempts, next_at) VALUES (?, 'waiting', 1, ?)"
        " ON CONFLICT (version_id) DO UPDATE SET attempts = attempts + 1, next_at = excluded.next_at",
        [version_id, stamp(again_at)],
    )


def note_asked(db: Database, version_id: int, job: str, now: datetime, look_at: datetime) -> None:
    """Note that the archive took the question."""
    db.execute(
        "UPDATE copies SET state = 'asked', job = ?, asked_at = ?, next_at = ?, reason = NULL WHERE version_id = ?",
        [job, stamp(now), stamp(look_at), version_id],
    )


def note_running(db: Database, version_id: int, look_at: datetime) -> None:
    """Look again at `look_at`."""
    db.execute("UPDATE copies SET next_at = ? WHERE version_id = ?", [stamp(look_at), version_id])


def note_later(db: Database, version_id: int, reason: str, again_at: datetime, *, is_counted: bool = True) -> None:
    """Ask again at `again_at`; the try counts unless the fault lay with neither page nor version."""
    db.execute(
        "UPDATE copies SET state = 'waiting', job = NULL, reason = ?, next_at = ?, attempts = attempts - ?"
        " WHERE version_id = ?",
        [reason, stamp(again_at), 0 if is_counted else 1, version_id],
    )


def note_refused(db: Database, version_id: int, reason: str) -> None:
    """Note that there will be no copy, and why."""
    db.execute(
        "UPDATE copies SET state = 'refused', job = NULL, next_at = NULL, reason = ? WHERE version_id = ?",
        [reason, version_id],
    )


def note_copied(db: Database, version_id: int, copy: ArchivedCopy) -> None:
    """Note where the copy is."""
    db.execute(
        "UPDATE copies SET state = 'copied', next_at = NULL, reason = NULL, url = ?, copied_at = ?"
        " WHERE version_id = ?",
        [copy.url, stamp(copy.at), version_id],
    )


def copy_of(db: Database, version_id: int | None) -> ArchivedCopy | None:
    """Where the archive keeps a version; None if it has no copy of it."""
    return copies_of(db, [version_id]).get(version_id) if version_id is not None else None


def copies_of(db: Database, version_ids: Sequence[int]) -> dict[int, ArchivedCopy]:
    """Where the archive keeps each of these versions; without those that it has no copy of."""
    rows = db.execute(
        "SELECT version_id, url, copied_at FROM copies"
        f" WHERE state = 'copied' AND version_id IN ({places(version_ids)})",
        list(version_ids),
    )
    return {row[0]: ArchivedCopy(row[1], _at(row[2])) for row in rows}


def changed_by(db: Database, version_id: int, at: datetime) -> bool:
    """Whether the page was seen to say something else by `at`."""
    row = db.execute(
        "SELECT 1 FROM versions v JOIN changes n ON n.document_id = v.document_id AND n.after_id > v.id"
        f" WHERE v.id = ? AND n.kind IN ({_KINDS}) AND n.detected_at <= ? LIMIT 1",
        [version_id, stamp(at)],
    ).fetchone()
    return row is not None


def alerts_of(db: Database, version_id: int) -> list[int]:
    """The changes that a message was sent about and that brought this version, oldest first."""
    rows = db.execute("SELECT id FROM changes WHERE after_id = ? AND is_alert ORDER BY id", [version_id])
    return [row[0] for row in rows]


def counts(db: Database) -> dict[str, int]:
    """Copies by state."""
    return {row[0]: row[1] for row in db.execute("SELECT state, count(*) FROM copies GROUP BY state")}


def _wanted(row: Sequence[object]) -> Wanted:
    version_id, url, seen_at, attempts, not_before = row
    assert isinstance(version_id, int) and isinstance(url, str) and isinstance(attempts, int)
    return Wanted(version_id, url, _at(seen_at), attempts, _at(not_before) if not_before else None)


def _at(written: object) -> datetime:
    assert isinstance(written, str)
    at = instant(written)
    assert at is not None
    return at
