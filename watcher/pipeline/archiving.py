"""Copies in an outside archive, in rounds of their own: no alert waits for them.

An alert goes out at once; when the archive has its copy, the messages about it are rewritten with the link.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from watcher.config.environment import Environment
from watcher.core.model import ArchivedCopy, CopyAnswer, CopyAsked, CopyLater, CopyRefused, CopyRunning
from watcher.notify.turns import Turns
from watcher.pipeline.announce import rewrite_all
from watcher.pipeline.watch import Watch
from watcher.store import copies
from watcher.store.copies import Running, Wanted
from watcher.store.database import transaction

if TYPE_CHECKING:
    from watcher.fetch.save_page_now import SavePageNow

LEASE = timedelta(minutes=5)
"""A question whose answer was never noted is asked again after this; no exchange with the archive takes so long."""

_LOOK_FIRST, _LOOK_AGAIN = timedelta(seconds=20), timedelta(seconds=30)
MOST_ATTEMPTS = 6
"""Questions about one version; with the pauses between them they span thirty hours."""

_FIRST_PAUSE = timedelta(minutes=15)  # after a question in vain; three times as long after each further one
_FORGOTTEN = timedelta(hours=1)  # the archive remembers no job for longer
_MOST_LOOKS = 20  # in one round
_LEAST_SLEEP_S = 0.2
_LEAST_REST_S, _MOST_REST_S = 60.0, 6 * 3600.0


@dataclass(frozen=True, slots=True)
class Told:
    """What the archive said of one version."""

    version_id: int
    url: str  # of the page
    answer: CopyAnswer


class Archiving:
    """Asks one archive for copies, no faster than it allows. For one thread."""

    def __init__(self, archive: SavePageNow, per_minute: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._archive, self._clock = archive, clock
        self._turns = Turns(per_minute, clock)
        self._rest_until, self._pause_s = clock(), _LEAST_REST_S

    def round(self, watch: Watch, is_stopping: Callable[[], bool] = lambda: False) -> Iterator[Told]:
        """Look at what was asked for, then ask for what is wanted, as far as the pace allows."""
        for asked in copies.running(watch.db, watch.now())[:_MOST_LOOKS]:
            if is_stopping() or self.is_resting:
                return
            yield self._look(watch, asked)
        now = watch.now()
        for one in self._wanted(watch):
            if one.not_before is not None and one.not_before > now:
                continue
            if is_stopping() or self.is_resting or self._turns.wait_s():
                return
            self._turns.take()
            yield self._ask(watch, one)

    @property
    def is_resting(self) -> bool:
        """Whether the archive is left alone for now: it is down, or said that we ask too much."""
        return self._clock() < self._rest_until

    def wait_s(self, watch: Watch) -> float | None:
        """Seconds until the next round can do something; None if nothing is left to do."""
        now = watch.now()
        waits = [max(self._turns.wait_s(), _seconds(one.not_before, now)) for one in self._wanted(watch)]
        if (look_at := copies.look_at(watch.db)) is not None:
            waits.append(_seconds(look_at, now))
        return max(min(waits), self._rest_until - self._clock()) if waits else None

    def _wanted(self, watch: Watch) -> list[Wanted]:
        # A page that only this network can see is not named to an archive outside it.
        private_too = _is_private(watch, self._archive.base_url)
        return [one for one in copies.wanted(watch.db) if private_too or not _is_private(watch, one.url)]

    def _ask(self, watch: Watch, one: Wanted) -> Told:
        now = watch.now()
        with transaction(watch.db):
            copies.note_asking(watch.db, one.version_id, now + LEASE)
        within_s = int((now - one.seen_at).total_seconds())
        answer = self._heard(self._archive.ask(one.url, within_s))
        with transaction(watch.db):
            self._note(watch, Wanted(one.version_id, one.url, one.seen_at, one.attempts + 1), answer)
        return Told(one.version_id, one.url, answer)

    def _look(self, watch: Watch, one: Running) -> Told:
        answer = self._heard(self._archive.look(one.job, one.wanted.url))
        if isinstance(answer, CopyLater) and answer.is_archive:
            answer = CopyRunning()  # it is the question that failed; of the copy nothing is known yet
        if isinstance(answer, CopyRunning) and watch.now() - one.asked_at > _FORGOTTEN:
            answer = CopyLater("the archive had not copied it after an hour")
        if isinstance(answer, ArchivedCopy):
            answer = _proper(watch, one.wanted, answer)
        with transaction(watch.db):
            self._note(watch, one.wanted, answer)
        return Told(one.wanted.version_id, one.wanted.url, answer)

    def _heard(self, answer: CopyAnswer) -> CopyAnswer:
        """The answer, after what it says of the archive itself was taken to heart."""
        if isinstance(answer, CopyLater) and answer.is_archive:
            asked_s = answer.after_s if answer.after_s is not None else self._pause_s
            self._rest_until = self._clock() + min(max(asked_s, _LEAST_REST_S), 24 * 3600.0)
            self._pause_s = min(2 * self._pause_s, _MOST_REST_S)
        else:
            self._pause_s = _LEAST_REST_S
        return answer

    def _note(self, watch: Watch, one: Wanted, answer: CopyAnswer) -> None:
        """Write what the archive said, inside the caller's transaction."""
        db, now = watch.db, watch.now()
        match answer:
            case CopyAsked(job=job):
                copies.note_asked(db, one.version_id, job, now, now + _LOOK_FIRST)
            case CopyRunning():
                copies.note_running(db, one.version_id, now + _LOOK_AGAIN)
            case ArchivedCopy():
                copies.note_copied(db, one.version_id, answer)
                _tell(watch, one.version_id, now)
            case CopyRefused(reason=reason):
                copies.note_refused(db, one.version_id, reason)
            case CopyLater(reason=reason, is_archive=True):
                copies.note_later(db, one.version_id, reason, now, is_counted=False)
            case CopyLater(reason=reason, after_s=after_s):
                if one.attempts >= MOST_ATTEMPTS:
                    copies.note_refused(db, one.version_id, f"given up after {one.attempts} tries: {reason}")
                else:
                    copies.note_later(db, one.version_id, reason, now + _pause(one.attempts, after_s))


