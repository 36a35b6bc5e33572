"""The whole page in the order a reader meets it: every visible block, and where on the page it stands."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

if TYPE_CHECKING:
    from selectolax.lexbor import LexborNode

_SKIP_TAGS = "script style noscript template svg math canvas iframe object head select datalist audio video"
_SKIP = frozenset(_SKIP_TAGS.split())
_BLOCK_TAGS = (
    "address article aside blockquote body button caption center dd details dialog dir div dl dt fieldset "
    "figcaption figure "
    "footer form h1 h2 h3 h4 h5 h6 header hgroup hr label legend li main menu nav ol option p pre search "
    "section summary "
    "table tbody td tfoot th thead tr ul"
)
_BLOCK = frozenset(_BLOCK_TAGS.split())
_ZONE_TAGS = {"nav": "nav", "menu": "nav", "footer": "footer", "dialog": "overlay", "aside": "aside", "form": "form"}
_ZONE_ROLES = {
    "navigation": "nav", "menubar": "nav", "menu": "nav", "search": "nav", "banner": "header", "contentinfo": "footer",
    "dialog": "overlay", "alertdialog": "overlay", "complementary": "aside",
}  # fmt: skip
# What template authors call the parts that are not the statement: words of class and id.
_ZONE_NAMES = (
    (
        "overlay",
        re.compile("cookie|consent|gdpr|onetrust|truste|cmp-|modal|popup|lightbox|overlay"),
    ),
    ("footer", re.compile(r"(?:^|[-_ ])(?:site-?)?(?:footer|colophon|copyright)(?:$|[-_ ])")),
    (
        "nav",
        re.compile(
            r"(?:^|[-_ ])(?:nav|navbar|navigation|menu|breadcrumbs?|pagination|pager|skip-?links?|toolbar|"
            r"topbar|masthead|"
            r"mega-?menu|table-of-contents)(?:$|[-_ ])|(?:^| )toc(?:$| )"
        ),
    ),
    (
        "related",
        re.compile(
            r"(?:^|[-_ ])(?:related|recommended|teasers?|more-(?:news|stories|from)|latest(?:-news)?|trending|"
            r"popular|most-read|"
            r"you-may|sidebar|(?<!elementor-)widgets?|share|sharing|social|follow-us|newsletter|subscribe|"
            r"comments?|comment-?list|comentarios?|commentaires?|kommentare?|disqus|advert|"
            r"promo|author-bio|carousel|ticker)(?:$|[-_ ])|(?:^| )(?:ads?|(?:post-|entry-)?tags|tag-(?:list|"
            r"links|cloud))(?:$| )"
        ),
    ),
)
# A part with this much text and so few links is prose, whatever its class says: (characters, share of links).
_PROSE = {"nav": (600, 0.25), "related": (1_500, 0.1), "footer": (3_000, 0.1)}
_SPACE = re.compile(r"\s+")
_PROSE_LINKS = 0.3  # share of link text below which a block is prose
_MOST_PROSE = 0.4  # share of the page's prose in one part that no menu or teaser list has


class Zone(StrEnum):
    """Which part of the page a block stands in, as the page's own markup says."""

    CONTENT = "content"
    HEADER = "header"
    NAV = "nav"
    ASIDE = "aside"
    RELATED = "related"
    FORM = "form"
    FOOTER = "footer"
    OVERLAY = "overlay"


@dataclass(frozen=True, slots=True)
class Anchor:
    """A link where it stands."""

    href: str  # absolute
    text: str


@dataclass(frozen=True, slots=True)
class Block:
    """One run of visible text between two block borders."""

    text: str
    tag: str  # the block element it stands in: "p", "h1", "li", …
    zone: Zone
    in_article: bool  # inside <main>, <article> or role=main
    is_hidden: bool  # by attribute or inline style: tabs, accordions, panels
    is_marked: bool  # role=alert/status/note, or a class that says notice, alert, banner, warning
    anchors: tuple[Anchor, ...] = ()
    link_share: float = 0.0  # share of the text that stands on links, 0 to 1
    time: str | None = None  # datetime attribute of a <time> in it
    zone_root: int = 0  # the element that set the zone by its class or id; 0: none did
    path: tuple[int, ...] = ()  # the block elements around it, outermost first, numbered as they open


@dataclass(slots=True)
class _Place:
    """What a block inherits from the elements around it."""

    zone: Zone = Zone.CONTENT
    in_article: bool = False
    is_hidden: bool = False
    is_marked: bool = False
    tag: str = "body"
    zone_root: int = 0
    path: tuple[int, ...] = (0,)


@dataclass(slots=True)
class _Pending:
    """Text gathered since the last block border."""

    parts: list[str] = field(default_factory=list)
    anchors: list[Anchor] = field(default_factory=list)
    linked: int = 0  # characters of text inside links
    ends_in_break: bool = False
    time: str | None = None

    def add(self, text: str, *, is_linked: bool, is_break: bool = False) -> None:
        self.parts.append(text)
        if is_break or text.strip():
            self.ends_in_break = is_break
        if is_linked:
            self.linked += len(text.strip())

    def take(self, place: _Place) -> Block | None:
        text = _SPACE.sub(" ", "".join(self.parts)).strip()
        anchors, time, linked = tuple(self.anchors), self.time, self.linked
        self.parts, self.anchors, self.linked, self.time, self.ends_in_break = [], [], 0, None, False
        if not text and not anchors:
            return None
        share = min(1.0, linked / len(text)) if text else 1.0
        marks = (place.zone, place.in_article, place.is_hidden, place.is_marked)
        return Block(text, place.tag, *marks, anchors, share, time, place.zone_root, place.path)


