"""Why a text meets a topic, or does not: one pass over the text, then the topic's rules."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from urllib.parse import unquote, urlsplit

from watcher.core.compiled import Found, Rules, Stage, Terms
from watcher.core.likeness import CHARS_A_WORD, NEAR_CHARS, CuePlaces, Place, likeness, stretches
from watcher.core.model import BlockOp, Diff, Match, Organisation, OrganisationKind, Reason, Tier
from watcher.core.scan import FoldedText, Hit, fold_blocks
from watcher.core.senses import Senses, is_a_thing
from watcher.core.topic import Ambiguous, Reach, Topic
from watcher.core.wording import Wording, stems

_PERSON_WEIGHT, _MOST_PEOPLE = 0.08, 2
_NAME_WEIGHT = 0.95
_ADDRESS_WEIGHT = 0.8  # a name in the address only: the page was about it when it was filed
_MOST_REASONS = 8
_CUE_ROOM = 700  # characters: a trait at the edge of its stretch may reach 100 words further


@dataclass(frozen=True, slots=True)
class ChangeMatch:
    """What an edit means for one topic: by the words that changed, and by the page they stand on."""

    words: Match
    page: Match

    @property
    def is_on_topic(self) -> bool:
        """The changed words match, or the page as a whole does."""
        return self.words.tier is not Tier.NONE or self.page.tier is not Tier.NONE


class Matcher:
    """Compiled topics; safe to share between threads.

    Compile once (a few milliseconds per thousand terms), match many times.
    """

    def __init__(self, topics: Sequence[Topic]) -> None:
        self._stages = tuple(map(Terms, Stage))
        self._rules = tuple(Rules(topic, self._stages) for topic in topics)
        spellings = {word: forms for topic in topics for word, forms in topic.spellings.items()}
        for stage in self._stages:
            stage.compile(spellings)

    @property
    def topics(self) -> tuple[Topic, ...]:
        """The topics, in the order in which matches come back."""
        return tuple(rules.topic for rules in self._rules)

    def match(
        self, title: str, blocks: Sequence[str], url: str = "", organisation: Organisation | None = None
    ) -> list[Match]:
        """One match a topic, in order; those that are not met have tier NONE and score below the topic's bar."""
        found = self._find(fold_blocks((title, *blocks)))
        address = self._find(fold_blocks([_words_of_address(url)])) if url else None
        return [_Judge(rules, found, found, organisation, address, _kind_of_site(url)).match() for rules in self._rules]

    def match_change(
        self, diff: Diff, title: str, blocks: Sequence[str], url: str = "", organisation: Organisation | None = None
    ) -> list[ChangeMatch]:
        """One answer a topic: what the changed words say, judged in the company of the page, and the page itself.

        `blocks` is the text after the edit; what was removed counts as changed words too.
        """
        changed = changed_words(diff)
        words = self._find(fold_blocks(changed))
        company = self._find(fold_blocks((title, *blocks, *(block.before for block in diff.blocks))))
        pages = self.match(title, blocks, url, organisation)
        return [
            ChangeMatch(_Judge(rules, words, company, organisation, None).match(), page)
            for rules, page in zip(self._rules, pages, strict=True)
        ]

    def has_term(self, topic_id: str, text: str) -> bool:
        """Whether `text` holds any name of the topic, ambiguous ones too, whatever its company."""
        rules = next(rules for rules in self._rules if rules.topic.id == topic_id)
        return not self._find(fold_blocks([text])).stage(Stage.FIRST).keys().isdisjoint(rules.name_slots)

    def mentions(
        self,
        topic_id: str,
        blocks: Sequence[str],
        url: str = "",
        organisation: Organisation | None = None,
        *,
        by_letters: bool = False,
    ) -> list[list[tuple[int, int]]]:
        """For each block, in order, where the topic is named in it: spans of the block folded to one line.

        Ambiguous terms are counted where their rule holds for the text as a whole. `by_letters`: if none
        holds, those in exact case ("SIM") count without the company that they need, but not in company
        that they must not have.
        """
        rules = next(rules for rules in self._rules if rules.topic.id == topic_id)
        found = self._find(fold_blocks(blocks))
        spans = _Judge(rules, found, found, organisation, None, _kind_of_site(url)).spans(by_letters)
        per_block: list[list[tuple[int, int]]] = [[] for _ in blocks]
        starts = [0]
        for block in found.text.shown.split("\n"):
            starts.append(starts[-1] + len(block) + 1)
        for start, end in spans:
            index = bisect_left(starts, start + 1) - 1
            per_block[index].append((start - starts[index], end - starts[index]))
        return per_block

    def stretches(
        self, topic_id: str, title: str, blocks: Sequence[str]
    ) -> list[tuple[frozenset[int], frozenset[str]]]:
        """What weights are fitted on: the traits, by index, and the stems of all words around each gate word."""
        rules = next(rules for rules in self._rules if rules.topic.id == topic_id)
        found = self._find(fold_blocks((title, *blocks)))
        near, cues, places = _Judge(rules, found, found, None, None).near_gates()
        starts, words = stems(near.text.searched)
        return [
            (
                frozenset(stretch.traits),
                frozenset(words[bisect_left(starts, stretch.start) : bisect_left(starts, stretch.end)]),
            )
            for stretch in stretches(rules.topic, cues, places)
        ]

    def _find(self, text: FoldedText) -> Found:
        return Found(text, self._stages)


