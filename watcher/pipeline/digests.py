"""Digests into the outbox: one letter for all who get the same, one row a reader and period.

A period is done for a reader when its row stands in `digests`; the row, the delivery and the letter
are written together, some hundred readers at a time. So a run that breaks off goes on where it
stopped, and memory does not grow with the number of readers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from watcher.core.errors import ConfigError
from watcher.core.filter import Rhythm
from watcher.core.weeks import Window, latest_due, parse_send_time, whole_between
from watcher.pipeline.maintainers import tell_template_fault
from watcher.pipeline.watch import Watch
from watcher.store import digests, outbox
from watcher.store.database import transaction
from watcher.store.digests import Reader
from watcher.store.outbox import Queued

if TYPE_CHECKING:
    from watcher.core.model import Letter
    from watcher.pipeline.digest import Period
    from watcher.render.digest import MailTemplates

BATCH = 500  # readers in one transaction
MOST_MISSED = 4
"""Periods that are made up one by one; what was missed before them is told in one line."""

RHYTHMS = (Rhythm.WEEKLY, Rhythm.DAILY)


@dataclass(slots=True)
class Queueing:
    """What one run did."""

    queued: dict[str, int] = field(default_factory=dict)  # period -> readers to whom a letter goes
    nothing_to_tell: dict[str, int] = field(default_factory=dict)  # period -> readers
    letters: int = 0  # that were written
    matched: int = 0  # texts put to a filter
    facts_read: int = 0  # texts that were looked into

    def count(self, period: str, queued: int, nothing_to_tell: int) -> None:
        """Add what became of some readers."""
        for counts, number in ((self.queued, queued), (self.nothing_to_tell, nothing_to_tell)):
            if number:
                counts[period] = counts.get(period, 0) + number


def tell_digests(watch: Watch) -> Queueing | None:
    """Queue every digest that is due; None if none is, or mail is not set up. Cheap where there is nothing to do.

    Templates that maintainers have broken don't keep a digest back: the shipped ones are used,
    and the maintainers are told once a period.
    """
    if not watch.can_mail:
        return None
    now = watch.now()
    latest = {rhythm: _latest(watch, rhythm, now) for rhythm in RHYTHMS}
    due = [one for one in RHYTHMS if digests.least_told_until(watch.db, one, latest[one].until) is not None]
    if not due:
        return None
    from watcher.pipeline.mail_templates import mail_templates  # brings the renderers
    from watcher.render.digest import MailTemplates

    try:
        templates = mail_templates(watch.configuration)
    except ConfigError as exc:
        templates = MailTemplates()
        with transaction(watch.db):
            tell_template_fault(watch, latest[due[0]].period, str(exc))
    return _Run(watch, templates).due(due)


def queue_due(watch: Watch, batch: int = BATCH) -> Queueing:
    """Queue every digest that is due, for so many readers in one transaction.

    Raises ConfigError if a changed template is wrong.
    """
    from watcher.pipeline.mail_templates import mail_templates

    return _Run(watch, mail_templates(watch.configuration), batch).due(RHYTHMS)


def queue_period(watch: Watch, window: Window) -> Queueing:
    """Queue the digest of one week or day for each reader who had subscribed before its end and has none of it.

    Raises ConfigError if a changed template is wrong.
    """
    from watcher.pipeline.mail_templates import mail_templates

    return _Run(watch, mail_templates(watch.configuration)).one(window)


def _latest(watch: Watch, rhythm: Rhythm, now: datetime) -> Window:
    settings = watch.configuration.settings
    return latest_due(now, rhythm, parse_send_time(settings.digest_at), ZoneInfo(settings.timezone))


@dataclass(frozen=True, slots=True)
class _Recipient:
    """A reader, with the periods that are too many to be made up, and what the letter is known by."""

    reader: Reader
    missed: tuple[Window, ...]
    letter_key: str


class _Run:
    """One run: what it has looked up and written so far."""

    def __init__(self, watch: Watch, templates: MailTemplates, batch: int = BATCH) -> None:
        self._watch, self._templates, self._now, self._batch = watch, templates, watch.now(), batch
        self._zone = ZoneInfo(watch.configuration.settings.timezone)
        self._period: Period | None = None  # the last one: readers are taken period by period
        self._letters: dict[str, int] = {}  # key of a letter -> its row
        self._is_quiet: dict[str, bool] = {}  # key of a letter -> whether it has nothing to tell
        self._is_in_order = True
        self.report = Queueing()

    def due(self, rhythms: Sequence[Rhythm]) -> Queueing:
        """Every period that is due, the oldest first, for all who were not told of it."""
        for rhythm in rhythms:
            latest = _latest(self._watch, rhythm, self._now)
            while (told_until := digests.least_told_until(self._watch.db, rhythm, latest.until)) is not None:
                windows = list(whole_between(told_until, latest.until, rhythm, self._zone))
                self._queue_all(windows[-MOST_MISSED:][0])
        return self._finished()

    def one(self, window: Window) -> Queueing:
        """One period, for all who have none of it yet."""
        after, db, self._is_in_order = 0, self._watch.db, False
        while readers := digests.readers_without(db, window.rhythm, window.period, window.until, after, self._batch):
            self._queue(window, [self._recipient(reader, window, ()) for reader in readers])
            after = readers[-1].id
        return self._finished()

    def _queue_all(self, window: Window) -> None:
        """The period for each reader who was told of nothing within it or after it."""
        after = 0
        while readers := digests.due_readers(self._watch.db, window.rhythm, window.until, after, self._batch):
            self._queue(window, [self._recipient(reader, window, self._missed(reader, window)) for reader in readers])
            after = readers[-1].id

    def _missed(self, reader: Reader, window: Window) -> tuple[Window, ...]:
        """The periods before `window` that ended after the reader was told last."""
        return tuple(whole_between(reader.told_until, window.since, window.rhythm, self._zone))

    def _recipient(self, reader: Reader, window: Window, missed: tuple[Window, ...]) -> _Recipient:
        asked = sha256(reader.filter.encode()).hexdigest()[:32]
        since = f":after-{missed[0].first_on}" if missed else ""
        return _Recipient(reader, missed, f"{window.period}:{asked}{since}")

    # --- one batch -------------------------------------------------------------------------------

    def _queue(self, window: Window, batch: Sequence[_Recipient]) -> None:
        """The digest of `window` for these readers, with the rows that say so, or nothing at all."""
        db, queued, done = self._watch.db, 0, len(batch)
        self._look_up(window, batch)
        fresh = self._composed(batch)  # before the transaction: nobody waits for a template
        with transaction(db):
            letters = self._letters | {key: self._kept(key, letter) for key, letter in fresh.items()}
            for to in batch:
                key = None
                if self._is_told(to):
                    key = f"digest:{to.reader.id}:{window.period}"
                    message = Queued(key, "email", to.reader.address, "", "", letter_id=letters[to.letter_key])
                    queued += outbox.queue(db, [message], self._now)
                    done -= 1
                digests.note_digest(db, to.reader.id, window, self._now, key, in_order=self._is_in_order)
        self._letters = letters
        self.report.count(window.period, queued, done)
        self.report.letters += len(fresh)

    def _is_told(self, to: _Recipient) -> bool:
        return to.reader.wants_quiet or not self._is_quiet[to.letter_key]

    def _composed(self, batch: Sequence[_Recipient]) -> dict[str, Letter]:
        """The letters that this batch needs and that were not written yet, by key."""
        assert self._period is not None
        fresh: dict[str, Letter] = {}
        for to in batch:
            key = to.letter_key
            digest = None
            if key not in self._is_quiet:
                digest = self._period.digest(to.reader.filter, to.missed)
                self._is_quiet[key] = digest.is_quiet
            if key in self._letters or key in fresh or not self._is_told(to):
                continue
            known = digests.letter_id(self._watch.db, key)
            if known is not None:  # a run that broke off has written it
                self._letters[key] = known
            else:
                fresh[key] = self._templates.letter(digest or self._period.digest(to.reader.filter, to.missed))
        return fresh

    def _kept(self, key: str, letter: Letter) -> int:
        """The row of the letter, in the caller's transaction: a run beside this one may have written it by now."""
        known = digests.letter_id(self._watch.db, key)
        if known is not None:
            return known
        row = outbox.keep_letter(self._watch.db, letter.subject, letter.text, letter.html, self._now)
        digests.name_letter(self._watch.db, row, key)
        return row

    def _look_up(self, window: Window, batch: Sequence[_Recipient]) -> None:
        """What the period brought, matched with every filter that a reader has."""
        asked = {to.reader.filter for to in batch}
        if self._period is not None and self._period.window == window and asked <= self._period.filters:
            return
        from watcher.pipeline.digest import Period

        if self._period is None or self._period.window != window:
            self._letters, self._is_quiet = {}, {}
        known = digests.filters_of_readers(self._watch.db, window.rhythm)
        self._period = Period(self._watch, window, {*known, *asked})
        self.report.matched += self._period.matched
        self.report.facts_read += self._period.facts_read

    def _finished(self) -> Queueing:
        with transaction(self._watch.db):
            digests.forget_old_letters(self._watch.db, self._now)
        return self.report
