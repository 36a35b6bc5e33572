"""What the public pages read: the timeline, statements, and what is public at all.

Public is what names a topic (tier "named") or was published by a person, and every version of the
documents it concerns. What merely resembles a topic waits for a person and is not shown; pages on
other matters are nobody's business here. Every query of the web view goes through one of the `PUBLIC_…` conditions.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from watcher.core.filter import EVERYTHING, Filter, holds_words
from watcher.core.model import ChangeKind, Organisation, OrganisationKind
from watcher.store.changes import Change, change_by_id
from watcher.store.database import instant, places, stamp

PUBLIC_CHANGE = (
    "(c.tier = 'named' OR (c.tier = 'similar' AND c.document_id IN"
    " (SELECT document_id FROM reviews WHERE decision IN ('published', 'repeat') AND undone_at IS NULL)))"
)
PUBLIC_DOCUMENT = f"EXISTS (SELECT 1 FROM changes c WHERE c.document_id = d.id AND {PUBLIC_CHANGE})"
PUBLIC_DOCUMENTS = f"SELECT c.document_id FROM changes c WHERE {PUBLIC_CHANGE}"

APPEARANCES = (ChangeKind.FIRST, ChangeKind.REPEAT, ChangeKind.BASELINE)
"""Kinds by which a statement comes into view at a publisher; those of one statement are told as one."""

QUIET = (ChangeKind.SAME, ChangeKind.COSMETIC, ChangeKind.REEXTRACTED)
"""Kinds that are shown only when asked for by name."""

_APPEARANCES = ", ".join(f"'{kind.value}'" for kind in APPEARANCES)
_QUIET = ", ".join(f"'{kind.value}'" for kind in QUIET)


@dataclass(frozen=True, slots=True)
class Selection:
    """Which changes to show; None asks for no limit."""

    topic: str | None = None
    organisation: str | None = None
    kind: str | None = None  # of organisation
    change: str | None = None  # a ChangeKind; None: all but the quiet ones
    region: str | None = None
    stance: str | None = None
    since: datetime | None = None
    until: datetime | None = None  # exclusive
    wanted: Filter = EVERYTHING  # what a reader typed


@dataclass(frozen=True, slots=True)
class Told:
    """One entry of the timeline: the newest change, and all that are told with it, oldest first."""

    change: Change
    together: tuple[Change, ...]  # at least the change itself


def timeline(db: Database, selection: Selection, limit: int, before: int | None = None) -> list[Told]:
    """The newest changes of `selection`, at most `limit`, older than change `before`.

    The same statement coming into view at several publishers is one entry, where its newest stands;
    so are the same words changed on many pages of a site.
    """
    _teach(db, selection)
    where, values = _clauses(selection)
    newer, newer_values = _clauses(selection, "n", "p")
    is_newer = f"n.id > c.id AND {' AND '.join(newer)}"
    rows = db.execute(
        "SELECT c.id FROM changes c JOIN organisations o ON o.id = c.organisation_id"
        f" WHERE c.id < ? AND {' AND '.join(where)} AND NOT (c.kind IN ({_APPEARANCES}) AND c.statement_id IS NOT NULL"
        " AND EXISTS (SELECT 1 FROM statement_members m JOIN changes n ON n.document_id = m.document_id"
        " JOIN organisations p ON p.id = n.organisation_id WHERE m.statement_id = c.statement_id"
        f" AND n.kind IN ({_APPEARANCES}) AND {is_newer})) AND NOT (c.mass_edit_id IS NOT NULL AND EXISTS (SELECT 1"
        " FROM changes n JOIN organisations p ON p.id = n.organisation_id"
        f" WHERE n.mass_edit_id = c.mass_edit_id AND {is_newer})) ORDER BY c.id DESC LIMIT ?",
        [before if before is not None else 2**62, *values, *newer_values, *newer_values, limit],
    ).fetchall()
    return [_told(db, row[0]) for row in rows]


def selected(db: Database, selection: Selection, limit: int, before: int | None = None) -> list[Change]:
    """The newest changes of `selection`, one by one, older than change `before`."""
    _teach(db, selection)
    where, values = _clauses(selection)
    ids = db.execute(
        "SELECT c.id FROM changes c JOIN organisations o ON o.id = c.organisation_id"
        f" WHERE c.id < ? AND {' AND '.join(where)} ORDER BY c.id DESC LIMIT ?",
        [before if before is not None else 2**62, *values, limit],
    ).fetchall()
    return _changes(db, (row[0] for row in ids))


def _told(db: Database, change_id: int) -> Told:
    change = change_by_id(db, change_id)
    assert change is not None
    if change.mass_edit_id is not None:
        sql = f"SELECT c.id FROM changes c WHERE c.mass_edit_id = ? AND {PUBLIC_CHANGE} ORDER BY c.id"
        rows = db.execute(sql, [change.mass_edit_id]).fetchall()
        return Told(change, tuple(_changes(db, (row[0] for row in rows))))
    if change.kind not in APPEARANCES or change.statement_id is None:
        return Told(change, (change,))
    ids = db.execute(
        "SELECT c.id FROM statement_members m JOIN changes c ON c.document_id = m.document_id"
        f" WHERE m.statement_id = ? AND c.kind IN ({_APPEARANCES}) AND {PUBLIC_CHANGE} ORDER BY c.id",
        [change.statement_id],
    ).fetchall()
    return Told(change, tuple(_changes(db, (row[0] for row in ids))) or (change,))


def _clauses(selection: Selection, change: str = "c", organisation: str = "o") -> tuple[list[str], list[object]]:
    """Conditions on the rows that the query calls `change` and `organisation`, and their values."""
    where, values = [PUBLIC_CHANGE.replace("c.", f"{change}.")], list[object]()
    if selection.change is None:
        where.append(f"{change}.kind NOT IN ({_QUIET})")
    for clause, value in (
        (f"{change}.topic_id = ?", selection.topic),
        (f"{change}.organisation_id = ?", selection.organisation),
        (f"{organisation}.kind = ?", selection.kind),
        (f"{organisation}.region = ?", selection.region),
        (f"{change}.kind = ?", selection.change),
        (f"{change}.detected_at >= ?", stamp(selection.since) if selection.since else None),
        (f"{change}.detected_at < ?", stamp(selection.until) if selection.until else None),
        (
            f"EXISTS (SELECT 1 FROM matches s WHERE s.version_id = coalesce({change}.after_id, {change}.before_id)"
            f" AND s.topic_id = {change}.topic_id AND json_extract(s.stances, '$[0][0]') = ?)",
            selection.stance,
        ),
    ):
        if value is not None:
            where.append(clause)
            values.append(value)
    for clause, several in _wanted(selection.wanted, change, organisation):
        where.append(clause)
        values += several
    return where, values


def _wanted(wanted: Filter, change: str, organisation: str) -> Iterator[tuple[str, list[object]]]:
    """The conditions of a filter, the words last: they are read in the text itself."""
    for column, names in (
        (f"{change}.organisation_id", wanted.organisations),
        (f"{organisation}.kind", wanted.kinds),
        (f"{organisation}.region", wanted.regions),
    ):
        if names:
            yield f"{column} IN ({places(names)})", list(names)
    version = f"coalesce({change}.after_id, {change}.before_id)"
    if wanted.stances:
        yield (
            f"EXISTS (SELECT 1 FROM matches s, json_each(s.stances) e WHERE s.version_id = {version}"
            f" AND s.topic_id = {change}.topic_id"
            f" AND json_extract(e.value, '$[0]') IN ({places(wanted.stances)}))",
            list(wanted.stances),
        )
    if _asks_for_words(wanted):
        yield (
            f"(SELECT holds_words({organisation}.name || char(10) || v.title || char(10) || v.text)"
            f" FROM versions v WHERE v.id = {version})",
            [],
        )


def _asks_for_words(wanted: Filter) -> bool:
    return bool(wanted.any_of or wanted.all_of or wanted.none_of)


def _teach(db: Database, selection: Selection) -> None:
    """Let this connection ask what words a text holds, as every other reader of filters asks it."""
    if _asks_for_words(selection.wanted):
        wanted = selection.wanted
        db.conn.create_function("holds_words", 1, lambda text: holds_words(wanted, text or ""), deterministic=True)


def public_change(db: Database, change_id: int) -> Change | None:
    """The change of that id; None if there is none, or none that is public."""
    row = db.execute(f"SELECT 1 FROM changes c WHERE c.id = ? AND {PUBLIC_CHANGE}", [change_id]).fetchone()
    return change_by_id(db, change_id) if row else None


@dataclass(frozen=True, slots=True)
class Publisher:
    """One document of a statement: who publishes it, where, and how it stands there."""

    document_id: int
    organisation_id: str
    organisation: str
    url: str
    title: str
    state: str  # present, missing, removed, moved
    joined_at: datetime
    version_id: int | None  # the latest


def publishers(db: Database, statement_id: int) -> list[Publisher]:
    """Who publishes a statement, the first first; none if it is not public."""
    rows = db.query(
        "SELECT m.document_id, d.organisation_id, o.name AS organisation, d.url, d.title, d.state, m.joined_at,"
        " d.version_id FROM statement_members m JOIN documents d ON d.id = m.document_id"
        f" JOIN organisations o ON o.id = d.organisation_id WHERE m.statement_id = ? AND {PUBLIC_DOCUMENT}"
        " ORDER BY m.joined_at, m.rowid",
        [statement_id],
    )
    return [Publisher(**{**row, "joined_at": _at(row["joined_at"])}) for row in rows]


@dataclass(frozen=True, slots=True)
class VersionMark:
    """One version on the time line of its document, with the change that brought it."""

    id: int
    document_id: int
    organisation: str
    seen_at: datetime
    title: str
    kind: str | None
    change_id: int | None
    is_silent: bool
    is_softer: bool  # the position that it states is softer than the one before
    summary: str


def version_marks(
    db: Database, document_ids: Sequence[int], limit: int, before: int | None = None
) -> list[VersionMark]:
    """The newest versions of the documents, at most `limit`, older than version `before`; the newest first."""
    rows = db.query(
        "SELECT v.id, v.document_id, o.name AS organisation, v.seen_at, v.title, c.kind, c.id AS change_id,"
        " coalesce(c.is_silent, 0) AS is_silent, coalesce(c.is_softer, 0) AS is_softer,"
        " coalesce(c.summary, '') AS summary FROM versions v"
        " JOIN documents d ON d.id = v.document_id JOIN organisations o ON o.id = d.organisation_id"
        " LEFT JOIN changes c ON c.id = (SELECT min(b.id) FROM changes b WHERE b.after_id = v.id)"
        f" WHERE v.id IN (SELECT id FROM versions WHERE document_id IN ({places(document_ids)}) AND id < ?"
        " ORDER BY id DESC LIMIT ?) ORDER BY v.id DESC",
        [*document_ids, before if before is not None else 2**62, limit],
    )
    made = ({**row, "is_silent": bool(row["is_silent"]), "is_softer": bool(row["is_softer"])} for row in rows)
    return [VersionMark(**{**row, "seen_at": _at(row["seen_at"])}) for row in made]


def version_count(db: Database, document_ids: Sequence[int]) -> int:
    """How many versions the documents have together."""
    sql = f"SELECT count(*) FROM versions WHERE document_id IN ({places(document_ids)})"
    return int(db.execute(sql, document_ids).fetchone()[0])


def changes_of_documents(
    db: Database, document_ids: Sequence[int], limit: int, kinds: Sequence[ChangeKind] = ()
) -> list[Change]:
    """The newest public changes of the documents, of these kinds or of all; the newest first."""
    of = f" AND c.kind IN ({places(kinds)})" if kinds else ""
    ids = db.execute(
        f"SELECT c.id FROM changes c WHERE c.document_id IN ({places(document_ids)}) AND {PUBLIC_CHANGE}{of}"
        " ORDER BY c.id DESC LIMIT ?",
        [*document_ids, *(kind.value for kind in kinds), limit],
    ).fetchall()
    return _changes(db, (row[0] for row in ids))


@dataclass(frozen=True, slots=True)
class StatementLine:
    """A statement in a list."""

    id: int
    topic_id: str
    title: str
    organisation_id: str
    organisation: str
    state: str
    first_seen_at: datetime
    publishers: int


def statements(
    db: Database, limit: int, before: int | None = None, organisation: str | None = None, topic: str | None = None
) -> list[StatementLine]:
    """Public statements, the newest first, older than statement `before`; title and state of the first publisher."""
    clauses = ["s.id < ?", PUBLIC_DOCUMENT]
    values: list[object] = [before if before is not None else 2**62]
    if topic is not None:
        clauses.append("s.topic_id = ?")
        values.append(topic)
    if organisation is not None:
        clauses.append(
            "s.id IN (SELECT n.statement_id FROM documents e JOIN statement_members n ON n.document_id = e.id"
            " WHERE e.organisation_id = ?)"
        )
        values.append(organisation)
    rows = db.query(
        "SELECT s.id, s.topic_id, d.title, d.organisation_id, o.name AS organisation, d.state, s.first_seen_at,"
        " (SELECT count(DISTINCT e.organisation_id) FROM statement_members m JOIN documents e ON e.id = m.document_id"
        " WHERE m.statement_id = s.id) AS publishers FROM statements s"
        " JOIN documents d ON d.id = s.first_document_id JOIN organisations o ON o.id = d.organisation_id"
        f" WHERE {' AND '.join(clauses)} ORDER BY s.id DESC LIMIT ?",
        [*values, limit],
    )
    return [StatementLine(**{**row, "first_seen_at": _at(row["first_seen_at"])}) for row in rows]


def public_ids(db: Database) -> tuple[list[int], list[int]]:
    """Ids of all public statements and of the changes shown by default, for the site map."""
    statement_ids = db.execute(
        f"SELECT s.id FROM statements s JOIN documents d ON d.id = s.first_document_id WHERE {PUBLIC_DOCUMENT}"
        " ORDER BY s.id DESC LIMIT 20000"
    ).fetchall()
    where, values = _clauses(Selection())
    change_ids = db.execute(
        "SELECT c.id FROM changes c JOIN organisations o ON o.id = c.organisation_id"
        f" WHERE {' AND '.join(where)} ORDER BY c.id DESC LIMIT 20000",
        values,
    ).fetchall()
    return [row[0] for row in statement_ids], [row[0] for row in change_ids]


def former_organisation(db: Database, organisation_id: str) -> Organisation | None:
    """An organisation as it was last recorded: its history stays when the configuration no longer names it."""
    row = db.execute(
        "SELECT id, name, kind, region, ods_code FROM organisations WHERE id = ?", [organisation_id]
    ).fetchone()
    return Organisation(row[0], row[1], OrganisationKind(row[2]), row[3], row[4]) if row else None


def appearances(db: Database, since: datetime, topic: str | None = None) -> list[tuple[datetime, str]]:
    """When statements came into view since then, and the kind of who published each; not what was there before.

    `topic`: on this one alone.
    """
    rows = db.execute(
        "SELECT c.detected_at, o.kind FROM changes c JOIN organisations o ON o.id = c.organisation_id"
        f" WHERE {PUBLIC_CHANGE} AND c.kind IN ('first', 'repeat') AND c.detected_at >= ?"
        " AND c.topic_id = coalesce(?, c.topic_id) ORDER BY c.id",
        [stamp(since), topic],
    )
    return [(_at(row[0]), row[1]) for row in rows]


def last_poll_at(db: Database) -> datetime | None:
    """When the last cycle ended."""
    row = db.execute("SELECT finished_at FROM polls WHERE finished_at IS NOT NULL ORDER BY id DESC LIMIT 1").fetchone()
    return instant(row[0]) if row else None


def table_counts(db: Database) -> dict[str, int]:
    """How many rows the main tables hold."""
    names: Sequence[str] = ("organisations", "sources", "documents", "versions", "statements", "changes", "snapshots")
    return {name: int(db.execute(f"SELECT count(*) FROM {name}").fetchone()[0]) for name in names}


def _changes(db: Database, ids: Iterable[int]) -> list[Change]:
    return [change for change_id in ids if (change := change_by_id(db, change_id)) is not None]


def _at(text: Any) -> datetime:
    at = instant(text)
    assert at is not None
    return at
