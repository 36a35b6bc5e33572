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
    settings = configuration.settings
    pause_s = environment.host_pause_s if environment.host_pause_s is not None else float(settings.host_pause)
    agent = user_agent(__version__, settings.contact)
    return Watch(
        configuration=configuration,
        db=db,
        storage=environment.storage,
        policy=FetchPolicy(user_agent=agent, allow_private_hosts=environment.private_hosts),
        addresses=to,
        now=now or (lambda: datetime.now(UTC)),
        host_pause_s=pause_s,
        public_url=environment.public_url,
    )


def addresses(environment: Environment) -> tuple[Address, ...]:
    """Where alerts go: the Telegram channel if there is a token, the console if not."""
    if environment.telegram_token is None:
        return (Address("console", "-"),)
    if not environment.telegram_channel:
        raise ConfigError(
            "WATCHER_TELEGRAM_CHANNEL: not set, though WATCHER_TELEGRAM_TOKEN is: name the channel, like @name"
        )
    return (Address("telegram", environment.telegram_channel),)
