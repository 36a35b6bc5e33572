"""Lines of a PDF to paragraphs, each with its page."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise
from statistics import median, quantiles

from watcher.extract.fragment import tidy


@dataclass(frozen=True, slots=True)
class Line:
    """A line on paper; lengths in thousandths of the page's height, from its lower left."""

    text: str
    left: float
    bottom: float
    right: float
    top: float
    size: float  # of its letters


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, heading or list item, on the page where it begins (from 1)."""

    text: str
    page: int
    size: float


_MARK = "\ufffe"  # PDFium's sign for a hyphen at the end of a line
_BROKEN_WORD = re.compile(rf"(\w+){_MARK}(\w+)|(\w+)-\n(\w+)")
_BULLET = re.compile(
    r"^(?:[•●○▪■□◦‣⁃∙·➢✓❖*–—-]\s|\(?(?:\d{1,3}|[a-z]|[ivx]{1,5})[.)]\s|\d{1,2}(?:\.\d{1,2}){1,3}\.?\s)"
)
_ENDED = re.compile(r"[.!?:;][\"'”’)\]]*$")
_PAGE_NUMBER = re.compile(r"^\W*(?:page|p\.?)?\s*\d{1,4}(?:\s*(?:of|/|\|)\s*\d{1,4})?\W*$", re.I)
# Written with a hyphen even where no line ends.
_PREFIX_NAMES = "self non well high low long short half cross mid vice ex all co multi so follow"
_PREFIXES = frozenset(_PREFIX_NAMES.split())
_EDGE_LINES = 3  # running heads are among the first or last lines of a page …
_TOP, _BOTTOM = 900.0, 100.0  # … and in its outer tenths


def paragraphs(pages: list[list[Line]]) -> list[Block]:
    """The text of all pages in reading order, without what is printed on every page.

    A paragraph that runs over a page's end stays one, on the page where it begins.
    """
    found: list[Block] = []
    kept = _without_running_heads(pages)
    usual_gap = _usual_gap(kept)
    vocabulary = Counter(word for lines in kept for line in lines for word in re.findall(r"[\w-]+", line.text.lower()))
    for number, lines in enumerate(kept, start=1):
        groups = _groups(lines, usual_gap)
        for position, group in enumerate(groups):
            text = _joined(group, vocabulary)
            if position == 0 and found and _runs_on(found[-1], text, number):
                found[-1] = Block(_mended(f"{found[-1].text}\n{text}", vocabulary), found[-1].page, found[-1].size)
            elif text:
                found.append(Block(text, number, group[0].size))
    return found


def _without_running_heads(pages: list[list[Line]]) -> list[list[Line]]:
    counts = Counter(key for lines in pages for key in {_head_key(line) for line in _edges(lines)})
    enough = max(3, round(0.4 * len(pages)))
    kept = []
    for lines in pages:
        running = {
            id(line)
            for line in _edges(lines)
            if counts[_head_key(line)] >= enough or (len(pages) > 1 and _PAGE_NUMBER.match(line.text))
        }
        kept.append([line for line in lines if id(line) not in running])
    return kept


def _edges(lines: list[Line]) -> list[Line]:
    ends = {id(line): line for line in (*lines[:_EDGE_LINES], *lines[-_EDGE_LINES:])}
    return [line for line in ends.values() if line.top > _TOP or line.bottom < _BOTTOM]


def _head_key(line: Line) -> str:
    return re.sub(r"\d+", "#", tidy(line.text).lower())


def _usual_gap(pages: list[list[Line]]) -> float:
    """White between two lines of one paragraph: the lower quartile of all, so that headings do not count."""
    gaps = [
        before.bottom - after.top
        for lines in pages
        for before, after in pairwise(lines)
        if -before.size < before.bottom - after.top < 2 * before.size
    ]
    if len(gaps) > 3:
        return quantiles(gaps, n=4)[0]
    # Too few to tell by: single spacing leaves a tenth to a half of a letter's height.
    return min([0.5 * line.size for lines in pages for line in lines] + gaps, default=0.0)


def _groups(lines: list[Line], usual_gap: float) -> list[list[Line]]:
    """`lines`, parted where a paragraph ends."""
    rights = _right_edges(lines)
    groups: list[list[Line]] = []
    for line in lines:
        if groups and not _is_new(groups[-1][-1], line, usual_gap, rights):
            groups[-1].append(line)
        else:
            groups.append([line])
    return groups


def _right_edges(lines: list[Line]) -> dict[int, float]:
    """How far lines reach that begin at the same place: the column's right edge."""
    reach: dict[int, list[float]] = {}
    for line in lines:
        reach.setdefault(round(line.left / 10), []).append(line.right)
    return {left: max(rights) for left, rights in reach.items()}


def _is_new(before: Line, after: Line, usual_gap: float, rights: dict[int, float]) -> bool:
    if _is_same_row(before, after):
        return False
    if abs(after.size - before.size) > 0.12 * before.size or _BULLET.match(after.text):
        return True
    has_ended = _ENDED.search(before.text.rstrip()) is not None
    gap = before.bottom - after.top
    if gap < -1.5 * before.size:  # upwards: the next column
        return has_ended or not after.text.lstrip()[:1].islower()
    if gap > usual_gap + 0.35 * before.size:
        return True
    edge = rights.get(round(before.left / 10), before.right)
    first_word = after.text.split(maxsplit=1)[0] if after.text.strip() else ""
    had_room = before.right + (len(first_word) + 1) * 0.5 * before.size < edge
    starts_anew = has_ended or not after.text.lstrip()[:1].islower()
    is_indented = has_ended and after.left > before.left + before.size
    return (had_room and starts_anew) or is_indented


def _is_same_row(before: Line, after: Line) -> bool:
    return abs(before.bottom - after.bottom) < 0.3 * before.size and after.left > before.right


def _joined(group: list[Line], vocabulary: Counter[str]) -> str:
    pieces = [group[0].text]
    for before, after in pairwise(group):
        is_cell = _is_same_row(before, after) and after.left - before.right > before.size
        pieces.append(f" | {after.text}" if is_cell else f"\n{after.text}")
    return _mended("".join(pieces), vocabulary)


def _mended(text: str, vocabulary: Counter[str]) -> str:
    """`text` on one line, with the words whole that were broken at a line's end."""

    def whole(found: re.Match[str]) -> str:
        first, second = found[1] or found[3], found[2] or found[4]
        joined, hyphenated = f"{first}{second}", f"{first}-{second}"
        if not second[:1].islower() or vocabulary[hyphenated.lower()] > vocabulary[joined.lower()]:
            return hyphenated
        return hyphenated if first.lower() in _PREFIXES and not vocabulary[joined.lower()] else joined

    text = re.sub(r"[ \t]*\r?\n[ \t]*", "\n", text)
    return tidy(_BROKEN_WORD.sub(whole, text).replace(_MARK, "-").replace("\u00ad", ""))


def _runs_on(last: Block, text: str, number: int) -> bool:
    """Whether the first text of page `number` goes on with the last block before it."""
    return last.page >= number - 1 and not _ENDED.search(last.text) and text[:1].islower()


def headline(blocks: list[Block]) -> str:
    """The first block of the first page that is set clearly larger than the text; "" if none is."""
    if not blocks:
        return ""
    usual = median(block.size for block in blocks for _ in range(1 + len(block.text) // 200))
    first = [block for block in blocks if block.page == blocks[0].page]
    largest = max(first, key=lambda block: block.size)
    return largest.text if largest.size > 1.15 * usual and len(largest.text) <= 250 else ""
