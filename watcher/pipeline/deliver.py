"""The outbox, once through: claim one row, send it outside any transaction, settle it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from watcher.core.errors import SendError
from watcher.core.model import Delivery, Receipt, TryAgain
from watcher.store import outbox

if TYPE_CHECKING:
    from sqlite_utils import Database


SET_UP_AGAIN_S = 60.0


class Notifier(Protocol):
    """What a channel can do (notify/)."""

    def send(self, delivery: Delivery) -> Receipt:
        """What became of the message."""

    def edit(self, delivery: Delivery, receipt_id: str) -> Receipt:
        """What became of putting the delivery's text in place of an earlier message."""


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
) -> Iterator[Settled]:
    """Send what is due, oldest first, until nothing is; yields each as it is settled.

    Deliveries whose sender died are recovered first. One row in hand at a time: a stop
    between two rows loses nothing, a stop within one leaves that one in doubt.
    """
    outbox.recover(db, now())
    while not is_stopping():
        delivery = outbox.claim_one(db, now(), lease_s, notifiers)
        if delivery is None:
            return
        try:
            notifier = notifiers[delivery.channel]
            receipt = notifier.edit(delivery, delivery.receipt) if delivery.receipt else notifier.send(delivery)
        except SendError as exc:
            # The channel is set up wrongly: the message waits until it is put right.
            outbox.settle(db, delivery.key, TryAgain(SET_UP_AGAIN_S, str(exc), is_paced=True), now())
            raise
        outbox.settle(db, delivery.key, receipt, now())
        yield Settled(delivery, receipt)
