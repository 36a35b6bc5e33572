"""What a status code says about a page. The whole table is in docs/faults.md."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus

from watcher.core.model import Failed, FailedKind, GoneHow, Unreachable, UnreachableKind

RETRY_AFTER_MAX_S = 30 * 86_400.0
"""A longer Retry-After is taken for a slip of the pen and cut to this."""

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
# 408 and 425 ask for patience; all other 4xx refuse us (405, 406 and 418 are what web application
# firewalls like to answer a bot with). Only 404 and 410 say that the page is gone.
_PATIENCE = frozenset({408, 425})
# Headers by which a firewall says that this is its challenge, whatever the status.
_CHALLENGES = (("cf-mitigated", "challenge"), ("x-amzn-waf-action", "challenge"), ("x-amzn-waf-action", "captcha"))


def is_redirect(status: int) -> bool:
    """Whether the answer is to be had at another address."""
    return status in _REDIRECTS


def gone_how(status: int, headers: Mapping[str, str]) -> GoneHow | None:
    """How the page is gone, or None: nothing but a plain 404 or 410 says so."""
    if _challenge(headers):
        return None
    return {404: GoneHow.NOT_FOUND, 410: GoneHow.GONE}.get(status)


def refusal(status: int, headers: Mapping[str, str], now: datetime) -> Unreachable | Failed | None:
    """Why an answer with this status brings no page; None if it does bring one.

    `headers` are looked up in lower case. 404 and 410 are not asked here (`gone_how`).
    """
    detail = f"HTTP {status}" + _phrase(status)
    wait_s = retry_after_s(headers, now)
    if challenge := _challenge(headers):
        return Unreachable(UnreachableKind.BLOCKED, f"{detail}: {challenge}", wait_s)
    if status in (200, 203):
        return None
    if status in (204, 205):
        return Failed(FailedKind.EMPTY, detail)
    if status == 202:
        return Unreachable(UnreachableKind.BUSY, f"{detail}: the page is not ready", wait_s)
    if status in _PATIENCE or (500 <= status <= 599 and status != 511):
        return Unreachable(UnreachableKind.BUSY, detail, wait_s)
    if 400 <= status <= 499 or status == 511 or status > 599:
        return Unreachable(UnreachableKind.BLOCKED, detail, wait_s)
    if status == 304:
        return Failed(FailedKind.MALFORMED, f"{detail}, to a question that was not conditional")
    return Failed(FailedKind.MALFORMED, f"{detail}, which we did not ask for")


def retry_after_s(headers: Mapping[str, str], now: datetime) -> float | None:
    """Seconds to wait before the next try, from Retry-After in either form; None if it says nothing.

    A date is read against the server's own Date header, so that a wrong clock on either
    side does no harm. Never negative, at most RETRY_AFTER_MAX_S.

    >>> retry_after_s({"retry-after": "120"}, datetime(2026, 6, 12, tzinfo=UTC))
    120.0
    """
    value = headers.get("retry-after", "").strip()
    if value.isascii() and value.isdigit():
        return min(float(value), RETRY_AFTER_MAX_S)
    then = _date(value)
    if then is None:
        return None
    wait_s = (then - (_date(headers.get("date", "")) or now)).total_seconds()
    return min(max(wait_s, 0.0), RETRY_AFTER_MAX_S)


def _date(value: str) -> datetime | None:
    try:
        parsed = parsedate_to_datetime(value)
    except ValueError:
        return None
    return parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)


def _challenge(headers: Mapping[str, str]) -> str | None:
    for name, value in _CHALLENGES:
        if headers.get(name, "").strip().lower() == value:
            return f"a challenge to prove that we are no bot ({name})"
    return None


def _phrase(status: int) -> str:
    try:
        return f" ({HTTPStatus(status).phrase})"
    except ValueError:
        return ""
