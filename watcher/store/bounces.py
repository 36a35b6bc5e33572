"""When a mail server's answers about a mailbox, over days, mean that it takes no mail."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlite_utils import Database

from watcher.core.model import Receipt, Refused, Sent, TryAgain
from watcher.store import subscribers

FAILING_FOR = timedelta(days=3)
"""Of nothing but 4xx answers about one mailbox: then its address is paused."""


def as_bounce(db: Database, address: str, receipt: Receipt, now: datetime) -> Receipt:
    """The receipt of a mail, or a refusal if its mailbox has been out of reach for days.

    Keeps since when it has been, inside the caller's transaction. What says nothing of the mailbox
    (no connection, a busy server) neither begins nor breaks the row.
    """
    if isinstance(receipt, Sent):
        subscribers.note_reached(db, address)
    elif isinstance(receipt, TryAgain) and receipt.is_mailbox:
        since = subscribers.note_failing(db, address, now)
        if since is not None and now - since > FAILING_FOR:
            says = f"for more than {FAILING_FOR.days} days the mail server could not deliver here"
            return Refused(f"{says} ({receipt.reason[:3]})", is_unwelcome=True)
    return receipt
