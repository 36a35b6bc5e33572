from __future__ import annotations

import hashlib
import pickle
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.faults.server import HTML, Answer, Asked, FaultServer
from tests.faults.table import PAGE
from tests.faults.tools import POLICY, task_for
from watcher.core.errors import ExtractError
from watcher.core.model import (
    Extraction,
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
    RobotsFile,
    RobotsRead,
    Unreachable,
    UnreachableKind,
)
from watcher.fetch.host import Surroundings, read_host

START = datetime(2026, 6, 12, 12, 0, tzinfo=UTC)
ALLOWED = RobotsFile("northmoor.example", 404, "", START)


class Clock:
    """Time that passes only by sleeping, and what was slept."""

    def __init__(self) -> None:
        self.at = START
        self.slept: list[float] = []

    def now(self) -> datetime:
        return self.at

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.at += timedelta(seconds=seconds)


def page(asked: Asked) -> None:
    asked.respond(200, PAGE)


def status(code: int, *headers: str) -> Answer:
    return lambda asked: asked.respond(code, PAGE, *headers)


def read(fetched: Fetched, _task: FetchTask) -> Outcome:
    return Read(fetched, Extraction((), (), "html-1"))


def observed(
    server: FaultServer,
    *paths: str,
    pause_s: float = 0.0,
    robots: RobotsFile | None = ALLOWED,
    extract: Any = read,
    clock: Clock | None = None,
    known: dict[str, dict[str, Any]] | None = None,
    **around: Any,
) -> list[Observation]:
    clock = clock or Clock()
    tasks = tuple(task_for(server.url + path, **(known or {}).get(path, {})) for path in paths)
    surroundings = Surroundings(now=clock.now, sleep=clock.sleep, random01=lambda: 0.5, **around)
    return read_host(HostBatch("northmoor", tasks, pause_s, robots), POLICY, extract, surroundings)


def kinds(seen: list[Observation]) -> list[str]:
    return [getattr(observation.outcome, "kind", type(observation.outcome).__name__) for observation in seen]


# --- pace


def test_any_two_requests_to_the_host_lie_the_pause_apart() -> None:
    clock = Clock()
    with FaultServer({"/robots.txt": status(404), "/a": page, "/b": page}) as server:
        observed(server, "/a", "/b", pause_s=2.0, robots=None, clock=clock)
    assert clock.slept == [2.0, 2.0]


def test_a_redirect_waits_for_the_pause_too() -> None:
    clock = Clock()
    with FaultServer({"/a": lambda asked: asked.respond(302, b"", "Location: /b"), "/b": page}) as server:
        seen = observed(server, "/a", pause_s=3.0, clock=clock)
    assert clock.slept == [3.0]
    assert isinstance(seen[0].outcome, Read)


def test_a_longer_crawl_delay_replaces_the_pause() -> None:
    clock = Clock()
    robots = replace(ALLOWED, status=200, text="User-agent: *\nCrawl-delay: 9")
    with FaultServer({"/a": page, "/b": page}) as server:
        observed(server, "/a", "/b", pause_s=2.0, robots=robots, clock=clock)
    assert clock.slept == [9.0]


def test_time_that_passed_by_itself_is_not_waited_again() -> None:
    clock = Clock()

    def slow_read(fetched: Fetched, task: FetchTask) -> Outcome:
        clock.at += timedelta(seconds=1.5)
        return read(fetched, task)

    with FaultServer({"/a": page, "/b": page}) as server:
        observed(server, "/a", "/b", pause_s=2.0, extract=slow_read, clock=clock)
    assert clock.slept == [0.5]


# --- robots.txt


def test_rules_fetched_here_come_back_to_be_kept() -> None:
    with FaultServer({"/robots.txt": status(404), "/a": page}) as server:
        seen = observed(server, "/a", "/a", robots=None)
        assert server.counts["/robots.txt"] == 1
    assert isinstance(seen[0].outcome, RobotsRead)
    assert seen[0].outcome.robots.host == f"127.0.0.1:{server.port}"
    assert kinds(seen[1:]) == ["Read", "Read"]


@pytest.mark.parametrize("age_h", [0, 23])
def test_fresh_rules_are_not_fetched_again(age_h: int) -> None:
    with FaultServer({"/a": page}) as server:
        seen = observed(server, "/a", robots=replace(ALLOWED, fetched_at=START - timedelta(hours=age_h)))
        assert server.counts["/robots.txt"] == 0
    assert kinds(seen) == ["Read"]


