"""A decision becomes rows, inside the caller's transaction."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from watcher.core.changed import summary
from watcher.core.decide import Decision, Seen
from watcher.core.model import ChangeKind, Document, Fetched, Gone, Match, Tier
from watcher.core.similar import fingerprint
from watcher.evidence.warc import Written
from watcher.pipeline.announce import announce
from watcher.pipeline.cycle import Visit
from watcher.pipeline.lines import PollLine
from watcher.pipeline.recognise import Known, known_statement, match_document
from watcher.pipeline.shown import whole_diff
from watcher.pipeline.timetable import is_own_address
from watcher.pipeline.watch import Watch
from watcher.store import changes, checks, documents
from watcher.store.changes import NewChange
from watcher.store.documents import Capture

RINGING = frozenset(
    {
        ChangeKind.FIRST,
        ChangeKind.EDITED,
        ChangeKind.LINKS,
        ChangeKind.MOVED,
        ChangeKind.REMOVED,
        ChangeKind.RESTORED,
    }
)


@dataclass(frozen=True, slots=True)
class Reading:
    """One text that was read, what was known of it, and what was decided."""

    visit: Visit
    document: Document
    extractor: str
    fetched: Fetched
    seen: Seen | None
    decision: Decision
    is_baseline: bool = False  # found on the first visit of its source


def record_reading(watch: Watch, reading: Reading, capture: Written | None) -> PollLine | None:
    """Write what a text that was read means; the line that tells it, None if it brought nothing new."""
    seen, visit = reading.seen, reading.visit
    if capture is None:
        if seen is not None and seen.state == documents.MISSING:
            documents.set_state(watch.db, seen.document_id, documents.PRESENT)
        return None
    where = Capture(capture.file, capture.offset, capture.length, capture.sha256)
    snapshot_id = documents.record_snapshot(watch.db, visit.check.id, reading.fetched, where)
    document_id = _document_id(watch, reading)
    version_id = documents.record_version(
        watch.db, document_id, snapshot_id, reading.document, reading.extractor, visit.at
    )
    matches = match_document(watch, reading.document, visit.organisation)
    documents.record_matches(watch.db, version_id, document_id, matches)
    if documents.where_of(watch.db, document_id).state != documents.MOVED:
        documents.set_state(watch.db, document_id, documents.PRESENT)
    before = documents.matches_of(watch.db, seen.version_id) if seen else []
    change = NewChange(
        kind=reading.decision.kind,
        document_id=document_id,
        source_id=visit.source.id,
        organisation_id=visit.organisation.id,
        detected_at=visit.at,
        url=reading.document.url,
        before_id=seen.version_id if seen else None,
        after_id=version_id,
        summary=_summary(reading),
        reasons=reading.decision.reasons,
        is_silent=reading.decision.is_silent_edit,
        moved_from=seen.document.url if seen and reading.decision.kind == ChangeKind.MOVED else None,
    )
    change = _with_topic(change, matches, before)
    if change.tier != Tier.NONE:
        change = _with_statement(watch, change, reading)
    # A source that is new to us names what moved long ago, as after the rename of a whole site.
    is_told = rings(change) and not (change.kind == ChangeKind.MOVED and reading.is_baseline)
    return _record(watch, visit, reading.document, replace(change, is_alert=is_told), matches or before)


def record_gone(
    watch: Watch, visit: Visit, seen: Seen, decision: Decision, gone: Gone, count: int, since: datetime
) -> PollLine | None:
    """Write one rung of the ladder; the line that tells it, None if nothing is news."""
    if decision.kind == ChangeKind.SAME:
        return None
    is_confirmed = decision.kind == ChangeKind.REMOVED
    documents.set_state(watch.db, seen.document_id, documents.REMOVED if is_confirmed else documents.MISSING)
    before = documents.matches_of(watch.db, seen.version_id)
    change = NewChange(
        kind=decision.kind,
        document_id=seen.document_id,
        source_id=visit.source.id,
        organisation_id=visit.organisation.id,
        detected_at=visit.at,
        url=seen.document.url,
        before_id=seen.version_id,
        summary=f"not found {count} times since {since:%-d %B %Y} ({gone.how.value})" if is_confirmed else "",
        reasons=decision.reasons,
        statement_id=changes.statement_of(watch.db, seen.document_id),
    )
    change = _with_topic(change, before, [])
    return _record(watch, visit, seen.document, replace(change, is_alert=rings(change)), before)


def rings(change: NewChange) -> bool:
    """Whether a change is told: news of a text that names the topic. An old date never keeps it quiet."""
    return change.kind in RINGING and change.tier == Tier.NAMED


def _record(watch: Watch, visit: Visit, document: Document, change: NewChange, matches: list[Match]) -> PollLine:
    change_id = changes.record_change(watch.db, change)
    is_told = announce(watch, change_id, change, document)
    if is_told != change.is_alert:
        changes.set_alert(watch.db, change_id, is_told)
    return PollLine(
        change=change.kind.value,
        id=f"c-{change_id}",
        source=visit.source.id,
        organisation=visit.organisation.id,
        organisation_name=visit.organisation.name,
        url=document.url,
        title=document.title,
        topic=change.topic_id,
        tier=change.tier,
        is_alert=is_told,
        statement=change.statement_id,
        summary=change.summary,
        reasons=tuple(dict.fromkeys(r.term for m in matches for r in m.reasons)) or change.reasons,
    )


def _document_id(watch: Watch, reading: Reading) -> int:
    seen, visit = reading.seen, reading.visit
    if seen is None:
        return documents.record_document(
            watch.db, visit.check.id, visit.source.id, visit.organisation.id, reading.document, visit.at
        )
    if reading.decision.kind == ChangeKind.MOVED:
        _move(watch, visit, seen, reading.document.url)
    return seen.document_id


def _move(watch: Watch, visit: Visit, seen: Seen, url: str) -> None:
    """Give the document its new address; where another document stands there already, that one goes on."""
    if documents.identity_is_taken(watch.db, url, seen.document_id):
        documents.set_state(watch.db, seen.document_id, documents.MOVED)
    else:
        left = checks.check_by_id(watch.db, documents.where_of(watch.db, seen.document_id).check_id)
        documents.move_document(watch.db, seen.document_id, checks.check_at(watch.db, url) or visit.check.id, url)
        if left.id != visit.check.id and not is_own_address(left):
            checks.rest(watch.db, left.id)


def _with_topic(change: NewChange, after: list[Match], before: list[Match]) -> NewChange:
    """The change with its surest topic, by the text as it is now or as it was: losing the words is news too."""
    best = max([*after, *before], key=lambda match: (match.tier == Tier.NAMED, match.score), default=None)
    if best is None:
        return change
    return replace(change, topic_id=best.topic_id, tier=best.tier, score=best.score)


def _with_statement(watch: Watch, change: NewChange, reading: Reading) -> NewChange:
    """The change with the statement its document belongs to; a first sighting may prove to be a repeat."""
    text, at = reading.document.text, reading.visit.at
    keys = fingerprint(text).keys
    statement_id = changes.statement_of(watch.db, change.document_id)
    if statement_id is not None:
        changes.record_bands(watch.db, change.document_id, keys)
        return replace(change, statement_id=statement_id)
    known = known_statement(watch, change.document_id, reading.document)
    if known is None:
        assert change.topic_id is not None
        statement_id = changes.record_statement(watch.db, change.topic_id, change.document_id, at, keys)
        return replace(change, statement_id=statement_id)
    changes.join_statement(
        watch.db,
        known.statement_id,
        change.document_id,
        at,
        keys,
        score=known.sameness.score,
        reason="; ".join(known.sameness.reasons),
    )
    change = replace(change, statement_id=known.statement_id)
    return _as_repeat(watch, change, known) if change.kind == ChangeKind.FIRST else change


def _as_repeat(watch: Watch, change: NewChange, known: Known) -> NewChange:
    """A copy is a repeat; where the same organisation's earlier address is gone, the text has moved."""
    original = documents.where_of(watch.db, known.document_id)
    is_same_body = original.organisation_id == change.organisation_id
    if is_same_body and original.state in (documents.MISSING, documents.REMOVED):
        documents.set_state(watch.db, known.document_id, documents.MOVED)
        checks.rest(watch.db, original.check_id)
        return replace(
            change, kind=ChangeKind.MOVED, moved_from=original.url, before_id=original.version_id, summary="moved"
        )
    if is_same_body and original.state == documents.PRESENT:
        # It may have moved: the old address is looked at in this very cycle.
        checks.postpone(watch.db, original.check_id, change.detected_at)
    return replace(change, kind=ChangeKind.REPEAT, summary=f"same as {original.organisation}")


def _summary(reading: Reading) -> str:
    """What changed, counted: "2 sentences changed, 1 added"."""
    if reading.seen is None:
        return ""
    before, after = reading.seen.document, reading.document
    if reading.decision.kind == ChangeKind.LINKS:
        return "; ".join(reading.decision.reasons)
    if reading.decision.kind in (ChangeKind.EDITED, ChangeKind.RESTORED, ChangeKind.REEXTRACTED):
        return summary(whole_diff(before, after))
    if reading.decision.kind == ChangeKind.MOVED:
        return "; ".join((f"to {after.url}", *reading.decision.reasons))
    return "; ".join(reading.decision.reasons)
