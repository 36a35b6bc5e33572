"""The outbox: one row a message and address, claimed, sent outside any transaction, settled.

    waiting --claim--> sending --Sent--> sent
                          |------TryAgain--> waiting (not before …)
                          |------Refused--> refused (a person must look)
                          |------InDoubt, or the lease ran out--> waiting, marked as a possible repeat; after
                                                                  four of these: in doubt, for a person

Telegram and SMTP have no idempotency key, so exactly once is promised for the row alone. A mail that is
sent again carries the same Message-ID: it is the same message, and most readers' programs show it once.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, assert_never

from sqlite_utils import Database

from watcher.core.model import Buttons, Delivery, DeliveryState, InDoubt, Receipt, Refused, Sent, TryAgain
from watcher.store import subscribers
from watcher.store.bounces import as_bounce
from watcher.store.database import instant, stamp, transaction

MAX_ATTEMPTS = 30  # with growing pauses of up to an hour, about a day; mail takes pauses of up to four, so 3.7 days
RESEND_AFTER_S = (0.0, 30.0, 120.0, 480.0)
"""Seconds before each re-sending of a doubtful message: once is too few where one connection in twenty
breaks (0013-a-doubtful-message); a mail is sent again once, for a mailbox can't be looked through as a chat can."""


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


def settle(db: Database, key: str, receipt: Receipt, now: datetime) -> None:
    """Record what the channel said of the delivery `key`, in a transaction of its own."""
    with transaction(db):
        _settle(db, key, receipt, now)


def recover(db: Database, now: datetime, channels: Iterable[str]) -> int:
    """Put deliveries of these channels whose lease ran out in doubt; how many there were.

    Mail is sent again, each time: it has its own id, so a repeat is the same message.
    """
    reason = "the program stopped while this was being sent"
    wanted = set(channels)  # another round may have rows of other channels in hand at this moment
    with transaction(db):
        late = "SELECT key, channel FROM deliveries WHERE state = 'sending' AND lease_until <= ?"
        found = [row for row in db.execute(late, [stamp(now)]) if row[1] in wanted]
        for key, channel in found:
            _settle(db, key, TryAgain(0, reason) if channel == subscribers.CHANNEL else InDoubt(reason), now)
    return len(found)


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
        _mark(db, key, DeliveryState.FOLDED, now, reason=f"told in {summary.key}")


def waiting(db: Database) -> int:
    """How many deliveries are not yet settled."""
    row = db.execute("SELECT count(*) FROM deliveries WHERE state IN ('waiting', 'sending')").fetchone()
    return int(row[0])


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


def counts(db: Database) -> dict[str, int]:
    """Deliveries by state."""
    return {row[0]: row[1] for row in db.execute("SELECT state, count(*) FROM deliveries GROUP BY state")}


def _settle(db: Database, key: str, receipt: Receipt, now: datetime) -> None:
    row = db.execute("SELECT may_repeat, attempts, channel, address FROM deliveries WHERE key = ?", [key]).fetchone()
    if row is None:
        return  # its reader asked to be forgotten while it was being sent
    doubts, attempts = int(row[0]), int(row[1])
    if row[2] == subscribers.CHANNEL:
        receipt = as_bounce(db, row[3], receipt, now)
    match receipt:
        case Sent(id=message_id, address=new_address):
            _mark(db, key, DeliveryState.SENT, now, receipt=message_id)
            if new_address:
                _follow(db, key, new_address)
        case TryAgain(after_s=after_s, reason=reason, is_paced=True):
            _mark(db, key, DeliveryState.WAITING, now, reason=reason, not_before=now + timedelta(seconds=after_s))
            db.execute("UPDATE deliveries SET attempts = attempts - 1 WHERE key = ?", [key])
        case TryAgain(after_s=after_s, reason=reason):
            if attempts >= MAX_ATTEMPTS:
                _mark(db, key, DeliveryState.REFUSED, now, reason=f"given up after {attempts} attempts: {reason}")
            else:
                _mark(db, key, DeliveryState.WAITING, now, reason=reason, not_before=now + timedelta(seconds=after_s))
        case Refused(reason=reason, is_unwelcome=is_unwelcome):
            _mark(db, key, DeliveryState.REFUSED, now, reason=reason)
            if is_unwelcome:
                _leave_alone(db, key, reason, now)
        case InDoubt(reason=reason) if doubts >= (1 if row[2] == subscribers.CHANNEL else len(RESEND_AFTER_S)):
            _mark(db, key, DeliveryState.IN_DOUBT, now, reason=f"in doubt {doubts + 1} times: {reason}")
        case InDoubt(reason=reason):
            again_at = now + timedelta(seconds=RESEND_AFTER_S[doubts])
            _mark(db, key, DeliveryState.WAITING, now, reason=reason, not_before=again_at)
            db.execute("UPDATE deliveries SET may_repeat = may_repeat + 1 WHERE key = ?", [key])
        case _:
            assert_never(receipt)
    _keep_no_longer(db, key, now)