def test_stale_rules_are_fetched_again() -> None:
    with FaultServer({"/a": page}) as server:
        observed(server, "/a", robots=replace(ALLOWED, fetched_at=START - timedelta(hours=25)))
        assert server.counts["/robots.txt"] == 1


def test_a_source_with_a_written_reason_is_read_in_spite_of_robots_txt() -> None:
    known = {"/a": {"robots": "the trust's press office asked us to"}}
    with FaultServer({"/robots.txt": status(503), "/a": page, "/b": page}) as server:
        seen = observed(server, "/b", "/a", robots=None, known=known)
    assert kinds(seen[1:]) == [UnreachableKind.ROBOTS, "Read"]


def test_a_redirect_to_an_address_that_robots_txt_forbids_is_not_followed() -> None:
    robots = replace(ALLOWED, status=200, text="User-agent: *\nDisallow: /members")
    answers = {"/a": lambda asked: asked.respond(302, b"", "Location: /members/a"), "/members/a": page, "/b": page}
    with FaultServer(answers) as server:
        seen = observed(server, "/a", "/b", robots=robots)
        assert server.counts["/members/a"] == 0
    assert kinds(seen) == [UnreachableKind.ROBOTS, "Read"]


# --- waiting and giving up


def test_a_short_retry_after_is_waited_for_and_the_page_then_read() -> None:
    def busy_once(asked: Asked) -> None:
        asked.respond(200, PAGE) if asked.number > 1 else asked.respond(503, b"", "Retry-After: 7")

    clock = Clock()
    with FaultServer({"/a": busy_once, "/b": page}) as server:
        assert kinds(observed(server, "/a", "/b", clock=clock)) == ["Read", "Read"]
    assert clock.slept == [7.0]


@pytest.mark.parametrize(("code", "kind"), [(429, UnreachableKind.BLOCKED), (503, UnreachableKind.BUSY)])
def test_a_long_retry_after_ends_the_batch(code: int, kind: UnreachableKind) -> None:
    with FaultServer({"/a": status(code, "Retry-After: 3600"), "/b": page}) as server:
        seen = observed(server, "/a", "/b")
        assert server.counts["/b"] == 0
    assert kinds(seen) == [kind, kind]
    assert isinstance(seen[1].outcome, Unreachable)
    assert seen[1].outcome.retry_after_s == 3600.0
    assert "not asked" in seen[1].outcome.detail


def test_a_429_without_a_word_slows_the_batch_and_a_second_one_ends_it() -> None:
    clock = Clock()
    with FaultServer({"/a": status(429), "/b": page, "/c": status(429), "/d": page}) as server:
        seen = observed(server, "/a", "/b", "/c", "/d", clock=clock)
        assert server.counts["/d"] == 0
    assert kinds(seen) == [UnreachableKind.BLOCKED, "Read", UnreachableKind.BLOCKED, UnreachableKind.BLOCKED]
    assert clock.slept == [5.0, 5.0]


@pytest.mark.parametrize("url", ["", "http://[::1/", "http://northmoor.example:99999999/", "not an address"])
def test_an_address_that_is_none_costs_no_other(url: str) -> None:
    with FaultServer({"/a": page}) as server:
        batch = HostBatch("northmoor", (task_for(url), task_for(server.url + "/a"), task_for(url)), 0.0)
        seen = read_host(batch, POLICY, read, Surroundings(sleep=lambda _s: None))
    assert [type(observation.outcome) for observation in seen] == [Failed, RobotsRead, Read, Failed]


def test_a_page_that_is_refused_costs_the_others_nothing() -> None:
    with FaultServer({"/a": status(403), "/b": page, "/c": status(500), "/d": page}) as server:
        seen = observed(server, "/a", "/b", "/c", "/d")
    assert kinds(seen) == [UnreachableKind.BLOCKED, "Read", UnreachableKind.BUSY, "Read"]


def test_a_lost_connection_is_tried_once_more() -> None:
    def reset_once(asked: Asked) -> None:
        asked.respond(200, PAGE) if asked.number > 1 else asked.reset()

    with FaultServer({"/a": reset_once, "/b": Asked.reset, "/c": page}) as server:
        assert kinds(observed(server, "/a", "/b", "/c")) == ["Read", UnreachableKind.CONNECTION, "Read"]


