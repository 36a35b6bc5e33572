"""One observation becomes rows: snapshot, version, change, statement, deliveries and the next check.

Each document is settled in one transaction. Its capture is appended to the day's WARC file
before that: bytes without a row are harmless, a row without its bytes is not.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import assert_never

from watcher.core.decide import Seen, decide_gone
from watcher.core.model import (
    ChangeKind,
    Document,
    Extraction,
    Failed,
    FailedKind,
    Fetched,
    Gone,
    GoneHow,
    NotModified,
    Observation,
    Read,
    RobotsRead,
    SourceKind,
    Tier,
    Unreachable,
    UnreachableKind,
)
from watcher.core.urls import host_of, identity, is_part
from watcher.evidence import warc
from watcher.extract.barrier import Barrier, find_barrier
from watcher.extract.registry import generation
from watcher.pipeline import timetable
from watcher.pipeline.cycle import Cycle, Held, Visit
from watcher.pipeline.lines import PollLine
from watcher.pipeline.maintainers import tell_broken, tell_recovered
from watcher.pipeline.moves import at_former_host, before_it_moved, is_copy_of_known, is_same_text
from watcher.pipeline.observe import read_body
from watcher.pipeline.record import Reading, record_gone, record_reading
from watcher.pipeline.relevance import terms_between
from watcher.pipeline.reread import as_read_now
from watcher.pipeline.second_look import second_document, second_task
from watcher.pipeline.shown import whole_diff
from watcher.pipeline.watch import Watch
from watcher.pipeline.weigh import Look, needs_second_look, weigh
from watcher.store import catalogue, checks, documents
from watcher.store.database import stamp, transaction

MORE_PAGES = 5  # of a listing on its first visit
MOST_PARTS = 50  # of a sitemap, the newest


def settle_held(watch: Watch, cycle: Cycle, check_id: int, second: Observation | None) -> Iterator[PollLine]:
    """Record a first look now that its second is in; None: it never came, and the first stands as it is."""
    first = cycle.held.pop(check_id).observation
    assert isinstance(first.outcome, Read)
    document = first.outcome.extraction.documents[0]
    cycle.looked_twice[check_id] = second_document(second, document) if second else None
    yield from settle(watch, cycle, first)


def settle(watch: Watch, cycle: Cycle, observation: Observation) -> Iterator[PollLine]:
    """Record one observation."""
    match observation.outcome:
        case RobotsRead(robots=robots):
            with transaction(watch.db):
                catalogue.record_robots(watch.db, robots)
        case NotModified():
            pass  # settled for the whole host at once (unchanged.py)
        case Read(fetched=fetched, extraction=extraction):
            visit = cycle.visit(observation)
            cycle.summary.read += visit.check.id not in cycle.looked_twice
            if observation.task.kind == SourceKind.PAGE:
                yield from _settle_page(watch, cycle, visit, fetched, extraction)
            else:
                yield from _settle_index(watch, cycle, visit, fetched, extraction)
        case Gone() as gone:
            cycle.summary.read += 1
            yield from _settle_gone(watch, cycle, cycle.visit(observation), gone)
        case Unreachable() as trouble:
            yield from _settle_unreachable(watch, cycle, cycle.visit(observation), trouble)
        case Failed(kind=kind, detail=detail):
            cycle.summary.failed += 1
            yield _settle_trouble(watch, cycle.visit(observation), "failed", kind.value, detail)
        case _:
            assert_never(observation.outcome)


def _settle_index(
    watch: Watch, cycle: Cycle, visit: Visit, fetched: Fetched, extraction: Extraction
) -> Iterator[PollLine]:
    """Documents that an index names become checks, due now; its own texts are kept for want of better."""
    # An outage page names nothing either: taken for the index, it would make all that comes later look new.
    barrier = None if extraction.follow or extraction.documents else _barrier_of_index(visit, fetched)
    if barrier is not None:
        yield from _settle_barrier(watch, cycle, visit, barrier, fetched)
        return
    if not barrier and _has_lost_its_links(watch, visit, extraction):
        cycle.summary.failed += 1
        detail = "the list names no documents any more: has the page changed its shape?"
        yield _settle_trouble(watch, visit, "failed", FailedKind.EMPTY.value, detail)
        return
    is_first_visit = not catalogue.has_baseline(watch.db, visit.source.id)
    # Entries first: once the index is settled, the same bytes are not read again.
    for document in extraction.documents:
        entry = cycle.entries[identity(document.url)] = (document, extraction, fetched)
        if is_part(document.url) and identity(document.url.partition("#")[0]) == visit.check.identity:
            # It has no page of its own: what the feed says is all there is.
            seen = documents.seen_of(watch.db, 0, identity(document.url))
            yield from _settle_entry(watch, cycle, visit, entry, seen, is_baseline=is_first_visit)
    with transaction(watch.db):
        _record_found(watch, visit, extraction, is_first_visit=is_first_visit)
        if not visit.is_further_page:
            _settle_check(watch, visit, fetched, is_on_topic=False, has_changed=bool(extraction.follow))
    if is_first_visit and visit.source.kind != SourceKind.SITEMAP:
        cycle.further += [
            replace(visit.task, url=url, etag=None, last_modified=None, body_sha256=None)
            for url in extraction.next_pages[:MORE_PAGES]
        ]


def _record_found(watch: Watch, visit: Visit, extraction: Extraction, *, is_first_visit: bool) -> None:
    """What an index names, and what it names no longer, inside the caller's transaction."""
    source, is_first_of_part = visit.source, visit.check.is_baseline and visit.check.visits == 0
    checks.add_found(
        watch.db,
        source.id,
        extraction.follow,
        is_baseline=is_first_visit or visit.is_further_page or is_first_of_part,
        now=visit.at,
        is_listed=not visit.is_further_page,
    )
    is_whole = bool(extraction.follow) and not extraction.warnings
    if is_whole and not visit.is_further_page:
        checks.note_dropped(watch.db, source.id, extraction.follow, visit.at)
    if source.kind == SourceKind.SITEMAP:
        parts = extraction.next_pages[:MOST_PARTS]
        checks.add_parts(watch.db, source.id, parts, is_baseline=is_first_visit, now=visit.at)


