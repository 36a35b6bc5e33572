"""Whether two texts are the same statement, and which of many are. Pure.

Two texts are the same statement if most of what is rare in one of them stands in the other:
copies, mirrors, a text with furniture or an own introduction round it, a part of it, an excerpt
inside a local story. Passages that many statements share (footers, quoted demands, the words of a
template) weigh little. Figures that differ inside the same sentences speak against it.
"""

from __future__ import annotations

import re
import sys
from array import array
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, compress, pairwise

from watcher.core.diff import diff
from watcher.core.figures import Disagreement, Side, disagreement, figure_marks
from watcher.core.model import Diff
from watcher.core.similar import PASSAGE_WORDS, cased_terms, mend, passage_keys, shingle_hashes
from watcher.core.text import sentences
from watcher.core.urls import same_site

_COVER_WORDS = 4  # a word is shared if it stands in a run of four that both have: one edit uncovers one word
_WHOLE = 0.7  # share of the rare words of one text that the other has; measured in tests/quality
_WHOLE_BUT_OPENING = 0.8  # the same share if neither opens as the other does
_OPENING = 0.3
_TWIN = 0.8  # share of all words, in both directions, that needs no knowledge of what is common
_TWIN_RARE = 0.6  # of which this share of the rare ones: a short excerpt in the same frame is no twin
_PART = 0.35  # the same share for an excerpt that opens as the other text opens
_ALL_BUT = 0.95  # share of all words, both ways, that makes two pages of one site copies however they open
_ALL_OF = 0.9  # … and of one, if it opens as the other does, or the other holds its opening
_OPENING_WORDS = 12  # what two pages of one site share without them is what the site says everywhere
_LEAD_WORDS = 60
_LEAD = 0.5
_MIN_WORDS = 20.0  # rare words in common below which only twins are the same
_MIN_PART_WORDS = 40.0
_OWN_WORDS = 20
_OWN = 0.15
_FEW_PASSAGES = 4
_MIN_PASSAGES = 2.0  # weight of the passages in common; 20 words in a row hold two or more
_FULL_POSTING = 16  # beyond this many texts under one key, neighbours are compared, not all pairs
_ASKED = 4  # members of a group
_AKIN = 0.25  # score that statements without anything but furniture in common do not reach
_ROUNDS = 7  # the first for twins alone


@dataclass(frozen=True, slots=True)
class Reading:
    """A text as it is compared: its words, the sentence of each, and its passages."""

    words: tuple[str, ...]
    lines: tuple[int, ...]  # number of the sentence or line of each word
    names: bytes  # 1 for each word that begins with a capital letter
    figures: bytes  # 1 for each that is a figure
    positions: tuple[int, ...]  # first word of each winnowed passage
    keys: tuple[int, ...]  # its key; repeats are kept
    runs: array[int]  # hash of each run of four words
    url: str = ""  # where it stands, "" if unknown

    @property
    def is_short(self) -> bool:
        """Whether too few passages stand for it to tell anything by their number."""
        return len(self.keys) <= _FEW_PASSAGES


@dataclass(frozen=True, slots=True)
class Sameness:
    """Whether two texts are the same statement, and why."""

    is_same: bool
    score: float  # share of the rare words of one that the other has, the larger of both directions
    reasons: tuple[str, ...]  # for a person
    shared: tuple[str, ...] = ()  # the passages in common, longest first, normalised
    resemblance: float = 0.0  # share of all words that the other has, the smaller of both directions
    is_other_facts: bool = False  # the same words, other figures or another page: not to be joined through a third


Rarity = Mapping[int, int]
"""Passage key -> how many different statements hold it. What is missing is held by one."""

# After 60 characters, the end of a line without a full stop may be one of a PDF's lines.
_BROKEN_LINE = re.compile(r"(?<=[^\n]{60})(?<![\s.!?:;])[ \t]*\n(?=\S)")


def read(text: str, url: str = "") -> Reading:
    """`text` as it is compared; `url` tells which pages are of one site."""
    cased: list[str] = []
    lines: list[int] = []
    for number, line in enumerate(_lines(text)):
        here = cased_terms(line)
        cased += here
        lines += [number] * len(here)
    found = [sys.intern(word.casefold()) for word in cased]  # 20,000 texts share most of their words
    names = bytes(word[0].isupper() for word in cased)
    positions, keys = passage_keys(found)
    runs = array("Q", shingle_hashes(found, _COVER_WORDS))
    return Reading(tuple(found), tuple(lines), names, figure_marks(found), tuple(positions), tuple(keys), runs, url)


