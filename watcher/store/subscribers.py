"""Readers by e-mail: who asked, who confirmed, who left; and the erasing of what is kept no longer.

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
from watcher.store import mailboxes, subscriptions
from watcher.store.database import instant, stamp
from watcher.store.subscriptions import Subscription, SubscriptionState

CHANNEL = mailboxes.MAIL
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
        yield _subscriber(row)


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


# --- pausing, leaving, erasing -----------------------------------------------------------------


def pause(
    db: Database, address: str, reason: str, now: datetime, how: Departure = Departure.COMPLAINED
) -> Subscriber | None:
    """Send nothing more to an address whose reader complained; its reader, None if it was not active.

    What waits for it is withdrawn, and the pause counted. Confirming anew ends it, or `resume`.
    """
    if not mailboxes.pause(db, address, reason, now, how.value):
        return None
    subscriptions.set_state(db, CHANNEL, address, SubscriptionState.PAUSED, now)
    _withdraw(db, address, reason, now)
    return by_address(db, address)


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


def erase(db: Database, subscriber: Subscriber) -> None:
    """Remove a reader and every trace of them; only counts stay.

    What was deleted is overwritten in the file too, and leaves the write-ahead log at its next turn.
    """
    db.execute("PRAGMA secure_delete = ON")
    address = [CHANNEL, subscriber.address]
    db.execute(
        "DELETE FROM digests WHERE subscription_id IN (SELECT id FROM subscriptions WHERE channel = ? AND address = ?)",
        address,
    )
    subscriptions.erase(db, *address)
    db.execute("DELETE FROM invitations WHERE subscriber_id = ?", [subscriber.id])
    db.execute("DELETE FROM subscribers WHERE id = ?", [subscriber.id])


def is_any_to_erase(db: Database, now: datetime) -> bool:
    """Whether `erase_due` would do anything."""
    row = db.execute(
        "SELECT EXISTS (SELECT 1 FROM subscribers WHERE state = 'left' AND left_at <= ?)"
        " OR EXISTS (SELECT 1 FROM invitations WHERE created_at <= ?)"
        " OR EXISTS (SELECT 1 FROM subscribers WHERE state = 'pending' AND created_at <= ?)",
        [stamp(now - LEFT_KEPT), stamp(now - UNCONFIRMED_KEPT), stamp(now - UNCONFIRMED_KEPT)],
    ).fetchone()
    return bool(row[0])


def erase_due(db: Database, now: datetime) -> int:
    """Erase who left 28 days ago, and what was not confirmed within 8 days; how many addresses.

    One that was asked for again waits until that is confirmed or has run out.
    """
    _forget_invitations(db, now)
    rows = db.query(
        "SELECT * FROM subscribers s"
        " WHERE ((state = 'left' AND left_at <= ?) OR (state = 'pending' AND created_at <= ?))"
        " AND NOT EXISTS (SELECT 1 FROM invitations WHERE subscriber_id = s.id AND used_at IS NULL)"
        " ORDER BY id",
        [stamp(now - LEFT_KEPT), stamp(now - UNCONFIRMED_KEPT)],
    )
    due = [_subscriber(row) for row in rows]
    for subscriber in due:
        erase(db, subscriber)
        if subscriber.state is SubscriberState.PENDING:
            count(db, Departure.UNCONFIRMED, now)
    return len(due)


def count(db: Database, how: Departure, now: datetime) -> None:
    """Count one departure on its day."""
    db.execute(
        "INSERT INTO departures (day, how, count) VALUES (?, ?, 1)"
        " ON CONFLICT (day, how) DO UPDATE SET count = count + 1",
        [now.astimezone(UTC).date().isoformat(), how.value],
    )


def _forget_invitations(db: Database, now: datetime) -> None:
    """Links that have run out go, and so do mails with such a link that were never sent."""
    old = [
        row[0]
        for row in db.execute(
            "SELECT token_hash FROM invitations WHERE created_at <= ?", [stamp(now - UNCONFIRMED_KEPT)]
        )
    ]
    for token_hash in old:
        db.execute(
            "UPDATE deliveries SET state = 'withdrawn', settled_at = ?, reason = 'its link has run out', body = '',"
            " attachment = NULL WHERE key = ? AND state = 'waiting'",
            [stamp(now), delivery_key(token_hash)],
        )
        db.execute("DELETE FROM invitations WHERE token_hash = ?", [token_hash])


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


# --- all that is held --------------------------------------------------------------------------


def held(db: Database, subscriber: Subscriber) -> dict[str, Any]:
    """All that is kept of a reader, for them to see. Tokens are named, not shown."""
    address = [CHANNEL, subscriber.address]
    row = next(db.query("SELECT * FROM subscribers WHERE id = ?", [subscriber.id]))
    asked = db.query(
        "SELECT filter, rhythm, wants_quiet, created_at, used_at FROM invitations WHERE subscriber_id = ?"
        " ORDER BY created_at",
        [subscriber.id],
    )
    follows = db.query("SELECT * FROM subscriptions WHERE channel = ? AND address = ? ORDER BY id", address)
    sent = db.query(
        "SELECT d.key, d.state, d.created_at, d.settled_at, d.reason, d.receipt,"
        " coalesce(l.subject, d.subject) AS subject FROM deliveries d LEFT JOIN letters l ON l.id = d.letter_id"
        " WHERE d.channel = ? AND d.address = ? ORDER BY d.id",
        address,
    )
    told = db.query(
        "SELECT g.* FROM digests g JOIN subscriptions s ON s.id = g.subscription_id"
        " WHERE s.channel = ? AND s.address = ? ORDER BY g.made_at",
        address,
    )
    return {
        **row,
        "leave_token": "kept, not shown",
        "subscriptions": list(follows),
        "confirmations": list(asked),
        "messages": list(sent),
        "digests": list(told),
    }


def _one(db: Database, where: str, value: object) -> Subscriber | None:
    return next((_subscriber(row) for row in db.query(f"SELECT * FROM subscribers WHERE {where}", [value])), None)


def _subscriber(row: dict[str, Any]) -> Subscriber:
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
