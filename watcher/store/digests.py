"""Which periods each reader by e-mail was told of, and what a digest asks of the store."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlite_utils import Database

from watcher.core.filter import Rhythm
from watcher.core.model import ChangeKind
from watcher.core.weeks import Window
from watcher.store.changes import Change, change_by_id
from watcher.store.database import instant, stamp
from watcher.store.views import PUBLIC_CHANGE

KEPT_FOR = timedelta(weeks=12)
"""How long a letter that was sent is kept."""

NOTED_FOR = timedelta(weeks=53)
"""How long it is kept that a reader was told of a period."""

_TOLD = (ChangeKind.FIRST, ChangeKind.REPEAT, ChangeKind.EDITED, ChangeKind.LINKS, ChangeKind.REMOVED,
         ChangeKind.RESTORED, ChangeKind.MOVED)  # fmt: skip
_SEEN = ("read", "not modified")
"""Outcomes of visits that saw the source."""

_KINDS = ", ".join(f"'{kind.value}'" for kind in _TOLD)


@dataclass(frozen=True, slots=True)
class Reader:
    """An active subscription by e-mail that a digest is due for."""

    id: int  # of the subscription
    address: str
    filter: str  # as it prints
    wants_quiet: bool
    told_until: datetime  # what was recorded before this has been told, or was before the subscription


_DUE = (
    "FROM subscriptions s WHERE s.channel = 'email' AND s.state = 'active' AND s.rhythm = ?"
    " AND coalesce(s.told_until, s.created_at) < ?"
)


def least_told_until(db: Database, rhythm: Rhythm, until: datetime) -> datetime | None:
    """Of the readers who were not told of all that was recorded before `until`, up to when one was told least."""
    row = db.execute(
        f"SELECT min(coalesce(s.told_until, s.created_at)) {_DUE}", [rhythm.value, stamp(until)]
    ).fetchone()
    return instant(row[0])


def due_readers(db: Database, rhythm: Rhythm, until: datetime, after: int, limit: int) -> list[Reader]:
    """The first `limit` readers, by id and from `after` on, who were not told of what was recorded before `until`."""
    rows = db.execute(
        f"SELECT {_READER} {_DUE} AND s.id > ? ORDER BY s.id LIMIT ?", [rhythm.value, stamp(until), after, limit]
    )
    return [_reader(row) for row in rows]


_WITHOUT = (
    "FROM subscriptions s WHERE s.channel = 'email' AND s.state = 'active' AND s.rhythm = ? AND s.created_at < ?"
    " AND NOT EXISTS (SELECT 1 FROM digests g WHERE g.subscription_id = s.id AND g.period = ?)"
)
_READER = "s.id, s.address, s.filter, s.wants_quiet, coalesce(s.told_until, s.created_at)"


def readers_without(db: Database, rhythm: Rhythm, period: str, until: datetime, after: int, limit: int) -> list[Reader]:
    """The first `limit` readers, from `after` on, who subscribed before `until` and have no digest of `period`."""
    rows = db.execute(
        f"SELECT {_READER} {_WITHOUT} AND s.id > ? ORDER BY s.id LIMIT ?",
        [rhythm.value, stamp(until), period, after, limit],
    )
    return [_reader(row) for row in rows]


def filters_of_readers(db: Database, rhythm: Rhythm) -> list[str]:
    """Each filter that active readers of the rhythm have, once."""
    rows = db.execute(
        "SELECT DISTINCT filter FROM subscriptions WHERE channel = 'email' AND state = 'active' AND rhythm = ?"
        " ORDER BY filter",
        [rhythm.value],
    )
    return [row[0] for row in rows]


def count_readers(db: Database, rhythm: Rhythm | None = None) -> int:
    """How many active subscriptions by e-mail there are that ask for digests."""
    rhythms = [rhythm.value] if rhythm else [Rhythm.DAILY.value, Rhythm.WEEKLY.value]
    row = db.execute(
        "SELECT count(*) FROM subscriptions WHERE channel = 'email' AND state = 'active'"
        f" AND rhythm IN ({', '.join('?' * len(rhythms))})",
        rhythms,
    ).fetchone()
    return int(row[0])


def note_digest(
    db: Database, subscription_id: int, window: Window, now: datetime, key: str | None, *, in_order: bool = True
) -> None:
    """Keep that a period is done for a reader; `key` names the delivery, None: there was nothing to tell.

    `in_order`: all before it is done too, or given up. If not, the periods before it stay due.
    """
    since, until = stamp(window.since), stamp(window.until)
    db.execute(
        "INSERT INTO digests (subscription_id, period, window_from, window_to, made_at, delivery_key)"
        " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (subscription_id, period) DO NOTHING",
        [subscription_id, window.period, since, until, stamp(now), key],
    )
    db.execute(
        "UPDATE subscriptions SET told_until = ? WHERE id = ? AND coalesce(told_until, created_at) < ?"
        " AND (? OR coalesce(told_until, created_at) >= ?)",
        [until, subscription_id, until, int(in_order), since],
    )


def letter_id(db: Database, key: str) -> int | None:
    """The letter that was kept under a key: a run that broke off goes on with it. None if there is none."""
    row = db.execute("SELECT id FROM letters WHERE key = ?", [key]).fetchone()
    return row[0] if row else None


def name_letter(db: Database, letter: int, key: str) -> None:
    """Let a letter be found again by what it says to whom."""
    db.execute("UPDATE letters SET key = ? WHERE id = ?", [key, letter])


def forget_old_letters(db: Database, now: datetime) -> int:
    """Remove letters older than KEPT_FOR with their settled deliveries, in the caller's transaction; how many letters.

    A letter that still waits for a reader stays. With it go notes of periods older than
    NOTED_FOR, and those of subscriptions that are gone.
    """
    old = [stamp(now - KEPT_FOR)]
    db.execute(
        "DELETE FROM deliveries WHERE letter_id IN (SELECT id FROM letters WHERE made_at < ?)"
        " AND state NOT IN ('waiting', 'sending')",
        old,
    )
    gone = db.execute(
        "DELETE FROM letters WHERE made_at < ?"
        " AND NOT EXISTS (SELECT 1 FROM deliveries d WHERE d.letter_id = letters.id)",
        old,
    )
    db.execute("DELETE FROM digests WHERE window_to < ?", [stamp(now - NOTED_FOR)])
    db.execute("DELETE FROM digests WHERE subscription_id NOT IN (SELECT id FROM subscriptions)")
    return int(gone.rowcount)


def told_changes(db: Database, since: datetime, until: datetime) -> Iterator[Change]:
    """Public changes that people were told of in [since, until), the oldest first, by the time we recorded them.

    A candidate counts from the moment at which a person published it. What a person has judged
    not relevant is left out; so is what is no news (mass edits, edits far from the topic).
    """
    told_at = (
        "CASE WHEN c.tier = 'similar' THEN coalesce((SELECT min(r.at) FROM reviews r WHERE r.change_id = c.id"
        " AND r.decision = 'published' AND r.undone_at IS NULL), c.detected_at) ELSE c.detected_at END"
    )
    rows = db.execute(
        f"SELECT c.id, {told_at} AS told_at FROM changes c WHERE {PUBLIC_CHANGE} AND c.kind IN ({_KINDS})"
        " AND (c.is_alert OR (c.kind = 'repeat' AND c.tier = 'named')) AND c.topic_id IS NOT NULL"
        " AND told_at >= ? AND told_at < ?"
        " AND NOT EXISTS (SELECT 1 FROM reviews r WHERE r.change_id = c.id AND r.decision = 'dismissed'"
        " AND r.undone_at IS NULL) ORDER BY told_at, c.id",
        [stamp(since), stamp(until)],
    ).fetchall()
    yield from _changes(db, (row[0] for row in rows))


def changes_of_mass_edits(db: Database, since: datetime, until: datetime) -> dict[int, list[Change]]:
    """The public changes of each mass edit that were recorded in [since, until), by its id."""
    rows = db.execute(
        f"SELECT c.id FROM changes c WHERE c.mass_edit_id IS NOT NULL AND {PUBLIC_CHANGE}"
        " AND c.detected_at >= ? AND c.detected_at < ? ORDER BY c.id",
        [stamp(since), stamp(until)],
    ).fetchall()
    found: dict[int, list[Change]] = {}
    for change in _changes(db, (row[0] for row in rows)):
        assert change.mass_edit_id is not None
        found.setdefault(change.mass_edit_id, []).append(change)
    return found


def new_candidates(db: Database, since: datetime, until: datetime) -> dict[str, int]:
    """How many documents that came into view in [since, until) wait for a person, by topic."""
    rows = db.execute(
        "SELECT c.topic_id, count(DISTINCT c.document_id) FROM changes c JOIN documents d ON d.id = c.document_id"
        " WHERE c.tier = 'similar' AND d.tier = 'similar' AND c.after_id IS NOT NULL AND c.topic_id IS NOT NULL"
        " AND c.detected_at >= ? AND c.detected_at < ? AND NOT EXISTS (SELECT 1 FROM reviews r"
        " WHERE r.document_id = c.document_id AND r.undone_at IS NULL) GROUP BY c.topic_id",
        [stamp(since), stamp(until)],
    )
    return {row[0]: int(row[1]) for row in rows}


def speakers(db: Database, topic_id: str, until: datetime) -> set[str]:
    """The organisations that have said anything on the topic before `until`."""
    rows = db.execute(
        f"SELECT DISTINCT c.organisation_id FROM changes c WHERE {PUBLIC_CHANGE} AND c.topic_id = ?"
        " AND c.detected_at < ?",
        [topic_id, stamp(until)],
    )
    return {row[0] for row in rows}


@dataclass(frozen=True, slots=True)
class LastVisits:
    """How a source's own address was read before a moment."""

    source_id: str
    outcome: str  # of the last visit: "read", "not modified", or why not
    detail: str
    seen_at: datetime | None  # the last good visit
    failing_since: datetime | None  # the first bad one after it
    gone_since: datetime | None  # the site answers that the address is not there


