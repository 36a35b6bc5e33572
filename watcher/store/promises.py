"""What texts announce for a time to come, and whether that time has passed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from sqlite_utils import Database

from watcher.store.database import instant, places, stamp
from watcher.store.views import PUBLIC_DOCUMENT

if TYPE_CHECKING:
    from watcher.core.promise import Promise

OPEN, PAST, SUPERSEDED, DUE = "open", "past", "superseded", "due"


@dataclass(frozen=True, slots=True)
class KeptPromise:
    """One promise with the names a reader needs."""

    id: int
    document_id: int
    organisation_id: str
    organisation: str
    topic_id: str
    url: str
    title: str
    promise: Promise
    said_at: datetime  # when it was first seen
    state: str  # open; past: its time was over when first seen; superseded: a newer version makes it no more; due: told
    version_id: int
    statement_id: int | None


def record_promises(
    db: Database, document_id: int, version_id: int, topic_id: str, found: Iterable[Promise], at: datetime
) -> None:
    """Keep what a new version promises; promises of earlier versions that it no longer makes are superseded.

    A promise whose time is over when it is first seen is history, and told to nobody.
    """
    stays = set()
    for promise in found:
        stays.add(promise.quote)
        state = PAST if promise.due_until < at.date() else OPEN
        db.execute(
            "INSERT INTO promises (document_id, version_id, topic_id, due_from, due_until, quote, said_at, state)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
            " ON CONFLICT (document_id, quote) DO UPDATE SET version_id = excluded.version_id",
            [
                document_id,
                version_id,
                topic_id,
                promise.due_from.isoformat(),
                promise.due_until.isoformat(),
                promise.quote,
                stamp(at),
                state,
            ],
        )
    rows = db.execute("SELECT id, quote FROM promises WHERE document_id = ? AND state = ?", [document_id, OPEN])
    for promise_id, quote in rows.fetchall():
        if quote not in stays:
            settle_promise(db, promise_id, SUPERSEDED, at)


def settle_promise(db: Database, promise_id: int, state: str, at: datetime) -> None:
    """Note what became of a promise."""
    db.execute("UPDATE promises SET state = ?, settled_at = ? WHERE id = ?", [state, stamp(at), promise_id])


_PROMISE = (
    "SELECT p.*, d.organisation_id, o.name AS organisation, d.url, d.title,"
    " (SELECT statement_id FROM statement_members m WHERE m.document_id = p.document_id"
    " ORDER BY m.joined_at LIMIT 1) AS statement_id"
    " FROM promises p JOIN documents d ON d.id = p.document_id JOIN organisations o ON o.id = d.organisation_id"
)


def overdue(db: Database, today: date) -> list[KeptPromise]:
    """Open promises whose last day is before `today`, the longest due first."""
    return _read(db, f"{_PROMISE} WHERE p.state = ? AND p.due_until < ? ORDER BY p.due_until, p.id", [OPEN, today])


def is_any_overdue(db: Database, today: date) -> bool:
    """Whether an open promise's last day is before `today`, or is `today`."""
    row = db.execute("SELECT 1 FROM promises WHERE state = ? AND due_until <= ? LIMIT 1", [OPEN, today.isoformat()])
    return row.fetchone() is not None


def due_between(db: Database, since: datetime, until: datetime) -> list[KeptPromise]:
    """Promises of public texts that were told as fallen due in [since, until), the longest due first."""
    return _read(
        db,
        f"{_PROMISE} WHERE p.state = ? AND p.settled_at >= ? AND p.settled_at < ? AND {PUBLIC_DOCUMENT}"
        " ORDER BY p.due_until, p.id",
        [DUE, stamp(since), stamp(until)],
    )


def open_until(db: Database, first: date, last: date) -> list[KeptPromise]:
    """Open promises of public texts whose last day is from `first` to `last`, the first due first."""
    return _read(
        db,
        f"{_PROMISE} WHERE p.state = ? AND p.due_until >= ? AND p.due_until <= ? AND {PUBLIC_DOCUMENT}"
        " ORDER BY p.due_until, p.id",
        [OPEN, first.isoformat(), last.isoformat()],
    )


def all_promises(db: Database) -> list[KeptPromise]:
    """Every promise that was not superseded, by the day it falls due."""
    return _read(db, f"{_PROMISE} WHERE p.state != ? ORDER BY p.due_until, p.id", [SUPERSEDED])


def public_promises(
    db: Database, organisation_id: str | None = None, document_ids: Sequence[int] | None = None
) -> list[KeptPromise]:
    """What public documents announce or announced, of an organisation or of some documents, by the day it falls due."""
    from watcher.store.views import PUBLIC_DOCUMENT  # a poll without news reads no filters

    where, values = [PUBLIC_DOCUMENT], list[object]()
    if organisation_id is not None:
        where.append("d.organisation_id = ?")
        values.append(organisation_id)
    if document_ids is not None:
        where.append(f"p.document_id IN ({places(document_ids)})")
        values += document_ids
    return _read(db, f"{_PROMISE} WHERE {' AND '.join(where)} ORDER BY p.due_until, p.id", values)


def _read(db: Database, sql: str, values: list[object]) -> list[KeptPromise]:
    from watcher.core.promise import Promise  # its patterns are not needed by a poll without news

    found = []
    for row in db.query(sql, [str(value) for value in values]):
        said_at = instant(row["said_at"])
        assert said_at is not None
        found.append(
            KeptPromise(
                id=row["id"],
                document_id=row["document_id"],
                organisation_id=row["organisation_id"],
                organisation=row["organisation"],
                topic_id=row["topic_id"],
                url=row["url"],
                title=row["title"],
                promise=Promise(
                    date.fromisoformat(row["due_from"]), date.fromisoformat(row["due_until"]), row["quote"]
                ),
                said_at=said_at,
                state=row["state"],
                version_id=row["version_id"],
                statement_id=row["statement_id"],
            )
        )
    return found