def _keep_no_longer(db: Database, key: str, now: datetime) -> None:
    """A mail to a reader who left while it was being sent waits no more; a link to confirm with is not kept."""
    db.execute(
        "UPDATE deliveries SET state = 'withdrawn', settled_at = ?, reason = 'the reader has left', not_before = NULL"
        " WHERE key = ? AND channel = 'email' AND state = 'waiting' AND key NOT LIKE 'confirm:%'"
        " AND address IN (SELECT address FROM subscribers WHERE state IN ('left', 'paused'))",
        [stamp(now), key],
    )
    db.execute(
        "UPDATE deliveries SET body = '', attachment = NULL WHERE channel = 'email' AND key LIKE 'confirm:%'"
        " AND state NOT IN ('waiting', 'sending') AND body != ''"
        " AND address = (SELECT address FROM deliveries WHERE key = ?)",
        [key],
    )


def _follow(db: Database, key: str, new_address: str) -> None:
    """A chat has moved: what waits for its old address goes to the new one."""
    channel, old = db.execute("SELECT channel, address FROM deliveries WHERE key = ?", [key]).fetchone()
    for table in ("deliveries", "subscriptions"):
        db.execute(
            f"UPDATE OR IGNORE {table} SET address = ? WHERE channel = ? AND address = ?", [new_address, channel, old]
        )


def _leave_alone(db: Database, key: str, reason: str, now: datetime) -> None:
    """Pause what a subscriber follows who wants no more messages, and hold back what waits for them."""
    channel, address = db.execute("SELECT channel, address FROM deliveries WHERE key = ?", [key]).fetchone()
    if channel == subscribers.CHANNEL:
        subscribers.pause(db, address, reason, now)
        return
    paused = db.execute(
        "UPDATE subscriptions SET state = 'paused' WHERE channel = ? AND address = ? AND state = 'active'",
        [channel, address],
    )
    if paused.rowcount:
        db.execute(
            "UPDATE deliveries SET state = 'refused', settled_at = ?, reason = ? WHERE channel = ? AND address = ?"
            " AND state = 'waiting'",
            [stamp(now), reason, channel, address],
        )


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


def candidate_messages(db: Database, document_id: int) -> list[Message]:
    """The messages that showed a document to the maintainers."""
    rows = db.execute(
        "SELECT key, channel, address FROM deliveries WHERE key LIKE ? AND edits IS NULL"
        " AND state IN ('waiting', 'sending', 'sent', 'in doubt') ORDER BY id",
        [f"candidate:{document_id}:%"],
    )
    return [Message(*row) for row in rows]


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


def _mark(
    db: Database,
    key: str,
    state: DeliveryState,
    now: datetime,
    *,
    receipt: str | None = None,
    reason: str | None = None,
    not_before: datetime | None = None,
) -> None:
    settled_at = stamp(now) if state != DeliveryState.WAITING else None
    db.execute(
        "UPDATE deliveries SET state = ?, lease_until = NULL, settled_at = ?, receipt = coalesce(?, receipt),"
        " reason = ?, not_before = ? WHERE key = ?",
        [state.value, settled_at, receipt, reason, stamp(not_before) if not_before else None, key],
    )


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
