"""All that a message about one change says, gathered from the store."""

from __future__ import annotations

from dataclasses import replace

from watcher.core.content_note import content_note
from watcher.core.model import Alert, ChangeKind, Comparison, Document, Echo, Ids, Link, Match, Tier
from watcher.pipeline.later import later_lines
from watcher.pipeline.second_look import without_noise
from watcher.pipeline.shown import deviation, excerpt, whole_diff
from watcher.pipeline.watch import Watch
from watcher.store import changes, copies, documents, noise, people
from watcher.store.changes import Change
from watcher.store.database import instant


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
    is_weak = bool(topic and match and match.tier == Tier.SIMILAR and match.score >= topic.named_from)
    return Alert(
        number=change.number,
        is_weak=is_weak,
        ids=_ids(change),
        summary=change.summary,
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
        archived_copy=copies.copy_of(watch.db, change.after_id or change.before_id),
        timezone=watch.configuration.settings.timezone,
    )


def _ids(change: Change) -> Ids:
    return Ids(
        change.organisation_id,
        change.source_id,
        change.topic_id,
        change.statement_id,
        change.before_id,
        change.after_id,
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
