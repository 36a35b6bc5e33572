"""Mail goes by rounds of its own: a mail server that is slow or dead holds up no chat."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from watcher.config.schema import SettingsModel
from watcher.core.errors import SendError
from watcher.notify.turns import Turns
from watcher.pipeline.deliver import Settled, deliver
from watcher.pipeline.senders import MAIL, Notifiers

if TYPE_CHECKING:
    from sqlite_utils import Database

_REST_S, _MOST_REST_S = 30.0, 900.0


def deliver_mail(
    db: Database,
    notifiers: Notifiers,
    settings: SettingsModel,
    lease_s: float,
    is_stopping: Callable[[], bool] = lambda: False,
    turns: Turns | None = None,
) -> Iterator[Settled]:
    """Send the mail that is due, over several connections and no faster than `[settings]` allows.

    `turns`: those of the rounds before, so that the rate holds from one to the next. Raises SendError.
    """
    part = notifiers.only(MAIL)
    if not len(part):
        return iter(())
    turns = turns or mail_turns(settings)
    return deliver(
        db, part, lambda: datetime.now(UTC), lease_s, is_stopping, at_once=settings.mail_connections, turns=turns
    )


def mail_turns(settings: SettingsModel) -> Turns:
    """The pace that `[settings] mail_per_minute` allows."""
    return Turns(settings.mail_per_minute, time.monotonic)


def deliver_everything(
    db: Database, notifiers: Notifiers, settings: SettingsModel, lease_s: float
) -> Iterator[Settled]:
    """Send what is due, chats before mail. Raises SendError once every channel had its round."""
    faults: list[str] = []
    rounds: tuple[Callable[[], Iterator[Settled]], ...] = (
        lambda: deliver(db, notifiers.chats(), lambda: datetime.now(UTC), lease_s),
        lambda: deliver_mail(db, notifiers, settings, lease_s),
    )
    for begin in rounds:
        try:
            yield from begin()
        except SendError as fault:
            faults.append(str(fault))
    if faults:
        raise SendError("\n".join(faults))


class Rest:
    """How long a channel whose server can't be used is left alone: half a minute at first, 15 at most."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._until, self._pause_s = clock(), _REST_S
        self.fault = ""  # what it rests for

    @property
    def is_over(self) -> bool:
        """Whether the channel may be tried."""
        return self._clock() >= self._until

    def begin(self, fault: str) -> bool:
        """Rest for longer than the last time; whether the fault is another one than then, and so worth telling."""
        is_new, self.fault = fault != self.fault, fault
        self._until = self._clock() + self._pause_s
        self._pause_s = min(2 * self._pause_s, _MOST_REST_S)
        return is_new

    def end(self) -> bool:
        """A message was taken; whether there was a fault before it."""
        was_at_fault, self.fault, self._pause_s = bool(self.fault), "", _REST_S
        return was_at_fault
