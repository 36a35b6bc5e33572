"""When an address is read next."""

from __future__ import annotations

import random
from datetime import datetime, timedelta

from watcher.core import cadence
from watcher.core.model import Source
from watcher.store.checks import Check

JITTER = 0.1  # of the interval, either way: sources of one interval don't all come at one minute
SUSPECTED_AGAIN = timedelta(hours=12.5)  # three looks then span the 24 h that a removal must last
REMOVED_AGAIN = timedelta(days=7)  # a page that was taken down may come back


def next_read(check: Check, source: Source, now: datetime, *, is_on_topic: bool) -> datetime | None:
    """When to read an address again that was read now; None: only when its index names it anew.

    A source's own address keeps its interval, as does each part of its sitemap. A document on
    topic is watched for good, another one at a decaying pace, counted by its visits.
    """
    if is_own_address(check) or check.role == "index":
        return now + _jittered(source.every_s)
    if is_on_topic:
        bounds = cadence.Bounds(source.every_s, max(source.every_s, source.longest_s))
        return now + _jittered(cadence.interval_s(_history(check, now), bounds, now))
    pause_s = cadence.off_topic_interval_s(check.visits + 1)
    return now + _jittered(pause_s) if pause_s is not None else None


def next_try(check: Check, now: datetime, retry_after_s: float | None, *, was_asked: bool = True) -> datetime:
    """When to try an address again that could not be read.

    One that was not asked for, because its host wanted a pause, is due when the pause ends: the
    back-off is for the page that failed.
    """
    if retry_after_s is not None and not was_asked:
        return now + timedelta(seconds=retry_after_s)
    failures = check.failures + 1
    is_broken = failures >= cadence.OPENS_AFTER
    state = cadence.BreakerState.OPEN if is_broken else cadence.BreakerState.CLOSED
    breaker = cadence.Breaker(state, failures, check.failing_since)
    return now + timedelta(seconds=cadence.wait_after_failure_s(breaker, retry_after_s, random.random()))  # noqa: S311


def _history(check: Check, now: datetime) -> cadence.History | None:
    """The reads of an address, the one of now included; None before the first."""
    if check.first_read_at is None:
        return None
    return cadence.History(check.first_read_at, now, check.visits + 1, check.changes_seen)


def next_look(check: Check, *, is_removed: bool, is_on_topic: bool, now: datetime) -> datetime | None:
    """When to look again for a text that the site says is not there."""
    if not is_removed:
        return now + SUSPECTED_AGAIN
    return now + REMOVED_AGAIN if is_on_topic or is_own_address(check) else None


def is_own_address(check: Check) -> bool:
    """Whether the address is the source's own, not one that an index named."""
    return check.found_title is None


def _jittered(interval_s: float) -> timedelta:
    return timedelta(seconds=interval_s * random.uniform(1 - JITTER, 1 + JITTER))  # noqa: S311
