"""Reading hosts: fetch, extract, and nothing else. Stateless, so it may run anywhere."""

from __future__ import annotations

import hashlib

from watcher.core.errors import ExtractError
from watcher.core.model import (
    Failed,
    FailedKind,
    Fetched,
    FetchTask,
    Gone,
    HostBatch,
    NotModified,
    Observation,
    Outcome,
    Read,
    SourceKind,
)
from watcher.fetch.host import read_host
from watcher.fetch.policy import FetchPolicy


def observe_host(batch: HostBatch, policy: FetchPolicy) -> list[Observation]:
    """What each task of one host saw, robots.txt first if it was fetched on the way."""
    return read_host(batch, policy, read_body)


def read_body(fetched: Fetched, task: FetchTask) -> Outcome:
    """What one answer holds.

    The bytes of the last visit are not parsed again, unless another extractor would read them.
    """
    from watcher.extract.registry import extract, extractor_name  # parsers load only when there is something to parse

    is_same_bytes = task.body_sha256 == hashlib.sha256(fetched.body).hexdigest()
    if is_same_bytes and task.extractor == extractor_name(fetched, task):
        return NotModified(fetched)
    try:
        extraction = extract(fetched, task)
    except ExtractError as exc:
        return Failed(FailedKind(exc.kind), str(exc), fetched)
    if task.kind == SourceKind.PAGE:
        barrier = _barrier(fetched, task)
        if barrier is not None:
            return barrier
    return Read(fetched, extraction)


def _barrier(fetched: Fetched, task: FetchTask) -> Outcome | None:
    raise NotImplementedError(Gone)
