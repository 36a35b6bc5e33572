"""Deliveries by mail, and notifiers that send them to a server of the tests."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from typing import Any

from watcher.core.mail_server import mail_server
from watcher.core.model import LEAVE_URL, Delivery
from watcher.notify.mail import MailNotifier, MailSettings

SENDER = "Statement watch <watch@northmoor.example>"
PUBLIC_URL = "https://watch.northmoor.example"
TEXT = f"Week 24, 8 to 14 June 2026. Westvale network ended its scheme.\n\nLeave: {LEAVE_URL}\n"
HTML = f'<p>Week 24. Westvale network <b>ended</b> its scheme.</p><p><a href="{LEAVE_URL}">Leave</a></p>\n'
NOW = datetime(2026, 6, 15, 7, 30, tzinfo=UTC)


def a_mail(address: str = "reader@northmoor.example", key: str = "digest:1:2026-W24", **fields: Any) -> Delivery:
    given = {"subject": "Week 24", "body": TEXT, "attachment": HTML, "leave_token": "tok_1-en", "attempts": 1} | fields
    return Delivery(key, "email", address, **given)


@contextmanager
def sending_to(url: str, *, user: str = "", password: str = "", **options: Any) -> Iterator[MailNotifier]:
    scheme, _, rest = url.partition("://")
    address = f"{scheme}://{user}:{password}@{rest}" if user else url
    sign = options.pop("sign", lambda content: content)
    settings = MailSettings(mail_server(address), SENDER, options.pop("public_url", PUBLIC_URL), sign)
    options.setdefault("timeout_s", 5.0)
    with closing(MailNotifier(settings, **options)) as notifier:
        yield notifier
