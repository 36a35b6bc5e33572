"""Answers kept for the next reader, until the database changes; and how each is sent."""

from __future__ import annotations

import gzip
import sqlite3
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response

MOST_S = 60.0
"""An answer is kept no longer than a minute even if nothing was written: some count back from now."""

SHARE, REST_MOST_S = 0.005, 2.0
"""While a poll writes, an address is made anew so seldom that it takes this share of a processor, at most so late."""

BEHIND_MOST_S = 3.0
"""So much longer the last answer is given while its successor is made behind the reader's back."""

_MOST_ANSWERS = 300
_MOST_BYTES = 500_000
_WORTH_PACKING = 1000


@dataclass(frozen=True, slots=True)
class Kept:
    """One answer, whole and packed, and the state of the database that it tells."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    packed: bytes | None
    at: float  # by the clock of Answers
    state: object
    rest_s: float  # so long it is given again, whatever is written

    def response(self, request: Request) -> Response:
        """The answer to this request: nothing new, packed, or plain."""
        headers = dict(self.headers) | {"Vary": "Accept-Encoding"}
        if self.status == 200 and knows(request.headers.get("if-none-match", ""), headers.get("etag", "")):
            return Response(status_code=304, headers={key: headers[key] for key in headers if key in _OF_304})
        body = self.body
        if self.packed is not None and "gzip" in request.headers.get("accept-encoding", ""):
            body, headers["Content-Encoding"] = self.packed, "gzip"
        return Response(body, self.status, headers)


_OF_304 = frozenset({"etag", "cache-control", "Vary", "access-control-allow-origin"})


def knows(if_none_match: str, tag: str) -> bool:
    """Whether the asker has the answer already (RFC 9110, 13.1.2: weak comparison)."""
    tags = {part.strip().removeprefix("W/") for part in if_none_match.split(",")}
    return bool(tag) and ("*" in tags or tag.removeprefix("W/") in tags)


@dataclass
class Answers:
    """What was answered of late, by address; safe for threads."""

    path: Path  # of the database
    share: float = SHARE  # 0: an answer is never older than the database
    clock: Callable[[], float] = time.monotonic
    _kept: dict[object, Kept] = field(default_factory=dict)
    _making: set[object] = field(default_factory=set)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _renewing: threading.Lock = field(default_factory=threading.Lock)
    _watched: tuple[tuple[int, int], sqlite3.Connection] | None = None

    def kept(self, key: object) -> Kept | None:
        """The answer kept under `key` if it still holds; takes some ten microseconds. While one is made it does."""
        kept = self._kept.get(key) if key is not None else None
        return kept if kept is not None and self._holds(kept, self.state(), key) else None

    def last(self, key: object) -> Kept | None:
        """The answer kept under `key` if it is a few seconds behind at most: to be given now, and renewed after."""
        kept = self._kept.get(key) if key is not None else None
        if kept is None or self.share == 0 or self.clock() - kept.at >= REST_MOST_S + BEHIND_MOST_S:
            return None
        return kept if _file_of(kept.state) == _file_of(self.state()) else None

    def renew(self, key: object, make: Callable[[], Response]) -> None:
        """Make the answer under `key` anew, unless somebody has; one at a time, so that readers are not held up."""
        with self._renewing:
            self.answer(key, make)

    def answer(self, key: object, make: Callable[[], Response]) -> Kept:
        """The answer kept under `key` if it still holds, or else a new one. None keeps nothing."""
        kept = self.kept(key)
        if kept is not None:
            return kept
        state = self.state()  # before reading: what is written meanwhile makes the new answer stale
        self._making.add(key)
        try:
            started = time.thread_time()
            made = make()
            return self._keep(key, made, state, time.thread_time() - started)
        finally:
            self._making.discard(key)

    def _holds(self, kept: Kept, state: object, key: object) -> bool:
        age = self.clock() - kept.at
        if age >= MOST_S:
            return False
        return kept.state == state or age < kept.rest_s or (self.share > 0 and key in self._making)

    def _keep(self, key: object, response: Response, state: object, took_s: float) -> Kept:
        """The answer, kept for those who ask the same, unless it is an error or very large."""
        body = bytes(response.body)
        headers = tuple((name, value) for name, value in response.headers.items() if name != "content-length")
        packed = gzip.compress(body, 5, mtime=0) if len(body) >= _WORTH_PACKING else None
        rest_s = min(REST_MOST_S, took_s / self.share) if self.share > 0 else 0.0
        kept = Kept(response.status_code, headers, body, packed, self.clock(), state, rest_s)
        if key is not None and response.status_code == 200 and len(body) <= _MOST_BYTES:
            with self._lock:
                if len(self._kept) >= _MOST_ANSWERS:
                    self._kept.clear()
                self._kept[key] = kept
        return kept

    def state(self) -> object:
        """A value that differs after anyone has written (SQLite's data_version), or put another file in place."""
        with self._lock:
            try:
                stat = self.path.stat()
                file = (stat.st_dev, stat.st_ino)
                if self._watched is None or self._watched[0] != file:
                    self._let_go()
                    uri = f"file:{self.path}?mode=ro"
                    self._watched = (file, sqlite3.connect(uri, uri=True, check_same_thread=False))
                return file, self._watched[1].execute("PRAGMA data_version").fetchone()[0]
            except (OSError, sqlite3.Error):
                self._let_go()
                return None

    def close(self) -> None:
        """Let go of the database."""
        with self._lock:
            self._let_go()

    def _let_go(self) -> None:
        if self._watched is not None:
            self._watched[1].close()
            self._watched = None


def _file_of(state: object) -> object:
    return state[0] if isinstance(state, tuple) else None
