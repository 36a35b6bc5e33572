"""The whole way of a reader by e-mail: form, confirmation, digest, one click, silence; by a mail server not ours."""

from __future__ import annotations

import email
import email.policy
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from starlette.testclient import TestClient

from tests.servers.bot_api import free_port
from tests.web.filling import ENDED, NOW, PAUSED, Filling, empty
from watcher.config.environment import Environment
from watcher.core.model import ChangeKind, Stance
from watcher.pipeline import check
from watcher.pipeline.deliver import deliver
from watcher.pipeline.senders import open_notifiers
from watcher.pipeline.watch import Watch, open_watch
from watcher.store import outbox, subscribers
from watcher.web.app import build_app

HOME = "https://watch.example"
ADA = "ada@northmoor.example"


@dataclass
class Mailbox:
    """What aiosmtpd took, in order."""

    mails: list[EmailMessage] = field(default_factory=list)

    async def handle_DATA(self, server: object, session: object, envelope: Any) -> str:  # noqa: N802
        mail = email.message_from_bytes(envelope.content, policy=email.policy.default)
        assert isinstance(mail, EmailMessage)
        self.mails.append(mail)
        return "250 taken"


@pytest.fixture
def mailbox() -> Iterator[tuple[Mailbox, str]]:
    box = Mailbox()
    port = free_port()
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    yield box, f"smtp://127.0.0.1:{port}"
    controller.stop()


@dataclass
class Post:
    """A watch, its web view and its outbox, by one clock."""

    filling: Filling
    environment: Environment
    clock: list[datetime]
    watch: Watch
    client: TestClient

    def cycle(self, **later: float) -> None:
        """Time passes; a cycle ends, and the outbox is emptied."""
        self.clock[0] += timedelta(**later)
        list(check.poll(self.watch, sources=["northmoor-news"], read_host=lambda batch: []))
        notifiers = open_notifiers(self.environment)
        list(deliver(self.watch.db, notifiers.only("email"), self.watch.now, 60))
        notifiers.close()


@pytest.fixture
def post(tmp_path: Path, mailbox: tuple[Mailbox, str]) -> Iterator[Post]:
    filling = empty(tmp_path)
    environment = Environment(
        _env_file=None,  # type: ignore[call-arg]
        storage=filling.storage,
        smtp_url=mailbox[1],
        mail_from="Statement watch <watch@northmoor.example>",
        public_url=HOME,
    )
    clock = [NOW]
    watch = open_watch(filling.configuration, environment, now=lambda: clock[0])
    app = build_app(filling.configuration, filling.storage, HOME, now=watch.now, share=0, can_mail=True)
    with TestClient(app, base_url=HOME) as client:
        yield Post(filling, environment, clock, watch, client)
    watch.db.close()
    filling.db.close()


def publish(post: Post, name: str) -> None:
    """A statement that changes now."""
    post.filling.at = post.clock[0]
    post.filling.put(name, "northmoor", f"An update, {name}", PAUSED, stances=(Stance("paused", PAUSED[0]),))
    post.filling.later(1)
    post.filling.put(f"{name}-edited", "northmoor", f"An update, {name}", ENDED, kind=ChangeKind.EDITED, page=name,
                     stances=(Stance("ended", ENDED[0]),))  # fmt: skip


def words(mail: EmailMessage) -> str:
    part = mail.get_body(("plain",))
    assert part is not None
    return str(part.get_content())


def test_from_the_form_to_silence(post: Post, mailbox: tuple[Mailbox, str]) -> None:
    mails = mailbox[0].mails
    hidden = re.search(r'name="form" value="([^"]+)"', post.client.get("/subscribe").text)
    assert hidden is not None
    post.client.post("/subscribe", data={"form": hidden[1], "address": ADA, "filter": "org:northmoor", "do": "ask"})
    post.cycle()
    (confirmation,) = mails
    assert confirmation["To"] == ADA
    assert confirmation["List-Unsubscribe"] is None
    publish(post, "early")
    post.cycle(days=1)
    assert len(mails) == 1  # nothing before the button is pressed

    link = re.search(rf"{HOME}(/confirm/\S+)", words(confirmation))
    assert link is not None
    post.client.post(link[1])
    publish(post, "spring")
    post.cycle(days=9)
    digest = mails[1]
    assert "An update, spring" in words(digest)
    assert digest["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    leave = str(digest["List-Unsubscribe"]).strip(" <>").removeprefix(HOME)
    assert leave in words(digest)

    publish(post, "summer")
    stranger = TestClient(post.client.app, base_url=HOME, follow_redirects=False)
    answer = stranger.post(leave, data={"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    told = len(mails)
    post.cycle(days=10)
    assert len(mails) == told
    post.cycle(days=18)
    assert len(mails) == told
    for table in post.watch.db.table_names():
        assert ADA not in str(list(post.watch.db.table(table).rows)), table
    assert outbox.waiting(post.watch.db) == 0
    assert list(subscribers.every(post.watch.db)) == []
