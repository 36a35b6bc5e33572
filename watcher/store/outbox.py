"""The outbox: one row a message and address, claimed, sent outside any transaction, settled.

    waiting --claim--> sending --> what `settling` makes of the answer

Telegram and SMTP have no idempotency key, so exactly once is promised for the row alone. A mail that is
sent again carries the same Message-ID: it is the same message, and most readers' programs show it once.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlite_utils import Database

from watcher.core.model import Buttons, Delivery, DeliveryState
from watcher.store.database import instant, stamp, transaction
from watcher.store.settling import mark


@dataclass(frozen=True, slots=True)
class Queued:
    """A delivery about to be queued; `answers` and `edits` name earlier ones by key."""

    key: str
    channel: str
    address: str
    subject: str
    body: str
    change_id: int | None = None
    statement_id: int | None = None
    answers: str | None = None
    edits: str | None = None
    attachment: str | None = None
    buttons: Buttons = ()
    letter_id: int | None = None  # subject, body and HTML come from this row of `letters`


def queue(db: Database, deliveries: Iterable[Queued], now: datetime) -> int:
    """Queue messages inside the caller's transaction; how many were new. A known key changes nothing."""
    added = 0
    for delivery in deliveries:
        cursor = db.execute(
            "INSERT INTO deliveries (key, channel, address, subject, body, state, created_at, change_id, statement_id,"
            " answers, edits, attachment, buttons, letter_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
            " ON CONFLICT (key) DO NOTHING",
            [
                delivery.key,
                delivery.channel,
                delivery.address,
                delivery.subject,
                delivery.body,
                DeliveryState.WAITING.value,
                stamp(now),
                delivery.change_id,
                delivery.statement_id,
                delivery.answers,
                delivery.edits,
                delivery.attachment,
                json.dumps(delivery.buttons, ensure_ascii=False) if delivery.buttons else None,
                delivery.letter_id,
            ],
        )
        added += cursor.rowcount
    return added


# By the index that holds waiting rows alone, in their order: with 10,000 of them, planned otherwise,
# SQLite looks at and sorts all of them for each claim (measured: 13.7 ms, so 0.3).
_OLDEST_DUE = (
    "SELECT * FROM deliveries d INDEXED BY waiting_deliveries WHERE state = 'waiting' AND channel = ?"
    " AND (not_before IS NULL OR not_before <= ?)"
    " AND NOT EXISTS (SELECT 1 FROM deliveries e WHERE e.channel = d.channel AND e.address = d.address"
    " AND e.id < d.id AND e.state IN ('waiting', 'sending')) ORDER BY id LIMIT 1"
)


def claim_one(db: Database, now: datetime, lease_s: float, channels: Iterable[str]) -> Delivery | None:
    """Mark the oldest due delivery as being sent and return it; None if none is due.

    Writes one row in its own transaction. The caller settles it within `lease_s` seconds,
    or `recover` puts it in doubt. Order is kept within an address: a later message never
    overtakes one that still waits. Raises StoreError if the database stays locked for 5 s.
    """
    with transaction(db):
        oldest = [row for channel in channels for row in db.query(_OLDEST_DUE, [channel, stamp(now)])]
        if not oldest:
            return None
        row = min(oldest, key=lambda row: int(row["id"]))
        lease_until = now + timedelta(seconds=lease_s)
        db.execute(
            "UPDATE deliveries SET state = 'sending', attempts = attempts + 1, lease_until = ? WHERE id = ?",
            [stamp(lease_until), row["id"]],
        )
        return _delivery(db, {**row, "attempts": row["attempts"] + 1}, lease_until)


@dataclass(frozen=True, slots=True)
class Burst:
    """Alerts of one cycle to one address that still wait: keys and changes, oldest first."""

    channel: str
    address: str
    keys: tuple[str, ...]
    change_ids: tuple[int, ...]


