"""Trafilatura's main text, held against the page it came from: cut as the page cuts, filled and trimmed."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache

from watcher.extract.page import Block, Zone

# Cloudflare hides addresses behind a placeholder and, now and then, leaves a letter of the address outside.
# Begins where a run of letters begins: without that, a run of 70,000 takes 18 s.
_HIDDEN_ADDRESS = re.compile(r"(?<![\w.+-])[\w.+-]*+\[email[\s\u00a0]+protected\][\w.@+-]*")
_NEW_WINDOW = re.compile(
    r"\s*\((?:this (?:link|page) )?(?:will )?opens? in (?:a |an )?(?:new|other|another) (?:window|tab)\)", re.I
)
_NOT_LETTERS = re.compile(r"[\W_]+")
_SIGNS = re.compile("[\u0e00-\u0e7f\u1000-\u109f\u3040-\u30ff\u3400-\u9fff]")  # Thai, Burmese, Japanese, Chinese
_LIST_MARK = re.compile(r"^(?:[-*•▪◦·–]\s+)+")
_TEXT_ZONES = (Zone.CONTENT, Zone.HEADER, Zone.ASIDE)
_TEXT_TAGS = frozenset(("p", "li", "dd", "dt", "h2", "h3", "h4", "h5", "blockquote", "pre"))  # rows come whole
_MOSTLY = 0.7  # share of the words that must be left when furniture is taken out
_PROSE_LINKS = 0.3  # share of link text up to which a block is prose
_REACH = 12  # blocks between which a gap is filled
_LOOK_BACK = 40
_STRIP_WORDS = 40
_SENTENCE_WORDS = 8
_MISSED = 1.5  # missed prose, as a multiple of what was found, that shows that one section was taken for the page


def refine(lines: list[str], everything: list[Block]) -> list[str]:
    """The lines without furniture, with the text blocks that were dropped among them, in the page's order."""
    kept = _without_strip(_without_furniture(lines, everything), everything)
    return _filled(_whole_if_mostly_missed(kept, everything), everything)


def _whole_if_mostly_missed(lines: list[str], everything: list[Block]) -> list[str]:
    """All prose of the page's own <main> where the lines are less than a part of it: pages in many sections."""
    is_line = Membership(lines)
    prose = [
        b
        for b in everything
        if b.in_article and b.zone is Zone.CONTENT and b.tag in _TEXT_TAGS and b.link_share < _PROSE_LINKS
    ]
    missed = [b for b in prose if len(b.text.split()) >= _SENTENCE_WORDS and not is_line(b.text)]
    if count_words(b.text for b in missed) < _MISSED * count_words(lines):
        return lines
    return [
        text
        for b in everything
        if b in prose or (b.zone in _TEXT_ZONES and is_line(b.text))
        for text in clean([b.text])
    ]


def as_on_page(lines: list[str], everything: list[Block]) -> list[str]:
    """The lines, cut where the page cuts: trafilatura runs blocks of tables and bare divs together."""
    on_page = [text for block in everything for text in clean([block.text])]
    known = set(on_page)
    starts: dict[str, list[int]] = {}
    for place, text in enumerate(on_page):
        starts.setdefault(text.split(" ", 1)[0], []).append(place)
    cut: list[str] = []
    for line in lines:
        cut += [line] if line in known else _cut(line, on_page, starts)
    return cut


def _cut(line: str, on_page: list[str], starts: dict[str, list[int]]) -> list[str]:
    """The blocks that `line` consists of; the line itself if it is not made of neighbouring whole blocks."""
    for place in starts.get(line.split(" ", 1)[0], ()):
        parts, left = [], line
        for text in on_page[place : place + 400]:
            if left.startswith(text):
                parts.append(text)
                left = left[len(text) :].lstrip(" ·-–|")
            if not left:
                return parts
    return [line]


def _without_furniture(lines: list[str], everything: list[Block]) -> list[str]:
    """The lines without those that the page shows in its menus, footers and overlays only.

    Short pages let the furniture in. Where much of the text would go, the page's class names mislead
    (a builder that calls every part a widget), and all of it stays.
    """
    speaking = {text for b in everything if b.zone in _TEXT_ZONES for text in clean([b.text])}
    silent = {text for b in everything if b.zone not in _TEXT_ZONES for text in clean([b.text])} - speaking
    return _unless_too_much(lines, [line for line in lines if line not in silent])


