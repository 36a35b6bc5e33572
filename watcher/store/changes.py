"""What was found to have changed, and the statements that documents share."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from watcher.core.model import ChangeKind, Tier
from watcher.store.database import instant, places, stamp


@dataclass(frozen=True, slots=True)
class NewChange:
    """A change about to be recorded."""

    kind: ChangeKind
    document_id: int
    source_id: str
    organisation_id: str
    detected_at: datetime
    url: str  # the document's address at the time
    before_id: int | None = None
    after_id: int | None = None
    summary: str = ""
    reasons: tuple[str, ...] = ()
    is_silent: bool = False
    topic_id: str | None = None
    tier: Tier = Tier.NONE
    score: float = 0.0
    statement_id: int | None = None
    is_alert: bool = False
    moved_from: str | None = None
    stance_before: str | None = None
    stance: str | None = None
    is_softer: bool = False


@dataclass(frozen=True, slots=True)
class Change:
    """A recorded change with the names a reader needs."""

    id: int
    kind: ChangeKind
    document_id: int
    source_id: str
    organisation_id: str
    organisation: str
    url: str
    title: str
    before_id: int | None
    after_id: int | None
    detected_at: datetime
    summary: str
    reasons: tuple[str, ...]
    is_silent: bool
    topic_id: str | None
    tier: Tier
    score: float
    statement_id: int | None
    is_alert: bool
    moved_from: str | None
    stance_before: str | None = None
    stance: str | None = None
    is_softer: bool = False
    mass_edit_id: int | None = None

    @property
    def number(self) -> str:
        """The public id: "c-1042"."""
        return f"c-{self.id}"


def record_change(db: Database, change: NewChange) -> int:
    """The id of the new row."""
    table = db.table("changes").insert(
        {
            "kind": change.kind.value,
            "document_id": change.document_id,
            "source_id": change.source_id,
            "organisation_id": change.organisation_id,
            "before_id": change.before_id,
            "after_id": change.after_id,
            "detected_at": stamp(change.detected_at),
            "summary": change.summary,
            "reasons": json.dumps(change.reasons, ensure_ascii=False),
            "is_silent": int(change.is_silent),
            "topic_id": change.topic_id,
            "tier": change.tier.value,
            "score": change.score,
            "statement_id": change.statement_id,
            "is_alert": int(change.is_alert),
            "url": change.url,
            "moved_from": change.moved_from,
            "stance_before": change.stance_before,
            "stance": change.stance,
            "is_softer": int(change.is_softer),
        }
    )
    assert isinstance(table.last_pk, int)
    return table.last_pk


def set_alert(db: Database, change_id: int, is_alert: bool) -> None:
    """Note whether anyone is told of the change."""
    db.execute("UPDATE changes SET is_alert = ? WHERE id = ?", [int(is_alert), change_id])


_CHANGE = (
    "SELECT c.*, coalesce(a.title, b.title, d.title) AS title, o.name AS organisation FROM changes c"
    " JOIN documents d ON d.id = c.document_id JOIN organisations o ON o.id = c.organisation_id"
    " LEFT JOIN versions a ON a.id = c.after_id LEFT JOIN versions b ON b.id = c.before_id"
)


def change_by_id(db: Database, change_id: int) -> Change | None:
    """The change of that id; None if there is none."""
    for row in db.query(f"{_CHANGE} WHERE c.id = ?", [change_id]):
        return _change(row)
    return None


def edits_of(db: Database, document_id: int, before: int) -> list[Change]:
    """The edits of a document older than change `before`, the oldest first."""
    rows = db.query(
        f"{_CHANGE} WHERE c.document_id = ? AND c.kind = 'edited' AND c.id < ? ORDER BY c.id", [document_id, before]
    )
    return [_change(row) for row in rows]


@dataclass(frozen=True, slots=True)
class Afterwards:
    """A later edit, removal or return of a document, and the hash of the text it led to."""

    number: str
    kind: ChangeKind
    at: datetime
    text_sha256: str | None


def afterwards(db: Database, document_id: int, change_id: int) -> list[Afterwards]:
    """What became of a document after one of its changes, the oldest first."""
    rows = db.execute(
        "SELECT c.id, c.kind, c.detected_at, v.text_sha256 FROM changes c LEFT JOIN versions v ON v.id = c.after_id"
        " WHERE c.document_id = ? AND c.id > ? AND c.kind IN ('edited', 'removed', 'restored') ORDER BY c.id",
        [document_id, change_id],
    ).fetchall()
    found = []
    for number, kind, detected_at, text_sha256 in rows:
        at = instant(detected_at)
        assert at is not None
        found.append(Afterwards(f"c-{number}", ChangeKind(kind), at, text_sha256))
    return found


def text_sha256(db: Database, version_id: int | None) -> str | None:
    """The hash of a version's text; None if there is no such version."""
    row = db.execute("SELECT text_sha256 FROM versions WHERE id = ?", [version_id]).fetchone()
    return row[0] if row else None


def changes_since(
    db: Database,
    since: datetime,
    *,
    until: datetime | None = None,
    topic_id: str | None = None,
    organisation_id: str | None = None,
    on_topic_only: bool = False,
    limit: int = 10_000,
) -> list[Change]:
    """Changes recorded in [since, until), the newest first, by the time we recorded them."""
    where, values = ["c.detected_at >= ?"], [stamp(since)]
    for clause, value in (
        ("c.detected_at < ?", stamp(until) if until else None),
        ("c.topic_id = ?", topic_id),
        ("c.organisation_id = ?", organisation_id),
    ):
        if value is not None:
            where.append(clause)
            values.append(value)
    if on_topic_only:
        where.append("c.tier != 'none'")
    return [
        _change(row)
        for row in db.query(f"{_CHANGE} WHERE {' AND '.join(where)} ORDER BY c.id DESC LIMIT {int(limit)}", values)
    ]


