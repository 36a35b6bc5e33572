"""Sends one delivery at a time, and says what became of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from ..core.errors import SendError
from ..core.model import Delivery, Receipt
from .console import ConsoleNotifier


class Notifier(Protocol):
    """A channel. Calls may come from any thread."""

    def send(self, delivery: Delivery) -> Receipt:
        """What became of the message."""

    def edit(self, delivery: Delivery, receipt_id: str) -> Receipt:
        """What became of putting the delivery's text in place of an earlier message."""

    def close(self) -> None:
        """Let go of connections and threads."""


def _apprise(settings: Mapping[str, Any]) -> Notifier:
    from .apprise import AppriseNotifier

    return AppriseNotifier(settings["alert_urls"])


def _console(_settings: Mapping[str, Any]) -> Notifier:
    return ConsoleNotifier()


def _telegram(settings: Mapping[str, Any]) -> Notifier:
    from .telegram import DEFAULT_API_URL, TelegramNotifier

    token = settings.get("telegram_token", "").strip()
    if not token:
        raise SendError("no Telegram bot token: set WATCHER_TELEGRAM_TOKEN to the one that @BotFather shows")
    return TelegramNotifier(
        token,
        settings.get("telegram_api_url") or DEFAULT_API_URL,
        per_minute=int(settings.get("telegram_per_minute") or 20),
    )


def _webhook(settings: Mapping[str, Any]) -> Notifier:
    from .webhook import WebhookNotifier, keys_of

    return WebhookNotifier(settings["webhook_urls"], keys_of(settings["webhook_secret"]), settings["post"])


def _email(settings: Mapping[str, Any]) -> Notifier:
    from .mail import MailNotifier, mail_settings

    return MailNotifier(mail_settings(settings))


NOTIFIERS: dict[str, Callable[[Mapping[str, Any]], Notifier]] = {
    "apprise": _apprise,
    "console": _console,
    "email": _email,
    "telegram": _telegram,
    "webhook": _webhook,
}
"""Channel -> what makes its notifier from settings: telegram_token, telegram_api_url, telegram_per_minute;
alert_urls and webhook_urls (name -> address), webhook_secret, post (`webhook.Post`);
smtp_url, mail_from, public_url, dkim_key, dkim_selector."""

__all__ = ["NOTIFIERS", "ConsoleNotifier", "Notifier"]
