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
from watcher.core.wording import Wording

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


@dataclass(frozen=True, slots=True)
class Stretch:
    """What stands around one gate word."""

    gate: Place
    start: int  # characters
    end: int
    traits: dict[int, Place]  # by index into the topic's traits


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
        if len(needs) == 1:
            return self._any_of(needs[0]) or None
        places: dict[str, list[Place]] = {}
        for need in needs:
            places |= {name: self.of(name) for name in need}
            if not any(places[name] for name in need):
                return None
        return all_together(needs, places, words * CHARS_A_WORD) or None

    def _any_of(self, need: Need) -> list[Place]:
        return self.of(need[0]) if len(need) == 1 else sorted(place for name in need for place in self.of(name))

    def _find(self, cue: Cue) -> list[Place]:
        places: dict[str, list[Place]] = {}
        for need in cue.needs:
            found = False
            for name in need:
                places[name] = self._group_places(name)
                found = found or bool(places[name])
            if not found:
                return []
        if len(cue.needs) == len(places) == 1:
            return places[cue.needs[0][0]]
        return all_together(cue.needs, places, cue.words * CHARS_A_WORD)


def likeness(topic: Topic, cues: CuePlaces, gates: Sequence[Place], wording: Wording) -> Likeness:
    """The likeness of the stretch around that gate word where it is highest; 0.0 if the text has none.

    Each trait counts once a stretch, however often it is there: length is no evidence.
    """
    best, chosen = Likeness(0.0, ()), -1e9
    for stretch in stretches(topic, cues, gates):
        seen = [(topic.traits[index], place) for index, place in stretch.traits.items()]
        by_words = wording.odds(stretch.start, stretch.end)
        odds = topic.trait_base + by_words + sum(trait.weight for trait, _ in seen)
        if odds > chosen:
            chosen = odds
            telling = [(trait.weight, trait.reason, place) for trait, place in seen if trait.weight > 0]
            if by_words > 0:
                words = ", ".join(wording.telling(stretch.start, stretch.end))
                telling.append((by_words, f"worded like descriptions of it: {words}", stretch.gate))
            telling.sort(key=lambda one: -one[0])
            best = Likeness(1 / (1 + exp(-odds)), tuple((reason, place) for _, reason, place in telling))
    return best if best.traits else Likeness(0.0, ())


def stretches(topic: Topic, cues: CuePlaces, gates: Sequence[Place]) -> Iterator[Stretch]:
    """The stretch around each gate word, in order, with the traits that stand in it."""
    found = ((index, cues.together(trait.needs, trait.words)) for index, trait in enumerate(topic.traits))
    present = [(index, sorted(places)) for index, places in found if places]
    reach = topic.trait_words * CHARS_A_WORD
    for gate in _spread(gates):
        nearest = ((index, _nearest(places, *gate, reach)) for index, places in present)
        traits = {index: near for index, near in nearest if near is not None}
        yield Stretch(gate, max(0, gate[0] - round(reach)), gate[1] + round(reach), traits)


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
