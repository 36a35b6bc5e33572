"""What becomes of a delivery once its channel has answered, or its sender has died.

sending --Sent--> sent
   |------TryAgain--> waiting (not before …)
   |------Refused--> refused (a person must look)
   |------InDoubt, or the lease ran out--> waiting, marked as a possible repeat; after four of these:
                                           in doubt, for a person
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import assert_never

from sqlite_utils import Database

from watcher.core.model import DeliveryState, InDoubt, Receipt, Refused, Sent, TryAgain
from watcher.store import subscribers
from watcher.store.bounces import as_bounce
from watcher.store.database import stamp, transaction

MAX_ATTEMPTS = 30  # with growing pauses of up to an hour, about a day; mail takes pauses of up to four, so 3.7 days
RESEND_AFTER_S = (0.0, 30.0, 120.0, 480.0)
"""Seconds before each re-sending of a doubtful message: once is too few where one connection in twenty
breaks (0013-a-doubtful-message); a mail is sent again once, for a mailbox can't be looked through as a chat can."""


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


def _settle(db: Database, key: str, receipt: Receipt, now: datetime) -> None:
    row = db.execute("SELECT may_repeat, attempts, channel, address FROM deliveries WHERE key = ?", [key]).fetchone()
    if row is None:
        return  # its reader asked to be forgotten while it was being sent
    doubts, attempts = int(row[0]), int(row[1])
    if row[2] == subscribers.CHANNEL:
        receipt = as_bounce(db, row[3], receipt, now)
    match receipt:
        case Sent(id=message_id, address=new_address):
            mark(db, key, DeliveryState.SENT, now, receipt=message_id)
            if new_address:
                _follow(db, key, new_address)
        case TryAgain(after_s=after_s, reason=reason, is_paced=True):
            mark(db, key, DeliveryState.WAITING, now, reason=reason, not_before=now + timedelta(seconds=after_s))
            db.execute("UPDATE deliveries SET attempts = attempts - 1 WHERE key = ?", [key])
        case TryAgain(after_s=after_s, reason=reason):
            if attempts >= MAX_ATTEMPTS:
                mark(db, key, DeliveryState.REFUSED, now, reason=f"given up after {attempts} attempts: {reason}")
            else:
                mark(db, key, DeliveryState.WAITING, now, reason=reason, not_before=now + timedelta(seconds=after_s))
        case Refused(reason=reason, is_unwelcome=is_unwelcome):
            mark(db, key, DeliveryState.REFUSED, now, reason=reason)
            if is_unwelcome:
                _leave_alone(db, key, reason, now)
        case InDoubt(reason=reason) if doubts >= (1 if row[2] == subscribers.CHANNEL else len(RESEND_AFTER_S)):
            mark(db, key, DeliveryState.IN_DOUBT, now, reason=f"in doubt {doubts + 1} times: {reason}")
        case InDoubt(reason=reason):
            again_at = now + timedelta(seconds=RESEND_AFTER_S[doubts])
            mark(db, key, DeliveryState.WAITING, now, reason=reason, not_before=again_at)
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


def mark(
    db: Database,
    key: str,
    state: DeliveryState,
    now: datetime,
    *,
    receipt: str | None = None,
    reason: str | None = None,
    not_before: datetime | None = None,
) -> None:
    """Write the state of a delivery, inside the caller's transaction."""
    settled_at = stamp(now) if state != DeliveryState.WAITING else None
    db.execute(
        "UPDATE deliveries SET state = ?, lease_until = NULL, settled_at = ?, receipt = coalesce(?, receipt),"
        " reason = ?, not_before = ? WHERE key = ?",
        [state.value, settled_at, receipt, reason, stamp(not_before) if not_before else None, key],
    )
