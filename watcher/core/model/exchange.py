"""What a worker is asked to fetch, and what came back."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from watcher.core.model.places import Recipe, SourceKind


@dataclass(frozen=True, slots=True)
class FetchTask:
    """One address to read now, with what is known of it from the last time."""

    check_id: int  # row of `checks`; 0 outside the store
    source_id: str
    url: str
    kind: SourceKind  # PAGE: a document; others: an index of documents
    recipe: Recipe = field(default_factory=Recipe)
    etag: str | None = None
    last_modified: str | None = None
    body_sha256: str | None = None  # of the last body read; the same bytes are not parsed again
    extractor: str | None = None  # that read it; a newer one parses the same bytes again
    timeout_s: float = 60.0  # for the whole exchange, redirects included
    max_bytes: int = 25_000_000  # after decompression
    tls: str | None = None
    robots: str | None = None
    render: bool = False


@dataclass(frozen=True, slots=True)
class RobotsFile:
    """A host's robots.txt as last received. `status` 0: it could not be fetched."""

    host: str
    status: int
    text: str
    fetched_at: datetime


@dataclass(frozen=True, slots=True)
class HostBatch:
    """Everything to read from one host now. It stays whole, so politeness survives any executor."""

    host: str
    tasks: tuple[FetchTask, ...]
    pause_s: float
    robots: RobotsFile | None = None  # None: not known or stale, fetch it first
    asked_at: datetime | None = None  # last request to the host in this cycle: the pause counts from there


@dataclass(frozen=True, slots=True)
class Fetched:
    """One answer, redirects followed, body decoded from its content-encoding."""

    url: str  # as asked
    final_url: str  # after redirects
    status: int
    headers: tuple[tuple[str, str], ...]  # of the final answer, in order
    media_type: str  # lower case, without parameters; "" if not declared
    charset: str | None  # as declared in Content-Type
    body: bytes
    fetched_at: datetime
    redirects: tuple[str, ...] = ()  # the addresses passed through, `url` first
    etag: str | None = None
    last_modified: str | None = None
    tls_note: str | None = None  # why the certificate was not verified; None: it was
