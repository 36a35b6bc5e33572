"""Connections: the address is checked and dialled in one step, and every byte has a deadline.

`httpcore2` asks a network backend for each connection; ours resolves the name once, refuses
unless every address is public (or the host was named by the maintainers), and dials one of
those very addresses, so that a second DNS answer has no chance to come between. TLS still
names the host (SNI), because `httpcore2` passes it to `start_tls` itself.
"""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

import httpcore2

from watcher.core.model import UnreachableKind
from watcher.fetch.exchange import ExchangeError, unreachable
from watcher.fetch.policy import FetchPolicy, is_public

Resolver = Callable[[str, int], list[str]]
"""Host and port to addresses, best first; raises `socket.gaierror`."""

_T = TypeVar("_T")

_MAX_ADDRESSES = 4  # of one name that are dialled before it counts as unreachable

# OpenSSL's X509_V_ERR_* (x509_vfy.h) in plain words.
_CERTIFICATE_FAULTS = {
    9: "its certificate is not valid yet",
    10: "its certificate has expired",
    18: "its certificate is self-signed",
    19: "its certificate comes from an authority that this machine does not know (self-signed)",
    20: "its certificate comes from an authority that this machine does not know, or a link of the chain is missing",
    21: "its certificate comes without the chain that would prove it",
    23: "its certificate was revoked",
    62: "its certificate is for another host name",
    64: "its certificate is for another address",
}


class Deadline:
    """When the exchange in hand must be over. One for a client, set anew for each exchange."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._end = float("inf")
        self.limit_s = float("inf")

    def start(self, limit_s: float) -> None:
        """Give the next exchange `limit_s` seconds from now."""
        self.limit_s, self._end = limit_s, self._monotonic() + limit_s

    def extend(self, by_s: float) -> None:
        """Add seconds that we ourselves spent waiting, out of politeness."""
        self._end += by_s

    def left(self, url: str, wanted_s: float | None = None) -> float:
        """Seconds that a step may still take: the wanted, or what is left. Raises ExchangeError at the end."""
        left = self._end - self._monotonic()
        if left <= 0:
            raise unreachable(url, UnreachableKind.TIMED_OUT, f"not finished within {self.limit_s:g} s")
        return left if wanted_s is None else min(left, wanted_s)


class Stream(httpcore2.NetworkStream):
    """A connection whose every step keeps to the deadline.

    `tail` holds the end of what the server sent last: an answer whose body does not end there
    was longer than it declared.
    """

    def __init__(self, stream: httpcore2.NetworkStream, deadline: Deadline, origin: str) -> None:
        self._stream, self._deadline, self._origin = stream, deadline, origin
        self.tail = b""

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """The next bytes; ExchangeError when time is up."""
        piece = self._within(lambda left: self._stream.read(max_bytes, left), timeout)
        if piece:
            self.tail = piece[-64:]
        return piece

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Send all of `buffer`; ExchangeError when time is up."""
        self._within(lambda left: self._stream.write(buffer, left), timeout)

    def close(self) -> None:
        """Close the socket."""
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore2.NetworkStream:
        """The same connection encrypted; ExchangeError in plain words if the certificate does not hold."""
        try:
            secure = self._within(lambda left: self._stream.start_tls(ssl_context, server_hostname, left), timeout)
        except ExchangeError:
            self.close()
            raise
        except httpcore2.ConnectError as error:
            raise _tls_fault(self._origin, error) from error
        return Stream(secure, self._deadline, self._origin)

    def goes_beyond(self, body: bytes) -> bool:
        """Whether more than `body` has arrived: other bytes after it, or unread ones behind it.

        Line ends do not count: old servers put one too many after a body (RFC 9112 §2.2).
        """
        body, tail = body.rstrip(b"\r\n"), self.tail.rstrip(b"\r\n")
        common = min(len(body), len(tail))
        if common and tail[-common:] != body[-common:]:
            return True
        return bool(self._unread().strip(b"\r\n"))

    def _unread(self) -> bytes:
        """Some of what waits in the socket. TLS cannot be peeked into, only counted."""
        sock = self._stream.get_extra_info("socket")
        if isinstance(sock, ssl.SSLSocket):
            return b"?" * sock.pending()
        try:
            sock.settimeout(0)
            return bytes(sock.recv(64, socket.MSG_PEEK))
        except OSError:
            return b""

    def get_extra_info(self, info: str) -> Any:
        """What the wrapped connection knows, and under "stream" this object."""
        return self if info == "stream" else self._stream.get_extra_info(info)

    def _within(self, step: Callable[[float], _T], timeout: float | None) -> _T:
        allowed = self._deadline.left(self._origin, timeout)
        try:
            return step(allowed)
        except httpcore2.TimeoutException:
            self._deadline.left(self._origin)  # says so if it was the deadline that cut us off
            raise unreachable(
                self._origin, UnreachableKind.TIMED_OUT, f"the server sent nothing for {allowed:.0f} s"
            ) from None


