"""What differs between two texts: blocks, and words inside them. Pure.

Blocks that are equal anchor the comparison, the words between them are aligned by rapidfuzz's
Indel distance, and the result is cut at the block boundaries that both texts share. White space
is kept exactly but never makes a word count as changed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from rapidfuzz.distance import Indel, Levenshtein

from watcher.core.model import BlockOp, Diff, DiffBlock, Run

PARTING = "\n\n"  # between two blocks of a text, as in Document.text
_TOKEN = re.compile(r"(\s*)(\w+(?:[.,:'’/@-]\w+)*|[^\w\s]|$)")
_WORD = re.compile(r"\w+(?:[.,:'’/@-]\w+)*")
_ANCHOR_TOKENS = 4  # a shorter block ("Back to top") is no anchor: it stands anywhere
_HUGE = 30_000_000  # token pairs; beyond, Levenshtein, whose memory is linear (STACK section 2)
_SHORT_WORD = 3  # characters
_ISLAND_WORDS = 2  # equal short words between two edits that are read as one edit
_SLIDE = 60  # tokens
_MOVED_WORDS = 5  # a shorter block that turns up elsewhere has not moved, it is common

_Hunk = tuple[int, int, int, int]  # before from, to; after from, to


@dataclass(frozen=True, slots=True)
class _Tokens:
    """A text as words and marks, each with the white space before it; joined, the text again."""

    spaces: list[str]
    words: list[str]
    starts: list[int]  # first token of each block, and the end

    def text(self, start: int, end: int) -> str:
        """The text of the tokens from `start` to `end`."""
        return "".join(self.spaces[at] + self.words[at] for at in range(start, end))


def diff(before: Sequence[str], after: Sequence[str]) -> Diff:
    """How `after` came from `before`, in reading order; deletions stand before insertions.

    An EDITED block may hold several neighbouring blocks, parted by an empty line, if text flowed
    between them. A MOVED block stands twice: with its `before` where it was, its `after` where it is.
    Below a similarity of 0.4 two columns read better than marks.
    """
    a, b = _tokenise(before), _tokenise(after)
    hunks = _swallow_islands(_hunks(a, b, before, after), a, b)
    hunks = _slide_all(hunks, a, b)
    blocks = [_block(span, inside, a, b) for span, inside in _cut(_part_blocks(hunks, a, b), a, b)]
    found = Diff(tuple(_moved(blocks)))
    return replace(found, similarity=_similarity(found))


def apply_diff(before: Sequence[str], found: Diff) -> str:
    """The later text, blocks parted by an empty line. Raises ValueError if `before` is another text."""
    return _exchange(before, found, _side(found, BlockOp.REMOVED), _side(found, BlockOp.ADDED))


def revert_diff(after: Sequence[str], found: Diff) -> str:
    """The earlier text, blocks parted by an empty line. Raises ValueError if `after` is another text."""
    return _exchange(after, found, _side(found, BlockOp.ADDED), _side(found, BlockOp.REMOVED))


def _exchange(given: Sequence[str], found: Diff, own: str, other: str) -> str:
    if PARTING.join(given) != own:
        raise ValueError("this diff was made of another text: make it again from the two versions")
    return other


def _side(found: Diff, op: BlockOp) -> str:
    """One of the two texts, put together from runs and blocks alone."""
    parts: list[str] = []
    for block in found.blocks:
        if block.op is BlockOp.EDITED:
            parts.append("".join(run.text for run in block.words if run.op in (BlockOp.SAME, op)))
        elif block.op is BlockOp.MOVED:
            parts += [text for text in [block.before if op is BlockOp.REMOVED else block.after] if text]
        elif block.op in (BlockOp.SAME, op):
            parts.append(block.after if op is BlockOp.ADDED else block.before)
    return PARTING.join(parts)


# --- aligning ----------------------------------------------------------------------------------


def _tokenise(blocks: Sequence[str]) -> _Tokens:
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
    return _Tokens(spaces, words, [*starts, len(words)])


def _hunks(a: _Tokens, b: _Tokens, before: Sequence[str], after: Sequence[str]) -> list[_Hunk]:
    """The stretches that differ, in order; everything between them is equal word for word."""
    ours, theirs = _anchors(a, before), _anchors(b, after)
    matches = []
    for edit in _opcodes([before[at] for at in ours], [after[at] for at in theirs]):
        if edit.tag == "equal":
            pairs = zip(range(edit.src_start, edit.src_end), range(edit.dest_start, edit.dest_end), strict=True)
            matches += [(ours[i], theirs[j]) for i, j in pairs]
    found: list[_Hunk] = []
    at_a = at_b = 0
    for i, j in [*matches, (len(before), len(after))]:
        found += _word_hunks(a.words, b.words, (at_a, a.starts[i], at_b, b.starts[j]))
        if i < len(before):
            at_a, at_b = a.starts[i + 1], b.starts[j + 1]
    return found


def _anchors(tokens: _Tokens, blocks: Sequence[str]) -> list[int]:
    return [at for at in range(len(blocks)) if tokens.starts[at + 1] - tokens.starts[at] >= _ANCHOR_TOKENS]


def _opcodes(a: Sequence[str], b: Sequence[str]):  # type: ignore[no-untyped-def]
    return (Levenshtein if len(a) * len(b) > _HUGE else Indel).opcodes(a, b)


def _word_hunks(a: Sequence[str], b: Sequence[str], span: _Hunk) -> list[_Hunk]:
    """The stretches of `span` that differ, neighbouring edits as one."""
    a_from, a_to, b_from, b_to = span
    if a_from == a_to or b_from == b_to:
        return [span] if a_to > a_from or b_to > b_from else []
    found: list[_Hunk] = []
    for edit in _opcodes(a[a_from:a_to], b[b_from:b_to]):
        if edit.tag == "equal":
            continue
        hunk = (a_from + edit.src_start, a_from + edit.src_end, b_from + edit.dest_start, b_from + edit.dest_end)
        if found and found[-1][1] == hunk[0] and found[-1][3] == hunk[2]:
            hunk = (found[-1][0], hunk[1], found[-1][2], hunk[3])
            found.pop()
        found.append(hunk)
    return found


# --- making it readable ------------------------------------------------------------------------


def _swallow_islands(hunks: list[_Hunk], a: _Tokens, b: _Tokens) -> list[_Hunk]:
    """`hunks`, those joined that only one or two short words ("of the") part inside a sentence."""
    found: list[_Hunk] = []
    for hunk in hunks:
        if found and _is_island(found[-1], hunk, a, b):
            hunk = (found[-1][0], hunk[1], found[-1][2], hunk[3])
            found.pop()
        found.append(hunk)
    return found


def _is_island(left: _Hunk, right: _Hunk, a: _Tokens, b: _Tokens) -> bool:
    island = range(left[1], right[0])
    if len(island) > _ISLAND_WORDS or _size(left) < 4 or _size(right) < 4:  # next to small edits it is context
        return False
    shift = right[2] - right[0]
    return all(
        len(a.words[at]) <= _SHORT_WORD
        and not any(mark.isdigit() for mark in a.words[at])
        and PARTING not in a.spaces[at] + b.spaces[at + shift]
        for at in island
    )


def _size(hunk: _Hunk) -> int:
    return hunk[1] - hunk[0] + hunk[3] - hunk[2]


def _slide_all(hunks: Sequence[_Hunk], a: _Tokens, b: _Tokens) -> list[_Hunk]:
    """Pure insertions and deletions, moved over equal words to begin where a block or sentence begins.

    "A. The B." from "A. The X. The B." has two readings; a reader means "The X." (compare the
    sliders of git's indent heuristic).
    """
    found: list[_Hunk] = []
    for at, hunk in enumerate(hunks):
        low = found[-1][1] if found else 0
        high = hunks[at + 1][0] if at + 1 < len(hunks) else len(a.words)
        if (hunk[0] == hunk[1]) != (hunk[2] == hunk[3]):
            inserts = hunk[0] == hunk[1]
            shift = _slide(b if inserts else a, hunk[2:] if inserts else hunk[:2], hunk[0] - low, high - hunk[1])
            hunk = (hunk[0] + shift, hunk[1] + shift, hunk[2] + shift, hunk[3] + shift)
        found.append(hunk)
    return found


def _slide(tokens: _Tokens, stretch: tuple[int, int], back: int, ahead: int) -> int:
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


def _rank(tokens: _Tokens, start: int, end: int) -> int:
    """How well a stretch begins and ends: 2 for each block boundary, 1 for each end of a sentence."""
    return sum(_boundary(tokens, at) for at in (start, end))


def _boundary(tokens: _Tokens, at: int) -> int:
    if at in (0, len(tokens.words)) or tokens.spaces[at].startswith(PARTING):
        return 2
    return int(tokens.words[at - 1] in ".!?" and bool(tokens.spaces[at]))


# --- cutting into blocks -----------------------------------------------------------------------


def _part_blocks(hunks: Sequence[_Hunk], a: _Tokens, b: _Tokens) -> list[_Hunk]:
    """`hunks`, those of whole blocks parted into one hunk a block, deletions first."""
    begins_a, begins_b = set(a.starts), set(b.starts)
    found: list[_Hunk] = []
    for a_from, a_to, b_from, b_to in hunks:
        if {a_from, a_to} <= begins_a and {b_from, b_to} <= begins_b:
            removed = [at for at in range(a_from, a_to + 1) if at in begins_a]
            added = [at for at in range(b_from, b_to + 1) if at in begins_b]
            found += [(start, end, b_from, b_from) for start, end in pairwise(removed)]
            found += [(a_to, a_to, start, end) for start, end in pairwise(added)]
        else:
            found.append((a_from, a_to, b_from, b_to))
    return found


def _cut(hunks: Sequence[_Hunk], a: _Tokens, b: _Tokens) -> Iterator[tuple[_Hunk, list[_Hunk]]]:
    """Stretches between the block boundaries that both texts share, each with its hunks."""
    begins_a, begins_b = set(a.starts), set(b.starts)
    start = at = (0, 0)
    inside: list[_Hunk] = []
    for hunk in [*hunks, (len(a.words), len(a.words), len(b.words), len(b.words))]:
        for step in range(1, hunk[0] - at[0] + 1):
            if at[0] + step in begins_a and at[1] + step in begins_b:
                end = (at[0] + step, at[1] + step)
                yield (start[0], end[0], start[1], end[1]), inside
                start, inside = end, []
        if hunk[1] > hunk[0] or hunk[3] > hunk[2]:
            inside.append(hunk)
        at = (hunk[1], hunk[3])
        if at[0] in begins_a and at[1] in begins_b and at != start:
            yield (start[0], at[0], start[1], at[1]), inside
            start, inside = at, []
    if start != at:
        yield (start[0], at[0], start[1], at[1]), inside


def _block(span: _Hunk, hunks: Sequence[_Hunk], a: _Tokens, b: _Tokens) -> DiffBlock:
    before, after = _text(a, span[0], span[1]), _text(b, span[2], span[3])
    if span[0] == span[1]:
        return DiffBlock(BlockOp.ADDED, after=after)
    if span[2] == span[3]:
        return DiffBlock(BlockOp.REMOVED, before=before)
    if before == after:
        return DiffBlock(BlockOp.SAME, before, after)
    return DiffBlock(BlockOp.EDITED, before, after, tuple(_runs(span, hunks, a, b)))


def _text(tokens: _Tokens, start: int, end: int) -> str:
    """The text from `start`, where a block begins, without what parts it from the block before."""
    return tokens.text(start, end)[len(PARTING) if start and end > start else 0 :]


def _runs(span: _Hunk, hunks: Sequence[_Hunk], a: _Tokens, b: _Tokens) -> list[Run]:
    """The words of one edited stretch. Equal words whose white space differs keep their own, marked."""
    pieces: list[tuple[BlockOp, str]] = []
    at_a, at_b = span[0], span[2]
    for a_from, a_to, b_from, b_to in [*hunks, (span[1], span[1], span[3], span[3])]:
        for at in range(a_from - at_a):
            i, j = at_a + at, at_b + at
            pieces += _equal_word(_space(a, i, span[0]), _space(b, j, span[2]), a.words[i])
        removed = _space(a, a_from, span[0]) + a.words[a_from] + a.text(a_from + 1, a_to) if a_to > a_from else ""
        added = _space(b, b_from, span[2]) + b.words[b_from] + b.text(b_from + 1, b_to) if b_to > b_from else ""
        if removed and added:
            space = _common_space(removed, added)
            pieces.append((BlockOp.SAME, space))
            removed, added = removed[len(space) :], added[len(space) :]
        pieces += [(BlockOp.REMOVED, removed), (BlockOp.ADDED, added)]
        at_a, at_b = a_to, b_to
    return _merged(pieces)


def _space(tokens: _Tokens, at: int, start: int) -> str:
    """White space before a token; what parts two blocks does not belong to the first of a stretch."""
    return tokens.spaces[at][len(PARTING) :] if at == start and at else tokens.spaces[at]


def _equal_word(ours: str, theirs: str, word: str) -> list[tuple[BlockOp, str]]:
    if ours == theirs:
        return [(BlockOp.SAME, ours + word)]
    return [(BlockOp.REMOVED, ours), (BlockOp.ADDED, theirs), (BlockOp.SAME, word)]


def _common_space(a: str, b: str) -> str:
    end = 0
    while end < min(len(a), len(b)) and a[end] == b[end] and a[end].isspace():
        end += 1
    return a[:end]


def _merged(pieces: Sequence[tuple[BlockOp, str]]) -> list[Run]:
    """Neighbours of one fate as one run, empty ones left out."""
    found: list[Run] = []
    for op, text in pieces:
        if text and found and found[-1].op is op:
            found[-1] = Run(op, found[-1].text + text)
        elif text:
            found.append(Run(op, text))
    return found


def _moved(blocks: list[DiffBlock]) -> list[DiffBlock]:
    """`blocks`, with what was removed in one place and added in another marked as moved."""
    added: dict[str, list[int]] = {}
    for at, block in enumerate(blocks):
        if block.op is BlockOp.ADDED and len(_WORD.findall(block.after)) >= _MOVED_WORDS:
            added.setdefault(block.after, []).append(at)
    found = list(blocks)
    for at, block in enumerate(blocks):
        if block.op is BlockOp.REMOVED and added.get(block.before):
            found[at] = DiffBlock(BlockOp.MOVED, before=block.before)
            found[added[block.before].pop(0)] = DiffBlock(BlockOp.MOVED, after=block.before)
    return found


def count_words(found: Diff) -> tuple[int, int, int]:
    """Words that stayed, were removed, were added; a moved block has stayed."""
    counts = {BlockOp.SAME: 0, BlockOp.REMOVED: 0, BlockOp.ADDED: 0}
    for block in found.blocks:
        if block.op is BlockOp.EDITED:
            for run in block.words:
                counts[run.op] += len(_WORD.findall(run.text))
        elif block.op is BlockOp.MOVED:
            counts[BlockOp.SAME] += len(_WORD.findall(block.before))
        else:
            counts[block.op] += len(_WORD.findall(block.before or block.after))
    return counts[BlockOp.SAME], counts[BlockOp.REMOVED], counts[BlockOp.ADDED]


def _similarity(found: Diff) -> float:
    """Share of words that stayed, of both texts."""
    same, removed, added = count_words(found)
    return 2 * same / (2 * same + removed + added) if same + removed + added else 1.0
