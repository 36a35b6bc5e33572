"""How fast one chat may be written to, without anyone waiting in line for another chat.

python-telegram-bot's AIORateLimiter sleeps inside the call and, on a 429, halts every chat
(its docstring calls it a minimal reference). A call that sleeps would outlast the lease of the
outbox row and hold up the rows behind it. So nothing sleeps here: a chat whose turn has not come
is a `TryAgain` with the exact wait, and the outbox, which keeps `not_before` anyway, goes on with
the next chat.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable

_WINDOW_S = 60.0
_PRIVATE_PER_MINUTE = 60  # Telegram's advice: not more than one message a second to one person


class Pace:
    """Sliding windows of one minute, one a chat, and pauses that the server asked for. Thread-safe."""

    def __init__(self, per_minute: int, clock: Callable[[], float]) -> None:
        self._per_minute, self._clock = per_minute, clock
        self._sent: dict[str, deque[float]] = {}
        self._paused_until: dict[str, float] = {}
        self._lock = threading.Lock()

    def wait_s(self, chat: str) -> float:
        """Seconds until `chat` may be written to; 0.0 if now, and then the turn is taken."""
        with self._lock:
            now = self._clock()
            sent = self._sent.setdefault(chat, deque())
            while sent and sent[0] <= now - _WINDOW_S:
                sent.popleft()
            most = self._per_minute if _is_shared(chat) else max(_PRIVATE_PER_MINUTE, self._per_minute)
            wait = self._paused_until.get(chat, now) - now
            if len(sent) >= most:
                wait = max(wait, sent[-most] + _WINDOW_S - now)
            if wait > 0:
                return wait
            sent.append(now)
            return 0.0

    def pause(self, chat: str, seconds: float) -> None:
        """Nothing to `chat` for `seconds`, as the server asked; other chats go on."""
        with self._lock:
            self._paused_until[chat] = max(self._paused_until.get(chat, 0.0), self._clock() + seconds)


def _is_shared(chat: str) -> bool:
    """Groups and channels have negative ids or a public @name; 20 messages a minute is their limit."""
    return chat.startswith(("-", "@"))
