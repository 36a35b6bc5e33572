"""One address in, one outcome out: redirects, limits, deadline, certificates, conditional questions.

A `Client` serves one batch, in one thread, one request at a time; it keeps connections open
between requests and nothing else: cookies live for one exchange and one host.
"""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.message import Message
from functools import cache, lru_cache
from http import HTTPStatus
from threading import Lock
from types import TracebackType
from typing import Self

import httpx2

from watcher.core.model import (
    Failed,
    FailedKind,
    Fetched,
    FetchTask,
    Gone,
    NotModified,
    Unreachable,
    UnreachableKind,
)
from watcher.core.urls import host_of
from watcher.fetch.decode import ACCEPT_ENCODING, CutShortError, NotDecodableError, TooLargeError, decoded
from watcher.fetch.dial import Deadline, Dialler, Resolver, Stream
from watcher.fetch.exchange import ExchangeError, failed, unreachable
from watcher.fetch.policy import FetchPolicy
from watcher.fetch.statuses import gone_how, is_redirect, refusal

FetchOutcome = Fetched | NotModified | Gone | Unreachable | Failed

_ACCEPT = "text/html,application/xhtml+xml,application/xml;q=0.9,application/pdf;q=0.9,*/*;q=0.8"
_NEVER_TEXT = ("image/", "audio/", "video/", "font/")
_ERROR_PAGE_BYTES = 1_000_000  # of a 404's body; it is kept as evidence, not as content


@dataclass(frozen=True)
class Question:
    """What to ask of one address, and how much answer to take."""

    url: str
    timeout_s: float
    max_bytes: int
    etag: str | None = None
    last_modified: str | None = None
    tls: str | None = None  # why the asked host's certificate is not verified
    max_redirects: int | None = None  # None: the policy's
    cut_at_max: bool = False  # keep the first `max_bytes` instead of refusing a longer body


@dataclass(frozen=True)
class Hooks:
    """What the caller wants a say in.

    `before` is called ahead of every request with its address and returns the seconds that it
    waited; they do not count against the deadline. `may_follow` judges redirect targets.
    """

    before: Callable[[str], float] = lambda _url: 0.0
    may_follow: Callable[[str], bool] = lambda _url: True
    now: Callable[[], datetime] = lambda: datetime.now(UTC)


_READING_TRUST = Lock()


def verified() -> ssl.SSLContext:
    """The machine's own trust store (SSL_CERT_FILE honoured), read once: it takes 20 ms and more."""
    with _READING_TRUST:  # `cache` takes no lock of its own: 16 threads that start at one time read it 16 times
        return _trusted()


@cache
def _trusted() -> ssl.SSLContext:
    return httpx2.create_ssl_context()


