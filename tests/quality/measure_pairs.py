# ruff: noqa: T201 — a script that prints its table
"""Judge a directory of real pairs of pages, print the table, and name every error.

    python -m tests.quality.measure_pairs DIR

DIR has `index.jsonl` (id, label) and a folder a pair with `before.html.gz` and `after.html.gz`.
Whole-page text and plain trafilatura stand beside it. Labels: changed, noise, format, outage, langflip.
"""

from __future__ import annotations

import gzip
import json
import statistics
import sys
import time
from collections import Counter
from pathlib import Path

from watcher.core.compare import compare
from watcher.core.model import Document, Recipe
from watcher.core.text import normalise, words
from watcher.extract.charset import decode
from watcher.extract.html import extract_html
from watcher.pipeline.judge import judge

WANTED = {
    "changed": {"edited", "links"},
    "noise": {"same", "cosmetic"},
    "format": {"same", "cosmetic"},
    "outage": {"unreadable"},
    "langflip": {"same", "cosmetic"},
}
KINDS = ("same", "cosmetic", "links", "edited", "unreadable")


def whole_text(pair: list[bytes]) -> str:
    from selectolax.lexbor import LexborHTMLParser

    texts = []
    for body in pair:
        page = LexborHTMLParser(decode(body))
        page.strip_tags(["script", "style", "noscript", "template"])
        texts.append(words(normalise(page.body.text(separator=" ") if page.body else "")))
    return "same" if texts[0] == texts[1] else "edited"


def plain_trafilatura(pair: list[bytes]) -> str:
    import trafilatura

    texts = [words(normalise(trafilatura.extract(body, include_comments=False) or "")) for body in pair]
    return "same" if texts[0] == texts[1] else "edited"


def label_of(row: dict[str, str]) -> str:
    if row["label"] == "noise" and row.get("what", "").startswith("markup"):
        return "noise (markup)"
    return row["label"]


def measure(folder: Path) -> None:
    rows = [json.loads(line) for line in (folder / "index.jsonl").read_text().splitlines()]
    tables: dict[str, Counter[tuple[str, str]]] = {name: Counter() for name in ("judge", "trafilatura", "whole text")}
    seconds: list[float] = []
    for row in rows:
        pair = [gzip.decompress((folder / row["id"] / f"{name}.html.gz").read_bytes()) for name in ("before", "after")]
        label = label_of(row)
        step = judge(f"https://example.org/{row['id']}", pair)[-1]
        for name, answer in (
            ("judge", step.change),
            ("trafilatura", plain_trafilatura(pair)),
            ("whole text", whole_text(pair)),
        ):
            tables[name][label, answer] += 1
        if step.change not in WANTED[row["label"]]:
            print(
                f"WRONG {row['id']} {row.get('doc', '')}: {label} judged {step.change}: {step.reasons}",
                row.get("what", "")[:160],
            )
        documents: list[Document] = [extract_html(body, "https://example.org/", Recipe()).documents[0] for body in pair]
        start = time.perf_counter()
        compare(*documents)
        seconds.append(time.perf_counter() - start)
    for name, table in tables.items():
        show(name, table)
    print(f"\ncompare: median {statistics.median(seconds) * 1000:.2f} ms, worst {max(seconds) * 1000:.0f} ms")


def show(name: str, table: Counter[tuple[str, str]]) -> None:
    print(f"\n{name:18}" + "".join(f"{kind:>12}" for kind in KINDS) + "   wrong")
    for label in sorted({label for label, _ in table}):
        counts = [table[label, kind] for kind in KINDS]
        wanted = WANTED[label.partition(" (")[0]]
        wrong = sum(count for kind, count in zip(KINDS, counts, strict=True) if kind not in wanted)
        print(
            f"{label:18}"
            + "".join(f"{count:12}" for count in counts)
            + f"   {wrong}/{sum(counts)} = {wrong / sum(counts):.1%}"
        )


if __name__ == "__main__":
    measure(Path(sys.argv[1]))
