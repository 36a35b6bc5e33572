"""How long to wait before a service that did not take a message is asked again."""

from __future__ import annotations

FIRST_S, MOST_S = 15.0, 3600.0


def growing_pause_s(attempts: int) -> float:
    """Seconds after the given number of attempts: doubled each time, at most an hour.

    >>> [growing_pause_s(attempts) for attempts in (1, 2, 3, 30)]
    [15.0, 30.0, 60.0, 3600.0]
    """
    return min(MOST_S, FIRST_S * 2.0 ** min(max(attempts, 1) - 1, 20))
