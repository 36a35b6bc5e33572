"""Measures which texts are taken for the same statement, beside two baselines.

    python -m tests.quality.measure_same FILE.jsonl

FILE has a line a text: `id`, `cluster` (equal: the same statement), `kind`, `text`. Prints precision,
recall and F1 over all pairs, recall by the kind of the copy, and every pair that is wrong.
"""

# ruff: noqa: T201 - printing is what it is for

from __future__ import annotations

import json
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from pathlib import Path

from watcher.core.dedup import cluster
from watcher.core.similar import fingerprint, resemblance, shingle_hashes, terms

Texts = Sequence[tuple[str, str]]
_MINHASH = 0.5  # the threshold at which MinHash alone does best on ../shared-like sets
_CONTAINED = 0.7


@dataclass
class Score:
    """Pairs, and the wrong ones by name."""

    right: int = 0
    joined: int = 0  # wrongly
    missed: int = 0
    by_kind: dict[str, Counter[bool]] = field(default_factory=lambda: defaultdict(Counter))
    errors: list[str] = field(default_factory=list)

    @property
    def precision(self) -> float:
        """Share of the joined pairs that are the same statement."""
        return self.right / (self.right + self.joined) if self.right + self.joined else 1.0

    @property
    def recall(self) -> float:
        """Share of the pairs of one statement that were joined."""
        return self.right / (self.right + self.missed) if self.right + self.missed else 1.0

    @property
    def f1(self) -> float:
        """Harmonic mean of both."""
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0


def score(records: Sequence[dict[str, str]], numbers: Sequence[int]) -> Score:
    """All pairs of `records`, judged by their `cluster`."""
    found = Score()
    for i, j in combinations(range(len(records)), 2):
        is_same, is_joined = records[i]["cluster"] == records[j]["cluster"], numbers[i] == numbers[j]
        if is_same:
            for kind in {records[i]["kind"], records[j]["kind"]} - {"original"}:
                found.by_kind[kind][is_joined] += 1
        found.right += is_same and is_joined
        found.joined += is_joined and not is_same
        found.missed += is_same and not is_joined
        if is_same != is_joined:
            what = "joined" if is_joined else "missed"
            names = (f"{records[at]['id']} ({records[at]['kind']})" for at in (i, j))
            found.errors.append(f"  {what}: {' and '.join(names)}")
    return found


def by_minhash(texts: Texts) -> list[int]:
    """Baseline: all pairs whose estimated resemblance of 3-word shingles reaches 0.5."""
    prints = [fingerprint(text) for _, text in texts]
    return _linked(len(texts), lambda i, j: resemblance(prints[i], prints[j]) >= _MINHASH)


def by_containment(texts: Texts) -> list[int]:
    """Baseline: all pairs of which one holds 0.7 of the other's 5-word shingles."""
    sets = [set(shingle_hashes(terms(text), 5)) for _, text in texts]
    return _linked(
        len(texts),
        lambda i, j: len(sets[i] & sets[j]) >= _CONTAINED * max(1, min(len(sets[i]), len(sets[j]))),
    )


def _linked(size: int, is_same: Callable[[int, int], bool]) -> list[int]:
    numbers = list(range(size))
    for i, j in combinations(range(size), 2):
        if numbers[i] != numbers[j] and is_same(i, j):
            old, new = numbers[j], numbers[i]
            numbers = [new if number == old else number for number in numbers]
    return numbers


def main(path: str) -> int:
    """Print the table and every error."""
    records = [json.loads(line) for line in Path(path).read_text("utf-8").splitlines() if line.strip()]
    texts = [(record["id"], record["text"]) for record in records]
    urls = [record.get("url") or "" for record in records]
    methods: list[tuple[str, Callable[[Texts], list[int]]]] = [
        ("this", lambda texts: cluster(texts, urls)),
        ("MinHash >= 0.5", by_minhash),
        ("5-word containment >= 0.7", by_containment),
    ]
    print(f"{len(texts)} texts, {len({record['cluster'] for record in records})} statements")
    results: list[Score] = []
    for name, method in methods:
        start = time.perf_counter()
        found = score(records, method(texts))
        took = time.perf_counter() - start
        results.append(found)
        print(
            f"{name:26} precision {found.precision:.3f}  recall {found.recall:.3f}  F1 {found.f1:.3f}"
            f"  wrongly joined {found.joined}  missed {found.missed}  {took:.1f} s"
        )
    print("\nrecall by kind" + "".join(f"{name:>28}" for name, _ in methods))
    for kind in sorted(results[0].by_kind):
        shares = (result.by_kind[kind] for result in results)
        print(f"{kind:26}" + "".join(f"{share[True]:>20} of {share.total():<4}" for share in shares))
    print("\nerrors of this:", *(results[0].errors or ["  none"]), sep="\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1]))
