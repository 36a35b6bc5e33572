"""Organisations, sources and hosts, as the configuration says; history hangs on their ids."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlite_utils import Database

from watcher.core.model import Organisation, RobotsFile, Source
from watcher.store.database import instant, stamp


def record_catalogue(db: Database, organisations: Iterable[Organisation], sources: Iterable[Source]) -> None:
    """Make the tables say what the configuration says. A source that left it is disabled, never deleted.

    Runs inside the caller's transaction.
    """
    db.table("organisations").upsert_all(
        (
            {"id": o.id, "name": o.name, "kind": o.kind.value, "region": o.region, "ods_code": o.ods_code}
            for o in organisations
        ),
        pk="id",
    )
    db.execute("UPDATE sources SET enabled = 0")
    db.table("sources").upsert_all(
        (
            {
                "id": s.id,
                "organisation_id": s.organisation,
                "kind": s.kind.value,
                "url": s.url,
                "enabled": int(s.enabled),
                "note": s.note,
            }
            for s in sources
        ),
        pk="id",
    )


def mark_baseline(db: Database, source_id: str, at: datetime) -> None:
    """Note the first good reading of a source, once."""
    db.execute("UPDATE sources SET baseline_at = ? WHERE id = ? AND baseline_at IS NULL", [stamp(at), source_id])


def has_baseline(db: Database, source_id: str) -> bool:
    """Whether the source was ever read."""
    row = db.execute("SELECT baseline_at FROM sources WHERE id = ?", [source_id]).fetchone()
    return row is not None and row[0] is not None


def robots_of(db: Database, host: str) -> RobotsFile | None:
    """The host's robots.txt as last received."""
    row = db.execute("SELECT robots_status, robots_text, robots_at FROM hosts WHERE host = ?", [host]).fetchone()
    if row is None or row[2] is None:
        return None
    fetched_at = instant(row[2])
    assert fetched_at is not None
    return RobotsFile(host, row[0], row[1], fetched_at)


def record_robots(db: Database, robots: RobotsFile) -> None:
    """Keep a host's robots.txt."""
    db.table("hosts").upsert(
        {
            "host": robots.host,
            "robots_status": robots.status,
            "robots_text": robots.text,
            "robots_at": stamp(robots.fetched_at),
        },
        pk="host",
    )


def pause_host(db: Database, host: str, now: datetime, for_s: float) -> None:
    """Ask nothing of the host for so many seconds, or longer if it has asked for longer before."""
    until = stamp(now + timedelta(seconds=for_s))
    db.execute(
        "INSERT INTO hosts (host, paused_until) VALUES (?, ?) ON CONFLICT (host) DO UPDATE"
        " SET paused_until = max(coalesce(paused_until, ''), excluded.paused_until)",
        [host, until],
    )


def record_visit(db: Database, source_id: str, at: datetime, outcome: str, detail: str) -> None:
    """Note how a visit to a source's own address went, for its health."""
    db.table("visits").insert({"source_id": source_id, "at": stamp(at), "outcome": outcome, "detail": detail})


def record_unchanged_visits(db: Database, visits: Iterable[tuple[str, datetime]]) -> None:
    """As `record_visit` for visits (source, instant) that brought nothing new, many at once."""
    db.conn.executemany(
        "INSERT INTO visits (source_id, at, outcome, detail) VALUES (?, ?, 'not modified', '')",
        [(source_id, stamp(at)) for source_id, at in visits],
    )


def paused_hosts(db: Database, now: datetime) -> frozenset[str]:
    """Hosts that asked to be left alone for now."""
    return frozenset(row[0] for row in db.execute("SELECT host FROM hosts WHERE paused_until > ?", [stamp(now)]))
