"""What was found in the bytes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class Link:
    """A link of the main area: absolute address, and the words it stands on."""

    url: str
    text: str


@dataclass(frozen=True, slots=True)
class Document:
    """One text at one address: the three streams that are compared, and what dates it."""

    url: str
    title: str
    blocks: tuple[str, ...]  # stream 1: main text, in paragraphs, headings, list items, table rows
    links: tuple[Link, ...] = ()  # stream 2: links and documents of the main area
    frame: tuple[str, ...] = ()  # stream 3: banners, headings, dates outside the main text
    published_on: date | None = None
    modified_on: date | None = None
    language: str | None = None  # ISO 639-1
    pages: tuple[int, ...] = ()  # page of each block, counted from 1; empty: no pages
    rest: tuple[str, ...] = ()  # all other visible text: tells words that moved from words that are new

    @property
    def text(self) -> str:
        """The main text, blocks parted by an empty line."""
        return "\n\n".join(self.blocks)


@dataclass(frozen=True, slots=True)
class Found:
    """A document that an index names."""

    url: str
    title: str = ""
    published_on: date | None = None
    modified_at: datetime | None = None  # sitemap lastmod, feed updated


@dataclass(frozen=True, slots=True)
class Extraction:
    """What one body holds. `documents` are texts; `follow` are addresses of further ones.

    An index of full texts (a feed) has both: its entries' own content, to be used
    where the entry's page cannot be read, and the entries' addresses.
    """

    documents: tuple[Document, ...]
    follow: tuple[Found, ...]
    extractor: str  # name and version, e.g. "html-1+trafilatura-2.3.1"
    next_pages: tuple[str, ...] = ()  # further pages of the same index
    warnings: tuple[str, ...] = ()  # what could not be read, for a person
