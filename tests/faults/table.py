"""Every fault of one exchange over HTTP/1.1: what the server does, and what the bot must say.

`docs/faults.md` shows these rows to people; tests/fetch/test_faults.py holds both together.
"""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import brotli

from tests.faults.server import HTML, Answer, Asked, head
from watcher.core.model import (
    Failed,
    FailedKind,
    Fetched,
    Gone,
    GoneHow,
    NotModified,
    Unreachable,
    UnreachableKind,
)

PAGE = b"<!doctype html><title>Notice</title><p>Northmoor Care Trust has ended its part in the scheme.</p>" * 20
LIMIT = 1_000_000  # max_bytes of the tests
BOMB = b"\0" * (20 * LIMIT)


@dataclass(frozen=True)
class Fault:
    """One row: what happens, and what the bot says of it."""

    name: str
    answer: Answer
    says: str  # as `said` puts it
    task: dict[str, Any] = field(default_factory=dict)  # what the task knew or was told
    requests: int | None = None  # how many the server must have seen

    @property
    def path(self) -> str:
        return "/" + "".join(letter if letter.isalnum() else "-" for letter in self.name.lower())


def said(outcome: object) -> str:
    """An outcome in the words of the table, without its detail."""
    match outcome:
        case Fetched():
            return "read"
        case NotModified():
            return "not modified"
        case Gone(how=how):
            return f"gone: {how}"
        case Unreachable(kind=kind, retry_after_s=None):
            return f"unreachable: {kind}"
        case Unreachable(kind=kind, retry_after_s=wait_s):
            return f"unreachable: {kind}, wait {wait_s:.0f} s"
        case Failed(kind=kind):
            return f"failed: {kind}"
    raise AssertionError(outcome)


BLOCKED = f"unreachable: {UnreachableKind.BLOCKED}"
BUSY = f"unreachable: {UnreachableKind.BUSY}"
TIMED_OUT = f"unreachable: {UnreachableKind.TIMED_OUT}"
CONNECTION = f"unreachable: {UnreachableKind.CONNECTION}"
REFUSED_ADDRESS = f"unreachable: {UnreachableKind.REFUSED_ADDRESS}"
TLS = f"unreachable: {UnreachableKind.TLS}"
DNS = f"unreachable: {UnreachableKind.DNS}"
ROBOTS = f"unreachable: {UnreachableKind.ROBOTS}"
TOO_LARGE = f"failed: {FailedKind.TOO_LARGE}"
MALFORMED = f"failed: {FailedKind.MALFORMED}"
UNSUPPORTED = f"failed: {FailedKind.UNSUPPORTED}"
EMPTY = f"failed: {FailedKind.EMPTY}"
NOT_FOUND = f"gone: {GoneHow.NOT_FOUND}"
GONE = f"gone: {GoneHow.GONE}"


def _status(status: int, *headers: str, body: bytes = PAGE) -> Answer:
    return lambda asked: asked.respond(status, body, *headers)


def _raw(raw: bytes, *, hangs_up: bool = True) -> Answer:
    def answer(asked: Asked) -> None:
        asked.send(raw)
        if hangs_up:
            asked.connection.close()

    return answer


def _encoded(coding: str, encode: Callable[[], bytes]) -> Answer:
    body = cache(encode)  # once: a soak asks hundreds of times, and is to measure the client
    return lambda asked: asked.respond(200, body(), f"Content-Encoding: {coding}")


def _redirect(location: str, status: int = 302) -> Answer:
    return lambda asked: asked.respond(status, b"", f"Location: {location}")


def _drip_head(asked: Asked) -> None:
    asked.drip(head(200, "X-Long: " + "a" * 500), 0.05)


def _drip_body(asked: Asked) -> None:
    asked.send(head(200, "Content-Length: 500"))
    asked.drip(b"a" * 500, 0.05)


def _drip_chunks(asked: Asked) -> None:
    asked.send(head(200, "Transfer-Encoding: chunked"))
    asked.drip(b"1\r\na\r\n" * 200, 0.05)


