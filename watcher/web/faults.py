"""What a reader is told when a page can't be had: calmly, and never a path or a traceback."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from watcher.core.errors import StoreError
from watcher.web import api
from watcher.web.safety import HEADERS
from watcher.web.site import Site

_SAYS = {
    404: ("Not found", "There is nothing at this address."),
    411: ("Not possible", "This form was sent without its length, as no browser does."),
    413: ("Too long", "That is more than the form takes."),
    405: ("Not possible", "This address can only be read."),
    429: ("One moment", "Many requests came from your address. Please try again in a moment."),
}
_UNREADABLE = "What was recorded can't be read at the moment. Please try again in a few minutes."
_BROKEN = "Something went wrong here, not with what you did. It is noted for the people who run this."


def answers_to_faults(site: Site) -> Mapping[Any, Callable[[Request, Exception], Response]]:
    """For each kind of exception the function that answers it, as Starlette wants them."""

    def on_http_error(request: Request, exc: Exception) -> Response:
        assert isinstance(exc, HTTPException)
        title, says = _SAYS.get(exc.status_code, ("Not possible", str(exc.detail)))
        if _is_machine(request):
            is_told = exc.detail != HTTPStatus(exc.status_code).phrase  # Starlette's own word where nobody gave one
            says = exc.detail if exc.status_code == 400 or (exc.status_code == 404 and is_told) else says
            if exc.status_code == 404 and not is_told:
                says = f"{says} /api/v1/openapi.json describes what there is."
        return _answer(site, request, exc.status_code, title, says, dict(exc.headers or {}))

    def on_store_error(request: Request, exc: Exception) -> Response:
        # Why it can't be read is for the maintainers ("watcher doctor" says it): it names files.
        return _answer(site, request, 503, "Not available", _UNREADABLE, {"Retry-After": "60"})

    def on_bug(request: Request, exc: Exception) -> Response:
        # This answer is made outside the middleware that adds them.
        headers = {name.decode(): value.decode() for name, value in HEADERS}
        return _answer(site, request, 500, "Not available", _BROKEN, headers)

    return {
        HTTPException: on_http_error,
        StoreError: on_store_error,
        sqlite3.Error: on_store_error,
        Exception: on_bug,
    }


def _answer(site: Site, request: Request, status: int, title: str, says: str, headers: dict[str, str]) -> Response:
    if _is_machine(request):
        response = api.problem(status, says)
    else:
        response = site.page(request, None, "message.html", status, title=title, says=says)
    response.headers.update(headers)
    return response


def _is_machine(request: Request) -> bool:
    return request.url.path.startswith("/api/") or request.url.path == "/healthz"
