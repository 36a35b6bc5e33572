"""What comes from the environment: places, addresses and secrets. A `.env` file is read."""

from __future__ import annotations

from pathlib import Path

from pydantic import SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from watcher.core.errors import ConfigError


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
    public_url: str | None = None
    secret_key: SecretStr | None = None
    allow_private_hosts: str = ""
    host_pause_s: float | None = None
    lease_s: float | None = None
    host: str | None = None  # of the web view
    port: int | None = None
    trusted_proxies: str = ""  # in front of the web view
    chromium: str | None = None  # for sources marked render = true

    @field_validator("public_url", "telegram_api_url")
    @classmethod
    def _web_address(cls, value: str | None) -> str | None:
        if value is not None and not value.startswith(("http://", "https://")):
            raise ValueError("must start with http:// or https://")
        return value.rstrip("/") if value is not None else None

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


def environment() -> Environment:
    """The environment, checked. Raises ConfigError naming each bad variable, never its value."""
    try:
        return Environment()
    except ValidationError as exc:
        faults = [f"WATCHER_{str(e['loc'][0]).upper()}: {e['msg'].removeprefix('Value error, ')}" for e in exc.errors()]
        raise ConfigError(*faults) from None
