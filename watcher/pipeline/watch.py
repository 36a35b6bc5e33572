"""Everything one cycle needs, put together once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlite_utils import Database

from watcher import __version__
from watcher.config.environment import Environment
from watcher.config.load import Configuration
from watcher.core.errors import ConfigError
from watcher.core.reader import TopicReader
from watcher.fetch.policy import FetchPolicy, user_agent
from watcher.store.database import open_database


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
    topics: TopicReader
    addresses: tuple[Address, ...]
    now: Callable[[], datetime]
    host_pause_s: float
    public_url: str | None = None


def open_watch(
    configuration: Configuration, environment: Environment, now: Callable[[], datetime] | None = None
) -> Watch:
    """The watch that configuration and environment ask for. Raises StoreError if the store can't be opened."""
    return Watch(
        configuration=configuration,
        db=open_database(environment.storage),
        storage=environment.storage,
        policy=fetch_policy(configuration, environment),
        topics=TopicReader(configuration.topics),
        addresses=addresses(environment),
        now=now or (lambda: datetime.now(UTC)),
        host_pause_s=host_pause_s(configuration, environment),
        public_url=environment.public_url,
    )


def fetch_policy(configuration: Configuration, environment: Environment) -> FetchPolicy:
    """How this watch names itself to sites, and which private hosts it may read."""
    contact = configuration.settings.contact
    return FetchPolicy(user_agent=user_agent(__version__, contact), allow_private_hosts=environment.private_hosts)


def host_pause_s(configuration: Configuration, environment: Environment) -> float:
    """Seconds between two requests to one host, unless its robots.txt asks for more."""
    said = environment.host_pause_s
    return said if said is not None else float(configuration.settings.host_pause)


def addresses(environment: Environment) -> tuple[Address, ...]:
    """Where alerts go: the Telegram channel if there is a token, the console if not."""
    if environment.telegram_token is None:
        return (Address("console", "-"),)
    if not environment.telegram_channel:
        raise ConfigError(
            "WATCHER_TELEGRAM_CHANNEL: not set, though WATCHER_TELEGRAM_TOKEN is: name the channel, like @name"
        )
    return (Address("telegram", environment.telegram_channel),)
