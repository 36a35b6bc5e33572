"""What a diff says to a reader: its summary, the words that changed and the sentences they stand in. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from watcher.core.model import BlockOp, Diff, DiffBlock, Run
from watcher.core.text import fold, sentences

_END = re.compile(r"(?<=[.!?])[\"')\]”’]*\s+(?=[\"'(\[“‘]?[A-Z0-9£])|\n\s*\n")
_WORD = re.compile(r"\w")


@dataclass(frozen=True, slots=True)
class ChangedText:
    """The words that an edit brought and took, and the sentences they stand in."""

    added: tuple[str, ...]  # runs of words that are new, in order
    removed: tuple[str, ...]
    sentences_added: tuple[str, ...]  # whole sentences that were not there before
    sentences_removed: tuple[str, ...]

    @property
    def text(self) -> str:
        """Everything to match an edit on: new sentences, then those that went."""
        return "\n".join((*self.sentences_added, *self.sentences_removed))


def summary(found: Diff) -> str:
    """The diff in a few words: "2 sentences changed, 1 added", or "no words changed"."""
    changed = added = removed = moved = 0
    for block in found.blocks:
        if block.op is BlockOp.MOVED:
            moved += bool(block.after)
            continue
        gone, new = (len(side) for side in _sentences(block))
        changed += min(gone, new)
        added += max(0, new - gone)
        removed += max(0, gone - new)
    parts = [
        f"{count} {verb}" for count, verb in ((changed, "changed"), (added, "added"), (removed, "removed")) if count
    ]
    if parts:
        count = changed or added or removed
        parts[0] = parts[0].replace(" ", " sentence " if count == 1 else " sentences ", 1)
    if moved:
        parts.append(f"{moved} paragraph{'s' if moved > 1 else ''} moved")
    return ", ".join(parts) or "no words changed"


def _sentences(block: DiffBlock) -> tuple[list[str], list[str]]:
    """The sentences of `block` that only the earlier text has, and those that only the later has."""
    if block.op in (BlockOp.SAME, BlockOp.MOVED):
        return [], []
    before, after = Counter(map(fold, sentences(block.before))), Counter(map(fold, sentences(block.after)))
    return list((before - after).elements()), list((after - before).elements())


def changed_text(found: Diff) -> ChangedText:
    """What to match an edit on; moved blocks and white space have not changed."""
    words: dict[BlockOp, list[str]] = {BlockOp.ADDED: [], BlockOp.REMOVED: []}
    gone: list[str] = []
    new: list[str] = []
    for block in found.blocks:
        for run in _runs(block):
            if run.op in words and _WORD.search(run.text):
                words[run.op].append(fold(run.text))
        before, after = _sentences(block)
        gone += before
        new += after
    return ChangedText(tuple(words[BlockOp.ADDED]), tuple(words[BlockOp.REMOVED]), tuple(new), tuple(gone))


def changed_sentences(found: Diff, limit: int) -> tuple[tuple[Run, ...], ...]:
    """The first `limit` sentences in which a word changed, each as runs that show what changed."""
    shown: list[tuple[Run, ...]] = []
    for block in found.blocks:
        for sentence in _by_sentence(_runs(block)):
            if len(shown) >= limit:
                return tuple(shown)
            if any(run.op is not BlockOp.SAME and _WORD.search(run.text) for run in sentence):
                shown.append(sentence)
    return tuple(shown)


def _runs(block: DiffBlock) -> tuple[Run, ...]:
    if block.op is BlockOp.EDITED:
        return block.words
    if block.op in (BlockOp.ADDED, BlockOp.REMOVED):
        return (Run(block.op, block.after or block.before),)
    return ()


def _by_sentence(runs: tuple[Run, ...]) -> Iterator[tuple[Run, ...]]:
    """`runs` cut where sentences end; a removed end waits for the words that replace it."""
    sentence: list[Run] = []
    for number, run in enumerate(runs):
        pieces = _pieces(run.text)
        for at, piece in enumerate(pieces):
            sentence.append(Run(run.op, piece))
            is_last = at + 1 == len(pieces)
            replaced = run.op is BlockOp.REMOVED and number + 1 < len(runs) and runs[number + 1].op is BlockOp.ADDED
            follows_on = is_last and not _ends(piece)
            if not follows_on and not replaced:
                yield _trimmed(sentence)
                sentence = []
    if sentence:
        yield _trimmed(sentence)


def _pieces(text: str) -> list[str]:
    """`text` cut after the white space that follows a sentence; joined, the text again."""
    cuts = [0, *(match.end() for match in _END.finditer(text)), len(text)]
    return [text[start:end] for start, end in pairwise(cuts) if end > start]


def _ends(piece: str) -> bool:
    return bool(re.search(r"[.!?][\"')\]”’]*\s+$|\n\s*\n$", piece))


def _trimmed(sentence: list[Run]) -> tuple[Run, ...]:
    """Without white space at both ends."""
    runs = [run for run in sentence if run.text]
    if runs:
        runs[0] = Run(runs[0].op, runs[0].text.lstrip())
        runs[-1] = Run(runs[-1].op, runs[-1].text.rstrip())
    return tuple(run for run in runs if run.text)