class Client:
    """Fetches under a policy; a context manager that leaves no connection open."""

    def __init__(
        self,
        policy: FetchPolicy,
        hooks: Hooks | None = None,
        *,
        resolve: Resolver | None = None,
        tls_context: ssl.SSLContext | None = None,
    ) -> None:
        self.policy, self._hooks, self._tls_context = policy, hooks or Hooks(), tls_context
        self.waited_s = 0.0  # out of politeness, in all
        self._deadline = Deadline()
        self._dialler = Dialler(policy, self._deadline, resolve)
        self._transports: dict[bool, httpx2.HTTPTransport] = {}  # by: certificate verified

    def __enter__(self) -> Self:
        """The client itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close every connection."""
        self.close()

    def close(self) -> None:
        """Close every connection; the next request opens new ones."""
        while self._transports:
            _, transport = self._transports.popitem()
            transport.close()

    def now(self) -> datetime:
        """The time, as the caller's clock has it."""
        return self._hooks.now()

    def may_follow(self, url: str) -> bool:
        """Whether the caller lets this client go on to `url`."""
        return self._hooks.may_follow(url)

    def fetch(self, task: FetchTask) -> FetchOutcome:
        """What is at the task's address now. Never raises for what a server or network does."""
        try:
            return self.read(task)
        except ExchangeError as fault:
            return fault.outcome

    def read(self, task: FetchTask) -> Fetched | NotModified | Gone:
        """As `fetch`, but what brought nothing raises ExchangeError, which says where it happened."""
        question = Question(task.url, task.timeout_s, task.max_bytes, task.etag, task.last_modified, task.tls)
        fetched = self.answer(question)
        headers = _lower(fetched.headers)
        if fetched.status == 304 and _is_conditional(question) and not fetched.redirects:
            return NotModified()
        if how := gone_how(fetched.status, headers):
            return Gone(how, fetched)
        if refused := refusal(fetched.status, headers, fetched.fetched_at):
            raise ExchangeError(fetched.final_url, refused, status=fetched.status)
        if not fetched.body.strip():
            empty = Failed(FailedKind.EMPTY, f"HTTP {fetched.status} with an empty body", fetched)
            raise ExchangeError(fetched.final_url, empty, status=fetched.status)
        return fetched

    def answer(self, question: Question) -> Fetched:
        """The final answer, whatever its status, redirects followed; ExchangeError if there is none.

        The body of anything but 200, 203, 404 and 410 is not read and comes back empty.
        """
        self._deadline.start(question.timeout_s)
        url, cookies = askable(question.url), httpx2.Cookies()
        passed: list[str] = []
        visits: set[tuple[str, tuple[tuple[str, str], ...]]] = set()
        tls_note: str | None = None
        limit = self.policy.max_redirects if question.max_redirects is None else question.max_redirects
        while True:
            is_first = not passed
            lax = question.tls if url.startswith("https:") and host_of(url) == host_of(question.url) else None
            tls_note = tls_note or lax
            asked = question if is_first else replace(question, etag=None, last_modified=None)
            fetched, target = self._ask(url, asked, cookies, is_verified=lax is None)
            if target is None:
                return replace(fetched, url=question.url, redirects=tuple(passed), tls_note=tls_note)
            visit = (url, tuple(sorted((cookie.name, cookie.value or "") for cookie in cookies.jar)))
            if visit in visits or len(passed) >= limit:
                raise failed(url, FailedKind.MALFORMED, _circle(visit in visits, len(passed)))
            visits.add(visit)
            passed.append(url)
            if not self._hooks.may_follow(target):
                detail = f"redirected to {target}, which its robots.txt asks us not to read"
                raise unreachable(target, UnreachableKind.ROBOTS, detail)
            if host_of(target) != host_of(url):
                cookies.clear()
            if url.startswith("https:") and target.startswith("http:"):
                tls_note = tls_note or f"redirected from https to {target}, which is not encrypted"
            url = target

    def _ask(
        self, url: str, question: Question, cookies: httpx2.Cookies, *, is_verified: bool
    ) -> tuple[Fetched, str | None]:
        """One request: its answer, and where it redirects to."""
        request = self._request(url, question)
        if cookies:
            cookies.set_cookie_header(request)
        try:
            response = self._response(url, request, is_verified=is_verified)
            try:
                if "set-cookie" in response.headers:
                    cookies.extract_cookies(response)
                target = _target(url, response)
                body = b"" if target else self._body(url, question, response)
            finally:
                response.close()
        except BaseException:
            self.close()  # whatever is left of a broken exchange must not reach the next one
            raise
        return _fetched(url, response, body, self._hooks.now()), target

    def _response(self, url: str, request: httpx2.Request, *, is_verified: bool) -> httpx2.Response:
        """The head of the answer; asked once more if a connection kept from before had died."""
        dials = self._dialler.dials
        while True:
            waited_s = self._hooks.before(url)
            self.waited_s += waited_s
            self._deadline.extend(waited_s)
            try:
                with plain_faults(url):
                    response = self._transport(is_verified).handle_request(request)
                response.request = request
                return response
            except ExchangeError as error:
                self.close()
                # The server may close a kept connection at any time (RFC 9112 §9.3.1), and HTTP/2
                # servers end theirs after some number of streams (encode/httpx#3324).
                was_kept = self._dialler.dials == dials
                if not (was_kept and _is(error, UnreachableKind.CONNECTION)):
                    raise

    def _request(self, url: str, question: Question) -> httpx2.Request:
        policy = self.policy
        headers = {
            "User-Agent": policy.user_agent,
            "Accept": _ACCEPT,
            "Accept-Language": "en-GB,en;q=0.9",
            "Accept-Encoding": ACCEPT_ENCODING,
        }
        if question.etag:
            headers["If-None-Match"] = question.etag
        if question.last_modified:
            headers["If-Modified-Since"] = question.last_modified
        timeout = httpx2.Timeout(policy.read_timeout_s, connect=policy.connect_timeout_s)
        return httpx2.Request("GET", url, headers=headers, extensions={"timeout": timeout.as_dict()})

    def _transport(self, is_verified: bool) -> httpx2.HTTPTransport:
        if is_verified not in self._transports:
            context = (self._tls_context or verified()) if is_verified else False
            # A bare transport, not httpx2.Client, which would take proxies from the environment: they
            # would dial in our stead, unchecked.
            transport = httpx2.HTTPTransport(verify=context, trust_env=False, http2=self.policy.http2)
            transport._pool._network_backend = self._dialler
            self._transports[is_verified] = transport
        return self._transports[is_verified]

    def _body(self, url: str, question: Question, response: httpx2.Response) -> bytes:
        """The decoded body if this status brings one. Raises ExchangeError if it is broken or too large."""
        if response.status_code == HTTPStatus.NOT_MODIFIED:
            # It has no body (RFC 9110 §15.4.5), but a connection is kept only after its end was read.
            with plain_faults(url):
                for _ in response.iter_raw():
                    pass
            return b""
        headers = _lower(response.headers.multi_items())
        is_gone = gone_how(response.status_code, headers) is not None
        if not is_gone and refusal(response.status_code, headers, self._hooks.now()):
            return b""
        if is_gone:
            try:
                return self._whole_body(url, replace(question, max_bytes=_ERROR_PAGE_BYTES), response)
            except ExchangeError:
                return b""  # the status has said it all
        media_type, _ = _media_type(response.headers.get("content-type", ""))
        if media_type.startswith(_NEVER_TEXT):
            raise failed(url, FailedKind.UNSUPPORTED, f"{media_type} holds no text")
        return self._whole_body(url, question, response)

    def _whole_body(self, url: str, question: Question, response: httpx2.Response) -> bytes:
        raw = self._raw_body(url, question, response)
        codings = response.headers.get_list("content-encoding", split_commas=True)
        try:
            return decoded(raw, codings, question.max_bytes)
        except TooLargeError:
            raise failed(url, FailedKind.TOO_LARGE, f"more than {question.max_bytes} bytes once decompressed") from None
        except CutShortError:
            raise unreachable(url, UnreachableKind.CONNECTION, "the answer was cut short") from None
        except NotDecodableError as error:
            raise failed(url, FailedKind.MALFORMED, f"cannot be decompressed: {error}") from error

    def _raw_body(self, url: str, question: Question, response: httpx2.Response) -> bytes:
        too_large = failed(url, FailedKind.TOO_LARGE, f"more than {question.max_bytes} bytes")
        declared = response.headers.get("content-length", "")
        if declared.isdigit() and int(declared) > question.max_bytes and not question.cut_at_max:
            raise too_large
        kept = bytearray()
        with plain_faults(url):
            for piece in response.iter_raw():
                kept += piece
                if len(kept) > question.max_bytes and question.cut_at_max:
                    return bytes(kept[: question.max_bytes])
                if len(kept) > question.max_bytes:
                    raise too_large
        if declared and _has_more(response, bytes(kept)):
            raise unreachable(url, UnreachableKind.CONNECTION, "the answer is longer than the length it declares")
        return bytes(kept)


