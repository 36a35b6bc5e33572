"""What resembles a topic waits for a person; what a person decides, with who and when, and how it is undone."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from watcher.core.errors import StoreError
from watcher.core.model import Tier
from watcher.core.similar import containment
from watcher.core.text import normalise
from watcher.pipeline.announce import CORRECTS, queue_alert, rewrite, rewrite_all
from watcher.pipeline.candidates import candidate
from watcher.pipeline.watch import Address, Watch
from watcher.store import announced, changes, documents, outbox, people, reviews, views
from watcher.store.changes import Change
from watcher.store.database import transaction
from watcher.store.reviews import Decision

MUTED_FOR = timedelta(days=7)
_NEAREST = 5
_LOOKED_AT = 100  # the newest statements


def publish(watch: Watch, change_id: int, who: str) -> str:
    """Tell the channel of a candidate and make it public; what was done, in a sentence. Raises StoreError."""
    with transaction(watch.db):
        change = _judged(watch, change_id)
        if change.tier != Tier.SIMILAR:
            raise StoreError(f"{change.number}: names the topic, so it is public already")
        now = _decide(watch, change, Decision.PUBLISHED, who)
        _label(watch, change, people.ON_TOPIC, who, now)
        changes.set_alert(watch.db, change.id, True)
        rewrite_all(watch, change.id, f"published:{_number(watch, change)}", now, CORRECTS)
        announced.restore(watch.db, change.id)
        queue_alert(watch, change.id, change, now)
    return f"{change.number} is published, and the channel is told."


def dismiss(watch: Watch, change_id: int, who: str) -> str:
    """Note that a change is not relevant; a message that is out says so from now on. Raises StoreError."""
    with transaction(watch.db):
        change = _judged(watch, change_id)
        now = _decide(watch, change, Decision.DISMISSED, who)
        _label(watch, change, people.OFF_TOPIC, who, now)
        announced.withdraw(watch.db, change.id, f"judged not relevant by {who}", now)
        rewrite_all(watch, change.id, f"dismissed:{_number(watch, change)}", now, CORRECTS)
    return f"{change.number} is noted as not relevant."


def repeat_of(watch: Watch, change_id: int, statement_id: int, who: str) -> str:
    """Make a candidate one more publisher of a known statement; nobody is told anew. Raises StoreError."""
    with transaction(watch.db):
        change = _judged(watch, change_id)
        known = views.publishers(watch.db, statement_id)
        if not known:
            raise StoreError(f"statement {statement_id}: none of this number is public")
        now = _decide(watch, change, Decision.REPEAT, who, changes.statement_of(watch.db, change.document_id))
        changes.put_into_statement(watch.db, change.document_id, statement_id, now)
        _label(watch, change, people.ON_TOPIC, who, now)
        _rewrite_statement(watch, statement_id, f"repeat:{_number(watch, change)}", now)
    return f"{change.number} is the same statement as that of {known[0].organisation}."


def mute(watch: Watch, change_id: int, who: str) -> str:
    """Let candidates of the source wait without a message for a week; what was done."""
    with transaction(watch.db):
        change = _change(watch, change_id)
        until = watch.now() + MUTED_FOR
        reviews.mute(watch.db, change.source_id, until, who, watch.now())
    day = until.astimezone(ZoneInfo(watch.configuration.settings.timezone))
    return f"Candidates from {change.source_id} wait in the list, without a message, until {day:%-d %B %Y}."


def undo(watch: Watch, change_id: int, who: str) -> str:
    """Take back the last decision about a change; what was undone. Raises StoreError if there is none."""
    with transaction(watch.db):
        change = _change(watch, change_id)
        review = reviews.standing(watch.db, change.document_id)
        if review is None:
            raise StoreError(f"{change.number}: nothing was decided that could be undone")
        change, now = _change(watch, review.change_id), watch.now()
        why = f"undone:{_number(watch, change)}"
        reviews.undo_review(watch.db, review.id, who, now)
        if change.topic_id is not None and (version_id := change.after_id or change.before_id):
            people.forget_label(watch.db, version_id, change.topic_id)
        match review.decision:
            case Decision.PUBLISHED:
                changes.set_alert(watch.db, change.id, False)
                announced.withdraw(watch.db, change.id, f"withdrawn by {who}", now)
                rewrite_all(watch, change.id, why, now, CORRECTS)
            case Decision.DISMISSED:
                announced.restore(watch.db, change.id)
                rewrite_all(watch, change.id, why, now, CORRECTS)
            case Decision.REPEAT:
                joined = changes.statement_of(watch.db, change.document_id)
                if review.statement_before is not None:
                    changes.put_into_statement(watch.db, change.document_id, review.statement_before, now)
                if joined is not None:
                    _rewrite_statement(watch, joined, why, now)
        _rewrite_candidate(watch, change, why, now)
    return f"{change.number}: “{review.decision}” is undone; it waits for a decision again."


def likely_statements(watch: Watch, change_id: int) -> list[tuple[int, str]]:
    """The public statements most like a candidate, the likeliest first: number, and who says what."""
    change = _change(watch, change_id)
    version = documents.latest_version(watch.db, change.document_id)
    own = normalise(version.document.text) if version else normalise("")
    ranked = []
    for line in views.statements(watch.db, _LOOKED_AT):
        first = next(iter(views.publishers(watch.db, line.id)), None)
        other = documents.latest_version(watch.db, first.document_id) if first else None
        if other is None or first is None or first.document_id == change.document_id:
            continue
        share = containment(normalise(other.document.text), own)
        ranked.append((share, line.id, f"{line.organisation}: {line.title}"))
    return [(number, told) for _, number, told in sorted(ranked, reverse=True)[:_NEAREST]]


def _decide(watch: Watch, change: Change, decision: Decision, who: str, before: int | None = None) -> datetime:
    now = watch.now()
    if (last := reviews.standing(watch.db, change.document_id)) is not None and last.change_id == change.id:
        raise StoreError(f'{change.number}: already {last.decision} by {last.who} ("--undo" takes it back)')
    reviews.record_review(watch.db, change, decision, who, now, before)
    _rewrite_candidate(watch, change, f"decided:{_number(watch, change)}", now)
    return now


def _judged(watch: Watch, change_id: int) -> Change:
    """The change a decision is about: of a document that resembles the topic, its latest one."""
    change = _change(watch, change_id)
    if change.tier == Tier.NONE:
        raise StoreError(f"{change.number}: is about none of the topics, so there is nothing to decide")
    newer = [one for one in reviews.candidates(watch.db) if one.document_id == change.document_id]
    return newer[0] if newer and change.tier == Tier.SIMILAR else change


def _change(watch: Watch, change_id: int) -> Change:
    change = changes.change_by_id(watch.db, change_id)
    if change is None:
        raise StoreError(f'c-{change_id}: there is no such change ("watcher review list" shows what waits)')
    return change


def _label(watch: Watch, change: Change, label: str, who: str, now: datetime) -> None:
    version_id = change.after_id or change.before_id
    if version_id is not None and change.topic_id is not None:
        people.record_label(watch.db, version_id, change.topic_id, label, who, now)


def _number(watch: Watch, change: Change) -> int:
    """Of the latest decision about a change: makes the keys of its messages its own."""
    found = reviews.reviews_of(watch.db, change.id)
    return found[-1].id if found else 0


def _rewrite_statement(watch: Watch, statement_id: int, why: str, now: datetime) -> None:
    for message, told in announced.first_messages(watch.db, statement_id):
        if message.channel in CORRECTS:
            rewrite(watch, message, told, why, now)


def _rewrite_candidate(watch: Watch, change: Change, why: str, now: datetime) -> None:
    """Say under the maintainers' message what was decided, with the way back."""
    for message in announced.candidate_messages(watch.db, change.document_id):
        again = candidate(watch, change, Address(message.channel, message.address))
        outbox.queue(watch.db, [replace(again, key=f"{why}:{message.key}", edits=message.key)], now)
