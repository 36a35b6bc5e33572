"""The errors that are ours.

    WatcherError            what a person can act on; printed without a traceback, exit 1
    ├── ConfigError         sources.toml or the environment is wrong; exit 2
    ├── FetchError          a page could not be had (inside fetch/; outside it is a value)
    ├── ExtractError        bytes could not be read as the format they claim to be
    ├── StoreError          the database or the disk refused
    ├── FilterError         a subscription filter does not parse; `column` counts from 1
    ├── AddressError        what was typed is no address of mail
    └── SendError           a channel is set up wrongly, or its server can't be used: nothing on it can be sent

A message names the thing, the place and the remedy. Kinds are attributes, never
substrings of a message.
"""

from __future__ import annotations

from watcher.core.model import FailedKind, Receipt


class WatcherError(Exception):
    """The root of what a person can act on."""

    exit_code = 1


class ConfigError(WatcherError):
    """One or more faults in the configuration, each already carrying `file:line`."""

    exit_code = 2

    def __init__(self, *faults: str) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


class FetchError(WatcherError):
    """An exchange failed; `transient` says whether trying again may help."""

    def __init__(self, url: str, reason: str, *, transient: bool, retry_after_s: float | None = None) -> None:
        super().__init__(f"{url}: {reason}")
        self.url, self.reason = url, reason
        self.transient, self.retry_after_s = transient, retry_after_s


class ExtractError(WatcherError):
    """The bytes are not what they claim to be; `kind` says whether they are broken, empty, too much or no text."""

    def __init__(self, message: str, kind: FailedKind = FailedKind.MALFORMED) -> None:
        super().__init__(message)
        self.kind = kind


class StoreError(WatcherError):
    """The database or the disk refused."""


class FilterError(WatcherError):
    """A filter does not parse."""

    exit_code = 2

    def __init__(self, message: str, column: int) -> None:
        super().__init__(f"column {column}: {message}")
        self.column = column


class AddressError(WatcherError):
    """What was typed is no address that mail can go to."""

    exit_code = 2


class SendError(WatcherError):
    """A channel is set up wrongly, or its server can't be used; what waits goes on waiting.

    `receipt`: what becomes of the message that met the fault; None: it is as due as before.
    """

    receipt: Receipt | None = None