def _has_more(response: httpx2.Response, raw: bytes) -> bool:
    """Whether the server sent bytes beyond the body (HTTP/1 only; HTTP/2 frames its bodies)."""
    network = response.extensions.get("network_stream")
    stream = network.get_extra_info("stream") if network else None
    return response.http_version != "HTTP/2" and isinstance(stream, Stream) and stream.goes_beyond(raw)


@contextmanager
def plain_faults(url: str) -> Iterator[None]:
    """Turn what the HTTP library raises into ExchangeError."""
    try:
        yield
    except ExchangeError as fault:
        fault.url = url  # the connection knew only the host
        raise
    except httpx2.TimeoutException as error:
        raise unreachable(url, UnreachableKind.TIMED_OUT, "the server did not answer in time") from error
    except httpx2.ProtocolError as error:
        detail = f"the answer broke off or is not HTTP: {error}"
        raise unreachable(url, UnreachableKind.CONNECTION, detail) from error
    except httpx2.TransportError as error:
        raise unreachable(url, UnreachableKind.CONNECTION, f"the connection was cut: {error}") from error


def askable(url: str) -> str:
    """`url` as it is sent: no fragment, no credentials. Raises ExchangeError if it is none of ours."""
    try:
        parsed = httpx2.URL(url)
        if "#" in url or "@" in url:
            parsed = parsed.copy_with(fragment=None, username=None, password=None)
    except (httpx2.InvalidURL, ValueError) as error:
        raise failed(url, FailedKind.MALFORMED, f"not an address: {error}") from error
    if parsed.scheme not in ("http", "https"):
        raise failed(url, FailedKind.UNSUPPORTED, f"only http and https are fetched, not {parsed.scheme or 'this'!r}")
    if not parsed.host or (parsed.port or 0) > 65535:
        raise failed(url, FailedKind.MALFORMED, "an address without a host, or with a port that cannot be")
    return str(parsed)


