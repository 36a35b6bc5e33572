"""Readers by e-mail: who asked, who confirmed, who left. What is kept no longer goes by store/erasure.py.

    pending --confirmed--> active <--resume-- paused (bounces, complaints)
       |                     |  --pause-->      |
       | 8 days              +------leave-------+--> left --28 days--> erased
       +--> erased                                     +--confirmed anew--> active

Everything here runs inside the caller's transaction. What a reader follows stands in `subscriptions`
(channel "email", the address as in `subscribers`), what was sent in `deliveries`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlite_utils import Database

from watcher.core.filter import Rhythm
from watcher.store import subscriptions
from watcher.store.database import instant, stamp
from watcher.store.subscriptions import Subscription, SubscriptionState

CHANNEL = "email"
CONFIRM_WITHIN = timedelta(days=7)
UNCONFIRMED_KEPT = CONFIRM_WITHIN + timedelta(days=1)
LEFT_KEPT = timedelta(days=28)


class SubscriberState(StrEnum):
    """Where a reader stands."""

    PENDING = "pending"  # asked for, not confirmed: gets nothing but the confirmation
    ACTIVE = "active"
    PAUSED = "paused"  # mail came back, or was complained about
    LEFT = "left"


class Departure(StrEnum):
    """How a reader went: counted by day, and all that is kept of them."""

    LEFT = "left"
    BOUNCED = "bounced"
    COMPLAINED = "complained"
    UNCONFIRMED = "unconfirmed"
    ERASED = "erased"


@dataclass(frozen=True, slots=True)
class Subscriber:
    """One mailbox that was asked for."""

    id: int
    address: str  # as it was typed: mail is sent to this
    address_key: str  # for comparison
    state: SubscriberState
    created_at: datetime
    confirmed_at: datetime | None
    left_at: datetime | None
    paused_reason: str | None
    failing_since: datetime | None  # the first of an unbroken row of 4xx answers
    leave_token: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Invitation:
    """One confirmation that was asked for; its link is in the mail alone."""

    token_hash: str  # SHA-256
    subscriber_id: int
    filter: str  # as it prints, without the rhythm
    rhythm: Rhythm
    wants_quiet: bool
    created_at: datetime
    used_at: datetime | None

    @property
    def delivery_key(self) -> str:
        """The key of the mail that carries the link."""
        return delivery_key(self.token_hash)


def delivery_key(token_hash: str) -> str:
    """The key of the mail that carries the link of this hash."""
    return f"confirm:{token_hash[:16]}"


# --- looking up --------------------------------------------------------------------------------


def by_key(db: Database, address_key: str) -> Subscriber | None:
    """The reader whose address compares equal (`MailAddress.key`)."""
    return _one(db, "address_key = ?", address_key)


def by_address(db: Database, address: str) -> Subscriber | None:
    """The reader whose mail is sent to `address`, letter by letter."""
    return _one(db, "address = ?", address)


def by_leave_token(db: Database, token: str) -> Subscriber | None:
    """The reader whose mails carry this token."""
    return _one(db, "leave_token = ?", token)


def by_id(db: Database, subscriber_id: int) -> Subscriber | None:
    """The reader of that id."""
    return _one(db, "id = ?", subscriber_id)


def every(db: Database) -> Iterator[Subscriber]:
    """All readers, the oldest first."""
    for row in db.query("SELECT * FROM subscribers ORDER BY id"):
        yield subscriber_of(row)


def followed(db: Database, subscriber: Subscriber) -> list[Subscription]:
    """What a reader follows, paused ones included; nothing once they have left."""
    return subscriptions.subscriptions_of(db, CHANNEL, subscriber.address)


# --- asking and confirming ---------------------------------------------------------------------


def ensure(db: Database, address: str, address_key: str, leave_token: str, now: datetime) -> Subscriber:
    """The reader of this address, pending if new. A known one keeps the spelling that was typed first."""
    db.execute(
        "INSERT INTO subscribers (address, address_key, state, created_at, leave_token)"
        " VALUES (?, ?, 'pending', ?, ?) ON CONFLICT (address_key) DO NOTHING",
        [address, address_key, stamp(now), leave_token],
    )
    found = by_key(db, address_key)
    assert found is not None
    return found


def invite(db: Database, invitation: Invitation) -> None:
    """Keep that a confirmation was asked for."""
    db.table("invitations").insert(
        {
            "token_hash": invitation.token_hash,
            "subscriber_id": invitation.subscriber_id,
            "filter": invitation.filter,
            "rhythm": invitation.rhythm.value,
            "wants_quiet": int(invitation.wants_quiet),
            "created_at": stamp(invitation.created_at),
        }
    )


def invited_since(db: Database, subscriber_id: int, since: datetime) -> int:
    """How many confirmations were asked for at or after `since`."""
    row = db.execute(
        "SELECT count(*) FROM invitations WHERE subscriber_id = ? AND created_at >= ?", [subscriber_id, stamp(since)]
    ).fetchone()
    return int(row[0])


def invitation_of(db: Database, token_hash: str) -> Invitation | None:
    """The invitation whose link has this hash; it may be used or too old."""
    for row in db.query("SELECT * FROM invitations WHERE token_hash = ?", [token_hash]):
        created_at = instant(row["created_at"])
        assert created_at is not None
        return Invitation(
            row["token_hash"],
            row["subscriber_id"],
            row["filter"],
            Rhythm(row["rhythm"]),
            bool(row["wants_quiet"]),
            created_at,
            instant(row["used_at"]),
        )
    return None


def use(db: Database, invitation: Invitation, now: datetime) -> Subscription:
    """The subscription that an invitation asked for. The link is spent, the reader active."""
    db.execute("UPDATE invitations SET used_at = ? WHERE token_hash = ?", [stamp(now), invitation.token_hash])
    subscriber = by_id(db, invitation.subscriber_id)
    assert subscriber is not None
    return begin(db, subscriber, invitation.filter, invitation.rhythm, now, wants_quiet=invitation.wants_quiet)


def begin(
    db: Database, subscriber: Subscriber, wanted: str, rhythm: Rhythm, now: datetime, *, wants_quiet: bool
) -> Subscription:
    """The subscription of a reader who is active from now on, whatever they were before."""
    if subscriber.state is SubscriberState.PAUSED:
        subscriptions.set_state(db, CHANNEL, subscriber.address, SubscriptionState.ACTIVE, now)
    db.execute(
        "UPDATE subscribers SET confirmed_at = CASE WHEN state = 'active' THEN confirmed_at ELSE ? END,"
        " state = 'active', left_at = NULL, paused_reason = NULL, failing_since = NULL WHERE id = ?",
        [stamp(now), subscriber.id],
    )
    return subscriptions.subscribe(db, CHANNEL, subscriber.address, wanted, rhythm, now, wants_quiet=wants_quiet)


# --- pausing and leaving -----------------------------------------------------------------


def pause(
    db: Database, address: str, reason: str, now: datetime, how: Departure = Departure.BOUNCED
) -> Subscriber | None:
    """Send nothing more to an address whose mail comes back; its reader, None if it was not active.

    What waits for it is withdrawn, and the pause counted. Confirming anew ends it, or `resume`.
    """
    subscriber = by_address(db, address)
    if subscriber is None or subscriber.state is not SubscriberState.ACTIVE:
        return None
    db.execute("UPDATE subscribers SET state = 'paused', paused_reason = ? WHERE id = ?", [reason, subscriber.id])
    subscriptions.set_state(db, CHANNEL, address, SubscriptionState.PAUSED, now)
    _withdraw(db, address, reason, now)
    count(db, how, now)
    return by_id(db, subscriber.id)


def resume(db: Database, address: str, now: datetime) -> Subscriber | None:
    """Send to a paused address again; its reader, None if it was not paused. What a pause left out is not told."""
    subscriber = by_address(db, address)
    if subscriber is None or subscriber.state is not SubscriberState.PAUSED:
        return None
    db.execute(
        "UPDATE subscribers SET state = 'active', paused_reason = NULL, failing_since = NULL WHERE id = ?",
        [subscriber.id],
    )
    subscriptions.set_state(db, CHANNEL, address, SubscriptionState.ACTIVE, now)
    return by_id(db, subscriber.id)


def note_failing(db: Database, address: str, now: datetime) -> datetime | None:
    """Since when an address answers with nothing but 4xx, this answer included; None if it is not known."""
    db.execute(
        "UPDATE subscribers SET failing_since = coalesce(failing_since, ?) WHERE address = ?", [stamp(now), address]
    )
    subscriber = by_address(db, address)
    return subscriber.failing_since if subscriber is not None else None


def note_reached(db: Database, address: str) -> None:
    """Keep that a mail was taken: the row of 4xx answers is broken."""
    db.execute("UPDATE subscribers SET failing_since = NULL WHERE address = ? AND failing_since IS NOT NULL", [address])


def leave(db: Database, subscriber: Subscriber, now: datetime) -> bool:
    """Whether the reader leaves now; False if they had left. Links not yet used are void, what waits is withdrawn."""
    if subscriber.state is SubscriberState.LEFT:
        return False
    db.execute(
        "UPDATE subscribers SET state = 'left', left_at = ?, paused_reason = NULL, failing_since = NULL WHERE id = ?",
        [stamp(now), subscriber.id],
    )
    db.execute(
        "UPDATE invitations SET used_at = ? WHERE subscriber_id = ? AND used_at IS NULL", [stamp(now), subscriber.id]
    )
    subscriptions.set_state(db, CHANNEL, subscriber.address, SubscriptionState.LEFT, now)
    _withdraw(db, subscriber.address, "the reader has left", now)
    if subscriber.state is not SubscriberState.PENDING:
        count(db, Departure.LEFT, now)
    return True


DEPARTED = (
    "SELECT address_key, state, coalesce(paused_reason, ''), coalesce(left_at, created_at) FROM subscribers"
    " WHERE state IN ('left', 'paused')"
)
"""Who is not to be written to, as `keep_departures` takes them."""


def keep_departures(db: Database, departed: Iterable[tuple[str, str, str, str]]) -> None:
    """Let those leave or pause here who did so elsewhere: in the database that a backup takes the place of."""
    for address_key, state, reason, at in departed:
        subscriber, since = by_key(db, address_key), instant(at)
        if subscriber is None or since is None:
            continue
        if state == SubscriberState.LEFT.value:
            leave(db, subscriber, since)
        else:
            pause(db, subscriber.address, reason, since)


def count(db: Database, how: Departure, now: datetime) -> None:
    """Count one departure on its day."""
    db.execute(
        "INSERT INTO departures (day, how, count) VALUES (?, ?, 1)"
        " ON CONFLICT (day, how) DO UPDATE SET count = count + 1",
        [now.astimezone(UTC).date().isoformat(), how.value],
    )


def _withdraw(db: Database, address: str, reason: str, now: datetime) -> None:
    """Take back what waits for an address. A confirmation holds a link: its words go at once."""
    waits = "channel = ? AND address = ? AND state = 'waiting'"
    db.execute(
        f"UPDATE deliveries SET body = '', attachment = NULL WHERE {waits} AND key LIKE 'confirm:%'",
        [CHANNEL, address],
    )
    db.execute(
        f"UPDATE deliveries SET state = 'withdrawn', settled_at = ?, reason = ? WHERE {waits}",
        [stamp(now), reason, CHANNEL, address],
    )


def _one(db: Database, where: str, value: object) -> Subscriber | None:
    return next((subscriber_of(row) for row in db.query(f"SELECT * FROM subscribers WHERE {where}", [value])), None)


def subscriber_of(row: dict[str, Any]) -> Subscriber:
    """The reader of a row of `subscribers`."""
    created_at = instant(row["created_at"])
    assert created_at is not None
    return Subscriber(
        id=row["id"],
        address=row["address"],
        address_key=row["address_key"],
        state=SubscriberState(row["state"]),
        created_at=created_at,
        confirmed_at=instant(row["confirmed_at"]),
        left_at=instant(row["left_at"]),
        paused_reason=row["paused_reason"],
        failing_since=instant(row["failing_since"]),
        leave_token=row["leave_token"],
    )
