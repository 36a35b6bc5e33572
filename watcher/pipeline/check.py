"""One cycle: what is due is read, and each observation is recorded as it comes.

due checks -> a batch a host -> observe (any mapper) -> settle -> lines
     ^                                                    |
     +------- documents that an index named, now due -----+
"""

from __future__ import annotations

import fcntl
import json
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from watcher.core.errors import StoreError
from watcher.core.model import FetchTask, Source, SourceKind
from watcher.core.urls import host_of, identity
from watcher.pipeline import plan
from watcher.pipeline.cycle import Cycle
from watcher.pipeline.digests import tell_digests
from watcher.pipeline.engine import Mapper, ReadHost, inline
from watcher.pipeline.lines import PollLine, Summary
from watcher.pipeline.maintainers import tell_health, tell_parked
from watcher.pipeline.observe import reader
from watcher.pipeline.rounds import tell_rounds
from watcher.pipeline.unchanged import settle_host
from watcher.pipeline.watch import Watch
from watcher.store import catalogue, checks, erasure, promises
from watcher.store.checks import Check
from watcher.store.database import stamp, transaction

Progress = Callable[[int, int], None]
"""Called with the number of checks made, and of those known of so far."""

MOST_ROUNDS = 1000  # a round is at most `documents_per_round` pages a host; a runaway index ends here


def poll(
    watch: Watch,
    *,
    mapper: Mapper = inline,
    every: bool = False,
    sources: Sequence[str] = (),
    read_host: ReadHost | None = None,
    is_stopping: Callable[[], bool] = lambda: False,
    progress: Progress = lambda done, known: None,
) -> Iterator[PollLine | Summary]:
    """Read what is due and yield a line for each change and trouble, the Summary last.

    `every`: due or not. `sources`: these alone. Raises StoreError if another poll is running,
    or the store can't be written; what was recorded until then stays.
    """
    started = time.monotonic()
    with _alone(watch.storage):
        polled = plan.enabled(watch.configuration.sources, sources)
        cycle = Cycle(watch.configuration)
        read = read_host or reader(watch.policy)
        began = watch.now()
        poll_id = _begin(watch, polled)
        for tasks in _rounds(watch, cycle, polled, every):
            for line in _round(watch, cycle, tasks, mapper, read, progress, is_stopping):
                cycle.summary.count(line)
                yield line
            if is_stopping():
                break  # first looks that wait for their second were not written: the next poll sees them again
        if cycle.summary.alerts > watch.configuration.settings.alerts_per_cycle:
            from watcher.pipeline.fold import fold_bursts  # brings the renderers

            fold_bursts(watch, began)
        _tell_due(watch)
        tell_rounds(watch)
        tell_digests(watch)
        with transaction(watch.db):
            tell_health(watch)
            tell_parked(watch)
        _erase_due(watch)
        cycle.summary.seconds = time.monotonic() - started
        with transaction(watch.db):
            watch.db.execute(
                "UPDATE polls SET finished_at = ?, summary = ? WHERE id = ?",
                [stamp(watch.now()), json.dumps(cycle.summary.as_json()["summary"]), poll_id],
            )
    yield cycle.summary


def _tell_due(watch: Watch) -> None:
    if promises.is_any_overdue(watch.db, watch.now().date()):
        from watcher.pipeline.promised import tell_due  # renders: not needed by a poll that only looks

        tell_due(watch)


def _erase_due(watch: Watch) -> None:
    """Readers by e-mail who left, or never confirmed, are kept no longer than they were told."""
    if erasure.is_any_to_erase(watch.db, watch.now()):
        with transaction(watch.db):
            erasure.erase_due(watch.db, watch.now())


def _begin(watch: Watch, polled: Sequence[Source]) -> object:
    """The store knows every organisation and source, and each polled source has a check."""
    with transaction(watch.db):
        catalogue.record_catalogue(watch.db, watch.configuration.organisations, watch.configuration.sources)
        known = checks.own_addresses(watch.db)
        for source in polled:
            role = "document" if source.kind == SourceKind.PAGE else "index"
            if (source.id, role, identity(source.url)) not in known:
                checks.ensure_index(watch.db, source.id, role, source.url, watch.now())
        return watch.db.table("polls").insert({"started_at": stamp(watch.now())}).last_pk


def _rounds(watch: Watch, cycle: Cycle, polled: Sequence[Source], every: bool) -> Iterator[list[FetchTask]]:
    """Tasks to make next, until nothing is due: indexes first, then what they named."""
    settings = watch.configuration.settings
    by_id = {source.id: source for source in polled}
    for _ in range(MOST_ROUNDS):
        further, cycle.further = cycle.further, []
        due = checks.due(watch.db, watch.now(), list(by_id), every=every, skip=cycle.checks)
        chosen = _some_of_each_host(due, settings.documents_per_round)
        cycle.checks.update({check.id: check for check in chosen})
        cycle.known = len(cycle.checks) + len(due) - len(chosen)
        tasks = [plan.task_of(c, by_id[c.source_id], settings.timeout, settings.max_bytes) for c in chosen]
        if not tasks and not further:
            return
        yield [*further, *tasks]


def _some_of_each_host(due: Sequence[Check], most: int) -> list[Check]:
    """The first `most` checks of each host: what is read waits in memory until it is written."""
    taken: Counter[str] = Counter()
    chosen = []
    for check in due:
        host = host_of(check.url)
        taken[host] += 1
        if taken[host] <= most:
            chosen.append(check)
    return chosen


def _round(
    watch: Watch,
    cycle: Cycle,
    tasks: Sequence[FetchTask],
    mapper: Mapper,
    read: ReadHost,
    progress: Progress,
    is_stopping: Callable[[], bool],
) -> Iterator[PollLine]:
    seconds = [task.check_id for task in tasks if task.check_id in cycle.held]
    batches = plan.host_batches(watch.db, tasks, watch.host_pause_s, watch.now(), cycle.asked_at)
    for observations in mapper(read, batches):
        yield from settle_host(watch, cycle, observations)
        progress(cycle.summary.checked, cycle.known)
    for check_id in seconds:
        # The host asked to be left alone: what the first look saw is told as it is.
        if check_id in cycle.held and not is_stopping():
            from watcher.pipeline.settle import settle_held

            yield from settle_held(watch, cycle, check_id, None)


@contextmanager
def _alone(storage: Path) -> Iterator[None]:
    """No two polls at one time: they would ask the same hosts twice over."""
    try:
        storage.mkdir(parents=True, exist_ok=True)
        with (storage / "poll.lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise StoreError(
                    f"{storage}: another watcher is polling into this folder: wait for it, or stop it first"
                ) from None
            yield
    except OSError as exc:
        raise StoreError(f"{storage}: {exc.strerror or exc}") from exc
