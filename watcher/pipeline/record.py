"""A decision becomes rows, inside the caller's transaction."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from watcher.core.changed import summary
from watcher.core.decide import Decision, Seen
from watcher.core.mask import Mask
from watcher.core.mass_edit import is_mass_edit
from watcher.core.model import ChangeKind, Document, Fetched, Gone, Match, Tier
from watcher.core.similar import fingerprint
from watcher.core.urls import host_of
from watcher.evidence.warc import Written
from watcher.pipeline.announce import announce
from watcher.pipeline.cycle import Visit
from watcher.pipeline.lines import PollLine
from watcher.pipeline.meaning import EDITS, RINGING, Edit, Meaning, meaning, rings
from watcher.pipeline.promised import promises_of
from watcher.pipeline.recognise import Known, known_statement, match_document
from watcher.pipeline.relevance import terms_between
from watcher.pipeline.second_look import NO_NOISE, without_noise
from watcher.pipeline.shown import whole_diff
from watcher.pipeline.timetable import is_own_address
from watcher.pipeline.watch import Watch
from watcher.pipeline.weigh import Learnt
from watcher.store import changes, checks, documents, mass_edits, noise, promises, reviews
from watcher.store.changes import NewChange
from watcher.store.documents import Capture


@dataclass(frozen=True, slots=True)
class Reading:
    """One text that was read, what was known of it, and what was decided."""

    visit: Visit
    document: Document
    extractor: str
    fetched: Fetched
    seen: Seen | None
    decision: Decision
    mask: Mask = NO_NOISE  # what is known to be noise of the page
    learnt: tuple[Learnt, ...] = ()  # of it, what was learnt now
    beside: tuple[frozenset[str], ...] = ()  # the few words changed on other pages of the site that wait to be recorded
    is_baseline: bool = False  # found on the first visit of its source


def record_reading(watch: Watch, reading: Reading, capture: Written | None) -> PollLine | None:
    """Write what a text that was read means; the line that tells it, None if it brought nothing new."""
    seen, visit = reading.seen, reading.visit
    for learnt in reading.learnt:
        assert seen is not None
        noise.record_noise(watch.db, seen.document_id, learnt.mask, learnt.how, visit.at)
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
    edit = _edit(watch, reading)
    meant = meaning(watch.topics, visit.organisation, matches, before, edit)
    change = _as_meant(_change(reading, document_id, version_id, edit, meant), meant)
    if change.tier != Tier.NONE:
        change = _with_statement(watch, change, reading)
    # A source that is new to us names what moved long ago, as after the rename of a whole site.
    is_quiet = meant.is_quiet or (change.kind == ChangeKind.MOVED and reading.is_baseline)
    change = replace(change, is_alert=_rings(watch, change, is_quiet=is_quiet))
    told = _record(watch, visit, reading.document, change, matches or before, meant.reasons)
    _record_promises(watch, reading, change, matches)
    if edit and edit.terms:
        _record_terms(watch, told.change_id, change, edit, is_mass=meant.is_mass)
    return told.line


def _change(reading: Reading, document_id: int, version_id: int, edit: Edit | None, meant: Meaning) -> NewChange:
    """What the visit was, before its topic and statement are known."""
    seen, visit = reading.seen, reading.visit
    is_news = reading.decision.kind in RINGING
    return NewChange(
        kind=reading.decision.kind,
        document_id=document_id,
        source_id=visit.source.id,
        organisation_id=visit.organisation.id,
        detected_at=visit.at,
        url=reading.document.url,
        before_id=seen.version_id if seen else None,
        after_id=version_id,
        summary="; ".join(filter(None, (meant.position if is_news else "", _summary(reading, edit)))),
        reasons=(*reading.decision.reasons, *meant.reasons),
        is_silent=reading.decision.is_silent_edit,
        moved_from=seen.document.url if seen and reading.decision.kind == ChangeKind.MOVED else None,
    )


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
    change = _as_meant(change, meaning(watch.topics, visit.organisation, [], before))
    return _record(watch, visit, seen.document, replace(change, is_alert=_rings(watch, change)), before).line


@dataclass(frozen=True, slots=True)
class _Told:
    """A change that was recorded, and the line that tells it."""

    change_id: int
    line: PollLine


def _record(
    watch: Watch,
    visit: Visit,
    document: Document,
    change: NewChange,
    matches: list[Match],
    notes: tuple[str, ...] = (),
) -> _Told:
    change_id = changes.record_change(watch.db, change)
    is_told = announce(watch, change_id, change, document)
    if is_told != change.is_alert:
        changes.set_alert(watch.db, change_id, is_told)
    terms = tuple(dict.fromkeys(r.term for m in matches for r in m.reasons))
    line = PollLine(
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
        reasons=(*terms, *notes) if terms else change.reasons,
    )
    return _Told(change_id, line)


def _rings(watch: Watch, change: NewChange, *, is_quiet: bool = False) -> bool:
    """Whether a change is told; what a person has published counts as if it named the topic."""
    if change.tier == Tier.SIMILAR:
        last = reviews.standing(watch.db, change.document_id)
        if last is not None and last.decision is not reviews.Decision.DISMISSED:
            change = replace(change, tier=Tier.NAMED)
    return rings(change, is_quiet=is_quiet)


def _edit(watch: Watch, reading: Reading) -> Edit | None:
    """The edit without the page's noise; None if the visit was no edit."""
    seen = reading.seen
    if seen is None or reading.decision.kind not in EDITS:
        return None
    before, after = without_noise(seen.document, reading.mask), without_noise(reading.document, reading.mask)
    found = whole_diff(before, after)
    terms = terms_between(before, after, found)
    if not terms:
        return Edit(before, after, found)
    site, at = host_of(after.url), reading.visit.at
    pages = mass_edits.pages_of_terms(watch.db, site, terms, at, seen.document_id)
    for other in (*reading.beside, terms):
        pages.update(other)
    return Edit(before, after, found, terms, is_mass_edit(terms, pages))


