"""`watcher deliver`, killed again and again while it tells three channels of many alerts.

    python -m tests.pipeline.crash_delivery [--alerts 200] [--seed 7] [--window-ms 50]

The channels are a Telegram chat, a chat service through apprise and a webhook, each over real HTTP. Python
takes longer than 50 ms to start, so a process with everything imported forks the command for each life, and
the window in which it is killed (SIGKILL, at a random moment) begins with its first request.
"""

# ruff: noqa: T201 - it prints what it found
from __future__ import annotations

import argparse
import base64
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import IO, Any
from urllib.parse import parse_qsl

from tests.pipeline.long_delivery import START
from tests.render.alerts import an_alert
from tests.servers.bot_api import TOKEN
from tests.support.site import TOPIC
from watcher.render import RENDERERS
from watcher.store import outbox
from watcher.store.database import open_database, transaction
from watcher.store.outbox import Queued

CHAT, SERVICE, PROGRAM = ("telegram", "-1001"), ("apprise", "team"), ("webhook", "archive")
CHANNELS = (CHAT, SERVICE, PROGRAM)


@dataclass
class Arrived:
    """One message that a channel took."""

    number: int  # of the alert
    is_marked: bool  # as a possible repeat
    message_id: str = ""  # of a webhook


@dataclass
class Channels:
    """The far ends, and what they took in the order in which it came."""

    port: int = 0
    took: dict[str, list[Arrived]] = field(default_factory=lambda: {name: [] for name, _ in CHANNELS})
    first: threading.Event = field(default_factory=threading.Event)  # a request has come
    lock: threading.Lock = field(default_factory=threading.Lock)
    in_hand: int = 0

    def take(self, path: str, headers: Any, body: bytes) -> bytes:
        """Keep what came, and answer as that channel does."""
        if path.startswith("/bot"):
            text = dict(parse_qsl(body.decode()))["text"]
            self._keep("telegram", Arrived(int(text.rpartition("c-")[2]), "Possible repeat" in text))
            chat = {"id": -1001, "type": "channel", "title": "A channel"}
            number = len(self.took["telegram"])
            return json.dumps({"ok": True, "result": {"message_id": number, "date": 1, "chat": chat}}).encode()
        told = json.loads(body)
        if path == "/chat":
            text = told["message"]
            self._keep("apprise", Arrived(int(text.rpartition("c-")[2]), "Possible repeat" in text))
        else:
            number = int(told["data"]["id"].removeprefix("c-"))
            self._keep("webhook", Arrived(number, False, headers["webhook-id"]))
        return b"{}"

    def _keep(self, channel: str, arrived: Arrived) -> None:
        with self.lock:
            self.took[channel].append(arrived)
        self.first.set()

    def settle(self) -> None:
        """Wait until every request that was sent before this call has been dealt with."""
        urllib.request.urlopen(f"http://127.0.0.1:{self.port}/", timeout=10).close()  # accepted after them
        deadline = time.monotonic() + 10
        while self.in_hand and time.monotonic() < deadline:
            threading.Event().wait(0.001)


