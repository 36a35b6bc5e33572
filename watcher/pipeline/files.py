"""Saved files and single addresses through the same extractors as everything else."""

from __future__ import annotations

import gzip
import mimetypes
from datetime import UTC, datetime
from pathlib import Path

from watcher.core.errors import ExtractError, FetchError
from watcher.core.model import (
    Extraction,
    Failed,
    Fetched,
    FetchTask,
    Gone,
    HostBatch,
    Read,
    SourceKind,
    Unreachable,
)
from watcher.core.urls import host_of
from watcher.fetch.policy import FetchPolicy
from watcher.pipeline.observe import observe_host


def read_bytes(path: Path) -> bytes:
    """The bytes of a file; one whose name ends in .gz is unpacked. Raises ExtractError naming the file."""
    try:
        body = path.read_bytes()
        return gzip.decompress(body) if path.suffix == ".gz" else body
    except (OSError, EOFError) as exc:
        raise ExtractError(f"{path}: cannot be read: {getattr(exc, 'strerror', None) or exc}") from exc


def read_file(path: Path, url: str | None = None, media_type: str | None = None) -> Extraction:
    """What a saved file holds, as if `url` had answered with it. Raises ExtractError."""
    from watcher.extract.registry import extract

    name = path.name.removesuffix(".gz")
    guessed = media_type or mimetypes.guess_type(name)[0] or ""
    url = url or f"file:///{name}"
    fetched = Fetched(url, url, 200, (), guessed, None, read_bytes(path), datetime.now(UTC))
    extraction = extract(fetched, FetchTask(0, "", url, SourceKind.PAGE))
    if not extraction.documents:
        raise ExtractError(f"{path}: no text found" + "".join(f"; {w}" for w in extraction.warnings))
    return extraction


def read_address(url: str, policy: FetchPolicy) -> Extraction:
    """What one address holds now. Raises FetchError or ExtractError."""
    task = FetchTask(0, "", url, SourceKind.PAGE)
    outcome = observe_host(HostBatch(host_of(url), (task,), 0.0), policy)[-1].outcome
    match outcome:
        case Read(extraction=extraction):
            return extraction
        case Unreachable(kind=kind, detail=detail):
            raise FetchError(url, f"{kind.value}: {detail}", transient=True)
        case Gone(how=how):
            raise FetchError(url, f"not found ({how.value})", transient=False)
        case Failed(kind=failure, detail=detail):
            raise FetchError(url, f"{failure.value}: {detail}", transient=False)
        case _:
            raise FetchError(url, "nothing to read", transient=False)