def bursts(db: Database, since: datetime, most: int) -> list[Burst]:
    """For each address with more than `most` alerts queued since `since`: those beyond it that still wait."""
    by_address: dict[tuple[str, str], list[tuple[str, int, bool]]] = {}
    rows = db.execute(
        "SELECT channel, address, key, change_id, state = 'waiting' AND attempts = 0 FROM deliveries"
        " WHERE created_at >= ? AND change_id IS NOT NULL AND edits IS NULL AND key LIKE 'alert:%' ORDER BY id",
        [stamp(since)],
    )
    for channel, address, key, change_id, is_waiting in rows:
        by_address.setdefault((channel, address), []).append((key, change_id, bool(is_waiting)))
    found = []
    for (channel, address), alerts in by_address.items():
        beyond = [(key, change_id) for key, change_id, is_waiting in alerts[most:] if is_waiting]
        if len(beyond) > 1:  # one message in the place of one gains nothing
            found.append(Burst(channel, address, tuple(k for k, _ in beyond), tuple(c for _, c in beyond)))
    return found


def fold(db: Database, burst: Burst, summary: Queued, now: datetime) -> None:
    """Put one message in the place of many, inside the caller's transaction; the many are kept, and say where."""
    queue(db, [summary], now)
    for key in burst.keys:
        mark(db, key, DeliveryState.FOLDED, now, reason=f"told in {summary.key}")


def waiting(db: Database) -> int:
    """How many deliveries are not yet settled."""
    row = db.execute("SELECT count(*) FROM deliveries WHERE state IN ('waiting', 'sending')").fetchone()
    return int(row[0])


def counts(db: Database) -> dict[str, int]:
    """Deliveries by state."""
    return {row[0]: row[1] for row in db.execute("SELECT state, count(*) FROM deliveries GROUP BY state")}


def _delivery(db: Database, row: dict[str, Any], lease_until: datetime) -> Delivery:
    subject, body, attachment = row["subject"] or "", row["body"], row["attachment"] or ""
    if row["letter_id"] is not None:
        subject, body, attachment = letter(db, row["letter_id"])
    return Delivery(
        key=row["key"],
        channel=row["channel"],
        address=row["address"],
        subject=subject,
        body=body,
        state=DeliveryState.SENDING,
        attempts=row["attempts"],
        not_before=instant(row["not_before"]),
        lease_until=lease_until,
        receipt=_receipt_of(db, row["edits"]),
        reply_to=_receipt_of(db, row["answers"]),
        may_repeat=bool(row["may_repeat"]),
        attachment=attachment,
        change_id=row["change_id"],
        statement_id=row["statement_id"],
        buttons=tuple(tuple((label, said) for label, said in line) for line in json.loads(row["buttons"] or "[]")),
        leave_token=_leave_token(db, row["address"]) if row["channel"] == "email" else "",
    )


def _leave_token(db: Database, address: str) -> str:
    row = db.execute("SELECT leave_token FROM subscribers WHERE address = ?", [address]).fetchone()
    return row[0] if row else ""


def keep_letter(db: Database, subject: str, text: str, html: str, now: datetime) -> int:
    """The id of a letter that many readers will get. Inside the caller's transaction.

    `core.model.LEAVE_URL` in text and HTML becomes each reader's own address for leaving when it is sent.
    """
    row = {"subject": subject, "text": text, "html": html, "made_at": stamp(now)}
    kept = db.table("letters").insert(row).last_pk
    assert isinstance(kept, int)
    return kept


def letter(db: Database, letter_id: int) -> tuple[str, str, str]:
    """Subject, text and HTML of a letter that was kept."""
    return db.execute("SELECT subject, text, html FROM letters WHERE id = ?", [letter_id]).fetchone()  # type: ignore[no-any-return]


def _receipt_of(db: Database, key: str | None) -> str | None:
    if key is None:
        return None
    row = db.execute("SELECT receipt FROM deliveries WHERE key = ?", [key]).fetchone()
    return row[0] if row else None
