"""How like the practice a description is: cues near the words that open the gate, weighed together.

Rules that want every cue miss texts that word one of them otherwise; a sum over many cues forgives that.
Weights are log-odds, as logistic regression fits them: what speaks for the practice is above zero, what
marks a neighbouring practice below.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from math import exp

from watcher.core.topic import NEAR_WORDS, Cue, Need, Topic

CHARS_A_WORD = 6.5
"""English prose with its spaces and stops, measured on the labelled texts."""

NEAR_CHARS = NEAR_WORDS * CHARS_A_WORD

_ANCHOR_GRID = 200  # characters; two gate words closer than this see nearly the same traits
_MOST_ANCHORS = 200  # a long page of police news; enough to cover 40,000 characters without a gap

Place = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Likeness:
    """The best stretch of a text."""

    score: float  # 0 to 1
    traits: tuple[tuple[str, Place], ...]  # what spoke for it, the weightiest first, and where


class CuePlaces:
    """Where each cue of a topic stands in one text; found when first asked for."""

    def __init__(self, cues: dict[str, Cue], group_places: Callable[[str], list[Place]]) -> None:
        self._cues, self._group_places = cues, group_places
        self._known: dict[str, list[Place]] = {}

    def of(self, name: str) -> list[Place]:
        """In the order of the text."""
        if name not in self._known:
            self._known[name] = self._find(self._cues[name])
        return self._known[name]

    def together(self, needs: Sequence[Need], words: int) -> list[Place] | None:
        """Where all cues of a rule stand together; a need that nothing meets ends the search."""
        places: dict[str, list[Place]] = {}
        for need in needs:
            places |= {name: self.of(name) for name in need}
            if not any(places[name] for name in need):
                return None
        return all_together(needs, places, words * CHARS_A_WORD) or None

    def _find(self, cue: Cue) -> list[Place]:
        places = {name: self._group_places(name) for need in cue.needs for name in need}
        if any(not any(places[name] for name in need) for need in cue.needs):
            return []
        if len(cue.needs) == len(places) == 1:
            return next(iter(places.values()))
        return all_together(cue.needs, places, cue.words * CHARS_A_WORD)


def likeness(topic: Topic, cues: CuePlaces, gates: Sequence[Place]) -> Likeness:
    """The likeness of the stretch around that gate word where it is highest; 0.0 if the text has none.

    Each trait counts once a stretch, however often it is there: length is no evidence.
    """
    best, chosen = Likeness(0.0, ()), -1e9
    for stretch in stretches(topic, cues, gates):
        seen = [(topic.traits[index], place) for index, place in stretch.items()]
        odds = topic.trait_base + sum(trait.weight for trait, _ in seen)
        if odds > chosen:
            chosen = odds
            telling = sorted((one for one in seen if one[0].weight > 0), key=lambda one: -one[0].weight)
            best = Likeness(1 / (1 + exp(-odds)), tuple((trait.reason, place) for trait, place in telling))
    return best if best.traits else Likeness(0.0, ())


def stretches(topic: Topic, cues: CuePlaces, gates: Sequence[Place]) -> Iterator[dict[int, Place]]:
    """For each stretch around a gate word, in order, the traits that stand in it, by their index, and where."""
    found = [(index, sorted(cues.together(trait.needs, trait.words) or ())) for index, trait in enumerate(topic.traits)]
    present = [(index, places) for index, places in found if places]
    reach = topic.trait_words * CHARS_A_WORD
    for anchor in _spread(gates):
        nearest = ((index, _nearest(places, *anchor, reach)) for index, places in present)
        yield {index: near for index, near in nearest if near is not None}


def _spread(gates: Sequence[Place]) -> list[Place]:
    """The first gate word of every cell of the grid."""
    cells = {start // _ANCHOR_GRID: (start, end) for start, end in reversed(gates)}
    return sorted(cells.values())[:_MOST_ANCHORS]


def all_together(needs: Sequence[Need], places: dict[str, list[Place]], chars: float) -> list[Place]:
    """Where one place of every need stands within `chars`, as the span of all; by the first need's places."""
    others = [sorted(place for name in need for place in places[name]) for need in needs[1:]]
    spans = []
    for start, end in sorted(place for name in needs[0] for place in places[name]):
        chosen = [(start, end)]
        for candidates in others:
            nearest = _nearest(candidates, start, end, chars)
            if nearest is None:
                break
            chosen.append(nearest)
        else:
            spans.append((min(low for low, _ in chosen), max(high for _, high in chosen)))
    return spans


def _nearest(candidates: list[Place], start: int, end: int, chars: float) -> Place | None:
    """The candidate closest to `start:end` whose gap to it is at most `chars`; an overlapping one is closest."""
    at = bisect_left(candidates, (start, end))
    best: tuple[float, Place] | None = None
    for candidate in candidates[max(0, at - 2) : at + 2]:
        gap = max(candidate[0] - end, start - candidate[1], 0)
        if gap <= chars and (best is None or gap < best[0]):
            best = (gap, candidate)
    return best[1] if best else None
