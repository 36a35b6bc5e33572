"""What is done again and again: reading what is due, sending what waits.

APScheduler only ticks, in memory; what is due stands in our own table, so a restart, a sleep
or a day's downtime is caught up on the first tick, once, and nothing is pickled.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime

import structlog
from apscheduler.schedulers.background import BackgroundScheduler

from watcher.config.environment import Environment
from watcher.config.load import Configuration
from watcher.core.errors import SendError, WatcherError
from watcher.core.model import Refused, Sent
from watcher.daemon.commands import Commands
from watcher.pipeline import check
from watcher.pipeline.archiving import Archiving, log_line, open_archive
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

log = structlog.get_logger()

POLL_TICK_S = 30  # how often the timetable is looked at; what is due decides what is read
DELIVER_TICK_S = 3
ARCHIVE_TICK_S = 10
TICK_JITTER_S = 2
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
        self._busy = {name: threading.Lock() for name in ("poll", "deliver", "mail", "archive")}
        self._archiving: Archiving | None = None
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

    def archive(self) -> None:
        """Ask the outside archive for copies, and look after those that were asked for."""
        with self._busy["archive"], _logged("archive"):
            watch = open_watch(self.configuration, self.environment)
            with closing(watch.db.conn):
                if self._archiving is None:
                    archive = open_archive(watch, self.environment)
                    assert archive is not None  # the tick is only there if it has keys
                    self._archiving = Archiving(archive, self.configuration.settings.archive_per_minute)
                for told in self._archiving.round(watch, self.stopping.is_set):
                    level, words = log_line(told.answer)
                    log.log(level, words, page=told.url, version=told.version_id)

    def run(self) -> None:
        """Tick until told to stop; then finish the row in hand and leave within 10 s."""
        scheduler = BackgroundScheduler(timezone="UTC", job_defaults=_JOB)
        start = datetime.now(UTC)
        with closing(open_notifiers(self.environment)) as self.notifiers:
            scheduler.add_job(self.poll, "interval", seconds=POLL_TICK_S, jitter=TICK_JITTER_S, next_run_time=start)
            scheduler.add_job(self.deliver, "interval", seconds=DELIVER_TICK_S, next_run_time=start)
            if self.environment.sends_mail:
                scheduler.add_job(self.deliver_mail, "interval", seconds=DELIVER_TICK_S, next_run_time=start)
            if self.environment.archive_keys is not None:
                scheduler.add_job(self.archive, "interval", seconds=ARCHIVE_TICK_S, next_run_time=start)
            scheduler.start()
            with _logged("the start of the bot"):  # that it can't start stops nothing else
                self.commands.start()
            self.stopping.wait()
            scheduler.shutdown(wait=False)
            self.commands.stop()
            for lock in self._busy.values():
                lock.acquire(timeout=STOP_WITHIN_S / 4)


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
