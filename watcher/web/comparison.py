"""Two texts compared, as rows that a template shows inline or side by side."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from watcher.core.model import BlockOp, Diff, DiffBlock, Run
from watcher.render.quote import paragraphs

CONTEXT = 1  # unchanged paragraphs that stay in sight on either side of a change
Runs = tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """One block. `op` is a BlockOp, or "skipped" for a run of unchanged blocks that is folded."""

    op: str
    inline: tuple[Runs, ...] = ()  # paragraphs of words with their fate
    left: Runs = ()
    right: Runs = ()
    note: str = ""  # "moved here", "stood here before"
    count: int = 0  # of a folded run: how many blocks


def rows(diff: Diff, *, show_all: bool) -> list[Row]:
    """The blocks of `diff` in order; unchanged ones away from any change are folded unless all are asked for."""
    blocks = diff.blocks
    if show_all:
        return [_row(block) for block in blocks]
    near = _near_change(blocks)
    shown: list[Row] = []
    folded = 0
    for block, is_near in zip(blocks, near, strict=True):
        if not is_near:
            folded += 1
            continue
        if folded:
            shown.append(Row("skipped", count=folded))
            folded = 0
        shown.append(_row(block))
    if folded:
        shown.append(Row("skipped", count=folded))
    return shown


def is_same(diff: Diff) -> bool:
    """Whether no word differs."""
    return all(block.op is BlockOp.SAME for block in diff.blocks)


def _near_change(blocks: Sequence[DiffBlock]) -> list[bool]:
    near = [False] * len(blocks)
    for index, block in enumerate(blocks):
        if block.op is not BlockOp.SAME:
            for neighbour in range(max(0, index - CONTEXT), min(len(blocks), index + CONTEXT + 1)):
                near[neighbour] = True
    return near


def _row(block: DiffBlock) -> Row:
    op = block.op.value
    match block.op:
        case BlockOp.SAME:
            words = (Run(BlockOp.SAME, block.after),)
            return Row(op, (words,), words, words)
        case BlockOp.ADDED:
            words = (Run(BlockOp.ADDED, block.after),)
            return Row(op, (words,), (), words)
        case BlockOp.REMOVED:
            words = (Run(BlockOp.REMOVED, block.before),)
            return Row(op, (words,), words, ())
        case BlockOp.EDITED:
            return Row(op, tuple(paragraphs(block)), *_sides(block))
        case BlockOp.MOVED if not block.after:
            words = (Run(BlockOp.SAME, block.before),)
            return Row(op, (words,), words, (), note="Stood here before")
        case BlockOp.MOVED:
            inline = tuple(paragraphs(block)) or ((Run(BlockOp.SAME, block.after),),)
            return Row(op, inline, (), _without(block, BlockOp.REMOVED), note="Moved here")


def _sides(block: DiffBlock) -> tuple[Runs, Runs]:
    return _without(block, BlockOp.ADDED), _without(block, BlockOp.REMOVED)


def _without(block: DiffBlock, op: BlockOp) -> Runs:
    """The words of one side; `op` is what the other side alone has."""
    if block.words:
        return tuple(run for run in block.words if run.op is not op)
    mine = block.before if op is BlockOp.ADDED else block.after
    return (Run(BlockOp.SAME if block.op is BlockOp.MOVED else block.op, mine),)


def plain_words(runs: Sequence[Runs]) -> Iterator[str]:
    """Paragraphs without marks, the words that were removed left out."""
    for paragraph in runs:
        yield "".join(run.text for run in paragraph if run.op is not BlockOp.REMOVED).strip()
