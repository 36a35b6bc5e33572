"""What every page shares: the configuration, the database for reading, the templates, and how to answer."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cached_property, lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from sqlite_utils import Database
from starlette.requests import Request
from starlette.responses import Response

from watcher.config.load import Configuration
from watcher.core.content_note import content_note
from watcher.core.markup import printable
from watcher.render.words import counted, day_in_words, moment_in_words, number_in_words, web_address
from watcher.store import database, views
from watcher.web import phrases

HTML = "text/html; charset=utf-8"
_LONGEST_PRINTED = 200  # characters of a query that are printed as part of the page's address


@dataclass
class Site:
    """One web view. Requests run in threads; each reads through a connection of its own."""

    configuration: Configuration
    storage: Path
    public_url: str | None = None
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    can_mail: bool = False  # readers may subscribe by e-mail
    cache: dict[Any, Any] = field(default_factory=dict)  # of what never changes: see `remember`
    _remembered: tuple[int, int] | None = None
    _idle: list[tuple[tuple[int, int], Database]] = field(default_factory=list)

    @contextmanager
    def reading(self) -> Iterator[Database | None]:
        """The database as it stands at one moment; None as long as nothing was ever recorded.

        Connections are kept for the next request; a file that took the place of another
        (a restored backup) is opened afresh. Raises StoreError if the file is no database of ours.
        """
        file = self._file()
        if file is None:
            yield None
            return
        if file != self._remembered:  # what was remembered is of another file
            self.cache.clear()
            self._remembered = file
        db = self._connection(file)
        try:
            db.conn.execute("BEGIN")
            yield db if db.table("changes").exists() else None
        finally:
            db.conn.rollback()
            self._idle.append((file, db))

    def _file(self) -> tuple[int, int] | None:
        try:
            stat = (self.storage / database.FILE_NAME).stat()
        except OSError:
            return None
        return stat.st_dev, stat.st_ino

    def _connection(self, file: tuple[int, int]) -> Database:
        while self._idle:
            try:
                known, db = self._idle.pop()
            except IndexError:  # another thread took the last one
                break
            if known == file:
                return db
            db.close()
        return database.open_read_only(self.storage)

    def close(self) -> None:
        """Let go of the database."""
        while self._idle:
            self._idle.pop()[1].close()

    def remember(self, key: Any, make: Callable[[], Any], most: int = 5000) -> Any:
        """What `make` returns, made once; only for what is fixed for ever, like a version's quotation."""
        known = self.cache.get(key)
        if known is None:
            if len(self.cache) >= most:
                self.cache.clear()
            known = self.cache[key] = make()
        return known

    def base(self, request: Request) -> str:
        """The address that absolute links start with, without a slash at the end."""
        return self.public_url or f"{request.url.scheme}://{request.url.netloc}"

    def topic_name(self, topic_id: str | None) -> str:
        """The topic as people call it."""
        return next((topic.name for topic in self.configuration.topics if topic.id == topic_id), topic_id or "")

    def today(self) -> date:
        """The day on which the site is read, in the configured time zone."""
        return self.local(self.now()).date()

    @property
    def zone(self) -> ZoneInfo:
        """The configured time zone, by whose clocks days begin."""
        return ZoneInfo(self.configuration.settings.timezone)

    def local(self, at: datetime) -> datetime:
        """An instant on the wall clocks of the configured time zone."""
        return at.astimezone(self.zone)

    def moment(self, at: datetime | None) -> str:
        """An instant in words: "Friday 12 June 2026, 14:05"."""
        return moment_in_words(at, self.configuration.settings.timezone) if at else ""

    def brief(self, at: datetime) -> str:
        """An instant as short as it can be told in a table: "12 June, 14:05", with the year if it is another one."""
        local = self.local(at)
        day = day_in_words(local.date())
        return f"{day.removesuffix(f' {self.today().year}')}, {local:%H:%M}"

    def page(self, request: Request, db: Database | None, template: str, status: int = 200, **context: Any) -> Response:
        """A page made from a template."""
        last_poll_at = views.last_poll_at(db) if db is not None else None
        query = request.url.query
        text = self.templates.get_template(template).render(
            path=request.url.path,
            printed_query=f"?{query}" if 0 < len(query) <= _LONGEST_PRINTED else "",
            base=self.base(request),
            last_poll_at=last_poll_at,
            **context,
        )
        return respond(text.encode("utf-8", "replace"), HTML, status)

    def not_found(self, request: Request, db: Database | None, what: str) -> Response:
        """The page that says what is not here, and where to look."""
        return self.page(request, db, "message.html", 404, title="Not found", says=what)

    @cached_property
    def style(self) -> bytes:
        """The one stylesheet."""
        text = (files("watcher.web") / "static" / "style.css").read_text(encoding="utf-8")
        return re.sub(r"\s*\n\s*", "\n", re.sub(r"/\*.*?\*/", "", text, flags=re.S)).strip().encode()

    @cached_property
    def templates(self) -> Environment:
        """Templates in which everything is escaped, and no control character gets through."""
        templates = Environment(
            loader=PackageLoader("watcher.web"),
            autoescape=True,
            trim_blocks=True,
            lstrip_blocks=True,
            undefined=StrictUndefined,
            finalize=_shown,
        )
        templates.globals |= {
            "site": self,
            "style_version": hashlib.sha256(self.style).hexdigest()[:12],
            "phrases": phrases,
            "counted": counted,
        }
        shown: dict[str, Callable[..., Any]] = {
            "moment": self.moment,
            "brief": self.brief,
            "day": lambda on: day_in_words(on) if on else "",
            "local_day": lambda at: day_in_words(self.local(at).date()),
            "number": number_in_words,
            "titled": titled,
            "web_address": lambda url: _NOT_IN_URL.sub(lambda sign: quote(sign[0]), web_address(url) or ""),
            "content_note": lru_cache(4096)(content_note),
        }
        templates.filters.update(shown)
        return templates


_NOT_IN_URL = re.compile(r"""["<>\\^`{|}\s]""")  # WHATWG URL: they must be percent-encoded


def titled(title: str, otherwise: str) -> str:
    """The title, or something else where nothing of it could be seen: a link needs a name.

    >>> titled("Our statement", "x.example"), titled(" \u200b", "x.example")
    ('Our statement', 'x.example')
    """
    return title if any(sign.isprintable() and not sign.isspace() for sign in printable(title)) else otherwise


def _shown(value: Any) -> Any:
    # isprintable: nearly all strings are, and it is ten times faster than the expressions of `printable`
    if isinstance(value, str) and not value.isprintable() and not isinstance(value, Markup):
        return printable(value)
    return value


def respond(body: bytes, media_type: str, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """An answer with an ETag."""
    tag = f'W/"{hashlib.sha256(body).hexdigest()[:24]}"'
    return Response(body, status, {"ETag": tag, "Cache-Control": "no-cache", **(headers or {})}, media_type=media_type)
