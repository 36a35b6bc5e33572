"""`sources add`: the best way to watch what an address shows, and the source that says so."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import count
from urllib.parse import unquote, urlsplit

from watcher.core.model import Document, Extraction, Fetched, Organisation, Outcome, Read, Recipe, Source, SourceKind
from watcher.core.urls import host_of, identity, same_site
from watcher.extract.charset import decode
from watcher.extract.discover import feeds_of, linked_feeds, sitemaps_of
from watcher.pipeline.desk import NEEDS_SCRIPT, SHORT_CHARACTERS, Desk, task_of, trouble
from watcher.pipeline.nature import is_index, kind_of, needs_script
from watcher.pipeline.observe import read_body

MOST_FEEDS = 4  # of those that a page names are tried
MOST_SITEMAPS = 2
_EVERY = {SourceKind.FEED: "1h", SourceKind.LISTING: "4h", SourceKind.PAGE: "6h", SourceKind.SITEMAP: "1d"}
_PLAIN_WORDS = frozenset({"www", "en", "en-gb", "index", "default", "html", "htm", "aspx", "php", "xml", "home"})


@dataclass(frozen=True, slots=True)
class Candidate:
    """One way to watch an address."""

    kind: SourceKind
    url: str
    says: str  # what it holds, or why it won't do
    is_usable: bool = True


@dataclass(frozen=True, slots=True)
class Suggestion:
    """The ways that were looked at, the best one named; None: there is none, see `trouble`."""

    best: Candidate | None
    considered: tuple[Candidate, ...] = ()
    trouble: str = ""
    final_url: str = ""  # where the address leads


def suggest(desk: Desk, url: str) -> Suggestion:
    """The best of feed, sitemap, listing and page for the address `url`; a few pages of its site are read."""
    source = Source("new", "", SourceKind.PAGE, url, 1)
    (observation,) = desk.read([task_of(desk, source)])
    fetched = getattr(observation.outcome, "fetched", None)
    why = trouble(observation.outcome)
    if not isinstance(fetched, Fetched) or fetched.status not in (200, 203) or not fetched.body:
        return Suggestion(None, trouble=why)
    kind = kind_of(fetched)
    if kind is None:
        return _of_page(desk, source, fetched)
    if kind == SourceKind.JSON:
        return Suggestion(None, trouble='it answers in JSON: write the source by hand, with kind = "json" and fields')
    if kind == SourceKind.PAGE:
        text = _text(observation.outcome)
        best = Candidate(SourceKind.PAGE, fetched.final_url, f"{text} characters of text", is_usable=text > 0)
        return _chosen(fetched, [best], why or "no text found")
    return _chosen(fetched, [_tried(desk, source, kind, fetched.final_url, frozenset())], why)


def guess_kind(desk: Desk, url: str) -> SourceKind:
    """What kind of source the address is by itself; a page if it cannot be read."""
    source = Source("new", "", SourceKind.PAGE, url, 1)
    (observation,) = desk.read([task_of(desk, source)])
    fetched = getattr(observation.outcome, "fetched", None)
    if not isinstance(fetched, Fetched) or fetched.status not in (200, 203) or not fetched.body:
        return SourceKind.PAGE
    kind = kind_of(fetched)
    if kind is not None:
        return kind
    page, listed = read_body(fetched, task_of(desk, source)), _listed(desk, source, fetched)
    return SourceKind.LISTING if is_index(_document(page), listed) else SourceKind.PAGE


def _of_page(desk: Desk, source: Source, fetched: Fetched) -> Suggestion:
    """The ways to watch what an HTML page shows, the best first."""
    html = decode(fetched.body, fetched.charset)
    page = read_body(fetched, task_of(desk, source))
    listed = _listed(desk, source, fetched)
    document = _document(page)
    text = _text(page)
    on_page = frozenset(identity(found.url) for found in listed.follow)
    has_list = is_index(document, listed)
    says = f"{len(listed.follow)} links that look like statements"
    listing = Candidate(SourceKind.LISTING, fetched.final_url, says, is_usable=has_list)
    as_page = Candidate(
        SourceKind.PAGE, fetched.final_url, f"{text} characters of text", is_usable=text >= SHORT_CHARACTERS
    )
    if as_page.is_usable and not has_list and not _is_front_page(fetched.final_url):
        return _chosen(fetched, [as_page], "")
    named = dict.fromkeys((*feeds_of(html, fetched.final_url), *linked_feeds(html, fetched.final_url)))
    feeds = [
        _tried(desk, source, SourceKind.FEED, address, on_page if has_list else frozenset())
        for address in [address for address in named if "comment" not in address.lower()][:MOST_FEEDS]
    ]
    has_feed = any(feed.is_usable for feed in feeds)
    sitemaps = [] if has_list or has_feed else _sitemaps(desk, source, fetched.final_url)
    script = needs_script(fetched.body)
    why = NEEDS_SCRIPT if script else "no feed, no sitemap, no list of links and no text found"
    return _chosen(fetched, [*feeds, listing, *sitemaps, as_page], why)


def _sitemaps(desk: Desk, source: Source, url: str) -> list[Candidate]:
    """The sitemaps that the host's robots.txt names, tried."""
    robots = desk.robots.get(host_of(url))
    if robots is None:  # a redirect led here: this host's rules were not asked for yet
        desk.read([task_of(desk, source, url)])
        robots = desk.robots.get(host_of(url))
    named = sitemaps_of(robots.text, url)[:MOST_SITEMAPS] if robots is not None else ()
    return [_tried(desk, source, SourceKind.SITEMAP, address, frozenset()) for address in named]


