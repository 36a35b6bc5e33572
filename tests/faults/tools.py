"""What the tests of fetching share: a policy for loopback, and a task by address."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeVar

from tests.faults.table import LIMIT
from watcher.core.model import FetchTask, SourceKind
from watcher.fetch.policy import FetchPolicy, user_agent

T = TypeVar("T")

POLICY = FetchPolicy(
    user_agent=user_agent("0.1.0", "mailto:watch@northmoor.example"),
    allow_private_hosts=frozenset({"127.0.0.1"}),
    connect_timeout_s=2.0,
    read_timeout_s=5.0,
)


def task_for(url: str, **known: Any) -> FetchTask:
    """A task for a page, with what is known of it."""
    task = FetchTask(check_id=0, source_id="northmoor-news", url=url, kind=SourceKind.PAGE, timeout_s=8.0)
    return replace(task, max_bytes=LIMIT, **known) if "max_bytes" not in known else replace(task, **known)


def within(seconds: float, function: Callable[[], T]) -> T:
    """What `function` returns, or a failed test once `seconds` are over."""
    results: list[T] = []
    errors: list[BaseException] = []

    def run() -> None:
        try:
            results.append(function())
        except BaseException as error:
            errors.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(seconds)
    assert not thread.is_alive(), f"still at it after {seconds} s"
    if errors:
        raise errors[0]
    return results[0]
