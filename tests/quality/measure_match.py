"""Measures the matcher and the reader of positions on labelled texts and names every error.

    python -m tests.quality.measure_match FILE.jsonl … [--topic topic.toml] [--speed]

A line has `id`, `title`, `text`, optionally `url`, and `label`: on-topic (or relevant-statement,
relevant-coverage, background), described (the practice without a name), near-sense, adjacent, off-topic
(or hard-negative, negative); a line with `stances` ([[stance, words of the quote], …]) is a case for positions.
"""

# ruff: noqa: T201 - it prints tables
from __future__ import annotations

import argparse
import json
import time
import tomllib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from watcher.config.topics import TopicModel
from watcher.core.match import Matcher
from watcher.core.model import Match, Stance, Tier
from watcher.core.stance import PositionReader
from watcher.core.topic import Topic

ROOT = Path(__file__).parents[2]
SHIPPED = Path(__file__).parent / "match"
ON_TOPIC = frozenset({"on-topic", "relevant-statement", "relevant-coverage", "background", "described"})
Case = dict[str, Any]


def shipped_topic(path: Path | None = None) -> Topic:
    """The topic that the project ships."""
    for candidate in (path, ROOT / "sources.toml"):
        if candidate and candidate.exists():
            section = tomllib.loads(candidate.read_text(encoding="utf-8"))["topic"][0]
            return TopicModel.model_validate(section).topic()
    raise FileNotFoundError("sources.toml is not there")


def read_cases(paths: Iterable[Path]) -> list[Case]:
    """The labelled texts of all files, in order."""
    return [json.loads(line) for path in paths for line in path.read_text(encoding="utf-8").splitlines() if line]


def blocks_of(case: Case) -> list[str]:
    """The text as paragraphs, as `watcher match` takes it."""
    return [block for block in case["text"].split("\n\n") if block.strip()]


@dataclass
class Tally:
    """How often each label got each tier, and every error in words."""

    table: Counter[tuple[str, str]] = field(default_factory=Counter)
    errors: list[str] = field(default_factory=list)

    def share(self, labels: Iterable[str], tiers: Iterable[str]) -> float:
        """Of the texts with these labels, the share with one of these tiers; 1.0 if there are none."""
        labels, tiers = set(labels), set(tiers)
        total = sum(count for (label, _), count in self.table.items() if label in labels)
        good = sum(count for (label, tier), count in self.table.items() if label in labels and tier in tiers)
        return good / total if total else 1.0

    @property
    def labels(self) -> set[str]:
        """All labels that were seen."""
        return {label for label, _ in self.table}

    @property
    def precision_of_named(self) -> float:
        """Of what is called `named`, the share that is on topic."""
        named = {label: count for (label, tier), count in self.table.items() if tier == Tier.NAMED}
        return sum(count for label, count in named.items() if label in ON_TOPIC) / (sum(named.values()) or 1)


def tally(cases: Iterable[Case], matcher: Matcher) -> Tally:
    """What the matcher says of every labelled text."""
    result = Tally()
    for case in cases:
        if "label" not in case:
            continue
        label = "adjacent" if str(case.get("kind", "")).startswith("adjacent") else case["label"]
        match = matcher.match(case["title"], blocks_of(case), case.get("url", ""))[0]
        result.table[label, match.tier.value] += 1
        if error := _error(label, match):
            result.errors.append(f"{error}: {case['id']}: {case['title'][:70]} {_why(match)}")
    return result


def _error(label: str, match: Match) -> str | None:
    if label in ON_TOPIC and match.tier is Tier.NONE:
        return "missed"
    if label not in ON_TOPIC and match.tier is Tier.NAMED:
        return "wrongly named"
    if label not in ON_TOPIC and label != "adjacent" and match.tier is Tier.SIMILAR:
        return "wrongly a candidate"
    return None


def _why(match: Match) -> str:
    return f"({match.score}: " + "; ".join(f"{reason.term} | {reason.excerpt[:60]}" for reason in match.reasons) + ")"


def print_tally(result: Tally) -> None:
    """The table, the four measures, and every error."""
    print(f"{'label':22}" + "".join(f"{tier.value:>9}" for tier in Tier))
    for label in sorted(result.labels):
        print(f"{label:22}" + "".join(f"{result.table[label, tier.value]:9}" for tier in Tier))
    found = ["named", "similar"]
    print(f"\non topic found, recall           {result.share(ON_TOPIC & result.labels, found):.3f}")
    print(f"named, precision                 {result.precision_of_named:.3f}")
    print(f"described without a name, recall {result.share({'described'}, found):.3f}")
    print(f"others called named              {result.share(result.labels - ON_TOPIC, ['named']):.3f}")
    for error in result.errors:
        print("  " + error)


def score_stances(cases: Iterable[Case], topic: Topic) -> tuple[float, list[str]]:
    """Share of the cases for positions that are read right, quote and all, and every error.

    Right: the very stances that the label names, no more, each with a sentence that holds the label's words.
    """
    reader, errors, total = PositionReader(topic), [], 0
    for case in cases:
        if "stances" not in case:
            continue
        total += 1
        got = [(stance.stance, stance.quote) for stance in read_stances(reader, case)]
        wanted = case["stances"]
        is_quoted = all(any(stance == name and words in quote for name, quote in got) for stance, words in wanted)
        if not is_quoted or len(got) != len(wanted):
            errors.append(f"{case['id']}: wanted {wanted}, got {got}")
    return (1 - len(errors) / total if total else 1.0), errors


def read_stances(reader: PositionReader, case: Case) -> tuple[Stance, ...]:
    """The positions of one labelled text."""
    return reader.read(blocks_of(case), title=case["title"], url=case.get("url", ""))


def print_speed(topic: Topic, cases: list[Case], terms: int = 1000) -> None:
    """Microseconds per 100 characters with `terms` further names, over the texts given."""
    names = (*topic.names, *(f"Placeholder Scheme {number}" for number in range(terms)))
    matcher = Matcher([replace(topic, names=names)])
    texts = [(case.get("title", ""), blocks_of(case)) for case in cases]
    chars = sum(len(title) + sum(map(len, blocks)) for title, blocks in texts)
    best = min(_seconds(matcher, texts) for _ in range(7))
    print(f"speed: {best / chars * 1e8:.2f} µs per 100 characters, {terms} further terms, {chars} characters")


def _seconds(matcher: Matcher, texts: list[tuple[str, list[str]]]) -> float:
    start = time.process_time()
    for title, blocks in texts:
        matcher.match(title, blocks)
    return time.process_time() - start


def main() -> None:
    """Print the tables for the files named, or for the texts that ship."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--topic", type=Path)
    parser.add_argument("--speed", action="store_true")
    arguments = parser.parse_args()
    cases = read_cases(arguments.files or sorted(SHIPPED.glob("*.jsonl")))
    topic = shipped_topic(arguments.topic)
    print_tally(tally(cases, Matcher([topic])))
    share, errors = score_stances(cases, topic)
    print(f"\nstances with the right quote     {share:.3f} of {sum('stances' in case for case in cases)}")
    for error in errors:
        print("  " + error)
    if arguments.speed:
        print_speed(topic, [case for case in cases if "text" in case])


if __name__ == "__main__":
    main()
