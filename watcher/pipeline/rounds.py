"""Chats that want to be told once a day or week: what their filter let through since the last time, in one message."""

from __future__ import annotations

from datetime import timedelta

from watcher.core.filter import Rhythm
from watcher.pipeline.watch import Watch
from watcher.store import subscriptions
from watcher.store.database import stamp, transaction
from watcher.store.outbox import Queued, queue
from watcher.store.subscriptions import Subscription
from watcher.store.views import Selection, selected

_LENGTHS = {Rhythm.DAILY: timedelta(days=1), Rhythm.WEEKLY: timedelta(days=7)}
_MOST = 1000  # alerts in one message's window; those that don't fit are counted in it


def tell_rounds(watch: Watch) -> int:
    """Queue the messages of daily and weekly subscriptions that are due; how many.

    Each tells what was recorded in [the last time, now): a missed day is made up by the next one.
    A window without alerts is told by no message.
    """
    if not any(address.channel == "telegram" for address in watch.addresses):
        return 0  # nothing could be sent
    now = watch.now()
    due = [
        one
        for one in subscriptions.active(watch.db, "telegram")
        if one.rhythm in _LENGTHS and now - one.told_until >= _LENGTHS[one.rhythm]
    ]
    if not due:
        return 0
    with transaction(watch.db):
        for one in due:
            message = _round(watch, one)
            queue(watch.db, [message] if message else [], now)
            subscriptions.note_told(watch.db, one.id, now)
    return len(due)


def _round(watch: Watch, one: Subscription) -> Queued | None:
    # Brings the renderers: only where something is due.
    from watcher.pipeline.alerts import alert_of
    from watcher.pipeline.audience import kept, matching
    from watcher.render import SUMMARIES

    now = watch.now()
    window = selected(watch.db, Selection(since=one.told_until, until=now), _MOST)
    alerts = (change for change in reversed(window) if change.is_alert)
    found = matching(watch.db, watch.configuration, kept(one.filter), alerts)
    if not found:
        return None
    where = f"{watch.public_url}/" if watch.public_url else ""
    return Queued(
        key=f"round:{one.id}:{stamp(now)}",
        channel=one.channel,
        address=one.address,
        subject=f"{len(found)} alerts",
        body=SUMMARIES[one.channel]([alert_of(watch, change.id) for change in found], where),
    )
