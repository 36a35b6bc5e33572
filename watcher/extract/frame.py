"""What stands around the main text and still speaks: the headline, and short blocks that tell its status."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from watcher.core.notices import says_status
from watcher.core.text import fold, normalise, words
from watcher.extract.page import Block, Zone

if TYPE_CHECKING:
    from selectolax.lexbor import LexborHTMLParser

_NOTICE_WORDS = 80  # a longer block is text, not a banner
_SITE_SUFFIX = re.compile(r"\s+[|–—·:»-]\s+")
_SPEAKING = (Zone.CONTENT, Zone.HEADER, Zone.ASIDE)


def headline(page: LexborHTMLParser, blocks: Sequence[Block], inside: Sequence[bool]) -> str:
    """The headline as shown; the page's own title without the site's name where none is shown.

    Of several top headings the one that the title names; else the last one before the main text.
    """
    named = _meta_titles(page)
    tops = [(place, b) for place, b in enumerate(blocks) if b.tag == "h1" and b.text and b.zone is not Zone.OVERLAY]
    shown = [(place, b.text) for place, b in tops if b.zone in _SPEAKING] or [(place, b.text) for place, b in tops]
    if not shown:
        shown = [(place, b.text) for place, b in enumerate(blocks) if b.tag == "h2" and b.text and b.zone in _SPEAKING]
        shown = [(place, text) for place, text in shown if any(_alike(text, title) for title in named)]
    for _, text in shown:
        if any(_alike(text, title) for title in named):
            return fold(text)
    if shown:
        first = inside.index(True) if True in inside else len(blocks)
        before = [text for place, text in shown if place <= first + 2]
        return fold(before[-1] if before else shown[0][1])
    return fold(_SITE_SUFFIX.split(named[0])[0]) if named else ""


def is_notice(block: Block, terms: Sequence[str]) -> bool:
    """Whether a block outside the main text says something of the statement's status, or carries a term."""
    if not block.text or len(block.text.split()) > _NOTICE_WORDS:
        return False
    if block.zone not in _SPEAKING and not (block.zone in (Zone.RELATED, Zone.NAV) and block.is_marked):
        return False
    if block.link_share > 0.8 and not block.is_marked:
        return False
    if block.tag in ("button", "label", "option", "legend"):
        return False
    text = normalise(block.text)
    return says_status(text) or any(normalise(term) in text for term in terms)


def _meta_titles(page: LexborHTMLParser) -> list[str]:
    found = []
    for selector in ('meta[property="og:title"]', 'meta[name="twitter:title"]', 'meta[name="dcterms.title" i]'):
        node = page.css_first(selector)
        if node is not None and (content := (node.attributes.get("content") or "").strip()):
            found.append(content)
    node = page.css_first("head title") or page.css_first("title")
    if node is not None and (content := node.text(strip=True)):
        found.append(content)
    return found


def _alike(text: str, title: str) -> bool:
    """Whether most words of the heading are in the title, in a part of it that is not the site's name alone."""
    heading, named = set(words(normalise(text))), set(words(normalise(title)))
    return bool(heading) and len(heading & named) / len(heading) >= 0.6 and len(heading & named) / len(named) >= 0.4