def read_blocks(root: LexborNode, url: str) -> list[Block]:
    """Every visible block under `root` in document order; menus, footers and overlays too, told by `zone`.

    Hidden panels are kept and marked: what a click shows is published. Blocks of links
    without words (a linked picture) have an empty text.
    """
    return _without_misleading_names([block for block in _walk(root, url) if block.text or block.anchors])


def _without_misleading_names(blocks: list[Block]) -> list[Block]:
    """The blocks, those back in the content whose part holds most of the page's prose: its name misleads."""
    prose: Counter[int] = Counter()
    for block in blocks:
        if block.link_share < _PROSE_LINKS:
            prose[block.zone_root] += len(block.text.split())
    misnamed = {root for root, size in prose.items() if root and size > _MOST_PROSE * prose.total()}
    if not misnamed:
        return blocks
    return [replace(b, zone=Zone.CONTENT, zone_root=0) if b.zone_root in misnamed else b for b in blocks]


class _LinkEnds:
    """On the stack: the link that was opened last ends here."""


def _walk(root: LexborNode, url: str) -> Iterator[Block]:
    pending, place, open_links, opened = _Pending(), _Place(), 0, 0
    # An explicit stack: pages nest deeper than Python recurses. A _Place on it ends an element.
    stack: list[LexborNode | _Place | _LinkEnds] = [*reversed(list(root.iter(include_text=True)))]
    while stack:
        step = stack.pop()
        if isinstance(step, _LinkEnds):
            open_links -= 1
        elif isinstance(step, _Place):
            if (block := pending.take(place)) is not None:
                yield block
            place = step
        elif (tag := step.tag or "") == "-text":
            pending.add(step.text_content or "", is_linked=open_links > 0)
        elif tag == "br":
            if pending.ends_in_break and (block := pending.take(place)) is not None:
                yield block  # two breaks in a row are how old pages part their paragraphs
            pending.add("\n", is_linked=False, is_break=True)
        elif tag not in _SKIP and tag[:1] not in "-_!":
            if tag in _BLOCK:
                if (block := pending.take(place)) is not None:
                    yield block
                stack.append(place)
                opened += 1
                place = _inner(step, tag, place, opened)
            elif _note(step, tag, url, pending):
                stack.append(_LinkEnds())
                open_links += 1
            stack.extend(reversed(list(step.iter(include_text=True))))
    if (block := pending.take(place)) is not None:
        yield block


def _note(node: LexborNode, tag: str, url: str, pending: _Pending) -> bool:
    """Note what an inline element says of the block around it; true if it opens a link."""
    if tag == "a" and (href := node.attributes.get("href")):
        pending.anchors.append(Anchor(_absolute(url, href), _SPACE.sub(" ", node.text()).strip()))
        return True
    if tag == "time":
        pending.time = node.attributes.get("datetime") or pending.time
    return False


def _absolute(url: str, href: str) -> str:
    try:
        return urljoin(url, href.strip())
    except ValueError:  # "http://[" and other things that are no address
        return href.strip()


def _inner(node: LexborNode, tag: str, outer: _Place, number: int) -> _Place:
    attributes = node.attributes
    role = (attributes.get("role") or "").strip().lower()
    names = f"{attributes.get('class') or ''} {attributes.get('id') or ''}".lower()
    in_article = outer.in_article or tag in ("main", "article") or role in ("main", "article")
    style = (attributes.get("style") or "").replace(" ", "").lower()
    zone, is_named = outer.zone, False
    if outer.zone in (Zone.CONTENT, Zone.HEADER):  # the outermost sign holds
        zone, is_named = _zone(node, tag, role, names, outer.zone, in_article)
    return _Place(
        zone=zone,
        in_article=in_article,
        is_hidden=outer.is_hidden or "hidden" in attributes or "display:none" in style,
        is_marked=outer.is_marked or _is_marked(role, names),
        tag=tag,
        zone_root=number if is_named else outer.zone_root,
        path=(*outer.path, number),
    )


def _zone(node: LexborNode, tag: str, role: str, names: str, outer: Zone, in_article: bool) -> tuple[Zone, bool]:
    """The zone that an element opens, and whether only its class or id says so."""
    sure = _ZONE_TAGS.get(tag) or _ZONE_ROLES.get(role)
    if sure is not None:
        return Zone(sure), False
    if names.strip() and tag not in ("body", "main", "article", "html"):
        named = next((zone for zone, pattern in _ZONE_NAMES if pattern.search(names)), None)
        if named is not None and not (named in _PROSE and _is_prose(node, *_PROSE[named])):
            return Zone(named), True
    if tag == "header" and not in_article:
        return Zone.HEADER, False
    return outer, False


def _is_prose(node: LexborNode, chars: int, links: float) -> bool:
    size = len(node.text())
    return size > chars and sum(len(a.text()) for a in node.css("a")) <= links * size


_MARKED = re.compile(
    r"(?:^|[-_ ])(?:alert|notice|notification|warning|banner|callout|correction|update|status|withdrawn|"
    r"archived?)(?:$|[-_ ])"
)


def _is_marked(role: str, names: str) -> bool:
    return role in ("alert", "status", "note") or bool(_MARKED.search(names))


_DOCUMENT_PATH = re.compile(r"\.(?:pdf|docx?|odt|rtf|xlsx?|ods|csv|pptx?|odp|zip|txt|epub)$", re.I)


def is_document(url: str) -> bool:
    """Whether an address names a file to read rather than a page.

    >>> is_document("https://example.org/files/Review%202021.PDF?v=3")
    True
    """
    try:
        return bool(_DOCUMENT_PATH.search(urlsplit(url).path))
    except ValueError:
        return False
