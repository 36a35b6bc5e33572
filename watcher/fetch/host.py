"""All pages of one host, one after the other, at the pace that the host asks for.

No database and no state outlives the call, so a batch can run in any thread, process or machine.
"""

from __future__ import annotations

import hashlib
import random
import time
import traceback
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http import HTTPStatus
from pathlib import Path

from watcher.core.errors import ExtractError
from watcher.core.model import (
    Failed,
    FailedKind,
    Fetched,
    FetchTask,
    HostBatch,
    NotModified,
    Observation,
    Outcome,
    RobotsFile,
    RobotsRead,
    Unreachable,
    UnreachableKind,
)
from watcher.core.urls import host_of, identity
from watcher.fetch.client import Client, Hooks
from watcher.fetch.exchange import ExchangeError
from watcher.fetch.policy import FetchPolicy
from watcher.fetch.robots import Rules, fetch_robots, is_usable

Extract = Callable[[Fetched, FetchTask], Outcome]

WAIT_WITHIN_BATCH_S = 30.0
"""A shorter Retry-After is waited for; a longer one ends the batch."""

_BUSY_IN_A_ROW = 3  # so many 5xx, one after the other, end the batch
_RETRY_AFTER_S = (1.0, 3.0)  # before the one further try after a lost connection
_PAUSE_AFTER_429_S = 5.0  # at least, for the rest of the batch, after a 429 that names no wait


@dataclass(frozen=True)
class Surroundings:
    """What a batch takes from the world; tests bring their own.

    `current_extractor` names the extractor (with its version) that would read these bytes, so
    that bytes seen before are read again by a newer one; None: the bytes alone decide.
    `is_stopping` ends a batch early: what was not asked yet is left out of the result.
    """

    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    sleep: Callable[[float], object] = time.sleep
    random01: Callable[[], float] = random.random
    current_extractor: Callable[[Fetched, FetchTask], str | None] = lambda _fetched, _task: None
    is_stopping: Callable[[], bool] = lambda: False
    connect: Callable[[FetchPolicy, Hooks], AbstractContextManager[Client]] = Client


def read_host(
    batch: HostBatch, policy: FetchPolicy, extract: Extract, surroundings: Surroundings | None = None
) -> list[Observation]:
    """What was seen at each task's address, in order; before it the host's robots.txt if it was fetched here.

    One request at a time, with a pause between any two to the host: the longer of `pause_s` and
    the crawl-delay. A task that was not asked, because the host had said to wait or could
    not be reached at all, is Unreachable with a detail that says so. `extract` is called for fresh
    bytes only; whatever it raises costs no other task.
    """
    if not batch.tasks:
        return []
    around = surroundings or Surroundings()
    pace = _Pace(around, batch.pause_s, {batch.host: batch.asked_at} if batch.asked_at else {})
    visit = _Visit(batch, extract, around, pace)
    with around.connect(policy, Hooks(pace.wait, visit.may_follow, around.now)) as client:
        return visit.run(client)


class _Pace:
    """Keeps requests to one host apart. Clock and sleep come from outside."""

    def __init__(self, around: Surroundings, pause_s: float, asked: dict[str, datetime]) -> None:
        self._around = around
        self.pause_s = pause_s
        self._last = asked

    def wait(self, url: str) -> float:
        """Sleep until a request to the host of `url` is polite; the seconds waited."""
        host, now, waited = host_of(url), self._around.now(), 0.0
        if host in self._last:
            waited = max(0.0, self.pause_s - (now - self._last[host]).total_seconds())
            self.sleep(waited)
        self._last[host] = self._around.now()
        return waited

    def sleep(self, seconds: float) -> None:
        """Sleep, if there is anything to sleep."""
        if seconds > 0:
            self._around.sleep(seconds)

    def between(self, bounds: tuple[float, float]) -> float:
        """A random number of seconds within `bounds`."""
        low, high = bounds
        return low + (high - low) * self._around.random01()


