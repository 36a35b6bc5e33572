"""10,000 digests through the outbox, beside a loop that hands ready-made mails to the same server."""

from __future__ import annotations

import asyncio
import json
import os
import smtplib
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import count
from pathlib import Path

from bench.measure import ROOT, BenchError, python
from bench.rows import Row, Subject
from bench.workshop import Workshop

MAILS = 10_000
SLOW_MAILS, SLOW_S = 400, 0.02
_WITHIN_S = 30.0
_SETTINGS = """
[settings]
mail_per_minute = 0

[[topic]]
id = "steps"
name = "Steady Steps"
terms = ["Steady Steps Mentoring"]
"""
_TEXT = "Week 24, 8 to 14 June 2026. Westvale network ended its scheme.\n\n" * 40
_HTML = "<p>Week 24. Westvale network <b>ended</b> its scheme.</p>\n" * 400  # 23 kB, as a digest of a busy week


def made_subjects(workshop: Workshop, mails: int, delay_s: float) -> Sequence[Subject]:
    """The bare loop, and `watcher deliver`, each with a server and a store of its own in each run."""
    numbers = count()

    def bare() -> Mapping[str, float]:
        with _server(workshop.place(f"mail-{mails}-{next(numbers)}"), delay_s) as served:
            found = python("bench.rows.mail", "bare", str(served.port), str(mails))
            return served.checked(found.numbers, mails)

    def watcher() -> Mapping[str, float]:
        folder = workshop.place(f"mail-{mails}-{next(numbers)}")
        config = folder / "sources.toml"
        config.write_text(_SETTINGS)
        python("bench.rows.mail", "fill", folder, str(mails))
        with _server(folder, delay_s) as served:
            mail = {
                "WATCHER_SMTP_URL": f"smtp://127.0.0.1:{served.port}",
                "WATCHER_MAIL_FROM": "Statement watch <watch@northmoor.example>",
                "WATCHER_PUBLIC_URL": "https://watch.northmoor.example",
            }
            found = python("watcher", "deliver", "--config", config, "--storage", folder, env=mail)
            return served.checked(found.numbers, mails)

    return [Subject("smtplib, ready-made mails", bare), Subject("watcher deliver", watcher)]


class _Served:
    """A server in a process of its own, which counts what it took."""

    def __init__(self, port: int, folder: Path, process: subprocess.Popen[bytes]) -> None:
        self.port, self._folder, self._process = port, folder, process

    def checked(self, numbers: Mapping[str, float], mails: int) -> Mapping[str, float]:
        """The numbers, the time first. Raises BenchError unless every reader got one mail."""
        self._process.terminate()
        self._process.wait()
        taken = json.loads((self._folder / "taken.json").read_text())
        if taken != {"mails": mails, "readers": mails}:
            raise BenchError(f"the mail server took {taken} where {mails} mails should be")
        return {name: numbers[name] for name in ("wall_s", "cpu_s", "peak_mb")}


@contextmanager
def _server(folder: Path, delay_s: float) -> Iterator[_Served]:
    port_file = folder / "port"
    command = [sys.executable, "-m", "bench.rows.mail", "serve", str(folder), str(delay_s)]
    process = subprocess.Popen(command, cwd=ROOT)
    try:
        until = time.monotonic() + _WITHIN_S
        while not port_file.exists():
            if process.poll() is not None or time.monotonic() > until:
                raise BenchError("the mail server of the bench did not start")
            time.sleep(0.02)
        yield _Served(int(port_file.read_text()), folder, process)
    finally:
        process.terminate()
        process.wait()


async def serve(folder: Path, delay_s: float) -> None:
    """aiosmtpd until SIGTERM; each answer to MAIL, RCPT and the text takes `delay_s`."""
    import signal

    from aiosmtpd.smtp import SMTP, Envelope, Session

    readers: list[str] = []

    class Handler:
        async def handle_MAIL(  # noqa: N802
            self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
        ) -> str:
            await asyncio.sleep(delay_s)
            envelope.mail_from = address
            return "250 OK"

        async def handle_RCPT(  # noqa: N802
            self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
        ) -> str:
            await asyncio.sleep(delay_s)
            envelope.rcpt_tos.append(address)
            return "250 OK"

        async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
            await asyncio.sleep(delay_s)
            readers.extend(envelope.rcpt_tos)
            return "250 kept"

    loop, stopped = asyncio.get_running_loop(), asyncio.Event()
    loop.add_signal_handler(signal.SIGTERM, stopped.set)
    listening = await loop.create_server(lambda: SMTP(Handler(), loop=loop), "127.0.0.1", 0)
    (folder / "port.new").write_text(str(listening.sockets[0].getsockname()[1]))
    (folder / "port.new").rename(folder / "port")
    await stopped.wait()
    (folder / "taken.json").write_text(json.dumps({"mails": len(readers), "readers": len(set(readers))}))
    os._exit(0)


def fill(storage: Path, mails: int) -> None:
    """A store with so many readers, and a digest waiting for each."""
    from datetime import UTC, datetime

    from watcher.core.filter import Rhythm
    from watcher.store import outbox, subscribers
    from watcher.store.database import open_database, transaction

    now, db = datetime.now(UTC), open_database(storage)
    with transaction(db):
        letter = outbox.keep_letter(db, "Week 24", *_parts(), now)
        for number in range(mails):
            address = f"reader{number}@westvale.example"
            known = subscribers.ensure(db, address, address, f"token-{number}", now)
            subscribers.begin(db, known, "", Rhythm.WEEKLY, now, wants_quiet=False)
            outbox.queue(db, [outbox.Queued(f"digest:{number}", "email", address, "", "", letter_id=letter)], now)
    db.conn.close()


def _parts() -> tuple[str, str]:
    from watcher.core.model import LEAVE_URL

    return _TEXT + LEAVE_URL, f'{_HTML}<a href="{LEAVE_URL}">Leave</a>'


def bare(port: int, mails: int) -> None:
    """One connection, one mail made once, and smtplib."""
    from email.message import EmailMessage
    from email.policy import SMTP

    message = EmailMessage(SMTP)
    message["Subject"], message["From"], message["To"] = "Week 24", "watch@northmoor.example", "reader@westvale.example"
    message.set_content(_TEXT)
    message.add_alternative(_HTML, subtype="html")
    content = message.as_bytes()
    with smtplib.SMTP("127.0.0.1", port) as server:
        for number in range(mails):
            server.sendmail("watch@northmoor.example", f"reader{number}@westvale.example", content)


ROW = Row("mail", f"{MAILS:,} digests to a mail server", lambda workshop: made_subjects(workshop, MAILS, 0.0))
SLOW_ROW = Row(
    "mail-slow",
    f"{SLOW_MAILS} digests to a mail server that takes {SLOW_S * 1000:.0f} ms for each answer",
    lambda workshop: made_subjects(workshop, SLOW_MAILS, SLOW_S),
)

if __name__ == "__main__":
    match sys.argv[1:]:
        case ["serve", folder, delay]:
            asyncio.run(serve(Path(folder), float(delay)))
        case ["fill", folder, number]:
            fill(Path(folder), int(number))
        case ["bare", port, number]:
            bare(int(port), int(number))
