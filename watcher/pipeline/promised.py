"""Promises: kept by version, and told once when their time has passed."""

from __future__ import annotations

import re
from datetime import date
from zoneinfo import ZoneInfo

from watcher.core.content_note import content_note
from watcher.core.model import ChangeKind, Document, OrganisationKind
from watcher.core.promise import Promise, promises
from watcher.core.text import normalise, words
from watcher.pipeline.cycle import Visit
from watcher.pipeline.relevance import LONG_WORDS
from watcher.pipeline.watch import Watch
from watcher.render import PROMISES
from watcher.render.promise import DuePromise, promise_headline
from watcher.store import announced, changes, documents, outbox
from watcher.store import promises as promises_store
from watcher.store.database import transaction
from watcher.store.outbox import Queued
from watcher.store.promises import DUE, KeptPromise

# "We answer letters within a week" is how an office works; its week begins when somebody writes.
_IS_SERVICE = re.compile(
    r"\b(?:answer|repl(?:y|ies)|respond|get back|contact|acknowledge|ring|call)\w*\b.*\bwithin\b", re.IGNORECASE
)
MOST = 5  # of one text: a paper with more is a programme of work, and no promise to the public


def promises_of(watch: Watch, visit: Visit, document: Document, kind: ChangeKind, topic_id: str) -> tuple[Promise, ...]:
    """What a text about the topic announces in its speaker's own name, near where it speaks of the topic.

    A newspaper promises nothing of its own, and the words of an undated page that was there
    before the watch began have no day to count from.
    """
    said_on = _said_on(document, kind, visit.at.date())
    if said_on is None or visit.organisation.kind == OrganisationKind.PRESS:
        return ()
    blocks = document.blocks
    if sum(len(words(normalise(block))) for block in blocks) > LONG_WORDS:
        named = watch.topics.mentions(topic_id, blocks)
        near = {place + step for place, is_named in enumerate(named) if is_named for step in (-1, 0, 1)}
        blocks = tuple(block for place, block in enumerate(blocks) if place in near)
    found = tuple(one for one in promises(blocks, said_on) if not _IS_SERVICE.search(one.quote))
    return found if len(found) <= MOST else ()


def _said_on(document: Document, kind: ChangeKind, seen_on: date) -> date | None:
    if kind not in (ChangeKind.BASELINE, ChangeKind.FIRST, ChangeKind.REPEAT):
        return seen_on  # what an edit brings is new, whatever the page's date says
    own = document.modified_on or document.published_on
    if own is None:
        return None if kind == ChangeKind.BASELINE else seen_on
    return min(own, seen_on)


def tell_due(watch: Watch) -> int:
    """Queue one message a promise whose last day is over and whose page makes it still; how many were told."""
    today = watch.now().astimezone(ZoneInfo(watch.configuration.settings.timezone)).date()
    due = promises_store.overdue(watch.db, today)
    if not due:
        return 0
    with transaction(watch.db):
        for kept in due:
            outbox.queue(watch.db, _messages(watch, kept), watch.now())
            promises_store.settle_promise(watch.db, kept.id, DUE, watch.now())
    return len(due)


def _messages(watch: Watch, kept: KeptPromise) -> list[Queued]:
    told = DuePromise(
        organisation=kept.organisation,
        title=kept.title,
        url=kept.url,
        quote=kept.promise.quote,
        due_until=kept.promise.due_until,
        said_on=kept.said_at.date(),
        later_titles=_later_titles(watch, kept),
        note=content_note(f"{kept.title}\n{kept.promise.quote}") or "",
        is_there=documents.where_of(watch.db, kept.document_id).state != documents.REMOVED,
    )
    queued = []
    for address in watch.addresses:
        first = (
            announced.first_of(watch.db, kept.statement_id, address.channel, address.address)
            if kept.statement_id is not None
            else None
        )
        queued.append(
            Queued(
                key=f"promise:{kept.id}:{address.channel}:{address.address}",
                channel=address.channel,
                address=address.address,
                subject=promise_headline(told),
                body=PROMISES[address.channel](told),
                statement_id=kept.statement_id,
                answers=first.key if first else None,
            )
        )
    return queued


def _later_titles(watch: Watch, kept: KeptPromise) -> tuple[str, ...]:
    """Titles of what the organisation published on the topic after the promise was seen."""
    found = changes.changes_since(
        watch.db, kept.said_at, topic_id=kept.topic_id, organisation_id=kept.organisation_id, on_topic_only=True
    )
    own = (
        change.title
        for change in reversed(found)
        if change.kind == ChangeKind.FIRST and change.document_id != kept.document_id
    )
    return tuple(dict.fromkeys(own))
