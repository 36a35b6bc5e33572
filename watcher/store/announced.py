"""What was told of a change, a statement or a candidate, to whom; and what is taken back before it is told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlite_utils import Database

from watcher.store.database import stamp


def change_of_message(db: Database, channel: str, address: str, receipt: str) -> int | None:
    """The change that a message told of; None if it is none of ours."""
    row = db.execute(
        "SELECT change_id FROM deliveries WHERE channel = ? AND address = ? AND receipt = ? AND edits IS NULL"
        " ORDER BY id DESC LIMIT 1",
        [channel, address, receipt],
    ).fetchone()
    return row[0] if row else None


@dataclass(frozen=True, slots=True)
class FirstMessage:
    """The first message about a statement to one address."""

    key: str
    change_id: int


def first_of(db: Database, statement_id: int, channel: str, address: str) -> FirstMessage | None:
    """The first message about a statement to one address, for replies and edits; None if there is none."""
    row = db.execute(
        "SELECT key, change_id FROM deliveries WHERE statement_id = ? AND channel = ? AND address = ?"
        " AND edits IS NULL AND change_id IS NOT NULL AND state != 'withdrawn' ORDER BY id LIMIT 1",
        [statement_id, channel, address],
    ).fetchone()
    return FirstMessage(row[0], row[1]) if row else None


@dataclass(frozen=True, slots=True)
class Parked:
    """A message that is not tried again: a person must look."""

    id: int
    channel: str
    address: str
    subject: str
    change_id: int | None
    reason: str


def parked(db: Database, since: datetime) -> list[Parked]:
    """Messages parked since then, the oldest first; edits, mail and what a subscriber wanted no more left out."""
    rows = db.execute(
        "SELECT id, channel, address, coalesce(subject, ''), change_id, coalesce(reason, '') FROM deliveries d"
        " WHERE state IN ('refused', 'in doubt') AND settled_at >= ? AND edits IS NULL AND channel != 'email'"
        " AND NOT EXISTS (SELECT 1 FROM subscriptions s WHERE s.channel = d.channel AND s.address = d.address"
        " AND s.state = 'paused') ORDER BY id",
        [stamp(since)],
    )
    return [Parked(*row) for row in rows]


@dataclass(frozen=True, slots=True)
class Message:
    """A message that is out, or on its way."""

    key: str
    channel: str
    address: str


def messages_about(db: Database, change_id: int) -> list[Message]:
    """The messages of their own that told of a change, the oldest first; those that never went out left out."""
    rows = db.execute(
        "SELECT key, channel, address FROM deliveries WHERE change_id = ? AND key LIKE 'alert:%'"
        " AND edits IS NULL AND state IN ('waiting', 'sending', 'sent', 'in doubt') ORDER BY id",
        [change_id],
    )
    return [Message(*row) for row in rows]


def first_messages(db: Database, statement_id: int) -> list[tuple[Message, int]]:
    """The first message about a statement to each address, with the change it tells of."""
    rows = db.execute(
        "SELECT key, channel, address, change_id FROM deliveries WHERE id IN (SELECT min(id) FROM deliveries"
        " WHERE statement_id = ? AND edits IS NULL AND key LIKE 'alert:%' AND state != 'withdrawn'"
        " GROUP BY channel, address) AND state IN ('waiting', 'sending', 'sent', 'in doubt') ORDER BY id",
        [statement_id],
    )
    return [(Message(*row[:3]), row[3]) for row in rows]


def candidate_messages(db: Database, document_id: int) -> list[Message]:
    """The messages that showed a document to the maintainers."""
    rows = db.execute(
        "SELECT key, channel, address FROM deliveries WHERE key LIKE ? AND edits IS NULL"
        " AND state IN ('waiting', 'sending', 'sent', 'in doubt') ORDER BY id",
        [f"candidate:{document_id}:%"],
    )
    return [Message(*row) for row in rows]


def withdraw(db: Database, change_id: int, reason: str, now: datetime) -> None:
    """Take back the alerts about a change that nobody has tried to send yet."""
    db.execute(
        "UPDATE deliveries SET state = 'withdrawn', settled_at = ?, reason = ? WHERE change_id = ?"
        " AND key LIKE 'alert:%' AND state = 'waiting' AND attempts = 0",
        [stamp(now), reason, change_id],
    )


def restore(db: Database, change_id: int) -> None:
    """Let alerts about a change that were taken back wait again."""
    db.execute(
        "UPDATE deliveries SET state = 'waiting', settled_at = NULL, reason = NULL"
        " WHERE change_id = ? AND key LIKE 'alert:%' AND state = 'withdrawn'",
        [change_id],
    )
