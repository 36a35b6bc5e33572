"""Judging and comparing two captures of a page of 4,000 words, beside rapidfuzz's alignment alone."""

from __future__ import annotations

import json
import random
import statistics
import sys
import time
from collections.abc import Callable, Sequence

from bench.measure import printed_numbers
from bench.rows import Row, Subject
from bench.workshop import Workshop

WORDS, ROUNDS = 4_000, 40
Blocks = tuple[str, ...]
Way = Callable[[Blocks, Blocks], object]


def subjects(workshop: Workshop) -> Sequence[Subject]:
    """Both ways over the same pairs, each in a process of its own."""
    return [
        Subject("rapidfuzz, words", lambda: printed_numbers("bench.rows.compare", "rapidfuzz")),
        Subject("compare and diff", lambda: printed_numbers("bench.rows.compare", "watcher")),
    ]


def made_pair(seed: int) -> tuple[Blocks, Blocks]:
    """A page and its next capture: six words exchanged, a paragraph gone, one new and one moved."""
    chance = random.Random(seed)
    words = [f"{chance.choice('bcdfglmnprstw')}{chance.choice('aeiou')}{n % 700}" for n in range(WORDS)]
    chance.shuffle(words)
    before = [" ".join(words[at : at + 50]).capitalize() + "." for at in range(0, WORDS, 50)]
    after = list(before)
    for at in chance.sample(range(5, 60), 6):
        after[at] = after[at].replace(words[at * 50 + 7], "otherwise", 1)
    del after[70]
    after.insert(30, "The board met again and asked for a report within the month.")
    after.append(after.pop(3))
    return tuple(before), tuple(after)


def _with_rapidfuzz() -> Way:
    from rapidfuzz.distance import Indel

    return lambda before, after: Indel.opcodes(" ".join(before).split(), " ".join(after).split())


def _with_watcher() -> Way:
    from watcher.core.compare import compare
    from watcher.core.diff import diff
    from watcher.core.model import Document

    def way(before: Blocks, after: Blocks) -> object:
        url = "https://northmoor.example/page"
        old, new = (Document(url, "Our position", blocks) for blocks in (before, after))
        return compare(old, new), diff(before, after)

    return way


def main(name: str) -> None:
    way = {"rapidfuzz": _with_rapidfuzz, "watcher": _with_watcher}[name]()
    way(*made_pair(0))
    spent_ms = []
    for seed in range(1, ROUNDS + 1):
        before, after = made_pair(seed)
        begun = time.process_time()
        way(before, after)
        spent_ms.append((time.process_time() - begun) * 1e3)
    print(json.dumps({"median_ms": statistics.median(spent_ms), "p95_ms": statistics.quantiles(spent_ms, n=20)[-1]}))


ROW = Row("compare", f"Two captures of a page of {WORDS:,} words", subjects)

if __name__ == "__main__":
    main(sys.argv[1])
