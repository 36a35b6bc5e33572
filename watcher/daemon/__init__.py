"""One process, the composition root of `watcher run`: scheduler ticks, deliveries, the Telegram bot, the web view."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from watcher.config.environment import Environment
from watcher.config.load import Configuration
from watcher.daemon.ticks import Daemon
from watcher.pipeline.lines import PollLine, Summary
from watcher.store.database import open_database

if TYPE_CHECKING:
    from starlette.routing import BaseRoute

    from watcher.web.app import Server


def run(
    configuration: Configuration,
    environment: Environment,
    *,
    engine_name: str,
    host: str | None,
    port: int | None,
    tell: Callable[[PollLine | Summary], None],
    announce: Callable[[str], None],
) -> None:
    """Run everything until SIGTERM or SIGINT. Raises WatcherError if a part can't start."""
    open_database(environment.storage).conn.close()  # a store that can't be opened is said at once
    daemon = Daemon(configuration, environment, engine_name, tell)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: daemon.stopping.set())
    server = _server(configuration, environment, host, port, daemon.commands.routes())
    announce(f"Web view: {environment.public_url or server.url}")
    web = threading.Thread(target=server.run, name="web", daemon=True)
    web.start()
    try:
        daemon.run()
    finally:
        server.should_exit = True
        web.join(timeout=1)
    announce("Stopped. What was due goes on at the next start.")
    # A request to a slow site may still be in a thread; nothing of it is half-written, so don't wait for it.
    os._exit(0)


def _server(
    configuration: Configuration,
    environment: Environment,
    host: str | None,
    port: int | None,
    more: Iterable[BaseRoute],
) -> Server:
    """The web view, already listening. Raises ConfigError if its address can't be had."""
    from watcher.web.app import build_app, serve

    settings = configuration.settings
    can_mail = not environment.missing_for_mail
    app = build_app(configuration, environment.storage, environment.public_url, can_mail=can_mail, more=more)
    where = host or environment.host or settings.web_host
    port = next(p for p in (port, environment.port, settings.web_port) if p is not None)
    return serve(app, where, port, environment.proxies)
