"""What a form sends, read within bounds; the proof that it was our form; and the one way to write."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from contextlib import closing
from typing import TypeVar

from sqlite_utils import Database
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from watcher.store.database import open_database
from watcher.web.site import Site

MOST_BYTES = 16_000
MOST_FIELDS = 20
FIELD = "form"
"""Name of the hidden field that must hold what the cookie holds."""

_PASS_BYTES = 32
T = TypeVar("T")


def writing(site: Site, act: Callable[[Database], T]) -> T:
    """What `act` returns, done on a database that is opened for writing, for this alone.

    The only place where the web view writes; everything else it does goes through read-only connections.
    """
    db = open_database(site.storage)
    with closing(db.conn):
        return act(db)


async def sent_fields(request: Request) -> dict[str, str]:
    """The fields of a form by name. Raises HTTPException for a body that no form of ours sends."""
    length = request.headers.get("content-length", "")
    if not (length.isascii() and length.isdigit()):
        raise HTTPException(411, "Say how long the form is.")
    if len(length) > 9 or int(length) > MOST_BYTES:
        raise HTTPException(413, "That is more than this form takes.")
    form = await request.form(max_files=0, max_fields=MOST_FIELDS)
    return {name: value for name, value in form.items() if isinstance(value, str)}


def is_https(site: Site, request: Request) -> bool:
    """Whether readers reach these pages over https."""
    return (site.public_url or request.url.scheme).startswith("https")


def form_pass(request: Request, *, https: bool) -> str:
    """What the hidden field must say: the cookie's value, or a new one."""
    return request.cookies.get(_cookie(https)) or secrets.token_urlsafe(_PASS_BYTES)


def is_our_form(request: Request, fields: dict[str, str], *, https: bool) -> bool:
    """Whether the form was shown to this browser by us: another site can neither read nor set the cookie."""
    kept = request.cookies.get(_cookie(https), "")
    sent = fields.get(FIELD, "")
    return bool(kept) and secrets.compare_digest(kept.encode("utf-8", "replace"), sent.encode("utf-8", "replace"))


def set_pass(response: Response, value: str, *, https: bool) -> None:
    """Give the browser the cookie, for as long as it is open. There is no other cookie."""
    response.set_cookie(_cookie(https), value, path="/", secure=https, httponly=True, samesite="strict")


def _cookie(https: bool) -> str:
    # __Host-: no other name under our domain can set it (RFC 6265bis, 4.1.3.2); browsers refuse it without https.
    return "__Host-subscribe" if https else "subscribe"