def _has_lost_its_links(watch: Watch, visit: Visit, extraction: Extraction) -> bool:
    """Whether a web page that listed documents lists none: a redesign, most likely, and a blind spot.

    A feed may well be empty; a page that says so in words of its own is one too few to wait for.
    """
    is_empty = not extraction.follow and not extraction.documents and not visit.is_further_page
    is_list = visit.source.kind == SourceKind.LISTING
    return is_list and is_empty and checks.names_documents(watch.db, visit.source.id)


def _barrier_of_index(visit: Visit, fetched: Fetched) -> Barrier | None:
    """What stands in the way of an index that names nothing; None if it is only empty."""
    if fetched.media_type not in ("text/html", "application/xhtml+xml", ""):
        return None
    outcome = read_body(fetched, replace(visit.task, kind=SourceKind.PAGE))
    if not isinstance(outcome, Read) or not outcome.extraction.documents:
        return None
    found = find_barrier(outcome.extraction.documents[0], fetched.body)
    return None if found is None or isinstance(found.kind, FailedKind) else found


def _settle_page(
    watch: Watch, cycle: Cycle, visit: Visit, fetched: Fetched, extraction: Extraction
) -> Iterator[PollLine]:
    """A page's one document, or the many of an archive."""
    if not extraction.documents:
        cycle.summary.failed += 1
        detail = "; ".join(extraction.warnings) or "no text found"
        yield _settle_trouble(watch, visit, "failed", FailedKind.EMPTY.value, detail)
        return
    lines: list[PollLine] = []
    is_baseline = bool(visit.check.is_baseline) or (
        timetable.is_own_address(visit.check) and not catalogue.has_baseline(watch.db, visit.source.id)
    )
    # A page keeps its document when its address changes; of several at one address, each is known by its own.
    own_check = visit.check.id if len(extraction.documents) == 1 else 0
    for document in extraction.documents:
        before = before_it_moved(watch, visit, fetched)
        seen = before or documents.seen_of(watch.db, own_check, identity(document.url))
        if seen is None:
            seen = before = at_former_host(watch, visit, document)
        if len(extraction.documents) == 1:
            barrier = find_barrier(document, fetched.body, seen.document if seen else None)
            if barrier is not None:
                yield from _settle_barrier(watch, cycle, visit, barrier, fetched)
                return
            if seen is None and is_copy_of_known(watch, visit, document, fetched):
                _fold(watch, visit)
                return
            if before and not is_same_text(before.document, document):
                yield from _settle_gone(watch, cycle, visit, Gone(GoneHow.REDIRECT_HOME, fetched))
                return
        # A source's own address may go on redirecting to where its page moved long ago.
        has_moved = before is not None and identity(before.document.url) != identity(document.url)
        lines += _settle_document(
            watch,
            cycle,
            visit,
            document,
            extraction,
            fetched,
            seen,
            is_baseline=is_baseline,
            has_moved=has_moved,
            is_only=len(extraction.documents) == 1,
        )
    if len(extraction.documents) > 1:
        is_on_topic = visit.check.is_on_topic or any(line.tier != Tier.NONE for line in lines)
        with transaction(watch.db):
            _settle_check(watch, visit, fetched, is_on_topic=is_on_topic, has_changed=bool(lines))
    yield from lines


