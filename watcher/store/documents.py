"""Documents, the snapshots they were read from, and every version of their text."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlite_utils import Database

from watcher.core.decide import Seen
from watcher.core.model import Document, Fetched, Link, Match, Reason, Stance, Tier
from watcher.core.urls import identity
from watcher.store.database import instant, stamp

PRESENT, MISSING, REMOVED, MOVED = "present", "missing", "removed", "moved"


@dataclass(frozen=True, slots=True)
class Capture:
    """Where the bytes of one answer lie: the WARC file (relative to storage), offset, length, SHA-256 of the record."""

    file: str
    offset: int
    length: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Version:
    """One text of one document at one time."""

    id: int
    document_id: int
    snapshot_id: int | None
    seen_at: datetime
    document: Document
    extractor: str


def sha256_hex(body: bytes | str) -> str:
    """SHA-256 in hexadecimal; text is hashed as UTF-8."""
    return hashlib.sha256(body.encode() if isinstance(body, str) else body).hexdigest()


def seen_of(db: Database, check_id: int, key: str) -> Seen | None:
    """What is known of the document at address identity `key`; None if it was never read.

    A check whose page moved keeps its document: then the document is found by the check.
    """
    row = db.execute(
        "SELECT id, version_id, state, url, organisation_id, source_id, tier FROM documents"
        " WHERE identity = ? OR (check_id = ? AND NOT EXISTS (SELECT 1 FROM documents d WHERE d.identity = ?)"
        " AND (SELECT count(*) FROM documents d WHERE d.check_id = ?) = 1) LIMIT 1",
        [key, check_id, key, check_id],
    ).fetchone()
    if row is None or row[1] is None:
        return None
    version = version_by_id(db, row[1])
    assert version is not None
    return Seen(
        document_id=row[0],
        version_id=row[1],
        state=row[2],
        document=version.document,
        extractor=version.extractor,
        tier=Tier(row[6] or "none"),
    )


def documents_of_check(db: Database, check_id: int) -> list[Seen]:
    """All documents read at one address: one for a page, many for an archive."""
    keys = [row[0] for row in db.execute("SELECT identity FROM documents WHERE check_id = ? ORDER BY id", [check_id])]
    return [seen for key in keys if (seen := seen_of(db, check_id, key)) is not None]


def record_snapshot(db: Database, check_id: int, fetched: Fetched, capture: Capture) -> int:
    """The id of a new row for one answer and the place of its bytes."""
    cursor = db.table("snapshots").insert(
        {
            "check_id": check_id or None,
            "url": fetched.url,
            "final_url": fetched.final_url,
            "fetched_at": stamp(fetched.fetched_at),
            "status": fetched.status,
            "media_type": fetched.media_type,
            "headers": json.dumps(fetched.headers),
            "body_sha256": sha256_hex(fetched.body),
            "body_bytes": len(fetched.body),
            "warc_file": capture.file,
            "warc_offset": capture.offset,
            "warc_length": capture.length,
            "warc_sha256": capture.sha256,
            "tls_note": fetched.tls_note,
        }
    )
    return _last_id(cursor.last_pk)


def record_document(
    db: Database, check_id: int, source_id: str, organisation_id: str, document: Document, at: datetime
) -> int:
    """The id of a new document."""
    table = db.table("documents").insert(
        {
            "check_id": check_id,
            "source_id": source_id,
            "organisation_id": organisation_id,
            "identity": identity(document.url),
            "url": document.url,
            "title": document.title,
            "first_seen_at": stamp(at),
            "state": PRESENT,
        }
    )
    return _last_id(table.last_pk)


def record_version(
    db: Database, document_id: int, snapshot_id: int | None, document: Document, extractor: str, at: datetime
) -> int:
    """The id of a new version, which becomes the document's latest."""
    content = {
        "blocks": document.blocks,
        "links": [[link.url, link.text] for link in document.links],
        "frame": document.frame,
        "pages": document.pages,
    }
    table = db.table("versions").insert(
        {
            "document_id": document_id,
            "snapshot_id": snapshot_id,
            "seen_at": stamp(at),
            "text_sha256": sha256_hex(document.text),
            "title": document.title,
            "text": document.text,
            "content": json.dumps(content, ensure_ascii=False),
            "published_on": document.published_on.isoformat() if document.published_on else None,
            "modified_on": document.modified_on.isoformat() if document.modified_on else None,
            "language": document.language,
            "extractor": extractor,
        }
    )
    version_id = _last_id(table.last_pk)
    db.execute("UPDATE documents SET version_id = ?, title = ? WHERE id = ?", [version_id, document.title, document_id])
    return version_id


