"""How well each source is read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from sqlite_utils import Database

from watcher.store.database import instant

_VISITS = 51  # the latest ones, for the median


def source_health(db: Database) -> Iterator[dict[str, Any]]:
    """A row an enabled source that was ever due.

    Keys: source, state, last_read_at, last_checked_at, next_check_at, failures (in a row), failing_since,
    detail, documents, on_topic, bytes, median_interval_s (between good reads; None before the third).
    """
    rows = db.query(
        "SELECT s.id AS source, coalesce(c.failing_kind, CASE WHEN c.last_read_at IS NULL THEN 'not read yet'"
        " ELSE 'good' END) AS state, c.last_read_at, c.last_checked_at, c.next_check_at, c.failures,"
        " c.failing_since, c.failing_detail AS detail,"
        " (SELECT count(*) FROM documents d WHERE d.source_id = s.id) AS documents,"
        " (SELECT count(*) FROM documents d WHERE d.source_id = s.id AND d.tier = 'named') AS on_topic,"
        " (SELECT coalesce(sum(n.body_bytes), 0) FROM snapshots n JOIN checks k ON k.id = n.check_id"
        " WHERE k.source_id = s.id) AS bytes"
        " FROM sources s JOIN checks c ON c.source_id = s.id AND c.found_title IS NULL WHERE s.enabled ORDER BY s.id"
    )
    for row in rows:
        yield {**row, "median_interval_s": median_interval_s(db, row["source"])}


def median_interval_s(db: Database, source_id: str) -> float | None:
    """Median seconds between the latest good reads of a source; None with fewer than three."""
    from statistics import median  # only here: it costs 8 ms, and each poll asks for faults

    stamps = db.execute(
        "SELECT at FROM visits WHERE source_id = ? AND outcome IN ('read', 'not modified') ORDER BY id DESC LIMIT ?",
        [source_id, _VISITS],
    )
    times = [at for row in stamps if (at := instant(row[0])) is not None]
    gaps = [(later - earlier).total_seconds() for later, earlier in pairwise(times)]
    return median(gaps) if len(gaps) > 1 else None


@dataclass(frozen=True, slots=True)
class Fault:
    """One enabled source whose own address could not be read the last time."""

    source: str
    organisation: str  # name, for people
    kind: str
    since: str | None  # as stored
    failures: int  # in a row


def faults(db: Database) -> list[Fault]:
    """The enabled sources that fail now, by id."""
    rows = db.execute(
        "SELECT s.id, o.name, c.failing_kind, c.failing_since, c.failures FROM sources s"
        " JOIN organisations o ON o.id = s.organisation_id"
        " JOIN checks c ON c.source_id = s.id AND c.found_title IS NULL"
        " WHERE s.enabled AND c.failures > 0 ORDER BY s.id"
    )
    return [Fault(*row) for row in rows]


def latest_health_line(db: Database, channel: str, address: str) -> str | None:
    """The text of the last health line that was queued for an address; None before the first."""
    row = db.execute(
        "SELECT body FROM deliveries WHERE key LIKE 'health:%' AND channel = ? AND address = ?"
        " ORDER BY id DESC LIMIT 1",
        [channel, address],
    ).fetchone()
    return str(row[0]) if row else None
