"""The index of a pack: a CDXJ line for each answer, so that programs that replay archives find it.

Keys as the index of the Wayback Machine has them (SURT): the host reversed, then path and query in lower case.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from datetime import UTC, datetime
from urllib.parse import quote, unquote_to_bytes, urlsplit

from watcher.evidence.records import Record

_WWW = re.compile(r"^www\d*\.")
_SLASHES = re.compile("//+")
_DEFAULT_PORTS = {"http": 80, "https": 443}


def url_key(url: str) -> str:
    """The key under which an address is sorted and found.

    >>> url_key("https://www.Northmoor.example/News/SIM/?b=2&a=1")
    'example,northmoor)/news/sim?a=1&b=2'
    """
    parts = urlsplit(url)
    host = _WWW.sub("", (parts.hostname or "").strip("."))
    reversed_host = ",".join(reversed(host.split(".")))
    port = f":{parts.port}" if parts.port and parts.port != _DEFAULT_PORTS.get(parts.scheme) else ""
    path = _SLASHES.sub("/", _escaped(parts.path))
    query = "&".join(sorted(_escaped(parts.query).split("&")))
    return f"{reversed_host}{port}){path.rstrip('/') or '/'}" + (f"?{query}" if query else "")


def _escaped(part: str) -> str:
    """One spelling of what may be written with and without percent signs."""
    return quote(unquote_to_bytes(part), safe="!\"$&'()*+,-./:;<=>?@[\\]^_`{|}~").lower()


def timestamp(at: datetime) -> str:
    """An instant as indexes of archives write it, to the second.

    >>> timestamp(datetime(2026, 6, 1, 9, 0, tzinfo=UTC))
    '20260601090000'
    """
    return f"{at.astimezone(UTC):%Y%m%d%H%M%S}"


def index_line(record: Record, offset: int, length: int, sha256: str, file: str) -> str:
    """The line that says where an answer lies."""
    assert record.url is not None and record.date is not None
    found = {
        "url": record.url,
        "mime": record.media_type or "unk",
        "status": str(record.status),
        "digest": record.payload_digest or "",
        "length": str(length),
        "offset": str(offset),
        "filename": file,
        "recordDigest": f"sha256:{sha256}",
    }
    try:
        key = url_key(record.url)
    except ValueError:  # no port is a number above 65535
        key = record.url.lower()
    return f"{key} {timestamp(record.date)} {json.dumps(found)}"


def index_text(lines: Iterable[str]) -> bytes:
    """The whole index, sorted by its bytes as a binary search expects."""
    return b"".join(sorted(line.encode() + b"\n" for line in lines))
