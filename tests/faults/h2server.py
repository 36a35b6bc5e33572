"""A small HTTP/2 server over TLS on loopback, for the faults that only HTTP/2 has."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
from collections import Counter
from collections.abc import Callable
from typing import Self

import h2.config
import h2.connection
import h2.errors
import h2.events

Answer = Callable[["H2Server", socket.socket, h2.connection.H2Connection, int], None]
"""Writes one answer to a stream."""


class H2Server:
    """Serves `answers` by path over HTTP/2 on 127.0.0.1; a context manager."""

    def __init__(self, tls: ssl.SSLContext, answers: dict[str, Answer]) -> None:
        tls.set_alpn_protocols(["h2"])
        self._tls, self._answers = tls, answers
        self.counts: Counter[str] = Counter()
        self.connections = 0
        self.stopping = threading.Event()

    def __enter__(self) -> Self:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stopping.set()
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join(5)

    def _accept(self) -> None:
        """One connection after the other: a batch has one at a time."""
        while not self.stopping.is_set():
            try:
                plain, _ = self._listener.accept()
            except OSError:
                return
            plain.settimeout(3)
            with plain, contextlib.suppress(OSError), self._tls.wrap_socket(plain, server_side=True) as connection:
                self.connections += 1
                self._serve(connection)

    def _serve(self, connection: ssl.SSLSocket) -> None:
        state = h2.connection.H2Connection(h2.config.H2Configuration(client_side=False))
        state.initiate_connection()
        connection.sendall(state.data_to_send())
        while not self.stopping.is_set() and (data := connection.recv(65536)):
            for event in state.receive_data(data):
                if isinstance(event, h2.events.RequestReceived):
                    path = dict(event.headers)[b":path"].decode()
                    self.counts[path] += 1
                    self._answers[path](self, connection, state, event.stream_id)
            connection.sendall(state.data_to_send())


def respond(state: h2.connection.H2Connection, stream: int, body: bytes, **headers: str) -> None:
    """A whole 200 on one stream."""
    lines = [(name.replace("_", "-"), value) for name, value in headers.items()]
    state.send_headers(stream, [(":status", "200"), ("content-type", "text/html"), *lines])
    for start in range(0, len(body), state.max_outbound_frame_size):
        state.send_data(stream, body[start : start + state.max_outbound_frame_size])
    state.end_stream(stream)
