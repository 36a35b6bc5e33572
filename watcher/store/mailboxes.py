"""What mail servers said of the mailboxes of readers. Every function runs inside the caller's transaction.

What is kept of it names no address: a reason with the server's code, and counts.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlite_utils import Database

from watcher.store.database import instant, stamp

MAIL = "email"
FAILING_FOR = timedelta(days=3)
"""So long a mailbox may be out of reach, by every answer in between, before its address is left alone."""


def note_taken(db: Database, address: str) -> None:
    """A mail to `address` was taken: what failed before counts no more."""
    db.execute("UPDATE subscribers SET failing_since = NULL WHERE address = ? AND failing_since IS NOT NULL", [address])


def note_failing(db: Database, address: str, now: datetime) -> bool:
    """Keep that the mailbox could not be reached; True once that has lasted for more than FAILING_FOR."""
    db.execute(
        "UPDATE subscribers SET failing_since = ? WHERE address = ? AND failing_since IS NULL", [stamp(now), address]
    )
    row = db.execute("SELECT failing_since FROM subscribers WHERE address = ?", [address]).fetchone()
    since = instant(row[0]) if row else None
    return since is not None and now - since > FAILING_FOR


def pause(db: Database, address: str, reason: str, now: datetime) -> bool:
    """Write to `address` no more until it subscribes again; whether it was active. Counted as a departure."""
    paused = db.execute(
        "UPDATE subscribers SET state = 'paused', paused_reason = ?, failing_since = NULL"
        " WHERE address = ? AND state = 'active'",
        [reason, address],
    ).rowcount
    if paused:
        db.execute(
            "INSERT INTO departures (day, how, count) VALUES (?, 'bounced', ?)"
            " ON CONFLICT (day, how) DO UPDATE SET count = count + excluded.count",
            [stamp(now)[:10], paused],
        )
    return bool(paused)
