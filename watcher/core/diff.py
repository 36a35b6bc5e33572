"""What differs between two texts: blocks, and words inside them. Pure.

The aligned words are cut into blocks at the boundaries that both texts share. White space is kept
exactly but never makes a word count as changed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from watcher.core.align import PARTING, WORD, Hunk, Tokens, align, anchors, tokenise
from watcher.core.model import BlockOp, Diff, DiffBlock, Run

_MOVED_WORDS = 5  # a shorter block that turns up elsewhere has not moved, it is common


def diff(before: Sequence[str], after: Sequence[str]) -> Diff:
    """How `after` came from `before`, in reading order; deletions stand before insertions.

    An EDITED block may hold several neighbouring blocks, parted by an empty line, if text flowed
    between them. A MOVED block stands twice: with its `before` where it was, its `after` where it is.
    Below a similarity of 0.4 two columns read better than marks.
    """
    blocks: list[DiffBlock] = []
    at_a = at_b = 0
    for i, j in [*anchors(before, after), (len(before), len(after))]:
        blocks += _stretch(before[at_a:i], after[at_b:j])
        blocks += [DiffBlock(BlockOp.SAME, block, block) for block in before[i : i + 1]]
        at_a, at_b = i + 1, j + 1
    found = Diff(tuple(_moved(blocks)))
    return replace(found, similarity=_similarity(found))


def _stretch(before: Sequence[str], after: Sequence[str]) -> list[DiffBlock]:
    """The blocks between two anchors."""
    if not before or not after:
        removed = [DiffBlock(BlockOp.REMOVED, before=block) for block in before]
        return removed + [DiffBlock(BlockOp.ADDED, after=block) for block in after]
    a, b = tokenise(before), tokenise(after)
    hunks = _part_blocks(align(a, b), a, b)
    return [_block(span, inside, a, b) for span, inside in _cut(hunks, a, b)]


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


# --- cutting into blocks -----------------------------------------------------------------------


def _part_blocks(hunks: Sequence[Hunk], a: Tokens, b: Tokens) -> list[Hunk]:
    """`hunks`, those of whole blocks parted into one hunk a block, deletions first."""
    begins_a, begins_b = set(a.starts), set(b.starts)
    found: list[Hunk] = []
    for a_from, a_to, b_from, b_to in hunks:
        if {a_from, a_to} <= begins_a and {b_from, b_to} <= begins_b:
            removed = [at for at in range(a_from, a_to + 1) if at in begins_a]
            added = [at for at in range(b_from, b_to + 1) if at in begins_b]
            found += [(start, end, b_from, b_from) for start, end in pairwise(removed)]
            found += [(a_to, a_to, start, end) for start, end in pairwise(added)]
        else:
            found.append((a_from, a_to, b_from, b_to))
    return found


def _cut(hunks: Sequence[Hunk], a: Tokens, b: Tokens) -> Iterator[tuple[Hunk, list[Hunk]]]:
    """Stretches between the block boundaries that both texts share, each with its hunks."""
    begins_a, begins_b = set(a.starts), set(b.starts)
    start = at = (0, 0)
    inside: list[Hunk] = []
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


def _block(span: Hunk, hunks: Sequence[Hunk], a: Tokens, b: Tokens) -> DiffBlock:
    before, after = _text(a, span[0], span[1]), _text(b, span[2], span[3])
    if span[0] == span[1]:
        return DiffBlock(BlockOp.ADDED, after=after)
    if span[2] == span[3]:
        return DiffBlock(BlockOp.REMOVED, before=before)
    if before == after:
        return DiffBlock(BlockOp.SAME, before, after)
    return DiffBlock(BlockOp.EDITED, before, after, tuple(_runs(span, hunks, a, b)))


def _text(tokens: Tokens, start: int, end: int) -> str:
    """The text from `start`, where a block begins, without what parts it from the block before."""
    return tokens.text(start, end)[len(PARTING) if start and end > start else 0 :]


def _runs(span: Hunk, hunks: Sequence[Hunk], a: Tokens, b: Tokens) -> list[Run]:
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


def _space(tokens: Tokens, at: int, start: int) -> str:
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
        if block.op is BlockOp.ADDED and len(WORD.findall(block.after)) >= _MOVED_WORDS:
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
                counts[run.op] += len(WORD.findall(run.text))
        elif block.op is BlockOp.MOVED:
            counts[BlockOp.SAME] += len(WORD.findall(block.before))
        else:
            counts[block.op] += len(WORD.findall(block.before or block.after))
    return counts[BlockOp.SAME], counts[BlockOp.REMOVED], counts[BlockOp.ADDED]


def _similarity(found: Diff) -> float:
    """Share of words that stayed, of both texts."""
    same, removed, added = count_words(found)
    return 2 * same / (2 * same + removed + added) if same + removed + added else 1.0
