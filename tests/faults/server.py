"""A small HTTP/1.1 server on loopback whose answers are functions that write raw bytes.

Raw, because most faults cannot be said through a well-behaved library: wrong lengths, a byte a
second, a reset in mid-sentence.
"""

from __future__ import annotations

import contextlib
import socket
import ssl
import struct
import threading
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Self


@dataclass
class Asked:
    """One request as it came in, and the connection to answer on."""

    path: str
    headers: dict[str, str]
    connection: socket.socket
    server: FaultServer
    number: int  # of this path's requests, counted from 1

    def send(self, raw: bytes) -> None:
        self.connection.sendall(raw)

    def respond(self, status: int = 200, body: bytes = b"", *headers: str, length: int | None = None) -> None:
        """A response with a Content-Length (`length` to lie about it)."""
        size = len(body) if length is None else length
        self.send(head(status, f"Content-Length: {size}", *headers) + body)

    def drip(self, raw: bytes, pause_s: float) -> None:
        """Send byte by byte until it is all out, the other side hangs up, or the server stops."""
        for byte in raw:
            if self.server.stopping.wait(pause_s):
                return
            self.send(bytes([byte]))

    def reset(self) -> None:
        """Close with RST in place of FIN."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()


Answer = Callable[[Asked], None]
"""Writes one answer. The connection stays open after it unless the answer says `Connection: close`."""

HTML = "Content-Type: text/html; charset=utf-8"


def head(status: int, *headers: str) -> bytes:
    """A response head; a Content-Type is added if none is given."""
    lines = list(headers)
    if not any(line.lower().startswith("content-type:") for line in lines):
        lines.append(HTML)
    return "\r\n".join([f"HTTP/1.1 {status} Because", *lines, "", ""]).encode("latin-1")


@dataclass
class FaultServer:
    """Serves `answers` by path on 127.0.0.1 (a free port); anything else is a 404.

    A context manager; on exit every connection is closed and every thread has ended.
    """

    answers: dict[str, Answer]
    tls: ssl.SSLContext | None = None
    address: str = "127.0.0.1"
    otherwise: Answer | None = None  # for paths without an answer of their own; None: a 404
    asked: deque[Asked] = field(default_factory=lambda: deque(maxlen=500))
    counts: Counter[str] = field(default_factory=Counter)  # requests by path
    stopping: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> Self:
        self._listener = socket.create_server((self.address, 0))
        self.port = int(self._listener.getsockname()[1])
        self._open: set[socket.socket] = set()
        self._threads: list[threading.Thread] = []
        self._lock = threading.Lock()
        self._run(self._accept)
        return self

    def __exit__(self, *_: object) -> None:
        self.stopping.set()
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        with self._lock:
            for connection in self._open:
                with contextlib.suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(5)

    @property
    def url(self) -> str:
        return f"{'https' if self.tls else 'http'}://{self.address}:{self.port}"

    def _run(self, function: Callable[..., None], *arguments: object) -> None:
        thread = threading.Thread(target=function, args=arguments, daemon=True)
        self._threads = [old for old in self._threads if old.is_alive()] + [thread]
        thread.start()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self._run(self._serve, connection)

    def _serve(self, plain: socket.socket) -> None:
        connection = plain
        with contextlib.suppress(OSError, ValueError):
            with self._lock:
                self._open.add(plain)
            if self.tls:
                plain.settimeout(5)
                connection = self.tls.wrap_socket(plain, server_side=True)
                with self._lock:
                    self._open.add(connection)
            connection.settimeout(10)
            while not self.stopping.is_set() and self._answer_one(connection):
                pass
        with self._lock:
            self._open -= {plain, connection}
        connection.close()
        plain.close()

    def _answer_one(self, connection: socket.socket) -> bool:
        request = b""
        while b"\r\n\r\n" not in request:
            piece = connection.recv(65536)
            if not piece:
                return False
            request += piece
            if request.startswith(b"\x16\x03"):  # TLS, to a server without
                connection.sendall(head(400, "Connection: close"))
                return False
        first, *lines = request.decode("latin-1").split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines if line)}
        path = first.split(" ")[1]
        plain_path = path.partition("?")[0]
        with self._lock:
            self.counts[plain_path] += 1
            asked = Asked(path, headers, connection, self, self.counts[plain_path])
            self.asked.append(asked)
        self.answers.get(plain_path, self.otherwise or _not_found)(asked)
        return connection.fileno() != -1


def _not_found(asked: Asked) -> None:
    asked.respond(404, b"<h1>Not found</h1>")
