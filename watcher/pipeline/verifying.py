"""Whether what was kept still proves what was recorded: every snapshot's bytes, every version's text.

Reads the database and the files, in the order in which they lie, and writes nothing. Ids are taken first and rows a
batch at a time, so that memory stays flat and no long read holds up the log of a watch that goes on meanwhile.
"""

from __future__ import annotations

import sqlite3
from array import array
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from watcher.core.errors import ExtractError, StoreError
from watcher.core.model import Fetched, FetchTask, SourceKind
from watcher.core.urls import identity
from watcher.evidence import warc
from watcher.evidence.faults import Fault, FaultKind
from watcher.evidence.kept import KeptFiles, Recorded
from watcher.store import proofs
from watcher.store.database import FILE_NAME
from watcher.store.documents import sha256_hex
from watcher.store.proofs import KeptText, Snapshot

if TYPE_CHECKING:
    from sqlite_utils import Database

    from watcher.core.model import Source

_BATCH = 200


@dataclass(frozen=True, slots=True)
class Unproved:
    """A version, or an answer that no version was read from, that does not hold."""

    fault: Fault
    url: str
    snapshot_id: int | None
    version_id: int | None = None
    changes: tuple[str, ...] = ()  # that rest on the version


@dataclass
class Verified:
    """The counts of one run, filled while it goes on."""

    snapshots: int = 0
    versions: int = 0
    versions_holding: int = 0
    answers_holding: int = 0  # snapshots
    reread: int = 0  # versions that today's extractor read again
    faults: int = 0

    @property
    def holds(self) -> bool:
        """Whether nothing was found wrong."""
        return self.faults == 0


def verify_all(
    db: Database,
    storage: Path,
    verified: Verified,
    progress: Callable[[int, int], None],
    sources: dict[str, Source] | None = None,
) -> Iterator[Unproved]:
    """Everything that does not hold: versions oldest first, then answers of their own; counts go to `verified`.

    `sources`: read the kept bytes of their documents again where today's extractor is that of the version.
    Raises StoreError if the database itself is damaged.
    """
    try:
        yield from _verify(db, storage, verified, progress, sources)
    except sqlite3.DatabaseError as exc:
        says = f"{storage / FILE_NAME}: {exc}: not all of it could be checked; restore a backup (watcher restore FILE)"
        raise StoreError(says) from exc


def _verify(
    db: Database,
    storage: Path,
    verified: Verified,
    progress: Callable[[int, int], None],
    sources: dict[str, Source] | None,
) -> Iterator[Unproved]:
    version_ids = proofs.version_ids(db)  # first: what is recorded meanwhile has its snapshot among the next
    snapshot_ids = proofs.snapshot_ids(db)
    total = len(snapshot_ids) + len(version_ids)
    bad = _check_snapshots(db, storage, snapshot_ids, verified, lambda done: progress(done, total))
    told: set[int] = set()
    for batch in _batches(version_ids):
        texts = proofs.kept_texts(db, batch)
        found = [(text, fault) for text in texts if (fault := text_fault(text, bad)) is not None]
        if sources is not None:
            faulty = {text.version_id for text, _ in found}
            found += _reread(db, storage, [one for one in texts if one.version_id not in faulty], sources, verified)
            found.sort(key=lambda pair: pair[0].version_id)
        verified.versions += len(texts)
        verified.versions_holding += len(texts) - len(found)
        verified.faults += len(found)
        resting = proofs.changes_on(db, [text.version_id for text, _ in found]) if found else {}
        for text, fault in found:
            told.add(text.snapshot_id or 0)
            yield Unproved(fault, text.url, text.snapshot_id, text.version_id, tuple(resting[text.version_id]))
        progress(len(snapshot_ids) + verified.versions, total)
    yield from _answers_alone(db, {key: fault for key, fault in bad.items() if key not in told}, verified)


def _check_snapshots(
    db: Database, storage: Path, ids: array[int], verified: Verified, progress: Callable[[int], None]
) -> dict[int, Fault]:
    """What is wrong with the bytes of each snapshot that does not hold."""
    bad: dict[int, Fault] = {}
    with closing(KeptFiles(storage)) as files:
        for batch in _batches(ids):
            for snapshot in proofs.snapshots(db, batch):
                fault = _snapshot_fault(files, snapshot)
                if fault is not None:
                    bad[snapshot.id] = fault
                verified.snapshots += 1
            verified.answers_holding = verified.snapshots - len(bad)
            progress(verified.snapshots)
    return bad


