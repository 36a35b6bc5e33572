"""A feed's outline at the speed of expat, before feedparser sees it.

feedparser 6.0.14 needs 21 s for 200,000 entries, dies of 200,000 attributes on one tag,
looks through all namespaces at each tag and through an author's name at the square of
its length. So the outline is read first: bounds are checked, elements that this project
has no use for are cut out, and of too many entries the newest are kept.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import parsedate_to_datetime
from pyexpat import ExpatError, ParserCreate

from watcher.core.errors import ExtractError
from watcher.core.model import FailedKind

MAX_ATTRIBUTES = 500  # on one tag; the most in real feeds is the root's namespaces, under 60
MAX_NAMESPACES = 200
MAX_NESTING = 250
MAX_ENTRIES = 3_000
MAX_FEEDPARSER_BYTES = 6_000_000  # about 1.5 s of feedparser on a busy machine
MAX_ELEMENTS = 80_000  # another 1.5 s; 3,000 entries of 15 elements have 45,000

# Nobody reads these, and every element costs feedparser 20 to 60 µs. Authors and owners are
# people's names besides, and feedparser's pattern for their e-mail address is quadratic.
_UNUSED_NAMES = (
    "author contributor category managingEditor webMaster skipDays skipHours cloud rating textInput textinput"
    " dc:creator dc:contributor dc:publisher dc:subject dc:rights"
    " slash:comments wfw:commentRss wfw:comment comments thr:total thr:in-reply-to"
    " itunes:author itunes:owner itunes:category itunes:keywords itunes:image itunes:explicit itunes:duration"
    " media:thumbnail media:credit media:category media:rating media:keywords media:statistics media:community"
    " media:starRating media:copyright georss:point geo:lat geo:long georss:where gml:Point post-id feedburner:info"
    " sy:updatePeriod sy:updateFrequency sy:updateBase"
)
_UNUSED = frozenset(_UNUSED_NAMES.split())
# feedparser looks for an address in a name, and for a tag among the tags, at the square of their length;
# these are cut wherever they stand and whatever their prefix.
_ANYWHERE_NAMES = "author creator contributor publisher owner managingeditor webmaster category tags keywords subject"
_ANYWHERE = frozenset(_ANYWHERE_NAMES.split())
_ENTRIES = frozenset({"item", "entry"})
_PARENTS = frozenset({"item", "entry", "channel", "feed", "rdf:RDF"})
# feedparser tries a dozen patterns on a date; a long one is no date.
_DATE_NAMES = "pubDate published updated modified issued created expirationDate dc:date dcterms:issued"
_SHORT = frozenset(_DATE_NAMES.split())
_MAX_SHORT = 300
_MAX_LINK = 9_000
_LINKS = frozenset({"link", "guid", "id"})
_PREFIXES = {
    "content": "http://purl.org/rss/1.0/modules/content/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "dcterms": "http://purl.org/dc/terms/",
    "media": "http://search.yahoo.com/mrss/",
    "itunes": "http://www.itunes.com/DTDs/PodCast-1.0.dtd",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "atom": "http://www.w3.org/2005/Atom",
    "xhtml": "http://www.w3.org/1999/xhtml",
}
_DATE = re.compile(rb"<(?:pubDate|published|updated|modified|issued|dc:date)[^>]{0,60}>\s*([^<]{6,60})<")


@dataclass(frozen=True, slots=True)
class _Entry:
    start: int
    end: int
    elements: int


@dataclass
class _Outline:
    """What one pass of expat saw: byte ranges in order."""

    entries: list[_Entry] = field(default_factory=list)
    elements: int = 0  # that are not cut
    unused: list[tuple[int, int]] = field(default_factory=list)
    prefixes: set[str] = field(default_factory=set)  # used
    declared: set[str] = field(default_factory=lambda: {"xml", "xmlns"})
    namespaces: int = 0
    root: str = ""
    root_at: int = 0


@dataclass(frozen=True, slots=True)
class Scan:
    """A feed that feedparser can be given."""

    xml: bytes
    is_whole: bool  # well-formed to its end
    fault: str = ""  # expat's words, if it is not
    dropped: int = 0  # entries left out because there are too many


def scan(xml: bytes) -> Scan:
    """`xml` cut down to what is worth parsing.

    Raises ExtractError for a body that no real feed is like. O(len(xml)).
    """
    outline = _Outline()
    try:
        _walk(xml, outline)
    except ExpatError as fault:
        return Scan(xml, is_whole=False, fault=str(fault))
    kept, dropped = _kept_entries(xml, outline)
    missing = outline.prefixes - outline.declared
    return Scan(_declaring(missing, _spliced(xml, outline, kept), outline), is_whole=True, dropped=dropped)


def _walk(xml: bytes, outline: _Outline) -> None:
    parser = ParserCreate()
    parser.ordered_attributes = True
    stack: list[tuple[str, int, int]] = []  # name, where it begins, elements before it
    in_unused = 0

    def opened(name: str, attributes: list[str]) -> None:
        nonlocal in_unused
        if attributes:
            _note_attributes(name, attributes, outline)
        if ":" in name:
            outline.prefixes.add(name.partition(":")[0])
        if len(stack) >= MAX_NESTING:
            raise ExtractError(f"the feed nests more than {MAX_NESTING} elements: not read")
        if not stack:
            outline.root, outline.root_at = name, parser.CurrentByteIndex
        elif not in_unused and _is_unused(name, stack[-1][0]):
            in_unused = len(stack) + 1
        outline.elements += not in_unused
        stack.append((name, parser.CurrentByteIndex, outline.elements))

    def closed(name: str) -> None:
        nonlocal in_unused
        _, start, before = stack.pop()
        if in_unused and in_unused != len(stack) + 1:
            return
        length = parser.CurrentByteIndex - start
        is_long = (length > _MAX_SHORT and name in _SHORT) or (length > _MAX_LINK and name in _LINKS)
        if in_unused or is_long:
            in_unused = 0
            outline.unused.append((start, _end_of_tag(xml, parser.CurrentByteIndex)))
        elif name.rpartition(":")[2] in _ENTRIES and len(stack) <= 3:
            end = _end_of_tag(xml, parser.CurrentByteIndex)
            outline.entries.append(_Entry(start, end, outline.elements - before + 1))

    parser.StartElementHandler = opened
    parser.EndElementHandler = closed
    # The harmless ones were written out before; what is declared now is a bomb or a local file.
    parser.EntityDeclHandler = _refuse_entity
    parser.Parse(xml, True)


def _is_unused(name: str, parent: str) -> bool:
    return name.rpartition(":")[2].lower() in _ANYWHERE or (name in _UNUSED and parent in _PARENTS)


def _refuse_entity(*_: object) -> None:
    raise ExtractError("the feed declares XML entities of its own: not read (entity bombs look like this)")


def _note_attributes(name: str, attributes: list[str], outline: _Outline) -> None:
    if len(attributes) > 2 * MAX_ATTRIBUTES:
        count = len(attributes) // 2
        raise ExtractError(f"a <{name[:40]}> of the feed has {count} attributes: not read", FailedKind.TOO_LARGE)
    for attribute in attributes[::2]:
        if attribute.startswith("xmlns"):
            outline.namespaces += 1
            outline.declared.add(attribute[6:])
        elif ":" in attribute:
            outline.prefixes.add(attribute.partition(":")[0])
    if outline.namespaces > MAX_NAMESPACES:
        raise ExtractError(f"the feed declares more than {MAX_NAMESPACES} namespaces: not read")


def _declaring(prefixes: set[str], xml: bytes, outline: _Outline) -> bytes:
    """`xml` with the prefixes that it uses without declaring them declared on its root.

    Without them feedparser falls back to a parser that is slow and has no bounds.
    """
    if not prefixes:
        return xml
    at = outline.root_at + 1 + len(outline.root.encode())
    spelt = "".join(
        f' xmlns:{prefix}="{_PREFIXES.get(prefix, f"urn:undeclared:{prefix}")}"' for prefix in sorted(prefixes)
    )
    return xml[:at] + spelt.encode() + xml[at:]


def _end_of_tag(xml: bytes, index: int) -> int:
    # expat reports an element's end at its closing tag, but past the tag if that closes itself.
    if xml.startswith(b"</", index):
        return xml.index(b">", index) + 1
    return index


def _kept_entries(xml: bytes, outline: _Outline) -> tuple[list[_Entry], int]:
    """The newest entries that fit the bounds, in their order, and how many are left out."""
    entries = outline.entries
    around = outline.elements - sum(entry.elements for entry in entries)
    if around > MAX_ELEMENTS // 2:
        raise ExtractError(f"the feed has {around} elements outside its entries: not read", FailedKind.TOO_LARGE)
    if len(entries) <= MAX_ENTRIES and len(xml) <= MAX_FEEDPARSER_BYTES and outline.elements <= MAX_ELEMENTS:
        return entries, 0
    is_oldest_first = len(entries) > 1 and _is_later(_date_in(xml, entries[-1]), _date_in(xml, entries[0]))
    kept: list[_Entry] = []
    spent = 0
    elements = around
    for entry in reversed(entries) if is_oldest_first else entries:
        spent += entry.end - entry.start
        elements += entry.elements
        if len(kept) >= MAX_ENTRIES or spent > MAX_FEEDPARSER_BYTES or elements > MAX_ELEMENTS:
            break
        kept.append(entry)
    kept.sort(key=lambda entry: entry.start)
    return kept, len(entries) - len(kept)


def _is_later(a: datetime | None, b: datetime | None) -> bool:
    return a is not None and b is not None and a.replace(tzinfo=None) > b.replace(tzinfo=None)


def _date_in(xml: bytes, entry: _Entry) -> datetime | None:
    found = _DATE.search(xml, entry.start, entry.end)
    if not found:
        return None
    text = found[1].decode("utf-8", "replace").strip()
    for read in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            return read(text)
        except (ValueError, IndexError, TypeError):
            continue
    return None


def _spliced(xml: bytes, outline: _Outline, kept: list[_Entry]) -> bytes:
    """`xml` without the unused elements and without the entries that are not in `kept`."""
    wanted = set(kept)
    dropped = ((entry.start, entry.end) for entry in outline.entries if entry not in wanted)
    cut = sorted([*outline.unused, *dropped])
    if not cut:
        return xml
    pieces: list[bytes] = []
    at = 0
    for start, end in cut:
        if start < at:  # inside an entry that is cut already
            continue
        pieces.append(xml[at:start])
        at = end
    pieces.append(xml[at:])
    return b"".join(pieces)
