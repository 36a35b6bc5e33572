"""A change that is told becomes rows of the outbox, rendered once, inside the caller's transaction."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from watcher.core.content_note import content_note
from watcher.core.model import Alert, ChangeKind, Comparison, Document, Echo, Link, Match
from watcher.pipeline.audience import subscribers
from watcher.pipeline.later import later_lines
from watcher.pipeline.second_look import without_noise
from watcher.pipeline.shown import deviation, excerpt, whole_diff
from watcher.pipeline.watch import Address, Watch
from watcher.render import RENDERERS, attachment, headline
from watcher.store import changes, documents, noise, outbox, people
from watcher.store.changes import Change, NewChange
from watcher.store.database import instant
from watcher.store.outbox import Message, Queued


REWRITES = frozenset({"telegram"})
"""Channels on which a message that is out can be changed; elsewhere the later message has to do."""


def announce(watch: Watch, change_id: int, change: NewChange, document: Document) -> bool:
    """Queue the messages that a change asks for; True if anyone is told by a message of its own.

    A repeat rewrites the message that is out already, so that it lists the new publisher;
    where none is out (the statement was there before the watch began) it is told by itself.
    """
    if not watch.addresses:
        return change.is_alert
    if change.kind == ChangeKind.REPEAT and change.tier == "named":
        return _announce_repeat(watch, change_id, change)
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
        for message, told in outbox.first_messages(watch.db, change.statement_id):
            if told != change_id and message.channel in REWRITES:
                rewrite(watch, message, told, f"later:{change_id}", now)
    if change.kind == ChangeKind.EDITED:
        for earlier in changes.edits_of(watch.db, change.document_id, change_id):
            if any(f"(c-{change_id})" in line for line in later_lines(watch, earlier)):
                rewrite_all(watch, earlier.id, f"later:{change_id}", now)


def rewrite_all(watch: Watch, told: int, why: str, now: datetime) -> None:
    """Queue the messages about change `told` as they read now, where they can be changed."""
    for message in outbox.messages_about(watch.db, told):
        if message.channel in REWRITES:
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
        body=RENDERERS[message.channel](alert),
        change_id=told,
        statement_id=None,
        edits=message.key,
    )


def alert_of(watch: Watch, change_id: int) -> Alert:
    """All that a message about a recorded change says."""
    change = changes.change_by_id(watch.db, change_id)
    assert change is not None
    before = documents.version_by_id(watch.db, change.before_id) if change.before_id else None
    after = documents.version_by_id(watch.db, change.after_id) if change.after_id else None
    shown = after or before
    assert shown is not None
    mask = noise.mask_of(watch.db, change.source_id, change.document_id)
    alert = _alert(
        watch,
        change,
        without_noise(before.document, mask) if before else None,
        without_noise(after.document, mask) if after else None,
    )
    return replace(alert, later=later_lines(watch, change))


def _alert(watch: Watch, change: Change, before: Document | None, after: Document | None) -> Alert:
    shown = after or before
    assert shown is not None
    after_matches = documents.matches_of(watch.db, change.after_id) if change.after_id else []
    before_matches = documents.matches_of(watch.db, change.before_id) if change.before_id else []
    match = next((m for m in [*after_matches, *before_matches] if m.topic_id == change.topic_id), None)
    is_edit = before is not None and after is not None
    gone = documents.disappearance(watch.db, change.document_id)
    topic = next((t for t in watch.configuration.topics if t.id == change.topic_id), None)
    return Alert(
        number=change.number,
        kind=change.kind,
        organisation=change.organisation,
        title=shown.title,
        url=change.moved_from or change.url,
        topic=topic.name if topic else change.topic_id or "",
        topic_short=topic.short if topic else "",
        seen_at=change.detected_at,
        match=match,
        comparison=Comparison(change.kind, change.reasons, change.is_silent),
        diff=whole_diff(before, after) if is_edit and before and after else None,
        excerpt=excerpt(match, shown),
        links_added=_only_in(after, before) if is_edit else (),
        links_removed=_only_in(before, after) if is_edit else (),
        published_on=shown.published_on,
        modified_on=shown.modified_on,
        stances_before=next((m.stances for m in before_matches if m.topic_id == change.topic_id), ()),
        softened=change.is_softer,
        position_is_confirmed=_is_confirmed(watch, change, match),
        publishers=_publishers(watch, change.statement_id),
        echoes=_echoes(watch, change),
        moved_to=change.url if change.kind == ChangeKind.MOVED else None,
        missing_since=gone.since if gone else None,
        misses=gone.count if gone else 0,
        gone_how=gone.how if gone else None,
        tls_note=documents.tls_note_of(watch.db, change.after_id) if change.after_id else None,
        content_note=content_note(f"{shown.title}\n{shown.text}"),
        diff_url=f"{watch.public_url}/changes/{change.id}" if watch.public_url else None,
        timezone=watch.configuration.settings.timezone,
    )


def _announce_repeat(watch: Watch, change_id: int, change: NewChange | Change) -> bool:
    assert change.statement_id is not None
    is_told = False
    to = dict.fromkeys((*watch.addresses, *subscribers(watch, change_id)))
    for address in to:
        first = outbox.first_of(watch.db, change.statement_id, address.channel, address.address)
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
        outbox.first_of(watch.db, change.statement_id, address.channel, address.address)
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


def _is_confirmed(watch: Watch, change: Change, match: Match | None) -> bool:
    """Whether a person has confirmed the position that the message names."""
    version_id = change.after_id or change.before_id
    if match is None or not match.stances or version_id is None:
        return False
    return people.confirmed_by(watch.db, version_id, match.topic_id, match.stances[0].stance) is not None


def _only_in(one: Document | None, other: Document | None) -> tuple[Link, ...]:
    known = {link.url for link in other.links} if other else set()
    return tuple(link for link in one.links if link.url not in known) if one else ()


def _publishers(watch: Watch, statement_id: int | None) -> tuple[str, ...]:
    if statement_id is None:
        return ()
    return tuple(dict.fromkeys(row["organisation"] for row in changes.publishers(watch.db, statement_id)))


def _echoes(watch: Watch, change: Change) -> tuple[Echo, ...]:
    """Who else published the statement of the change, oldest first, and what they word differently."""
    if change.statement_id is None:
        return ()
    found = []
    for row in changes.publishers(watch.db, change.statement_id):
        is_same_body = row["organisation"] == change.organisation
        if row["document_id"] == change.document_id or row["state"] == documents.MOVED or is_same_body:
            continue
        joined_at = instant(row["joined_at"])
        assert joined_at is not None
        found.append(Echo(row["organisation"], joined_at, row["url"], _deviation(watch, change, row["document_id"])))
    return tuple(found)


def _deviation(watch: Watch, change: Change, document_id: int) -> str:
    """What a publisher words differently from the document of the change."""
    first = documents.latest_version(watch.db, change.document_id)
    other = documents.latest_version(watch.db, document_id)
    return deviation(first.document, other.document) if first and other else ""
