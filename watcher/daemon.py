"""One process: scheduler ticks, deliveries, the Telegram bot and the web view. The composition root of `watcher run`.

APScheduler only ticks, in memory; what is due stands in our own table, so a restart, a sleep
or a day's downtime is caught up on the first tick, once, and nothing is pickled.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
import signal
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import structlog
from apscheduler.schedulers.background import BackgroundScheduler

from watcher.config.environment import Environment
from watcher.config.load import Configuration
from watcher.core.errors import ConfigError, SendError, WatcherError
from watcher.core.model import Refused, Sent
from watcher.pipeline import check
from watcher.pipeline.deliver import Settled, deliver
from watcher.pipeline.digests import tell_digests
from watcher.pipeline.engine import engine
from watcher.pipeline.lines import PollLine, Summary
from watcher.pipeline.mailing import Rest, deliver_mail, mail_turns
from watcher.pipeline.observe import reader
from watcher.pipeline.senders import lease_s, open_notifiers
from watcher.pipeline.watch import open_watch
from watcher.store import checks
from watcher.store.database import open_database

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import BaseRoute

    from watcher.bot.polling import TelegramBot
    from watcher.web.app import Server

log = structlog.get_logger()

POLL_TICK_S = 30  # how often the timetable is looked at; what is due decides what is read
DELIVER_TICK_S = 3
TICK_JITTER_S = 2
UPDATE_MOST_BYTES = 1_000_000
STOP_WITHIN_S = 8.0  # of the 10 s that a service manager gives, the rest is for the interpreter

# A late tick is made up once (`coalesce`), never dropped (the default grace of 1 s drops it without
# a word: apscheduler #146), and never run beside itself.
_JOB = {"coalesce": True, "max_instances": 1, "misfire_grace_time": None}


class Daemon:
    """The parts that run, and the one signal that stops them."""

    def __init__(
        self,
        configuration: Configuration,
        environment: Environment,
        engine_name: str,
        tell: Callable[[PollLine | Summary], None],
    ) -> None:
        self.configuration, self.environment, self.engine_name = configuration, environment, engine_name
        self.tell = tell
        self.stopping = threading.Event()
        self.commands = Commands(configuration, environment)
        self._busy = {"poll": threading.Lock(), "deliver": threading.Lock(), "mail": threading.Lock()}
        self._turns, self._rest = mail_turns(configuration.settings), Rest()
        self._has_polled = False

    def poll(self) -> None:
        """One tick of the timetable: read what is due, if anything is."""
        with self._busy["poll"], _logged("poll"):
            watch = open_watch(self.configuration, self.environment)
            with closing(watch.db.conn):
                due_at = checks.next_due_at(watch.db)
                if self._has_polled and (due_at is None or due_at > watch.now()):
                    tell_digests(watch)  # on their hour, also where nothing is read for long
                    return
                is_local = self.engine_name == "local"
                read = reader(watch.policy, self.stopping if is_local else None)
                with engine(self.engine_name, self.configuration.settings.workers, self.stopping) as mapper:
                    lines = check.poll(watch, mapper=mapper, read_host=read, is_stopping=self.stopping.is_set)
                    for line in lines:
                        self.tell(line)
                self._has_polled = True

    def deliver(self) -> None:
        """Send what is due in the outbox to chats and the console."""
        with self._busy["deliver"], _logged("deliver"):
            db = open_database(self.environment.storage)
            lease = lease_s(self.configuration, self.environment)
            chats = self.notifiers.chats()
            with closing(db.conn):
                for settled in deliver(db, chats, lambda: datetime.now(UTC), lease, self.stopping.is_set):
                    _log_settled(settled)

    def deliver_mail(self) -> None:
        """Send the mail that is due; a server that can't be used is told of once, and left alone for a while."""
        if not self._rest.is_over:
            return
        with self._busy["mail"], _logged("mail"):
            db = open_database(self.environment.storage)
            lease, settings = lease_s(self.configuration, self.environment), self.configuration.settings
            with closing(db.conn):
                try:
                    for settled in deliver_mail(db, self.notifiers, settings, lease, self.stopping.is_set, self._turns):
                        _log_settled(settled)
                        if isinstance(settled.receipt, Sent) and self._rest.end():
                            log.info("mail can be sent again")
                except SendError as fault:
                    if self._rest.begin(str(fault)):
                        log.error("mail can't be sent, and waits", error=str(fault))

    def run(self) -> None:
        """Tick until told to stop; then finish the row in hand and leave within 10 s."""
        scheduler = BackgroundScheduler(timezone="UTC", job_defaults=_JOB)
        start = datetime.now(UTC)
        with closing(open_notifiers(self.environment)) as self.notifiers:
            scheduler.add_job(self.poll, "interval", seconds=POLL_TICK_S, jitter=TICK_JITTER_S, next_run_time=start)
            scheduler.add_job(self.deliver, "interval", seconds=DELIVER_TICK_S, next_run_time=start)
            if self.environment.sends_mail:
                scheduler.add_job(self.deliver_mail, "interval", seconds=DELIVER_TICK_S, next_run_time=start)
            scheduler.start()
            with _logged("the start of the bot"):  # that it can't start stops nothing else
                self.commands.start()
            self.stopping.wait()
            scheduler.shutdown(wait=False)
            self.commands.stop()
            for lock in self._busy.values():
                lock.acquire(timeout=STOP_WITHIN_S / 4)


