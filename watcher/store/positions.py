"""What each organisation says that it does about a topic, as read from its documents."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlite_utils import Database

from watcher.core.model import Stance
from watcher.store.changes import statement_of
from watcher.store.database import instant, places

Row = dict[str, Any]
_DATES = ("published_on", "modified_on", "seen_at", "is_first")


@dataclass(frozen=True, slots=True)
class Position:
    """A stance as one version of a document states it, with the sentence that says so. Read by machine."""

    organisation_id: str
    topic_id: str
    stance: str
    quote: str
    dated_on: date  # the page's own date for a first version, else the day on which the words were first seen
    seen_at: datetime
    version_id: int
    document_id: int
    statement_id: int | None
    state: str  # of the document
    url: str
    title: str


def positions(db: Database, organisation_id: str | None = None) -> list[Position]:
    """The position of each organisation, or of one, on each topic, by topic and organisation.

    It is the plainest one of the latest dated text that states any; a text that still stands comes
    before one that was taken down.
    """
    latest: dict[tuple[str, str], tuple[tuple[bool, date, int], Row]] = {}
    of, values = ("", []) if organisation_id is None else (" AND d.organisation_id = ?", [organisation_id])
    for latest_row in _rows(db, f"d.version_id = m.version_id{of}", values):
        row = latest_row if latest_row["is_first"] else _since(db, latest_row)
        key = (row["topic_id"], row["organisation_id"])
        rank = (row["state"] == "present", row.get("dated_on") or _dated(row), row["version_id"])
        if key not in latest or rank > latest[key][0]:
            latest[key] = (rank, row)
    return [_position(db, row) for _, (_, row) in sorted(latest.items())]


def position_history(db: Database, organisation_id: str, most: int) -> list[Position]:
    """How an organisation's positions moved: each text that states another one than its document did before.

    The latest `most` of them, oldest first.
    """
    moved = sorted(_moves(db, "d.organisation_id = ?", [organisation_id]), key=lambda r: (_dated(r), r["version_id"]))
    return [_position(db, row) for row in moved[-most:]]


def document_moves(db: Database, document_ids: Sequence[int], most: int) -> list[Position]:
    """How the positions of some documents moved: each version that states another one than its document did before.

    The latest `most` of them, oldest first.
    """
    moved = list(_moves(db, f"d.id IN ({places(document_ids)})", document_ids))
    return [_position(db, row) for row in moved[-most:]]


def _moves(db: Database, clause: str, values: Sequence[object]) -> Iterator[Row]:
    last: dict[tuple[int, str], str] = {}
    for row in _rows(db, clause, values):
        key, stance = (row["document_id"], row["topic_id"]), json.loads(row["stances"])[0][0]
        if last.get(key) != stance:
            yield row
        last[key] = stance


def stated(db: Database) -> list[tuple[date, str, str, str]]:
    """Every stance that any version stated, oldest first: (day, organisation, topic, stance)."""
    rows = db.execute(
        f"SELECT {_DATED}, d.organisation_id, m.topic_id, json_extract(m.stances, '$[0][0]') {_FROM} ORDER BY 1, v.id"
    ).fetchall()
    days = {text: date.fromisoformat(text) for text in {row[0] for row in rows}}
    return [(days[day], organisation_id, topic_id, stance) for day, organisation_id, topic_id, stance in rows]


# As `_dated` has it.
_DATED = (
    "CASE WHEN v.seen_at = d.first_seen_at THEN min(coalesce(v.modified_on, v.published_on, v.seen_at),"
    " substr(v.seen_at, 1, 10)) ELSE substr(v.seen_at, 1, 10) END"
)
_FROM = (
    "FROM matches m JOIN versions v ON v.id = m.version_id JOIN documents d ON d.id = v.document_id"
    " WHERE m.tier = 'named' AND m.stances != '[]'"
)


def stances_of(db: Database, version_id: int, topic_id: str | None) -> tuple[Stance, ...]:
    """What a version says of its speaker on one topic, the plainest first."""
    row = db.execute(
        "SELECT stances FROM matches WHERE version_id = ? AND topic_id = ?", [version_id, topic_id]
    ).fetchone()
    return tuple(Stance(stance, quote) for stance, quote in json.loads(row[0])) if row else ()


def _rows(db: Database, clause: str, values: Sequence[object]) -> Iterator[Row]:
    return db.query(
        "SELECT d.organisation_id, m.topic_id, m.stances, v.published_on, v.modified_on, v.seen_at,"
        " v.id AS version_id, d.id AS document_id, d.state, d.url, v.title, v.seen_at = d.first_seen_at AS is_first"
        f" {_FROM} AND {clause} ORDER BY v.id",
        values,
    )


def _since(db: Database, row: Row) -> Row:
    """The row with the date of the version since which the page has said this with these words.

    A page that moved, or was edited elsewhere, has taken no new position.
    """
    earlier = db.execute(
        "SELECT v.published_on, v.modified_on, v.seen_at, v.seen_at = d.first_seen_at, json_extract(m.stances, '$[0]')"
        " FROM versions v JOIN documents d ON d.id = v.document_id"
        " LEFT JOIN matches m ON m.version_id = v.id AND m.topic_id = ? AND m.tier = 'named'"
        " WHERE v.document_id = ? AND v.id < ? ORDER BY v.id DESC",
        [row["topic_id"], row["document_id"], row["version_id"]],
    )
    said, dates = json.loads(row["stances"])[0], {name: row[name] for name in _DATES}
    for *found, before in earlier:
        if before is None or json.loads(before) != said:
            break
        dates = dict(zip(_DATES, found, strict=True))
    return {**row, "dated_on": _dated(dates)}


def _position(db: Database, row: Row) -> Position:
    stance, quote = json.loads(row["stances"])[0]
    seen_at = instant(row["seen_at"])
    assert seen_at is not None
    return Position(
        organisation_id=row["organisation_id"],
        topic_id=row["topic_id"],
        stance=stance,
        quote=quote,
        dated_on=row.get("dated_on") or _dated(row),
        seen_at=seen_at,
        version_id=row["version_id"],
        document_id=row["document_id"],
        statement_id=statement_of(db, row["document_id"]),
        state=row["state"],
        url=row["url"],
        title=row["title"],
    )


def _dated(row: Row) -> date:
    """An edit is as old as its sighting, whatever the page says: dates are seldom renewed."""
    seen_on = date.fromisoformat(row["seen_at"][:10])
    own = row["modified_on"] or row["published_on"]
    return min(date.fromisoformat(own), seen_on) if row["is_first"] and own else seen_on
