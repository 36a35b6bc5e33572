"""The links of an index page, with what their surroundings say of them."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode

from watcher.extract.fragment import absolute, tidy
from watcher.extract.near_date import date_in, half_a_date

MAX_LINKS = 4_000  # of one page; a longer list is a sitemap
_CLIMB = 7  # how far up a card's root is looked for
_MAX_CARD_TEXT = 1_500
_HEADINGS = "h1,h2,h3,h4,h5,h6"
_HEADING_TAGS = frozenset(_HEADINGS.split(","))
# Parts of a page that hold the same links on every page of the site.
_FURNITURE_ROLES = frozenset({"navigation", "contentinfo", "banner", "search", "menu", "menubar", "dialog", "alert"})
_FURNITURE = re.compile(
    r"(?:^|[-_])(?:nav|navbar|navigation|menu|submenu|breadcrumbs?|footer|pagination|pager|paging|cookies?|social|share|"
    r"sharing|skip|skiplinks?|tags?|tagcloud|filters?|facets?|sidebar|login|masthead|toolbar|topbar|megamenu|langs?|"
    r"languages?|banner|widget|quick-?links)(?:$|[-_])",
    re.I,
)
_STATE = re.compile(r"^(?:has|with|no|is|without|js|not|hide|show|col|wp)[-_]|^(?:tag|category)-", re.I)
# Path segments of addresses that are never one statement.
SECTION = re.compile(
    r"/(?:tags?|topics?|categor(?:y|ies)|authors?|archives?|page|feed|rss|search|log-?in|sign-?in|register|account|basket|"
    r"cart|cookies?(?:-policy)?|privacy(?:-[a-z]+)*|accessibility(?:-[a-z]+)*|sitemap|contact(?:-us)?|terms(?:-[a-z-]+)?|"
    r"wp-admin|wp-login\.php|help|subscribe|newsletter|events?/?$|share|print)(?:/|$|\.(?:html?|aspx?|php)$)",
    re.I,
)
_ROOTS = frozenset({"html", "body", "main"})
_WORD = re.compile(r"[^\W\d_]{2,}|\d+")
_GENERIC = re.compile(
    r"^(?:read|find out|learn|see|view|show|discover|get|click|continue|full)?\s*(?:more|here|details?|article|story|"
    r"reading|post|full (?:story|article|statement|post)|on)?(?:\s*(?:about|on|here|[»›→>.…]+))*$"
    r"|^(?:download|open|view)$",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Candidate:
    """One address on an index page."""

    url: str
    title: str
    shape: str  # tags and classes from the link upwards: equal for siblings of one list
    is_furniture: bool  # in a menu, footer, sidebar …
    is_heading: bool
    is_in_main: bool
    is_in_prose: bool  # in the middle of a sentence
    day: date | None  # written in its card
    has_date: bool  # a day, or at least a month
    position: int  # in the page, from 0


@dataclass(frozen=True, slots=True)
class _Page:
    url: str
    base: str
    urls_under: dict[int, set[str]]  # node -> distinct addresses in it
    furniture: dict[int, bool]  # node -> it or something above it is furniture
    cards: dict[int, tuple[date | None, bool]]


def candidates(tree: LexborHTMLParser, url: str) -> list[Candidate]:
    """Every web address that the page at `url` links to, once, where it says most about itself."""
    base = base_of(tree, url)
    here = url.partition("#")[0]
    anchors: list[tuple[LexborNode, str]] = []
    under: dict[int, set[str]] = {}
    for node in tree.css("a[href]")[:MAX_LINKS]:
        address = absolute(base, node.attributes.get("href") or "")
        if not address or address == here or (node.attributes.get("href") or "").startswith("#"):
            continue
        anchors.append((node, address))
        if SECTION.search(urlsplit(address).path):
            continue  # a card's category and author do not make it two cards
        for above in _ancestors(node, _CLIMB):
            under.setdefault(above.mem_id, set()).add(address)
    page = _Page(url, base, under, {}, {})
    best: dict[str, Candidate] = {}
    for position, (node, address) in enumerate(anchors):
        candidate = _candidate(node, address, position, page)
        known = best.get(address)
        if known is None or _says_more(candidate, known):
            best[address] = candidate
    return list(best.values())


def base_of(tree: LexborHTMLParser, url: str) -> str:
    """What relative addresses of the page are relative to."""
    for node in tree.css("base[href]")[:1]:
        return absolute(url, node.attributes.get("href") or "") or url
    return url


def is_generic(text: str) -> bool:
    """Whether a link's words name nothing: "Read more", "here".

    >>> is_generic("Read more »"), is_generic("More about our review of the scheme")
    (True, False)
    """
    return _GENERIC.match(text.strip()) is not None


def word_count(text: str) -> int:
    """Words and numbers in `text`."""
    return len(_WORD.findall(text))


def _says_more(a: Candidate, b: Candidate) -> bool:
    return (not a.is_furniture, not is_generic(a.title), a.has_date, a.is_heading, 0) > (
        not b.is_furniture,
        not is_generic(b.title),
        b.has_date,
        b.is_heading,
        0,
    )


def _ancestors(node: LexborNode, most: int) -> list[LexborNode]:
    found: list[LexborNode] = []
    above = node.parent
    while above is not None and len(found) < most:
        found.append(above)
        above = above.parent
    return found


def _candidate(node: LexborNode, address: str, position: int, page: _Page) -> Candidate:
    above = _ancestors(node, _CLIMB)
    card = node
    for ancestor in above:
        if ancestor.tag in _ROOTS or len(page.urls_under.get(ancestor.mem_id, ())) > 1:
            break
        card = ancestor
    day, has_date = _dates(card, page)
    heading = node.css_first(_HEADINGS)
    return Candidate(
        address,
        _title(node, heading, card),
        _shape(node, above),
        _is_furniture(node, page),
        heading is not None or any(ancestor.tag in _HEADING_TAGS for ancestor in above[:2]),
        _is_in_main(node),
        _is_in_prose(node),
        day,
        has_date,
        position,
    )


def _title(node: LexborNode, heading: LexborNode | None, card: LexborNode) -> str:
    """What the link is called: its heading, its words, or, if those are "Read more", its card's heading."""
    own = tidy(node.text(separator=" "))
    inside = tidy(heading.text(separator=" ")) if heading is not None else ""
    if inside:
        return inside[:300]
    if own and not is_generic(own):
        return own[:300]
    outer = card.css_first(_HEADINGS)
    picture = node.css_first("img[alt]")
    for text in (
        outer.text(separator=" ") if outer is not None else "",
        node.attributes.get("aria-label") or "",
        node.attributes.get("title") or "",
        (picture.attributes.get("alt") or "") if picture is not None else "",
    ):
        if tidy(text) and not is_generic(tidy(text)):
            return tidy(text)[:300]
    around = tidy(card.text(separator=" ")[:2_000]).replace(own, "", 1).strip()
    return around[:150] if 2 < len(around) <= 150 else own[:300]


