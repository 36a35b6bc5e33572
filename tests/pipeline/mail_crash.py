"""`watcher deliver` killed again and again while it sends mail. By hand: python -m tests.pipeline.mail_crash 1000"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from tests.notify.mails import HTML, SENDER, TEXT
from tests.servers.smtp import MailServer, serving
from tests.support.site import ORGANISATION, TOPIC
from watcher.core.filter import Rhythm
from watcher.store import outbox, subscribers
from watcher.store.database import open_database, transaction
from watcher.store.outbox import Queued

ROOT = Path(__file__).parents[2]
CONNECTIONS = 4


@dataclass(frozen=True)
class Outcome:
    """What readers got: copies of each mail by reader, ids by reader, and the outbox at the end."""

    kills: int
    copies: Counter[str]
    ids: dict[str, set[str]]
    states: dict[str, int]


def queue_digests(folder: Path, readers: int) -> None:
    """So many readers, and a digest for each."""
    now = datetime.now(UTC)
    db = open_database(folder / "storage")
    with transaction(db):
        letter = outbox.keep_letter(db, "Week 24", TEXT, HTML, now)
        for number in range(readers):
            address = f"reader{number}@westvale.example"
            known = subscribers.ensure(db, address, address, f"token-{number}", now)
            subscribers.begin(db, known, "", Rhythm.WEEKLY, now, wants_quiet=False)
            outbox.queue(db, [Queued(f"digest:{number}:2026-W24", "email", address, "", "", letter_id=letter)], now)
    db.conn.close()
    settings = f"[settings]\nmail_per_minute = 0\nmail_connections = {CONNECTIONS}\n"
    topic = TOPIC.replace("[settings]\n", settings)
    organisation = ORGANISATION.format(id="northmoor", name="Northmoor Care Trust", host="127.0.0.1")
    (folder / "sources.toml").write_text(topic + organisation)


def run(folder: Path, readers: int, seed: int, most_between_kills: int) -> Outcome:
    """Send all of it, dying after every 1 to `most_between_kills` mails, in the middle of whatever comes then."""
    chance = random.Random(seed)
    queue_digests(folder, readers)
    kills = 0
    with serving() as server:
        while True:
            process = _deliver(folder, server)
            due = len(server.taken) + chance.randint(1, most_between_kills)
            while process.poll() is None and len(server.taken) < due:
                time.sleep(0.001)
            time.sleep(chance.random() * 0.02)
            if process.poll() is None:
                os.kill(process.pid, signal.SIGKILL)
                kills += 1
            process.wait()
            if process.returncode == 0 and _waiting(folder) == 0:
                break
            assert process.returncode in (0, -signal.SIGKILL), f"seed {seed}: {(folder / 'errors.txt').read_text()}"
        taken = list(server.taken)
    ids: dict[str, set[str]] = {}
    for one in taken:
        ids.setdefault(one.recipients[0], set()).add(one.message["Message-ID"])
    db = open_database(folder / "storage")
    states = outbox.counts(db)
    db.conn.close()
    return Outcome(kills, Counter(one.recipients[0] for one in taken), ids, states)


def _deliver(folder: Path, server: MailServer) -> subprocess.Popen[bytes]:
    inherited = {key: value for key, value in os.environ.items() if not key.startswith("WATCHER_")}
    own = {
        "PYTHONPATH": str(ROOT),
        "WATCHER_SMTP_URL": server.url,
        "WATCHER_MAIL_FROM": SENDER,
        "WATCHER_PUBLIC_URL": "https://watch.northmoor.example",
        "WATCHER_LEASE_S": "0.1",  # the next process takes over at once what the last one had in hand
    }
    command = [sys.executable, "-m", "watcher", "deliver"]
    with (folder / "errors.txt").open("ab") as errors:
        return subprocess.Popen(command, cwd=folder, env=inherited | own, stderr=errors)


def _waiting(folder: Path) -> int:
    db = open_database(folder / "storage")
    left = outbox.waiting(db)
    db.conn.close()
    return left


def main(readers: int) -> None:
    """Run it and say what became of it."""
    seed = random.randrange(10_000)
    with tempfile.TemporaryDirectory() as folder:
        found = run(Path(folder), readers, seed, most_between_kills=60)
    repeated = sum(copies > 1 for copies in found.copies.values())
    several = sum(len(ids) > 1 for ids in found.ids.values())
    says = f"seed {seed}: {found.kills} kills; {len(found.copies)} of {readers} readers got their digest,"
    sys.stdout.write(f"{says} {found.states}; {repeated} got it again as the same message, {several} as another one\n")
    assert len(found.copies) == readers and several == 0 and found.states == {"sent": readers}


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000)
