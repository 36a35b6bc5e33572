"""Fits the weights of `[[topic.trait]]` to labelled texts: logistic regression with a penalty on large weights.

    python -m tests.quality.fit_traits [FILE.jsonl …] [--topic FILE.toml] [--penalty 3 …] [--print]

Prints how well weights that were fitted without a file find what that file has (each file in turn, then all
together), for the weights that stand in the topic and for each penalty; `--print` prints the lines to put into
the topic, fitted to all files. Without files: the texts that ship. A line of a file has `title`, `text` and
`label`: `described` speaks for the practice, near-sense, adjacent, off-topic, negative … against it; texts that
name the topic (on-topic …) are left out, since they are found by name.

A text is as like the practice as its likest stretch, so that stretch is chosen by the weights at hand, the
weights are fitted to the stretches that were chosen, and again until the choice stands (multiple-instance
learning: Andrews et al. 2002). Newton's method (iteratively reweighted least squares), in plain Python.
"""

# ruff: noqa: T201 - it prints tables
from __future__ import annotations

import argparse
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from math import exp, log
from pathlib import Path

from tests.quality.measure_match import ON_TOPIC, SHIPPED, Case, blocks_of, read_cases, shipped_topic
from watcher.core.match import Matcher
from watcher.core.topic import Topic

PENALTIES = (3.0, 10.0, 30.0)
ROUNDS = 6  # of choosing stretches and fitting; the choice stood after two to four on what ships
_STEPS = 12
_CLOSE = 1e-4


@dataclass(frozen=True, slots=True)
class Sample:
    """One labelled text: which traits stand around each of its gate words."""

    name: str
    fold: str
    is_practice: bool
    stretches: tuple[frozenset[int], ...]


@dataclass(frozen=True, slots=True)
class Weights:
    """The log-odds of each trait, by index, and of a stretch without any."""

    base: float
    traits: tuple[float, ...]

    def odds(self, stretch: Iterable[int]) -> float:
        return self.base + sum(self.traits[index] for index in stretch)

    def likest(self, sample: Sample) -> frozenset[int]:
        return max(sample.stretches, key=self.odds, default=frozenset())

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
    weights, chosen = start, None
    usable = [sample for sample in samples if sample.stretches]
    for _ in range(ROUNDS):
        likest = [weights.likest(sample) for sample in usable]
        if likest == chosen:
            break
        chosen = likest
        weights = _regress(likest, [sample.is_practice for sample in usable], len(start.traits), penalty)
    return weights


def _regress(rows: Sequence[frozenset[int]], labels: Sequence[bool], count: int, penalty: float) -> Weights:
    values = [0.0] * (count + 1)  # the last is the base, which bears no penalty
    for _ in range(_STEPS):
        gradient = [penalty * value for value in values[:-1]] + [0.0]
        hessian = [[0.0] * (count + 1) for _ in range(count + 1)]
        for index in range(count):
            hessian[index][index] = penalty
        hessian[count][count] = 1e-6
        for row, label in zip(rows, labels, strict=True):
            places = (*row, count)
            share = 1 / (1 + exp(-sum(values[place] for place in places)))
            for one in places:
                gradient[one] += share - label
                for other in places:
                    hessian[one][other] += share * (1 - share)
        step = _solve(hessian, gradient)
        values = [value - change for value, change in zip(values, step, strict=True)]
        if max(map(abs, step)) < _CLOSE:
            break
    return Weights(values[-1], tuple(values[:-1]))


def _solve(matrix: list[list[float]], right: Sequence[float]) -> list[float]:
    """Gauss with pivots: the matrix is small, symmetric and positive definite."""
    rows = [[*line, value] for line, value in zip(matrix, right, strict=True)]
    size = len(rows)
    for at in range(size):
        pivot = max(range(at, size), key=lambda line: abs(rows[line][at]))
        rows[at], rows[pivot] = rows[pivot], rows[at]
        for line in range(at + 1, size):
            if factor := rows[line][at] / rows[at][at]:
                rows[line] = [low - factor * high for low, high in zip(rows[line], rows[at], strict=True)]
    solved = [0.0] * size
    for at in reversed(range(size)):
        known = sum(rows[at][place] * solved[place] for place in range(at + 1, size))
        solved[at] = (rows[at][size] - known) / rows[at][at]
    return solved


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


def with_weights(topic: Topic, weights: Weights) -> Topic:
    """`topic` with other weights, rounded as they are written."""
    traits = (
        replace(trait, weight=round(weight, 2)) for trait, weight in zip(topic.traits, weights.traits, strict=True)
    )
    return replace(topic, trait_base=round(weights.base, 2), traits=tuple(traits))


def main() -> None:
    """Compare, and print the weights if asked to."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--topic", type=Path)
    parser.add_argument("--penalty", type=float, nargs="+", default=list(PENALTIES), help="the first is printed")
    parser.add_argument("--print", action="store_true", dest="is_printing")
    arguments = parser.parse_args()
    topic = shipped_topic(arguments.topic)
    matcher = Matcher([topic])
    files = arguments.files or sorted(SHIPPED.glob("*.jsonl"))
    samples = [sample for file in files for sample in samples_of(read_cases([file]), _fold(file), topic, matcher)]
    start = Weights(topic.trait_base, tuple(trait.weight for trait in topic.traits))
    at_hand = {sample.name: start.score(sample) for sample in samples}
    print_quality("the weights in the topic, which have seen these files or not", samples, at_hand, topic.similar_from)
    for penalty in arguments.penalty:
        scores = held_out(samples, start, penalty)
        print_quality(f"fitted without the file, penalty {penalty:g}", samples, scores, topic.similar_from)
    if arguments.is_printing:
        fitted = with_weights(topic, fit(samples, start, arguments.penalty[0]))
        print(f"trait_base = {fitted.trait_base}")
        for trait in fitted.traits:
            print(f"weight = {trait.weight:<6} # {trait.reason}")


def _fold(file: Path) -> str:
    """Files of one writer belong together: the first set is parted by label."""
    return "first" if file.stem in {"described", "near-sense", "off-topic", "on-topic"} else file.stem


if __name__ == "__main__":
    main()
