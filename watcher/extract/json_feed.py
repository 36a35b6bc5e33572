"""JSON Feed (https://www.jsonfeed.org/version/1.1/)."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from watcher.core.errors import ExtractError
from watcher.core.model import Document, Extraction, Found, Link, Recipe
from watcher.extract.follow import is_ignored
from watcher.extract.fragment import absolute, read_fragment, text_of, tidy
from watcher.extract.json_bytes import read_json

EXTRACTOR = "json-feed-1"
MAX_ENTRIES = 3_000


def extract_json_feed(body: bytes, url: str, recipe: Recipe, charset: str | None) -> Extraction:
    """The entries of a JSON Feed, in its order. Raises ExtractError for JSON that is no feed."""
    feed = read_json(body, charset)
    entries = feed.get("items") if isinstance(feed, dict) else None
    if not isinstance(entries, list):
        raise ExtractError('this JSON is no JSON Feed: it has no list "items". For an API set kind = "json"')
    documents: dict[str, Document] = {}
    found: dict[str, Found] = {}
    for entry in entries[:MAX_ENTRIES]:
        document = _document(entry, url, feed) if isinstance(entry, dict) else None
        if document is None or document.url in documents or is_ignored(document.url, recipe):
            continue
        documents[document.url] = document
        modified = instant(entry.get("date_modified"))
        found[document.url] = Found(document.url, document.title, document.published_on, modified)
    warnings = []
    if len(entries) > MAX_ENTRIES:
        warnings.append(f"the feed has {len(entries)} entries: the first {MAX_ENTRIES} were read")
    following = absolute(url, str(feed.get("next_url") or ""))
    pages = (following,) if following and following != url else ()
    return Extraction(tuple(documents.values()), tuple(found.values()), EXTRACTOR, pages, tuple(warnings))


def _document(entry: dict[str, Any], url: str, feed: dict[str, Any]) -> Document | None:
    address = None
    for name in ("url", "external_url", "id"):
        value = str(entry.get(name) or "")
        if value and (name != "id" or value.startswith(("http://", "https://"))):
            address = address or absolute(url, value)
    if address is None:
        return None
    content = str(entry.get("content_html") or "")
    blocks, inner_links = read_fragment(content, address)
    plain = str(entry.get("content_text") or entry.get("summary") or "")
    attached = [part for part in entry.get("attachments") or () if isinstance(part, dict)]
    links = [Link(href, "") for part in attached if (href := absolute(address, str(part.get("url") or "")))]
    modified = instant(entry.get("date_modified"))
    language = str(entry.get("language") or feed.get("language") or "")[:2].lower()
    return Document(
        address,
        text_of(str(entry.get("title") or ""))[:500],
        blocks if content else tuple(tidied for part in plain.split("\n\n") if (tidied := tidy(part))),
        (*inner_links, *links),
        published_on=day(entry.get("date_published")),
        modified_on=modified.date() if modified else None,
        language=language if len(language) == 2 and language.isalpha() else None,
    )


def day(value: object) -> date | None:
    """The day that an ISO 8601 text names, in its own time zone; None if it names none.

    >>> day("2021-06-08T00:00:00+01:00")
    datetime.date(2021, 6, 8)
    """
    try:
        return datetime.fromisoformat(str(value).strip()).date() if value else None
    except ValueError:
        return None


def instant(value: object) -> datetime | None:
    """The moment that an ISO 8601 text names, in UTC; without a zone it is taken for UTC."""
    try:
        moment = datetime.fromisoformat(str(value).strip()) if value else None
    except ValueError:
        return None
    if moment is None:
        return None
    try:
        return moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC)
    except (OverflowError, ValueError):
        return None
