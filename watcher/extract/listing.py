"""An index page: which of its links are statements, and where the list goes on."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from importlib.metadata import version
from urllib.parse import parse_qsl, unquote, urlsplit

from bs4 import BeautifulSoup, Tag
from selectolax.lexbor import LexborHTMLParser, LexborNode
from soupsieve.util import SelectorSyntaxError

from watcher.core.errors import ExtractError
from watcher.core.model import Extraction, FailedKind, Found, Recipe
from watcher.extract.bounds import shallow
from watcher.extract.follow import is_ignored
from watcher.extract.fragment import absolute, tidy
from watcher.extract.listing_links import (
    MAX_LINKS,
    SECTION,
    Candidate,
    base_of,
    candidates,
    hosts_of,
    is_generic,
    repeated,
    word_count,
)
from watcher.extract.near_date import date_in
from watcher.extract.xml_bytes import decoded

EXTRACTOR = f"listing-1+selectolax-{version('selectolax')}"
MAX_HTML = 3_000_000
MAX_NEXT = 20
# A link needs so many points to be followed; the weights are in `_points`. Set on the pages of
# tests/extract/fixtures/listings so that every list comes out whole, then left alone.
THRESHOLD = 4.0
_LIKELY = 2.0  # if no link of the page reaches THRESHOLD
_BESIDE_A_LIST = 1.5
_OUTSIDE_MAIN = -1.5  # on a page that marks its main part

_DOCUMENTS = re.compile(r"\.(?:pdf|docx?|odt|rtf|zip)$", re.I)
_MEDIA = re.compile(
    r"\.(?:jpe?g|png|gif|svg|webp|mp[34]|mov|avi|ics|vcf|xlsx?|csv|pptx?|css|js|xml|rss|atom|ico)$", re.I
)
_DATED_PATH = re.compile(r"/(?:19|20)\d\d(?:/|-)\d{1,2}(?:/|-|$)")
_PAGE_PATH = re.compile(r"/(?:page[/-]?|p)(\d{1,6})/?$", re.I)
_PAGER_WORDS = re.compile(
    r"^(?:next|older|more|load more|show more|next page|older posts|older entries)?\s*[»›→>]*$", re.I
)
_PAGER_QUERY = re.compile(r"^(?:page|p|pg|paged|pagenumber|pageno|page_no|start|offset|currentpage)$", re.I)


def extract_listing(body: bytes, url: str, recipe: Recipe, charset: str | None) -> Extraction:
    """The addresses that the index at `url` names, in its order, with their titles and dates.

    By `recipe.follow` if it is set; otherwise found by how links of one list resemble each other.
    """
    html = shallow(decoded(body[:MAX_HTML], charset))
    if not html.strip():
        raise ExtractError("empty body: the server sent nothing to read", FailedKind.EMPTY)
    tree = LexborHTMLParser(html)
    if recipe.follow:
        found = _by_selector(html, base_of(tree, url), recipe)
        warnings = () if found else (f"follow = {recipe.follow!r} finds no link on this page",)
    else:
        found = [_found(candidate) for candidate in articles(candidates(tree, url), url, recipe)]
        warnings = () if found else ('no links that look like statements: set follow = "…" (CSS)',)
    kept = [one for one in found if not is_ignored(one.url, recipe) and one.url != url]
    return Extraction((), tuple(kept), EXTRACTOR, next_pages(tree, url), warnings)


def articles(found: list[Candidate], url: str, recipe: Recipe) -> list[Candidate]:
    """Those of `found` that are statements or documents, in the page's order."""
    sites = {hosts_of(url), *(domain.lower().removeprefix("www.") for domain in recipe.domains)}
    possible = [one for one in found if _is_possible(one, url, sites) and not is_ignored(one.url, recipe)]
    shapes = repeated(possible)
    folders = Counter(_folder(one.url) for one in possible)
    outside = _OUTSIDE_MAIN if any(one.is_in_main for one in possible) else 0.0
    points = {one.url: _points(one, url, shapes, folders) + (0.0 if one.is_in_main else outside) for one in possible}
    points = _carried_by_siblings(possible, points)
    needed = _needed(possible, points, shapes)
    chosen = [one for one in possible if points[one.url] >= needed[one.shape]]
    return chosen or _likeliest(possible, points)


def _is_possible(one: Candidate, url: str, sites: set[str]) -> bool:
    path = urlsplit(one.url).path
    host = hosts_of(one.url)
    is_own = any(host == site or host.endswith(f".{site}") for site in sites if site)
    if one.is_furniture or _MEDIA.search(path):
        return False
    # Board papers often live on a file host; they count in the main part of the page alone.
    return is_own or (_DOCUMENTS.search(path) is not None and one.is_in_main)


