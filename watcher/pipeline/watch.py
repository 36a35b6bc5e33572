"""Everything one cycle needs, put together once at the top (cli, daemon, tests)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlite_utils import Database

from watcher.config.load import Configuration
from watcher.core.match import Matcher
from watcher.fetch.policy import FetchPolicy


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
    matcher: Matcher
    addresses: tuple[Address, ...]
    now: Callable[[], datetime]
    host_pause_s: float
    public_url: str | None = None