def _chosen(fetched: Fetched, candidates: list[Candidate], why: str) -> Suggestion:
    best = next((candidate for candidate in candidates if candidate.is_usable), None)
    return Suggestion(best, tuple(candidates), "" if best else why, fetched.final_url)


def _tried(desk: Desk, source: Source, kind: SourceKind, url: str, on_page: frozenset[str]) -> Candidate:
    """One feed or sitemap, read. A feed of another part of the site than the page asked for won't do."""
    (observation,) = desk.read([task_of(desk, source, url, kind)])
    if not isinstance(observation.outcome, Read):
        return Candidate(kind, url, trouble(observation.outcome), is_usable=False)
    found = observation.outcome.extraction
    if kind == SourceKind.SITEMAP:
        says = f"{len(found.follow)} addresses" if found.follow else f"{len(found.next_pages)} further sitemaps"
        return Candidate(kind, url, says, is_usable=bool(found.follow or found.next_pages))
    shared = sum(1 for one in found.follow if identity(one.url) in on_page)
    says = f"{len(found.follow)} statements"
    if on_page:
        says += f", {shared} of them on the page"
    enough = min(len(found.follow), len(on_page)) / 2
    return Candidate(kind, url, says, is_usable=bool(found.follow) and (not on_page or shared >= enough))


def _listed(desk: Desk, source: Source, fetched: Fetched) -> Extraction:
    outcome = read_body(fetched, task_of(desk, source, kind=SourceKind.LISTING))
    return outcome.extraction if isinstance(outcome, Read) else Extraction((), (), "")


def _document(outcome: Outcome) -> Document | None:
    return outcome.extraction.documents[0] if isinstance(outcome, Read) and outcome.extraction.documents else None


def _text(outcome: Outcome) -> int:
    """Characters of text that were read."""
    return sum(len(d.text) for d in outcome.extraction.documents) if isinstance(outcome, Read) else 0


def _is_front_page(url: str) -> bool:
    return urlsplit(url).path in ("", "/") and not urlsplit(url).query


def owner_of(organisations: Iterable[Organisation], *urls: str) -> Organisation | None:
    """The organisation on whose site one of the addresses is; None if it is nobody's we know."""
    known = list(organisations)
    for url in urls:
        for organisation in known:
            if organisation.domains and same_site(url, f"https://{organisation.domains[0]}/", organisation.domains):
                return organisation
    return None


def source_of(candidate: Candidate, organisation: Organisation, taken: Iterable[str], source_id: str | None) -> Source:
    """The source that watches a candidate. Its id is made from the organisation's and the address, if not given."""
    chosen = source_id or _free_id(organisation.id, candidate, frozenset(taken))
    recipe = Recipe(domains=organisation.domains)
    return Source(chosen, organisation.id, candidate.kind, candidate.url, 1, recipe=recipe)


def entry_of(source: Source, candidate: Candidate, day: str) -> dict[str, str]:
    """The keys of the [[source]] that is written."""
    return {
        "id": source.id,
        "organisation": source.organisation,
        "kind": source.kind.value,
        "url": source.url,
        "every": _EVERY[source.kind],
        "note": f"added on {day}: {candidate.says} when it was tried",
    }


def _free_id(organisation: str, candidate: Candidate, taken: frozenset[str]) -> str:
    ids = _ids(organisation, candidate)
    return next(one for one in ids if one not in taken)


def _ids(organisation: str, candidate: Candidate) -> Iterator[str]:
    """Ids for a source, the plainest first: "northmoor-feed", "northmoor-latest-news", "northmoor-feed-2", …"""
    words = re.split(r"[^a-z0-9]+", unquote(urlsplit(candidate.url).path).lower())
    telling = [word for word in words if word and word not in _PLAIN_WORDS and not word.isdigit()][-3:]
    plain = "news" if candidate.kind == SourceKind.LISTING else candidate.kind.value
    is_named = bool(telling) and candidate.kind in (SourceKind.LISTING, SourceKind.PAGE)
    name = f"{organisation}-{'-'.join(telling) if is_named else plain}"[:70].strip("-")
    yield name
    for number in count(2):
        yield f"{name}-{number}"
