"""Alerts for programs: a signed POST to each address, as the Standard Webhooks specification has it.

    webhook-id         the same for every try of one delivery: a receiver discards what it has seen
    webhook-timestamp  whole seconds since 1970, of this try
    webhook-signature  "v1," and the base64 of HMAC-SHA256(key, id "." timestamp "." body), one for each key

A repeat does no harm where its id is remembered, so an answer that was lost is asked for again
like one that was refused for the moment; nothing is ever in doubt here.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import time
from collections.abc import Callable, Mapping, Sequence

from ..core.errors import SendError
from ..core.model import Delivery, Posted, Receipt, Refused, Sent, TryAgain
from .pauses import growing_pause_s

Post = Callable[[str, bytes, Mapping[str, str]], Posted]
"""Address, body and headers to what came of it."""

SECRET_PREFIX = "whsec_"  # noqa: S105 - it tells what a secret looks like
_LEAST_KEY_BYTES = 24  # the specification's bounds are 24 and 64
_PATIENCE = frozenset({408, 425, 429})
_WAIT_MOST_S = 86_400.0


class WebhookNotifier:
    """Posts to the address of each name, signed with every key (two while a secret is being replaced)."""

    def __init__(
        self, urls: Mapping[str, str], keys: Sequence[bytes], post: Post, clock: Callable[[], float] = time.time
    ) -> None:
        self._urls, self._keys, self._post, self._clock = urls, keys, post, clock

    def send(self, delivery: Delivery) -> Receipt:
        """Sent on any 2xx; what is refused for good and what is tried again stands in docs/webhook.md."""
        url = self._urls.get(delivery.address)
        if url is None:
            return Refused(f"WATCHER_WEBHOOK_URLS has no {delivery.address} any more")
        message_id, body = webhook_id(delivery.key), delivery.body.encode("utf-8", "replace")
        at = int(self._clock())
        headers = {
            "Content-Type": "application/json",
            "webhook-id": message_id,
            "webhook-timestamp": str(at),
            "webhook-signature": " ".join(signature(key, message_id, at, body) for key in self._keys),
        }
        return _receipt(self._post(url, body, headers), message_id, delivery.attempts)

    def edit(self, delivery: Delivery, receipt_id: str) -> Receipt:
        """What became of telling the receiver how an earlier alert reads now: a message of its own."""
        return self.send(delivery)

    def close(self) -> None:
        """Nothing is held."""


def webhook_id(key: str) -> str:
    """The id under which a receiver knows the delivery `key`: it names neither chat nor address."""
    return "msg_" + hashlib.sha256(key.encode()).hexdigest()[:32]


def signature(key: bytes, message_id: str, at: int, body: bytes) -> str:
    """The signature of one try.

    >>> signature(b"k" * 24, "msg_1", 1700000000, b"{}")
    'v1,E3sCg9uS8x43RKlJqcda1EcaYZxNkN+l2u7RBZBSZQQ='
    """
    signed = f"{message_id}.{at}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()


def keys_of(secrets: str) -> list[bytes]:
    """The keys that WATCHER_WEBHOOK_SECRET holds, one or two. Raises SendError, which never shows them."""
    keys = []
    for secret in secrets.split():
        try:
            key = base64.b64decode(secret.removeprefix(SECRET_PREFIX), validate=True)
        except (binascii.Error, ValueError):
            key = b""
        if not secret.startswith(SECRET_PREFIX) or len(key) < _LEAST_KEY_BYTES:
            raise SendError(
                f"WATCHER_WEBHOOK_SECRET: must be {SECRET_PREFIX} and the base64 of at least"
                f" {_LEAST_KEY_BYTES} random bytes (docs/webhook.md shows how to make one)"
            )
        keys.append(key)
    if not keys:
        raise SendError("WATCHER_WEBHOOK_SECRET: not set, though WATCHER_WEBHOOK_URLS is (docs/webhook.md)")
    return keys


def _receipt(posted: Posted, message_id: str, attempts: int) -> Receipt:
    status, pause_s = posted.status, growing_pause_s(attempts)
    if status is None:
        return Refused(posted.reason) if posted.is_forbidden else TryAgain(pause_s, posted.reason)
    if 200 <= status <= 299:
        return Sent(message_id)
    if status == 410:
        return Refused("HTTP 410: the receiver wants no more", is_unwelcome=True)
    if 300 <= status <= 399:
        return Refused(f"HTTP {status}: redirects are not followed; put the new address in WATCHER_WEBHOOK_URLS")
    if status in _PATIENCE or status >= 500:
        asked_s = posted.retry_after_s
        if asked_s is not None:
            return TryAgain(min(asked_s, _WAIT_MOST_S), f"HTTP {status}", is_paced=status in (429, 503))
        return TryAgain(pause_s, f"HTTP {status}")
    return Refused(f"HTTP {status}")