def set_state(db: Database, document_id: int, state: str) -> None:
    """Note whether the document is present, missing (suspected) or removed (confirmed)."""
    db.execute("UPDATE documents SET state = ? WHERE id = ?", [state, document_id])


def move_document(db: Database, document_id: int, check_id: int, url: str) -> None:
    """Give the document its new address; its history stays with it."""
    db.execute(
        "UPDATE documents SET url = ?, identity = ?, check_id = ?, state = ? WHERE id = ?",
        [url, identity(url), check_id, PRESENT, document_id],
    )


@dataclass(frozen=True, slots=True)
class Where:
    """Where a document stands, and whose it is."""

    document_id: int
    check_id: int
    organisation_id: str
    organisation: str
    url: str
    state: str
    version_id: int | None


def where_of(db: Database, document_id: int) -> Where:
    """Where the document of that id stands; KeyError if there is none."""
    row = db.execute(
        "SELECT d.id, d.check_id, d.organisation_id, o.name, d.url, d.state, d.version_id FROM documents d"
        " JOIN organisations o ON o.id = d.organisation_id WHERE d.id = ?",
        [document_id],
    ).fetchone()
    if row is None:
        raise KeyError(document_id)
    return Where(*row)


@dataclass(frozen=True, slots=True)
class Disappearance:
    """How often, since when and how an address said that its text is not there."""

    count: int
    since: datetime
    how: str


def disappearance(db: Database, document_id: int) -> Disappearance | None:
    """The misses in a row at the document's address; None if it is there."""
    row = db.execute(
        "SELECT c.gone_count, c.gone_since, c.gone_how FROM documents d JOIN checks c ON c.id = d.check_id"
        " WHERE d.id = ? AND c.gone_count > 0",
        [document_id],
    ).fetchone()
    if row is None:
        return None
    since = instant(row[1])
    assert since is not None
    return Disappearance(row[0], since, row[2])


def capture_of(db: Database, version_id: int) -> Capture | None:
    """Where the bytes of a version lie; None if they were never captured."""
    row = db.execute(
        "SELECT s.warc_file, s.warc_offset, s.warc_length, s.warc_sha256 FROM versions v"
        " JOIN snapshots s ON s.id = v.snapshot_id WHERE v.id = ?",
        [version_id],
    ).fetchone()
    return Capture(*row) if row and row[0] else None


def tls_note_of(db: Database, version_id: int) -> str | None:
    """Why the certificate was not verified when the version was fetched; None if it was."""
    row = db.execute(
        "SELECT s.tls_note FROM versions v JOIN snapshots s ON s.id = v.snapshot_id WHERE v.id = ?", [version_id]
    ).fetchone()
    return row[0] if row else None


def identity_is_taken(db: Database, url: str, document_id: int) -> bool:
    """Whether another document stands at `url` already."""
    row = db.execute("SELECT 1 FROM documents WHERE identity = ? AND id != ?", [identity(url), document_id]).fetchone()
    return row is not None


def version_by_id(db: Database, version_id: int) -> Version | None:
    """The version of that id; None if there is none."""
    for row in db.query(
        "SELECT v.*, d.url AS document_url FROM versions v JOIN documents d ON d.id = v.document_id WHERE v.id = ?",
        [version_id],
    ):
        return _version(row)
    return None


