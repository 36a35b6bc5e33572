"""What docs/subscribing.md and docs/telegram.md show of subscribing is what the program says."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tests.support.site import ORGANISATION, TOPIC
from watcher.cli import app
from watcher.core.filter import Rhythm
from watcher.render.confirmation import Confirmation, confirmation

DOCUMENT = (Path(__file__).parents[1] / "docs" / "subscribing.md").read_text(encoding="utf-8")
MAIL = {
    "WATCHER_SMTP_URL": "smtp+starttls://mail.northmoor.example:587",
    "WATCHER_MAIL_FROM": "watch@northmoor.example",
    "WATCHER_PUBLIC_URL": "https://watch.example",
}


def test_the_session_is_what_the_commands_print(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    config = TOPIC + ORGANISATION.format(id="northmoor", name="Northmoor Care Trust", host="northmoor.example")
    Path("sources.toml").write_text(config, encoding="utf-8")
    session = re.search(r"<!-- session -->\n```text\n(.*?)```", DOCUMENT, re.S)
    assert session is not None
    said = ""
    for line in session[1].splitlines():
        if line.startswith("$ watcher "):
            told = CliRunner().invoke(app, shlex.split(line.removeprefix("$ watcher ")), env=dict(MAIL))
            said += f"{line}\n{told.stdout}"
    assert re.sub(r"\d{4}-\d\d-\d\d", "2026-06-01", said) == session[1]


def test_the_confirmation_is_the_one_that_is_sent() -> None:
    subject, text, _ = confirmation(
        Confirmation(
            topics=("Serenity Integrated Mentoring",),
            rhythm=Rhythm.WEEKLY,
            has_filter=True,
            wants_quiet=False,
            link=f"https://watch.example/confirm/{'a' * 43}",
            until="Monday 8 June 2026, 10:00",
            home="https://watch.example",
            contact="mailto:watch@northmoor.example",
        )
    )
    assert f"```text\nSubject: {subject}\n\n{text}```" in DOCUMENT
