"""Fits the weights of `[[topic.trait]]` and `[topic.word_weights]` to labelled texts.

    python -m tests.quality.fit_traits [FILE.jsonl …] [--topic FILE.toml] [--penalty 2 …] [--write FILE.toml]

Logistic regression with a penalty on large weights. Prints how well weights that were fitted without a file find
what that file has (each file in turn, then all together), for the weights that stand in the topic and for each
penalty; `--print` prints the lines to put into the topic, fitted to all files; `--write` puts them there. Without
files: the texts that ship. A line of a file has `title`, `text` and `label`: `described` speaks for the practice,
near-sense, adjacent, off-topic, negative … against it; texts that name the topic (on-topic …) are left out, since
they are found by name.

A text is as like the practice as its likest stretch, so that stretch is chosen by the weights at hand, the
weights are fitted to the stretches that were chosen, and again until the choice stands (multiple-instance
learning: Andrews et al. 2002). One weight at a time, by Newton's step (coordinate descent, Hsieh et al. 2008),
in plain Python: a minute a fit.
"""

# ruff: noqa: T201 - it prints tables
from __future__ import annotations

import argparse
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import exp, log
from pathlib import Path
from textwrap import fill

from tests.quality.measure_match import ON_TOPIC, SHIPPED, Case, blocks_of, read_cases, shipped_topic
from watcher.core.match import Matcher
from watcher.core.topic import Topic

PENALTIES = (2.0, 5.0)
WORD_PENALTY = 0.01  # of a trait's: a word in a stretch of n counts 1/√n
LEAST_TEXTS = 5  # that have a word before it gets a weight
ROUNDS = 6  # of choosing stretches and fitting; the choice stood after two to four on what ships
_SWEEPS = 200
_CLOSE = 0.01  # log-odds
_STEP = 0.2  # to which the weights of words are rounded: there are many, and each counts little

Features = tuple[frozenset[int], frozenset[str]]  # the traits of a stretch, by index, and the stems of its words


@dataclass(frozen=True, slots=True)
class Sample:
    """One labelled text: what stands around each of its gate words."""

    name: str
    fold: str
    is_practice: bool
    stretches: tuple[Features, ...]


@dataclass(frozen=True, slots=True)
class Weights:
    """The log-odds of each trait, by index, of each word, and of a stretch without any."""

    base: float
    traits: tuple[float, ...]
    words: Mapping[str, float] = field(default_factory=dict)

    def odds(self, stretch: Features) -> float:
        traits, words = stretch
        by_words = sum(self.words.get(word, 0.0) for word in words) / (len(words) ** 0.5 or 1.0)
        return self.base + sum(self.traits[index] for index in traits) + by_words

    def likest(self, sample: Sample) -> Features:
        return max(sample.stretches, key=self.odds)

    def score(self, sample: Sample) -> float:
        """0 to 1; 0 for a text without a gate word, which no weights can find."""
        return 1 / (1 + exp(-self.odds(self.likest(sample)))) if sample.stretches else 0.0


def samples_of(cases: Iterable[Case], fold: str, topic: Topic, matcher: Matcher) -> list[Sample]:
    """The cases that speak for or against the practice."""
    judged = [case for case in cases if case.get("label") and case["label"] not in ON_TOPIC - {"described"}]
    return [
        Sample(
            case["id"],
            fold,
            case["label"] == "described",
            tuple(set(matcher.stretches(topic.id, case["title"], blocks_of(case)))),
        )
        for case in judged
    ]


def fit(samples: Sequence[Sample], start: Weights, penalty: float) -> Weights:
    """Weights for which the labels of `samples` are likeliest, less `penalty` / 2 times their sum of squares."""
    usable = [sample for sample in samples if sample.stretches]
    weights, chosen = replace(start, words=dict.fromkeys(_vocabulary(usable), 0.0)), None
    for _ in range(ROUNDS):
        likest = [weights.likest(sample) for sample in usable]
        if likest == chosen:
            break
        chosen = likest
        weights = _regress(likest, [sample.is_practice for sample in usable], weights, penalty)
    return weights


def _vocabulary(samples: Iterable[Sample]) -> list[str]:
    """The words that enough of the texts have, in order."""
    seen = Counter(word for sample in samples for word in frozenset().union(*(words for _, words in sample.stretches)))
    return sorted(word for word, texts in seen.items() if texts >= LEAST_TEXTS)


def _regress(rows: Sequence[Features], labels: Sequence[bool], start: Weights, penalty: float) -> Weights:
    columns: dict[int | str, list[tuple[int, float]]] = {index: [] for index in range(len(start.traits))}
    columns |= {word: [] for word in start.words}
    for at, (traits, words) in enumerate(rows):
        for index in traits:
            columns[index].append((at, 1.0))
        for word in words & start.words.keys():
            columns[word].append((at, len(words) ** -0.5))
    values: dict[int | str, float] = {**dict(enumerate(start.traits)), **start.words, _BASE: start.base}
    columns[_BASE] = [(at, 1.0) for at in range(len(rows))]
    odds = [start.odds(row) for row in rows]
    for _ in range(_SWEEPS):
        moved = max(
            _step(values, key, column, odds, labels, _penalty_of(key, penalty)) for key, column in columns.items()
        )
        if moved < _CLOSE:
            break
    traits = tuple(values[index] for index in range(len(start.traits)))
    return Weights(values[_BASE], traits, {word: values[word] for word in start.words})


_BASE = -1  # among the indexes of traits


def _penalty_of(key: int | str, penalty: float) -> float:
    if key == _BASE:
        return 1e-6
    return penalty if isinstance(key, int) else penalty * WORD_PENALTY