def _lines(text: str) -> list[str]:
    """Sentences, headings and label lines; lines that a PDF broke are put together."""
    joined = _BROKEN_LINE.sub(" ", mend(text))
    return [found for line in joined.split("\n") for found in sentences(line)]


def weights(reading: Reading, rarity: Rarity) -> list[float]:
    """How rare each word is, 0 to 1: that of the passage it stands in, or the mean of those beside it.

    A passage of one or two statements weighs 1, one of n statements 2/n, against the text's own
    rarest 20 words or 15 %: a text that thirty publish with an own sentence is not that sentence.
    """
    weighed = [2.0 / max(2, rarity.get(key, 1)) for key in reading.keys]
    if not weighed:
        return []
    found = [weighed[0]] * reading.positions[0]
    stops = [*zip(reading.positions, weighed, strict=True), (len(reading.words), weighed[-1])]
    for (position, weight), (next_position, next_weight) in pairwise(stops):
        length = next_position - position
        inside = min(PASSAGE_WORDS, length)
        found += [weight] * inside + [(weight + next_weight) / 2] * (length - inside)
    own = min(len(found) - 1, max(_OWN_WORDS, int(_OWN * len(found))))
    scale = sorted(found, reverse=True)[own]
    return [min(1.0, weight / scale) for weight in found] if scale < 1.0 else found


def _covered(a: Reading, b: Reading) -> list[bool]:
    """For each word of `a`, whether it stands in a run of four words that `b` has."""
    size = len(a.words)
    marks = [False] * size
    shared = set(b.runs)
    reach = 0  # words before it are decided
    for at, run in enumerate(a.runs):
        if run in shared:
            end = min(at + _COVER_WORDS, size)
            for position in range(max(at, reach), end):
                marks[position] = True
            reach = end
    return marks


@dataclass(frozen=True, slots=True)
class _Cover:
    """How much of one text another has."""

    share: float  # of the weight of its words
    plain: float  # of its words
    words: float  # weight of the words in common
    lead: float  # share of the weight of its first 40 rare words
    marks: Sequence[bool]
    weights: Sequence[float]


def _cover(a: Reading, b: Reading, rarity: Rarity) -> _Cover:
    marks, weighed = _covered(a, b), weights(a, rarity)
    total, got = sum(weighed), sum(compress(weighed, marks))
    lead = lead_got = 0.0
    for mark, weight in zip(marks, weighed, strict=True):
        lead += weight
        lead_got += weight * mark
        if lead >= _LEAD_WORDS:
            break
    plain = sum(marks) / len(marks) if marks else 0.0
    return _Cover(got / total if total else 0.0, plain, got, lead_got / lead if lead else 0.0, marks, weighed)


def same_statement(a: Reading, b: Reading, rarity: Rarity | None = None) -> Sameness:
    """Whether `a` and `b` are the same statement, with reasons. Symmetric but for ties in aligning figures.

    `rarity` counts in how many statements of the collection a passage stands; without it every
    passage is taken for rare, and only containment and the opening words decide.
    """
    if not a.words or not b.words:
        return Sameness(False, 0.0, ("one of them has no words",))
    if a.words == b.words:
        return Sameness(True, 1.0, ("the same words",), (" ".join(a.words),), 1.0)
    ours, theirs = _cover(a, b, rarity or {}), _cover(b, a, rarity or {})
    reason = _why_same(ours, theirs)
    score, resemblance = max(ours.share, theirs.share), min(ours.plain, theirs.plain)
    if reason is not None and a.url and same_site(a.url, b.url) and not _opens_alike(a, ours, b, theirs):
        other_pages = "two pages of one site, and the opening of the one is not in the other"
        shared = _passages(a, ours.marks)
        return Sameness(False, score, (reason, other_pages), shared, resemblance, is_other_facts=True)
    if reason is None:
        reason = f"only {score:.0%} of the rare words of one stand in the other"
        return Sameness(False, score, (reason,), (), resemblance)
    figures = disagreement(_side(a, ours), _side(b, theirs))
    shared = _passages(a, ours.marks)
    if figures.is_other_facts:
        return Sameness(False, score, (reason, _other_facts(figures)), shared, resemblance, is_other_facts=True)
    return Sameness(True, score, (reason,), shared, resemblance)


