"""Many alerts to several chats through the real outbox and the real notifier, while the server misbehaves.

    python -m tests.pipeline.long_delivery [--alerts 1000] [--chats 3] [--seed 7] [--resends 4]

The server answers 429 with a wait to one call in ten, and breaks one connection in twenty: half of
them before it took the message, half after. The clock is made: where all chats must wait, it goes on
to the next moment at which something is due, so an hour of Telegram's limits passes in a minute.
"""

# ruff: noqa: T201 - it prints what it found
from __future__ import annotations

import argparse
import random
import tempfile
from collections import Counter
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlite_utils import Database

from tests.render.alerts import an_alert
from tests.servers.bot_api import TOKEN, FaultServer, Reply, refused, serving_faults
from watcher.notify.telegram import TelegramNotifier
from watcher.pipeline.deliver import deliver
from watcher.render import RENDERERS
from watcher.store import outbox, settling
from watcher.store.database import instant, open_database, transaction
from watcher.store.outbox import Queued

START = datetime(2026, 6, 1, 9, 0, tzinfo=UTC)
BUSY, BROKEN = 0.10, 0.05
LEASE_S = 120
_REPEAT = "<b>Possible repeat of alert "


@dataclass
class Day:
    """What became of a run."""

    alerts: int
    chats: tuple[str, ...]
    took: timedelta = timedelta()  # on the made clock
    calls: int = 0
    told: dict[str, list[int]] = field(default_factory=dict)  # chat -> numbers of the alerts it holds, in order
    marked: dict[str, list[int]] = field(default_factory=dict)  # of these, the ones headed as a possible repeat
    doubted: set[tuple[str, int]] = field(default_factory=set)  # chat and alert
    waits: int = 0  # times that the server asked for
    states: dict[str, int] = field(default_factory=dict)

    def faults(self) -> list[str]:
        """What is not as it should be; empty after a good run."""
        wanted, found = set(range(self.alerts)), []
        for chat in self.chats:
            told, marked = self.told.get(chat, []), Counter(self.marked.get(chat, []))
            if missing := wanted - set(told):
                found.append(f"{chat}: never arrived: {sorted(missing)}")
            if told != sorted(told):
                found.append(f"{chat}: out of order")
            for number, count in Counter(told).items():
                if count - 1 > marked[number]:
                    found.append(f"{chat}: alert {number} is there {count} times, {marked[number]} marked")
            if stray := {number for number in marked if (chat, number) not in self.doubted}:
                found.append(f"{chat}: marked without a doubt: {sorted(stray)}")
        return found


def run(storage: Path, alerts: int, chats: int, seed: int) -> Day:
    """Queue, deliver until nothing waits, and look at what the server took."""
    day = Day(alerts, tuple(f"-100{number}" for number in range(1, chats + 1)))
    now = [START]
    db = open_database(storage)
    db.execute("PRAGMA foreign_keys = OFF")  # the changes that the alerts tell of are not recorded
    _queue(db, day)
    with serving_faults() as server, closing(db.conn):
        server.choose = _bad_day(day, random.Random(seed))
        clock = lambda: (now[0] - START).total_seconds()  # noqa: E731
        with closing(TelegramNotifier(TOKEN, server.api_url, clock=clock)) as notifier:
            while outbox.waiting(db):
                _once_through(db, notifier, now, day)
                now[0] = max(_next_due(db) or now[0], now[0] + timedelta(milliseconds=1))
        day.took, day.calls, day.states = now[0] - START, len(server.calls), outbox.counts(db)
        _read(day, server)
    return day


def _queue(db: Database, day: Day) -> None:
    with transaction(db):
        for number in range(day.alerts):
            body = RENDERERS["telegram"](an_alert(number=f"c-{number}"))
            keys = ((f"alert:{number}:telegram:{chat}", chat) for chat in day.chats)
            outbox.queue(db, [Queued(key, "telegram", chat, "News", body, number) for key, chat in keys], START)


def _bad_day(day: Day, chance: random.Random):  # type: ignore[no-untyped-def]
    def choose(_number: int) -> Reply:
        luck = chance.random()
        if luck < BUSY:
            day.waits += 1
            return refused(429, "Too Many Requests: retry later", retry_after=chance.randint(1, 30))
        if luck < BUSY + BROKEN / 2:
            return Reply(status=0, is_cut=True)  # before the message was taken
        return Reply(is_cut=True) if luck < BUSY + BROKEN else Reply()

    return choose


def _once_through(db: Database, notifier: TelegramNotifier, now: list[datetime], day: Day) -> None:
    for settled in deliver(db, {"telegram": notifier}, lambda: now[0], LEASE_S):
        if type(settled.receipt).__name__ == "InDoubt":
            assert settled.delivery.change_id is not None
            day.doubted.add((settled.delivery.address, settled.delivery.change_id))


def _next_due(db: Database) -> datetime | None:
    """When the first of the chats may be written to again; those behind the first of a chat wait for it."""
    sql = (
        "SELECT min(not_before) FROM deliveries WHERE id IN"
        " (SELECT min(id) FROM deliveries WHERE state = 'waiting' GROUP BY address)"
    )
    return instant(db.execute(sql).fetchone()[0])


def _read(day: Day, server: FaultServer) -> None:
    for call in server.taken:
        number = int(call["text"].rpartition("c-")[2])
        day.told.setdefault(call["chat_id"], []).append(number)
        if call["text"].startswith(_REPEAT):
            day.marked.setdefault(call["chat_id"], []).append(number)


def main() -> None:
    """Run as asked, and print what happened."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--alerts", type=int, default=1000)
    parser.add_argument("--chats", type=int, default=3)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--resends", type=int, default=len(settling.RESEND_AFTER_S), help="of a doubtful message")
    asked = parser.parse_args()
    settling.RESEND_AFTER_S = settling.RESEND_AFTER_S[: asked.resends]
    with tempfile.TemporaryDirectory() as folder:
        day = run(Path(folder), asked.alerts, asked.chats, asked.seed)
    copies = sum(map(len, day.told.values()))
    print(f"{asked.alerts} alerts to {asked.chats} chats: {day.calls} calls in {day.took} of the made clock")
    print(f"{day.waits} waits asked for, {len(day.doubted)} messages in doubt; the outbox: {day.states}")
    print(f"{copies} messages arrived, {sum(map(len, day.marked.values()))} of them marked as a possible repeat")
    print(
        "\n".join(day.faults()) or "Every alert is in every chat, in order; only doubtful ones are there twice, marked."
    )


if __name__ == "__main__":
    main()
