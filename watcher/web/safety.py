"""What every answer carries to keep readers safe, and how often one reader may search."""

from __future__ import annotations

import ipaddress
import time
from collections.abc import Callable

from starlette.types import ASGIApp, Message, Receive, Scope, Send

POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS: tuple[tuple[bytes, bytes], ...] = (
    (b"content-security-policy", POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    # The sites that are watched need not learn who reads about them.
    (b"referrer-policy", b"no-referrer"),
    (b"permissions-policy", b"camera=(), geolocation=(), interest-cohort=(), microphone=(), payment=()"),
    (b"cross-origin-opener-policy", b"same-origin"),
)
_HSTS = (b"strict-transport-security", b"max-age=31536000")


class SecurityHeaders:
    """Adds HEADERS to every answer; HSTS too where the site is public over https."""

    def __init__(self, app: ASGIApp, *, is_https: bool = False) -> None:
        self.app = app
        self.headers = [*HEADERS, *([_HSTS] if is_https else [])]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, and add to the head of what comes back."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", []), *self.headers]
            await send(message)

        await self.app(scope, receive, send_with_headers)


class RateLimit:
    """A bucket a reader: `burst` requests at once, then one every `refill_s` seconds.

    Kept in memory only, and forgotten when it is full again: no list of readers is made.
    """

    def __init__(self, burst: int, refill_s: float, clock: Callable[[], float] = time.monotonic) -> None:
        self.burst, self.refill_s, self.clock = burst, refill_s, clock
        self._spent: dict[str, tuple[float, float]] = {}  # reader -> (tokens left, at)

    def wait_s(self, address: str) -> float:
        """0 if the reader at `address` may go on; else the seconds to wait."""
        reader, now = network_of(address), self.clock()
        if len(self._spent) > 10_000:
            self._forget(now)
        left, at = self._spent.get(reader, (float(self.burst), now))
        left = min(float(self.burst), left + (now - at) / self.refill_s)
        if left < 1:
            self._spent[reader] = (left, now)
            return (1 - left) * self.refill_s
        self._spent[reader] = (left - 1, now)
        return 0.0

    def _forget(self, now: float) -> None:
        full_after = self.burst * self.refill_s
        self._spent = {reader: known for reader, known in self._spent.items() if now - known[1] < full_after}
        if len(self._spent) > 10_000:
            self._spent.clear()


def network_of(address: str) -> str:
    """The address, or for IPv6 its /64: one household has them all.

    >>> network_of("2001:db8::1"), network_of("192.0.2.7")
    ('2001:db8::/64', '192.0.2.7')
    """
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return address[:64]
    return str(ipaddress.ip_network(f"{ip}/64", strict=False)) if ip.version == 6 else str(ip)
