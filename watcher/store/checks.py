"""The timetable: what is read when, and how its visits went. APScheduler only ticks; this decides."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlite_utils import Database

from watcher.core.model import Found
from watcher.core.urls import identity
from watcher.store.database import instant, places, stamp


@dataclass(frozen=True, slots=True)
class Check:
    """One row: an address, its validators, and its record of visits."""

    id: int
    source_id: str
    role: str
    identity: str
    url: str
    is_baseline: bool
    found_title: str | None  # None: the source's own address
    found_on: date | None
    etag: str | None
    last_modified: str | None
    body_sha256: str | None
    extractor: str | None
    last_checked_at: datetime | None
    first_read_at: datetime | None
    last_read_at: datetime | None
    visits: int  # good reads
    changes_seen: int
    failures: int
    failing_since: datetime | None
    failing_kind: str | None
    failing_detail: str | None
    gone_count: int
    gone_since: datetime | None
    is_on_topic: bool  # any document read here meets a topic


_COLUMNS = (
    "id, source_id, role, identity, url, is_baseline, found_title, found_on, etag, last_modified, body_sha256,"
    " extractor, last_checked_at, first_read_at, last_read_at, visits, changes_seen, failures, failing_since,"
    " failing_kind, failing_detail, gone_count, gone_since,"
    " EXISTS (SELECT 1 FROM documents d WHERE d.check_id = checks.id AND d.tier != 'none') AS is_on_topic"
)


def own_addresses(db: Database) -> set[tuple[str, str, str]]:
    """Source, role and identity of each source's own address, as the table has them now."""
    return set(db.execute("SELECT source_id, role, identity FROM checks WHERE found_title IS NULL"))


def ensure_index(db: Database, source_id: str, role: str, url: str, now: datetime) -> None:
    """One row for a source's own address, due now if it is new; a changed address starts afresh."""
    key = identity(url)
    row = db.execute(
        "SELECT id, identity, source_id FROM checks WHERE role = ?"
        " AND (identity = ? OR (source_id = ? AND found_title IS NULL)) ORDER BY identity = ? DESC",
        [role, key, source_id, key],
    ).fetchone()
    if row is None:
        db.table("checks").insert(
            {"source_id": source_id, "role": role, "identity": key, "url": url, "next_check_at": stamp(now)}
        )
    elif row[1] != key or row[2] != source_id:
        db.execute(
            "UPDATE checks SET identity = ?, url = ?, source_id = ?, etag = NULL, last_modified = NULL,"
            " body_sha256 = NULL, next_check_at = ? WHERE id = ?",
            [key, url, source_id, stamp(now), row[0]],
        )


def add_found(
    db: Database, source_id: str, found: Iterable[Found], *, is_baseline: bool, now: datetime, is_listed: bool = True
) -> int:
    """Rows for documents that an index names; how many are new. Known ones are marked as listed.

    A known one whose index now gives a later date than it had is due at once. `is_listed`: the
    page that names them is read on every visit, so that what it names no longer was dropped.
    """
    added = 0
    for link in found:
        key = identity(link.url)
        on = link.modified_at.date() if link.modified_at else link.published_on
        row = db.execute("SELECT id, found_on FROM checks WHERE role = 'document' AND identity = ?", [key]).fetchone()
        if row is None:
            added += 1
            db.table("checks").insert(
                {
                    "source_id": source_id,
                    "role": "document",
                    "identity": key,
                    "url": link.url,
                    "is_baseline": int(is_baseline),
                    "found_title": link.title,
                    "found_on": on.isoformat() if on else None,
                    "is_listed": int(is_listed),
                    "next_check_at": stamp(now),
                }
            )
        elif on and (row[1] or "") < on.isoformat():
            db.execute(
                "UPDATE checks SET is_listed = max(is_listed, ?), found_on = ?, next_check_at = ? WHERE id = ?",
                [int(is_listed), on.isoformat(), stamp(now), row[0]],
            )
        elif is_listed:
            db.execute("UPDATE checks SET is_listed = 1 WHERE id = ?", [row[0]])
    return added


