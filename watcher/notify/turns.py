"""How fast one channel as a whole may send: evenly, so that a server never sees a burst."""

from __future__ import annotations

from collections.abc import Callable


class Turns:
    """One turn every 60 / `per_minute` seconds; as many as are asked for if that is 0. For one thread."""

    def __init__(self, per_minute: int, clock: Callable[[], float]) -> None:
        self._gap_s = 60.0 / per_minute if per_minute else 0.0
        self._clock = clock
        self._next_at = clock()

    def wait_s(self) -> float:
        """Seconds until the next turn; 0.0 if it is now."""
        return max(0.0, self._next_at - self._clock())

    def take(self) -> None:
        """Use the turn. A pause before it is not made up for by a burst after it."""
        self._next_at = max(self._next_at, self._clock()) + self._gap_s