def _opens_alike(a: Reading, ours: _Cover, b: Reading, theirs: _Cover) -> bool:
    """Whether both begin with words that the other has, or all of one stands in the other, from its first words on."""
    if min(ours.plain, theirs.plain) >= _ALL_BUT:
        return True
    begins, other_begins = _has_opening(a, ours), _has_opening(b, theirs)
    return (begins and (other_begins or ours.plain >= _ALL_OF)) or (other_begins and theirs.plain >= _ALL_OF)


def _has_opening(reading: Reading, cover: _Cover) -> bool:
    """Whether the other text has most of the first sentence, or of its first words."""
    first = reading.lines[min(2, len(reading.lines) - 1)]  # "News" alone is no sentence
    opening = [mark for mark, line in zip(cover.marks, reading.lines, strict=True) if line <= first][:_OPENING_WORDS]
    return 2 * sum(opening) >= len(opening)


def _side(reading: Reading, cover: _Cover) -> Side:
    return Side(reading.words, reading.lines, reading.names, reading.figures, cover.weights)


def _why_same(ours: _Cover, theirs: _Cover) -> str | None:
    if min(ours.plain, theirs.plain) >= _TWIN and min(ours.share, theirs.share) >= _TWIN_RARE:
        return f"{min(ours.plain, theirs.plain):.0%} of the words of each stand in the other"
    score = max(ours.share, theirs.share)
    common = min(ours.words, theirs.words)
    lead = max(ours.lead, theirs.lead)
    # Two pages of one site share its footer and not how they open; two copies may have own openings.
    if common >= _MIN_WORDS and score >= (_WHOLE if lead >= _OPENING else _WHOLE_BUT_OPENING):
        return f"{score:.0%} of the rare words of one stand in the other"
    if common >= _MIN_PART_WORDS and score >= _PART and lead >= _LEAD:
        return f"an excerpt: {score:.0%} of the rare words of one, and its opening, stand in the other"
    return None


def _other_facts(figures: Disagreement) -> str:
    examples = ", ".join(f"{before} / {after}" for before, after in figures.examples[:3])
    return f"other figures in the same sentences: {examples}"


def _passages(a: Reading, marks: Sequence[bool]) -> tuple[str, ...]:
    """Runs of shared words, longest first; at most five."""
    runs: list[list[str]] = []
    for at, mark in enumerate(marks):
        if mark and at and marks[at - 1]:
            runs[-1].append(a.words[at])
        elif mark:
            runs.append([a.words[at]])
    return tuple(" ".join(run) for run in sorted(runs, key=len, reverse=True)[:5])


def candidates(keys: Iterable[int], held: Mapping[int, Sequence[int]], limit: int = 50) -> list[int]:
    """The stored versions that share keys with a text, those with the rarest common keys first.

    `held` gives for each key the versions that have it, as read from the store's table. A key that
    n versions hold counts 1/n, so a footer alone proposes nobody before a shared rare passage does.
    """
    score: defaultdict[int, float] = defaultdict(float)
    for key in keys:
        found = held.get(key, ())
        for version in found:
            score[version] += 1.0 / len(found)
    return [version for version, _ in sorted(score.items(), key=lambda pair: (-pair[1], pair[0]))[:limit]]


# --- many at once ------------------------------------------------------------------------------


def cluster(texts: Sequence[tuple[Hashable, str]], urls: Sequence[str] = ()) -> list[int]:
    """The statement number of each text, counted from 0 in order of first appearance; `urls` one for each, or none.

    Compares only texts that share a passage: 20,000 texts of 250 words take about a minute.
    """
    readings: list[Reading] = []
    first_of: dict[str, int] = {}
    kind_of: list[int] = []  # index of the first text with the very same text
    for (_, text), url in zip(texts, urls or [""] * len(texts), strict=True):
        if text not in first_of or not text.strip():  # two empty texts say nothing alike
            first_of[text] = len(readings)
            readings.append(read(text, url))
        kind_of.append(first_of[text])
    groups = _Groups(len(readings))
    pairs = _candidate_pairs(readings)
    for round_number in range(_ROUNDS):
        # Rarity is counted in statements: a text that fifty publishers copy is no furniture.
        rarity = _count(readings, groups)
        joined, pairs = _join(groups, readings, pairs, rarity, only_twins=round_number == 0)
        if not joined and round_number:
            break
    numbers: dict[int, int] = {}
    return [numbers.setdefault(groups.root(kind), len(numbers)) for kind in kind_of]


