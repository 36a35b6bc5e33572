"""How fast texts are searched for 1,000 terms, beside the alternation that `re` would need."""

from __future__ import annotations

import json
import random
import re
import sys
import time
from collections.abc import Callable, Sequence

from bench.measure import printed_numbers
from bench.rows import Row, Subject
from bench.workshop import Workshop

TERMS = 1_000
_TEXTS, _WORDS = 40, 700


def subjects(workshop: Workshop) -> Sequence[Subject]:
    """Both ways over the same texts, each in a process of its own."""
    return [
        Subject("re, alternation", lambda: printed_numbers("bench.rows.match", "re")),
        Subject("core.match", lambda: printed_numbers("bench.rows.match", "watcher")),
    ]


def made_words(number: int, seed: int) -> list[str]:
    """Words that look like words."""
    chance = random.Random(seed)
    parts = ["ser", "en", "ity", "men", "tor", "care", "west", "vale", "north", "moor", "ing", "al", "is", "ta", "lo"]
    return ["".join(chance.choices(parts, k=chance.randint(1, 4))) for _ in range(number)]


def made_terms() -> list[str]:
    """1,000 terms of two to four words."""
    chance, words = random.Random(1), made_words(3 * TERMS, 2)
    return [" ".join(chance.sample(words, chance.randint(2, 4))) for _ in range(TERMS)]


def made_texts() -> list[list[str]]:
    """Texts as their blocks; each third one holds a term."""
    chance, terms = random.Random(3), made_terms()
    texts = []
    for number in range(_TEXTS):
        words = chance.choices(made_words(2_000, 4), k=_WORDS)
        if number % 3 == 0:
            words.insert(_WORDS // 2, chance.choice(terms))
        texts.append([" ".join(words[at : at + 60]) for at in range(0, len(words), 60)])
    return texts


def _with_re() -> Callable[[list[str]], object]:
    alternation = re.compile(rf"\b(?:{'|'.join(map(re.escape, made_terms()))})s?\b", re.I)
    return lambda blocks: alternation.findall("\n".join(blocks))


def _with_watcher() -> Callable[[list[str]], object]:
    from watcher.core.match import Matcher
    from watcher.core.topic import Topic

    matcher = Matcher([Topic(id="made", name="Made-up terms", names=tuple(made_terms()))])
    return lambda blocks: matcher.match("", blocks)


def main(way: str) -> None:
    search = {"re": _with_re, "watcher": _with_watcher}[way]()
    texts = made_texts()
    for blocks in texts[:3]:
        search(blocks)
    begun = time.process_time()
    for blocks in texts:
        search(blocks)
    spent_us = (time.process_time() - begun) * 1e6
    print(json.dumps({"us_per_100_chars": spent_us / (sum(len(b) for blocks in texts for b in blocks) / 100)}))


ROW = Row("match", f"Search for {TERMS:,} terms", subjects)

if __name__ == "__main__":
    main(sys.argv[1])
