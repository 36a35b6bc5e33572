"""A piece of HTML, as feeds and APIs carry it, to blocks of text and links.

Cleaned by nh3 before anything else looks at it, so that scripts, styles and
`javascript:` addresses are gone whatever reads the result later.
"""

from __future__ import annotations

import html
import re
from urllib.parse import urljoin, urlsplit

import nh3
from selectolax.lexbor import LexborHTMLParser

from watcher.core.model import Link
from watcher.extract.bounds import shallow

# Table rows are one block with their cells parted by " | "; everything else in this set starts a block of its own.
_BLOCK_NAMES = (
    "address article aside blockquote body caption center dd details div dl dt fieldset figcaption figure footer form"
    " h1 h2 h3 h4 h5 h6 header hgroup hr html legend li main menu nav ol p pre section summary table tbody tfoot thead"
    " tr ul"
)
_BLOCKS = frozenset(_BLOCK_NAMES.split())
_CELLS = frozenset({"td", "th"})
_INLINE_NAMES = "a abbr b bdi bdo br cite code del dfn em i ins kbd mark q s samp small span strong sub sup u"
_INLINE = frozenset(_INLINE_NAMES.split())
_KEPT = _BLOCKS | _CELLS | _INLINE
# The text of these is no text for readers.
_DROPPED_NAMES = "script style template iframe object svg math noembed noframes select textarea title"
_DROPPED = frozenset(_DROPPED_NAMES.split())
_PLAIN_PATH = r"/[\w/.,:@=+~%!()-]*(?:\?[\w/.,:@=+~%!()?-]*)?"
_PLAIN_ADDRESS = re.compile(rf"https?://[a-z0-9.-]+(?:{_PLAIN_PATH})?", re.A)
_FROM_ROOT = re.compile(rf"(?!//){_PLAIN_PATH}", re.A)
_ORIGIN = re.compile(r"https?://[a-z0-9.-]+(?=[/?]|\Z)", re.A)
_PARAGRAPHS = re.compile(r"\n[^\S\n]*\n\s*")
_MARKUP = re.compile(r"<[a-zA-Z/!]|&[#a-zA-Z]")
MAX_FRAGMENT = 2_000_000  # characters; a longer entry is not a statement, and its cleaning would take seconds


def tidy(text: str) -> str:
    """`text` on one line, white space folded.

    >>> tidy(" Our \\n  statement ")
    'Our statement'
    """
    return " ".join(text.split())  # four times as fast as a regular expression


def blocks_of(fragment: str) -> tuple[str, ...]:
    """The paragraphs, headings, list items and table rows of `fragment`, in order, none empty.

    >>> blocks_of("<p>We have <b>ended</b> it.</p><ul><li>One</li><li>Two</li></ul>")
    ('We have ended it.', 'One', 'Two')
    """
    fragment = fragment[:MAX_FRAGMENT]
    if not _MARKUP.search(fragment):
        return tuple(tidied for part in re.split(r"\n\s*\n", fragment) if (tidied := tidy(part)))
    return _blocks(LexborHTMLParser(_cleaned(fragment)))


def text_of(fragment: str) -> str:
    """`fragment` as one line of text: a title or a summary.

    >>> text_of("Update: <i>SIM</i> &amp; us")
    'Update: SIM & us'
    """
    return " ".join(blocks_of(fragment))


def read_fragment(fragment: str, base: str) -> tuple[tuple[str, ...], tuple[Link, ...]]:
    """The blocks of `fragment` and its web links, absolute, each address once with its first words.

    One cleaning for both: it is the dear part, 20 µs a kilobyte.
    """
    fragment = fragment[:MAX_FRAGMENT]
    if not _MARKUP.search(fragment):
        return blocks_of(fragment), ()
    cleaned = _cleaned(fragment)
    tree = LexborHTMLParser(cleaned)
    found: dict[str, Link] = {}
    for node in tree.css("a[href]") if "<a " in cleaned else ():
        url = absolute(base, node.attributes.get("href") or "")
        if url and url not in found:
            found[url] = Link(url, tidy(node.text()))
    return _blocks(tree), tuple(found.values())


def absolute(base: str, address: str) -> str | None:
    """`address` seen from `base`, without its fragment; None if it is no web address.

    >>> absolute("https://northmoor.example/news/", "../about#team")
    'https://northmoor.example/about'
    >>> absolute("https://northmoor.example/", "javascript:void(0)")
    """
    # What most feeds hold is told without the standard library's three parses of it.
    if "/." not in address and len(address) < 2_000:
        if _PLAIN_ADDRESS.fullmatch(address):
            return address
        if _FROM_ROOT.fullmatch(address) and (origin := _ORIGIN.match(base)):
            return origin[0] + address
    address = html.unescape(address).strip()
    if not address or len(address) > 4_000:
        return None
    try:
        joined = urljoin(base, re.sub(r"[\t\r\n]", "", address))
        parts = urlsplit(joined)
        host = parts.hostname
        _ = parts.port  # raises for a port that is none
    except ValueError:
        return None
    if parts.scheme.lower() not in ("http", "https") or not host:
        return None
    return joined.partition("#")[0].replace(" ", "%20")


# One for all: made anew, its sets cost more than the cleaning of a short text.
_CLEANER = nh3.Cleaner(
    tags=set(_KEPT),
    clean_content_tags=set(_DROPPED),
    attributes={"a": {"href"}},
    url_schemes={"http", "https", "mailto"},
    link_rel=None,
)


def _cleaned(fragment: str) -> str:
    # Null characters end the text for some C readers further on.
    return _CLEANER.clean(shallow(fragment.replace("\0", "")))


def _blocks(tree: LexborHTMLParser) -> tuple[str, ...]:
    if tree.root is None:
        return ()
    found: list[str] = []
    pieces: list[str] = []
    # Pre-order: a node's parent was met before it, so its block is known without climbing.
    block_of: dict[int, int] = {}
    current = 0
    for node in tree.root.traverse(include_text=True):
        tag, mine = node.tag, node.mem_id
        if tag not in _BLOCKS:
            parent = node.parent
            mine = block_of.get(parent.mem_id, 0) if parent is not None else 0
        if mine != current:
            _flush(pieces, found)
            current = mine
        if tag == "-text":  # has no children
            pieces.append(node.text_content or "")
            continue
        block_of[node.mem_id] = mine
        if tag in _CELLS:
            pieces.append(" | " if pieces else "")
        elif tag == "br":
            pieces.append("\n")
    _flush(pieces, found)
    return tuple(found)


def _flush(pieces: list[str], found: list[str]) -> None:
    # Two line breaks in a row part paragraphs in hand-written posts.
    if not pieces:
        return
    text = "".join(pieces)
    pieces.clear()
    for part in _PARAGRAPHS.split(text) if text.count("\n") > 1 else (text,):
        tidied = tidy(part).strip("|").strip()
        if tidied:
            found.append(tidied)