def _candidate_pairs(readings: Sequence[Reading]) -> list[tuple[int, int]]:
    """Pairs that share at least one passage, most in common first."""
    holders: defaultdict[int, list[int]] = defaultdict(list)
    for number, reading in enumerate(readings):
        for key in set(reading.keys):
            holders[key].append(number)
    shared: Counter[tuple[int, int]] = Counter()
    for found in holders.values():
        if len(found) <= _FULL_POSTING:
            shared.update(combinations(found, 2))
        else:
            shared.update(pairwise(found))
            shared.update((found[0], other) for other in found[2:])
    return [pair for pair, _ in shared.most_common()]


def _count(readings: Sequence[Reading], groups: _Groups) -> dict[int, int]:
    held: defaultdict[int, set[int]] = defaultdict(set)
    for number, reading in enumerate(readings):
        for key in reading.keys:
            held[key].add(groups.root(number))
    return {key: len(found) for key, found in held.items() if len(found) > 2}


def _join(
    groups: _Groups,
    readings: Sequence[Reading],
    pairs: Sequence[tuple[int, int]],
    rarity: Rarity,
    *,
    only_twins: bool,
) -> tuple[int, list[tuple[int, int]]]:
    """Join what is the same statement; how many joins were made, and the pairs that are still open."""
    joined = 0
    still_open: list[tuple[int, int]] = []
    for a, b in pairs:
        if groups.root(a) == groups.root(b):
            continue
        may_be = _may_be_twins(readings[a], readings[b]) if only_twins else _may_be(readings[a], readings[b], rarity)
        found = same_statement(readings[a], readings[b], rarity) if may_be else None
        if found and found.is_other_facts:
            continue
        is_enough = found and found.is_same and (not only_twins or found.resemblance >= _TWIN)
        if found and is_enough and _agree(groups, readings, (a, b), rarity, found):
            groups.join(a, b)
            joined += 1
        else:
            still_open.append((a, b))
    return joined, still_open


def _agree(
    groups: _Groups, readings: Sequence[Reading], pair: tuple[int, int], rarity: Rarity, found: Sameness
) -> bool:
    """Whether at least half of those asked in both groups have something in common with the other.

    Two local stories with the same frame, each about another statement, must not chain the two; nor
    must a part without figures chain two siblings of a template.
    """
    ours, theirs = (groups.members(member)[:_ASKED] for member in pair)
    others = [(a, b) for a in ours for b in theirs if (a, b) != pair][: _ASKED * 2]
    answers = [same_statement(readings[a], readings[b], rarity) for a, b in others]
    votes = 1 + sum(not answer.is_other_facts and answer.score >= _AKIN for answer in answers)
    half = (len(others) + 1) / 2
    is_disputed = any(answer.is_other_facts for answer in answers)
    return votes > half or (votes == half and found.score >= _WHOLE and not is_disputed)


def _may_be_twins(a: Reading, b: Reading) -> bool:
    """A cheap bound: texts with so few runs in common do not cover each other."""
    sizes = sorted((len(a.runs), len(b.runs)))
    # Where a fifth of the words is uncovered, up to half of the runs are spoilt.
    return sizes[0] >= _TWIN * _TWIN * sizes[1] and len(set(a.runs).intersection(b.runs)) >= 0.5 * sizes[0]


def _may_be(a: Reading, b: Reading, rarity: Rarity) -> bool:
    """A cheap bound: what two texts have in common is more than furniture."""
    if a.is_short or b.is_short:
        return True
    common = set(a.keys).intersection(b.keys)
    return sum(2.0 / max(2, rarity.get(key, 1)) for key in common) >= _MIN_PASSAGES


class _Groups:
    """Disjoint sets that know their members."""

    def __init__(self, size: int) -> None:
        self._root = list(range(size))
        self._members = {member: [member] for member in range(size)}

    def root(self, member: int) -> int:
        return self._root[member]

    def members(self, member: int) -> list[int]:
        """All of its group, the group's oldest first."""
        return self._members[self._root[member]]

    def join(self, a: int, b: int) -> None:
        """One group of both; the smaller is relabelled, so that n joins cost n log n."""
        a, b = sorted((self._root[a], self._root[b]), key=lambda root: -len(self._members[root]))
        for member in self._members[b]:
            self._root[member] = a
        self._members[a] += self._members.pop(b)


def deviations(original: str, member: str) -> Diff:
    """A member of a statement against its first publisher's text, paragraph by paragraph."""
    return diff(_paragraphs(original), _paragraphs(member))


def _paragraphs(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]
