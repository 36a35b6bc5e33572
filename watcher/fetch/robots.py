"""robots.txt: what it allows us, how slowly it wants us to go, and what its absence means.

Source: RFC 9309. A 4xx means that there are no rules; a 5xx, or no answer, means that the
host is left alone until its rules can be read.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from urllib.parse import urljoin

from protego import Protego

from watcher.core.model import RobotsFile, Unreachable, UnreachableKind
from watcher.core.urls import host_of
from watcher.fetch.client import Client, Question
from watcher.fetch.exchange import ExchangeError
from watcher.fetch.policy import PRODUCT
from watcher.fetch.statuses import retry_after_s

ROBOTS_MAX_BYTES = 500 * 1024
"""What RFC 9309 §2.5 asks crawlers to parse at least; the rest of a longer file is not read."""

ROBOTS_MAX_AGE_S = 24 * 3600.0
"""RFC 9309 §2.4: a copy should not be used for longer than a day."""

CRAWL_DELAY_MAX_S = 60.0
"""A longer crawl-delay is honoured up to this, so that one host cannot hold a worker for hours."""

_MAX_REDIRECTS = 5  # RFC 9309 §2.3.1.2
_TIMEOUT_S = 30.0
_TOO_MANY_REQUESTS = 429


class Rules:
    """One host's rules, for our product token."""

    def __init__(self, robots: RobotsFile) -> None:
        self._rules = Protego.parse(robots.text if robots.status in range(200, 300) else "")

    def allows(self, url: str) -> bool:
        """Whether `url`, on this host, may be asked for."""
        return bool(self._rules.can_fetch(url, PRODUCT))

    def sitemaps(self) -> tuple[str, ...]:
        """Addresses of sitemaps that the file names, in order."""
        return tuple(str(address) for address in self._rules.sitemaps)

    def pause_s(self) -> float:
        """Seconds between two requests that the file asks for, 0 to CRAWL_DELAY_MAX_S."""
        asked = float(self._rules.crawl_delay(PRODUCT) or 0.0)
        rate = self._rules.request_rate(PRODUCT)
        if rate is not None and rate.requests > 0:
            asked = max(asked, rate.seconds / rate.requests)
        return min(max(asked, 0.0), CRAWL_DELAY_MAX_S)


def is_usable(robots: RobotsFile, now: datetime) -> bool:
    """Whether a kept copy still says what may be read: less than a day old, and an answer, not a failure."""
    is_fresh = now - robots.fetched_at < timedelta(seconds=ROBOTS_MAX_AGE_S)
    return is_fresh and not _is_pause(robots.status)


def fetch_robots(client: Client, url: str, tls: str | None = None) -> tuple[RobotsFile, Unreachable | None]:
    """The robots.txt of the host of `url`, and why the host must be left alone (None: it need not).

    Never raises for what a server or network does. `tls` as in FetchTask.
    """
    address = urljoin(url, "/robots.txt")
    question = Question(address, _TIMEOUT_S, ROBOTS_MAX_BYTES, tls=tls, max_redirects=_MAX_REDIRECTS, cut_at_max=True)
    try:
        answer = client.answer(question)
    except ExchangeError as fault:
        return _without_answer(client, address, fault)
    headers = {name.lower(): value for name, value in answer.headers}
    text = answer.body.decode("utf-8-sig", errors="replace").replace("\0", "")
    robots = RobotsFile(host_of(url), answer.status, text, answer.fetched_at)
    if not _is_pause(answer.status):
        return robots, None
    wait_s = retry_after_s(headers, answer.fetched_at)
    kind = UnreachableKind.BLOCKED if answer.status == _TOO_MANY_REQUESTS else UnreachableKind.ROBOTS
    detail = f"its robots.txt answers HTTP {answer.status}, so we do not know what we may read"
    return robots, Unreachable(kind, detail, wait_s)


def _without_answer(client: Client, address: str, fault: ExchangeError) -> tuple[RobotsFile, Unreachable | None]:
    outcome = fault.outcome
    robots = RobotsFile(host_of(address), 0, "", client.now())
    if isinstance(outcome, Unreachable):
        # The network's own reason says more than "robots": the page would have met the same.
        return robots, Unreachable(outcome.kind, f"robots.txt: {outcome.detail}", outcome.retry_after_s)
    # An answer that cannot be used (redirects in a circle, undecodable) is no rule: RFC 9309 §2.3.1.2-3.
    return RobotsFile(robots.host, 400, "", robots.fetched_at), None


def _is_pause(status: int) -> bool:
    return status == 0 or status == _TOO_MANY_REQUESTS or status >= 500
