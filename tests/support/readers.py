"""Readers by e-mail, and what waits for them, in a store."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlite_utils import Database

from tests.support.site import Bench
from watcher.core.filter import Rhythm
from watcher.store import subscriptions
from watcher.store.database import transaction

PUBLIC_URL = "https://watch.example"


def with_mail(bench: Bench) -> Bench:
    """The bench as if mail was set up."""
    bench.watch = replace(bench.watch, sends_mail=True, public_url=PUBLIC_URL)
    return bench


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
        one = subscriptions.subscribe(db, "email", address, wanted, rhythm, now)
        db.execute("UPDATE subscriptions SET wants_quiet = ? WHERE id = ?", [int(wants_quiet), one.id])
    return one.id


def waiting_letters(db: Database) -> list[tuple[str, str, str, str, str]]:
    """What waits for readers, the oldest first: key, address, subject, text, HTML."""
    rows = db.execute(
        "SELECT d.key, d.address, l.subject, l.text, l.html FROM deliveries d JOIN letters l ON l.id = d.letter_id"
        " WHERE d.channel = 'email' ORDER BY d.id"
    )
    return [tuple(row) for row in rows]
