"""What comes from the environment: places, addresses and secrets. A `.env` file is read."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import Any

from pydantic import SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from watcher.core.errors import ConfigError
from watcher.core.mail_server import mail_server, mailbox


class Environment(BaseSettings):
    """Every `WATCHER_…` variable. Secrets never leave a SecretStr but where they are used."""

    model_config = SettingsConfigDict(
        env_prefix="WATCHER_", env_file=".env", extra="ignore", frozen=True, env_ignore_empty=True
    )

    config: Path = Path("sources.toml")
    storage: Path = Path("storage")
    telegram_token: SecretStr | None = None
    telegram_channel: str | None = None
    telegram_review_chat: str | None = None
    telegram_api_url: str | None = None
    smtp_url: SecretStr | None = None
    mail_from: str | None = None
    dkim_key: SecretStr | None = None
    dkim_key_file: Path | None = None
    dkim_selector: str | None = None
    public_url: str | None = None
    secret_key: SecretStr | None = None
    allow_private_hosts: str = ""
    host_pause_s: float | None = None
    lease_s: float | None = None
    host: str | None = None  # of the web view
    port: int | None = None
    alert_urls: SecretStr | None = None  # of chat services, as apprise writes them; they hold secrets
    webhook_urls: SecretStr | None = None  # of programs
    webhook_secret: SecretStr | None = None
    trusted_proxies: str = ""  # in front of the web view
    chromium: str | None = None  # for sources marked render = true
    archive_keys: SecretStr | None = None  # of an outside archive that is asked for copies: "access:secret"
    archive_url: str = "https://web.archive.org"

    @field_validator("public_url", "telegram_api_url", "archive_url")
    @classmethod
    def _web_address(cls, value: str | None) -> str | None:
        if value is not None and not value.startswith(("http://", "https://")):
            raise ValueError("must start with http:// or https://")
        return value.rstrip("/") if value is not None else None

    @field_validator("alert_urls", "webhook_urls")
    @classmethod
    def _named(cls, value: SecretStr | None) -> SecretStr | None:
        named_addresses(value)
        return value

    @property
    def alert_targets(self) -> dict[str, str]:
        """Chat services: name -> address, which is a secret."""
        return named_addresses(self.alert_urls)

    @property
    def webhook_targets(self) -> dict[str, str]:
        """Programs that are told: name -> address, which is a secret. Raises ConfigError if one is no web address."""
        found = named_addresses(self.webhook_urls)
        for number, url in enumerate(found.values(), start=1):
            if not url.lower().startswith(("http://", "https://")):
                raise ConfigError(f"WATCHER_WEBHOOK_URLS: number {number} must start with http:// or https://")
        return found

    @field_validator("smtp_url")
    @classmethod
    def _mail_server(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None:
            mail_server(value.get_secret_value())
        return value

    @field_validator("archive_keys")
    @classmethod
    def _key_pair(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and not re.fullmatch(r"[!-9;-~]+:[!-9;-~]+", value.get_secret_value()):
            raise ValueError("must be the access key, a colon, and the secret key (docs/archive.md says where from)")
        return value

    @field_validator("mail_from")
    @classmethod
    def _sender(cls, value: str | None) -> str | None:
        if value is not None and not mailbox(value).is_ascii:
            raise ValueError("many servers refuse letters outside ASCII before the @: use another address")
        return value

    @field_validator("dkim_selector")
    @classmethod
    def _selector(cls, value: str | None) -> str | None:
        if value is not None and not re.fullmatch(r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?", value):
            raise ValueError('must be a name in DNS: the "watch" of watch._domainkey.example.org')
        return value

    @model_validator(mode="after")
    def _whole(self) -> Environment:
        if self.dkim_key is not None and self.dkim_key_file is not None:
            raise ValueError("WATCHER_DKIM_KEY: WATCHER_DKIM_KEY_FILE is set too: keep one of them")
        has_key = self.dkim_key is not None or self.dkim_key_file is not None
        if has_key != (self.dkim_selector is not None):
            missing = "WATCHER_DKIM_SELECTOR" if has_key else "WATCHER_DKIM_KEY"
            raise ValueError(f"{missing}: not set, and a signature needs both the key and its selector")
        return self

    @property
    def sends_mail(self) -> bool:
        """Whether there is a mail server and a sender's address."""
        return self.smtp_url is not None and self.mail_from is not None

    def dkim_pem(self) -> str:
        """The key that signs mail; "" if none is set. Raises ConfigError if its file can't be read."""
        if self.dkim_key is not None:
            return self.dkim_key.get_secret_value()
        if self.dkim_key_file is None:
            return ""
        try:
            return self.dkim_key_file.read_text(encoding="ascii")
        except (OSError, UnicodeDecodeError) as exc:
            reason = getattr(exc, "strerror", None) or "it is no text"
            raise ConfigError(f"WATCHER_DKIM_KEY_FILE: {self.dkim_key_file} can't be read: {reason}") from None

    @property
    def private_hosts(self) -> frozenset[str]:
        """Hosts that may be read though their addresses are private or loopback."""
        return frozenset(host.strip().lower() for host in self.allow_private_hosts.split(",") if host.strip())

    @property
    def proxies(self) -> tuple[str, ...]:
        """Addresses and networks of the proxies that may say who a reader is."""
        return tuple(one.strip() for one in self.trusted_proxies.split(",") if one.strip())

    @property
    def missing_for_mail(self) -> tuple[str, ...]:
        """The variables without which no e-mail can be sent; none if all are set."""
        needed = {"SMTP_URL": self.smtp_url, "MAIL_FROM": self.mail_from, "PUBLIC_URL": self.public_url}
        return tuple(f"WATCHER_{name}" for name, value in needed.items() if value is None)


_NAMED = re.compile(r"(?:(?P<name>[a-z0-9][a-z0-9-]{0,30})=)?(?P<url>(?P<scheme>[A-Za-z][\w+.-]*)://\S+)")


def named_addresses(secret: SecretStr | None) -> dict[str, str]:
    """The addresses of a list parted by white space, each under its name, which may be kept and shown.

    "team=slack://…" names one; else it is called after its service and a few digits of a hash.
    Raises ValueError, naming the place in the list and never an address.
    """
    found: dict[str, str] = {}
    for number, written in enumerate(secret.get_secret_value().split() if secret else (), start=1):
        match = _NAMED.fullmatch(written)
        if match is None:
            raise ValueError(f"number {number} is not an address like slack://… or name=slack://…")
        scheme = re.sub(r"[^a-z0-9]", "", match["scheme"].lower())
        name = match["name"] or f"{scheme}-{hashlib.sha256(match['url'].encode()).hexdigest()[:6]}"
        if name in found:
            raise ValueError(f"number {number} has the name of an earlier one, {name}")
        found[name] = match["url"]
    return found


def environment() -> Environment:
    """The environment, checked. Raises ConfigError naming each bad variable, never its value."""
    try:
        return Environment()
    except ValidationError as exc:
        raise ConfigError(*map(_fault, exc.errors())) from None


def _fault(error: Any) -> str:
    """Which variable it is, unless the message says so itself, and what is wrong with it."""
    message = str(error["msg"]).removeprefix("Value error, ")
    return f"WATCHER_{str(error['loc'][0]).upper()}: {message}" if error["loc"] else message
