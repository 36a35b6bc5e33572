"""`watcher subscribers …` as a maintainer types it."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from tests.support.site import ORGANISATION, TOPIC
from watcher.cli import app
from watcher.core.errors import WatcherError
from watcher.store.database import open_database

ADA = "Ada.Hale@northmoor.example"
MAIL = {
    "WATCHER_SMTP_URL": "smtp+starttls://reader:secret-word@mail.northmoor.example:587",
    "WATCHER_MAIL_FROM": "watch@northmoor.example",
    "WATCHER_PUBLIC_URL": "https://watch.example",
}


class Commands:
    """The command over a folder, with an environment of its own."""

    def __init__(self, folder: Path, **variables: str) -> None:
        self.folder = folder
        self.environment = {key: None for key in os.environ if key.startswith("WATCHER_")} | variables
        config = TOPIC + ORGANISATION.format(id="northmoor", name="Northmoor Care Trust", host="northmoor.example")
        (folder / "sources.toml").write_text(config, encoding="utf-8")

    def __call__(self, *words: str, status: int = 0) -> str:
        common = ["--config", str(self.folder / "sources.toml"), "--storage", str(self.folder / "storage")]
        done = CliRunner().invoke(app, ["subscribers", *words, *common], env=self.environment)
        told, code = done.stdout, done.exit_code
        if isinstance(done.exception, WatcherError):  # main() prints it
            told, code = str(done.exception), done.exception.exit_code
        elif code == 2:
            told = done.stderr
        assert code == status, (words, told, done.exception)
        assert "secret-word" not in done.output + told
        return told

    def rows(self, table: str) -> list[dict[str, Any]]:
        db = open_database(self.folder / "storage")
        try:
            return list(db.table(table).rows)
        finally:
            db.close()


@pytest.fixture
def watcher(tmp_path: Path) -> Commands:
    return Commands(tmp_path, **MAIL)


def test_add_queues_a_confirmation_that_subscribes_nobody_yet(watcher: Commands) -> None:
    told = watcher("add", ADA, "--filter", "ended kind:trust", "--rhythm", "daily")
    assert f"A confirmation for {ADA} (ended kind:trust, daily) is in the outbox." in told
    (mail,) = watcher.rows("deliveries")
    assert re.search(r"https://watch\.example/confirm/[\w-]{43}\n", mail["body"])
    assert "pending  " in watcher("list")
    (line,) = watcher("list", "--json").splitlines()
    assert json.loads(line)["follows"] == []


def test_what_is_held_is_listed_exported_and_erased_whole(watcher: Commands) -> None:
    watcher("add", ADA, "--confirmed", "--filter", "ended")
    watcher("add", "ben@northmoor.example", "--confirmed", "--quiet-weeks")
    listed = watcher("list")
    assert "active   " in listed
    assert ADA in listed
    assert "ended: weekly" in listed
    assert "everything: weekly, quiet ones too" in listed
    held = json.loads(watcher("export", ADA.lower()))
    assert (held["address"], held["subscriptions"][0]["filter"]) == (ADA, "ended")
    token = watcher.rows("subscribers")[0]["leave_token"]
    assert token not in json.dumps(held)
    assert [json.loads(line)["address"] for line in watcher("export", "--json").splitlines()] == [
        ADA,
        "ben@northmoor.example",
    ]
    assert f"Erased: {ADA}" in watcher("erase", ADA)
    for table in ("subscribers", "subscriptions", "invitations", "deliveries"):
        assert "hale" not in str(watcher.rows(table)).casefold()
    assert [(row["how"], row["count"]) for row in watcher.rows("departures")] == [("erased", 1)]
    assert "nothing is kept about it" in watcher("erase", ADA, status=1)
    assert "nothing is kept about it" in watcher("export", ADA, status=1)


def test_a_complaint_pauses_an_address_until_it_is_resumed(watcher: Commands) -> None:
    watcher("add", ADA, "--confirmed")
    assert f"Paused: {ADA}" in watcher("pause", ADA.lower(), "--reason", "a complaint of 3 June")
    assert "(a complaint of 3 June)" in watcher("list")
    assert "nothing to pause, it is paused" in watcher("pause", ADA, status=1)
    assert f"Resumed: {ADA}" in watcher("resume", ADA)
    assert "nothing to resume, it is active" in watcher("resume", ADA, status=1)
    assert "nothing is kept about it" in watcher("pause", "ben@northmoor.example", status=1)
    assert [(row["how"], row["count"]) for row in watcher.rows("departures")] == [("complained", 1)]


def test_what_is_wrong_is_named(watcher: Commands) -> None:
    assert "an address has one @ in it" in watcher("add", "ada@@northmoor", status=2)
    assert '(did you mean "northmoor"?)' in watcher("add", ADA, "--filter", "org:nothmoor", status=2)
    assert '"at-once" is not offered' in watcher("add", ADA, "--filter", "ended at-once", status=2)
    assert "--rhythm" in watcher("add", ADA, "--rhythm", "hourly", status=2)
    for _ in range(3):
        watcher("add", ADA)
    assert "try again tomorrow" in watcher("add", ADA, status=1)


def test_without_a_mail_server_the_missing_variables_are_named(tmp_path: Path) -> None:
    watcher = Commands(tmp_path, WATCHER_PUBLIC_URL="https://watch.example")
    told = watcher("add", ADA, status=2)
    assert "WATCHER_SMTP_URL: not set" in told
    assert "WATCHER_MAIL_FROM: not set" in told
    assert "WATCHER_PUBLIC_URL" not in told
    assert "nothing recorded yet" in watcher("list", status=1)
    assert "Subscribed: " in watcher("add", ADA, "--confirmed")
