"""The weekly digest for 10,000 readers with 20 filters, beside as many bare rows written into the same tables."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bench.measure import BenchError, python
from bench.rows import Goal, Measure, Row, Subject
from bench.workshop import Workshop

READERS, FILTERS, STATEMENTS = 10_000, 20, 100
FEW = 1_000
MONDAY = datetime(2026, 6, 8, 7, 0, tzinfo=UTC)  # 08:00 in London, after week 23
_PERIOD = "2026-W23"


def subjects(workshop: Workshop) -> Sequence[Subject]:
    """The rows alone, and the digests of few and of many readers; each run begins with a store of its own."""
    return [
        Subject(f"bare rows, {READERS:,}", _measure(workshop, "bare", READERS)),
        Subject(f"digests, {FEW:,} readers", _measure(workshop, "digests", FEW)),
        Subject(f"digests, {READERS:,} readers", _measure(workshop, "digests", READERS)),
    ]


def _measure(workshop: Workshop, way: str, readers: int) -> Measure:
    done: list[None] = []

    def measure() -> Mapping[str, float]:
        storage = workshop.place(f"digest-{way}-{readers}-{len(done)}")
        done.append(None)
        python("bench.rows.digest", "fill", storage, str(readers))
        found = python("bench.rows.digest", way, storage, str(readers))
        if found.output.split()[-1] != str(readers):
            raise BenchError(f"digests: {found.output} where {readers} should be queued")
        return found.numbers

    return measure


def filters() -> list[str]:
    """20 filters, as different as people's wishes."""
    kinds = ["", "kind:trust", "kind:ahsn", "kind:charity", "org:northmoor", "stance:ended", "stance:paused"]
    return [*kinds, *(f'-jobs "number {number}" OR review OR mentor*' for number in range(FILTERS - len(kinds)))]


def fill(storage: Path, readers: int) -> None:
    """A store in which 100 statements were published in week 23, and that many readers confirmed before."""
    from tests.web.filling import empty
    from watcher.core.filter import Rhythm
    from watcher.core.model import Stance
    from watcher.store import subscriptions
    from watcher.store.database import transaction

    made = empty(storage)
    for number in range(STATEMENTS):
        words = f"Statement number {number}: we have ended our part in Steady Mentoring after a review."
        more = [f"Paragraph {at} of {number}: what partners were told, and when." * 4 for at in range(8)]
        organisation = ("northmoor", "westvale", "harrow-vale", "hillside")[number % 4]
        made.put(f"s{number}", organisation, f"Notice {number}", [words, *more], stances=(Stance("ended", words),))
        made.later(0.2)
    wanted = filters()
    with transaction(made.db):
        for number in range(readers):
            address, asked = f"reader{number}@reader.example", wanted[number % FILTERS]
            subscriptions.subscribe(made.db, "email", address, asked, Rhythm.WEEKLY, MONDAY - timedelta(days=6))
    made.db.close()


def bare(storage: Path, readers: int) -> int:
    """The yardstick: one delivery and one note a reader, 500 in a transaction, with nothing thought about."""
    from watcher.core.weeks import parse_week
    from watcher.store import digests, outbox
    from watcher.store.database import open_database, transaction
    from watcher.store.outbox import Queued

    db, window = open_database(storage / "storage"), parse_week(_PERIOD, UTC)
    for start in range(0, readers, 500):
        with transaction(db):
            for number in range(start + 1, start + 501):
                key = f"digest:{number}:{_PERIOD}"
                outbox.queue(db, [Queued(key, "email", f"reader{number}@reader.example", "", "")], MONDAY)
                digests.note_digest(db, number, window, MONDAY, key)
    return readers


def queue(storage: Path) -> int:
    """What the watcher does on Monday morning; how many readers it queued a letter for."""
    from watcher.config.environment import Environment
    from watcher.config.load import load
    from watcher.pipeline.digests import queue_due
    from watcher.pipeline.watch import open_watch

    environment = Environment(
        _env_file=None,  # type: ignore[call-arg]
        config=storage / "sources.toml",
        storage=storage / "storage",
        public_url="https://watch.example",
    )
    watch = open_watch(load(environment.config), environment, now=lambda: MONDAY)
    report = queue_due(watch)
    return sum(report.queued.values()) + sum(report.nothing_to_tell.values())


ROW = Row(
    "digest",
    f"Digests of a week of {STATEMENTS} statements, {FILTERS} filters; beside the bare rows",
    subjects,
    goals=(Goal(f"digests, {READERS:,} readers", "peak_mb", limit=150),),
)

if __name__ == "__main__":
    way, place, number = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])
    if way == "fill":
        fill(place, number)
    else:
        print(bare(place, number) if way == "bare" else queue(place))
