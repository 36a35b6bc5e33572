"""What a page is known to change by itself: the learnt mask, line by line, so that each line can be undone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from watcher.core.mask import Mask
from watcher.store.database import stamp

BLOCK, LINK = "block", "link"
SITE_WIDE = 3  # documents of one source on which a line was learnt: then it is the site's furniture


def record_noise(db: Database, document_id: int, mask: Mask, how: str, at: datetime) -> None:
    """Keep the lines of `mask` for one document; a line that a maintainer has undone stays undone."""
    lines = [(BLOCK, line) for line in mask.blocks] + [(LINK, line) for line in mask.links]
    db.table("noise").insert_all(
        (
            {"document_id": document_id, "kind": kind, "line": line, "learnt_at": stamp(at), "how": how}
            for kind, line in sorted(lines)
        ),
        ignore=True,
    )


def mask_of(db: Database, source_id: str, document_id: int | None) -> Mask:
    """What is noise of a document: its own lines, and those learnt on at least `SITE_WIDE` pages of its source."""
    rows = db.execute(
        "SELECT n.kind, n.line FROM noise n JOIN documents d ON d.id = n.document_id WHERE d.source_id = ?"
        " GROUP BY n.kind, n.line HAVING count(n.undone_at) = 0 AND (max(n.document_id = ?) OR count(*) >= ?)",
        [source_id, document_id, SITE_WIDE],
    ).fetchall()
    return Mask(
        frozenset(line for kind, line in rows if kind == BLOCK), frozenset(line for kind, line in rows if kind == LINK)
    )


def lines_of(db: Database, source_id: str, document_id: int) -> list[tuple[str, str, str, str]]:
    """The lines of `mask_of` as kind, line, when and how they were learnt."""
    mask = mask_of(db, source_id, document_id)
    rows = db.execute(
        "SELECT n.kind, n.line, min(n.learnt_at), n.how FROM noise n JOIN documents d ON d.id = n.document_id"
        " WHERE d.source_id = ? GROUP BY n.kind, n.line ORDER BY n.kind, n.line",
        [source_id],
    ).fetchall()
    return [row for row in rows if row[1] in (mask.blocks if row[0] == BLOCK else mask.links)]


def undone_of(db: Database, source_id: str) -> list[str]:
    """Lines that a maintainer lets count again on the source's pages."""
    rows = db.execute(
        "SELECT DISTINCT n.line FROM noise n JOIN documents d ON d.id = n.document_id"
        " WHERE d.source_id = ? AND n.undone_at IS NOT NULL",
        [source_id],
    )
    return [row[0] for row in rows]


def noise_of_source(db: Database, source_id: str) -> Iterator[dict[str, Any]]:
    """A row a line learnt on the source's pages: kind, line, documents, learnt_at, how, undone_at, url of one."""
    yield from db.query(
        "SELECT n.kind, n.line, count(*) AS documents, min(n.learnt_at) AS learnt_at, n.how,"
        " max(n.undone_at) AS undone_at, min(d.url) AS url"
        " FROM noise n JOIN documents d ON d.id = n.document_id WHERE d.source_id = ?"
        " GROUP BY n.kind, n.line ORDER BY n.kind, n.line",
        [source_id],
    )


def hidden_lines(db: Database) -> dict[str, tuple[str, ...]]:
    """By source the lines that are hidden on any of its pages."""
    rows = db.execute(
        "SELECT d.source_id, n.line FROM noise n JOIN documents d ON d.id = n.document_id"
        " GROUP BY d.source_id, n.kind, n.line HAVING count(n.undone_at) = 0 ORDER BY d.source_id, n.kind, n.line"
    )
    found: dict[str, tuple[str, ...]] = {}
    for source_id, line in rows:
        found[source_id] = (*found.get(source_id, ()), line)
    return found


def undo_noise(db: Database, source_id: str, line: str, at: datetime) -> int:
    """Let a line count again on every page of the source, for good; on how many pages it was hidden."""
    cursor = db.execute(
        "UPDATE noise SET undone_at = ? WHERE line = ? AND undone_at IS NULL"
        " AND document_id IN (SELECT id FROM documents WHERE source_id = ?)",
        [stamp(at), line, source_id],
    )
    return int(cursor.rowcount)
