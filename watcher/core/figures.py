"""Where two texts say the same words about other numbers and dates. Pure.

Pages of one template share nearly all their words: weekly figures, vacancies, covers of board
papers. What tells them apart from a copy is that the figures inside otherwise equal sentences
differ. A copy has at most an own date line, its own press office's telephone and some furniture.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from rapidfuzz.distance import Indel, Levenshtein, Opcodes

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
_DIALLED = re.compile(r"0\d{2,}")  # how a British telephone number starts
_NUMBER = re.compile(r"\d+(?:[.:/]\d+)*")
_HUNK_WORDS = 8  # a longer replacement is another passage, not another figure
_SENTENCE_WORDS = 5  # equal words beside the figure that make its line a sentence, not a date line
# A line with one of these words dates the page, not what it reports: every republisher has its own.
_PAGE_DATE = frozenset(
    ("published", "posted", "updated", "reviewed", "issued", "released", "modified", "printed", "accessed", "written")
)
_PAGE_DATE_WORDS = 12
_NOISE = 3.0  # how many times more often figures must differ than other words do
_NAME = 0.3  # what a pair of differing names adds to figures that differ
_OTHER_FACTS = ((2.4, 0.25), (0.9, 0.3), (0.55, 0.34))  # differing figures, and their share of all
_HUGE = 30_000_000  # beyond this many word pairs Levenshtein's linear memory (STACK section 2)


@dataclass(frozen=True, slots=True)
class Disagreement:
    """How far two texts differ in the figures of their common sentences."""

    differing: float  # groups of figures that differ, each weighed 0 to 1
    agreeing: float  # groups that are equal, weighed alike
    noise: float = 0.0  # share of other words that differ singly: misreadings and light edits
    examples: tuple[tuple[str, str], ...] = ()  # (before, after), in order of the text

    @property
    def is_other_facts(self) -> bool:
        """Whether the two report different facts in the same words."""
        share = self.differing / (self.differing + self.agreeing) if self.differing else 0.0
        # A copy has at most one corrected figure among many; a sibling has most of them changed. Where
        # many other words differ too, as in a scanned text, figures are no more telling than they.
        if share < _NOISE * self.noise:
            return False
        return any(self.differing >= least and share >= of_all for least, of_all in _OTHER_FACTS)


def figure_marks(found: Sequence[str]) -> bytes:
    """1 for each word that is a figure that can disagree, else 0; telephone numbers are none."""
    marks = bytearray()
    is_dialling = False
    for word in found:
        if word.isalpha():
            is_dialling = False
            marks.append(word in _FACT_WORDS)
            continue
        is_dialling = bool(_DIALLED.fullmatch(word)) or (is_dialling and word.isdigit())
        marks.append(not is_dialling and bool(_DIGIT.search(word)))
    return bytes(marks)


@dataclass(frozen=True, slots=True)
class Side:
    """One of two texts, as their figures are compared."""

    words: Sequence[str]
    lines: Sequence[int]  # number of the sentence or line of each word, not falling
    names: bytes  # 1 for each word that begins with a capital letter
    figures: bytes  # 1 for each that is a figure, from `figure_marks`
    weights: Sequence[float]  # how rare each word is, 0 to 1


def disagreement(a: Side, b: Side) -> Disagreement:
    """Figures of `a` and `b` that stand between the same words and differ.

    A figure counts by its line: a whole sentence 1, a label less, furniture hardly, the page's own
    date not at all. Passages that were reordered are not compared.
    """
    ours, theirs = list(a.words), list(b.words)
    distance = Levenshtein if len(ours) * len(theirs) > _HUGE else Indel
    spans = _spans(distance.opcodes(ours, theirs))
    marks, other_marks = a.figures, b.figures
    lines = _line_weights(a, marks, [at for span in spans if span[0] for at in range(span[1], span[2])])
    other_lines = _line_weights(b, other_marks, [at for span in spans if span[0] for at in range(span[3], span[4])])
    differing = agreeing = 0.0
    names: set[tuple[str, ...]] = set()
    equal_words = other_words = 0
    examples: list[tuple[str, str]] = []
    for is_equal, a_from, a_to, b_from, b_to in spans:
        if is_equal:
            begins = (at for at in range(a_from, a_to) if marks[at] and not (at > a_from and marks[at - 1]))
            agreeing += sum(lines.get(a.lines[at], 0.0) for at in begins)
            equal_words += marks[a_from:a_to].count(0)
        elif 0 < max(a_to - a_from, b_to - b_from) <= _HUNK_WORDS and a_to > a_from and b_to > b_from:
            before, after = _figures(ours, marks, a_from, a_to), _figures(theirs, other_marks, b_from, b_to)
            other_words += marks[a_from:a_to].count(0)
            weight = min(lines.get(a.lines[a_from], 0.0), other_lines.get(b.lines[b_from], 0.0))
            if 0 < weight < 1 and not before and not after and any(a.names[a_from:a_to]) and any(b.names[b_from:b_to]):
                names.add((*ours[a_from:a_to], "", *theirs[b_from:b_to]))
            if before - after and after - before and weight:
                differing += weight
                examples.append((" ".join(ours[a_from:a_to]), " ".join(theirs[b_from:b_to])))
    if differing:  # other names alone are other publishers; beside other figures they are other facts
        differing += _NAME * len(names)
    noise = other_words / (equal_words + other_words) if other_words else 0.0
    return Disagreement(differing, agreeing, noise, tuple(examples))


def _line_weights(side: Side, marks: bytes, equal: Sequence[int]) -> dict[int, float]:
    """How much a figure counts in each line: by the words beside it that both texts have, and their rarity."""
    beside: defaultdict[int, list[int]] = defaultdict(list)
    for at in equal:
        if not marks[at]:
            beside[side.lines[at]].append(at)
    # Rarity is taken against that of all common words: in a family of thirty siblings all are common.
    mean = sum(side.weights[at] for at in equal) / len(equal) if equal else 1.0
    found: dict[int, float] = {}
    for line, words in beside.items():
        if len(words) <= _PAGE_DATE_WORDS and any(side.words[at] in _PAGE_DATE for at in words):
            continue
        rarity = sum(side.weights[at] for at in words) / len(words) / mean
        found[line] = min(1.0, len(words) / _SENTENCE_WORDS) * min(1.0, rarity)
    return found


def _figures(found: Sequence[str], marks: bytes, start: int, end: int) -> set[str]:
    """The figures from `start` to `end`, without the letters and marks that stand on them."""
    return {
        figure
        for at in range(start, end)
        if marks[at]
        for figure in (_NUMBER.findall(found[at].replace(",", "")) or (found[at],))
    }


def _spans(edits: Opcodes) -> list[tuple[bool, int, int, int, int]]:
    """Equal runs and the stretches between them, neighbouring edits as one: is equal, from, to, from, to."""
    spans: list[tuple[bool, int, int, int, int]] = []
    for edit in edits:
        is_equal = edit.tag == "equal"
        if spans and not is_equal and not spans[-1][0]:
            last = spans.pop()
            spans.append((False, last[1], edit.src_end, last[3], edit.dest_end))
        else:
            spans.append((is_equal, edit.src_start, edit.src_end, edit.dest_start, edit.dest_end))
    return spans