class Commands:
    """The bot, if there is a token; and the way by which Telegram's updates reach it through the web view."""

    def __init__(self, configuration: Configuration, environment: Environment) -> None:
        """Raises ConfigError if the settings ask for a webhook that can't be."""
        self._configuration, self._environment = configuration, environment
        self._bot: TelegramBot | None = None
        asked = configuration.settings.telegram_updates
        can_be_pushed = (environment.public_url or "").startswith("https://")
        if asked == "webhook" and not can_be_pushed:
            raise ConfigError(
                f'{configuration.path}: telegram_updates = "webhook" needs WATCHER_PUBLIC_URL to begin with https://'
            )
        self._is_pushed = environment.telegram_token is not None and asked != "polling" and can_be_pushed
        self._path, self._secret = (_word(environment, what) for what in ("path", "secret"))

    def start(self) -> None:
        """Begin to answer."""
        environment = self._environment
        if environment.telegram_token is None:
            return
        from watcher.bot.polling import TelegramBot, Webhook

        self._bot = TelegramBot(
            environment.telegram_token.get_secret_value(),
            environment.telegram_api_url,
            environment.telegram_review_chat,
            lambda: open_watch(self._configuration, environment),
            Webhook(f"{environment.public_url}/telegram/{self._path}", self._secret) if self._is_pushed else None,
        )
        self._bot.start()

    def stop(self) -> None:
        """Finish the answer in hand."""
        if self._bot is not None:
            self._bot.stop(STOP_WITHIN_S / 4)

    def routes(self) -> list[BaseRoute]:
        """Where updates are posted; none if they are polled for."""
        from starlette.routing import Route

        return [Route(f"/telegram/{self._path}", self._take, methods=["POST"])] if self._is_pushed else []

    async def _take(self, request: Request) -> Response:
        from starlette.responses import Response

        body = b""
        async for piece in request.stream():
            body += piece
            if len(body) > UPDATE_MOST_BYTES:
                return Response(status_code=413)
        bot = self._bot
        secret = request.headers.get("X-Telegram-Bot-Api-Secret-Token", "")
        return Response(status_code=bot.take(body, secret) if bot is not None else 503)


def _word(environment: Environment, what: str) -> str:
    """A word that nobody can guess: always the same under one WATCHER_SECRET_KEY, else a new one at each start."""
    if environment.secret_key is None:
        return secrets.token_hex(32)
    key = environment.secret_key.get_secret_value().encode()
    return hmac.new(key, f"telegram {what}".encode(), hashlib.sha256).hexdigest()


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


def _log_settled(settled: Settled) -> None:
    key, receipt = settled.delivery.key, settled.receipt
    if isinstance(receipt, Refused):
        log.error("message refused", key=key, reason=receipt.reason)
    elif not isinstance(receipt, Sent):
        log.warning("message not sent yet", key=key, reason=receipt.reason)


@contextmanager
def _logged(what: str) -> Iterator[None]:
    """Log what goes wrong in a tick, so that the next one still comes."""
    try:
        yield
    except WatcherError as exc:
        log.error(f"{what} failed", error=str(exc))
    except Exception as exc:
        log.error(f"{what} failed: a fault of the watcher's own", exc_info=exc)
