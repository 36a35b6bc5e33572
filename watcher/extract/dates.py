"""When a page says it was published and last changed: shown, marked up, or in its machine-readable parts."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from watcher.extract.page import Block, Zone

if TYPE_CHECKING:
    from selectolax.lexbor import LexborHTMLParser

_MONTHS = {
    name: number
    for number, names in enumerate(
        ("jan january ionawr", "feb february chwefror", "mar march mawrth", "apr april ebrill", "may mai",
         "jun june mehefin", "jul july gorffennaf", "aug august awst", "sep sept september medi",
         "oct october hydref", "nov november tachwedd", "dec december rhagfyr"), 1)
    for name in names.split()
}  # fmt: skip
_MONTH = "|".join(sorted(_MONTHS, key=len, reverse=True))
_ISO = re.compile(r"\b((?:19|20)\d\d)-(\d\d?)-(\d\d?)(?!\d)")
_DAY_FIRST = re.compile(
    rf"\b(\d\d?)(?:st|nd|rd|th)?(?:\s+of)?[\s.\u00a0-]+({_MONTH})\b\.?,?[\s\u00a0-]+((?:19|20)\d\d)\b", re.I
)
_MONTH_FIRST = re.compile(rf"\b({_MONTH})\b\.?\s+(\d\d?)(?:st|nd|rd|th)?,?\s+((?:19|20)\d\d)\b", re.I)
_NUMBERS = re.compile(r"\b(\d\d?)(?:[/.](\d\d?)[/.]((?:19|20)\d\d|\d\d)|-(\d\d?)-((?:19|20)\d\d))\b")

_MODIFIED = re.compile(
    r"\b(?:updated|last update|modified|revised|reviewed|amended|edited|changed)\b|\bupdate:|\bdiweddar", re.I
)
_PUBLISHED = re.compile(r"\b(?:published|posted|issued|released|first published|date|created|added|cyhoeddwyd)\b", re.I)
_DATE_WORDS = 4  # "Tuesday 8 June 2021": nothing but a date
_SHOWN_WORDS = 16  # a longer block that names a date is a sentence, not a date line
_META_PUBLISHED_NAMES = (
    "article:published_time og:article:published_time datepublished dcterms.issued dcterms.created dc.date.issued "
    "dc.date dcterms.date publish-date pubdate "
    "citation_publication_date date publication_date sailthru.date parsely-pub-date"
)
_META_PUBLISHED = tuple(_META_PUBLISHED_NAMES.split())
_META_MODIFIED_NAMES = (
    "article:modified_time og:updated_time datemodified dcterms.modified dc.date.modified last-modified revised "
    "lastmod dateupdated govuk:public-updated-at"
)
_META_MODIFIED = tuple(_META_MODIFIED_NAMES.split())


@dataclass(frozen=True, slots=True)
class PageDates:
    """What a page says of its own age. A date shown to readers counts before one for machines."""

    published_on: date | None = None
    modified_on: date | None = None


def read_dates(page: LexborHTMLParser, blocks: Sequence[Block]) -> PageDates:
    """The days of publication and of the last change; None where the page says nothing.

    Shown dates first: a move to a new site resets the machine-readable ones (a report of 2018
    "published" in 2023), and they never reach a reader. 3/6/2021 is the third of June.
    """
    shown = _shown(blocks)
    marked = _json_ld(page)
    meta = _meta(page)
    published = shown.published_on or marked.published_on or meta.published_on
    modified = shown.modified_on or marked.modified_on or meta.modified_on
    return PageDates(published, modified)


def parse_date(text: str) -> date | None:
    """The first date in `text`, day first where only numbers say it; None if there is none.

    >>> parse_date("Last updated: 3/6/2021")
    datetime.date(2021, 6, 3)
    """
    found = sorted(_dates_in(text), key=lambda hit: hit[0])
    return found[0][1] if found else None


def shows_date(text: str) -> bool:
    """Whether a block is a date line: short, and little but a date."""
    return len(text.split()) <= _SHOWN_WORDS and parse_date(text) is not None


def _dates_in(text: str) -> Iterator[tuple[int, date]]:
    for pattern, order in ((_ISO, "ymd"), (_DAY_FIRST, "dmy"), (_MONTH_FIRST, "mdy"), (_NUMBERS, "dmy")):
        for hit in pattern.finditer(text):
            parts = dict(zip(order, (group for group in hit.groups() if group), strict=True))
            if (day := _day(parts["y"], parts["m"], parts["d"])) is not None:
                yield hit.start(), day


def _day(year: str, month: str, day: str) -> date | None:
    number = _MONTHS.get(month.lower()) or (int(month) if month.isdigit() else 0)
    full_year = int(year) if len(year) == 4 else 2000 + int(year)
    day_number = int(day)
    if number > 12 >= day_number:  # 11/25/2026 can only be month first
        number, day_number = day_number, number
    try:
        found = date(full_year, number, day_number)
    except ValueError:
        return None
    return found if 1990 <= found.year <= 2100 else None


def _shown(blocks: Sequence[Block]) -> PageDates:
    published = modified = None
    speaking = [b for b in blocks if b.zone in (Zone.CONTENT, Zone.HEADER)]
    for place, block in enumerate(speaking):
        if len(block.text.split()) > _SHOWN_WORDS and block.time is None:
            continue
        label = block.text
        if place and len(label.split()) <= _DATE_WORDS and not _MODIFIED.search(label) and not _PUBLISHED.search(label):
            label = f"{speaking[place - 1].text} {label}"  # <dt>Last updated</dt><dd>8 June 2021</dd>
        day = parse_date(block.text) or (parse_date(block.time) if block.time else None)
        if day is None or len(label.split()) > 2 * _SHOWN_WORDS:
            continue
        if modified is None and _MODIFIED.search(label):
            modified = _date_after(_MODIFIED, block.text) or day
            published = published or (_date_after(_PUBLISHED, block.text) if _PUBLISHED.search(block.text) else None)
        elif published is None and (_PUBLISHED.search(label) or block.time or _ends_with_date(block.text)):
            published = day
    return PageDates(published, modified)


def _ends_with_date(text: str) -> bool:
    """Whether a line closes with a date, as bylines do: "Jo Smith | 12.06.21"."""
    line = text.strip().rstrip(".")
    patterns = (_ISO, _DAY_FIRST, _MONTH_FIRST, _NUMBERS)
    return any(hit.end() == len(line) for pattern in patterns for hit in pattern.finditer(line))


def _date_after(label: re.Pattern[str], text: str) -> date | None:
    hit = label.search(text)
    return parse_date(text[hit.end() :]) if hit else None


def _json_ld(page: LexborHTMLParser) -> PageDates:
    published = modified = None
    for node in page.css('script[type="application/ld+json"]'):
        try:
            described = json.loads(node.text(), strict=False)
        except (ValueError, RecursionError):
            continue
        for thing in _things(described):
            published = published or _from_value(thing.get("datePublished"))
            modified = modified or _from_value(thing.get("dateModified"))
    return PageDates(published, modified)


def _things(described: Any, depth: int = 0) -> Iterator[dict[str, Any]]:
    """Every object of a JSON-LD graph, outer ones first."""
    if depth > 6:
        return
    if isinstance(described, dict):
        yield described
        for key in ("@graph", "mainEntity", "mainEntityOfPage"):
            yield from _things(described.get(key), depth + 1)
    elif isinstance(described, list):
        for part in described[:50]:
            yield from _things(part, depth + 1)


def _from_value(value: Any) -> date | None:
    return parse_date(value) if isinstance(value, str) else None


def _meta(page: LexborHTMLParser) -> PageDates:
    said: dict[str, str] = {}
    for node in page.css("meta[content]"):
        key = node.attributes.get("property") or node.attributes.get("name") or node.attributes.get("itemprop") or ""
        said.setdefault(key.strip().lower(), node.attributes.get("content") or "")
    return PageDates(_first(said, _META_PUBLISHED), _first(said, _META_MODIFIED))


def _first(said: dict[str, str], keys: tuple[str, ...]) -> date | None:
    return next((day for key in keys if (day := parse_date(said.get(key, ""))) is not None), None)
