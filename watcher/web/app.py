"""The web view put together, and the server that listens."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import uvicorn
from sqlite_utils import Database
from starlette.applications import Starlette
from starlette.background import BackgroundTask
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp

from watcher.config.load import Configuration
from watcher.core.errors import ConfigError
from watcher.store.database import FILE_NAME
from watcher.web import api, boards, charts, details, feeds, health, openapi, organisations, pages, plumbing, tables
from watcher.web.faults import answers_to_faults
from watcher.web.keeping import SHARE, Answers
from watcher.web.proxies import behind
from watcher.web.safety import RateLimit, SecurityHeaders
from watcher.web.site import Site
from watcher.web.subscribing import Subscribing

Page = Callable[[Site, Request, Database | None], Response]

PAGES: tuple[tuple[str, Page], ...] = (
    ("/", pages.latest),
    ("/changes/{number}", details.change),
    ("/statements/{number}", details.statement),
    ("/organisations", organisations.organisations),
    ("/organisations/{organisation}", organisations.organisation),
    ("/positions", boards.positions),
    ("/sources", health.sources),
    ("/charts", charts.charts),
    ("/search", pages.search),
    ("/about", pages.about),
    ("/privacy", pages.privacy),
    ("/feed.atom", feeds.atom),
    ("/feed.json", feeds.json_feed),
    ("/api/v1/openapi.json", openapi.document),
    ("/api/v1/changes", api.changes),
    ("/api/v1/changes/{number}", api.change),
    ("/api/v1/statements", api.statements),
    ("/api/v1/statements/{number}", api.statement),
    ("/api/v1/organisations", api.organisations),
    ("/api/v1/sources", api.sources),
    ("/api/v1/positions", api.positions),
    ("/api/v1/search", api.search),
    ("/changes.csv", tables.changes_csv),
    ("/positions.csv", tables.positions_csv),
    ("/sources.csv", tables.sources_csv),
    ("/healthz", plumbing.healthz),
    ("/metrics", plumbing.metrics),
    ("/robots.txt", plumbing.robots),
    ("/sitemap.xml", plumbing.sitemap),
    ("/static/style.css", plumbing.style),
    ("/icon.svg", plumbing.icon),
)
"""Every address, and the function that answers it."""

LIMITED = frozenset({"/search", "/api/v1/search"})
NOT_KEPT = frozenset({"/healthz", "/metrics"})
SEARCHES_AT_ONCE, SEARCH_REFILL_S = 30, 1.0


def build_app(
    configuration: Configuration,
    storage: Path,
    public_url: str | None = None,
    *,
    now: Callable[[], datetime] | None = None,
    share: float = SHARE,
    can_mail: bool = False,
    more: Iterable[BaseRoute] = (),
    searches: RateLimit | None = None,
) -> Starlette:
    """The web view over what `storage` holds, also before anything was recorded.

    It reads alone, but for who subscribes, confirms and leaves (`can_mail`: whether that is set up).
    `more` are routes that another part of the program answers.

    `share` of a processor is what making one address anew may take while the database is being written to;
    with 0 every answer is as new as the database. `searches` is each reader's allowance, if not the usual one.
    """
    site = Site(configuration, storage, public_url, now or (lambda: datetime.now(UTC)), can_mail)
    answers = Answers(storage / FILE_NAME, share)
    limit = searches or RateLimit(SEARCHES_AT_ONCE, SEARCH_REFILL_S)
    is_https = bool(public_url and public_url.startswith("https://"))

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        yield
        site.close()
        answers.close()

    app = Starlette(
        routes=[
            *(Route(path, _endpoint(site, answers, page, limit, is_limited=path in LIMITED)) for path, page in PAGES),
            *Subscribing(site).routes(),
            *more,
        ],
        middleware=[Middleware(SecurityHeaders, is_https=is_https)],
        exception_handlers=answers_to_faults(site),
        lifespan=lifespan,
    )
    app.state.site = site
    return app


def _endpoint(
    site: Site, answers: Answers, page: Page, limit: RateLimit, *, is_limited: bool
) -> Callable[[Request], Awaitable[Response]]:
    """The page as Starlette calls it: made in a thread, with the database as it stands at that moment.

    What is kept is given at once: a thread would wait for the others. What is a few seconds behind is given
    at once too, and made anew behind the reader's back.
    What reads many texts is limited: searches, and any list with a filter of words.
    """

    async def answer(request: Request) -> Response:
        is_search = is_limited or "filter" in request.query_params
        wait_s = limit.wait_s(request.client.host if request.client else "") if is_search else 0.0
        if wait_s:
            raise HTTPException(429, "Many searches came at once.", headers={"Retry-After": str(int(wait_s) + 1)})

        def make() -> Response:
            with site.reading() as db:
                return page(site, request, db)

        is_kept = request.url.path not in NOT_KEPT
        key = (request.url.path, request.url.query, site.base(request)) if is_kept else None
        kept = answers.kept(key)
        if kept is not None:
            return kept.response(request)
        if (last := answers.last(key)) is not None:
            response = last.response(request)
            response.background = BackgroundTask(answers.renew, key, make)
            return response
        kept = await run_in_threadpool(answers.answer, key, make)
        return kept.response(request)

    return answer


class Server(uvicorn.Server):
    """A server with its port bound. On the main thread it takes signals; else `should_exit` stops it."""

    def __init__(self, config: uvicorn.Config, bound: socket.socket) -> None:
        super().__init__(config)
        self.bound = bound

    @property
    def port(self) -> int:
        """The port that is listened on."""
        return int(self.bound.getsockname()[1])

    @property
    def url(self) -> str:
        """Where the pages are, seen from this machine."""
        host = self.bound.getsockname()[0]
        return f"http://{f'[{host}]' if ':' in host else host}:{self.port}"

    def run(self, sockets: list[socket.socket] | None = None) -> None:
        """Serve until told to stop."""
        try:
            super().run(sockets if sockets is not None else [self.bound])
        finally:
            self.bound.close()


def serve(app: ASGIApp, host: str, port: int, trusted_proxies: Iterable[str] = ()) -> Server:
    """A server for `app`, already listening (port 0: on any free one); its `run()` blocks, in whatever thread.

    What a proxy says of the reader is believed from `trusted_proxies` (addresses and networks) alone.
    Raises ConfigError if the address can't be had.
    """
    told = behind(app, trusted_proxies)
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # With the protocol named, asyncio sets TCP_NODELAY; else every answer waits 40 ms for an acknowledgement.
    bound = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind((host, port))
        bound.listen(128)
    except (OSError, OverflowError) as exc:
        bound.close()
        reason = exc.strerror if isinstance(exc, OSError) else str(exc)
        raise ConfigError(f"{host}:{port}: the web view can't listen there: {reason}: name another --port") from exc
    config = uvicorn.Config(
        told,
        log_config=None,
        access_log=False,  # readers' addresses are kept nowhere
        lifespan="on",
        server_header=False,
        proxy_headers=False,  # `behind` does it: uvicorn's own takes more from the environment (FORWARDED_ALLOW_IPS)
        timeout_graceful_shutdown=5,
        limit_concurrency=500,
    )
    return Server(config, bound)
