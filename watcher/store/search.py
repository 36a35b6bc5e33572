"""Full text over every version of what is public."""

from __future__ import annotations

import re
import sqlite3
from dataclasses import dataclass
from datetime import datetime

from sqlite_utils import Database

from watcher.store.database import instant, stamp
from watcher.store.views import PUBLIC_DOCUMENTS

MARK_START, MARK_END = "\ue000", "\ue001"
"""Private-use characters that stand around the words that were found."""

_CANDIDATES = 400  # versions that are ranked before those of one document are joined
_TERM = re.compile(r'(-)?(?:"([^"]*)"|([^\s"]+))(\*)?')
_WORD = re.compile(r"\w")
MOST_TERMS = 32


@dataclass(frozen=True, slots=True)
class Hit:
    """A document that holds the words; `excerpt` of the newest version that does, with the words marked."""

    version_id: int
    document_id: int
    statement_id: int | None
    organisation_id: str
    organisation: str
    title: str
    url: str
    state: str
    seen_at: datetime
    is_latest: bool
    versions: int  # how many of its versions hold the words
    excerpt: str


@dataclass(frozen=True, slots=True)
class Query:
    """A search as SQLite understands it; `match` is "" if there is nothing to look for."""

    match: str
    only_excludes: bool = False
    is_cut: bool = False  # what stands beyond the first MOST_TERMS terms is not looked for


def parse_query(text: str) -> Query:
    """What a reader typed: words, "a phrase", begin*, -without. Any text is safe.

    >>> parse_query('trust "has ended" mentor* -police').match
    '("trust" AND "has ended" AND "mentor" *) NOT "police"'
    >>> parse_query('" ( -*').match
    ''
    """
    wanted: list[str] = []
    unwanted: list[str] = []
    terms = _TERM.findall(text.replace("\x00", " "))
    is_cut = len(terms) > MOST_TERMS
    for minus, phrase, word, star in terms[:MOST_TERMS]:
        words = (phrase or word).replace(MARK_START, " ").replace(MARK_END, " ")
        is_prefix = bool(star) or words.endswith("*")
        words = words.rstrip("*")
        if not _WORD.search(words):
            continue
        (unwanted if minus else wanted).append(f'"{words}"{" *" if is_prefix else ""}')
    if not wanted:
        return Query("", bool(unwanted), is_cut)
    together = " AND ".join(wanted)
    if not unwanted:
        return Query(together, is_cut=is_cut)
    return Query(f"({together})" + "".join(f" NOT {term}" for term in unwanted), is_cut=is_cut)


def search(
    db: Database,
    query: Query,
    limit: int,
    offset: int = 0,
    since: datetime | None = None,
    until: datetime | None = None,
) -> list[Hit]:
    """Documents whose versions hold the words, the best first; versions seen in [since, until)."""
    if not query.match:
        return []
    try:
        ranked = _ranked(db, query.match, since, until)
    except sqlite3.OperationalError:
        return []  # words that the tokenizer leaves nothing of
    best: dict[int, list[int]] = {}
    for version_id, document_id in ranked:
        best.setdefault(document_id, []).append(version_id)
    shown = list(best.values())[offset : offset + limit]
    return [hit for versions in shown if (hit := _hit(db, query.match, versions)) is not None]


def _ranked(db: Database, match: str, since: datetime | None, until: datetime | None) -> list[tuple[int, int]]:
    clauses, values = [""], list[object]()
    if since is not None:
        clauses.append("v.seen_at >= ?")
        values.append(stamp(since))
    if until is not None:
        clauses.append("v.seen_at < ?")
        values.append(stamp(until))
    rows = db.execute(
        "SELECT v.id, v.document_id FROM versions_fts JOIN versions v ON v.id = versions_fts.rowid"
        f" WHERE versions_fts MATCH ? AND v.document_id IN ({PUBLIC_DOCUMENTS}){' AND '.join(clauses)}"
        " ORDER BY bm25(versions_fts, 5.0, 1.0), v.id DESC LIMIT ?",
        [match, *values, _CANDIDATES],
    )
    return [(row[0], row[1]) for row in rows]


def _hit(db: Database, match: str, versions: list[int]) -> Hit | None:
    rows = db.query(
        "SELECT v.id AS version_id, d.id AS document_id, d.organisation_id, o.name AS organisation, v.title, d.url,"
        " d.state, v.seen_at, d.version_id = v.id AS is_latest,"
        " (SELECT s.statement_id FROM statement_members s WHERE s.document_id = d.id LIMIT 1) AS statement_id,"
        f" snippet(versions_fts, -1, '{MARK_START}', '{MARK_END}', ' … ', 32) AS excerpt"
        " FROM versions_fts JOIN versions v ON v.id = versions_fts.rowid JOIN documents d ON d.id = v.document_id"
        " JOIN organisations o ON o.id = d.organisation_id WHERE versions_fts MATCH ? AND versions_fts.rowid = ?",
        [match, max(versions)],
    )
    for row in rows:
        seen_at = instant(row["seen_at"])
        assert seen_at is not None
        row |= {"seen_at": seen_at, "is_latest": bool(row["is_latest"]), "versions": len(versions)}
        return Hit(**row)
    return None
