"""What one visit to an address brought. Expected failures are values here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from watcher.core.model.exchange import Fetched, FetchTask, RobotsFile
from watcher.core.model.texts import Extraction


@dataclass(frozen=True, slots=True)
class NotModified:
    """A 304, or the very bytes of the last visit."""

    fetched: Fetched | None = None  # None: 304


class GoneHow(StrEnum):
    """How an address says that its text is no longer there."""

    NOT_FOUND = "404"
    GONE = "410"
    SOFT_404 = "soft-404"  # a 200 that says "not found"
    REDIRECT_HOME = "redirect-home"  # to the front page or another generic page


@dataclass(frozen=True, slots=True)
class Gone:
    """The site answers and says that the text is not there."""

    how: GoneHow
    fetched: Fetched


class UnreachableKind(StrEnum):
    """Why nothing is known about a page today. None of these is evidence that it is gone."""

    BLOCKED = "blocked"  # 401, 403, 429, a challenge or login page
    BUSY = "busy"  # 5xx
    TIMED_OUT = "timed out"
    DNS = "dns"
    TLS = "tls"
    CONNECTION = "connection"  # refused or reset
    ROBOTS = "robots"  # robots.txt asks us not to
    REFUSED_ADDRESS = "refused address"  # private or loopback


@dataclass(frozen=True, slots=True)
class Unreachable:
    """The page could not be seen; it may well be there."""

    kind: UnreachableKind
    detail: str  # for a person: "HTTP 403", "certificate expired on 3 May 2026"
    retry_after_s: float | None = None
    was_asked: bool = True  # False: the host's answer to another page kept us from asking for this one


class FailedKind(StrEnum):
    """Why an answer could not be used."""

    MALFORMED = "malformed"
    TOO_LARGE = "too large"
    UNSUPPORTED = "unsupported"
    EMPTY = "empty"


@dataclass(frozen=True, slots=True)
class Failed:
    """An answer came and cannot be read."""

    kind: FailedKind
    detail: str
    fetched: Fetched | None = None


@dataclass(frozen=True, slots=True)
class Read:
    """A body with its texts."""

    fetched: Fetched
    extraction: Extraction


@dataclass(frozen=True, slots=True)
class RobotsRead:
    """The host's robots.txt was fetched on the way; keep it."""

    robots: RobotsFile


Outcome = NotModified | Gone | Unreachable | Failed | Read | RobotsRead


@dataclass(frozen=True, slots=True)
class Observation:
    """What one visit saw."""

    task: FetchTask
    at: datetime
    outcome: Outcome