def test_a_host_that_cannot_be_dialled_is_dialled_once_a_batch() -> None:
    with FaultServer({}) as server:
        pass
    seen = observed(server, "/a", "/b", "/c")
    assert kinds(seen) == [UnreachableKind.CONNECTION] * 3
    assert ["not asked" in observation.outcome.detail for observation in seen] == [False, True, True]


def test_a_redirect_to_a_dead_host_does_not_close_the_one_that_sent_us() -> None:
    with FaultServer({}) as dead:
        pass
    with FaultServer({"/a": lambda asked: asked.respond(302, b"", f"Location: {dead.url}/"), "/b": page}) as server:
        assert kinds(observed(server, "/a", "/b")) == [UnreachableKind.CONNECTION, "Read"]


def test_a_batch_that_is_to_stop_leaves_the_rest_out() -> None:
    answers = iter([False, True])
    with FaultServer({"/a": page, "/b": page}) as server:
        seen = observed(server, "/a", "/b", is_stopping=lambda: next(answers))
    assert kinds(seen) == ["Read"]


# --- reading


def known_bytes(extractor: str) -> dict[str, dict[str, Any]]:
    return {"/a": {"body_sha256": hashlib.sha256(PAGE).hexdigest(), "extractor": extractor}}


def test_the_bytes_of_the_last_visit_are_not_read_again() -> None:
    with FaultServer({"/a": page}) as server:
        seen = observed(server, "/a", known=known_bytes("html-1"), current_extractor=lambda _f, _t: "html-1")
    assert isinstance(seen[0].outcome, NotModified)
    assert seen[0].outcome.fetched is not None


def test_a_newer_extractor_reads_the_same_bytes_again() -> None:
    with FaultServer({"/a": page}) as server:
        seen = observed(server, "/a", known=known_bytes("html-0"), current_extractor=lambda _f, _t: "html-1")
    assert kinds(seen) == ["Read"]


def test_bytes_that_cannot_be_read_are_malformed() -> None:
    def unreadable(_fetched: Fetched, _task: FetchTask) -> Outcome:
        raise ExtractError("not a PDF after all")

    with FaultServer({"/a": page}) as server:
        outcome = observed(server, "/a", extract=unreadable)[0].outcome
    assert isinstance(outcome, Failed)
    assert (outcome.kind, outcome.detail) == (FailedKind.MALFORMED, "not a PDF after all")
    assert outcome.fetched is not None


def test_a_bug_in_one_page_costs_no_other() -> None:
    def buggy(fetched: Fetched, task: FetchTask) -> Outcome:
        if fetched.url.endswith("/a"):
            raise KeyError("blocks")
        return read(fetched, task)

    with FaultServer({"/a": page, "/b": page}) as server:
        first, second = observed(server, "/a", "/b", extract=buggy)
    assert isinstance(first.outcome, Failed)
    assert "KeyError: 'blocks' (test_host.py:" in first.outcome.detail
    assert isinstance(second.outcome, Read)


def test_observations_keep_the_order_and_instant_of_their_tasks() -> None:
    clock = Clock()
    with FaultServer({"/a": page, "/c": page}) as server:
        seen = observed(server, "/a", "/b", "/c", pause_s=5.0, clock=clock)
        assert [observation.task.url for observation in seen] == [server.url + path for path in ("/a", "/b", "/c")]
    assert [(observation.at - START).total_seconds() for observation in seen] == [0.0, 5.0, 10.0]
    assert isinstance(seen[1].outcome, Gone)


def test_a_batch_and_its_result_can_travel_to_another_machine() -> None:
    batch = HostBatch("northmoor", (task_for("https://northmoor.example/"),), 1.0, ALLOWED)
    assert pickle.loads(pickle.dumps((batch, POLICY))) == (batch, POLICY)
    with FaultServer({"/a": page}) as server:
        seen = observed(server, "/a")
    assert pickle.loads(pickle.dumps(seen)) == seen


def test_an_empty_batch_asks_nothing() -> None:
    assert read_host(HostBatch("northmoor", (), 1.0), POLICY, read) == []


def test_the_declared_type_reaches_the_reader() -> None:
    with FaultServer({"/a": page}) as server:
        outcome = observed(server, "/a")[0].outcome
    assert isinstance(outcome, Read)
    assert HTML.endswith(f"{outcome.fetched.media_type}; charset={outcome.fetched.charset}")
