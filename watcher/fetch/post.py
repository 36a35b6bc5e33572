"""One POST to an address that maintainers named: checked as what is fetched is, never redirected, never proxied."""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from datetime import UTC, datetime

import httpx2

from watcher.core.model import Posted, Unreachable, UnreachableKind
from watcher.fetch.client import askable, plain_faults, verified
from watcher.fetch.dial import Deadline, Dialler, Resolver
from watcher.fetch.exchange import ExchangeError
from watcher.fetch.policy import FetchPolicy
from watcher.fetch.statuses import retry_after_s

TIMEOUT_S = 15.0  # in all; a receiver does its slow work after it has answered


def post(
    policy: FetchPolicy,
    url: str,
    body: bytes,
    headers: Mapping[str, str],
    *,
    resolve: Resolver | None = None,
    tls_context: ssl.SSLContext | None = None,
) -> Posted:
    """What the receiver answered; its words are not read. Never raises for what a server or network does.

    Private and loopback addresses are refused unless the policy names the host. Each call has a
    connection of its own: one that was kept may be dead, and a POST can't be repeated unasked.
    """
    deadline = Deadline()
    deadline.start(TIMEOUT_S)
    transport = httpx2.HTTPTransport(verify=tls_context or verified(), trust_env=False, retries=0)
    transport._pool._network_backend = Dialler(policy, deadline, resolve)
    try:
        request = _request(policy, askable(url), body, headers)
        with plain_faults(url):
            response = transport.handle_request(request)
        wait_s = retry_after_s({name.lower(): value for name, value in response.headers.items()}, datetime.now(UTC))
        response.close()
        return Posted(response.status_code, wait_s)
    except ExchangeError as fault:
        outcome = fault.outcome
        is_forbidden = isinstance(outcome, Unreachable) and outcome.kind is UnreachableKind.REFUSED_ADDRESS
        return Posted(None, reason=outcome.detail, is_forbidden=is_forbidden)
    finally:
        transport.close()


def _request(policy: FetchPolicy, url: str, body: bytes, headers: Mapping[str, str]) -> httpx2.Request:
    timeout = httpx2.Timeout(TIMEOUT_S, connect=min(policy.connect_timeout_s, TIMEOUT_S))
    own = {"User-Agent": policy.user_agent, "Accept": "*/*", **headers}
    return httpx2.Request("POST", url, headers=own, content=body, extensions={"timeout": timeout.as_dict()})
