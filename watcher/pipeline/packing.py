"""What proves one change, gathered from database and captures into a pack that can be given away."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from watcher import __version__
from watcher.core.errors import StoreError
from watcher.core.model import ChangeKind
from watcher.evidence import pack
from watcher.evidence.faults import Fault
from watcher.evidence.kept import KeptFiles, Recorded
from watcher.evidence.pack import Pack, Place
from watcher.evidence.readme import readme_of
from watcher.evidence.warc import warc_date
from watcher.pipeline.verifying import recorded_of, text_fault
from watcher.store import changes, copies, documents, noise, proofs

if TYPE_CHECKING:
    from sqlite_utils import Database

    from watcher.store.changes import Change
    from watcher.store.documents import Version
    from watcher.store.proofs import Snapshot

SOFTWARE = f"statement-watcher {__version__}"


@dataclass(frozen=True, slots=True)
class Exported:
    """A pack that was written."""

    file: Path
    bytes: int
    sha256: str
    change: Change
    versions: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Answer:
    """One answer that belongs to a change: that of a version, or the one that said that the page is gone."""

    role: str  # before, after, gone
    snapshot: Snapshot
    recorded: Recorded
    version: Version | None


def export_change(
    db: Database, storage: Path, change_id: int, target: Path, now: datetime, *, force: bool = False
) -> Exported:
    """Write the pack of a change, whole or not at all.

    Raises StoreError if there is no such change, if its bytes were not kept or are no longer what was recorded,
    and if there is a file already and `force` does not say that it may be replaced.
    """
    change = changes.change_by_id(db, change_id)
    if change is None:
        raise StoreError(f'c-{change_id}: no such change ("watcher changes" lists them)')
    if target.exists() and not force:
        raise StoreError(f"{target}: there is such a file already: --force replaces it")
    answers = _answers(db, change)
    if not answers:
        raise StoreError(f"{change.number}: its bytes were not kept: there is nothing to export")
    records, places = _records(storage, change, answers)
    statement = _statement(db, change, answers, places, now)
    made = Pack(
        title=f"{change.organisation}: {change.title}",
        description=f"Evidence of change {change.number} ({change.kind.value}) of {change.url}",
        software=SOFTWARE,
        made_at=now,
        statement=statement,
        readme=readme_of(statement),
        records=records,
    )
    sha256 = pack.write_pack(target, made)
    versions = tuple(one.version.id for one in answers if one.version)
    return Exported(target, target.stat().st_size, sha256, change, versions)


def _answers(db: Database, change: Change) -> list[_Answer]:
    """The answers that a change rests on, in time. Raises StoreError if the bytes of one were not kept."""
    found = []
    for role, version_id in (("before", change.before_id), ("after", change.after_id)):
        if version_id is None:
            continue
        version = documents.version_by_id(db, version_id)
        assert version is not None
        snapshots = proofs.snapshots(db, [version.snapshot_id]) if version.snapshot_id else []
        recorded = recorded_of(snapshots[0]) if snapshots else None
        if recorded is None:
            raise StoreError(f"{change.number}: the bytes of version {version_id} ({role}) were not kept: no pack")
        fault = text_fault(proofs.kept_texts(db, [version_id])[0], {})
        if fault is not None:
            raise StoreError(f"{change.number}: {fault}: no pack was written")
        found.append(_Answer(role, snapshots[0], recorded, version))
    if change.kind in (ChangeKind.MISSING, ChangeKind.REMOVED):
        gone = proofs.gone_answer(db, change.document_id, change.url, change.detected_at)
        recorded = recorded_of(gone) if gone else None
        if gone and recorded:
            found.append(_Answer("gone", gone, recorded, None))
    return found


def _records(storage: Path, change: Change, answers: list[_Answer]) -> tuple[list[bytes], list[Place]]:
    """The records of a pack and the place of each answer: for each file its first record, then what is taken of it."""
    records: list[bytes] = []
    at: dict[int, int] = {}
    with closing(KeptFiles(storage)) as files:
        for file in dict.fromkeys(one.recorded.file for one in answers):
            records.append(_or_raise(files.first_record(file), change))
            for number, one in enumerate(answers):
                if one.recorded.file == file:
                    fault = files.fault_of(one.recorded)
                    if fault is not None:
                        _or_raise(fault, change)
                    at[number] = len(records)
                    records.append(_or_raise(files.bytes_of(one.recorded), change))
    places = pack.laid_out(records)
    return records, [places[at[number]] for number in range(len(answers))]


def _or_raise(found: bytes | Fault, change: Change) -> bytes:
    if isinstance(found, Fault):
        raise StoreError(f"{change.number}: {found}: no pack was written; bring the file back from a backup")
    return found


def _statement(
    db: Database, change: Change, answers: list[_Answer], places: list[Place], now: datetime
) -> dict[str, Any]:
    """What we say of the records; nothing of people: who is told, who reads, who judged."""
    told = [(one, _told_answer(one, place)) for one, place in zip(answers, places, strict=True)]
    gone = [answer for one, answer in told if one.role == "gone"]
    return {
        "format": pack.FORMAT,
        "software": SOFTWARE,
        "made_at": warc_date(now),
        "change": _told_change(db, change),
        "versions": [_told_version(db, one, answer) for one, answer in told if one.version],
        "gone": {"role": "gone", "answer": gone[0]} if gone else None,
        "left_out_as_noise": [
            {"kind": kind, "line": line, "learnt_at": learnt_at, "how": how}
            for kind, line, learnt_at, how in noise.lines_of(db, change.source_id, change.document_id)
        ],
    }


def _told_change(db: Database, change: Change) -> dict[str, Any]:
    matches = documents.matches_of(db, change.after_id or change.before_id or 0)
    return {
        "id": change.number,
        "kind": change.kind.value,
        "organisation": {"id": change.organisation_id, "name": change.organisation},
        "source": change.source_id,
        "url": change.url,
        "moved_from": change.moved_from,
        "title": change.title,
        "detected_at": warc_date(change.detected_at),
        "summary": change.summary,
        "decided_because": list(change.reasons),
        "edited_without_a_new_date": change.is_silent,
        "topic": change.topic_id,
        "tier": change.tier.value,
        "stance_before": change.stance_before,
        "stance": change.stance,
        "softer_than_before": change.is_softer,
        "matches": [
            {
                "topic": one.topic_id,
                "tier": one.tier.value,
                "score": one.score,
                "reasons": [{"term": reason.term, "excerpt": reason.excerpt} for reason in one.reasons],
                "stances": [{"stance": stance.stance, "quote": stance.quote} for stance in one.stances],
            }
            for one in matches
        ],
    }


def _told_version(db: Database, one: _Answer, answer: dict[str, Any]) -> dict[str, Any]:
    version = one.version
    assert version is not None
    document = version.document
    copy = copies.copy_of(db, version.id)
    return {
        "role": one.role,
        "id": version.id,
        "seen_at": warc_date(version.seen_at),
        "title": document.title,
        "published_on": document.published_on.isoformat() if document.published_on else None,
        "modified_on": document.modified_on.isoformat() if document.modified_on else None,
        "language": document.language,
        "extractor": version.extractor,
        "text_sha256": documents.sha256_hex(document.text),
        "blocks": list(document.blocks),
        "links": [{"url": link.url, "text": link.text} for link in document.links],
        "frame": list(document.frame),
        "answer": answer,
        "archived_copy": {"url": copy.url, "copied_at": warc_date(copy.at)} if copy else None,
    }


def _told_answer(one: _Answer, place: Place) -> dict[str, Any]:
    return {
        "asked_for": one.snapshot.asked_url,
        "url": one.recorded.url,
        "fetched_at": warc_date(one.recorded.fetched_at),
        "status": one.recorded.status,
        "media_type": one.snapshot.media_type,
        "body_sha256": one.recorded.body_sha256,
        "body_bytes": one.recorded.body_bytes,
        "certificate_not_verified": one.snapshot.tls_note,
        "record": {"offset": place.offset, "length": place.length, "sha256": place.sha256},
        "kept_in": {"file": one.recorded.file, "offset": one.recorded.offset},
    }
