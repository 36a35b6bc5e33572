"""The Internet Archive's Save Page Now (SPN2): asks it to copy a page, and what became of that.

    POST /save              url=…        -> {"job_id": "spn2-…"}
    GET  /save/status/JOB                -> {"status": "pending" | "success" | "error", …}

Its document of July 2026 says: 7 captures a minute and 30,000 a day with keys, 5 a day of one page, a capture
takes two minutes at most, a job is remembered for about an hour. That copies can't be had without keys any more
was measured by others in August 2026 (MKRWW/wortlaut#108). Nothing of this could be tried against the real one.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, urlencode

from watcher.core.model import ArchivedCopy, CopyAnswer, CopyAsked, CopyLater, CopyRefused, CopyRunning
from watcher.core.urls import host_of, same_site
from watcher.fetch.exchange import ExchangeError
from watcher.fetch.policy import FetchPolicy
from watcher.fetch.post import Answer, Asker

TIMEOUT_S = 60.0  # a busy archive takes tens of seconds to answer
_MOST_BYTES = 2_000_000  # it lists up to 500 addresses that the page was made of
_DAY_S, _HOUR_S = 86_400.0, 3_600.0

# What it says of the page. Codes that stand nowhere here are its own faults, or a site's that may pass.
_NEVER = frozenset(
    {
        "blocked", "blocked-url", "filesize-limit", "ftp-access-denied", "invalid-url-syntax", "method-not-allowed",
        "network-authentication-required", "no-access", "not-found", "not-implemented", "too-many-redirects",
        "unauthorized",
    }
)  # fmt: skip
_TOMORROW = frozenset({"max-daily-bandwidth-host", "too-many-daily-captures", "too-many-daily-captures-host"})
# What it says of us.
_US = {"user-session-limit": 60.0, "max-daily-bandwidth": 6 * _HOUR_S, "max-daily-bandwidth-from-ip": 6 * _HOUR_S,
       "blocked-client-ip": _DAY_S}  # fmt: skip
_JOB = re.compile(r"[A-Za-z0-9-]{1,100}")
_STAMP = re.compile(r"\d{14}")


@dataclass(frozen=True, slots=True)
class SavePageNow:
    """One archive, and the keys under which it knows us ("access:secret", a secret)."""

    base_url: str
    keys: str
    asker: Asker

    def ask(self, url: str, within_s: int) -> CopyAnswer:
        """Ask for a copy of the page at `url`; one made in the last `within_s` seconds will do."""
        form = {
            "url": url,
            "if_not_archived_within": str(max(1, within_s)),
            "skip_first_archive": "1",
            "js_behavior_timeout": "0",  # scripts run; only scrolling and hovering are left out
        }
        answer = self._answer("POST", "/save", urlencode(form).encode())
        if isinstance(answer, CopyLater):
            return answer
        said = _said(answer)
        job = said.get("job_id")
        if isinstance(job, str) and _JOB.fullmatch(job) and said.get("status") != "error":
            return CopyAsked(job)
        return _no_copy(answer, said)

    def look(self, job: str, url: str) -> CopyAnswer:
        """What became of the copy of `url` that was asked for under `job`."""
        answer = self._answer("GET", f"/save/status/{quote(job, safe='')}")
        if isinstance(answer, CopyLater):
            return answer
        if answer.status == 404:
            return CopyLater("the archive knows nothing of it any more", 0.0)
        said = _said(answer)
        match said.get("status"):
            case "pending":
                return CopyRunning()
            case "success":
                return self._copy(said, url)
            case _:
                return _no_copy(answer, said)

    def identify(self) -> str:
        """How many copies the archive would make for these keys now, in words. Raises ExchangeError, or ValueError."""
        answer = self.asker.ask("GET", f"{self.base_url}/save/status/user", self._headers(), most_bytes=_MOST_BYTES)
        said = _said(answer)
        if answer.status != 200 or "available" not in said:
            raise ValueError(_no_copy(answer, said).reason)
        return f"{said['available']} copies may be asked for now"

    def _copy(self, said: dict[str, Any], url: str) -> CopyAnswer:
        stamp, original = said.get("timestamp"), said.get("original_url") or url
        if not isinstance(stamp, str) or not _STAMP.fullmatch(stamp) or not isinstance(original, str):
            return CopyLater("the archive says that it has a copy, but not of when")
        try:
            at = datetime.strptime(stamp, "%Y%m%d%H%M%S").replace(tzinfo=UTC)
        except ValueError:
            return CopyLater("the archive says that it has a copy, but not of when")
        if not same_site(original, url):
            return CopyRefused(f"the page led the archive to another site, {host_of(original) or 'without a name'}")
        return ArchivedCopy(f"{self.base_url}/web/{stamp}/{original}", at)

    def _answer(self, method: str, path: str, body: bytes = b"") -> Answer | CopyLater:
        headers = self._headers()
        if body:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        try:
            return self.asker.ask(method, f"{self.base_url}{path}", headers, body, most_bytes=_MOST_BYTES)
        except ExchangeError as fault:
            return CopyLater(f"the archive can't be reached: {fault.outcome.detail}", is_archive=True)

    def _headers(self) -> dict[str, str]:
        return {"Accept": "application/json", "Authorization": f"LOW {self.keys}"}


def save_page_now(policy: FetchPolicy, base_url: str, keys: str) -> SavePageNow:
    """The archive at `base_url`, asked under `policy`."""
    return SavePageNow(base_url, keys, Asker(policy, TIMEOUT_S))


def _said(answer: Answer) -> dict[str, Any]:
    """The JSON object of an answer; empty if it is none."""
    try:
        said = json.loads(answer.body)
    except (ValueError, RecursionError):
        return {}
    return said if isinstance(said, dict) else {}


def _no_copy(answer: Answer, said: dict[str, Any]) -> CopyLater | CopyRefused:
    """Why there is no copy, and for how long."""
    if answer.status in (401, 403):
        return CopyLater(f"HTTP {answer.status}: the archive does not take WATCHER_ARCHIVE_KEYS", is_archive=True)
    if answer.status == 429 or answer.status >= 500:
        return CopyLater(f"HTTP {answer.status}", answer.retry_after_s, is_archive=True)
    code = str(said.get("status_ext") or "").removeprefix("error:")
    if not code:
        return _without_code(answer, said)
    if code in _US:
        return CopyLater(code, _US[code], is_archive=True)
    if code in _TOMORROW:
        return CopyLater(code, _DAY_S)
    return CopyRefused(code) if code in _NEVER else CopyLater(code)


def _without_code(answer: Answer, said: dict[str, Any]) -> CopyLater:
    message = " ".join(str(said.get("message") or "").split())[:200]
    if message:
        return CopyLater(message)
    return CopyLater(f"HTTP {answer.status}, and no word of a copy", is_archive=True)
