"""Reading hosts: fetch, extract, and nothing else. Stateless, so it may run anywhere."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from watcher.core.errors import ExtractError
from watcher.core.model import (
    Failed,
    FailedKind,
    Fetched,
    FetchTask,
    Gone,
    GoneHow,
    HostBatch,
    Observation,
    Outcome,
    Read,
    SourceKind,
    Unreachable,
    UnreachableKind,
)
from watcher.fetch.host import Surroundings, read_host
from watcher.fetch.policy import FetchPolicy


def observe_host(
    batch: HostBatch, policy: FetchPolicy, is_stopping: Callable[[], bool] = lambda: False
) -> list[Observation]:
    """What each task of one host saw, robots.txt first if it was fetched on the way."""
    around = Surroundings(current_extractor=_current_extractor, is_stopping=is_stopping)
    return read_host(batch, policy, read_body, around)


def reader(
    policy: FetchPolicy, is_stopping: Callable[[], bool] | None = None
) -> Callable[[HostBatch], list[Observation]]:
    """`observe_host` with its policy; without `is_stopping` it can be sent to another machine."""
    if is_stopping is None:
        return partial(observe_host, policy=policy)
    return partial(observe_host, policy=policy, is_stopping=is_stopping)


def read_body(fetched: Fetched, task: FetchTask) -> Outcome:
    """What one answer holds: texts, or a page that is no content."""
    from watcher.extract.registry import extract  # parsers load only when there is something to parse

    try:
        extraction = extract(fetched, task)
    except ExtractError as exc:
        return Failed(exc.kind, str(exc), fetched)
    if task.kind == SourceKind.PAGE and len(extraction.documents) == 1:
        from watcher.extract.barrier import barrier

        found = barrier(extraction.documents[0])
        if found is not None:
            return _as_outcome(found.kind, found.detail, fetched)
    return Read(fetched, extraction)


def _as_outcome(kind: UnreachableKind | FailedKind | GoneHow, detail: str, fetched: Fetched) -> Outcome:
    if isinstance(kind, UnreachableKind):
        return Unreachable(kind, detail)
    if isinstance(kind, FailedKind):
        return Failed(kind, detail, fetched)
    return Gone(kind, fetched)


def _current_extractor(fetched: Fetched, task: FetchTask) -> str | None:
    from watcher.extract.registry import extractor_name

    return extractor_name(fetched, task)
