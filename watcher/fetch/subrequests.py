"""What a page in the browser may ask for, and the answer to it, through our own client."""

from __future__ import annotations

from dataclasses import dataclass, field

from watcher.core.model import FailedKind, Fetched, FetchTask, Unreachable, UnreachableKind
from watcher.core.urls import host_of, same_site
from watcher.fetch.client import Client, Question
from watcher.fetch.dial import Deadline
from watcher.fetch.exchange import ExchangeError
from watcher.fetch.robots import Rules, fetch_robots
from watcher.fetch.statuses import gone_how, refusal

MAX_REQUESTS = 60
"""Of one page, the main one aside. News sites built by script load 5 to 40 files besides pictures."""

_FETCHED_TYPES = frozenset({"script", "xhr", "fetch"})
# They describe the transfer, which is over; cookies live for one exchange and one host (see Client).
_DROPPED_HEADERS = frozenset(
    {"content-encoding", "content-length", "transfer-encoding", "connection", "keep-alive", "set-cookie", "alt-svc"}
)


@dataclass(frozen=True, slots=True)
class Reply:
    """What the browser is told."""

    status: int
    headers: dict[str, str]
    body: bytes


_STYLE = Reply(200, {"content-type": "text/css"}, b"")  # changes no text, and a script may wait for it
# To a frame, or to another page that a script goes on to. Without an answer the browser would put an
# error page of its own in the place of what is being read; after a 204 it stays where it is (RFC 9110 §15.3.5).
_STAY = Reply(204, {}, b"")


@dataclass
class Gate:
    """Decides on each request of one page.

    Scripts, and what they fetch by GET, are asked for under the rules of their host's robots.txt;
    pictures, fonts, recordings, frames, forms and other pages are not. `fault` says why the
    page cannot be believed: something of its own site could not be had for now.
    """

    client: Client
    task: FetchTask
    main: Fetched
    deadline: Deadline
    asked: int = 0
    fault: ExchangeError | None = None
    _bytes_left: int = field(init=False)
    _is_main_given: bool = False
    _rules: dict[str, Rules | None] = field(default_factory=dict)  # of other hosts; None: leave it alone

    def __post_init__(self) -> None:
        self._bytes_left = self.task.max_bytes

    def reply(self, url: str, method: str, kind: str) -> Reply | None:
        """The answer for the browser; None: it gets none. Never raises ExchangeError.

        `kind` is "navigation", of which the first is the page's own, or a resource type of Playwright's.
        """
        if kind == "navigation":
            is_first, self._is_main_given = not self._is_main_given, True
            return _reply(self.main) if is_first else _STAY
        if kind == "stylesheet":
            return _STYLE
        if kind not in _FETCHED_TYPES or method != "GET" or self.fault or self.asked >= MAX_REQUESTS:
            return None
        self.asked += 1
        waited_s = self.client.waited_s
        try:
            return self._fetched(url)
        except ExchangeError as fault:
            self._note(url, fault)
            return None
        finally:
            self.deadline.extend(self.client.waited_s - waited_s)

    def _fetched(self, url: str) -> Reply | None:
        if not self._may_ask(url):
            return None
        left_s = self.deadline.left(url)
        own = host_of(url) == host_of(self.main.final_url)
        answer = self.client.answer(Question(url, left_s, self._bytes_left, tls=self.task.tls if own else None))
        self._bytes_left -= len(answer.body)
        headers = {name.lower(): value for name, value in answer.headers}
        if not gone_how(answer.status, headers) and (refused := refusal(answer.status, headers, answer.fetched_at)):
            self._note(url, ExchangeError(answer.final_url, refused, status=answer.status))
        return _reply(answer)

    def _may_ask(self, url: str) -> bool:
        """Whether the host's robots.txt allows it; another host's is fetched for it, once a page."""
        host = host_of(url)
        if host == host_of(self.main.final_url):
            return self.client.may_follow(url)
        if host not in self._rules:
            robots, closed = fetch_robots(self.client, url)
            self._rules[host] = None if closed else Rules(robots)
        rules = self._rules[host]
        return rules is not None and rules.allows(url)

    def _note(self, url: str, fault: ExchangeError) -> None:
        """Keep the first fault that makes what the page shows unbelievable."""
        outcome = fault.outcome
        is_for_now = isinstance(outcome, Unreachable) and outcome.kind not in (
            UnreachableKind.REFUSED_ADDRESS,
            UnreachableKind.ROBOTS,
        )
        is_too_large = not isinstance(outcome, Unreachable) and outcome.kind is FailedKind.TOO_LARGE
        if self.fault is None and (is_for_now or is_too_large) and same_site(url, self.main.final_url):
            self.fault = fault


def _reply(answer: Fetched) -> Reply:
    headers = {name.lower(): value for name, value in answer.headers if name.lower() not in _DROPPED_HEADERS}
    return Reply(answer.status, headers, answer.body)
