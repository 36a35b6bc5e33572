"""The local site: one small web server for each made-up organisation, on loopback alone."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread


@dataclass(frozen=True, slots=True)
class Page:
    """What one address answers."""

    body: str = ""
    status: int = HTTPStatus.OK
    media_type: str = "text/html"
    location: str | None = None  # a path of the same site: the answer is a redirect to it


NOT_FOUND = Page("<title>Page not found</title><h1>Page not found</h1>", HTTPStatus.NOT_FOUND)


class Sites:
    """The pages that the servers show now, by "organisation/path"; they may be replaced at any time."""

    def __init__(self) -> None:
        self._pages: dict[str, Page] = {}

    def show(self, pages: Mapping[str, Page | None]) -> None:
        """Put these pages in the place of what stood at their addresses; None takes a page down."""
        self._pages = {address: page for address, page in {**self._pages, **pages}.items() if page is not None}

    def page(self, organisation: str, path: str) -> Page:
        """What stands at an address: its own page, else the one at "organisation/*", which closes a whole site."""
        closed = self._pages.get(f"{organisation}/*")
        return closed or self._pages.get(organisation + path, NOT_FOUND)


@contextmanager
def serving(sites: Sites, organisations: Iterable[str]) -> Iterator[dict[str, str]]:
    """Serve each organisation's pages while inside; organisation -> "host:port"."""
    with ExitStack() as stack:
        yield {
            organisation: stack.enter_context(_server(sites, organisation, f"127.0.0.{number}"))
            for number, organisation in enumerate(organisations, start=2)
        }


@contextmanager
def _server(sites: Sites, organisation: str, host: str) -> Iterator[str]:
    server = _bound(host, _handler(sites, organisation))
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield f"{server.server_address[0]!s}:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _bound(host: str, handler: type[BaseHTTPRequestHandler]) -> ThreadingHTTPServer:
    """A server on a free port of `host`; systems other than Linux have 127.0.0.1 alone."""
    try:
        return ThreadingHTTPServer((host, 0), handler)
    except OSError:
        return ThreadingHTTPServer(("127.0.0.1", 0), handler)


def _handler(sites: Sites, organisation: str) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            page = sites.page(organisation, self.path)
            body = page.body.encode()
            etag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
            if page.status == HTTPStatus.OK and self.headers.get("If-None-Match") == etag:
                self.send_response(HTTPStatus.NOT_MODIFIED)
                self.end_headers()
                return
            self.send_response(HTTPStatus.MOVED_PERMANENTLY if page.location else page.status)
            if page.location:
                self.send_header("Location", page.location)
            elif page.status == HTTPStatus.OK:
                self.send_header("ETag", etag)
            self.send_header("Content-Type", f"{page.media_type}; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing: the story is told elsewhere."""

    return Handler