def _snapshot_fault(files: KeptFiles, snapshot: Snapshot) -> Fault | None:
    recorded = recorded_of(snapshot)
    if recorded is None:
        return Fault(FaultKind.NOT_CAPTURED, f"snapshot {snapshot.id}", "the bytes of the answer were not kept")
    return files.fault_of(recorded)


def recorded_of(snapshot: Snapshot) -> Recorded | None:
    """Where the bytes of a snapshot lie and what they must be; None if they were not kept."""
    if snapshot.warc_file is None:
        return None
    return Recorded(
        file=snapshot.warc_file,
        offset=snapshot.warc_offset,
        length=snapshot.warc_length,
        sha256=snapshot.warc_sha256,
        url=snapshot.url,
        fetched_at=snapshot.fetched_at,
        status=snapshot.status,
        body_sha256=snapshot.body_sha256,
        body_bytes=snapshot.body_bytes,
    )


def text_fault(text: KeptText, bad: Mapping[int, Fault]) -> Fault | None:
    """What is wrong with a version, given the snapshots that do not hold; None if it holds."""
    part = f"version {text.version_id}"
    if text.snapshot_id is None:
        return Fault(FaultKind.NOT_CAPTURED, part, "no answer was kept with it")
    if text.snapshot_id in bad:
        return bad[text.snapshot_id]
    for what, found in (("text", text.text), ("main text as it is shown", text.blocks)):
        if sha256_hex(found) != text.text_sha256:
            return Fault(FaultKind.OTHER_TEXT, part, f"its {what} has another SHA-256 than was recorded")
    return None


def _answers_alone(db: Database, bad: dict[int, Fault], verified: Verified) -> Iterator[Unproved]:
    """Answers that do not hold and that no version was read from: those that said that a page is gone."""
    for batch in _batches(array("q", bad)):
        for snapshot in proofs.snapshots(db, batch):
            verified.faults += 1
            yield Unproved(bad[snapshot.id], snapshot.url, snapshot.id)


def _reread(
    db: Database, storage: Path, texts: Sequence[KeptText], sources: dict[str, Source], verified: Verified
) -> Iterator[tuple[KeptText, Fault]]:
    """Versions whose kept bytes read otherwise, though the extractor is the one that read them then."""
    from watcher.extract.registry import generation

    today = f"+{generation()}"
    for text in texts:
        source = sources.get(text.source_id)
        if source is None or text.snapshot_id is None or not text.extractor.endswith(today):
            continue
        snapshot = proofs.snapshots(db, [text.snapshot_id])[0]
        assert snapshot.warc_file is not None  # it holds
        fetched = warc.read_capture(storage, snapshot.warc_file, snapshot.warc_offset, snapshot.warc_length)
        verified.reread += 1
        says = _reads_otherwise(text, fetched, source)
        if says:
            yield text, Fault(FaultKind.READS_OTHERWISE, f"version {text.version_id}", says)


def _reads_otherwise(text: KeptText, fetched: Fetched, source: Source) -> str:
    """How the kept bytes read otherwise today; "" if they read the same."""
    from watcher.extract.registry import extract

    trouble = ""
    # The text of a page may have come from its feed: then the bytes that were kept are the feed's.
    for kind in dict.fromkeys((SourceKind.PAGE, source.kind)):
        try:
            task = FetchTask(0, source.id, fetched.final_url, kind, source.recipe)
            found = extract(fetched, task).documents
        except ExtractError as exc:
            trouble = trouble or f"can't be read today: {exc}"
            continue
        same_place = [one for one in found if identity(one.url) == identity(text.url)] or list(found)
        if any(sha256_hex(one.text) == text.text_sha256 for one in same_place):
            return ""
        words = len(same_place[0].text.split()) if same_place else 0
        if not trouble or words:
            trouble = (
                f"{words} words are read in its bytes today, {len(text.text.split())} were then, not all of them the"
                f' same: has select, remove or extractor of the source "{source.id}" been changed since?'
            )
    return trouble


def _batches(ids: array[int]) -> Iterator[array[int]]:
    for start in range(0, len(ids), _BATCH):
        yield ids[start : start + _BATCH]