def _silence(asked: Asked) -> None:
    asked.server.stopping.wait(8)


def _endless_early_hints(asked: Asked) -> None:
    while not asked.server.stopping.wait(0.02):
        asked.send(b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n")


def _cut(asked: Asked) -> None:
    asked.respond(200, PAGE[:300], length=len(PAGE))
    asked.connection.close()


def _cut_chunks(asked: Asked) -> None:
    asked.send(head(200, "Transfer-Encoding: chunked") + b"40\r\n" + PAGE[:64] + b"\r\n")
    asked.connection.close()


def _reset_in_body(asked: Asked) -> None:
    asked.respond(200, PAGE[:300], length=len(PAGE))
    asked.reset()


def _cut_gzip(asked: Asked) -> None:
    asked.send(head(200, "Content-Encoding: gzip", "Connection: close") + gzip.compress(PAGE)[:-20])
    asked.connection.close()


def _cut_brotli(asked: Asked) -> None:
    asked.send(head(200, "Content-Encoding: br", "Connection: close") + brotli.compress(PAGE)[:-5])
    asked.connection.close()


def _cut_zstd(asked: Asked) -> None:
    asked.send(head(200, "Content-Encoding: zstd", "Connection: close") + zstd(PAGE)[:-5])
    asked.connection.close()


def _two_hundred_megabytes(asked: Asked) -> None:
    asked.send(head(200, "Transfer-Encoding: chunked"))
    piece = b"10000\r\n" + b"a" * 0x10000 + b"\r\n"
    for _ in range(3200):
        asked.send(piece)


def _circle(asked: Asked) -> None:
    asked.respond(302, b"", f"Location: {asked.path}")


def _ever_further(asked: Asked) -> None:
    step = int(asked.path.partition("?")[2] or 0) + 1
    asked.respond(302, b"", f"Location: {asked.path.partition('?')[0]}?{step}")


def _wants_cookie(asked: Asked) -> None:
    if "seen=1" in asked.headers.get("cookie", ""):
        asked.respond(200, PAGE)
    else:
        asked.respond(302, b"", "Set-Cookie: seen=1; Path=/", f"Location: {asked.path}")


def _to_other_port(asked: Asked) -> None:
    port = asked.server.port
    asked.respond(302, b"", f"Location: http://127.0.0.1:{port - 1 if port > 2000 else port + 1}/metadata")


def _to_other_address(asked: Asked) -> None:
    asked.respond(301, b"", f"Location: http://127.0.0.2:{asked.server.port}/metadata")


def _to_raw_utf8(asked: Asked) -> None:
    if asked.path.endswith("?n=%C3%A9t%C3%A9"):
        asked.respond(200, PAGE)
    else:
        location = f"Location: {asked.path}?n=été".encode()
        asked.send(b"HTTP/1.1 301 Moved\r\nContent-Length: 0\r\n" + location + b"\r\n\r\n")


def _two_lengths(asked: Asked) -> None:
    asked.send(head(200, f"Content-Length: {len(PAGE)}", "Content-Length: 7") + PAGE)


def _not_modified_with_body(asked: Asked) -> None:
    # A page after the head of a 304, and a client that takes it for the next answer's beginning.
    if asked.headers.get("if-none-match"):
        asked.send(head(304, 'ETag: "a"', f"Content-Length: {len(PAGE)}") + PAGE)
    else:
        asked.respond(200, PAGE)


@cache
def zstd(content: bytes) -> bytes:
    """`content` as a zstd frame."""
    try:
        from compression import zstd as library
    except ImportError:
        from backports import zstd as library
    return bytes(library.compress(content))


@cache
def _gzip_bomb() -> bytes:
    return gzip.compress(BOMB)


FAULTS: tuple[Fault, ...] = (
    # time
    Fault("a byte a moment, in the head", _drip_head, TIMED_OUT, {"timeout_s": 0.5}),
    Fault("a byte a moment, in the body", _drip_body, TIMED_OUT, {"timeout_s": 0.5}),
    Fault("a byte a moment, in chunks", _drip_chunks, TIMED_OUT, {"timeout_s": 0.5}),
    Fault("takes the question and says nothing", _silence, TIMED_OUT, {"timeout_s": 0.5}),
    Fault("early hints without end", _endless_early_hints, TIMED_OUT, {"timeout_s": 0.5}),
    # broken off
    Fault("hangs up without an answer", lambda asked: asked.connection.close(), CONNECTION),
    Fault("resets the connection", Asked.reset, CONNECTION),
    Fault("resets the connection in the body", _reset_in_body, CONNECTION),
    Fault("body shorter than its Content-Length", _cut, CONNECTION),
    Fault("last chunk missing", _cut_chunks, CONNECTION),
    Fault("gzip cut short, no Content-Length", _cut_gzip, CONNECTION),
    Fault("brotli cut short, no Content-Length", _cut_brotli, CONNECTION),
    Fault("zstd cut short, no Content-Length", _cut_zstd, CONNECTION),
    Fault("body longer than its Content-Length", lambda a: a.respond(200, PAGE, length=400), CONNECTION),
    Fault("a line end too many after the body", lambda a: a.respond(200, PAGE + b"\r\n", length=len(PAGE)), "read"),
    Fault("no length, ended by hanging up", _raw(head(200) + PAGE), "read"),
    Fault("HTTP/1.0, lines ended by LF alone", _raw(b"HTTP/1.0 200 OK\nContent-Type: text/html\n\n" + PAGE), "read"),
    Fault("two different Content-Lengths", _two_lengths, CONNECTION),
    Fault("not HTTP at all", _raw(b"SSH-2.0-OpenSSH_9.6\r\n"), CONNECTION),
    Fault("200 KB of head", _raw(head(200, "X-Long: " + "a" * 200_000)), CONNECTION),
    # size
    Fault("200 MB in chunks", _two_hundred_megabytes, TOO_LARGE),
    Fault("a Content-Length of 200 MB", lambda a: a.respond(200, PAGE, length=200_000_000), TOO_LARGE),
    Fault("gzip bomb", _encoded("gzip", _gzip_bomb), TOO_LARGE),
    Fault("deflate bomb", _encoded("deflate", lambda: zlib.compress(BOMB)), TOO_LARGE),
    Fault("brotli bomb", _encoded("br", lambda: brotli.compress(BOMB, quality=3)), TOO_LARGE),
    Fault("zstd bomb", _encoded("zstd", lambda: zstd(BOMB)), TOO_LARGE),
    Fault("gzip bomb within gzip", _encoded("gzip, gzip", lambda: gzip.compress(_gzip_bomb())), TOO_LARGE),
    Fault("brotli bomb within gzip", _encoded("br, gzip", lambda: gzip.compress(brotli.compress(BOMB))), TOO_LARGE),
    Fault("twelve content-encodings", _encoded(", ".join(["gzip"] * 12), lambda: b"x"), MALFORMED),
    # encodings
    Fault("gzip by name, plain in truth", _encoded("gzip", lambda: PAGE), MALFORMED),
    Fault("an encoding that nobody asked for", _encoded("compress", lambda: PAGE), MALFORMED),
    Fault("gzip, brotli in it", _encoded("br, gzip", lambda: gzip.compress(brotli.compress(PAGE))), "read"),
    Fault("gzip in two members", _encoded("gzip", lambda: gzip.compress(PAGE) + gzip.compress(PAGE)), "read"),
    Fault("deflate without its wrapper", _encoded("deflate", lambda: zlib.compress(PAGE)[2:-4]), "read"),
    # redirects
    Fault("redirect to itself", _circle, MALFORMED, requests=2),
    Fault("redirect ever further", _ever_further, MALFORMED, requests=11),
    Fault("redirect to itself until a cookie comes back", _wants_cookie, "read", requests=2),
    Fault("redirect to another port of this machine", _to_other_port, REFUSED_ADDRESS),
    Fault("redirect to another address of this machine", _to_other_address, REFUSED_ADDRESS),
    Fault("redirect to an address in raw UTF-8", _to_raw_utf8, "read"),
    Fault("redirect to a file", _redirect("file:///etc/passwd"), UNSUPPORTED),
    Fault("redirect to nowhere", lambda a: a.respond(302, b""), MALFORMED),
    Fault("redirect to no address", _redirect("http://[::1/"), MALFORMED),
    Fault("redirect to a page that is not there", _redirect("/no-such-page", 301), NOT_FOUND),
    # statuses
    Fault("200 with an empty body", _status(200, body=b""), EMPTY),
    Fault("200 with nothing but white space", _status(200, body=b" \r\n\n "), EMPTY),
    Fault("204", lambda a: a.send(head(204)), EMPTY),
    Fault("206 that nobody asked for", _status(206, "Content-Range: bytes 0-9/100"), MALFORMED),
    Fault("202 with a page to wait by", _status(202), BUSY),
    Fault("202 as a firewall's challenge", _status(202, "x-amzn-waf-action: challenge"), BLOCKED),
    Fault("304 that nobody asked for", lambda a: a.send(head(304)), MALFORMED),
    Fault("304 after a redirect", _redirect("/304-that-nobody-asked-for"), MALFORMED, {"etag": '"a"'}),
    Fault("304 with a body", _not_modified_with_body, "not modified", {"etag": '"a"'}),
    Fault("400", _status(400), BLOCKED),
    Fault("401", _status(401, "WWW-Authenticate: Basic"), BLOCKED),
    Fault("403", _status(403), BLOCKED),
    Fault("404", _status(404), NOT_FOUND),
    Fault("404 without a body", lambda a: a.respond(404), NOT_FOUND),
    Fault("404 as a firewall's challenge", _status(404, "cf-mitigated: challenge"), BLOCKED),
    Fault("405", _status(405), BLOCKED),
    Fault("407", _status(407), BLOCKED),
    Fault("408", _status(408), BUSY),
    Fault("410", _status(410), GONE),
    Fault("429 without a word", _status(429), BLOCKED),
    Fault("429, Retry-After in seconds", _status(429, "Retry-After: 120"), f"{BLOCKED}, wait 120 s"),
    Fault(
        "429, Retry-After as a date",
        _status(429, "Date: Fri, 12 Jun 2026 12:00:00 GMT", "Retry-After: Fri, 12 Jun 2026 12:05:00 GMT"),
        f"{BLOCKED}, wait 300 s",
    ),
    Fault(
        "429, Retry-After in the past",
        _status(429, "Date: Fri, 12 Jun 2026 12:00:00 GMT", "Retry-After: Fri, 12 Jun 2020 12:05:00 GMT"),
        f"{BLOCKED}, wait 0 s",
    ),
    Fault("429, Retry-After without sense", _status(429, "Retry-After: soon"), BLOCKED),
    Fault("451", _status(451), BLOCKED),
    Fault("500", _status(500), BUSY),
    Fault("502", _status(502), BUSY),
    Fault("503, Retry-After in seconds", _status(503, "Retry-After: 3600"), f"{BUSY}, wait 3600 s"),
    Fault("503 as a firewall's challenge", _status(503, "cf-mitigated: challenge"), BLOCKED),
    Fault("511 of a captive portal", _status(511), BLOCKED),
    Fault("999", _status(999), BLOCKED),
    # kinds
    Fault("an image in place of the page", _status(200, "Content-Type: image/png", body=b"\x89PNG"), UNSUPPORTED),
    Fault("no Content-Type", lambda a: a.respond(200, PAGE, "Content-Type:"), "read"),
)
"""Rows in the order of the document."""

__all__ = ["FAULTS", "HTML", "LIMIT", "PAGE", "Fault", "said"]
