"""Sitemaps: urlset, index and news files, plain lists, gzipped or not (https://www.sitemaps.org/protocol.html)."""

from __future__ import annotations

import zlib
from dataclasses import dataclass, field
from datetime import datetime
from pyexpat import ExpatError, ParserCreate

from watcher.core.errors import ExtractError
from watcher.core.model import Extraction, FailedKind, Found, Recipe
from watcher.extract.follow import is_ignored
from watcher.extract.fragment import absolute, tidy
from watcher.extract.json_feed import day, instant
from watcher.extract.xml_bytes import repaired, utf8_xml

EXTRACTOR = "sitemap-1+expat"
MAX_BYTES = 60_000_000  # after decompression; the protocol allows 50 MB
MAX_URLS = 100_000  # the protocol allows 50,000
MAX_CHILDREN = 500
_MAX_DEPTH = 30
_MAX_TEXT = 4_000
_KEPT = frozenset({"loc", "lastmod", "title", "publication_date"})
_RECORDS = frozenset({"url", "sitemap"})


@dataclass
class _Reading:
    """The records met so far: `url` or `sitemap`, each with its texts."""

    records: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    root: str = ""
    is_full: bool = False


class _EnoughError(Exception):
    """MAX_URLS are read; the rest is left."""


def extract_sitemap(body: bytes, url: str, recipe: Recipe, charset: str | None) -> Extraction:
    """The addresses of a sitemap in `follow`; an index's further sitemaps, newest first, in `next_pages`.

    Reads what precedes a fault and warns of it. Raises ExtractError for what is no sitemap at all.
    """
    xml = utf8_xml(_inflated(body), charset)
    if b"<" not in xml.partition(b"\n")[2][:10_000]:
        return _plain_list(xml, url, recipe)
    reading = _Reading()
    warnings = _read(xml, reading)
    if reading.root not in ("urlset", "sitemapindex"):
        hint = 'it is a feed: set kind = "feed"' if reading.root in ("rss", "feed", "RDF") else "check the address"
        raise ExtractError(f"this is no sitemap: its root is <{reading.root or '?'}>; {hint}")
    if reading.is_full:
        warnings.append(f"the sitemap has more than {MAX_URLS} addresses: the rest was not read")
    found: dict[str, Found] = {}
    children: dict[str, str] = {}
    for kind, texts in reading.records:
        address = absolute(url, texts.get("loc", ""))
        if address is None:
            continue
        if kind == "sitemap":
            children.setdefault(address, texts.get("lastmod", ""))
        elif address not in found and not is_ignored(address, recipe):
            found[address] = _found(address, texts)
    newest_first = sorted(children, key=lambda child: children[child], reverse=True)[:MAX_CHILDREN]
    return Extraction((), tuple(found.values()), EXTRACTOR, tuple(newest_first), tuple(warnings))


def _found(address: str, texts: dict[str, str]) -> Found:
    published = texts.get("publication_date")
    return Found(address, tidy(texts.get("title", "")), day(published), _moment(texts.get("lastmod")))


def _moment(text: str | None) -> datetime | None:
    return instant(text)


def _inflated(body: bytes) -> bytes:
    """`body`, or what is in it if it is gzipped, even twice. Raises ExtractError past MAX_BYTES."""
    for _ in range(2):
        if not body.startswith(b"\x1f\x8b"):
            break
        unpacker = zlib.decompressobj(31)
        try:
            body = unpacker.decompress(body, MAX_BYTES + 1)
        except zlib.error as fault:
            raise ExtractError(f"this gzip file is damaged: {fault}") from fault
    if len(body) > MAX_BYTES:
        raise ExtractError(f"the sitemap is larger than {MAX_BYTES} bytes once unpacked", FailedKind.TOO_LARGE)
    return body


def _read(xml: bytes, reading: _Reading) -> list[str]:
    try:
        _walk(xml, reading)
    except _EnoughError:
        reading.is_full = True
    except ExpatError as fault:
        mended = _Reading()
        try:
            _walk(repaired(xml), mended)
        except _EnoughError:
            mended.is_full = True
        except ExpatError as second:
            reading.root, reading.records = mended.root or reading.root, mended.records or reading.records
            return [f"the sitemap is not well-formed XML ({second}): read as far as it goes"]
        reading.root, reading.records, reading.is_full = mended.root, mended.records, mended.is_full
        return [f"the sitemap is not well-formed XML ({fault}): repaired and read"]
    return []


def _walk(xml: bytes, reading: _Reading) -> None:
    parser = ParserCreate()
    parser.buffer_text = True
    stack: list[str] = []
    texts: dict[str, str] = {}
    pieces: list[str] = []

    def opened(name: str, _: object) -> None:
        local = name.rpartition(":")[2]
        if not stack:
            reading.root = local
        if len(stack) >= _MAX_DEPTH:
            raise ExtractError(f"the sitemap nests more than {_MAX_DEPTH} elements: not read")
        if local in _RECORDS and len(stack) == 1:
            texts.clear()
        pieces.clear()
        stack.append(local)

    def closed(name: str) -> None:
        local = stack.pop()
        if local in _KEPT and "image:" not in name and "video:" not in name:
            texts.setdefault(local, "".join(pieces)[:_MAX_TEXT].strip())
        elif local in _RECORDS and len(stack) == 1:
            reading.records.append((local, dict(texts)))
            if len(reading.records) >= MAX_URLS:
                raise _EnoughError
        pieces.clear()

    parser.StartElementHandler = opened
    parser.EndElementHandler = closed
    parser.CharacterDataHandler = pieces.append
    parser.EntityDeclHandler = _refuse_entity
    parser.Parse(xml, True)


def _refuse_entity(*_: object) -> None:
    raise ExtractError("the sitemap declares XML entities of its own: not read (entity bombs look like this)")


def _plain_list(xml: bytes, url: str, recipe: Recipe) -> Extraction:
    """One address a line, as the protocol also allows."""
    lines = xml.partition(b"\n")[2].decode("utf-8").split()
    addresses = dict.fromkeys(line for line in lines[:MAX_URLS] if line.startswith(("http://", "https://")))
    found = [
        Found(address) for line in addresses if (address := absolute(url, line)) and not is_ignored(address, recipe)
    ]
    if not found:
        raise ExtractError("this is no sitemap: it holds neither XML nor addresses; check the address")
    return Extraction((), tuple(found), EXTRACTOR)