def add_parts(db: Database, source_id: str, urls: Iterable[str], *, is_baseline: bool, now: datetime) -> None:
    """Rows for the parts of a sitemap, due now if they are new: each is read on its own, with its own validators."""
    for url in urls:
        db.execute(
            "INSERT INTO checks (source_id, role, identity, url, is_baseline, found_title, next_check_at)"
            " VALUES (?, 'index', ?, ?, ?, '', ?) ON CONFLICT (role, identity) DO NOTHING",
            [source_id, identity(url), url, int(is_baseline), stamp(now)],
        )


def note_dropped(db: Database, source_id: str, listed: Iterable[Found], now: datetime) -> int:
    """Mark the documents that the source's one index names no longer; those on topic are due now. How many are due.

    To be dropped proves nothing: the old leave every news index. It is a reason to look.
    Nothing is marked where a source has several indexes, which name different documents.
    """
    indexes = db.execute("SELECT count(*) FROM checks WHERE source_id = ? AND role = 'index'", [source_id])
    if indexes.fetchone()[0] != 1:
        return 0
    named = {identity(link.url) for link in listed}
    known = db.execute(
        "SELECT id, identity FROM checks WHERE source_id = ? AND role = 'document' AND is_listed = 1"
        " AND found_title IS NOT NULL",
        [source_id],
    )
    dropped = [row[0] for row in known if row[1] not in named]
    db.conn.executemany("UPDATE checks SET is_listed = 0 WHERE id = ?", [(check_id,) for check_id in dropped])
    due_now = db.conn.executemany(
        "UPDATE checks SET next_check_at = min(next_check_at, ?) WHERE id = ? AND next_check_at IS NOT NULL"
        " AND EXISTS (SELECT 1 FROM documents d WHERE d.check_id = checks.id AND d.tier != 'none')",
        [(stamp(now), check_id) for check_id in dropped],
    )
    return max(due_now.rowcount, 0)


def names_documents(db: Database, source_id: str) -> bool:
    """Whether the source's index named any document when it was last read."""
    row = db.execute(
        "SELECT 1 FROM checks WHERE source_id = ? AND role = 'document' AND is_listed = 1"
        " AND found_title IS NOT NULL LIMIT 1",
        [source_id],
    ).fetchone()
    return row is not None


def due(
    db: Database,
    now: datetime,
    source_ids: Sequence[str],
    *,
    every: bool = False,
    skip: Collection[int] = (),
) -> list[Check]:
    """Checks of `source_ids` to make now, indexes first, then the longest due. `every`: due or not."""
    when = "next_check_at IS NOT NULL" if every else "next_check_at <= ?"
    rows = db.query(
        f"SELECT {_COLUMNS} FROM checks WHERE source_id IN ({places(source_ids)}) AND {when}"
        " ORDER BY role = 'document', next_check_at, id",
        [*source_ids, *([] if every else [stamp(now)])],
    )
    return [_check(row) for row in rows if row["id"] not in skip]


def check_by_id(db: Database, check_id: int) -> Check:
    """The row of that id; KeyError if there is none."""
    for row in db.query(f"SELECT {_COLUMNS} FROM checks WHERE id = ?", [check_id]):
        return _check(row)
    raise KeyError(check_id)


def settle_unchanged(db: Database, settled: Iterable[tuple[int, datetime, datetime | None]]) -> None:
    """Note visits that brought nothing new: (check id, visited at, next check at)."""
    db.conn.executemany(
        "UPDATE checks SET last_checked_at = ?, last_read_at = ?, first_read_at = coalesce(first_read_at, ?),"
        " next_check_at = ?, visits = visits + 1,"
        " failures = 0, failing_since = NULL, failing_kind = NULL, failing_detail = NULL,"
        " gone_count = 0, gone_since = NULL, gone_how = NULL WHERE id = ?",
        [(stamp(at), stamp(at), stamp(at), stamp(then) if then else None, check_id) for check_id, at, then in settled],
    )