def record_statement(db: Database, topic_id: str, document_id: int, at: datetime, bands: Iterable[int]) -> int:
    """The id of a new statement whose first publisher is `document_id`."""
    table = db.table("statements").insert(
        {"topic_id": topic_id, "first_document_id": document_id, "first_seen_at": stamp(at)}
    )
    assert isinstance(table.last_pk, int)
    join_statement(db, table.last_pk, document_id, at, bands, score=1.0, reason="first publisher")
    return table.last_pk


def join_statement(
    db: Database,
    statement_id: int,
    document_id: int,
    at: datetime,
    bands: Iterable[int],
    *,
    score: float,
    reason: str,
) -> None:
    """Make a document a member of a statement, and findable as a candidate for later ones."""
    db.table("statement_members").insert(
        {
            "document_id": document_id,
            "statement_id": statement_id,
            "joined_at": stamp(at),
            "score": score,
            "reason": reason,
        },
        ignore=True,
    )
    record_bands(db, document_id, bands)


def put_into_statement(db: Database, document_id: int, statement_id: int, at: datetime) -> None:
    """Make a document, with all its changes, a publisher of another statement, as a person judged."""
    db.execute("DELETE FROM statement_members WHERE document_id = ?", [document_id])
    member = {"document_id": document_id, "statement_id": statement_id, "joined_at": stamp(at)}
    db.table("statement_members").insert({**member, "score": 1.0, "reason": "judged by a person"})
    db.execute("UPDATE changes SET statement_id = ? WHERE document_id = ?", [statement_id, document_id])


def record_bands(db: Database, document_id: int, bands: Iterable[int]) -> None:
    """Replace the keys under which a document is found as a candidate."""
    db.execute("DELETE FROM bands WHERE document_id = ?", [document_id])
    db.table("bands").insert_all(
        ({"band": band, "document_id": document_id} for band in sorted(set(bands))), ignore=True
    )


def holders(db: Database, bands: Sequence[int]) -> dict[int, list[int]]:
    """For each key the documents of statements that hold it; keys that none holds are left out."""
    held: dict[int, list[int]] = {}
    for part in _parts(bands):
        rows = db.execute(
            f"SELECT band, document_id FROM bands WHERE band IN ({places(part)}) ORDER BY document_id",
            part,
        )
        for band, document_id in rows:
            held.setdefault(band, []).append(document_id)
    return held


def rarity(db: Database, passages: Sequence[int]) -> dict[int, int]:
    """For each passage key in how many different statements it stands."""
    found: dict[int, int] = {}
    for part in _parts(passages):
        rows = db.execute(
            "SELECT b.band, count(DISTINCT m.statement_id) FROM bands b"
            " JOIN statement_members m ON m.document_id = b.document_id"
            f" WHERE b.band IN ({places(part)}) GROUP BY b.band",
            part,
        )
        found.update(dict(rows.fetchall()))
    return found


def _parts(keys: Sequence[int], size: int = 500) -> Iterator[list[int]]:
    """`keys` in runs that a statement can take as parameters."""
    for start in range(0, len(keys), size):
        yield list(keys[start : start + size])


def statement_of(db: Database, document_id: int) -> int | None:
    """The statement a document belongs to; None if it is none's."""
    row = db.execute(
        "SELECT statement_id FROM statement_members WHERE document_id = ? ORDER BY joined_at LIMIT 1", [document_id]
    ).fetchone()
    return row[0] if row else None


def publishers(db: Database, statement_id: int) -> list[dict[str, Any]]:
    """Who publishes a statement, first publisher first: document_id, organisation, url, title, joined_at, state."""
    return list(
        db.query(
            "SELECT m.document_id, o.name AS organisation, d.url, d.title, m.joined_at, d.state, m.score, m.reason"
            " FROM statement_members m JOIN documents d ON d.id = m.document_id"
            " JOIN organisations o ON o.id = d.organisation_id WHERE m.statement_id = ? ORDER BY m.joined_at, m.rowid",
            [statement_id],
        )
    )


def _change(row: dict[str, Any]) -> Change:
    detected_at = instant(row["detected_at"])
    assert detected_at is not None
    return Change(
        id=row["id"],
        kind=ChangeKind(row["kind"]),
        document_id=row["document_id"],
        source_id=row["source_id"],
        organisation_id=row["organisation_id"],
        organisation=row["organisation"],
        url=row["url"],
        title=row["title"],
        before_id=row["before_id"],
        after_id=row["after_id"],
        detected_at=detected_at,
        summary=row["summary"] or "",
        reasons=tuple(json.loads(row["reasons"] or "[]")),
        is_silent=bool(row["is_silent"]),
        topic_id=row["topic_id"],
        tier=Tier(row["tier"] or "none"),
        score=row["score"] or 0.0,
        statement_id=row["statement_id"],
        is_alert=bool(row["is_alert"]),
        moved_from=row["moved_from"],
        stance_before=row["stance_before"],
        stance=row["stance"],
        is_softer=bool(row["is_softer"]),
        mass_edit_id=row["mass_edit_id"],
    )
