"""A poll that finds nothing due among many checks: what a tick of the timetable costs."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bench.measure import BenchError, python
from bench.rows import Measure, Row, Subject
from bench.workshop import Workshop

CHECKS = 20_000


def subjects(workshop: Workshop) -> Sequence[Subject]:
    """A poll of a store that holds the sources alone, and of one that holds 20,000 checks."""
    return [
        Subject("poll, sources alone", _poll(workshop, 0)),
        Subject(f"poll, {CHECKS:,} checks", _poll(workshop, CHECKS)),
    ]


def _poll(workshop: Workshop, checks: int) -> Measure:
    storage = workshop.place(f"idle-{checks}")
    python("bench.rows.idle", workshop.sources_toml(), storage, str(checks))

    def measure() -> Mapping[str, float]:
        found, summary = workshop.poll(storage)
        if summary["checked"]:
            raise BenchError(f"watcher poll: {summary} where nothing is due")
        return found.numbers

    return measure


def fill(config: Path, storage: Path, number: int) -> None:
    """A store that knows every source and `number` documents of theirs, all due tomorrow."""
    from watcher.config.load import load
    from watcher.core.model import Found
    from watcher.store import catalogue, checks
    from watcher.store.database import open_database, transaction

    configuration, db = load(config), open_database(storage)
    then = datetime.now(UTC) + timedelta(days=1)
    with transaction(db):
        catalogue.record_catalogue(db, configuration.organisations, configuration.sources)
        for source in configuration.sources:
            checks.ensure_index(db, source.id, "document", source.url, then)
        for at in range(number):
            source = configuration.sources[at % len(configuration.sources)]
            named = [Found(f"{source.url}/paper-{at}", title=f"Paper {at}")]
            checks.add_found(db, source.id, named, is_baseline=True, now=then)
    db.conn.close()


ROW = Row("idle", f"A poll of which nothing is due, with {CHECKS:,} checks in the store", subjects)

if __name__ == "__main__":
    fill(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]))