def _points(one: Candidate, url: str, shapes: Counter[str], folders: Counter[str]) -> float:
    """How much a link looks like one statement of a list."""
    parts = urlsplit(one.url)
    if _DOCUMENTS.search(parts.path):
        return THRESHOLD + 2
    words = word_count(one.title)
    points = 0.0
    points += 2.0 if one.has_date else 0.0
    points += 1.5 if words >= 4 else 0.5 if words == 3 else -1.0 if words <= 1 else 0.0
    points += 0.5 if words >= 7 else 0.0
    points += 1.0 if one.is_heading else 0.0
    points += 1.0 if one.is_in_main else 0.0
    points += _slug_points(one.url)
    points += _place_points(one.url, url)
    points += 1.0 if shapes[one.shape] >= 3 else -0.5 if shapes[one.shape] == 1 else 0.0
    points += 0.5 if folders[_folder(one.url)] >= 3 else 0.0
    points -= 3.0 if SECTION.search(parts.path) else 0.0
    points -= 4.0 if parts.path in ("", "/") else 0.0
    points -= 1.5 if is_generic(one.title) else 0.0
    points -= 2.0 if one.is_in_prose else 0.0
    points -= 3.0 if any(_PAGER_QUERY.match(name) for name, value in parse_qsl(parts.query) if value.isdigit()) else 0.0
    return points


def _slug_points(url: str) -> float:
    """An article's last path segment is a sentence, a number or a date; a section's is one word."""
    parts = urlsplit(url)
    segments = [unquote(segment) for segment in parts.path.split("/") if segment]
    if not segments:
        return 0.0
    words = [word for word in re.split(r"[-_+ .]", re.sub(r"\.\w{2,5}$", "", segments[-1])) if word]
    points = 2.0 if len(words) >= 4 else 1.0 if len(words) == 3 else 0.0
    if _DATED_PATH.search(parts.path):
        points += 1.0
    if re.search(r"\d{3,}", segments[-1]) or re.search(r"(?:^|&)(?:id|p|article|newsid|story)=\d+", parts.query, re.I):
        points += 1.0
    return points


def _place_points(url: str, listing: str) -> float:
    """Below the listing's own address: likely; above it: hardly."""
    own = [segment for segment in urlsplit(url).path.lower().split("/") if segment]
    index = [segment for segment in urlsplit(listing).path.lower().split("/") if segment]
    if index and re.fullmatch(r"(?:index|default|home)\.\w{2,5}", index[-1]):
        index = index[:-1]
    if len(own) > len(index) and own[: len(index)] == index:
        return 1.5 if index else 0.5
    if index and len(own) >= 2 and own[0] == index[0]:
        return 0.5
    return -1.5 if len(own) <= len(index) and own == index[: len(own)] else 0.0


def _carried_by_siblings(found: list[Candidate], points: dict[str, float]) -> dict[str, float]:
    """`points`, raised for a link whose siblings of the same shape are statements: titles may be short."""
    groups: dict[tuple[str, str], list[Candidate]] = defaultdict(list)
    for one in found:
        groups[one.shape, _family(one.url)].append(one)
    raised = dict(points)
    for group in groups.values():
        strong = sum(1 for one in group if points[one.url] >= THRESHOLD)
        if len(group) >= 3 and strong >= 0.4 * len(group):
            for one in group:
                if points[one.url] >= THRESHOLD - 2.5:
                    raised[one.url] = max(raised[one.url], THRESHOLD)
    return raised


def _likeliest(found: list[Candidate], points: dict[str, float]) -> list[Candidate]:
    """The best list of a page where no link stands out: short titles, short addresses, no dates."""
    groups: dict[tuple[str, str], list[Candidate]] = defaultdict(list)
    for one in found:
        if points[one.url] >= _LIKELY:
            groups[one.shape, _family(one.url)].append(one)
    return max(groups.values(), key=lambda group: sum(points[one.url] for one in group), default=[])


def _needed(found: list[Candidate], points: dict[str, float], shapes: Counter[str]) -> dict[str, float]:
    """What links of each shape need: more than THRESHOLD beside a list that is plainly the page's own."""
    dated = Counter(one.shape for one in found if one.has_date and points[one.url] >= THRESHOLD)
    lists = {shape for shape, count in dated.items() if count >= 3 and count >= 0.6 * shapes[shape]}
    return {shape: THRESHOLD + (_BESIDE_A_LIST if lists and shape not in lists else 0.0) for shape in shapes}


