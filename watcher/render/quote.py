"""The page's own words in a message: which sentences changed, and which of them fit."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from ..core.markup import one_line
from ..core.model import BlockOp, Diff, DiffBlock, Run

_SENTENCE_END = re.compile(
    r"(?<!\bDr)(?<!\bMr)(?<!\bMrs)(?<!\bMs)(?<!\bProf)(?<!\bSt)(?<!\bNo)[.!?…][\"')\]”’]*\s+(?=[\"'(\[“‘]?[A-Z0-9£]|$)"
)
_REWRITTEN_BELOW = 0.4  # share of words kept; below it an inline diff is confetti (measured, STACK section 2)


@dataclass(frozen=True, slots=True)
class Piece:
    """One changed sentence, or one added or removed block: the least that is shown or left out."""

    runs: tuple[Run, ...]  # SAME, ADDED and REMOVED, white space already folded
    block: int  # position in the diff
    place: int  # position among the sentences of its block; a gap in the row is marked "…"
    is_last: bool = True  # no sentence of the block comes after it
    is_cut: bool = False  # its end is left out

    @property
    def added(self) -> int:
        """How many words it adds."""
        return sum(len(run.text.split()) for run in self.runs if run.op is BlockOp.ADDED)

    @property
    def removed(self) -> int:
        """How many words it takes away."""
        return sum(len(run.text.split()) for run in self.runs if run.op is BlockOp.REMOVED)

    @property
    def marks(self) -> int:
        """How many marked spans it needs."""
        return sum(1 for run in self.runs if run.op is not BlockOp.SAME)


@dataclass(frozen=True, slots=True)
class Quote:
    """What is shown, in reading order, and how much is not."""

    pieces: tuple[Piece, ...] = ()
    added_left_out: int = 0  # words
    removed_left_out: int = 0  # words
    moved: int = 0  # blocks that only changed their place


def pieces(diff: Diff) -> list[Piece]:
    """The changed sentences of `diff` in reading order; what stayed or only moved has none."""
    found: list[Piece] = []
    for position, block in enumerate(diff.blocks):
        groups = _sentences(_merged(_runs(block)))
        found += [
            Piece(group, position, place, place == len(groups) - 1)
            for place, group in enumerate(groups)
            if any(run.op is not BlockOp.SAME for run in group)
        ]
    return found


def moved_blocks(diff: Diff) -> int:
    """How many blocks stand elsewhere, their words unchanged."""
    return sum(1 for block in diff.blocks if block.op is BlockOp.MOVED and not _changes(block))


def plain_pieces(sentences: Iterable[str]) -> list[Piece]:
    """Sentences that are quoted without a comparison, one piece each."""
    folded = [one_line(sentence).strip() for sentence in sentences]
    return [Piece((Run(BlockOp.SAME, text),), index, 0) for index, text in enumerate(folded) if text]


def fitting(
    candidates: Sequence[Piece], room: int, marks: int, size: Callable[[Piece], int], wanted: Sequence[str] = ()
) -> Quote:
    """As many of `candidates` as fit `room` units (by `size`) and `marks` marked spans.

    Sentences with a `wanted` term come first, then those that add, then those that only take
    away. What does not fit is left out whole; only if nothing would be shown, the first is cut
    at a word's end, its new words before its old.
    """
    terms = [term.casefold() for term in wanted if term]

    def rank(piece: Piece) -> tuple[bool, bool]:
        text = "".join(run.text for run in piece.runs if run.op is not BlockOp.REMOVED).casefold()
        return (piece.added == 0 and piece.removed > 0, not any(term in text for term in terms))

    shown: list[Piece] = []
    left_out = [0, 0]
    for whole in sorted(candidates, key=rank):
        piece = whole
        if size(whole) > room or whole.marks > marks:
            piece = replace(whole, runs=()) if shown else cut(whole, room, marks, size)
            left_out[0] += whole.added - piece.added
            left_out[1] += whole.removed - piece.removed
        if piece.runs:
            shown.append(piece)
            room -= size(piece)
            marks -= piece.marks
    shown.sort(key=lambda piece: (piece.block, piece.place))
    return Quote(tuple(shown), left_out[0], left_out[1])


_TOO_SMALL = 60  # units; a shorter scrap of a sentence says nothing


def cut(piece: Piece, room: int, marks: int, size: Callable[[Piece], int]) -> Piece:
    """The beginning of `piece` that fits, new words before old; without runs if nothing sensible does.

    Words are counted as shown only whole, so a word without end is not shown at all.
    """
    if room < _TOO_SMALL or marks < 1:
        return replace(piece, runs=())
    new = [run for run in piece.runs if run.op is not BlockOp.REMOVED]
    old = [run for run in piece.runs if run.op is BlockOp.REMOVED]
    has_new = any(run.op is BlockOp.ADDED for run in new)
    kept = new if has_new or not old else old
    tokens = [(run.op, token) for run in kept for token in re.findall(r"\s*\S+\s*", run.text)]
    low, high = 0, min(len(tokens), room)
    while low < high:  # the longest beginning that fits; size only grows
        middle = (low + high + 1) // 2
        trial = _beginning(piece, tokens[:middle])
        if size(trial) <= room and trial.marks <= marks:
            low = middle
        else:
            high = middle - 1
    return _beginning(piece, tokens[:low]) if low else replace(piece, runs=())


def _beginning(piece: Piece, tokens: list[tuple[BlockOp, str]]) -> Piece:
    return replace(piece, runs=_merged(Run(op, token) for op, token in tokens), is_cut=True)


def _changes(block: DiffBlock) -> bool:
    return any(run.op is not BlockOp.SAME for run in block.words)


def _runs(block: DiffBlock) -> tuple[Run, ...]:
    match block.op:
        case BlockOp.SAME:
            return ()
        case BlockOp.ADDED:
            return (Run(BlockOp.ADDED, block.after),)
        case BlockOp.REMOVED:
            return (Run(BlockOp.REMOVED, block.before),)
        case BlockOp.EDITED if not block.words or _is_rewritten(block):
            return (Run(BlockOp.ADDED, block.after + "\n"), Run(BlockOp.REMOVED, block.before))
        case BlockOp.EDITED:
            return block.words
        case BlockOp.MOVED:
            return block.words if _changes(block) else ()


def _is_rewritten(block: DiffBlock) -> bool:
    kept = sum(len(run.text.split()) for run in block.words if run.op is BlockOp.SAME)
    longer = max(len(block.before.split()), len(block.after.split()))
    return len(block.words) > 6 and kept < _REWRITTEN_BELOW * longer


def _merged(runs: Iterable[Run]) -> tuple[Run, ...]:
    """Neighbours of one fate as one run, white space folded, empty ones dropped; bare space is no change."""
    settled = (Run(run.op if run.text.strip() else BlockOp.SAME, run.text) for run in runs if run.text)
    grouped = ((op, one_line("".join(run.text for run in group))) for op, group in groupby(settled, lambda run: run.op))
    return tuple(Run(op, text) for op, text in grouped if text)


def _sentences(runs: tuple[Run, ...]) -> list[tuple[Run, ...]]:
    """`runs` parted where a sentence ends in words that stayed, or between two changed sentences."""
    groups: list[tuple[Run, ...]] = []
    current: list[Run] = []
    for run in runs:
        start = 0
        for end in _SENTENCE_END.finditer(run.text):
            current.append(Run(run.op, run.text[start : end.end()]))
            start = end.end()
            groups.append(tuple(current))
            current = []
        if run.text[start:]:
            current.append(Run(run.op, run.text[start:]))
    if current:
        groups.append(tuple(current))
    return groups
