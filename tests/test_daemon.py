"""`watcher run` as a service manager runs it: a process, signals, restarts."""

import json
import re
import signal
import socket
import subprocess
import threading
import time
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer
from werkzeug.wrappers import Request, Response

from tests.bot.test_polling import User, until
from tests.servers.bot_api import TOKEN, BotApi, free_port, telegram_test_api
from tests.servers.smtp import MailServer
from tests.support.archive import KEYS, Archive
from tests.support.site import ORGANISATION, SOURCE, TOPIC, Site, page
from tests.test_walkthrough import Commands
from watcher.store import outbox
from watcher.store.database import open_database, open_read_only, transaction
from watcher.store.outbox import Queued

__all__ = ["telegram_test_api"]


class Output:
    """What a process prints, line by line as it comes."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self.lines: list[str] = []
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        self.lines.extend(iter(self.process.stdout.readline, ""))

    def wait_for(self, words: str, within_s: float = 45) -> str:
        deadline = time.monotonic() + within_s
        while time.monotonic() < deadline:
            for line in list(self.lines):
                if words in line:
                    return line
            time.sleep(0.05)
        raise AssertionError(f"{words!r} was not printed: {self.lines}")

    def stop(self) -> float:
        """Seconds from SIGTERM to the end; the exit code must be 0."""
        began = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        assert self.process.wait(timeout=20) == 0
        self._reader.join(5)
        assert self.process.stdout is not None and self.process.stderr is not None
        self.process.stdout.close()
        self.process.stderr.close()
        return time.monotonic() - began


@pytest.fixture
def site(httpserver: HTTPServer) -> Site:
    return Site(httpserver)


@pytest.fixture
def watcher(site: Site, tmp_path: Path) -> Commands:
    config = TOPIC + ORGANISATION.format(id="northmoor", name="Northmoor Care Trust", host="localhost")
    config += SOURCE.format(id="position", organisation="northmoor", kind="page", url=site.url("/sim"), more="")
    (tmp_path / "sources.toml").write_text(config)
    site.pages["/sim"] = page("Our position", "Serenity Integrated Mentoring is paused at this trust.")
    return Commands(tmp_path / "sources.toml")


@pytest.fixture
def running(watcher: Commands) -> Iterator[list[Output]]:
    started: list[Output] = []
    yield started
    for output in started:
        if output.process.poll() is None:
            output.process.kill()
            output.process.wait()
        for stream in (output.process.stdout, output.process.stderr):
            assert stream is not None
            stream.close()


def start(watcher: Commands, running: list[Output]) -> Output:
    output = Output(watcher.start("run", "--port", "0"))
    running.append(output)
    return output


def test_it_polls_at_once_serves_pages_and_stops_cleanly_on_sigterm(
    site: Site, watcher: Commands, running: list[Output], httpserver: HTTPServer
) -> None:
    httpserver.expect_request(re.compile(".*")).respond_with_handler(site.answer)
    output = start(watcher, running)
    address = output.wait_for("Web view: ").split()[-1]
    output.wait_for("First visit: 1 document")
    with urllib.request.urlopen(f"{address}/healthz", timeout=5) as answer:
        assert b'"status": "ok"' in answer.read()
    assert output.stop() < 10
    output.wait_for("Stopped.")


def test_a_restart_after_downtime_catches_up_once_and_tells_what_was_missed(
    site: Site, watcher: Commands, running: list[Output], httpserver: HTTPServer
) -> None:
    httpserver.expect_request(re.compile(".*")).respond_with_handler(site.answer)
    first = start(watcher, running)
    first.wait_for("First visit: 1 document")
    first.stop()
    site.pages["/sim"] = page("Our position", "Serenity Integrated Mentoring has ended at this trust.")
    db = open_database(watcher.folder / "storage")
    db.execute("UPDATE checks SET next_check_at = '2026-01-01T00:00:00.000000+00:00'")
    db.conn.close()
    second = start(watcher, running)
    second.wait_for("[-is paused-]{+has ended+}")
    second.stop()
    assert site.asked.count("/sim") == 3  # the first visit, the one made up for, and the second look at the edit


def test_a_slow_site_does_not_hold_up_the_stop_and_is_read_after_it(
    site: Site, watcher: Commands, running: list[Output], httpserver: HTTPServer
) -> None:
    asked, answered = threading.Event(), threading.Event()

    def slowly(request: Request) -> Response:
        if request.path == "/sim" and not answered.is_set():
            asked.set()
            answered.wait(30)
        return site.answer(request)

    httpserver.expect_request(re.compile(".*")).respond_with_handler(slowly)
    output = start(watcher, running)
    assert asked.wait(45)
    assert output.stop() < 10
    answered.set()
    db = open_read_only(watcher.folder / "storage")
    assert db.execute("SELECT count(*) FROM versions").fetchone()[0] == 0
    db.conn.close()
    again = start(watcher, running)
    again.wait_for("First visit: 1 document")
    again.stop()


def test_a_port_that_is_taken_is_said_in_one_line(watcher: Commands, httpserver: HTTPServer) -> None:
    process = watcher.start("run", "--port", str(httpserver.port), "--host", "localhost")
    _, err = process.communicate(timeout=60)
    assert process.returncode == 2
    assert "can't listen there" in err and "--port" in err and "Traceback" not in err


def with_bot(watcher: Commands, api_url: str) -> Commands:
    return Commands(
        watcher.folder / "sources.toml",
        WATCHER_TELEGRAM_TOKEN=TOKEN,
        WATCHER_TELEGRAM_CHANNEL="-1004",
        WATCHER_TELEGRAM_API_URL=api_url,
    )


def test_the_bot_answers_subscribers_are_told_and_all_stops_in_time(
    site: Site, watcher: Commands, running: list[Output], httpserver: HTTPServer, telegram_test_api: BotApi
) -> None:
    httpserver.expect_request(re.compile(".*")).respond_with_handler(site.answer)
    output = start(with_bot(watcher, telegram_test_api.api_url), running)
    output.wait_for("First visit: 1 document")
    user = User(telegram_test_api, 6001)
    assert "You follow: ended" in user.answer_to("/follow ended")
    site.pages["/sim"] = page("Our position", "Serenity Integrated Mentoring has ended at this trust.")
    with_bot(watcher, telegram_test_api.api_url)("poll", "--all")
    until(lambda: any("changed its statement" in text for text in user.read()), within_s=60)
    assert output.stop() < 10


def test_a_dead_api_does_not_keep_the_rest_from_running_or_stopping(
    site: Site, watcher: Commands, running: list[Output], httpserver: HTTPServer
) -> None:
    httpserver.expect_request(re.compile(".*")).respond_with_handler(site.answer)
    output = start(with_bot(watcher, f"http://127.0.0.1:{free_port()}/bot"), running)
    output.wait_for("First visit: 1 document")
    assert output.stop() < 10


def with_mail(watcher: Commands, url: str) -> Commands:
    return Commands(
        watcher.folder / "sources.toml",
        WATCHER_SMTP_URL=url,
        WATCHER_MAIL_FROM="Statement watch <watch@northmoor.example>",
        WATCHER_PUBLIC_URL="https://watch.northmoor.example",
    )


def queue(watcher: Commands, *deliveries: Queued) -> None:
    db = open_database(watcher.folder / "storage")
    with transaction(db):
        outbox.queue(db, deliveries, datetime.now(UTC))
    db.conn.close()


def a_confirmation(number: int) -> Queued:
    return Queued(f"confirm:{number}", "email", f"reader{number}@westvale.example", "Please confirm", "Confirm: …\n")


def test_a_mail_server_that_says_nothing_holds_up_no_alert_and_no_stop(
    watcher: Commands, running: list[Output], site: Site, httpserver: HTTPServer
) -> None:
    httpserver.expect_request(re.compile(".*")).respond_with_handler(site.answer)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        mailing = with_mail(watcher, f"smtp://127.0.0.1:{silent.getsockname()[1]}")
        queue(watcher, a_confirmation(1))
        output = start(mailing, running)
        silent.settimeout(45)
        connection, _ = silent.accept()  # mail is being tried, and gets no greeting
        with connection:
            queue(watcher, Queued("alert:1", "console", "-", "Northmoor", "Northmoor Care Trust changed its statement"))
            output.wait_for("Northmoor Care Trust changed its statement")
            assert output.stop() < 10


def test_mail_leaves_by_itself_while_the_watch_runs(
    watcher: Commands, running: list[Output], site: Site, httpserver: HTTPServer, smtp_server: MailServer
) -> None:
    httpserver.expect_request(re.compile(".*")).respond_with_handler(site.answer)
    queue(watcher, a_confirmation(1), a_confirmation(2))
    output = start(with_mail(watcher, smtp_server.url), running)
    db = open_read_only(watcher.folder / "storage")
    until(lambda: outbox.counts(db).get("sent") == 2, within_s=45)
    assert len(smtp_server.taken) == 2
    assert output.stop() < 10
    db.conn.close()


def with_archive(watcher: Commands, archive: Archive) -> Commands:
    keys = {"WATCHER_ARCHIVE_KEYS": archive.keys, "WATCHER_ARCHIVE_URL": archive.url}
    return Commands(watcher.folder / "sources.toml", **watcher.own, **keys)


def look_now(watcher: Commands) -> None:
    """The 20 s after a question are over."""
    db = open_database(watcher.folder / "storage")
    db.execute("UPDATE copies SET next_at = '2026-01-01T00:00:00.000000+00:00' WHERE next_at IS NOT NULL")
    db.conn.close()


def test_copies_are_asked_for_by_a_command_too(site: Site, watcher: Commands, httpserver: HTTPServer) -> None:
    archive = Archive(httpserver, looks=0)
    httpserver.expect_request(re.compile(".*")).respond_with_handler(site.answer)
    watcher("poll")
    refused = watcher.start("archive")
    _, err = refused.communicate(timeout=60)
    assert (refused.returncode, "WATCHER_ARCHIVE_KEYS" in err) == (2, True)
    asking = with_archive(watcher, archive)
    out = asking("archive", "--for", "0")
    assert out == "0 copied, 0 without a copy, 1 to do.\n"
    look_now(watcher)
    found = json.loads(asking("archive", "--json"))
    assert (found["version"], found["page"], found["state"]) == (1, site.url("/sim"), "copied")
    assert found["url"].startswith(f"{archive.url}/web/")
    assert "Archived copy" in asking("show", "c-1")
    assert asking("archive") == "1 copied, 0 without a copy, 0 to do.\n"
    archive.keys = "others:keys"
    site.pages["/sim"] = page("Our position", "Serenity Integrated Mentoring has ended at this trust.")
    watcher("poll", "--all")
    wrong = asking.start("archive", "--for", "0")
    out, err = wrong.communicate(timeout=60)
    assert (wrong.returncode, "does not take WATCHER_ARCHIVE_KEYS" in err, "swordfish" in out + err) == (1, True, False)
    archive.keys = KEYS
    assert asking("archive", "--for", "0") == "1 copied, 0 without a copy, 1 to do.\n"
    look_now(watcher)
    line, total = asking("archive").splitlines()  # as docs/archive.md shows it
    assert re.fullmatch(rf"{site.url('/sim')}   copied: {archive.url}/web/\d{{14}}/{site.url('/sim')}", line)
    assert total == "2 copied, 0 without a copy, 0 to do."


def test_the_message_that_is_out_names_the_copy(
    site: Site, watcher: Commands, running: list[Output], httpserver: HTTPServer, telegram_test_api: BotApi
) -> None:
    archive = Archive(httpserver, looks=0)
    httpserver.expect_request(re.compile(".*")).respond_with_handler(site.answer)
    watcher("poll")
    site.pages["/sim"] = page("Our position", "Serenity Integrated Mentoring has ended at this trust.")
    with_bot(watcher, telegram_test_api.api_url)("poll", "--all")
    output = start(with_archive(with_bot(watcher, telegram_test_api.api_url), archive), running)

    def settled() -> bool:
        db = open_read_only(watcher.folder / "storage")
        try:
            rows = db.execute("SELECT key, state, body FROM deliveries ORDER BY id").fetchall()
        finally:
            db.conn.close()
        return [row[1] for row in rows] == ["sent", "sent"] and "Archived copy" in rows[1][2]

    until(settled, within_s=90)
    assert [form["url"] for form in archive.asked] == [site.url("/sim")]
    assert "swordfish" not in "".join(output.lines)
    assert output.stop() < 10
