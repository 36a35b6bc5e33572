"""One WARC record read strictly: what the bytes hold, and nothing that they do not.

warcio reads what it can and goes on; here a record that is cut short, followed by more, or at odds with its own
hashes must be told from a whole one (ISO 28500:2017; one gzip member a record, as its annex D asks).
"""

from __future__ import annotations

import base64
import hashlib
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import BinaryIO

from watcher.evidence.faults import FaultKind, RecordError

MAX_UNPACKED = 100_000_000
"""Bytes of one record; four times what a poll takes of a page unless `max_bytes` says otherwise."""

_CHUNK = 1 << 16
_STATUS = re.compile(rb"HTTP/\d(?:\.\d)? (\d{3})(?: [^\r\n]*)?$")
_SINGLE = frozenset({"warc-type", "warc-target-uri", "warc-date", "content-length", "warc-payload-digest"})
_ALGORITHMS = {"sha1": hashlib.sha1, "sha256": hashlib.sha256, "sha512": hashlib.sha512}  # as WARC has it


@dataclass(frozen=True, slots=True)
class Record:
    """A whole record. `payload` is the body of an answer, for other records their block."""

    type: str  # response, warcinfo, …
    url: str | None
    date: datetime | None
    status: int | None  # of an answer by HTTP
    media_type: str  # of the payload; "" if none is declared
    payload: memoryview
    payload_digest: str | None  # as the record has it: "sha1:…"


@dataclass(frozen=True, slots=True)
class Member:
    """One gzip member of a file: where it lies, its hash, and what it unpacks to."""

    offset: int
    length: int
    sha256: str
    unpacked: bytes


def read_record(member: bytes) -> Record:
    """The one record in one gzip member. Raises RecordError if there is less, more or anything else."""
    unpacker = zlib.decompressobj(wbits=31)
    try:
        unpacked = unpacker.decompress(member, MAX_UNPACKED + 1)
    except zlib.error as exc:
        raise RecordError(FaultKind.NO_RECORD, f"can't be unpacked: {exc}") from exc
    if len(unpacked) > MAX_UNPACKED:
        raise RecordError(FaultKind.TOO_LARGE, f"unpacks to more than {MAX_UNPACKED:,} bytes")
    if not unpacker.eof:
        raise RecordError(FaultKind.CUT_SHORT, "the packed bytes end before the record does")
    if unpacker.unused_data:
        raise RecordError(FaultKind.NO_RECORD, f"{len(unpacker.unused_data)} bytes follow the record")
    return parse_record(unpacked)


def members(file: BinaryIO) -> Iterator[Member]:
    """The gzip members of a file, one at a time. Raises RecordError where it is cut short, damaged or no gzip."""
    offset, left = 0, b""
    while True:
        hasher, unpacker = hashlib.sha256(), zlib.decompressobj(wbits=31)
        parts: list[bytes] = []
        length = size = 0
        while not unpacker.eof:
            packed = left or file.read(_CHUNK)
            left = b""
            if not packed:
                if length == 0:
                    return
                raise RecordError(FaultKind.CUT_SHORT, f"the file ends within the record at byte {offset}")
            try:
                parts.append(unpacker.decompress(packed, MAX_UNPACKED + 1 - size))
            except zlib.error as exc:
                raise RecordError(FaultKind.NO_RECORD, f"byte {offset}: can't be unpacked: {exc}") from exc
            size += len(parts[-1])
            if size > MAX_UNPACKED:
                says = f"the record at byte {offset} unpacks to more than {MAX_UNPACKED:,} bytes"
                raise RecordError(FaultKind.TOO_LARGE, says)
            left = unpacker.unused_data
            used = packed[: len(packed) - len(left)]
            hasher.update(used)
            length += len(used)
        yield Member(offset, length, hasher.hexdigest(), b"".join(parts))
        offset += length


