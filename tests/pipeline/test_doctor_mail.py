"""What `watcher doctor` says of mail: it goes as far as MAIL FROM and sends nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.notify.mails import SENDER
from tests.servers.bot_api import free_port
from tests.servers.smtp import MailServer
from watcher.config.environment import Environment
from watcher.pipeline.doctor import Finding, examine


def findings(tmp_path: Path, **fields: Any) -> dict[str, Finding]:
    given = {"config": tmp_path / "none.toml", "storage": tmp_path / "storage"} | fields
    environment = Environment(_env_file=None, telegram_token=None, **given)
    return {one.check: one for one in examine(environment) if one.check.startswith("mail")}


def test_a_server_that_takes_our_mail_is_good_and_gets_none(tmp_path: Path, smtp_server: MailServer) -> None:
    found = findings(tmp_path, smtp_url=smtp_server.url, mail_from=SENDER, public_url="https://watch.northmoor.example")
    assert [one.level for one in found.values()] == ["good", "good", "note"]
    assert found["mail"].says == f"{smtp_server.url}, takes mail from watch@northmoor.example"
    assert "WATCHER_DKIM_KEY" in found["mail signature"].says
    assert smtp_server.taken == []


@pytest.mark.parametrize(
    ("fields", "check", "level", "says"),
    [
        ({}, "mail", "note", "nobody can subscribe by e-mail"),
        ({"mail_from": SENDER}, "mail", "bad", "WATCHER_SMTP_URL is not"),
        ({"smtp_url": "smtps://localhost"}, "mail", "bad", "WATCHER_MAIL_FROM is not"),
        ({"smtp_url": "smtp://127.0.0.1:{port}", "mail_from": SENDER}, "mail", "bad", "is the server up"),
        ({"smtp_url": "smtp://127.0.0.1:{port}", "mail_from": SENDER}, "mail links", "bad", "WATCHER_PUBLIC_URL"),
        (
            {
                "smtp_url": "smtp://127.0.0.1:{port}",
                "mail_from": SENDER,
                "public_url": "http://watch.northmoor.example",
            },
            "mail links",
            "note",
            "is not https",
        ),
        (
            {"smtp_url": "smtps://localhost", "mail_from": SENDER, "dkim_key_file": "/none", "dkim_selector": "watch"},
            "mail",
            "bad",
            "WATCHER_DKIM_KEY_FILE: /none can't be read: No such file",
        ),
    ],
)
def test_what_is_missing_is_named(tmp_path: Path, fields: dict[str, Any], check: str, level: str, says: str) -> None:
    filled = {name: value.format(port=free_port()) for name, value in fields.items()}
    found = findings(tmp_path, **filled)[check]
    assert found.level == level
    assert says in found.says
