"""A server at its worst, for every channel that posts."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator

import pytest


@pytest.fixture
def hanging_up() -> Iterator[int]:
    """A server that takes a request and closes without a word."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def take() -> None:
            connection, _ = server.accept()
            with connection:
                connection.recv(65_536)

        threading.Thread(target=take, daemon=True).start()
        yield server.getsockname()[1]