def _target(url: str, response: httpx2.Response) -> str | None:
    """Where a redirect leads, absolute; None if the answer is not one."""
    if not is_redirect(response.status_code):
        return None
    locations = response.headers.get_list("location")
    if not locations or not locations[0].strip():
        raise failed(url, FailedKind.MALFORMED, f"HTTP {response.status_code} without saying where to")
    try:
        joined = httpx2.URL(url).join(locations[0].strip())
    except (httpx2.InvalidURL, ValueError) as error:
        raise failed(url, FailedKind.MALFORMED, f"redirected to something that is not an address: {error}") from error
    return askable(str(joined))


def _circle(is_circle: bool, hops: int) -> str:
    return "redirected in a circle" if is_circle else f"redirected {hops + 1} times"


def _fetched(url: str, response: httpx2.Response, body: bytes, now: datetime) -> Fetched:
    media_type, charset = _media_type(response.headers.get("content-type", ""))
    return Fetched(
        url=url,
        final_url=url,
        status=response.status_code,
        headers=tuple(response.headers.multi_items()),
        media_type=media_type,
        charset=charset,
        body=body,
        fetched_at=now,
        etag=response.headers.get("etag"),
        last_modified=response.headers.get("last-modified"),
    )


@lru_cache(maxsize=128)  # a site declares few, each thousands of times
def _media_type(header: str) -> tuple[str, str | None]:
    """Media type in lower case ("" if none) and charset that a Content-Type header declares."""
    declared = Message()
    declared["content-type"] = header.split(",")[0]
    media_type = declared["content-type"].partition(";")[0].strip().lower()
    charset = declared.get_param("charset")
    return media_type, charset.strip().lower() or None if isinstance(charset, str) else None


def _lower(headers: Iterable[tuple[str, str]]) -> dict[str, str]:
    return {name.lower(): value for name, value in headers}


def _is_conditional(question: Question) -> bool:
    return bool(question.etag or question.last_modified)


def _is(fault: ExchangeError, kind: UnreachableKind) -> bool:
    return isinstance(fault.outcome, Unreachable) and fault.outcome.kind is kind