def _without_strip(lines: list[str], everything: list[Block]) -> list[str]:
    """The lines without a strip across the top: what stands before the headline and outside the text's own part."""
    places = {text: place for place, b in reversed(list(enumerate(everything))) for text in clean([b.text])}
    home = _home(lines, everything, places)
    start = next(
        (place for place, b in enumerate(everything) if b.tag == "h1" and b.zone in _TEXT_ZONES),
        next((place for place, b in enumerate(everything) if home in b.path), 0),
    )
    strip = {
        line
        for line in lines
        if (place := places.get(line)) is not None and place < start and home not in everything[place].path
    }
    if count_words(strip) > _STRIP_WORDS:  # an opening paragraph in a part of its own
        return lines
    return _unless_too_much(lines, [line for line in lines if line not in strip])


def _home(lines: list[str], everything: list[Block], places: dict[str, int]) -> int:
    """The innermost element that holds nearly all of the main text; 0: the body."""
    weight: Counter[int] = Counter()
    order: dict[int, int] = {}
    total = 0
    for line in lines:
        place = places.get(line)
        if place is not None:
            total += len(line)
            for depth, element in enumerate(everything[place].path):
                weight[element] += len(line)
                order[element] = depth
    holding = [element for element, size in weight.items() if size >= 0.85 * total]
    return max(holding, key=lambda element: order[element], default=0)


def _unless_too_much(lines: list[str], kept: list[str]) -> list[str]:
    return kept if count_words(kept) >= _MOSTLY * count_words(lines) else lines


def _filled(lines: list[str], everything: list[Block]) -> list[str]:
    """The lines, and the prose that stands beside them in the same element and was dropped.

    Lists in lists and closed panels fall out of trafilatura's text (its issues 430 and 568).
    """
    is_line = Membership(lines)
    inside = [bool(b.text) and b.zone in _TEXT_ZONES and is_line(b.text) for b in everything]
    homes = {element for b, is_main in zip(everything, inside, strict=True) if is_main for element in b.path[-3:-1]}
    filled, keys = list(lines), [letters(line) for line in lines]
    for place, block in enumerate(everything):
        if not inside[place] and _is_gap(place, everything, inside, homes):
            inside[place] = _insert(filled, keys, clean([block.text]), everything[max(0, place - _LOOK_BACK) : place])
    return filled if count_words(filled) <= 2 * count_words(lines) else lines


def _is_gap(place: int, everything: list[Block], inside: list[bool], homes: set[int]) -> bool:
    block = everything[place]
    if (
        not block.text
        or block.zone is not Zone.CONTENT
        or block.tag not in _TEXT_TAGS
        or block.link_share > _PROSE_LINKS
    ):
        return False
    if not homes.intersection(block.path[-6:-1]):
        return False
    return any(inside[max(0, place - _REACH) : place]) and any(inside[place + 1 : place + _REACH])


def _insert(lines: list[str], keys: list[str], new: list[str], before: list[Block]) -> bool:
    """Put `new` behind the nearest block before it that is a line of its own; false if there is none."""
    for block in reversed(before):
        key = letters(block.text)
        if key and key in keys:
            at = keys.index(key) + 1
            lines[at:at] = new
            keys[at:at] = [letters(line) for line in new]
            return True
    return False


def count_words(blocks: Iterable[str]) -> int:
    """How many words the blocks have together; two signs make a word where a script sets no spaces."""
    return sum(len(block.split()) + (0 if block.isascii() else len(_SIGNS.findall(block)) // 2) for block in blocks)


def clean(lines: Iterable[str]) -> list[str]:
    """The lines without list marks, table bars and what pages add for machines; empty ones left out."""
    cleaned = []
    for line in lines:
        text = line.strip()
        if text.startswith("|"):
            if not text.strip("|-: \t"):  # the rule under a table's head
                continue
            text = " · ".join(cell for cell in (c.strip() for c in text.split("|")) if cell)
        text = _LIST_MARK.sub("", text)
        text = _NEW_WINDOW.sub("", _HIDDEN_ADDRESS.sub("[email protected]", text)).strip()
        if text:
            cleaned.append(re.sub(r"\s+", " ", text))
    return cleaned


class Membership:
    """Tells whether a block of the page is part of the main text, however the extractor cut its lines."""

    def __init__(self, main: list[str]) -> None:
        self._lines = {letters(line) for line in main}
        self._all = "".join(letters(line) for line in main)

    def __call__(self, text: str) -> bool:
        """Whether the main text has these words as a line, or as a long part of one."""
        said = letters(_HIDDEN_ADDRESS.sub("[email protected]", _NEW_WINDOW.sub("", text)))
        return said in self._lines or (len(said) >= 25 and said in self._all)


@lru_cache(maxsize=8192)  # pure, and asked of each block of a page several times over
def letters(text: str) -> str:
    """The letters and numbers of a text alone, case folded: equal for texts cut or marked otherwise."""
    return _NOT_LETTERS.sub("", unicodedata.normalize("NFKC", text).casefold())
