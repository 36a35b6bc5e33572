"""A host is dialled once for all its pages, whatever they answer."""

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import ClassVar

import pytest

from watcher.core.model import Fetched, FetchTask, NotModified, SourceKind
from watcher.fetch.client import Client
from watcher.fetch.policy import FetchPolicy


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    connections: ClassVar[list[object]] = []

    def setup(self) -> None:
        super().setup()
        self.connections.append(self.client_address)

    def do_GET(self) -> None:
        is_known = self.headers.get("If-None-Match") == '"one"'
        self.send_response(304 if is_known else 200)
        self.send_header("ETag", '"one"')
        if not is_known:
            self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"" if is_known else b"ok")

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def url() -> Iterator[str]:
    Handler.connections.clear()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}/page"
    server.shutdown()
    server.server_close()
    thread.join()


def test_pages_that_have_not_changed_are_asked_for_over_one_connection(url: str) -> None:
    policy = FetchPolicy("statement-watcher/0", frozenset({"127.0.0.1"}))
    with Client(policy) as client:
        first = client.fetch(FetchTask(1, "page", url, SourceKind.PAGE))
        assert isinstance(first, Fetched)
        for _ in range(3):
            again = client.fetch(FetchTask(1, "page", url, SourceKind.PAGE, etag=first.etag))
            assert again == NotModified()
    assert len(Handler.connections) == 1
