"""The last version, read again by the extractor of today.

An extractor's upgrade changes text on its own. Reading the kept bytes again tells that change
(recorded, silent) from a change that the organisation made, though both show on one visit.
"""

from __future__ import annotations

from dataclasses import replace

from watcher.core.compare import compare
from watcher.core.decide import Decision, Seen
from watcher.core.errors import ExtractError, StoreError
from watcher.core.model import ChangeKind, Document, Fetched
from watcher.core.urls import identity
from watcher.evidence import warc
from watcher.pipeline.cycle import Visit
from watcher.pipeline.lines import PollLine
from watcher.pipeline.watch import Watch
from watcher.store import documents
from watcher.store.database import transaction


def as_read_now(watch: Watch, visit: Visit, seen: Seen, extractor: str) -> tuple[Seen, PollLine | None]:
    """`seen` with its text as `extractor` reads it, and the line that tells of it if it differs.

    Where the old bytes can't be read so, `seen` comes back as it was.
    """
    from watcher.pipeline.record import Reading, record_reading

    old = _read_again(watch, visit, seen)
    if old is None or old[1] != extractor:
        return seen, None
    document, _, fetched = old
    if compare(seen.document, document).kind == ChangeKind.SAME:
        return replace(seen, document=document, extractor=extractor), None
    decision = Decision(ChangeKind.REEXTRACTED, (f"read by {extractor}, before by {seen.extractor}",))
    capture = warc.write_capture(watch.storage, fetched)
    with transaction(watch.db):
        line = record_reading(watch, Reading(visit, document, extractor, fetched, seen, decision), capture)
    version = documents.latest_version(watch.db, seen.document_id)
    assert version is not None
    return replace(seen, document=document, extractor=extractor, version_id=version.id), line


def _read_again(watch: Watch, visit: Visit, seen: Seen) -> tuple[Document, str, Fetched] | None:
    from watcher.extract.registry import extract

    capture = documents.capture_of(watch.db, seen.version_id)
    if capture is None:
        return None
    try:
        fetched = warc.read_capture(watch.storage, capture.file, capture.offset, capture.length)
        extraction = extract(fetched, visit.task)
    except (StoreError, ExtractError):
        return None
    for document in extraction.documents:
        if identity(document.url) == identity(seen.document.url):
            return document, extraction.extractor, fetched
    return None
