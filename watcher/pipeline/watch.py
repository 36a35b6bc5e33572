"""Everything one cycle needs, put together once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from watcher import __version__
from watcher.config.environment import Environment
from watcher.config.load import Configuration
from watcher.core.errors import ConfigError
from watcher.fetch.policy import FetchPolicy, user_agent
from watcher.store.database import open_database, open_read_only

if TYPE_CHECKING:
    from sqlite_utils import Database

    from watcher.core.reader import TopicReader


@dataclass(frozen=True, slots=True)
class Address:
    """Where alerts go: a name in NOTIFIERS and an address of that channel."""

    channel: str
    address: str


@dataclass(frozen=True)
class Watch:
    """The configuration in force, the store, and the clock."""

    configuration: Configuration
    db: Database
    storage: Path
    policy: FetchPolicy
    addresses: tuple[Address, ...]
    now: Callable[[], datetime]
    host_pause_s: float
    public_url: str | None = None
    maintainers: tuple[Address, ...] = ()  # where they are told of broken sources
    can_mail: bool = False  # e-mail is set up

    @cached_property
    def topics(self) -> TopicReader:
        """The topics, compiled when the first text is read: most polls read none."""
        from watcher.core.reader import TopicReader

        return TopicReader(self.configuration.topics)


def open_watch(
    configuration: Configuration, environment: Environment, now: Callable[[], datetime] | None = None
) -> Watch:
    """The watch that configuration and environment ask for. Raises StoreError if the store can't be opened."""
    return _watch(configuration, environment, open_database(environment.storage), addresses(environment), now)


def open_for_looking(configuration: Configuration, environment: Environment) -> Watch:
    """A watch that writes nothing and tells nobody. Raises StoreError if nothing was recorded yet."""
    return _watch(configuration, environment, open_read_only(environment.storage), (), None)


def _watch(
    configuration: Configuration,
    environment: Environment,
    db: Database,
    to: tuple[Address, ...],
    now: Callable[[], datetime] | None,
) -> Watch:
    return Watch(
        configuration=configuration,
        db=db,
        storage=environment.storage,
        policy=fetch_policy(configuration, environment),
        addresses=to,
        maintainers=(maintainers_address(environment),) if to else (),
        now=now or (lambda: datetime.now(UTC)),
        host_pause_s=host_pause_s(configuration, environment),
        public_url=environment.public_url,
        can_mail=not environment.missing_for_mail,
    )


def fetch_policy(configuration: Configuration, environment: Environment) -> FetchPolicy:
    """How this watch names itself to sites, and which private hosts it may read."""
    contact = configuration.settings.contact
    return FetchPolicy(
        user_agent=user_agent(__version__, contact),
        allow_private_hosts=environment.private_hosts,
        chromium=environment.chromium,
    )


def host_pause_s(configuration: Configuration, environment: Environment) -> float:
    """Seconds between two requests to one host, unless its robots.txt asks for more."""
    said = environment.host_pause_s
    return said if said is not None else float(configuration.settings.host_pause)


def maintainers_address(environment: Environment) -> Address:
    """Where the maintainers are told: their Telegram chat if it is named, the console if not."""
    if environment.telegram_token is None or not environment.telegram_review_chat:
        return Address("console", "-")
    return Address("telegram", environment.telegram_review_chat)


def addresses(environment: Environment) -> tuple[Address, ...]:
    """Where alerts go: the Telegram channel, chat services and webhooks that are named; the console if none is."""
    found = []
    if environment.telegram_token is not None:
        if not environment.telegram_channel:
            raise ConfigError(
                "WATCHER_TELEGRAM_CHANNEL: not set, though WATCHER_TELEGRAM_TOKEN is: name the channel, like @name"
            )
        found.append(Address("telegram", environment.telegram_channel))
    found += [Address("apprise", name) for name in environment.alert_targets]
    found += [Address("webhook", name) for name in environment.webhook_targets]
    return tuple(found) or (Address("console", "-"),)