def _record_promises(watch: Watch, reading: Reading, change: NewChange, matches: list[Match]) -> None:
    """Keep what the text announces; one that no longer names the topic promises nothing on it."""
    topic_id, version_id = change.topic_id, change.after_id
    if topic_id is None or version_id is None:
        return
    is_named = any(match.topic_id == topic_id and match.tier == Tier.NAMED for match in matches)
    kind = reading.decision.kind
    found = promises_of(watch, reading.visit, reading.document, kind, topic_id) if is_named else ()
    promises.record_promises(watch.db, change.document_id, version_id, topic_id, found, change.detected_at)


def _record_terms(watch: Watch, change_id: int, change: NewChange, edit: Edit, *, is_mass: bool) -> None:
    site, at = host_of(edit.after.url), change.detected_at
    mass_edits.record_terms(watch.db, change_id, change.document_id, site, edit.terms, at)
    if is_mass:
        mass_edits.record_mass_edit(watch.db, site, change.organisation_id, change_id, edit.terms, at)


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


def _as_meant(change: NewChange, meant: Meaning) -> NewChange:
    return replace(
        change,
        topic_id=meant.topic_id,
        tier=meant.tier,
        score=meant.score,
        stance_before=meant.stance_before,
        stance=meant.stance,
        is_softer=meant.is_softer,
    )


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


def _summary(reading: Reading, edit: Edit | None) -> str:
    """What changed, counted: "2 sentences changed, 1 added"."""
    if reading.seen is None:
        return ""
    before, after = reading.seen.document, reading.document
    if reading.decision.kind == ChangeKind.LINKS:
        return "; ".join(reading.decision.reasons)
    if reading.decision.kind in (ChangeKind.EDITED, ChangeKind.RESTORED, ChangeKind.REEXTRACTED):
        return summary(edit.found if edit else whole_diff(before, after))
    if reading.decision.kind == ChangeKind.MOVED:
        return "; ".join((f"to {after.url}", *reading.decision.reasons))
    return "; ".join(reading.decision.reasons)