def _fold(watch: Watch, visit: Visit) -> None:
    """A second address of a document that is watched at its own one: no change, and no document.

    It is read again without conditions: should the first address vanish, the text has moved here.
    """
    then = timetable.next_read(visit.check, visit.source, visit.at, is_on_topic=True)
    with transaction(watch.db):
        checks.settle_read(
            watch.db,
            visit.check.id,
            visit.at,
            then,
            etag=None,
            last_modified=None,
            body_sha256="",
            extractor=generation(),
            has_changed=False,
        )


def _settle_barrier(watch: Watch, cycle: Cycle, visit: Visit, barrier: Barrier, fetched: Fetched) -> Iterator[PollLine]:
    """An answer that is no content: "not found" climbs the ladder, an outage or a login page proves nothing."""
    match barrier.kind:
        case GoneHow():
            yield from _settle_gone(watch, cycle, visit, Gone(barrier.kind, fetched))
        case UnreachableKind():
            yield from _settle_unreachable(watch, cycle, visit, Unreachable(barrier.kind, barrier.detail))
        case FailedKind():
            cycle.summary.failed += 1
            yield _settle_trouble(watch, visit, "failed", barrier.kind.value, barrier.detail)
        case _:
            assert_never(barrier.kind)


def _settle_document(
    watch: Watch,
    cycle: Cycle,
    visit: Visit,
    document: Document,
    extraction: Extraction,
    fetched: Fetched,
    seen: Seen | None,
    *,
    is_baseline: bool,
    has_moved: bool,
    is_only: bool,
) -> list[PollLine]:
    """One text that was read: decide, then write all that follows from it in one transaction.

    The check of its address is settled with it if it `is_only` there; else by the caller, after all.
    """
    lines = []
    if seen is not None and seen.extractor != extraction.extractor:
        seen, line = as_read_now(watch, visit, seen, extraction.extractor)
        lines += [line] if line else []
    look = Look(visit, document, extraction.extractor, seen, is_baseline, has_moved)
    weighed = weigh(watch, cycle, look)
    decision = weighed.decision
    if is_only and needs_second_look(watch, cycle, look, decision):
        _hold(cycle, look, Observation(visit.task, visit.at, Read(fetched, extraction)), fetched)
        return lines
    site = host_of(document.url)
    beside = tuple(held.changed for held in cycle.held.values() if held.site == site)
    found = (visit, document, extraction.extractor, fetched, seen, decision)
    is_first_read = is_baseline and not visit.check.visits
    reading = Reading(*found, weighed.mask, weighed.learnt, beside, is_baseline=is_first_read)
    capture = warc.write_capture(watch.storage, fetched) if decision.makes_version else None
    with transaction(watch.db):
        line = record_reading(watch, reading, capture)
        if is_only:
            is_on_topic = line.tier != Tier.NONE if line else visit.check.is_on_topic
            has_changed = decision.makes_version and seen is not None
            _settle_check(watch, visit, fetched, is_on_topic=is_on_topic, has_changed=has_changed)
        if has_moved and not timetable.is_own_address(visit.check):
            # A source's own address is where the configuration says; it goes on leading to the new one.
            checks.move_check(watch.db, visit.check.id, document.url)
    return [*lines, line] if line else lines


def _hold(cycle: Cycle, look: Look, observation: Observation, fetched: Fetched) -> None:
    """Keep a first look in memory, and ask for the second in the next round."""
    assert look.seen is not None
    before, after = look.seen.document, look.document
    changed = terms_between(before, after, whole_diff(before, after))
    cycle.held[look.visit.check.id] = Held(observation, host_of(look.document.url), changed)
    cycle.further.append(second_task(look.visit.task, fetched))