def archive_for(
    watch: Watch, archiving: Archiving, seconds: float, sleep: Callable[[float], None] = time.sleep
) -> Iterator[Told]:
    """Rounds until nothing is left to do, the seconds are over, or the archive has turned us away twice in a row."""
    end, turned_away = watch.now() + timedelta(seconds=seconds), 0
    while True:
        for told in archiving.round(watch):
            yield told
            is_away = isinstance(told.answer, CopyLater) and told.answer.is_archive
            turned_away = turned_away + 1 if is_away else 0
        wait_s = archiving.wait_s(watch)
        if wait_s is None or turned_away > 1 or watch.now() + timedelta(seconds=wait_s) > end:
            return
        sleep(max(wait_s, _LEAST_SLEEP_S))


def open_archive(watch: Watch, environment: Environment) -> SavePageNow | None:
    """The archive that the environment names, None if it holds no keys for one."""
    if environment.archive_keys is None:
        return None
    # Brings the HTTP library: only where an archive is asked.
    from watcher.fetch.save_page_now import save_page_now

    return save_page_now(watch.policy, environment.archive_url, environment.archive_keys.get_secret_value())


def log_line(answer: CopyAnswer) -> tuple[int, str]:
    """How a log tells an answer: its level, and the words."""
    words = in_words(answer)
    if isinstance(answer, CopyLater) and answer.is_archive:
        return logging.WARNING, words
    return (logging.DEBUG if isinstance(answer, CopyAsked | CopyRunning) else logging.INFO), words


def in_words(answer: CopyAnswer) -> str:
    """An answer as people read it."""
    match answer:
        case CopyAsked():
            return "a copy was asked for"
        case CopyRunning():
            return "not copied yet"
        case ArchivedCopy(url=url):
            return f"copied: {url}"
        case CopyRefused(reason=reason):
            return f"no copy: {reason}"
        case CopyLater(reason=reason):
            return f"no copy yet: {reason}"


def _proper(watch: Watch, one: Wanted, copy: ArchivedCopy) -> CopyAnswer:
    """The copy, if it can show this version: neither what stood there before nor what came after."""
    if copy.at < one.seen_at.replace(microsecond=0):  # the archive counts whole seconds
        return CopyLater(f"the archive's newest copy, of {copy.at:%-d %B %Y, %H:%M} UTC, is older than the text")
    if copies.changed_by(watch.db, one.version_id, copy.at):
        return CopyRefused("the page had changed again before it was copied")
    return copy


def _tell(watch: Watch, version_id: int, now: datetime) -> None:
    """Rewrite the messages about the changes that brought the version: they can name the copy now."""
    for change_id in copies.alerts_of(watch.db, version_id):
        rewrite_all(watch, change_id, "copied", now)


def _pause(attempts: int, after_s: float | None) -> timedelta:
    return timedelta(seconds=after_s) if after_s is not None else _FIRST_PAUSE * 3 ** max(0, attempts - 1)


def _seconds(until: datetime | None, now: datetime) -> float:
    return max(0.0, (until - now).total_seconds()) if until is not None else 0.0


def _is_private(watch: Watch, url: str) -> bool:
    try:
        parts = urlsplit(url)
        port = parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError:
        return True  # no address that anybody could copy
    return watch.policy.allows_private(parts.hostname or "", port)