def last_visits(db: Database, until: datetime) -> dict[str, LastVisits]:
    """For each enabled source that was visited before `until`: how, by id."""
    good = ", ".join(f"'{outcome}'" for outcome in _SEEN)
    rows = db.execute(
        "WITH latest AS (SELECT s.id AS source_id, (SELECT max(v.at) FROM visits v WHERE v.source_id = s.id"
        " AND v.at < :until) AS at, (SELECT max(v.at) FROM visits v WHERE v.source_id = s.id AND v.at < :until"
        f" AND v.outcome IN ({good})) AS seen_at FROM sources s WHERE s.enabled)"
        " SELECT l.source_id, v.outcome, v.detail, l.seen_at, (SELECT min(b.at) FROM visits b"
        " WHERE b.source_id = l.source_id AND b.at < :until AND b.at > coalesce(l.seen_at, '')),"
        " (SELECT c.gone_since FROM checks c WHERE c.source_id = l.source_id AND c.found_title IS NULL"
        " AND c.gone_since < :until)"
        " FROM latest l JOIN visits v ON v.source_id = l.source_id AND v.at = l.at ORDER BY l.source_id, v.id",
        {"until": stamp(until)},
    )
    return {row[0]: LastVisits(row[0], row[1], row[2] or "", *map(instant, row[3:6])) for row in rows}


def poll_times(db: Database, since: datetime, until: datetime) -> list[datetime]:
    """When cycles began in [since, until), in order."""
    rows = db.execute(
        "SELECT started_at FROM polls WHERE started_at >= ? AND started_at < ? ORDER BY started_at",
        [stamp(since), stamp(until)],
    )
    return [at for row in rows if (at := instant(row[0])) is not None]


def first_poll_at(db: Database) -> datetime | None:
    """When the watch began; None before its first cycle."""
    return instant(db.execute("SELECT min(started_at) FROM polls").fetchone()[0])


def _reader(row: tuple[int, str, str, int, str]) -> Reader:
    told_until = instant(row[4])
    assert told_until is not None
    return Reader(row[0], row[1], row[2], bool(row[3]), told_until)


def _changes(db: Database, ids: Iterable[int]) -> Iterator[Change]:
    return (change for change_id in ids if (change := change_by_id(db, change_id)) is not None)
