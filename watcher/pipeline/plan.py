"""What is due becomes one batch a host."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import TYPE_CHECKING

from watcher.core.model import FetchTask, HostBatch, Source, SourceKind
from watcher.core.urls import host_of
from watcher.extract.registry import generation
from watcher.store import catalogue
from watcher.store.checks import Check

if TYPE_CHECKING:
    from sqlite_utils import Database


def task_of(check: Check, source: Source, timeout_s: float, max_bytes: int) -> FetchTask:
    """What a worker needs to make one check."""
    # A 304 brings no bytes to read anew, so a new extractor asks without conditions.
    is_current = check.extractor == generation()
    return FetchTask(
        check_id=check.id,
        source_id=source.id,
        url=check.url,
        kind=SourceKind.PAGE if check.role == "document" else source.kind,
        recipe=source.recipe,
        etag=check.etag if is_current else None,
        last_modified=check.last_modified if is_current else None,
        body_sha256=check.body_sha256,
        extractor=check.extractor,
        timeout_s=timeout_s,
        max_bytes=max_bytes,
        tls=source.tls,
        robots=source.robots,
        render=source.render,
    )


def host_batches(
    db: Database,
    tasks: Iterable[FetchTask],
    pause_s: float,
    now: datetime,
    asked_at: Mapping[str, datetime] = MappingProxyType({}),
) -> list[HostBatch]:
    """One batch a host, in the order of `tasks`.

    `asked_at`: when each host was last asked in this cycle.
    Hosts that asked to be left alone for now are left out; their checks stay due.
    """
    by_host: dict[str, list[FetchTask]] = {}
    for task in tasks:
        by_host.setdefault(host_of(task.url), []).append(task)
    paused = catalogue.paused_hosts(db, now)
    return [
        HostBatch(host, tuple(of_host), pause_s, catalogue.robots_of(db, host), asked_at.get(host))
        for host, of_host in by_host.items()
        if host not in paused
    ]


def enabled(sources: Sequence[Source], wanted: Sequence[str] = ()) -> list[Source]:
    """The sources to poll: the `wanted` ones, enabled or not, or every enabled one."""
    return [source for source in sources if (source.id in wanted if wanted else source.enabled)]
