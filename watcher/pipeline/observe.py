"""Reading hosts: fetch, extract, and nothing else. Stateless, so it may run anywhere."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from functools import partial

from watcher.core.errors import ExtractError
from watcher.core.model import Failed, Fetched, FetchTask, HostBatch, Observation, Outcome, Read
from watcher.fetch.host import Surroundings, read_host
from watcher.fetch.policy import FetchPolicy


def observe_host(
    batch: HostBatch,
    policy: FetchPolicy,
    is_stopping: Callable[[], bool] = lambda: False,
    now: Callable[[], datetime] | None = None,
) -> list[Observation]:
    """What each task of one host saw, robots.txt first if it was fetched on the way.

    `now`: what it takes the time from, where that is not this machine's clock.
    """
    around = Surroundings(current_extractor=_current_extractor, is_stopping=is_stopping)
    return read_host(batch, policy, read_body, replace(around, now=now) if now else around)


def reader(
    policy: FetchPolicy, is_stopping: Callable[[], bool] | None = None
) -> Callable[[HostBatch], list[Observation]]:
    """`observe_host` with its policy; without `is_stopping` it can be sent to another machine."""
    if is_stopping is None:
        return partial(observe_host, policy=policy)
    return partial(observe_host, policy=policy, is_stopping=is_stopping)


def read_body(fetched: Fetched, task: FetchTask) -> Outcome:
    """The texts and addresses that one answer holds."""
    from watcher.extract.registry import extract  # parsers load only when there is something to parse

    try:
        return Read(fetched, extract(fetched, task))
    except ExtractError as exc:
        return Failed(exc.kind, str(exc), fetched)


def _current_extractor(_fetched: Fetched, _task: FetchTask) -> str:
    from watcher.extract.registry import generation

    return generation()