def _folder(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.hostname}{parts.path.rstrip('/').rpartition('/')[0]}"


def _family(url: str) -> str:
    """What the addresses of one list share: their folder, or the page and names of `news.aspx?id=412`."""
    names = sorted(name for name, _ in parse_qsl(urlsplit(url).query))
    return f"{urlsplit(url).path}?{names}" if names else _folder(url)


def _found(candidate: Candidate) -> Found:
    return Found(candidate.url, candidate.title, candidate.day)


def _by_selector(html: str, base: str, recipe: Recipe) -> list[Found]:
    """The links that `recipe.follow` selects, or that are inside what it selects."""
    soup = BeautifulSoup(html, "lxml")
    found: dict[str, Found] = {}
    try:
        selected = soup.select(recipe.follow or "", limit=MAX_LINKS)
    except (SelectorSyntaxError, NotImplementedError) as fault:
        raise ExtractError(f"follow = {recipe.follow!r} is no CSS selector that is known here: {fault}") from fault
    for element in selected:
        for anchor in _anchors(element):
            address = absolute(base, str(anchor.get("href") or ""))
            card = element if element is not anchor else anchor.find_parent(["li", "article", "tr"]) or anchor
            if address and address not in found:
                found[address] = _selected(anchor, card, address)
    return list(found.values())


def _anchors(element: Tag) -> list[Tag]:
    """The links of a selected element: itself, its headings' links, or else all in it."""
    if element.name == "a":
        return [element]
    headed = element.select(":is(h1, h2, h3, h4, h5, h6) a[href], a[href]:has(h1, h2, h3, h4, h5, h6)")
    return list(headed or element.select("a[href]"))


def _selected(anchor: Tag, card: Tag, address: str) -> Found:
    heading = anchor.find(["h1", "h2", "h3", "h4", "h5", "h6"])
    title = tidy((heading if isinstance(heading, Tag) else anchor).get_text(" "))
    if not title or is_generic(title):
        outer = card.find(["h1", "h2", "h3", "h4", "h5", "h6"])
        title = tidy(outer.get_text(" ")) if isinstance(outer, Tag) else tidy(str(anchor.get("aria-label") or title))
    written = card.find("time", datetime=True)
    day = date_in(str(written["datetime"])) if isinstance(written, Tag) else None
    return Found(address, title[:300], day or date_in(tidy(card.get_text(" "))[:1_500]))


def next_pages(tree: LexborHTMLParser, url: str) -> tuple[str, ...]:
    """Further pages of the same list, nearest first, at most MAX_NEXT."""
    base, host = base_of(tree, url), hosts_of(url)
    numbered: dict[str, int | None] = {}
    for node in tree.css("link[rel~=next][href], a[href]"):
        address = absolute(base, node.attributes.get("href") or "")
        if not address or address == url or hosts_of(address) != host or not _is_same_list(address, url):
            continue
        number = _page_number(address)
        if number is not None or _says_next(node):
            numbered.setdefault(address, number)
    known = [number for number in numbered.values() if number is not None]
    here = _page_number(url)
    if here is None:  # lists count from 0 (Drupal) or from 1
        here = 0 if 0 in known else 1
    later = {address: here + 1 if number is None else number for address, number in numbered.items()}
    ahead = [address for address, number in later.items() if number > here]
    return tuple(sorted(ahead, key=lambda address: later[address]))[:MAX_NEXT]


def _says_next(node: LexborNode) -> bool:
    words = tidy(node.text()) or node.attributes.get("aria-label") or ""
    return "next" in (node.attributes.get("rel") or "").lower().split() or (
        words != "" and _PAGER_WORDS.match(words) is not None
    )


def _is_same_list(address: str, url: str) -> bool:
    """Whether `address` differs from `url` in its page number and little else."""
    return _without_page(address) == _without_page(url)


def _without_page(url: str) -> str:
    path = _PAGE_PATH.sub("", urlsplit(url).path).rstrip("/")
    return re.sub(r"/(?:index|default)\.\w{2,5}$", "", path).lower()


def _page_number(url: str) -> int | None:
    parts = urlsplit(url)
    for name, value in parse_qsl(parts.query):
        if _PAGER_QUERY.match(name) and value.isdigit() and len(value) < 7:
            return int(value)
    found = _PAGE_PATH.search(parts.path)
    return int(found[1]) if found else None