def settle_read(
    db: Database,
    check_id: int,
    at: datetime,
    next_at: datetime | None,
    *,
    etag: str | None,
    last_modified: str | None,
    body_sha256: str,
    extractor: str,
    has_changed: bool,
) -> None:
    """Note a visit that was read, with the validators for the next one."""
    settle_unchanged(db, [(check_id, at, next_at)])
    db.execute(
        "UPDATE checks SET etag = ?, last_modified = ?, body_sha256 = ?, extractor = ?,"
        " changes_seen = changes_seen + ? WHERE id = ?",
        [etag, last_modified, body_sha256, extractor, int(has_changed), check_id],
    )


def settle_failure(db: Database, check_id: int, at: datetime, next_at: datetime, kind: str, detail: str) -> bool:
    """Note a visit that saw nothing; True if this is the first of its kind in a row.

    The ladder of disappearance is left where it stands: what can't be seen proves nothing.
    """
    row = db.execute("SELECT failing_kind FROM checks WHERE id = ?", [check_id]).fetchone()
    db.execute(
        "UPDATE checks SET last_checked_at = ?, next_check_at = ?, failures = failures + 1,"
        " failing_since = coalesce(failing_since, ?), failing_kind = ?, failing_detail = ? WHERE id = ?",
        [stamp(at), stamp(next_at), stamp(at), kind, detail, check_id],
    )
    return bool(row is None or row[0] != kind)


def settle_gone(
    db: Database, check_id: int, at: datetime, next_at: datetime | None, *, count: int, since: datetime, how: str
) -> None:
    """Note a visit on which the site said that the text is not there."""
    db.execute(
        "UPDATE checks SET last_checked_at = ?, next_check_at = ?, failures = 0,"
        " failing_since = NULL, failing_kind = NULL, failing_detail = NULL,"
        " gone_count = ?, gone_since = ?, gone_how = ?,"
        " etag = NULL, last_modified = NULL, body_sha256 = NULL WHERE id = ?",
        [stamp(at), stamp(next_at) if next_at else None, count, stamp(since), how, check_id],
    )


def postpone(db: Database, check_id: int, until: datetime) -> None:
    """Make the check again at `until`; the visit itself counts as not made."""
    db.execute("UPDATE checks SET next_check_at = ? WHERE id = ?", [stamp(until), check_id])


def check_at(db: Database, url: str) -> int | None:
    """The id of the check that reads the document at `url`; None if none does."""
    row = db.execute("SELECT id FROM checks WHERE role = 'document' AND identity = ?", [identity(url)]).fetchone()
    return int(row[0]) if row else None


def move_check(db: Database, check_id: int, url: str) -> None:
    """Read at the new address from now on; where that has a check of its own already, this one rests."""
    if check_at(db, url) in (None, check_id):
        db.execute("UPDATE checks SET identity = ?, url = ? WHERE id = ?", [identity(url), url, check_id])
    else:
        rest(db, check_id)


def rest(db: Database, check_id: int) -> None:
    """Read the address no more, unless its index names it anew."""
    db.execute("UPDATE checks SET next_check_at = NULL WHERE id = ?", [check_id])


def next_due_at(db: Database) -> datetime | None:
    """When the next check of an enabled source is due."""
    row = db.execute(
        "SELECT min(next_check_at) FROM checks JOIN sources ON sources.id = source_id WHERE enabled"
    ).fetchone()
    return instant(row[0])


def _check(row: dict[str, Any]) -> Check:
    return Check(
        **{
            **row,
            "is_baseline": bool(row["is_baseline"]),
            "is_on_topic": bool(row["is_on_topic"]),
            "found_on": date.fromisoformat(row["found_on"]) if row["found_on"] else None,
            "last_checked_at": instant(row["last_checked_at"]),
            "first_read_at": instant(row["first_read_at"]),
            "last_read_at": instant(row["last_read_at"]),
            "failing_since": instant(row["failing_since"]),
            "gone_since": instant(row["gone_since"]),
        }
    )
