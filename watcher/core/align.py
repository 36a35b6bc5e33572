"""Where the words of two texts are equal and where they differ. Pure.

Blocks that are equal anchor the comparison, the words between them are aligned by rapidfuzz's
Indel distance, and marks between equal words after them.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rapidfuzz.distance import Indel, Levenshtein

PARTING = "\n\n"  # between two blocks of a text, as in Document.text
_WORD_PATTERN = r"\w+(?:[.,:'’/@-]\w+)*"
WORD = re.compile(_WORD_PATTERN)
_TOKEN = re.compile(rf"(\s*)({_WORD_PATTERN}|[^\w\s]|$)")
_ANCHOR_SPACES = 3  # a block of fewer words ("Back to top") is no anchor: it stands anywhere
_HUGE = 30_000_000  # pairs of tokens beyond which runs that stand once in both texts are pinned first,
# and what is left between the pins is left to Levenshtein, whose memory is linear (STACK section 2)
_HOPELESS = 400_000_000  # beyond, and with nothing to pin: another text, 0.3 s would find chance matches only
_PIN_WORDS = 5
_MARKS = frozenset(".,:;!?()[]{}\"'“”‘’«»–—-…/\\•·*|&%£$€#@+=<>")
_SHORT_WORD = 3  # characters
_ISLAND_WORDS = 2  # equal short words between two long replacements that are read as one
_ISLAND_SHORES = 4  # words; next to shorter edits the same words are context, and marking them costs 3 %
_SLIDE = 60  # tokens

Hunk = tuple[int, int, int, int]
"""A stretch that differs: its tokens in the earlier text, from and to, and in the later."""


@dataclass(frozen=True, slots=True)
class Tokens:
    """A text as words and marks, each with the white space before it; joined, the text again."""

    spaces: list[str]
    words: list[str]
    starts: list[int]  # first token of each block, and the end

    def text(self, start: int, end: int) -> str:
        """The text of the tokens from `start` to `end`."""
        return "".join(self.spaces[at] + self.words[at] for at in range(start, end))


def tokenise(blocks: Sequence[str]) -> Tokens:
    """`blocks` as tokens; an empty block is one empty token, so that it is not lost."""
    spaces: list[str] = []
    words: list[str] = []
    starts: list[int] = []
    for number, block in enumerate(blocks):
        starts.append(len(words))
        for space, word in _TOKEN.findall(block):
            if space or word or len(words) == starts[-1]:  # an empty block is one empty token
                spaces.append(space)
                words.append(word)
        if number:
            spaces[starts[-1]] = PARTING + spaces[starts[-1]]
    return Tokens(spaces, words, [*starts, len(words)])


def anchors(before: Sequence[str], after: Sequence[str]) -> list[tuple[int, int]]:
    """Blocks that are equal and long enough to say where one is in both texts, in order."""
    ours = [at for at, block in enumerate(before) if block.count(" ") >= _ANCHOR_SPACES]
    theirs = [at for at, block in enumerate(after) if block.count(" ") >= _ANCHOR_SPACES]
    found: list[tuple[int, int]] = []
    for edit in Indel.opcodes([before[at] for at in ours], [after[at] for at in theirs]):
        if edit.tag == "equal":
            found += zip(ours[edit.src_start : edit.src_end], theirs[edit.dest_start : edit.dest_end], strict=True)
    return found


def align(a: Tokens, b: Tokens) -> list[Hunk]:
    """The stretches that differ, in order, put where a reader expects them.

    Between them the words are equal one by one; their white space may differ.
    """
    numbers: dict[str, int] = {}
    ours, theirs = _numbered(a.words, numbers), _numbered(b.words, numbers)
    hunks = _word_hunks(ours, theirs, (0, len(ours), 0, len(theirs)))
    return _slide_all(_swallow_islands(hunks, a, b), a, b)


def _numbered(words: Sequence[str], numbers: dict[str, int]) -> list[int]:
    """A number for each word, above 0, and for each mark, below 0.

    rapidfuzz compares strings of a list by their hash, in which "" and a null are equal.
    """
    found = (numbers.setdefault(word, len(numbers) + 1) for word in words)
    return [-number if word in _MARKS else number for word, number in zip(words, found, strict=True)]


def _word_hunks(a: Sequence[int], b: Sequence[int], span: Hunk) -> list[Hunk]:
    """The stretches of `span` that differ, neighbouring edits as one."""
    a_from, a_to, b_from, b_to = span
    size = (a_to - a_from) * (b_to - b_from)
    if not size:
        return [span] if a_to > a_from or b_to > b_from else []
    if size > _HUGE and (pins := _pins(a[a_from:a_to], b[b_from:b_to])):
        found: list[Hunk] = []
        at_a, at_b = a_from, b_from
        for i, j in pins:
            if a_from + i >= at_a and b_from + j >= at_b:
                found += _edits(a, b, (at_a, a_from + i, at_b, b_from + j))
                at_a, at_b = a_from + i + _PIN_WORDS, b_from + j + _PIN_WORDS
        return found + _edits(a, b, (at_a, a_to, at_b, b_to))
    return _edits(a, b, span)


def _pins(a: Sequence[int], b: Sequence[int]) -> list[tuple[int, int]]:
    """Where runs of words begin that stand once in each text, in an order that both share.

    The longest such order (patience diff, B. Cohen), so that long stretches fall into short ones.
    """
    once_a, once_b = _once(a), _once(b)
    tails: list[int] = []  # the smallest end of an order of each length
    links: list[tuple[int, int, int]] = []  # i, j, link before
    at_tail: list[int] = []
    for run, i in once_a.items():
        j = once_b.get(run)
        if j is None:
            continue
        length = bisect_left(tails, j)
        links.append((i, j, at_tail[length - 1] if length else -1))
        tails[length : length + 1] = [j]
        at_tail[length : length + 1] = [len(links) - 1]
    found: list[tuple[int, int]] = []
    link = at_tail[-1] if at_tail else -1
    while link >= 0:
        i, j, link = links[link]
        found.append((i, j))
    return found[::-1]


def _once(found: Sequence[int]) -> dict[tuple[int, ...], int]:
    """Runs of words that stand once, in order, and where."""
    runs = list(zip(*(found[shift:] for shift in range(_PIN_WORDS)), strict=False))
    counts = Counter(runs)
    return {run: at for at, run in enumerate(runs) if counts[run] == 1}


def _edits(a: Sequence[int], b: Sequence[int], span: Hunk) -> list[Hunk]:
    """The stretches of `span` that differ: words are aligned first, marks between equal words after them.

    Aligned together, commas and full stops would outvote words in a rewritten passage.
    """
    a_from, a_to, b_from, b_to = span
    ours = [at for at in range(a_from, a_to) if a[at] > 0]
    theirs = [at for at in range(b_from, b_to) if b[at] > 0]
    found: list[Hunk] = []
    at_a, at_b = a_from, b_from
    for i, j in [*_equal_words(a, b, ours, theirs), (a_to, b_to)]:
        found += _gap(a, b, (at_a, i, at_b, j))
        at_a, at_b = i + 1, j + 1
    return found


def _equal_words(a: Sequence[int], b: Sequence[int], ours: list[int], theirs: list[int]) -> Iterator[tuple[int, int]]:
    size = len(ours) * len(theirs)
    if not size or size > _HOPELESS:
        return
    distance = Levenshtein if size > _HUGE else Indel
    for edit in distance.opcodes([a[at] for at in ours], [b[at] for at in theirs]):
        if edit.tag == "equal":
            yield from zip(ours[edit.src_start : edit.src_end], theirs[edit.dest_start : edit.dest_end], strict=True)


def _gap(a: Sequence[int], b: Sequence[int], span: Hunk) -> list[Hunk]:
    """What differs between two equal words: words that all differ, and marks of which some may be equal."""
    a_from, a_to, b_from, b_to = span
    while a_from < a_to and b_from < b_to and a[a_from] == b[b_from]:
        a_from, b_from = a_from + 1, b_from + 1
    while a_from < a_to and b_from < b_to and a[a_to - 1] == b[b_to - 1]:
        a_to, b_to = a_to - 1, b_to - 1
    size = (a_to - a_from) * (b_to - b_from)
    if not size or size > _HUGE:
        return [(a_from, a_to, b_from, b_to)] if a_from < a_to or b_from < b_to else []
    found: list[Hunk] = []
    for edit in Indel.opcodes(a[a_from:a_to], b[b_from:b_to]):
        hunk = (a_from + edit.src_start, a_from + edit.src_end, b_from + edit.dest_start, b_from + edit.dest_end)
        if edit.tag != "equal" and found and found[-1][1] == hunk[0] and found[-1][3] == hunk[2]:
            found[-1] = (found[-1][0], hunk[1], found[-1][2], hunk[3])
        elif edit.tag != "equal":
            found.append(hunk)
    return found


# --- making it readable ------------------------------------------------------------------------


def _swallow_islands(hunks: list[Hunk], a: Tokens, b: Tokens) -> list[Hunk]:
    """`hunks`, those joined that only one or two short words ("of the") part inside a sentence."""
    found: list[Hunk] = []
    for hunk in hunks:
        if found and _is_island(found[-1], hunk, a, b):
            found[-1] = (found[-1][0], hunk[1], found[-1][2], hunk[3])
        else:
            found.append(hunk)
    return found


def _is_island(left: Hunk, right: Hunk, a: Tokens, b: Tokens) -> bool:
    island = range(left[1], right[0])
    shift = right[2] - right[0]
    sides = (left[1] - left[0], left[3] - left[2], right[1] - right[0], right[3] - right[2])
    if len(island) > _ISLAND_WORDS or min(sides) < 2:
        return False
    if min(sides) < _ISLAND_SHORES and any(WORD.match(a.words[at]) for at in island):
        return False
    return all(
        len(a.words[at]) <= _SHORT_WORD
        and not any(mark.isdigit() for mark in a.words[at])
        and PARTING not in a.spaces[at] + b.spaces[at + shift]
        for at in island
    )


def _slide_all(hunks: Sequence[Hunk], a: Tokens, b: Tokens) -> list[Hunk]:
    """Pure insertions and deletions, moved over equal words to begin where a block or sentence begins.

    "A. The B." from "A. The X. The B." has two readings; a reader means "The X." (compare the
    sliders of git's indent heuristic).
    """
    found: list[Hunk] = []
    for at, hunk in enumerate(hunks):
        low = found[-1][1] if found else 0
        high = hunks[at + 1][0] if at + 1 < len(hunks) else len(a.words)
        if (hunk[0] == hunk[1]) != (hunk[2] == hunk[3]):
            inserts = hunk[0] == hunk[1]
            shift = _slide(b if inserts else a, hunk[2:] if inserts else hunk[:2], hunk[0] - low, high - hunk[1])
            found.append((hunk[0] + shift, hunk[1] + shift, hunk[2] + shift, hunk[3] + shift))
        else:
            found.append(hunk)
    return found


def _slide(tokens: Tokens, stretch: tuple[int, int], back: int, ahead: int) -> int:
    """By how many tokens to move `stretch`, at most `back` to the left or `ahead` to the right."""
    start, end = stretch
    words = tokens.words
    best, shift = _rank(tokens, start, end), 0
    for sign, room in ((-1, min(back, _SLIDE)), (1, min(ahead, _SLIDE))):
        for step in range(1, room + 1):
            edge = -step if sign < 0 else step - 1
            if words[start + edge] != words[end + edge]:
                break
            rank = _rank(tokens, start + sign * step, end + sign * step)
            if rank > best:
                best, shift = rank, sign * step
    return shift


def _rank(tokens: Tokens, start: int, end: int) -> int:
    """How well a stretch begins and ends: 2 for each block boundary, 1 for each end of a sentence."""
    return sum(_boundary(tokens, at) for at in (start, end))


def _boundary(tokens: Tokens, at: int) -> int:
    if at in (0, len(tokens.words)) or tokens.spaces[at].startswith(PARTING):
        return 2
    return int(tokens.words[at - 1] in ".!?" and bool(tokens.spaces[at]))