@dataclass
class _Visit:
    """One batch under way."""

    batch: HostBatch
    extract: Extract
    around: Surroundings
    pace: _Pace
    rules: Rules | None = None
    seen: list[Observation] = field(default_factory=list)
    closed: Unreachable | None = None  # why the host is asked nothing more in this batch
    busy_in_a_row: int = 0
    times_429: int = 0
    obeys: bool = True  # robots.txt, for the task in hand

    def run(self, client: Client) -> list[Observation]:
        """Read robots.txt if anyone needs it, then every task."""
        for task in self.batch.tasks:
            if self.around.is_stopping():
                break
            if task.robots is None and self.rules is None and self.closed is None and host_of(task.url):
                self._learn_rules(client, task)
            outcome = self._outcome(client, task)
            self.seen.append(Observation(task, self.around.now(), outcome))
        return self.seen

    def may_follow(self, url: str) -> bool:
        """Whether a redirect to `url` may be followed; another host's rules are not known here."""
        if self.rules is None or not self.obeys or host_of(url) != self._host:
            return True
        return self.rules.allows(url)

    @property
    def _host(self) -> str:
        return next(filter(None, (host_of(task.url) for task in self.batch.tasks)), "")

    def _learn_rules(self, client: Client, task: FetchTask) -> None:
        robots = self.batch.robots
        if robots is None or not is_usable(robots, self.around.now()):
            robots = self._fetched_rules(client, task)
        self.rules = Rules(robots)
        self.pace.pause_s = max(self.batch.pause_s, self.rules.pause_s())

    def _fetched_rules(self, client: Client, task: FetchTask) -> RobotsFile:
        # One source's waiver must do for the file that all of the host's sources share.
        waiver = next((other.tls for other in self.batch.tasks if other.tls), None)
        robots, closed = fetch_robots(client, task.url, waiver)
        self.seen.append(Observation(task, self.around.now(), RobotsRead(robots)))
        self.closed = closed
        return robots

    def _outcome(self, client: Client, task: FetchTask) -> Outcome:
        """What this task saw; a fault of ours in it costs no other task."""
        self.obeys = task.robots is None
        if self.closed and not self._is_exempt(task, self.closed):
            return self.closed
        fetched: Fetched | None = None
        try:
            if host_of(task.url) and not self.may_follow(task.url):
                return Unreachable(UnreachableKind.ROBOTS, "its robots.txt asks us not to read this address")
            answer = self._asked(client, task)
            if not isinstance(answer, Fetched):
                return answer
            fetched = answer
            return self._read(fetched, task)
        except ExtractError as error:
            return Failed(FailedKind.MALFORMED, str(error), fetched)
        except Exception as error:
            client.close()
            return Failed(FailedKind.MALFORMED, f"a fault of the watcher's own: {_where(error)}", fetched)

    @staticmethod
    def _is_exempt(task: FetchTask, closed: Unreachable) -> bool:
        """Whether a maintainer's written reason lets this task ask a host that is closed to the others."""
        is_tls, is_robots = closed.kind is UnreachableKind.TLS, closed.kind is UnreachableKind.ROBOTS
        return bool((task.tls and is_tls) or (task.robots and is_robots))

    def _read(self, fetched: Fetched, task: FetchTask) -> Outcome:
        """NotModified for the bytes of the last visit, unless a newer extractor is to read them."""
        # The same bytes at another address are news: the page has moved.
        is_here = fetched.final_url == task.url or identity(fetched.final_url) == identity(task.url)
        if is_here and task.body_sha256 == hashlib.sha256(fetched.body).hexdigest():
            current = self.around.current_extractor(fetched, task)
            if current is None or current == task.extractor:
                return NotModified(fetched)
        return self.extract(fetched, task)

    def _asked(self, client: Client, task: FetchTask) -> Outcome | Fetched:
        """The task's answer, after one further try where a wait or a new connection may help."""
        answer, fault = _attempt(client, task)
        if fault and (again_s := self._try_again_s(fault)) is not None:
            self.pace.sleep(again_s)
            answer, fault = _attempt(client, task)
        self.busy_in_a_row = self.busy_in_a_row + 1 if _is_busy(answer) else 0
        if fault:
            self.closed = self._reason_to_stop(fault)
        return answer

    def _try_again_s(self, fault: ExchangeError) -> float | None:
        """Seconds until one more try makes sense; None if it makes none in this batch."""
        if fault.while_dialling:
            return None
        if fault.retry_after_s is not None:
            return fault.retry_after_s if fault.retry_after_s <= WAIT_WITHIN_BATCH_S else None
        is_lost = isinstance(fault.outcome, Unreachable) and fault.outcome.kind is UnreachableKind.CONNECTION
        return self.pace.between(_RETRY_AFTER_S) if is_lost else None

    def _reason_to_stop(self, fault: ExchangeError) -> Unreachable | None:
        """Why the host is asked nothing more in this batch; None if the next page is asked for."""
        outcome = fault.outcome
        if not isinstance(outcome, Unreachable) or host_of(fault.url) != self._host:
            return None
        if fault.status == HTTPStatus.TOO_MANY_REQUESTS:
            self.times_429 += 1
            self.pace.pause_s = max(2 * self.pace.pause_s, _PAUSE_AFTER_429_S)
        if fault.while_dialling:
            why = f"not asked, as a page of this host before it: {outcome.detail}"
        elif fault.retry_after_s is not None or self.times_429 > 1:
            why = f"not asked, because the host told us to wait ({outcome.detail})"
        elif self.busy_in_a_row >= _BUSY_IN_A_ROW:
            why = f"not asked, after {self.busy_in_a_row} answers like {outcome.detail}"
        else:
            return None
        return Unreachable(outcome.kind, why, outcome.retry_after_s, was_asked=False)


def _attempt(client: Client, task: FetchTask) -> tuple[Outcome | Fetched, ExchangeError | None]:
    try:
        if task.render:
            from watcher.fetch.browser import render  # only here: most batches need no browser

            return render(client, task), None
        return client.read(task), None
    except ExchangeError as fault:
        return fault.outcome, fault


def _is_busy(answer: Outcome | Fetched) -> bool:
    return isinstance(answer, Unreachable) and answer.kind is UnreachableKind.BUSY


def _where(error: Exception) -> str:
    """The error and the line that raised it, for a maintainer."""
    frames = traceback.extract_tb(error.__traceback__)
    place = f" ({Path(frames[-1].filename).name}:{frames[-1].lineno})" if frames else ""
    return f"{type(error).__name__}: {error}{place}"
