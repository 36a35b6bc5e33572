"""Measures the text diff over pairs of texts, beside plain rapidfuzz.

    python -m tests.quality.measure_diff PAIRS

PAIRS is a folder with a sub-folder a pair that holds `before.html.gz` and `after.html.gz` (their main
text is taken with trafilatura), or a JSONL file with `before` and `after`, each a text. Prints words
marked, milliseconds at the median and the 95th percentile, and the worst, for both in one run.
"""

# ruff: noqa: T201 - printing is what it is for

from __future__ import annotations

import gzip
import json
import re
import statistics
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from rapidfuzz.distance import Indel

from watcher.core.diff import apply_diff, diff, revert_diff
from watcher.core.model import BlockOp, Diff

Pair = tuple[str, list[str], list[str]]


def pairs(path: Path) -> Iterator[Pair]:
    """Name, blocks before, blocks after."""
    if path.is_file():
        for number, line in enumerate(path.read_text("utf-8").splitlines()):
            pair = json.loads(line)
            yield str(pair.get("id", number)), _blocks(pair["before"]), _blocks(pair["after"])
        return
    for folder in sorted(found for found in path.iterdir() if (found / "before.html.gz").exists()):
        before, after = (_main_text(folder / f"{side}.html.gz") for side in ("before", "after"))
        if before and after and before != after:
            yield folder.name, _blocks(before), _blocks(after)


def _main_text(path: Path) -> str:
    import trafilatura

    return trafilatura.extract(gzip.decompress(path.read_bytes()), include_comments=False) or ""


def _blocks(text: str) -> list[str]:
    return [block.strip() for block in re.split(r"\n+", text) if block.strip()]


def marked(found: Diff) -> int:
    """Words that a reader sees marked, by white space; a moved block is not marked word by word."""
    total = 0
    for block in found.blocks:
        if block.op in (BlockOp.ADDED, BlockOp.REMOVED):
            total += len((block.before or block.after).split())
        total += sum(len(run.text.split()) for run in block.words if run.op is not BlockOp.SAME)
    return total


def plain(before: list[str], after: list[str]) -> int:
    """Words marked by Indel over all words at once."""
    a, b = " ".join(before).split(), " ".join(after).split()
    edits = Indel.opcodes(a, b)
    return sum(e.src_end - e.src_start + e.dest_end - e.dest_start for e in edits if e.tag != "equal")


def _row(name: str, words: list[int], times: list[float]) -> str:
    at_95 = sorted(times)[max(0, round(0.95 * len(times)) - 1)]
    speed = f"{statistics.median(times):7.2f} ms median   {at_95:7.1f} ms 95 %   {max(times):7.1f} ms worst"
    return f"{name:10} {sum(words):>9,} words marked   {speed}"


def main(path: str) -> int:
    """Print the table; 1 if a diff does not give back both texts."""
    ours: list[int] = []
    theirs: list[int] = []
    our_times: list[float] = []
    their_times: list[float] = []
    lengths: list[int] = []
    for name, before, after in pairs(Path(path)):
        start = time.perf_counter()
        found = diff(before, after)
        between = time.perf_counter()
        count = plain(before, after)
        end = time.perf_counter()
        if apply_diff(before, found) != "\n\n".join(after) or revert_diff(after, found) != "\n\n".join(before):
            print(f"{name}: does not give back its texts")
            return 1
        ours.append(marked(found))
        theirs.append(count)
        our_times.append(1000 * (between - start))
        their_times.append(1000 * (end - between))
        lengths.append(sum(len(block.split()) for block in before))
        if ours[-1] > theirs[-1] + 20:
            print(
                f"{name}: {ours[-1]} words marked, rapidfuzz {theirs[-1]}; {lengths[-1]} words, {our_times[-1]:.0f} ms"
            )
    print(f"{len(ours)} pairs, median {statistics.median(lengths):,.0f} words, longest {max(lengths):,}")
    print(_row("this", ours, our_times))
    print(_row("rapidfuzz", theirs, their_times))
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1]))
