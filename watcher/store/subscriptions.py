"""Who wants to hear of what. Of a person the address and the filter are kept, and nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlite_utils import Database

from watcher.core.filter import Rhythm
from watcher.store.database import instant, stamp


class SubscriptionState(StrEnum):
    """Whether a subscriber is told."""

    ACTIVE = "active"
    PAUSED = "paused"
    LEFT = "left"


@dataclass(frozen=True, slots=True)
class Subscription:
    """One wish of one address."""

    id: int
    channel: str  # name in NOTIFIERS
    address: str
    filter: str  # as it prints, without the rhythm; "": everything
    rhythm: Rhythm
    state: SubscriptionState
    created_at: datetime
    told_until: datetime  # daily and weekly: what was recorded before this has been told
    wants_quiet: bool = False  # told of a week or day without changes too, in one line


def subscribe(
    db: Database,
    channel: str,
    address: str,
    wanted: str,
    rhythm: Rhythm,
    now: datetime,
    *,
    wants_quiet: bool = False,
) -> Subscription:
    """The subscription, new or as it was, active from now on. Inside the caller's transaction.

    One that was left begins anew: what came in between is not told.
    """
    db.execute(
        "INSERT INTO subscriptions (channel, address, filter, rhythm, state, created_at, told_until, wants_quiet)"
        " VALUES (?, ?, ?, ?, 'active', ?, ?, ?) ON CONFLICT (channel, address, filter) DO UPDATE SET"
        " told_until = CASE WHEN state = 'active' THEN told_until ELSE excluded.told_until END,"
        " created_at = CASE WHEN state = 'left' THEN excluded.created_at ELSE created_at END,"
        " rhythm = excluded.rhythm, wants_quiet = excluded.wants_quiet, state = 'active'",
        [channel, address, wanted, rhythm.value, stamp(now), stamp(now), int(wants_quiet)],
    )
    return next(one for one in subscriptions_of(db, channel, address) if one.filter == wanted)


def subscriptions_of(db: Database, channel: str, address: str) -> list[Subscription]:
    """What an address follows, paused ones included, the oldest first."""
    rows = db.query(
        "SELECT * FROM subscriptions WHERE channel = ? AND address = ? AND state != 'left' ORDER BY id",
        [channel, address],
    )
    return [_subscription(row) for row in rows]


def active(db: Database, channel: str) -> list[Subscription]:
    """Every active subscription of a channel, the oldest first."""
    rows = db.query("SELECT * FROM subscriptions WHERE channel = ? AND state = 'active' ORDER BY id", [channel])
    return [_subscription(row) for row in rows]


def set_state(db: Database, channel: str, address: str, state: SubscriptionState, now: datetime) -> int:
    """Pause or resume all that an address follows; how many changed. What a pause left out is not told later."""
    changed = db.execute(
        "UPDATE subscriptions SET state = ?, told_until = ? WHERE channel = ? AND address = ? AND state != ?",
        [state.value, stamp(now), channel, address, state.value],
    )
    return int(changed.rowcount)


def note_told(db: Database, subscription_id: int, until: datetime) -> None:
    """Keep that what was recorded before `until` has been told."""
    db.execute("UPDATE subscriptions SET told_until = ? WHERE id = ?", [stamp(until), subscription_id])


def unsubscribe(db: Database, subscription_id: int) -> None:
    """Forget one subscription; what waits for its address is still sent."""
    db.execute("DELETE FROM subscriptions WHERE id = ?", [subscription_id])


def erase(db: Database, channel: str, address: str) -> int:
    """Remove an address from the subscriptions and from the outbox; how many subscriptions there were.

    The outbox keeps nothing of it either: messages that were sent hold the address too.
    """
    count = db.execute("DELETE FROM subscriptions WHERE channel = ? AND address = ?", [channel, address]).rowcount
    db.execute("DELETE FROM deliveries WHERE channel = ? AND address = ?", [channel, address])
    return int(count)


def _subscription(row: dict[str, Any]) -> Subscription:
    created_at, told_until = instant(row["created_at"]), instant(row["told_until"])
    assert created_at is not None
    return Subscription(
        row["id"],
        row["channel"],
        row["address"],
        row["filter"],
        Rhythm(row["rhythm"]),
        SubscriptionState(row["state"]),
        created_at,
        told_until or created_at,
        bool(row["wants_quiet"]),
    )