@contextmanager
def serving() -> Iterator[Channels]:
    """The three channels on loopback."""
    channels = Channels()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True
        wbufsize = -1

        def setup(self) -> None:
            super().setup()
            self.connection.settimeout(5)

        def do_GET(self) -> None:
            self._answer(b"")

        def do_POST(self) -> None:
            with channels.lock:
                channels.in_hand += 1
            try:
                length = int(self.headers["Content-Length"])
                body = self.rfile.read(length)
                if len(body) == length:  # else the sender died while it wrote
                    self._answer(channels.take(self.path, self.headers, body))
            except OSError:  # it died before it read the answer
                self.close_connection = True
            finally:
                with channels.lock:
                    channels.in_hand -= 1

        def _answer(self, body: bytes) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def handle_one_request(self) -> None:
            try:
                super().handle_one_request()
            except OSError:
                self.close_connection = True

        def log_message(self, *arguments: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    channels.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield channels
    finally:
        server.shutdown()
        server.server_close()
        thread.join(10)


@dataclass
class Lives:
    """What became of a run."""

    alerts: int
    kills: int = 0
    ends: int = 0  # lives that ended by themselves
    seconds: float = 0.0
    took: dict[str, list[Arrived]] = field(default_factory=dict)
    states: dict[str, int] = field(default_factory=dict)

    @property
    def copies(self) -> int:
        """How many messages came more than once."""
        return sum(map(len, self.took.values())) - self.alerts * len(CHANNELS)

    def faults(self) -> list[str]:
        """What is not as it should be; empty after a good run."""
        found = []
        for channel, arrived in self.took.items():
            numbers = [one.number for one in arrived]
            if missing := set(range(self.alerts)) - set(numbers):
                found.append(f"{channel}: never arrived: {sorted(missing)}")
            if numbers != sorted(numbers):
                found.append(f"{channel}: out of order")
            for number, count in Counter(numbers).items():
                copies = [one for one in arrived if one.number == number]
                is_known = len({one.message_id for one in copies}) == 1 and channel == "webhook"
                if count - 1 > sum(one.is_marked for one in copies) and not is_known:
                    found.append(f"{channel}: alert {number} came {count} times, and not all copies say so")
        if self.states != {"sent": self.alerts * len(CHANNELS)}:
            found.append(f"the outbox: {self.states}")
        return found


def run(folder: Path, alerts: int, seed: int, window_s: float) -> Lives:
    """Queue the alerts, let `watcher deliver` live and die until all is sent, and look at what arrived."""
    lives, chance = Lives(alerts), random.Random(seed)
    _queue(folder / "storage", alerts)
    (folder / "sources.toml").write_text(TOPIC)
    started = time.monotonic()
    with serving() as channels, _warm(folder, channels.port) as (ask, answer):
        while _waiting(folder / "storage"):
            channels.first.clear()
            ask.write("go\n")
            ask.flush()
            child = int(answer.readline())
            killer = threading.Thread(target=_kill_later, args=(channels, child, chance.uniform(0, window_s)))
            killer.start()
            ask.write("wait\n")
            ask.flush()
            was_killed = os.WIFSIGNALED(int(answer.readline()))
            channels.first.set()  # if it found nothing to send, nobody waits for its first request
            killer.join()
            lives.kills += was_killed
            lives.ends += not was_killed
            channels.settle()
        lives.took = channels.took
    lives.seconds = time.monotonic() - started
    db = open_database(folder / "storage")
    lives.states = outbox.counts(db)
    db.conn.close()
    return lives


def _kill_later(channels: Channels, child: int, after_s: float) -> None:
    channels.first.wait(30)
    threading.Event().wait(after_s)
    try:
        os.kill(child, signal.SIGKILL)
    except ProcessLookupError:  # it had finished
        return


def _queue(storage: Path, alerts: int) -> None:
    db = open_database(storage)
    db.execute("PRAGMA foreign_keys = OFF")  # the changes that the alerts tell of are not recorded
    with transaction(db):
        for number in range(alerts):
            alert = an_alert(number=f"c-{number}")
            outbox.queue(
                db,
                [
                    Queued(f"alert:{number}:{name}:{to}", name, to, "News", RENDERERS[name](alert), number)
                    for name, to in CHANNELS
                ],
                START,
            )
    db.conn.close()


def _waiting(storage: Path) -> int:
    db = open_database(storage)
    try:
        return outbox.waiting(db)
    finally:
        db.conn.close()


@contextmanager
def _warm(folder: Path, port: int) -> Iterator[tuple[IO[str], IO[str]]]:
    """The process that forks the command; what it is asked through, and what it answers through."""
    variables = {
        "WATCHER_CONFIG": str(folder / "sources.toml"),
        "WATCHER_STORAGE": str(folder / "storage"),
        "WATCHER_TELEGRAM_TOKEN": TOKEN,
        "WATCHER_TELEGRAM_CHANNEL": CHAT[1],
        "WATCHER_TELEGRAM_API_URL": f"http://127.0.0.1:{port}/bot",
        "WATCHER_ALERT_URLS": f"team=json://127.0.0.1:{port}/chat",
        "WATCHER_WEBHOOK_URLS": f"archive=http://127.0.0.1:{port}/hook",
        "WATCHER_WEBHOOK_SECRET": "whsec_" + base64.b64encode(b"s" * 32).decode(),
        "WATCHER_ALLOW_PRIVATE_HOSTS": "127.0.0.1",
        "WATCHER_LEASE_S": "0.01",  # one sender lives at a time, so a lease need not outlast it
    }
    with (folder / "lives.log").open("w") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.pipeline.warm_sender"],
            env={**os.environ, **variables},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            cwd=Path(__file__).parents[2],
        )
        assert process.stdin is not None and process.stdout is not None
        try:
            assert process.stdout.readline().strip() == "ready", (folder / "lives.log").read_text()
            yield process.stdin, process.stdout
        finally:
            process.stdin.close()
            process.wait(timeout=30)
            process.stdout.close()


def main() -> None:
    """Run as asked, and print what happened."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--alerts", type=int, default=200)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--window-ms", type=float, default=50.0)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        lives = run(Path(folder), asked.alerts, asked.seed, asked.window_ms / 1000)
    print(f"{asked.alerts} alerts to {len(CHANNELS)} channels in {lives.seconds:.0f} s: {lives.kills} kills")
    print(f"the outbox: {lives.states}; {lives.copies} messages came again")
    print("\n".join(lives.faults()) or "Every alert is in every channel, in order; every copy says what it is.")


if __name__ == "__main__":
    main()
