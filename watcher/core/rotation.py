"""Noise as two looks at one page, seconds apart, and its last version show it: counters and rotating places.

What an author does within these seconds is never noise, nor what a stale cache brings back: a line
counts as noise only if its numbers alone differ, or if one place held three texts that have little
in common.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from watcher.core.mask import Mask, bare_address, learn, shape
from watcher.core.model import Document
from watcher.core.text import normalise, words

_ALIKE = 0.5  # share of common words; a sentence that was corrected keeps more, another teaser less
_NEW_PLACE_WORDS = 12  # in a place that the last version did not have, only short lines are taken for a teaser
_DOCUMENTS = (".pdf", ".doc", ".docx", ".odt", ".rtf", ".xls", ".xlsx", ".ods", ".csv", ".ppt", ".pptx", ".zip")

Place = tuple[str, str]
"""The lasting lines before and after: where on the page something stands."""


def noise_between(seen: Document, first: Document, second: Document) -> Mask:
    """What the page changes by itself. Empty if so much differs that somebody is at work on it."""
    if learn(first, second) == Mask():
        return Mask()
    lines = [*_counters(first.blocks, second.blocks), *_counters(first.frame, second.frame)]
    places = [_places(document.blocks, _lasting(seen, first, second)) for document in (seen, first, second)]
    for place in places[1].keys() & places[2].keys():
        lines += _rotating(places[0].get(place, []), places[1][place], places[2][place])
    return Mask(frozenset(lines), frozenset(_rotating_links(seen, first, second)))


def _counters(first: Iterable[str], second: Iterable[str]) -> list[str]:
    """Lines that stand in both looks with other numbers."""
    one, other = ({shape(line): normalise(line) for line in lines} for lines in (first, second))
    return [line for line, text in one.items() if line in other and other[line] != text]


def _lasting(*documents: Document) -> frozenset[str]:
    """Lines that stand once in every one of the documents, whatever their numbers."""
    counts = [Counter(map(shape, document.blocks)) for document in documents]
    return frozenset(line for line, times in counts[0].items() if times == 1 and all(c[line] == 1 for c in counts))


def _places(blocks: Sequence[str], lasting: frozenset[str]) -> dict[Place, list[str]]:
    """The passing lines of a page by where they stand."""
    shapes = [shape(block) for block in blocks]
    found: dict[Place, list[str]] = {}
    before, run = "", list[str]()
    for line in [*shapes, ""]:
        if line and line not in lasting:
            run.append(line)
            continue
        if run:
            found[before, line] = run
        before, run = line, []
    return found


def _rotating(was: Sequence[str], one: Sequence[str], other: Sequence[str]) -> list[str]:
    """The lines of a place that holds something else at every look."""
    if len(one) != len(other) or set(one) & set(other) or set(other) & set(was) or set(one) & set(was):
        return []
    if was and len(was) != len(one):
        return []
    if not was and any(len(words(normalise(line))) > _NEW_PLACE_WORDS for line in (*one, *other)):
        return []
    for lines in zip(one, other, *([was] if was else []), strict=True):
        if any(_alike(a, b) >= _ALIKE for at, a in enumerate(lines) for b in lines[at + 1 :]):
            return []
    return [*was, *one, *other]


def _alike(one: str, other: str) -> float:
    a, b = set(words(normalise(one))), set(words(normalise(other)))
    return len(a & b) / len(a | b) if a | b else 1.0


def _rotating_links(seen: Document, first: Document, second: Document) -> list[str]:
    """Addresses of teasers: as many others at every look. A document that is attached is never one."""
    was, one, other = ({bare_address(link.url) for link in page.links} for page in (seen, first, second))
    lasting = was & one & other
    passing = [links - lasting for links in (was, one, other)]
    if not all(passing) or len({len(links) for links in passing}) > 1:
        return []
    if passing[0] & passing[1] or passing[1] & passing[2] or passing[0] & passing[2]:
        return []
    found = [url for links in passing for url in links]
    return [] if any(url.lower().endswith(_DOCUMENTS) for url in found) else found
