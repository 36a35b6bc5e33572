"""How often one person may ask, so that a flood from one is no wait for another."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto

AT_ONCE = 10
"""So many commands may come in a row."""

REFILL_S = 3.0
"""After that one more every so many seconds."""

_MOST_KNOWN = 10_000  # people remembered; who has asked nothing for half a minute need not be


class Turn(Enum):
    """What becomes of a command."""

    TAKEN = auto()
    TOLD = auto()  # one too many: the sender is asked to wait, once
    DROPPED = auto()  # another one too many: nothing is said


@dataclass(slots=True)
class _Bucket:
    left: float
    at: float
    was_told: bool = False


class Pace:
    """A bucket of turns for each sender. Call it from one thread."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._buckets: dict[int, _Bucket] = {}

    def turn(self, sender: int) -> Turn:
        """Whether the sender's command is answered now."""
        now = self._clock()
        bucket = self._buckets.get(sender) or self._new(sender, now)
        bucket.left = min(AT_ONCE, bucket.left + (now - bucket.at) / REFILL_S)
        bucket.at = now
        if bucket.left >= 1:
            bucket.left -= 1
            bucket.was_told = False
            return Turn.TAKEN
        was_told, bucket.was_told = bucket.was_told, True
        return Turn.DROPPED if was_told else Turn.TOLD

    def _new(self, sender: int, now: float) -> _Bucket:
        if len(self._buckets) >= _MOST_KNOWN:
            full_s = AT_ONCE * REFILL_S
            self._buckets = {one: bucket for one, bucket in self._buckets.items() if now - bucket.at < full_s}
        bucket = self._buckets[sender] = _Bucket(AT_ONCE, now)
        return bucket
