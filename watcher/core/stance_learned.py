"""Which positions a text states, by weights that were learned from labelled texts.

Every sentence gets a score for every stance: the sum of the weights of what is seen of it. The scores of
a text compete with each other and with "states none" (score 0), so that the plainest sentence wins
(a log-linear model over sentences and stances; Berger et al. 1996). Made by
`python -m tests.quality.train_positions`; decision 12 says why.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

from watcher.core.model import Stance
from watcher.core.stance_cues import STANCES
from watcher.core.stance_features import Seen

# Measured on writers held out; 0.42 to 0.58, 0.25 to 0.42 and -0.6 to 0.75 differ by a point at most.
_STATED = 0.5  # the least chance that the text states anything
_FURTHER = 0.25  # the least chance of a second and third stance beside the first …
_PLAIN = 0.4  # … or the least score in a sentence of its own
_MOST = 3
_STRONGEST = 12  # sentences that compete: the hundred weak ones of a long page don't add up to one strong
_MOST_WORDS = 5
_KINDS = {"b": "before: ", "t": "title: ", "r": "rule: ", "q": "asked: ", "k0": "like ", "k1": "like ", "k2": "like "}

Weights = dict[str, tuple[tuple[int, float], ...]]


@cache
def learned() -> tuple[Weights, tuple[float, ...]]:
    """The weights of each feature, by stance, and the score that each stance starts from."""
    from watcher.core.stance_weights import BIASES, SCALE, WEIGHTS

    return _Table(WEIGHTS, SCALE), BIASES


class _Table(dict[str, tuple[tuple[int, float], ...]]):
    """The weights of a feature, read from its line when first asked for: a text needs a few hundred of 20,000."""

    def __init__(self, lines: str, scale: int) -> None:
        super().__init__()
        self._lines = dict(line.split("\t", 1) for line in lines.splitlines())
        self._scale = scale

    def get(self, name: str, default: Any = ()) -> Any:
        row = super().get(name)
        if row is None:
            if name not in self._lines:
                return default
            pairs = (pair.split(":") for pair in self._lines[name].split())
            row = self[name] = tuple((int(index), int(weight) / self._scale) for index, weight in pairs)
        return row

    def __iter__(self) -> Iterator[str]:
        return iter(self._lines)


def scores_of(seen: Seen) -> list[float]:
    """A score a stance, in the order of STANCES; 0 is as likely as stating none."""
    table, biases = learned()
    scores = list(biases)
    for feature in seen.features:
        for index, weight in table.get(feature, ()):
            scores[index] += weight
    return scores


def decided(seen: Sequence[Seen]) -> tuple[Stance, ...]:
    """The stances that a text states, the likeliest first, each with its plainest sentence."""
    rows = sorted(((scores_of(one), one) for one in seen), key=lambda row: -max(row[0]))[:_STRONGEST]
    chances, nothing = _chances([scores for scores, _ in rows])
    if 1 - nothing < _STATED:
        return ()
    totals = sorted(((sum(column), index) for index, column in enumerate(zip(*chances, strict=True))), reverse=True)
    found: list[Stance] = []
    taken: set[int] = set()
    for rank, (total, index) in enumerate(totals):
        at = max(range(len(rows)), key=lambda row: chances[row][index])
        scores, sentence = rows[at]
        # A sentence of its own that says this before anything else: one stance does not unsay another.
        is_further = at not in taken and scores[index] >= _PLAIN and scores[index] == max(scores)
        if len(found) < _MOST and (rank == 0 or total >= _FURTHER or is_further):
            taken.add(at)
            found.append(Stance(STANCES[index], sentence.quote, words_that_weighed(sentence, index)))
    return tuple(found)


def words_that_weighed(seen: Seen, index: int) -> tuple[str, ...]:
    """What spoke most for a stance, heaviest first: stems as they are, classes of words in capitals.

    "stood down", "SELF … END", "rule: ended", "before: REVIEW"
    """
    table, _ = learned()
    weighed = [
        (-weight, feature)
        for feature in seen.features
        for stance, weight in table.get(feature, ())
        if stance == index and weight > 0
    ]
    return tuple(map(_in_words, (feature for _, feature in sorted(weighed)[:_MOST_WORDS])))


def _in_words(feature: str) -> str:
    kind, _, what = feature.partition(":")
    told = _KINDS.get(kind, "")
    return told + what.replace(">", " … ").replace("^ … ", "first ").replace("^ ", "first ")


def _chances(rows: Sequence[Sequence[float]]) -> tuple[list[list[float]], float]:
    """Chances that add up to 1: one a sentence and stance, and that nothing is stated."""
    if not rows:
        return [], 1.0
    top = max(0.0, *map(max, rows))
    raised = [[math.exp(score - top) for score in row] for row in rows]
    total = sum(map(sum, raised)) + math.exp(-top)
    return [[value / total for value in row] for row in raised], math.exp(-top) / total
