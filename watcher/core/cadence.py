"""When to look again: back-off after failures, the circuit breaker, and intervals that follow change."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

_BACK_OFF_FIRST_S = 300.0
_BACK_OFF_MAX_S = 86_400.0
_DAY_S = 86_400.0

OPENS_AFTER = 5
"""Failures in a row after which a source counts as broken and its maintainers are told."""

PROBE_EVERY_S = 6 * 3600.0
"""How often a broken source is tried."""

OFF_TOPIC_DAYS = (1, 7, 30)
"""Pace of documents that are not about any topic; then only when their index names a change."""


def next_attempt_s(failures: int, retry_after_s: float | None, random01: float) -> float:
    """Seconds until a host or source is tried again after its `failures`-th failure in a row.

    Doubles from 5 minutes to a day, with "equal jitter": between half and the whole of it, by
    `random01` in [0, 1]. Never earlier than the Retry-After that the server asked for.

    >>> next_attempt_s(1, None, 1.0), next_attempt_s(3, None, 0.0), next_attempt_s(1, 7200.0, 0.5)
    (300.0, 600.0, 7200.0)
    """
    whole = min(_BACK_OFF_FIRST_S * 2.0 ** min(max(failures, 1) - 1, 30), _BACK_OFF_MAX_S)
    return max(whole * (0.5 + 0.5 * random01), retry_after_s or 0.0)


class BreakerState(StrEnum):
    """Whether a source is read on its timetable."""

    CLOSED = "closed"  # it is
    OPEN = "open"  # broken: tried slowly
    PROBING = "probing"  # a try is under way


class Notice(StrEnum):
    """What maintainers are told, once each."""

    NONE = ""
    BROKEN = "broken"
    RECOVERED = "recovered"


@dataclass(frozen=True, slots=True)
class Breaker:
    """How a source has fared of late."""

    state: BreakerState = BreakerState.CLOSED
    failures: int = 0  # in a row
    broken_since: datetime | None = None


def probing(breaker: Breaker) -> Breaker:
    """The breaker as a try begins."""
    return replace(breaker, state=BreakerState.PROBING) if breaker.state is BreakerState.OPEN else breaker


def after_success(breaker: Breaker) -> tuple[Breaker, Notice]:
    """The breaker after a good read, and whether to tell that the source is back."""
    was_broken = breaker.state is not BreakerState.CLOSED
    return Breaker(), Notice.RECOVERED if was_broken else Notice.NONE


def after_failure(breaker: Breaker, now: datetime) -> tuple[Breaker, Notice]:
    """The breaker after a failure, and whether to tell that the source is broken: only as it opens."""
    failures = breaker.failures + 1
    if breaker.state is not BreakerState.CLOSED:
        return Breaker(BreakerState.OPEN, failures, breaker.broken_since), Notice.NONE
    if failures >= OPENS_AFTER:
        return Breaker(BreakerState.OPEN, failures, now), Notice.BROKEN
    return Breaker(BreakerState.CLOSED, failures), Notice.NONE


def wait_after_failure_s(breaker: Breaker, retry_after_s: float | None, random01: float) -> float:
    """Seconds to the next try of a source whose breaker is this: back-off, or the slow probe once open."""
    if breaker.state is BreakerState.CLOSED:
        return next_attempt_s(breaker.failures, retry_after_s, random01)
    return max(PROBE_EVERY_S * (0.75 + 0.5 * random01), retry_after_s or 0.0)


@dataclass(frozen=True, slots=True)
class History:
    """The good reads of one address, as far as the estimate of its rate of change needs them."""

    first_at: datetime
    last_at: datetime
    visits: int  # good reads, the first one included
    changes: int  # how many of them found another text than the read before


@dataclass(frozen=True, slots=True)
class Bounds:
    """Between what a document's interval moves."""

    shortest_s: float
    longest_s: float


def change_rate(history: History) -> float | None:
    """Changes a second, estimated from visits; None with fewer than two.

    The bias-reduced estimator of J. Cho and H. Garcia-Molina, "Estimating frequency of change",
    ACM Transactions on Internet Technology 3(3), 2003, §4.2: with n visits after the first, X of
    which found a change, and a mean distance of I between visits,
    rate = -log((n - X + 0.5) / (n + 0.5)) / I. Unlike X / (n I) it allows for several changes
    between two visits, and is finite when every visit found one.
    """
    visits = history.visits - 1
    span_s = (history.last_at - history.first_at).total_seconds()
    if visits < 1 or span_s <= 0:
        return None
    changes = min(history.changes, visits)
    return -math.log((visits - changes + 0.5) / (visits + 0.5)) / (span_s / visits)


def interval_s(history: History | None, bounds: Bounds, now: datetime) -> float:
    """Seconds until a watched document is read again, within `bounds`.

    Half the mean time between its changes, so that most are seen one by one. A document
    that never changed has been quiet since its first visit, and is asked about again after
    a tenth of that time. Without a history: the shortest.
    """
    rate = change_rate(history) if history is not None else None
    if history is None or rate is None:
        return bounds.shortest_s
    wanted = 0.5 / rate if rate > 0 else (now - history.first_at).total_seconds() / 10
    return min(max(wanted, bounds.shortest_s), bounds.longest_s)


def off_topic_interval_s(reads_without_topic: int) -> float | None:
    """Seconds until a document that is on no topic is read again after so many such reads; None: not by itself.

    >>> [off_topic_interval_s(n) for n in (1, 2, 3, 4)]
    [86400.0, 604800.0, 2592000.0, None]
    """
    if reads_without_topic > len(OFF_TOPIC_DAYS):
        return None
    return OFF_TOPIC_DAYS[max(reads_without_topic, 1) - 1] * _DAY_S
