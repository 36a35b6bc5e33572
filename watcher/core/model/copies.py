"""What an outside archive says when it is asked to keep a page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class CopyAsked:
    """The archive will copy the page; what became of it is asked under `job`."""

    job: str


@dataclass(frozen=True, slots=True)
class CopyRunning:
    """The archive has not copied it yet."""


@dataclass(frozen=True, slots=True)
class ArchivedCopy:
    """Where the archive keeps the page, and when it copied it."""

    url: str
    at: datetime


@dataclass(frozen=True, slots=True)
class CopyLater:
    """No copy now; worth another try after `after_s` seconds, or when the caller thinks fit."""

    reason: str
    after_s: float | None = None
    is_archive: bool = False  # it says this of itself or of our keys: no other page would fare better now


@dataclass(frozen=True, slots=True)
class CopyRefused:
    """The archive will never copy this page."""

    reason: str


CopyAnswer = CopyAsked | CopyRunning | ArchivedCopy | CopyLater | CopyRefused
