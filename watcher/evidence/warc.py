"""Raw answers as they came, one WARC file a day (ISO 28500), each record compressed by itself."""

from __future__ import annotations

import fcntl
import hashlib
import io
import os
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from watcher.core.errors import StoreError
from watcher.core.model import Fetched

FOLDER = "warc"
# The body is kept decoded, so these no longer describe it; their words are kept under another name,
# as web archives do (WARC record "X-Archive-Orig-…").
_REPLACED_HEADERS = frozenset({"content-encoding", "transfer-encoding", "content-length"})


@dataclass(frozen=True, slots=True)
class Written:
    """Where a record lies: file relative to the storage folder, bytes, and SHA-256 of those bytes."""

    file: str
    offset: int
    length: int
    sha256: str


def write_capture(storage: Path, fetched: Fetched) -> Written:
    """Append one answer to its day's file and return where it lies.

    The record is built in memory and written by one call under a file lock, so that a stop
    at any moment leaves whole records only. Raises StoreError if the disk refuses; the file
    is then as it was before.
    """
    folder = storage / FOLDER
    name = f"{fetched.fetched_at.astimezone(UTC):%Y-%m-%d}.warc.gz"
    record = _record(fetched)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / name).open("ab") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            offset = os.fstat(file.fileno()).st_size
            if offset == 0:
                file.write(_file_header(name, fetched.fetched_at))
                file.flush()
                offset = os.fstat(file.fileno()).st_size
            _append(file.fileno(), record, offset)
    except OSError as exc:
        raise StoreError(f"{folder / name}: {exc.strerror or exc}: nothing was recorded of {fetched.url}") from exc
    return Written(f"{FOLDER}/{name}", offset, len(record), hashlib.sha256(record).hexdigest())


def read_capture(storage: Path, file: str, offset: int, length: int) -> Fetched:
    """The answer that lies there. Raises StoreError if it doesn't, or is not whole."""
    from warcio.archiveiterator import ArchiveIterator  # warcio loads only when there is something to keep

    path = storage / file
    try:
        with path.open("rb") as handle:
            handle.seek(offset)
            record_bytes = handle.read(length)
        record = next(iter(ArchiveIterator(io.BytesIO(record_bytes))))
        body = record.content_stream().read()
    except (OSError, StopIteration, EOFError, ValueError) as exc:
        raise StoreError(f"{path}: no capture at byte {offset}: {exc}") from exc
    headers = tuple((n, v) for n, v in record.http_headers.headers)
    media_type, _, parameters = (record.http_headers.get_header("content-type") or "").partition(";")
    charset = parameters.partition("charset=")[2].strip(" \"';") or None
    redirects = tuple((record.rec_headers.get_header("X-Redirected-From") or "").split())
    target = record.rec_headers.get_header("WARC-Target-URI")
    return Fetched(
        url=redirects[0] if redirects else target,
        final_url=target,
        status=int(record.http_headers.get_statuscode()),
        headers=headers,
        media_type=media_type.strip().lower(),
        charset=charset,
        body=body,
        fetched_at=datetime.fromisoformat(record.rec_headers.get_header("WARC-Date")),
        redirects=redirects,
        tls_note=record.rec_headers.get_header("X-TLS-Not-Verified") or None,
    )


def _append(descriptor: int, record: bytes, offset: int) -> None:
    """Write all of `record`, or take back what was written."""
    try:
        written = 0
        while written < len(record):
            written += os.write(descriptor, record[written:])
        os.fsync(descriptor)
    except OSError:
        os.ftruncate(descriptor, offset)
        raise


def _record(fetched: Fetched) -> bytes:
    from warcio.statusandheaders import StatusAndHeaders
    from warcio.warcwriter import WARCWriter

    headers = [
        (f"X-Archive-Orig-{name}" if name.lower() in _REPLACED_HEADERS else name, value)
        for name, value in fetched.headers
    ]
    headers.append(("Content-Length", str(len(fetched.body))))
    warc_headers = {"WARC-Date": warc_date(fetched.fetched_at)}
    if fetched.redirects:
        warc_headers["X-Redirected-From"] = " ".join(fetched.redirects)
    if fetched.tls_note:
        warc_headers["X-TLS-Not-Verified"] = fetched.tls_note.replace("\n", " ")
    out = io.BytesIO()
    writer = WARCWriter(out, gzip=True, warc_version="1.1")
    record = writer.create_warc_record(
        fetched.final_url,
        "response",
        payload=io.BytesIO(fetched.body),
        length=len(fetched.body),
        http_headers=StatusAndHeaders(f"{fetched.status} OK", headers, protocol="HTTP/1.1"),
        warc_headers_dict=warc_headers,
    )
    writer.write_record(record)
    return out.getvalue()


def _file_header(name: str, at: datetime) -> bytes:
    from warcio.warcwriter import WARCWriter

    from watcher import __version__

    out = io.BytesIO()
    writer = WARCWriter(out, gzip=True, warc_version="1.1")
    record = writer.create_warcinfo_record(
        name, {"software": f"statement-watcher/{__version__}", "format": "WARC File Format 1.1"}
    )
    record.rec_headers.replace_header("WARC-Date", warc_date(at))
    writer.write_record(record)
    return out.getvalue()


def warc_date(at: datetime) -> str:
    """An instant as records and packs write it: UTC, to the microsecond."""
    return at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