def _dates(card: LexborNode, page: _Page) -> tuple[date | None, bool]:
    known = page.cards.get(card.mem_id)
    if known is not None:
        return known
    written = card.css_first("time[datetime]")
    text = tidy(card.text(separator=" ")[: 4 * _MAX_CARD_TEXT])[:_MAX_CARD_TEXT]
    day = (date_in(written.attributes.get("datetime") or "") if written is not None else None) or date_in(text)
    page.cards[card.mem_id] = (day, day is not None or half_a_date(text))
    return page.cards[card.mem_id]


def _shape(node: LexborNode, above: list[LexborNode]) -> str:
    parts = []
    for element in (node, *above[:4]):
        if element.tag in _ROOTS:
            break
        classes = (element.attributes.get("class") or "").split()
        stable = next((name for name in classes if not re.search(r"\d", name)), "")
        parts.append(f"{element.tag}.{stable}")
    return "<".join(parts)


def _is_in_main(node: LexborNode) -> bool:
    above = node.parent
    for _ in range(60):
        if above is None:
            return False
        if above.tag == "main" or above.attributes.get("role") == "main" or above.attributes.get("id") == "main":
            return True
        above = above.parent
    return False


def _is_in_prose(node: LexborNode) -> bool:
    parent = node.parent
    if parent is None or parent.tag not in ("p", "span", "em", "strong"):
        return False
    around = tidy(parent.text(separator=" ")[:2_000]).replace(tidy(node.text(separator=" ")), "", 1)
    return word_count(around) > 2 and date_in(around) is None


def _is_furniture(node: LexborNode, page: _Page) -> bool:
    path: list[LexborNode] = []
    above: LexborNode | None = node
    verdict = False
    while above is not None and len(path) < 200:
        if above.mem_id in page.furniture:
            verdict = page.furniture[above.mem_id]
            break
        path.append(above)
        above = above.parent
    for element in reversed(path):
        verdict = verdict or _is_furniture_itself(element)
        page.furniture[element.mem_id] = verdict
    return verdict


def _is_furniture_itself(element: LexborNode) -> bool:
    tag = element.tag or ""
    if tag in _ROOTS or tag == "a":
        return False
    attributes = element.attributes
    if tag in ("nav", "footer") or (attributes.get("role") or "").lower() in _FURNITURE_ROLES:
        return not _holds_the_page(element)
    if tag == "header":
        return not _holds_the_page(element) and not _is_in_card(element)
    names = f"{attributes.get('class') or ''} {attributes.get('id') or ''}".split()
    if any(_FURNITURE.search(name) and not _STATE.search(name) for name in names):
        return not _holds_the_page(element)
    return False


def _holds_the_page(element: LexborNode) -> bool:
    return element.css_first("main,h1,article") is not None


def _is_in_card(element: LexborNode) -> bool:
    return any(above.tag in ("article", "li", "section", "main") for above in _ancestors(element, 4))


def hosts_of(url: str) -> str:
    """The host of `url` without `www.`, in lower case.

    >>> hosts_of("https://WWW.northmoor.example:8443/x")
    'northmoor.example'
    """
    return (urlsplit(url).hostname or "").lower().removeprefix("www.")


def repeated(found: list[Candidate]) -> Counter[str]:
    """How many links share each shape."""
    return Counter(candidate.shape for candidate in found)