def parse_record(unpacked: bytes) -> Record:
    """The one record that these bytes are. Raises RecordError if they are not, or its own hashes do not hold."""
    head, gap, rest = unpacked.partition(b"\r\n\r\n")
    version, _, lines = head.partition(b"\r\n")
    if not gap or not re.fullmatch(rb"WARC/1\.[01]", version):
        raise RecordError(FaultKind.NO_RECORD, "does not begin as a WARC record")
    headers = _headers(lines)
    length = headers.get("content-length", "")
    if not re.fullmatch(r"[0-9]{1,12}", length):
        raise RecordError(FaultKind.NO_RECORD, "says no length of its block")
    if len(rest) != int(length) + 4 or rest[-4:] != b"\r\n\r\n":
        raise RecordError(FaultKind.NO_RECORD, f"holds {len(rest) - 4} bytes where it says {length}")
    block = memoryview(rest)[:-4]
    _hold(headers.get("warc-block-digest"), block, "block")
    return _record(headers, block)


def _record(headers: dict[str, str], block: memoryview) -> Record:
    is_http = headers.get("warc-type") == "response" and headers.get("content-type", "").startswith("application/http")
    digest = headers.get("warc-payload-digest")
    status, media_type, payload = None, headers.get("content-type", ""), block
    if is_http:
        status, http, payload = _answer(block)
        media_type = http.get("content-type", "")
        # Programs differ in whether they hash a body in chunks as it came or put together.
        digest_to_hold = None if "chunked" in http.get("transfer-encoding", "").lower() else digest
        _hold(digest_to_hold, payload, "payload")
    return Record(
        type=headers.get("warc-type", ""),
        url=headers.get("warc-target-uri"),
        date=_date(headers.get("warc-date")),
        status=status,
        media_type=media_type.partition(";")[0].strip().lower(),
        payload=payload,
        payload_digest=digest,
    )


def _answer(block: memoryview) -> tuple[int, dict[str, str], memoryview]:
    """Status, headers and body of an answer by HTTP."""
    at = bytes(block[:_CHUNK]).find(b"\r\n\r\n")
    if at < 0:
        at = bytes(block).find(b"\r\n\r\n")
    first, _, lines = bytes(block[: max(at, 0)]).partition(b"\r\n")
    found = _STATUS.match(first)
    if at < 0 or found is None:
        raise RecordError(FaultKind.NO_RECORD, "does not hold an answer by HTTP")
    fields: dict[str, str] = {}
    for line in lines.split(b"\r\n"):
        name, _, value = line.decode("latin-1").partition(":")
        fields.setdefault(name.strip().lower(), value.strip())
    return int(found[1]), fields, block[at + 4 :]


def _headers(lines: bytes) -> dict[str, str]:
    fields: dict[str, str] = {}
    try:
        text = lines.decode("utf-8")
    except UnicodeDecodeError as exc:
        raise RecordError(FaultKind.NO_RECORD, "has headers that are not UTF-8") from exc
    for line in text.split("\r\n"):
        name, colon, value = line.partition(":")
        key = name.strip().lower()
        if not colon or not key:
            raise RecordError(FaultKind.NO_RECORD, "has a header without a name")
        if key in fields and key in _SINGLE:
            raise RecordError(FaultKind.NO_RECORD, f"says {name.strip()} twice")
        fields[key] = value.strip()
    return fields


def _hold(digest: str | None, content: memoryview, what: str) -> None:
    """Raise RecordError if `content` has another hash than "sha1:…"; a hash of another kind is passed over."""
    name, _, wanted = (digest or "").partition(":")
    algorithm = _ALGORITHMS.get(name.lower().replace("-", ""))
    if algorithm is None:
        return
    found = algorithm(content).digest()
    if wanted.lower().rstrip("=") not in (found.hex(), base64.b32encode(found).decode().lower().rstrip("=")):
        raise RecordError(FaultKind.OTHER_BYTES, f"its {what} has another hash than the record says")


def _date(text: str | None) -> datetime | None:
    try:
        at = datetime.fromisoformat(text or "")
    except ValueError:
        return None
    return at if at.tzinfo else at.replace(tzinfo=UTC)
