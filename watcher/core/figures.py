"""Where two texts say the same words about other numbers and dates. Pure.

Pages of one template share nearly all their words: weekly figures, vacancies, covers of board
papers. What tells them apart from a copy is that the figures inside otherwise equal sentences
differ. A copy has at most an own date line, its own press office's telephone and some furniture.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rapidfuzz.distance import Indel, Levenshtein

_MONTHS = "january february march april may june july august september october november december"
_MONTHS_SHORT = "jan feb mar apr jun jul aug sept sep oct nov dec"
_DAYS = "monday tuesday wednesday thursday friday saturday sunday"
_NUMBERS = (
    "two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred thousand million "
    "half quarter third twice"
)
_FACT_WORDS = frozenset(f"{_MONTHS} {_MONTHS_SHORT} {_DAYS} {_NUMBERS}".split()) - {"may", "mar"}
_DIGIT = re.compile(r"\d")
_DIALLED = re.compile(r"0\d{2,}|\+\d+|44")  # how a British telephone number starts
_NUMBER = re.compile(r"\d+(?:[.:/]\d+)*")
_HUNK_WORDS = 8  # a longer replacement is another passage, not another figure
_SENTENCE_WORDS = 5  # equal words beside the figure that make its line a sentence, not a date line
_HUGE = 30_000_000  # beyond this many word pairs Levenshtein's linear memory (STACK section 2)


@dataclass(frozen=True, slots=True)
class Disagreement:
    """How far two texts differ in the figures of their common sentences."""

    differing: float  # groups of figures that differ, each weighed 0 to 1
    agreeing: float  # groups that are equal, weighed alike
    examples: tuple[tuple[str, str], ...] = ()  # (before, after), in order of the text

    @property
    def is_other_facts(self) -> bool:
        """Whether the two report different facts in the same words."""
        share = self.differing / (self.differing + self.agreeing) if self.differing else 0.0
        # A copy of long standing has one corrected figure; a sibling has most of them changed.
        return (
            (self.differing >= 2.4 and share >= 0.25)
            or (self.differing >= 1.5 and share >= 0.34)
            or (self.differing >= 0.9 and share >= 0.6)
        )


def is_figure(word: str) -> bool:
    """Whether the normalised `word` is a number, part of a date, or a number in letters."""
    return bool(_DIGIT.search(word)) or word in _FACT_WORDS


def figure_marks(found: Sequence[str]) -> list[bool]:
    """For each word, whether it is a figure that can disagree; telephone numbers are none."""
    marks: list[bool] = []
    is_dialling = False
    for word in found:
        has_digit = word.isdigit() or bool(_DIGIT.search(word))
        is_dialling = bool(_DIALLED.fullmatch(word)) or (is_dialling and word.isdigit())
        marks.append((has_digit or word in _FACT_WORDS) and not is_dialling)
    return marks


def disagreement(
    a: Sequence[str],
    b: Sequence[str],
    lines: tuple[Sequence[int], Sequence[int]],
    weights: Sequence[float],
) -> Disagreement:
    """Figures of `a` and `b` that stand between the same words and differ.

    `lines` numbers the sentence or line of each word of `a` and of `b`; `weights` says how rare each
    word of `a` is, 0 to 1, so that furniture hardly counts. Reordered passages are not compared.
    """
    a, b = list(a), list(b)
    edits = (Levenshtein if len(a) * len(b) > _HUGE else Indel).opcodes(a, b)
    marks = figure_marks(a), figure_marks(b)
    equal = [0] * (lines[0][-1] + 1 if a else 0), [0] * (lines[1][-1] + 1 if b else 0)
    spans = _hunks(edits)
    for is_equal, a_from, a_to, b_from, b_to in spans:
        if is_equal:
            for at in range(a_from, a_to):
                equal[0][lines[0][at]] += not marks[0][at]
            for at in range(b_from, b_to):
                equal[1][lines[1][at]] += not marks[1][at]
    differing = agreeing = 0.0
    examples: list[tuple[str, str]] = []
    for is_equal, a_from, a_to, b_from, b_to in spans:
        if is_equal:
            for at in range(a_from, a_to):
                if marks[0][at] and not (at > a_from and marks[0][at - 1]):
                    agreeing += weights[at] * min(1.0, equal[0][lines[0][at]] / _SENTENCE_WORDS)
            continue
        before = _figures(a[a_from:a_to], marks[0][a_from:a_to])
        after = _figures(b[b_from:b_to], marks[1][b_from:b_to])
        if before - after and after - before and max(a_to - a_from, b_to - b_from) <= _HUNK_WORDS:
            beside = min(equal[0][lines[0][a_from]], equal[1][lines[1][b_from]])
            differing += weights[a_from] * min(1.0, beside / _SENTENCE_WORDS)
            examples.append((" ".join(a[a_from:a_to]), " ".join(b[b_from:b_to])))
    return Disagreement(differing, agreeing, tuple(examples))


def _figures(found: Sequence[str], marks: Sequence[bool]) -> set[str]:
    """The figures of `found` without the letters and marks that stand on them."""
    return {
        figure
        for word, mark in zip(found, marks, strict=True)
        if mark
        for figure in (_NUMBER.findall(word.replace(",", "")) or (word,))
    }


def _hunks(edits: object) -> list[tuple[bool, int, int, int, int]]:
    """Equal runs and the stretches between them, neighbouring edits as one."""
    spans: list[tuple[bool, int, int, int, int]] = []
    for edit in edits:  # type: ignore[attr-defined]
        is_equal = edit.tag == "equal"
        if spans and not is_equal and not spans[-1][0]:
            last = spans.pop()
            spans.append((False, last[1], edit.src_end, last[3], edit.dest_end))
        else:
            spans.append((is_equal, edit.src_start, edit.src_end, edit.dest_start, edit.dest_end))
    return spans