class _Judge:
    """Weighs one text against one topic."""

    def __init__(
        self,
        rules: Rules,
        found: Found,
        company: Found,  # the whole page, where `found` is only a part of it
        organisation: Organisation | None,
        address: Found | None,
        site: OrganisationKind | None = None,
    ) -> None:
        self._rules, self._found, self._company = rules, found, company
        self._organisation, self._address, self._site = organisation, address, site
        self._text = found.text
        self._senses = Senses(rules, company)
        self._places: dict[str, list[tuple[int, int]]] = {}
        self._excluded = [(hit.start, hit.end) for hit in found.at(rules.exclusions)]

    def match(self) -> Match:
        if not self._found.stage(Stage.FIRST) and (self._address is None or not self._address.stage(Stage.FIRST)):
            return Match(self._rules.topic.id, Tier.NONE, 0.0)
        weights: list[float] = []
        reasons: list[Reason] = []
        # Each step is dearer than the one before; a text that is named needs no further proof.
        for weight, label, start, end in self._evidence():
            weights.append(weight)
            reasons.append(Reason(label, self._text.excerpt(start, end)))
        if self._address and (hits := self._address.at(self._rules.names)) and not weights:
            weights.append(_ADDRESS_WEIGHT)
            reasons.append(Reason("named in the address", self._address.text.excerpt(hits[0].start, hits[0].end)))
        named = _together(weights)
        for weight, reason, excerpt in self._described() if named < self._rules.topic.named_from else ():
            weights.append(weight)
            reasons.append(Reason(reason, excerpt))
        for hit in self._distinct(self._found.at(self._rules.people))[:_MOST_PEOPLE]:
            weights.append(_PERSON_WEIGHT)
            reasons.append(Reason(self._shown(hit), self._text.excerpt(hit.start, hit.end)))
        return self._verdict(named, _together(weights), reasons)

    def _verdict(self, named: float, score: float, reasons: list[Reason]) -> Match:
        """Names alone can make a text `named`; a description never can, however complete."""
        topic = self._rules.topic
        if named >= topic.named_from:
            tier = Tier.NAMED
        elif score >= topic.similar_from:
            tier, score = Tier.SIMILAR, min(score, topic.named_from - 0.01)
        else:
            tier = Tier.NONE
        return Match(topic.id, tier, round(score, 3), tuple(reasons[:_MOST_REASONS]))

    def spans(self, by_letters: bool = False) -> list[tuple[int, int]]:
        """Where the topic is named, in order. Once any name counts, short names need no further company."""
        hits = [hit for hit in self._found.at(self._rules.names) if not self._is_excluded(hit)]
        counting = {slot: self._counting(slot, rule) for slot, rule in self._rules.ambiguous.items()}
        if by_letters and not hits and not any(counting.values()):
            counting = {
                slot: self._counting(slot, replace(rule, needs=()))
                if rule.is_exact_case and not rule.is_last_resort
                else []
                for slot, rule in self._rules.ambiguous.items()
            }
        is_named = bool(hits) or any(counting.values())
        for slot, rule in self._rules.ambiguous.items():
            # "Pave runs in two towns": letters in capitals are the scheme's on a page about it.
            is_free = is_named and (rule.reach is Reach.DOCUMENT or rule.is_exact_case)
            free = replace(rule, needs=(), unless_near=(), unless_anywhere=(), unless_here=(), is_proper_name=False)
            hits.extend(self._counting(slot, free) if is_free else counting[slot])
        return _longest({(hit.start, hit.end) for hit in hits})

    def _evidence(self) -> Iterator[tuple[float, str, int, int]]:
        """Weight, label and place of every name that counts: sure names by wording, without them each rule once."""
        is_named = False
        for hit in self._distinct([hit for hit in self._found.at(self._rules.names) if not self._is_excluded(hit)]):
            yield _NAME_WEIGHT, self._shown(hit), hit.start, hit.end
            is_named = True
        if is_named:
            return
        slots = sorted(self._found.stage(Stage.FIRST).keys() & self._rules.ambiguous.keys())
        sure = [found for slot in slots if (found := self._ambiguous(slot, is_last_resort=False))]
        last = () if sure else (found for slot in slots if (found := self._ambiguous(slot, is_last_resort=True)))
        yield from sure or islice(last, 1)

    def _ambiguous(self, slot: int, is_last_resort: bool) -> tuple[float, str, int, int] | None:
        rule = self._rules.ambiguous[slot]
        if rule.is_last_resort is not is_last_resort or not (counting := self._counting(slot, rule)):
            return None
        first = counting[0]
        return rule.weight, f"{self._shown(first)}: {rule.reason}", first.start, first.end

    def _counting(self, slot: int, rule: Ambiguous) -> list[Hit]:
        hits = self._found.at(slot)
        if not hits or not self._is_on_site(rule.sites):
            return []
        if any(self._company.at(self._rules.groups[group]) for group in rule.unless_anywhere):
            return []
        if rule.is_exact_case and not rule.is_last_resort and (others := self._senses.foreign()):
            hits = [hit for hit in hits if others.isdisjoint(self._shown(hit).replace("/", " ").split())]
        if rule.is_proper_name:
            hits = [hit for hit in hits if not is_a_thing(self._text.searched, hit)]
        return [hit for hit in hits if not self._is_excluded(hit) and self._has_company(hit, rule)]

    def _is_on_site(self, sites: tuple[str, ...]) -> bool:
        organisation = self._organisation
        if not sites or organisation is None:
            return not sites or self._site in sites
        return organisation.id in sites or organisation.kind in sites

    def _has_company(self, hit: Hit, rule: Ambiguous) -> bool:
        if any(self._stands_within(group, hit, NEAR_CHARS) for group in rule.unless_near):
            return False
        if any(self._is_here(group, hit) for group in rule.unless_here):
            return False
        low, high = self._text.block_bounds(hit.start)
        is_by_letters = rule.is_last_resort and rule.is_exact_case
        if is_by_letters and self._senses.are_foreign_here(self._shown(hit), self._text.shown[low:high]):
            return False
        return all(any(self._is_there(name, hit, rule.reach) for name in need) for need in rule.needs)

    def _is_here(self, group: str, hit: Hit) -> bool:
        """Whether `group` is what this place is about: its block, the title, or a third of all blocks speak of it."""
        low, high = self._text.block_bounds(hit.start)
        slot = self._rules.groups[group]
        if any(low <= other.start < high for other in self._found.at(slot)):
            return True
        page = self._company.text
        starts = {page.block_bounds(other.start)[0] for other in self._company.at(slot)}
        return 0 in starts or len(starts) * 3 > page.shown.count("\n")

    def _is_there(self, name: str, hit: Hit, reach: Reach) -> bool:
        if name.startswith("site:"):
            return self._is_on_site((name.removeprefix("site:"),))
        if reach is Reach.DOCUMENT:
            return bool(self._company.at(self._rules.groups[name]))
        if reach is Reach.NEAR:
            return self._stands_within(name, hit, NEAR_CHARS)
        low, high = self._text.block_bounds(hit.start)
        return any(low <= other.start < high for other in self._found.at(self._rules.groups[name]))

    def _stands_within(self, group: str, hit: Hit, chars: float) -> bool:
        return any(
            other.start < hit.end + chars and other.end > hit.start - chars
            for other in self._found.at(self._rules.groups[group])
        )

    def _is_excluded(self, hit: Hit) -> bool:
        return any(start <= hit.start and hit.end <= end for start, end in self._excluded)

    def _described(self) -> Iterator[tuple[float, str, str]]:
        """Weight, reason and excerpt of what describes the practice; nothing without a gate word."""
        rules, topic = self._rules, self._rules.topic
        gates = self._found.at(rules.gate) if rules.gate is not None else []
        if rules.gate is not None and not gates:
            return
        cues = CuePlaces(rules.cues, self._group_places)
        for practice in topic.practices:
            if any(self._company.at(rules.groups[group]) for group in practice.unless_anywhere):
                continue
            together = cues.together(practice.needs, practice.words)
            if together:
                yield practice.weight, practice.reason, self._text.excerpt(*min(together))
        if topic.traits or topic.words:
            yield from self._traits()

    def near_gates(self) -> tuple[Found, CuePlaces, list[Place]]:
        """The text within reach of the gate words, its cues, and those words' places: all that traits are read from."""
        gates = self._found.at(self._rules.gate or 0)
        near = self._found.around(gates, round(self._rules.topic.trait_words * CHARS_A_WORD) + _CUE_ROOM)
        judge = self if near is self._found else _Judge(self._rules, near, self._company, None, None)
        places = [(hit.start, hit.end) for hit in near.at(self._rules.gate or 0)]
        return near, CuePlaces(self._rules.cues, judge._group_places), places

    def _traits(self) -> Iterator[tuple[float, str, str]]:
        topic = self._rules.topic
        near, cues, places = self.near_gates()
        found = likeness(topic, cues, places, Wording(topic.words, near.text.searched))
        for at, (reason, place) in enumerate(found.traits):
            yield (found.score if at == 0 else 0.0), reason, near.text.excerpt(*place)

    def _group_places(self, group: str) -> list[tuple[int, int]]:
        places = self._places.get(group)
        if places is None:
            hits = self._found.at(self._rules.groups[group])
            if self._excluded:
                hits = [hit for hit in hits if not self._is_excluded(hit)]
            places = self._places[group] = [(hit.start, hit.end) for hit in hits]
        return places

    def _distinct(self, hits: list[Hit]) -> list[Hit]:
        """The first hit of each wording, longest first where they overlap."""
        kept: dict[str, Hit] = {}
        for hit in sorted(hits, key=lambda hit: (hit.start, -hit.end)):
            kept.setdefault(self._text.searched[hit.start : hit.end], hit)
        return list(kept.values())

    def _shown(self, hit: Hit) -> str:
        return self._text.shown[hit.start : hit.end].replace("\n", " ")


