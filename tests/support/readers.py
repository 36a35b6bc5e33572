"""Readers by e-mail, and what waits for them, in a store."""

from __future__ import annotations

from datetime import datetime

from sqlite_utils import Database

from watcher.core.filter import Rhythm
from watcher.store import subscriptions
from watcher.store.database import transaction

PUBLIC_URL = "https://watch.example"


def add_reader(
    db: Database,
    address: str,
    now: datetime,
    wanted: str = "",
    rhythm: Rhythm = Rhythm.WEEKLY,
    *,
    wants_quiet: bool = False,
) -> int:
    """The id of a confirmed subscription."""
    with transaction(db):
        return subscriptions.subscribe(db, "email", address, wanted, rhythm, now, wants_quiet=wants_quiet).id


def waiting_letters(db: Database) -> list[tuple[str, str, str, str, str]]:
    """What waits for readers, the oldest first: key, address, subject, text, HTML."""
    rows = db.execute(
        "SELECT d.key, d.address, l.subject, l.text, l.html FROM deliveries d JOIN letters l ON l.id = d.letter_id"
        " WHERE d.channel = 'email' ORDER BY d.id"
    )
    return [tuple(row) for row in rows]