class Dialler(httpcore2.NetworkBackend):
    """Opens connections, to checked addresses only. `dials` counts them."""

    def __init__(self, policy: FetchPolicy, deadline: Deadline, resolve: Resolver | None = None) -> None:
        self._policy, self._deadline = policy, deadline
        self._resolve = resolve or system_resolver
        self._plain = httpcore2.SyncBackend()
        self.dials = 0

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.NetworkStream:
        """A connection to one of the host's checked addresses; ExchangeError if there is none."""
        origin = f"{host}:{port}"
        self.dials += 1
        last: Exception | None = None
        for address in self._checked_addresses(host, port)[:_MAX_ADDRESSES]:
            try:
                allowed = self._deadline.left(origin, timeout)
                stream = self._plain.connect_tcp(address, port, allowed, local_address, socket_options)
                return Stream(stream, self._deadline, origin)
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as error:
                last = error
        raise _dial_fault(origin, last) from last

    def connect_unix_socket(self, path: str, timeout: float | None = None, socket_options: Any = None) -> Any:
        """Never: a statement has a web address."""
        raise unreachable(path, UnreachableKind.REFUSED_ADDRESS, "sockets of this machine are not fetched")

    def _checked_addresses(self, host: str, port: int) -> list[str]:
        origin = f"{host}:{port}"
        addresses = self._resolved(host, port)
        if self._policy.allows_private(host, port):
            return addresses
        private = [address for address in addresses if not is_public(address)]
        if private:
            # All must be public: with a mixed answer the choice would be the attacker's.
            raise unreachable(
                origin,
                UnreachableKind.REFUSED_ADDRESS,
                f"{origin} is the private or reserved address {private[0]}; "
                "name the host in WATCHER_ALLOW_PRIVATE_HOSTS if it is yours",
                while_dialling=True,
            )
        return addresses

    def _resolved(self, host: str, port: int) -> list[str]:
        """The host's addresses. The system resolver knows no time-out, hence the thread."""
        answer: list[list[str] | BaseException] = []

        def ask() -> None:
            try:
                answer.append(self._resolve(host, port))
            except (OSError, UnicodeError) as error:
                answer.append(error)

        asking = threading.Thread(target=ask, daemon=True, name=f"resolve {host}")
        asking.start()
        asking.join(self._deadline.left(host, 2 * self._policy.connect_timeout_s))
        match answer:
            case [list() as addresses] if addresses:
                return addresses
            case [BaseException() as error]:
                raise _dns_fault(host, error) from error
            case [_]:
                raise unreachable(host, UnreachableKind.DNS, f"{host} has no address", while_dialling=True)
            case _:
                raise unreachable(host, UnreachableKind.DNS, f"no name server answered for {host}", while_dialling=True)


def system_resolver(host: str, port: int) -> list[str]:
    """The addresses of `host` as the system gives them, in its order, each once."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(sockaddr[0]) for *_, sockaddr in found))


def _dns_fault(host: str, error: BaseException) -> ExchangeError:
    is_absent = isinstance(error, socket.gaierror) and error.errno != socket.EAI_AGAIN
    detail = f"no such host: {host}" if is_absent else f"the name server gave no answer for {host}"
    return unreachable(host, UnreachableKind.DNS, detail, while_dialling=True)


def _dial_fault(origin: str, error: Exception | None) -> ExchangeError:
    if isinstance(error, httpcore2.ConnectTimeout):
        return unreachable(
            origin, UnreachableKind.TIMED_OUT, f"{origin} did not take a connection", while_dialling=True
        )
    refused = error is not None and isinstance(error.__cause__, ConnectionRefusedError)
    detail = f"{origin} refused the connection" if refused else f"no way to {origin}: {error}"
    return unreachable(origin, UnreachableKind.CONNECTION, detail, while_dialling=True)


def _tls_fault(origin: str, error: Exception) -> ExchangeError:
    cause = error.__cause__
    if isinstance(cause, ssl.SSLCertVerificationError):
        known = _CERTIFICATE_FAULTS.get(cause.verify_code, f"its certificate does not hold: {cause.verify_message}")
        return unreachable(origin, UnreachableKind.TLS, f"{origin}: {known}", while_dialling=True)
    if isinstance(cause, ssl.SSLError) and not isinstance(cause, ssl.SSLEOFError):
        detail = f"{origin} does not speak TLS as we do ({cause.reason or cause})"
        return unreachable(origin, UnreachableKind.TLS, detail, while_dialling=True)
    return unreachable(origin, UnreachableKind.CONNECTION, f"{origin} hung up while encryption was agreed")
