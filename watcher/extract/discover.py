"""Where a site says that its feeds and sitemaps are."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from selectolax.lexbor import LexborHTMLParser

from watcher.extract.bounds import shallow
from watcher.extract.fragment import absolute

_FEED_TYPES = frozenset(
    {"application/rss+xml", "application/atom+xml", "application/rdf+xml", "application/feed+json", "text/xml"}
)

_FEED_ADDRESS = re.compile(r"(?:^|/)(?:feed|rss|atom)/?$|(?:feed|rss|atom)\.(?:xml|json)$|\.(?:rss|atom)$", re.I)


def feeds_of(html: str, url: str) -> tuple[str, ...]:
    """The feeds that the page at `url` names in its head, absolute, in order; comment feeds last.

    >>> feeds_of('<link rel="alternate" type="application/rss+xml" href="/feed/">', "https://northmoor.example/news")
    ('https://northmoor.example/feed/',)
    """
    tree = LexborHTMLParser(shallow(html))
    base = url
    for node in tree.css("base[href]")[:1]:
        base = absolute(url, node.attributes.get("href") or "") or url
    found: dict[str, bool] = {}
    for node in tree.css("link[rel][href]"):
        rel = (node.attributes.get("rel") or "").lower().split()
        kind = (node.attributes.get("type") or "").lower().partition(";")[0].strip()
        address = absolute(base, node.attributes.get("href") or "")
        if address and ("alternate" in rel or "feed" in rel) and (kind in _FEED_TYPES or "feed" in rel):
            words = f"{node.attributes.get('title') or ''} {address}".lower()
            found.setdefault(address, "comment" in words)
    return tuple(sorted(found, key=lambda address: found[address]))


def sitemaps_of(robots: str, url: str) -> tuple[str, ...]:
    """The sitemaps that a robots.txt names, absolute, each once, in order.

    >>> sitemaps_of("User-agent: *\\nSitemap: /sitemap.xml", "https://northmoor.example/robots.txt")
    ('https://northmoor.example/sitemap.xml',)
    """
    found: dict[str, None] = {}
    for line in robots.splitlines():
        name, _, value = line.partition(":")
        if name.strip().lower() == "sitemap":
            address = absolute(url, value.partition("#")[0])
            if address:
                found[address] = None
    return tuple(found)


def linked_feeds(html: str, url: str) -> tuple[str, ...]:
    """The feeds that links in the page's body lead to, by their addresses, absolute, each once.

    >>> linked_feeds('<body><a href="/news/rss.xml">RSS</a>', "https://northmoor.example/news")
    ('https://northmoor.example/news/rss.xml',)
    """
    tree = LexborHTMLParser(shallow(html))
    found: dict[str, None] = {}
    for node in tree.css("a[href]"):
        address = absolute(url, node.attributes.get("href") or "")
        if address and _FEED_ADDRESS.search(urlsplit(address).path) and "comment" not in address.lower():
            found[address] = None
    return tuple(found)


def canonical_link(html: str) -> str | None:
    """What the page's rel=canonical says, as it is written; None if there is none, or if there are two.

    >>> canonical_link('<head><link rel="canonical" href="/news/1"></head>')
    '/news/1'
    """
    tree = LexborHTMLParser(shallow(html))
    said = {node.attributes.get("href") or "" for node in tree.css("link[rel~=canonical][href]")} - {""}
    return said.pop() if len(said) == 1 else None