def latest_version(db: Database, document_id: int) -> Version | None:
    """The document's latest version; None if it has none."""
    row = db.execute("SELECT version_id FROM documents WHERE id = ?", [document_id]).fetchone()
    return version_by_id(db, row[0]) if row and row[0] else None


def versions_of(db: Database, document_id: int) -> list[Version]:
    """Every version of a document, oldest first."""
    return [
        _version(row)
        for row in db.query(
            "SELECT v.*, d.url AS document_url FROM versions v JOIN documents d ON d.id = v.document_id"
            " WHERE v.document_id = ? ORDER BY v.id",
            [document_id],
        )
    ]


def record_matches(db: Database, version_id: int, document_id: int, matches: Iterable[Match]) -> None:
    """Keep why a version meets each topic, and the document's best tier."""
    best = Tier.NONE
    for match in matches:
        if match.tier == Tier.NONE:
            continue
        if match.tier == Tier.NAMED or best == Tier.NONE:
            best = match.tier
        db.table("matches").insert(
            {
                "version_id": version_id,
                "topic_id": match.topic_id,
                "tier": match.tier.value,
                "score": match.score,
                "reasons": json.dumps([[r.term, r.excerpt] for r in match.reasons], ensure_ascii=False),
                "stances": json.dumps([[s.stance, s.quote] for s in match.stances], ensure_ascii=False),
            },
            replace=True,
        )
    db.execute("UPDATE documents SET tier = ? WHERE id = ?", [best.value, document_id])


def matches_of(db: Database, version_id: int) -> list[Match]:
    """Why a version meets each topic, the surest first; empty if it meets none."""
    return [
        Match(
            topic_id=row["topic_id"],
            tier=Tier(row["tier"]),
            score=row["score"],
            reasons=tuple(Reason(term, excerpt) for term, excerpt in json.loads(row["reasons"])),
            stances=tuple(Stance(stance, quote) for stance, quote in json.loads(row["stances"])),
        )
        for row in db.query(
            "SELECT * FROM matches WHERE version_id = ? ORDER BY tier = 'named' DESC, score DESC", [version_id]
        )
    ]


def search(db: Database, query: str, limit: int = 20) -> list[dict[str, Any]]:
    """Latest versions that hold the words of `query`, best first, with marked excerpts. Any input is safe.

    Rows: version_id, document_id, url, title, organisation, seen_at, excerpt (matches between U+E000 and U+E001).
    """
    table = db.table("versions")
    phrase = db.quote_fts(query)
    if not phrase.strip():
        return []
    sql = (
        "SELECT v.id AS version_id, d.id AS document_id, d.url, v.title, o.name AS organisation, v.seen_at,"
        " d.state, snippet(versions_fts, -1, char(57344), char(57345), ' … ', 24) AS excerpt"
        " FROM versions_fts JOIN versions v ON v.id = versions_fts.rowid"
        " JOIN documents d ON d.version_id = v.id JOIN organisations o ON o.id = d.organisation_id"
        " WHERE versions_fts MATCH ? ORDER BY bm25(versions_fts, 5.0, 1.0) LIMIT ?"
    )
    assert table.exists()
    return list(db.query(sql, [phrase, limit]))


def _version(row: dict[str, Any]) -> Version:
    content = json.loads(row["content"])
    document = Document(
        url=row["document_url"],
        title=row["title"],
        blocks=tuple(content["blocks"]),
        links=tuple(Link(url, text) for url, text in content["links"]),
        frame=tuple(content["frame"]),
        pages=tuple(content["pages"]),
        published_on=date.fromisoformat(row["published_on"]) if row["published_on"] else None,
        modified_on=date.fromisoformat(row["modified_on"]) if row["modified_on"] else None,
        language=row["language"],
    )
    seen_at = instant(row["seen_at"])
    assert seen_at is not None
    return Version(row["id"], row["document_id"], row["snapshot_id"], seen_at, document, row["extractor"])


def _last_id(value: object) -> int:
    assert isinstance(value, int)
    return value
