"""RSS, Atom, RDF and JSON Feed: the entries' addresses, and the text that they carry themselves."""

from __future__ import annotations

import calendar
import copyreg
import io
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from email.utils import parsedate_to_datetime
from functools import partial
from typing import Any

import feedparser
import feedparser.api

from watcher.core.errors import ExtractError
from watcher.core.model import Document, Extraction, Found, Link, Recipe
from watcher.core.urls import part_address
from watcher.extract.discover import feeds_of
from watcher.extract.feed_scan import Scan, scan
from watcher.extract.follow import is_ignored
from watcher.extract.fragment import absolute, read_fragment, text_of, tidy
from watcher.extract.xml_bytes import repaired, utf8_xml

EXTRACTOR = f"feed-1+feedparser-{feedparser.__version__}"
# Above this an ill-formed feed is straightened by libxml2 first: feedparser's tolerant parser has no bounds of its own.
_MAX_LOOSE = 200_000
_MAX_TITLE = 500
_HTML_TYPES = ("text/html", "application/xhtml+xml")
# feedparser's own `get` maps old names, answers "updated" with "published", warns, and is slow.
_get = dict.get
# feedparser copies the attributes of each text in depth (10 % of its time) though they hold nothing but
# words, and looks for a libxml2 driver of Python 2 at each feed (2 %).
copyreg.pickle(feedparser.FeedParserDict, lambda one: (partial(feedparser.FeedParserDict, dict(one)), ()))
feedparser.api.PREFERRED_XML_PARSERS.clear()
_NUMERIC_DATE = re.compile(r"\b(\d{1,2})[/.](\d{1,2})[/.](\d{4})\b")  # day first: these are British bodies


@dataclass(frozen=True, slots=True)
class _Parsed:
    """What feedparser made of a feed, and what a person should know of how."""

    feed: Any
    entries: list[Any]
    version: str
    warnings: tuple[str, ...]


def extract_feed(body: bytes, url: str, recipe: Recipe, charset: str | None) -> Extraction:
    """The entries of the feed at `url`: `follow` has their addresses, `documents` their own content.

    An address is listed once. An entry without one is a document of the feed's address and its id.
    Raises ExtractError for an empty body, for an HTML page and for anything else that is no feed.
    """
    opening = body[:200].lstrip(b"\xef\xbb\xbf \t\r\n")
    if opening.startswith((b"{", b"[")):
        from watcher.extract.json_feed import extract_json_feed

        return extract_json_feed(body, url, recipe, charset)
    parsed = _parsed(utf8_xml(body, charset), url)
    if not parsed.entries and not parsed.version:
        raise ExtractError(_not_a_feed(body, url))
    documents: dict[str, Document] = {}
    found: dict[str, Found] = {}
    for entry in parsed.entries:
        _take(entry, url, recipe, parsed, documents, found)
    warnings = parsed.warnings + (() if parsed.entries else ("the feed has no entries",))
    return Extraction(tuple(documents.values()), tuple(found.values()), EXTRACTOR, _next_pages(parsed, url), warnings)


def _parsed(xml: bytes, url: str) -> _Parsed:
    outline = scan(xml)
    warnings: tuple[str, ...] = ()
    if not outline.is_whole:
        warnings = (f"the feed is not well-formed XML ({outline.fault}): read as far as it goes",)
        outline = _straightened(xml, outline)
    if outline.dropped:
        warnings += (f"the feed has {outline.dropped} entries too many: only the newest were read",)
    try:
        result = _feedparser(outline.xml, url)
    except Exception as fault:  # feedparser 6.0.14 lets KeyErrors of its own out on mangled feeds
        if outline.is_whole:
            raise ExtractError(f"this feed stopped its parser: {fault!r}") from fault
        result = _feedparser(_recovered(outline.xml, str(fault)).xml, url)
    return _Parsed(result.feed, result.entries, result.version, warnings)


def _straightened(xml: bytes, first: Scan) -> Scan:
    mended = repaired(xml)
    outline = scan(mended)
    if outline.is_whole:
        return outline
    if len(mended) <= _MAX_LOOSE:
        return Scan(mended, is_whole=False, fault=first.fault)
    return _recovered(mended, first.fault)


def _recovered(xml: bytes, fault: str) -> Scan:
    """The feed as libxml2 makes sense of it."""
    from lxml import etree  # only here: it costs 15 ms

    parser = etree.XMLParser(recover=True, resolve_entities=False, no_network=True, load_dtd=False)
    try:
        root = etree.fromstring(xml, parser)
    except etree.XMLSyntaxError:
        root = None
    if root is None:
        raise ExtractError(f"this is no XML: {fault}")
    return scan(etree.tostring(root, encoding="utf-8", xml_declaration=True))


def _feedparser(xml: bytes, url: str) -> Any:
    headers = {"content-type": "application/xml; charset=utf-8"}
    if b"xml:base" in xml:  # else we resolve what is relative: feedparser does it for each element
        headers["content-location"] = url
    # Always a stream: feedparser.parse(bytes) opens a local file of that name.
    return feedparser.parse(io.BytesIO(xml), response_headers=headers, sanitize_html=False, resolve_relative_uris=False)


def _take(
    entry: Any, url: str, recipe: Recipe, parsed: _Parsed, documents: dict[str, Document], found: dict[str, Found]
) -> None:
    address = _address(entry, url)
    if address and is_ignored(address, recipe):
        return
    document = _document(entry, address or url, parsed)
    if address is None or (address in documents and not _is_same_entry(documents[address], document)):
        # No address, or several entries that all point at one page: told apart by their ids.
        own = str(_get(entry, "id") or document.title or len(documents))[:300]
        address_of_text = part_address(address or url, own)
    else:
        address_of_text = address
    known = documents.get(address_of_text)
    if known is None or len(document.text) > len(known.text):
        documents[address_of_text] = _at(document, address_of_text)
    if address and address not in found:
        found[address] = Found(address, document.title, document.published_on, _instant(entry, "updated"))


