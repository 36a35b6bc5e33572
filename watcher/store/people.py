"""What people said of what was found: labelled examples, and positions that they confirmed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from watcher.core.model import Organisation
from watcher.store.database import stamp
from watcher.store.documents import version_by_id

Confirmed = frozenset[tuple[int, str, str]]
"""Positions that a person has confirmed: (version, topic, stance)."""

ON_TOPIC, OFF_TOPIC = "on-topic", "off-topic"
"""Labels: what *Publish* and *Not relevant* make of a version. Others (described, near-sense) may be given too."""


def record_label(db: Database, version_id: int, topic_id: str, label: str, who: str, at: datetime) -> None:
    """Keep a person's judgement of a version as a labelled example; a later one replaces it."""
    db.table("labels").insert(
        {"version_id": version_id, "topic_id": topic_id, "label": label, "who": who, "at": stamp(at)}, replace=True
    )


def forget_label(db: Database, version_id: int, topic_id: str) -> None:
    """Take back a person's judgement of a version."""
    db.execute("DELETE FROM labels WHERE version_id = ? AND topic_id = ?", [version_id, topic_id])


def labelled(db: Database, topic_id: str, organisations: dict[str, Organisation]) -> Iterator[dict[str, Any]]:
    """Labelled versions as `watcher quality` takes them: id, url, title, text, label, `blocks`, `organisation`."""
    rows = db.execute(
        "SELECT l.version_id, l.label, d.organisation_id FROM labels l JOIN versions v ON v.id = l.version_id"
        " JOIN documents d ON d.id = v.document_id WHERE l.topic_id = ? ORDER BY l.version_id",
        [topic_id],
    ).fetchall()
    for version_id, label, organisation_id in rows:
        version = version_by_id(db, version_id)
        assert version is not None
        document = version.document
        yield {
            "id": f"version {version_id}",
            "url": document.url,
            "title": document.title,
            "text": document.text,
            "label": label,
            "blocks": (*document.frame, *document.blocks),
            "organisation": organisations.get(organisation_id),
        }


def confirm_position(db: Database, version_id: int, topic_id: str, stance: str, who: str, at: datetime) -> None:
    """Keep that a person confirmed what a version states; a later one replaces it."""
    db.table("confirmations").insert(
        {"version_id": version_id, "topic_id": topic_id, "stance": stance, "who": who, "at": stamp(at)}, replace=True
    )


def confirmed_by(db: Database, version_id: int, topic_id: str | None, stance: str) -> str | None:
    """Who confirmed the stance of a version; None if nobody did."""
    row = db.execute(
        "SELECT who FROM confirmations WHERE version_id = ? AND topic_id = ? AND stance = ?",
        [version_id, topic_id, stance],
    ).fetchone()
    return row[0] if row else None


# The same sentence in another version of the document is as sure as the version that was confirmed.
_CONFIRMED = (
    "FROM confirmations c JOIN versions v ON v.id = c.version_id JOIN versions w ON w.document_id = v.document_id"
    " JOIN matches m ON m.version_id = v.id AND m.topic_id = c.topic_id"
    " JOIN matches n ON n.version_id = w.id AND n.topic_id = c.topic_id"
    " AND json_extract(n.stances, '$[0]') = json_extract(m.stances, '$[0]')"
)


def confirmed_positions(db: Database) -> Confirmed:
    """Every position that a person has confirmed, there or in another version that says it with the same sentence."""
    return frozenset(db.execute(f"SELECT w.id, c.topic_id, c.stance {_CONFIRMED}").fetchall())


def is_confirmed(db: Database, version_id: int, topic_id: str | None, stance: str) -> bool:
    """Whether `confirmed_positions` holds this position."""
    sql = f"SELECT 1 {_CONFIRMED} WHERE w.id = ? AND c.topic_id = ? AND c.stance = ?"
    return db.execute(sql, [version_id, topic_id, stance]).fetchone() is not None
