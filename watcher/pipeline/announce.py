"""A change that is told becomes rows of the outbox, rendered once, inside the caller's transaction."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from watcher.core.model import Alert, ChangeKind, Document
from watcher.pipeline.alerts import alert_of
from watcher.pipeline.audience import subscribers
from watcher.pipeline.candidates import show_candidate
from watcher.pipeline.later import later_lines
from watcher.pipeline.watch import Address, Watch
from watcher.render import RENDERERS, UPDATES, attachment, headline
from watcher.store import announced, changes, documents, outbox
from watcher.store.announced import Message
from watcher.store.changes import Change, NewChange
from watcher.store.outbox import Queued

REWRITES = frozenset({"telegram", "webhook"})
"""Channels on which what is out can be changed; elsewhere the message about the later change has to do."""

CORRECTS = REWRITES | {"apprise"}
"""Channels that are told of what no later message tells: a decision of the maintainers."""


def announce(watch: Watch, change_id: int, change: NewChange, document: Document) -> bool:
    """Queue the messages that a change asks for; True if anyone is told by a message of its own.

    A repeat rewrites the message that is out already, so that it lists the new publisher;
    where none is out (the statement was there before the watch began) it is told by itself.
    """
    if not watch.addresses:
        return change.is_alert
    if change.kind == ChangeKind.REPEAT and change.tier == "named":
        return _announce_repeat(watch, change_id, change)
    show_candidate(watch, change_id, change)
    if change.is_alert:
        queue_alert(watch, change_id, change, change.detected_at)
    keep_true(watch, change_id, change, change.detected_at)
    return change.is_alert


def queue_alert(watch: Watch, change_id: int, change: NewChange | Change, now: datetime) -> None:
    """Queue the message about a change for the channel and for the subscribers who asked for such."""
    alert = alert_of(watch, change_id)
    to = [*watch.addresses, *subscribers(watch, change_id)]
    outbox.queue(watch.db, [_queued(watch, alert, change_id, change, address) for address in to], now)


def keep_true(watch: Watch, change_id: int, change: NewChange | Change, now: datetime) -> None:
    """Rewrite messages that are out and that a later change makes untrue: reversals, removals, returns."""
    if change.kind in (ChangeKind.REMOVED, ChangeKind.RESTORED) and change.statement_id is not None:
        for message, told in announced.first_messages(watch.db, change.statement_id):
            if told != change_id and message.channel in REWRITES:
                rewrite(watch, message, told, f"later:{change_id}", now)
    if change.kind == ChangeKind.EDITED:
        for earlier in changes.edits_of(watch.db, change.document_id, change_id):
            if any(f"(c-{change_id})" in line for line in later_lines(watch, earlier)):
                rewrite_all(watch, earlier.id, f"later:{change_id}", now)


def rewrite_all(watch: Watch, told: int, why: str, now: datetime, on: frozenset[str] = REWRITES) -> None:
    """Queue the messages about change `told` as they read now, on the channels `on`."""
    for message in announced.messages_about(watch.db, told):
        if message.channel in on:
            rewrite(watch, message, told, why, now)


def rewrite(watch: Watch, message: Message, told: int, why: str, now: datetime) -> None:
    """Queue the message about change `told` as it reads now, in place of the one that is out."""
    outbox.queue(watch.db, [_edit(watch, message, told, why)], now)


def _edit(watch: Watch, message: Message, told: int, why: str) -> Queued:
    alert = alert_of(watch, told)
    return Queued(
        key=f"{why}:{message.key}",
        channel=message.channel,
        address=message.address,
        subject=headline(alert),
        body=UPDATES[message.channel](alert),
        change_id=told,
        statement_id=None,
        edits=message.key,
    )


def _announce_repeat(watch: Watch, change_id: int, change: NewChange | Change) -> bool:
    assert change.statement_id is not None
    is_told = False
    to = dict.fromkeys((*watch.addresses, *subscribers(watch, change_id)))
    for address in to:
        first = announced.first_of(watch.db, change.statement_id, address.channel, address.address)
        if first is None:
            alert = alert_of(watch, change_id)
            outbox.queue(watch.db, [_queued(watch, alert, change_id, change, address)], change.detected_at)
            is_told = is_told or address in watch.addresses
            continue
        if _is_own_copy(watch, change):
            continue  # the message names this publisher already
        message = Message(first.key, address.channel, address.address)
        rewrite(watch, message, first.change_id, f"echo:{change_id}", change.detected_at)
    return is_told


def _is_own_copy(watch: Watch, change: NewChange | Change) -> bool:
    """Whether the same organisation has published the statement at another address before."""
    assert change.statement_id is not None
    others = (row["document_id"] for row in changes.publishers(watch.db, change.statement_id))
    return any(
        documents.where_of(watch.db, other).organisation_id == change.organisation_id
        for other in others
        if other != change.document_id
    )


def _queued(watch: Watch, alert: Alert, change_id: int, change: NewChange | Change, address: Address) -> Queued:
    """The message to one address; a later change to a statement answers the first message about it."""
    # Without a web view to point at, what does not fit the message goes with it as a file.
    page = attachment(alert) if address.channel == "telegram" and not alert.diff_url else ""
    alert = replace(alert, is_attached=bool(page))
    first = (
        announced.first_of(watch.db, change.statement_id, address.channel, address.address)
        if change.statement_id is not None
        else None
    )
    return Queued(
        key=f"alert:{change_id}:{address.channel}:{address.address}",
        channel=address.channel,
        address=address.address,
        subject=headline(alert),
        body=RENDERERS[address.channel](alert),
        change_id=change_id,
        statement_id=change.statement_id,
        answers=first.key if first else None,
        attachment=page or None,
    )