def _settle_gone(watch: Watch, cycle: Cycle, visit: Visit, gone: Gone) -> Iterator[PollLine]:
    """The site says that the text is not there: a rung of the ladder for a document, trouble for an index."""
    if visit.check.role == "index":
        yield _settle_trouble(watch, visit, "failed", "gone", f"HTTP {gone.fetched.status}")
        return
    count = visit.check.gone_count + 1
    since = visit.check.gone_since or visit.at
    known = documents.documents_of_check(watch.db, visit.check.id)
    if not known:
        yield from _settle_from_feed(watch, cycle, visit)
        yield _settle_trouble(watch, visit, "failed", "gone", f"not found ({gone.how.value})")
        return
    if all(seen.state == documents.MOVED for seen in known):
        with transaction(watch.db):  # its text was found elsewhere, in this very cycle perhaps
            checks.rest(watch.db, visit.check.id)
        return
    decisions = [(seen, decide_gone(seen, gone.how, count, since, visit.at)) for seen in known]
    is_news = any(decision.kind != ChangeKind.SAME for _, decision in decisions)
    capture = warc.write_capture(watch.storage, gone.fetched) if is_news else None
    is_removed = any(d.kind == ChangeKind.REMOVED or s.state == documents.REMOVED for s, d in decisions)
    with transaction(watch.db):
        if capture:
            documents.record_snapshot(
                watch.db,
                visit.check.id,
                gone.fetched,
                documents.Capture(capture.file, capture.offset, capture.length, capture.sha256),
            )
        then = timetable.next_look(
            visit.check, is_removed=is_removed, is_on_topic=visit.check.is_on_topic, now=visit.at
        )
        # First the ladder, then the message, which counts this miss too.
        checks.settle_gone(watch.db, visit.check.id, visit.at, then, count=count, since=since, how=gone.how.value)
        tell_recovered(watch, visit, "answers again, and says that its page is not there")
        lines = [line for s, d in decisions if (line := record_gone(watch, visit, s, d, gone, count, since))]
    yield from lines


def _settle_unreachable(watch: Watch, cycle: Cycle, visit: Visit, trouble: Unreachable) -> Iterator[PollLine]:
    """Nothing is known of the page today; its feed may have brought its text."""
    cycle.summary.unreachable += 1
    if trouble.retry_after_s and trouble.was_asked:
        with transaction(watch.db):
            catalogue.pause_host(watch.db, host_of(visit.task.url), visit.at, trouble.retry_after_s)
    yield from _settle_from_feed(watch, cycle, visit)
    then = timetable.next_try(visit.check, visit.at, trouble.retry_after_s, was_asked=trouble.was_asked)
    yield _settle_trouble(watch, visit, "unreachable", trouble.kind.value, trouble.detail, then)


def _settle_from_feed(watch: Watch, cycle: Cycle, visit: Visit) -> Iterator[PollLine]:
    """What the feed of this cycle says itself of a page that could not be read; nothing if it says nothing."""
    entry = cycle.entries.get(visit.check.identity)
    if entry is None:
        return
    document, extraction, _ = entry
    seen = documents.seen_of(watch.db, visit.check.id, identity(document.url))
    if seen is None or seen.extractor == extraction.extractor:
        yield from _settle_entry(watch, cycle, visit, entry, seen, is_baseline=bool(visit.check.is_baseline))


def _settle_entry(
    watch: Watch,
    cycle: Cycle,
    visit: Visit,
    entry: tuple[Document, Extraction, Fetched],
    seen: Seen | None,
    *,
    is_baseline: bool,
) -> list[PollLine]:
    """The text that an entry of a feed carries itself; its check is settled by the caller."""
    return _settle_document(watch, cycle, visit, *entry, seen, is_baseline=is_baseline, has_moved=False, is_only=False)


def _settle_trouble(
    watch: Watch, visit: Visit, change: str, kind: str, detail: str, then: datetime | None = None
) -> PollLine:
    then = then or timetable.next_try(visit.check, visit.at, None)
    with transaction(watch.db):
        if not visit.is_further_page:
            checks.settle_failure(watch.db, visit.check.id, visit.at, then, kind, detail)
            tell_broken(watch, visit, kind, detail)
        if timetable.is_own_address(visit.check):
            catalogue.record_visit(watch.db, visit.source.id, visit.at, kind, detail)
    is_same_trouble = visit.check.failing_kind == kind
    return PollLine(
        change=change,
        source=visit.source.id,
        organisation=visit.source.organisation,
        organisation_name=visit.organisation.name,
        url=visit.task.url,
        title=visit.check.found_title or "",
        summary=detail,
        trouble=kind,
        since=stamp(visit.check.failing_since) if is_same_trouble and visit.check.failing_since else stamp(visit.at),
        is_known=is_same_trouble,
        next_at=stamp(then),
    )


def _settle_check(watch: Watch, visit: Visit, fetched: Fetched, *, is_on_topic: bool, has_changed: bool) -> None:
    then = timetable.next_read(visit.check, visit.source, visit.at, is_on_topic=is_on_topic)
    checks.settle_read(
        watch.db,
        visit.check.id,
        visit.at,
        then,
        etag=fetched.etag,
        last_modified=fetched.last_modified,
        body_sha256=documents.sha256_hex(fetched.body),
        extractor=generation(),
        has_changed=has_changed,
    )
    if timetable.is_own_address(visit.check):
        catalogue.mark_baseline(watch.db, visit.source.id, visit.at)
        catalogue.record_visit(watch.db, visit.source.id, visit.at, "read", "")
        tell_recovered(watch, visit)