def _at(document: Document, url: str) -> Document:
    return Document(
        url,
        document.title,
        document.blocks,
        document.links,
        published_on=document.published_on,
        modified_on=document.modified_on,
        language=document.language,
    )


def _is_same_entry(a: Document, b: Document) -> bool:
    return a.title == b.title or (a.blocks != () and a.blocks == b.blocks)


def _document(entry: Any, address: str, parsed: _Parsed) -> Document:
    # Only Atom says what is HTML. feedparser guesses for the rest, and takes what holds a script for plain text.
    is_rss = not parsed.version.startswith("atom")
    content, kind = _content(entry)
    is_html = is_rss or kind in _HTML_TYPES
    base = _base(entry) or address
    blocks, links = read_fragment(content, base) if is_html else (_plain_blocks(content), ())
    updated = _instant(entry, "updated")
    return Document(
        address,
        _title(entry, is_rss)[:_MAX_TITLE],
        blocks,
        (*links, *_enclosures(entry, address)),
        published_on=_day(entry, "published") or _day(entry, "created") or _day(entry, "updated"),
        modified_on=_day(entry, "updated") or (updated.date() if updated else None),
        language=_language(parsed.feed),
    )


def _content(entry: Any) -> tuple[str, str]:
    """The longest text that the entry carries, and its media type."""
    texts = [(_get(part, "value") or "", _get(part, "type") or "text/html") for part in _get(entry, "content", ())]
    summary = _get(entry, "summary_detail") or {}
    texts.append((_get(entry, "summary") or "", _get(summary, "type") or "text/html"))
    return max(texts, key=lambda pair: len(pair[0]))


def _plain_blocks(text: str) -> tuple[str, ...]:
    return tuple(tidied for part in re.split(r"\n\s*\n", text) if (tidied := tidy(part)))


def _title(entry: Any, is_rss: bool) -> str:
    detail, title = _get(entry, "title_detail"), _get(entry, "title", "")
    if not is_rss and detail and _get(detail, "type") not in _HTML_TYPES:
        return tidy(title)
    return text_of(title)


def _base(entry: Any) -> str | None:
    for part in (*_get(entry, "content", ()), _get(entry, "summary_detail") or {}):
        if _get(part, "base"):
            return str(part["base"])
    return None


def _address(entry: Any, feed_url: str) -> str | None:
    """Where the entry's page is: its link, an alternate link, or a guid that is an address."""
    candidates = [_get(entry, "link")]
    candidates += [_get(link, "href") for link in _get(entry, "links", ()) if _get(link, "rel") in ("alternate", None)]
    identifier = str(_get(entry, "id") or "")
    if identifier.startswith(("http://", "https://")):
        candidates.append(identifier)
    candidates += [_get(link, "href") for link in _get(entry, "links", ()) if _get(link, "rel") == "enclosure"]
    for candidate in candidates:
        address = absolute(feed_url, str(candidate)) if candidate else None
        if address:
            return address
    return None


def _enclosures(entry: Any, address: str) -> tuple[Link, ...]:
    """Attached documents; pictures and recordings are left out."""
    found = []
    for link in _get(entry, "links", ()):
        is_media = str(_get(link, "type") or "").startswith(("image/", "audio/", "video/"))
        href = absolute(address, str(_get(link, "href") or "")) if _get(link, "rel") == "enclosure" else None
        if href and href != address and not is_media:
            found.append(Link(href, tidy(str(_get(link, "title") or ""))))
    return tuple(found)


def _day(entry: Any, field: str) -> date | None:
    """The day as the feed writes it, in its own time zone: midnight in British summer is no day earlier."""
    written = str(_get(entry, field) or "").strip()
    if written:
        for read in (datetime.fromisoformat, parsedate_to_datetime):
            try:
                return read(written).date()
            except (ValueError, IndexError, TypeError):
                continue
        numeric = _NUMERIC_DATE.search(written)
        if numeric:
            try:
                return date(int(numeric[3]), int(numeric[2]), int(numeric[1]))
            except ValueError:
                return None
    instant = _instant(entry, field)
    return instant.date() if instant else None


def _instant(entry: Any, field: str) -> datetime | None:
    parsed = _get(entry, f"{field}_parsed")
    if not parsed:
        return None
    try:
        return datetime.fromtimestamp(calendar.timegm(parsed), UTC)
    except (ValueError, OverflowError, OSError, TypeError):
        return None


def _language(feed: Any) -> str | None:
    language = str(feed.get("language") or "")[:2].lower()
    return language if len(language) == 2 and language.isalpha() else None


def _next_pages(parsed: _Parsed, url: str) -> tuple[str, ...]:
    """Older pages of the same feed (RFC 5005)."""
    links = parsed.feed.get("links") or ()
    pages = [absolute(url, str(_get(link, "href") or "")) for link in links if _get(link, "rel") == "next"]
    return tuple(page for page in pages if page and page != url)


def _not_a_feed(body: bytes, url: str) -> str:
    opening = body[:5_000].lower()
    if b"<html" not in opening and b"<!doctype html" not in opening and b"<body" not in opening:
        return "this is no feed: neither RSS, Atom, RDF nor JSON Feed. Check the address in a browser"
    feeds = feeds_of(body[:500_000].decode("utf-8", "replace"), url)
    remedy = f"its feed may be {feeds[0]}" if feeds else 'set kind = "listing" if the page lists statements'
    return f"this is an HTML page, not a feed: {remedy}"
