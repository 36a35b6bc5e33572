"""What an answer is, for a source that nobody has described yet."""

from __future__ import annotations

import re

from selectolax.lexbor import LexborHTMLParser

from watcher.core.model import Document, Extraction, Fetched, SourceKind
from watcher.core.text import normalise
from watcher.extract.bounds import shallow
from watcher.extract.charset import decode
from watcher.extract.registry import media_type_of

_LOOKED_AT = 2_000_000  # bytes
_LITTLE_TEXT = 200  # characters that a page shows without its scripts
_LIST_FROM = 3  # links that look like statements
_DATE_BESIDE = 40  # characters that may stand beside a title in its line
_PROSE_A_TITLE = 400  # characters of other text for each title of an index: an excerpt, not a statement

_SITEMAP = re.compile(rb"<(?:\w+:)?(?:urlset|sitemapindex)\b")
_JSON_FEED = re.compile(rb"jsonfeed\.org/version")
_EMPTY_ROOT = re.compile(
    r"<(div|main|app-root)\b[^>]*\bid\s*=\s*[\"']?(?:root|app|__next|__nuxt|main|content)\b[^>]*>\s*</\1>"
    r"|<app-root[^>]*>\s*</app-root>",
    re.I,
)
_ASKS_FOR_SCRIPT = re.compile(r"<noscript\b[^>]*>(?:(?!</noscript).){0,600}javascript", re.I | re.S)


def kind_of(fetched: Fetched) -> SourceKind | None:
    """The kind of source that the bytes alone tell; None: it is an HTML page, which may be an index."""
    media_type, opening = media_type_of(fetched), fetched.body[:4_096]
    is_packed = fetched.body.startswith(b"\x1f\x8b")
    if _SITEMAP.search(opening) or (is_packed and "sitemap" in fetched.final_url.lower()):
        return SourceKind.SITEMAP
    if media_type in ("application/rss+xml", "application/atom+xml", "application/rdf+xml", "application/feed+json"):
        return SourceKind.FEED
    if opening.lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b"{", b"[")):
        return SourceKind.FEED if _JSON_FEED.search(opening) else SourceKind.JSON
    return None if media_type in ("text/html", "application/xhtml+xml") else SourceKind.PAGE


def is_index(page: Document | None, listed: Extraction) -> bool:
    """Whether a page is a list of statements, not one of them.

    Titles of the links stand as lines of their own in the main text of an index, with an excerpt
    each at most; an article beside which the site lists its news has them outside its main text.
    """
    if len(listed.follow) < _LIST_FROM:
        return False
    if page is None or len(page.text) < _LITTLE_TEXT:
        return True
    titles = {normalise(found.title) for found in listed.follow if found.title}
    lines = [normalise(block) for block in page.blocks]
    own = [line for line in lines if any(title in line and len(line) <= len(title) + _DATE_BESIDE for title in titles)]
    prose = sum(map(len, lines)) - sum(map(len, own))
    return len(own) >= _LIST_FROM and prose <= _PROSE_A_TITLE * len(own)


def needs_script(body: bytes) -> bool:
    """Whether a page seems to have its text put in by scripts. Asked only of pages where none was found."""
    html = shallow(decode(body[:_LOOKED_AT]))
    if "<script" not in html.lower():
        return False
    if _EMPTY_ROOT.search(html) or _ASKS_FOR_SCRIPT.search(html):
        return True
    tree = LexborHTMLParser(html)
    tree.strip_tags(["script", "style", "noscript", "template", "head"], recursive=True)
    return len((tree.body.text(separator=" ") if tree.body else "").strip()) < _LITTLE_TEXT
