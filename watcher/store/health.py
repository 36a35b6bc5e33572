"""How well each source is read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlite_utils import Database


def source_health(db: Database) -> Iterator[dict[str, Any]]:
    """A row a source that was ever visited: state, last_read_at, failures, failing_since, detail, documents, bytes."""
    yield from db.query(
        "SELECT s.id AS source, coalesce(c.failing_kind, CASE WHEN c.last_read_at IS NULL THEN 'not read yet'"
        " ELSE 'good' END) AS state, c.last_read_at, c.last_checked_at, c.next_check_at, c.failures,"
        " c.failing_since, c.failing_detail AS detail,"
        " (SELECT count(*) FROM documents d WHERE d.source_id = s.id) AS documents,"
        " (SELECT count(*) FROM documents d WHERE d.source_id = s.id AND d.tier = 'named') AS on_topic,"
        " (SELECT coalesce(sum(n.body_bytes), 0) FROM snapshots n JOIN checks k ON k.id = n.check_id"
        " WHERE k.source_id = s.id) AS bytes"
        " FROM sources s JOIN checks c ON c.source_id = s.id AND c.found_title IS NULL WHERE s.enabled ORDER BY s.id"
    )
