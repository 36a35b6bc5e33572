"""All that is held of a reader by e-mail, and its removal. Everything here runs inside the caller's transaction."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlite_utils import Database

from watcher.store import subscriptions
from watcher.store.database import stamp
from watcher.store.subscribers import (
    CHANNEL,
    LEFT_KEPT,
    UNCONFIRMED_KEPT,
    Departure,
    Subscriber,
    SubscriberState,
    count,
    delivery_key,
    subscriber_of,
)


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
    due = [subscriber_of(row) for row in rows]
    for subscriber in due:
        erase(db, subscriber)
        if subscriber.state is SubscriberState.PENDING:
            count(db, Departure.UNCONFIRMED, now)
    return len(due)


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
