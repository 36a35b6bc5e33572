"""What proves that a version was served."""

from __future__ import annotations

import json
from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlite_utils import Database

from watcher.core.model import ArchivedCopy
from watcher.store.copies import copies_of
from watcher.store.database import instant, places, stamp


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
    archived_copy: ArchivedCopy | None


def proof_of(db: Database, version_id: int) -> Proof | None:
    """The evidence of a version; None if its answer was not kept."""
    return proofs_of(db, [version_id]).get(version_id)


def proofs_of(db: Database, version_ids: Sequence[int]) -> dict[int, Proof]:
    """The evidence of each of the versions whose answer was kept."""
    rows = db.query(
        "SELECT v.id AS version_id, s.final_url AS url, s.fetched_at, s.status, s.media_type, s.body_sha256,"
        " s.body_bytes, s.warc_file, s.warc_offset, s.warc_length, s.warc_sha256, s.tls_note, v.text_sha256,"
        " v.extractor FROM versions v JOIN snapshots s ON s.id = v.snapshot_id"
        f" WHERE v.id IN ({places(version_ids)})",
        version_ids,
    )
    copied = copies_of(db, version_ids)
    return {
        row["version_id"]: Proof(
            **{**row, "fetched_at": instant(row["fetched_at"])}, archived_copy=copied.get(row["version_id"])
        )
        for row in rows
    }


# --- what `evidence verify --all` goes through ---------------------------------------------------

_SNAPSHOT = (
    "SELECT id, final_url AS url, fetched_at, status, body_sha256, body_bytes, warc_file, warc_offset, warc_length,"
    " warc_sha256, url AS asked_url, media_type, tls_note FROM snapshots"
)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One answer that was kept, and where its bytes lie. `warc_file` None: they were not kept."""

    id: int
    url: str
    fetched_at: datetime
    status: int
    body_sha256: str
    body_bytes: int
    warc_file: str | None
    warc_offset: int
    warc_length: int
    warc_sha256: str
    asked_url: str
    media_type: str
    tls_note: str | None


@dataclass(frozen=True, slots=True)
class KeptText:
    """The text of a version, twice as the row has it, and the hash it was given when it was recorded."""

    version_id: int
    source_id: str
    url: str
    snapshot_id: int | None  # None: there is none
    text: str
    blocks: str  # the main text that is shown and compared, put together
    text_sha256: str
    extractor: str


def snapshot_ids(db: Database) -> array[int]:
    """Every snapshot in the order in which their bytes lie in the files."""
    return array("q", (row[0] for row in db.execute("SELECT id FROM snapshots ORDER BY warc_file, warc_offset, id")))


def version_ids(db: Database) -> array[int]:
    """Every version, oldest first."""
    return array("q", (row[0] for row in db.execute("SELECT id FROM versions ORDER BY id")))


def snapshots(db: Database, ids: Sequence[int]) -> list[Snapshot]:
    """The snapshots of those ids, in their order; those that are gone are left out."""
    found = {row["id"]: _snapshot(row) for row in db.query(f"{_SNAPSHOT} WHERE id IN ({places(ids)})", list(ids))}
    return [found[one] for one in ids if one in found]


def kept_texts(db: Database, ids: Sequence[int]) -> list[KeptText]:
    """The texts of those versions, oldest first."""
    rows = db.execute(
        "SELECT v.id, d.source_id, d.url, s.id, v.text, v.content, v.text_sha256, v.extractor FROM versions v"
        " JOIN documents d ON d.id = v.document_id LEFT JOIN snapshots s ON s.id = v.snapshot_id"
        f" WHERE v.id IN ({places(ids)}) ORDER BY v.id",
        list(ids),
    )
    return [KeptText(row[0], row[1], row[2], row[3], row[4] or "", _main_text(row[5]), row[6], row[7]) for row in rows]


def _main_text(content: str) -> str:
    """The blocks of a version put together; "" if the row is damaged."""
    try:
        return "\n\n".join(json.loads(content)["blocks"])
    except (ValueError, KeyError, TypeError):
        return ""


def changes_on(db: Database, version_ids: Sequence[int]) -> dict[int, list[str]]:
    """The numbers of the changes that rest on each of these versions, oldest first."""
    found: dict[int, list[str]] = {one: [] for one in version_ids}
    marks, ids = places(version_ids), list(version_ids)
    rows = db.execute(
        "SELECT id, before_id, after_id FROM changes"
        f" WHERE before_id IN ({marks}) OR after_id IN ({marks}) ORDER BY id",
        ids * 2,
    )
    for change_id, *sides in rows:
        for version_id in {*sides} & found.keys():
            found[version_id].append(f"c-{change_id}")
    return found


def gone_answer(db: Database, document_id: int, url: str, at: datetime) -> Snapshot | None:
    """The answer that said by then, and within the hour, that a document is not there; None if it was not kept."""
    rows = db.query(
        f"{_SNAPSHOT} WHERE (url = ? OR check_id = (SELECT check_id FROM documents WHERE id = ?))"
        " AND fetched_at > ? AND fetched_at <= ?"
        " AND NOT EXISTS (SELECT 1 FROM versions v WHERE v.snapshot_id = snapshots.id)"
        " ORDER BY fetched_at DESC LIMIT 1",
        [url, document_id, stamp(at - timedelta(hours=1)), stamp(at)],
    )
    for row in rows:
        return _snapshot(row)
    return None


def _snapshot(row: dict[str, Any]) -> Snapshot:
    return Snapshot(**{**row, "fetched_at": instant(row["fetched_at"])})
