"""The notifiers that the environment allows, by channel."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any, TextIO

from watcher.config.environment import Environment
from watcher.config.load import Configuration
from watcher.core.model import Posted
from watcher.notify import NOTIFIERS, ConsoleNotifier, Notifier

MAIL = "email"
"""The channel that has deliveries of its own: a dead mail server holds up no chat."""


class Notifiers(Mapping[str, Notifier]):
    """Channel -> notifier, made when first used: a bot's library takes a second to load."""

    def __init__(self, settings: Mapping[str, Any], channels: tuple[str, ...], stream: TextIO | None) -> None:
        self._settings, self._channels, self._stream = settings, channels, stream
        self._open: dict[str, Notifier] = {}

    def __getitem__(self, channel: str) -> Notifier:
        if channel not in self._channels:
            raise KeyError(channel)
        if channel not in self._open:
            is_console = channel == "console"
            self._open[channel] = ConsoleNotifier(self._stream) if is_console else NOTIFIERS[channel](self._settings)
        return self._open[channel]

    def __iter__(self) -> Iterator[str]:
        return iter(self._channels)

    def __len__(self) -> int:
        return len(self._channels)

    def only(self, *channels: str) -> Notifiers:
        """Those of these channels that can send; they stay this one's to close."""
        part = Notifiers(self._settings, tuple(c for c in self._channels if c in channels), self._stream)
        part._open = self._open
        return part

    def chats(self) -> Notifiers:
        """All but mail."""
        return self.only(*(channel for channel in self._channels if channel != MAIL))

    def close(self) -> None:
        """Let go of what was opened."""
        for notifier in self._open.values():
            notifier.close()


def open_notifiers(environment: Environment, stream: TextIO | None = None) -> Notifiers:
    """The channels that can send now; deliveries of another channel go on waiting."""
    token = environment.telegram_token
    settings: dict[str, Any] = {"telegram_api_url": environment.telegram_api_url or ""}
    channels = ["console"]
    if token is not None:
        settings["telegram_token"] = token.get_secret_value()
        channels.append("telegram")
    if alert_urls := environment.alert_targets:
        settings["alert_urls"] = alert_urls
        channels.append("apprise")
    if webhook_urls := environment.webhook_targets:
        secret = environment.webhook_secret
        settings["webhook_urls"] = webhook_urls
        settings["webhook_secret"] = secret.get_secret_value() if secret else ""
        settings["post"] = partial(_post, environment)
        channels.append("webhook")
    if environment.sends_mail:
        settings |= mail_environment(environment)
        channels.append(MAIL)
    return Notifiers(settings, tuple(channels), stream)


def _post(environment: Environment, url: str, body: bytes, headers: Mapping[str, str]) -> Posted:
    # Brings the HTTP library: only where something is posted.
    from watcher import __version__
    from watcher.fetch.policy import FetchPolicy, user_agent
    from watcher.fetch.post import post

    policy = FetchPolicy(user_agent(__version__, environment.public_url or ""), environment.private_hosts)
    return post(policy, url, body, headers)


def mail_environment(environment: Environment) -> dict[str, str]:
    """What the mail notifier is told. Raises ConfigError if the file of the DKIM key can't be read."""
    assert environment.smtp_url is not None
    return {
        "smtp_url": environment.smtp_url.get_secret_value(),
        "mail_from": environment.mail_from or "",
        "public_url": environment.public_url or "",
        "dkim_key": environment.dkim_pem(),
        "dkim_selector": environment.dkim_selector or "",
    }


def lease_s(configuration: Configuration, environment: Environment) -> float:
    """Seconds within which a claimed delivery must be settled."""
    return environment.lease_s if environment.lease_s is not None else float(configuration.settings.lease)
