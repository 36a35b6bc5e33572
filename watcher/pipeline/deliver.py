"""The outbox, once through: claim one row, send it outside any transaction, settle it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from watcher.core.errors import SendError
from watcher.core.model import Delivery, Receipt, TryAgain
from watcher.store import outbox, settling

if TYPE_CHECKING:
    from sqlite_utils import Database


SET_UP_AGAIN_S = 60.0
_LOOK_AGAIN_S = 0.2  # at whether to stop, while a channel's next turn is waited for


class Notifier(Protocol):
    """What a channel can do (notify/)."""

    def send(self, delivery: Delivery) -> Receipt:
        """What became of the message."""

    def edit(self, delivery: Delivery, receipt_id: str) -> Receipt:
        """What became of putting the delivery's text in place of an earlier message."""


class Turns(Protocol):
    """How fast a channel as a whole may send (notify/turns.py)."""

    def wait_s(self) -> float:
        """Seconds until the next turn; 0.0 if it is now."""

    def take(self) -> None:
        """Use the turn."""


@dataclass(frozen=True, slots=True)
class Settled:
    """One delivery and what became of it."""

    delivery: Delivery
    receipt: Receipt


def deliver(
    db: Database,
    notifiers: Mapping[str, Notifier],
    now: Callable[[], datetime],
    lease_s: float,
    is_stopping: Callable[[], bool] = lambda: False,
    *,
    at_once: int = 1,
    turns: Turns | None = None,
) -> Iterator[Settled]:
    """Send what is due, oldest first, until nothing is; yields each as it is settled.

    Deliveries whose sender died are recovered first. `at_once` rows are in hand at one time, each in
    a thread of its own; the database is written by this thread alone. A stop between two rows loses
    nothing, a stop within one leaves that one in doubt. Raises SendError, once what is in hand is settled.
    """
    settling.recover(db, now(), notifiers)
    work = _Round(db, notifiers, now, lease_s, is_stopping)
    return work.one_by_one() if at_once == 1 and turns is None else work.several(at_once, turns)


class _Round:
    """One pass over what is due."""

    def __init__(
        self,
        db: Database,
        notifiers: Mapping[str, Notifier],
        now: Callable[[], datetime],
        lease_s: float,
        is_stopping: Callable[[], bool],
    ) -> None:
        self._db, self._notifiers, self._now, self._lease_s = db, notifiers, now, lease_s
        self._is_stopping = is_stopping
        self._in_hand: dict[Future[Receipt], Delivery] = {}
        self._is_more = True  # as far as is known
        self._fault: SendError | None = None  # ends the round

    def one_by_one(self) -> Iterator[Settled]:
        """Send in this thread."""
        while not self._is_stopping() and (delivery := self._claim()) is not None:
            try:
                receipt = _send(self._notifiers[delivery.channel], delivery)
            except SendError as fault:
                self._wait(delivery, fault)
                raise
            yield self._settle(delivery, receipt)

    def several(self, at_once: int, turns: Turns | None) -> Iterator[Settled]:
        """Send in threads. Broken off, it still settles what is in hand."""
        with ThreadPoolExecutor(at_once, thread_name_prefix="deliver") as threads:
            try:
                while self._in_hand or self._goes_on():
                    may_claim = self._goes_on() and len(self._in_hand) < at_once
                    pause_s = turns.wait_s() if turns is not None and may_claim else 0.0
                    if may_claim and pause_s == 0.0:
                        self._begin(threads, turns)
                    elif self._in_hand:
                        yield from self._collect(pause_s if may_claim else None)
                    else:
                        time.sleep(min(pause_s, _LOOK_AGAIN_S))
            finally:
                while self._in_hand:
                    list(self._collect(None))
        if self._fault is not None:
            raise self._fault

    def _goes_on(self) -> bool:
        return self._is_more and self._fault is None and not self._is_stopping()

    def _begin(self, threads: ThreadPoolExecutor, turns: Turns | None) -> None:
        """Claim a row and give it to a thread."""
        delivery = self._claim()
        self._is_more = delivery is not None
        if delivery is None:
            return
        try:
            notifier = self._notifiers[delivery.channel]  # made when first asked for, and so asked for here alone
        except SendError as fault:
            self._wait(delivery, fault)
            return
        self._in_hand[threads.submit(_send, notifier, delivery)] = delivery
        if turns is not None:
            turns.take()

    def _collect(self, within_s: float | None) -> Iterator[Settled]:
        """Settle what is done, or will be first."""
        done, _ = wait(self._in_hand, within_s, FIRST_COMPLETED)
        for future in done:
            delivery = self._in_hand.pop(future)
            try:
                receipt = future.result()
            except SendError as fault:
                self._wait(delivery, fault)
                continue
            self._is_more = True  # the next one to the same address may be due now
            yield self._settle(delivery, receipt)

    def _claim(self) -> Delivery | None:
        return outbox.claim_one(self._db, self._now(), self._lease_s, self._notifiers)

    def _settle(self, delivery: Delivery, receipt: Receipt) -> Settled:
        settling.settle(self._db, delivery.key, receipt, self._now())
        return Settled(delivery, receipt)

    def _wait(self, delivery: Delivery, fault: SendError) -> None:
        """The channel can't send: the message waits until it can, and the round ends."""
        self._fault = fault
        again = fault.receipt or TryAgain(SET_UP_AGAIN_S, str(fault), is_paced=True)
        settling.settle(self._db, delivery.key, again, self._now())


def _send(notifier: Notifier, delivery: Delivery) -> Receipt:
    return notifier.edit(delivery, delivery.receipt) if delivery.receipt else notifier.send(delivery)
