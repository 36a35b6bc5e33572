"""Reading hosts: fetch, extract, and nothing else. Stateless, so it may run anywhere."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from functools import partial
from threading import Event

from watcher.core.errors import ExtractError
from watcher.core.model import Failed, Fetched, FetchTask, HostBatch, Observation, Outcome, Read
from watcher.core.urls import identity
from watcher.fetch.host import Surroundings, read_host
from watcher.fetch.policy import FetchPolicy

Clock = Callable[[], datetime]


def observe_host(
    batch: HostBatch, policy: FetchPolicy, stopping: Event | None = None, now: Clock | None = None
) -> list[Observation]:
    """What each task of one host saw, robots.txt first if it was fetched on the way.

    Once `stopping` is set, pauses end and no further request is made. `now` is the clock by
    which visits are dated; None: the machine's.
    """
    around = Surroundings(current_extractor=_current_extractor)
    if stopping is not None:
        around = replace(around, is_stopping=stopping.is_set, sleep=stopping.wait)
    if now is not None:
        around = replace(around, now=now)
    return read_host(batch, policy, read_body, around)


def reader(
    policy: FetchPolicy, stopping: Event | None = None, now: Clock | None = None
) -> Callable[[HostBatch], list[Observation]]:
    """`observe_host` with its policy; with that alone it is plain data that another machine can be sent."""
    return partial(observe_host, policy=policy, stopping=stopping, now=now)


def read_body(fetched: Fetched, task: FetchTask) -> Outcome:
    """The texts and addresses that one answer holds."""
    from watcher.extract.registry import extract  # parsers load only when there is something to parse

    try:
        return Read(fetched, extract(fetched, task))
    except ExtractError as exc:
        return Failed(exc.kind, str(exc), fetched)


def _current_extractor(fetched: Fetched, task: FetchTask) -> str:
    """Who would read these bytes; bytes known from the last visit are left unread only if this is the same."""
    from watcher.extract.registry import generation

    # A page that moved often brings the very bytes of its old address: the move is the news, so they are read.
    has_moved = fetched.final_url != task.url and identity(fetched.final_url) != identity(task.url)
    return f"{generation()} at {fetched.final_url}" if has_moved else generation()
