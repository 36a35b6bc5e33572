"""What proves that a version was served."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlite_utils import Database

from watcher.store.database import instant


@dataclass(frozen=True, slots=True)
class Proof:
    """What proves that a version was served: the answer, and where its bytes lie."""

    version_id: int
    url: str
    fetched_at: datetime
    status: int
    media_type: str
    body_sha256: str
    body_bytes: int
    warc_file: str | None
    warc_offset: int | None
    warc_length: int | None
    warc_sha256: str | None
    tls_note: str | None
    text_sha256: str
    extractor: str
    copy_url: str | None  # in an outside archive
    copied_at: datetime | None  # by its clock


def proof_of(db: Database, version_id: int) -> Proof | None:
    """The evidence of a version; None if its answer was not kept."""
    return proofs_of(db, [version_id]).get(version_id)


def proofs_of(db: Database, version_ids: Sequence[int]) -> dict[int, Proof]:
    """The evidence of each of the versions whose answer was kept."""
    rows = db.query(
        "SELECT v.id AS version_id, s.final_url AS url, s.fetched_at, s.status, s.media_type, s.body_sha256,"
        " s.body_bytes, s.warc_file, s.warc_offset, s.warc_length, s.warc_sha256, s.tls_note, v.text_sha256,"
        " v.extractor, k.url AS copy_url, k.copied_at FROM versions v JOIN snapshots s ON s.id = v.snapshot_id"
        " LEFT JOIN copies k ON k.version_id = v.id AND k.state = 'copied'"
        f" WHERE v.id IN ({', '.join('?' * len(version_ids))})",
        version_ids,
    )
    return {
        row["version_id"]: Proof(
            **{**row, "fetched_at": instant(row["fetched_at"]), "copied_at": instant(row["copied_at"])}
        )
        for row in rows
    }
