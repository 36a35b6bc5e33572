"""Topics compiled for one pass over a text: which term fills which slot, and what stands in a text by slot."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import IntEnum

from watcher.core.scan import FoldedText, Hit, Scanner, ScanTerm, search_form
from watcher.core.topic import Ambiguous, Topic


class Stage(IntEnum):
    """When a term is looked for: common words only in texts where they can matter."""

    FIRST = 0  # names, ambiguous terms, people, exclusions, practice gates
    COMPANY = 1  # groups that decide on ambiguous terms
    CUES = 2  # groups that the practice rules speak of: "not", "care", "team" …


class Found:
    """What stands in a text, by the slot that it fills; each stage is scanned when first asked for."""

    def __init__(self, text: FoldedText, stages: tuple[Terms, ...]) -> None:
        self.text = text
        self._stages = stages
        self._hits: list[dict[int, list[Hit]] | None] = [None] * len(stages)

    def at(self, slot: int) -> list[Hit]:
        """What fills `slot`, in the order of the text."""
        return self.stage(slot % len(self._stages)).get(slot, [])

    def around(self, hits: Sequence[Hit], chars: int) -> Found:
        """What stands within `chars` of any of `hits`: this itself, unless that spares most of a long text.

        A police force's annual report has its few relevant lines in a hundred pages; common words such as
        "not" and "team" are then looked for only there.
        """
        spans: list[tuple[int, int]] = []
        for hit in hits:
            low, high = max(0, hit.start - chars), hit.end + chars
            if spans and low <= spans[-1][1]:
                spans[-1] = (spans[-1][0], high)
            else:
                spans.append((low, high))
        if sum(high - low for low, high in spans) > len(self.text.shown) / 2:
            return self
        shown = "\n".join(self.text.shown[low:high] for low, high in spans)
        return Found(FoldedText(shown, search_form(shown)), self._stages)

    def stage(self, stage: int) -> dict[int, list[Hit]]:
        """All slots of one stage that anything fills."""
        hits = self._hits[stage]
        if hits is None:
            hits = self._hits[stage] = self._stages[stage].hits(self.text)
        return hits


class Terms:
    """The terms of one stage, each with the slots that it fills: a topic's names, a group, a rule …"""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._slots: dict[ScanTerm, list[int]] = {}
        self._count = 0

    def add(self, terms: Iterable[ScanTerm]) -> int:
        """A new slot that each of `terms` fills. Its number tells its stage."""
        slot = self._count * len(Stage) + self._stage
        self._count += 1
        for term in terms:
            self._slots.setdefault(term, []).append(slot)
        return slot

    def compile(self, spellings: Mapping[str, Sequence[str]]) -> None:
        """Build the automaton; call once, after the last `add`."""
        self._scanner = Scanner(tuple(self._slots), spellings)
        self._slots_of = tuple(map(tuple, self._slots.values()))

    def hits(self, text: FoldedText) -> dict[int, list[Hit]]:
        """What stands in `text`, by slot; slots that nothing fills are left out."""
        found: dict[int, list[Hit]] = {}
        for hit in self._scanner.hits(text):
            for slot in self._slots_of[hit.term]:
                if slot in found:
                    found[slot].append(hit)
                else:
                    found[slot] = [hit]
        return found


class Rules:
    """One topic with the slots of its parts."""

    def __init__(self, topic: Topic, stages: tuple[Terms, ...]) -> None:
        def slot(stage: Stage, terms: Sequence[str], is_exact_case: bool = False) -> int:
            return stages[stage].add(ScanTerm(term, is_exact_case) for term in terms)

        self.topic = topic
        self.names = slot(Stage.FIRST, topic.names)
        self.people = slot(Stage.FIRST, topic.people)
        self.exclusions = slot(Stage.FIRST, topic.exclusions)
        self.ambiguous = {slot(Stage.FIRST, rule.terms, rule.is_exact_case): rule for rule in topic.ambiguous}
        self.name_slots = frozenset({self.names, *self.ambiguous})
        self.gate = slot(Stage.FIRST, topic.groups[topic.practice_gate]) if topic.practice_gate else None
        company = {name for rule in topic.ambiguous for name in _groups_of(rule)}
        self.groups = {
            name: slot(Stage.COMPANY if name in company else Stage.CUES, terms) for name, terms in topic.groups.items()
        }
        self.cues = {cue.name: cue for cue in topic.cues}
        written = [*topic.names, *(term for rule in topic.ambiguous for term in rule.terms)]
        # The first word of a long name: "Blue Seas Scheme" is a slip for "Blue Skies Scheme".
        self.telling_words = frozenset(search_form(name).split()[0] for name in topic.names if len(name.split()) > 2)
        self.own_expansions = frozenset(" ".join(search_form(term).split()) for term in written)


def _groups_of(rule: Ambiguous) -> Iterator[str]:
    yield from (name for need in rule.needs for name in need if not name.startswith("site:"))
    yield from rule.unless_near
    yield from rule.unless_anywhere
    yield from rule.unless_here
