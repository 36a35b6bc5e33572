"""The learnt mask: what of one page changes by itself, and so says nothing."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from watcher.core.model import Document
from watcher.core.text import normalise

_NUMBER = re.compile(r"\d+")
_MAX_BLOCK_CHARS = 300  # a statement's own paragraph is never learnt as noise
_MAX_BLOCKS = 40  # a page where more than this flips within minutes was edited, or is broken


@dataclass(frozen=True, slots=True)
class Mask:
    """Blocks and links of one page that are noise, in the words a maintainer reads.

    `blocks` are normal texts in which `#` stands for any number ("# people are reading this");
    `links` are addresses without their query.
    """

    blocks: frozenset[str] = frozenset()
    links: frozenset[str] = frozenset()

    def hides(self, block: str) -> bool:
        """Whether this block of a page is known noise."""
        return bool(self.blocks) and shape(block) in self.blocks

    def hides_link(self, url: str) -> bool:
        """Whether this address is known noise."""
        return bool(self.links) and bare_address(url) in self.links

    def merge(self, other: Mask) -> Mask:
        """What either mask hides."""
        return Mask(self.blocks | other.blocks, self.links | other.links)

    def without(self, *lines: str) -> Mask:
        """This mask with some of its lines undone, as `to_plain` shows them."""
        return Mask(self.blocks - set(lines), self.links - set(lines))

    def to_plain(self) -> dict[str, list[str]]:
        """Lists for JSON, sorted, so that two masks can be told apart by eye."""
        return {"blocks": sorted(self.blocks), "links": sorted(self.links)}

    @classmethod
    def from_plain(cls, plain: Mapping[str, Iterable[str]]) -> Mask:
        """The mask that `to_plain` wrote."""
        return cls(frozenset(plain.get("blocks", ())), frozenset(plain.get("links", ())))


def learn(before: Document, after: Document) -> Mask:
    """What differs between two fetches of one page minutes apart: its noise.

    Empty if so much differs, or so long a block, that the statement itself may have been
    edited in between: noise is short, and an edit must never be learnt.

    >>> a = Document("https://example.org/a", "A", ("12 people are reading this.",))
    >>> b = Document("https://example.org/a", "A", ("15 people are reading this.",))
    >>> learn(a, b).to_plain()["blocks"]
    ['# people are reading this.']
    """
    changed = [*_only_in(before, after), *_only_in(after, before)]
    if len(changed) > _MAX_BLOCKS or any(len(block) > _MAX_BLOCK_CHARS for block in changed):
        return Mask()
    links = {bare_address(link.url) for link in before.links} ^ {bare_address(link.url) for link in after.links}
    return Mask(frozenset(shape(block) for block in changed), frozenset(links))


def learn_flips(captures: Iterable[Document]) -> Mask:
    """What went away and came back, or came and went, at least twice over `captures`, oldest first.

    A page that goes A, B, A has changed twice and a person may want to know; A, B, A, B is noise.
    """
    flips: Counter[str] = Counter()
    last: dict[str, bool] = {}
    seen_before: set[str] = set()
    for document in captures:
        present = {shape(block) for block in document.blocks if len(block) <= _MAX_BLOCK_CHARS}
        for block in present | seen_before:
            if block in last and last[block] != (block in present):
                flips[block] += 1
            last[block] = block in present
        seen_before |= present
    return Mask(frozenset(block for block, times in flips.items() if times >= 3))


def shape(block: str) -> str:
    """A block with its numbers left out, so that a counter is the same block at any count.

    >>> shape("Viewed 1,204 times")
    'viewed #,# times'
    """
    return _NUMBER.sub("#", normalise(block))


def bare_address(url: str) -> str:
    """An address without query and fragment, which carry sessions and campaigns."""
    return url.partition("#")[0].partition("?")[0]


def _only_in(document: Document, other: Document) -> list[str]:
    known = {normalise(block) for block in (*other.blocks, *other.frame)}
    return [block for block in (*document.blocks, *document.frame) if normalise(block) not in known]
