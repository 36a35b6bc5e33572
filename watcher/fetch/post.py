"""One question to an address that maintainers named: checked as what is fetched is, never redirected, never proxied."""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

import httpx2

from watcher.core.model import FailedKind, Posted, Unreachable, UnreachableKind
from watcher.fetch.client import askable, plain_faults, verified
from watcher.fetch.decode import ACCEPT_ENCODING, CutShortError, NotDecodableError, TooLargeError, decoded
from watcher.fetch.dial import Deadline, Dialler, Resolver
from watcher.fetch.exchange import ExchangeError, failed
from watcher.fetch.policy import FetchPolicy
from watcher.fetch.statuses import retry_after_s

TIMEOUT_S = 15.0  # in all; a receiver does its slow work after it has answered


@dataclass(frozen=True, slots=True)
class Answer:
    """What a service said, redirects not followed."""

    status: int
    body: bytes  # decoded; empty if it was not asked for
    retry_after_s: float | None


@dataclass(frozen=True, slots=True)
class Asker:
    """Asks services under a policy; private and loopback addresses are refused unless the policy names the host.

    Each question has a connection of its own: one that was kept may be dead, and a POST can't be repeated unasked.
    """

    policy: FetchPolicy
    timeout_s: float = TIMEOUT_S
    resolve: Resolver | None = None
    tls_context: ssl.SSLContext | None = None

    def ask(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes = b"", *, most_bytes: int = 0
    ) -> Answer:
        """The answer, with a body of up to `most_bytes` (0: it is not read). Raises ExchangeError if none came."""
        deadline = Deadline()
        deadline.start(self.timeout_s)
        transport = httpx2.HTTPTransport(verify=self.tls_context or verified(), trust_env=False, retries=0)
        transport._pool._network_backend = Dialler(self.policy, deadline, self.resolve)
        try:
            request = self._request(method, askable(url), headers, body)
            with plain_faults(url):
                response = transport.handle_request(request)
                content = _content(url, response, most_bytes) if most_bytes else b""
            named = {name.lower(): value for name, value in response.headers.items()}
            response.close()
            return Answer(response.status_code, content, retry_after_s(named, datetime.now(UTC)))
        finally:
            transport.close()

    def _request(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> httpx2.Request:
        timeout = httpx2.Timeout(self.timeout_s, connect=min(self.policy.connect_timeout_s, self.timeout_s))
        own = {
            "User-Agent": self.policy.user_agent,
            "Accept": "*/*",
            "Accept-Encoding": ACCEPT_ENCODING,
            **headers,
        }
        return httpx2.Request(method, url, headers=own, content=body, extensions={"timeout": timeout.as_dict()})


def _content(url: str, response: httpx2.Response, most_bytes: int) -> bytes:
    too_large = failed(url, FailedKind.TOO_LARGE, f"more than {most_bytes} bytes")
    raw = bytearray()
    for piece in response.iter_raw():
        raw += piece
        if len(raw) > most_bytes:
            raise too_large
    codings = response.headers.get_list("content-encoding", split_commas=True)
    try:
        return decoded(bytes(raw), codings, most_bytes)
    except TooLargeError:
        raise too_large from None
    except (CutShortError, NotDecodableError) as error:
        raise failed(url, FailedKind.MALFORMED, f"cannot be decompressed: {error}") from error


def post(
    policy: FetchPolicy,
    url: str,
    body: bytes,
    headers: Mapping[str, str],
    *,
    resolve: Resolver | None = None,
    tls_context: ssl.SSLContext | None = None,
) -> Posted:
    """What the receiver answered; its words are not read. Never raises for what a server or network does."""
    try:
        answer = Asker(policy, resolve=resolve, tls_context=tls_context).ask("POST", url, headers, body)
        return Posted(answer.status, answer.retry_after_s)
    except ExchangeError as fault:
        outcome = fault.outcome
        is_forbidden = isinstance(outcome, Unreachable) and outcome.kind is UnreachableKind.REFUSED_ADDRESS
        return Posted(None, reason=outcome.detail, is_forbidden=is_forbidden)