def changed_words(diff: Diff) -> tuple[str, ...]:
    """What an edit added or removed, a block each: whole blocks, and the changed runs of edited ones."""
    found: list[str] = []
    for block in diff.blocks:
        match block.op:
            case BlockOp.ADDED:
                found.append(block.after)
            case BlockOp.REMOVED:
                found.append(block.before)
            case BlockOp.EDITED:
                found.extend(run.text for run in block.words if run.op is not BlockOp.SAME)
            case BlockOp.SAME | BlockOp.MOVED:
                pass
    return tuple(found)


def _together(weights: Sequence[float]) -> float:
    """Independent reasons add up and never pass 1: 0.5 and 0.5 make 0.75."""
    doubt = 1.0
    for weight in weights:
        doubt *= 1.0 - weight
    return 1.0 - doubt


def _longest(spans: set[tuple[int, int]]) -> list[tuple[int, int]]:
    """The spans in order, without those that start inside another: the full name, not its first words."""
    kept: list[tuple[int, int]] = []
    for start, end in sorted(spans, key=lambda span: (span[0], -span[1])):
        if not kept or start >= kept[-1][1]:
            kept.append((start, end))
    return kept


def _kind_of_site(url: str) -> OrganisationKind | None:
    """Whose site an address is on, where its ending tells and no organisation is known."""
    host = url.split("://", 1)[-1].partition("/")[0].lower()
    if host.endswith(".police.uk"):
        return OrganisationKind.POLICE
    return OrganisationKind.TRUST if host.endswith(".nhs.uk") else None


def _words_of_address(url: str) -> str:
    """The path of an address as words; host and query say who and how, not what."""
    try:
        return unquote(urlsplit(url).path).replace("+", " ")
    except ValueError:  # "http://[": pages link to such things
        return ""