def _step(
    values: dict[int | str, float],
    key: int | str,
    column: list[tuple[int, float]],
    odds: list[float],
    labels: Sequence[bool],
    penalty: float,
) -> float:
    """Move one weight to where the others, as they stand, want it; how far any text's odds moved."""
    gradient, curve = penalty * values[key], penalty
    for at, size in column:
        share = 1 / (1 + exp(-odds[at]))
        gradient += size * (share - labels[at])
        curve += size * size * share * (1 - share)
    change = -gradient / curve
    change = max(-_FARTHEST, min(_FARTHEST, change))
    values[key] += change
    for at, size in column:
        odds[at] += size * change
    return max((abs(size * change) for _, size in column), default=0.0)


_FARTHEST = 2.0  # a Newton step from far away may overshoot


@dataclass(frozen=True, slots=True)
class Quality:
    """How well scores part the practice from the rest."""

    found: int
    of: int
    wrong: int
    others: int
    ranked: float  # share of pairs, one of each kind, in the right order (AUC)
    loss: float  # mean negative log-likelihood

    def __str__(self) -> str:
        return (
            f"found {self.found:3} of {self.of:3}   wrong {self.wrong:3} of {self.others:3}   "
            f"ranked {self.ranked:.3f}   loss {self.loss:.3f}"
        )


def quality(scores: Sequence[tuple[bool, float]], bar: float) -> Quality:
    """What `bar` makes of scored texts, and how well they are ranked whatever the bar."""
    good = [score for is_practice, score in scores if is_practice]
    bad = [score for is_practice, score in scores if not is_practice]
    pairs = sum((one > other) + (one == other) / 2 for one in good for other in bad)
    loss = -sum(log(max(score if is_practice else 1 - score, 1e-3)) for is_practice, score in scores)
    return Quality(
        sum(score >= bar for score in good),
        len(good),
        sum(score >= bar for score in bad),
        len(bad),
        pairs / (len(good) * len(bad) or 1),
        loss / (len(scores) or 1),
    )


def held_out(samples: Sequence[Sample], start: Weights, penalty: float) -> dict[str, float]:
    """The score of each text by weights that were fitted to the other files."""
    scores: dict[str, float] = {}
    for fold in sorted({sample.fold for sample in samples}):
        weights = fit([sample for sample in samples if sample.fold != fold], start, penalty)
        scores |= {sample.name: weights.score(sample) for sample in samples if sample.fold == fold}
    return scores


def print_quality(title: str, samples: Sequence[Sample], scores: dict[str, float], bar: float) -> None:
    """A line for each file that has both kinds, and one for all."""
    print(title)
    for fold in (*sorted({sample.fold for sample in samples}), ""):
        some = [(sample.is_practice, scores[sample.name]) for sample in samples if fold in (sample.fold, "")]
        if len({is_practice for is_practice, _ in some}) == 2:
            print(f"  {fold or 'all':14} {quality(some, bar)}")


def word_lines(weights: Weights) -> list[str]:
    """`[topic.word_weights]`: the words by weight, those that speak most for the practice first."""
    by_weight: dict[int, list[str]] = {}
    for word, weight in weights.words.items():
        by_weight.setdefault(round(weight / _STEP), []).append(word)
    return [
        f'"{step * _STEP:.1f}" = """\n{fill(" ".join(by_weight[step]), 116)}"""'
        for step in sorted(by_weight, reverse=True)
        if step
    ]


def written(toml: str, weights: Weights) -> str:
    """The text of a `sources.toml` with the weights of its first topic's traits and words replaced."""
    toml = re.sub(r"(?m)^trait_base = .*$", f"trait_base = {weights.base:.2f}", toml, count=1)
    each = iter(weights.traits)
    toml = re.sub(
        r"(?m)^(\[\[topic\.trait\]\]\nreason = .*\nweight = ).*$", lambda found: f"{found[1]}{next(each):.2f}", toml
    )
    words = "\n".join(["[topic.word_weights]", *word_lines(weights), "", ""])
    written, count = re.subn(r"(?m)^\[topic\.word_weights\]\n(?:[^\[#\n].*\n)*\n", lambda _: words, toml, count=1)
    if not count:
        raise SystemExit("there is no [topic.word_weights] with an empty line after it: add one, empty, to the topic")
    return written


def main() -> None:
    """Compare, and print or write the weights if asked to."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--topic", type=Path)
    parser.add_argument("--penalty", type=float, nargs="+", default=list(PENALTIES), help="the first is printed")
    parser.add_argument("--write", type=Path, metavar="FILE.toml", help="put weights that are fitted to all there")
    arguments = parser.parse_args()
    topic = shipped_topic(arguments.topic)
    matcher = Matcher([topic])
    files = arguments.files or sorted(SHIPPED.glob("*.jsonl"))
    samples = [sample for file in files for sample in samples_of(read_cases([file]), _fold(file), topic, matcher)]
    start = Weights(topic.trait_base, tuple(trait.weight for trait in topic.traits), topic.words)
    if arguments.write:
        fitted = fit(samples, start, arguments.penalty[0])
        toml = arguments.write.read_text(encoding="utf-8")
        arguments.write.write_text(written(toml, fitted), encoding="utf-8")
        return
    at_hand = {sample.name: start.score(sample) for sample in samples}
    print_quality("the weights in the topic, which have seen these files or not", samples, at_hand, topic.similar_from)
    for penalty in arguments.penalty:
        scores = held_out(samples, start, penalty)
        print_quality(f"fitted without the file, penalty {penalty:g}", samples, scores, topic.similar_from)


def _fold(file: Path) -> str:
    """Files of one writer belong together: the first set is parted by label."""
    return "first" if file.stem in {"described", "near-sense", "off-topic", "on-topic"} else file.stem


if __name__ == "__main__":
    main()
