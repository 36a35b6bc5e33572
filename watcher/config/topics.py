"""The `[[topic]]` sections of `sources.toml`, checked key by key, as core topics."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from types import MappingProxyType
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, field_validator, model_validator

from watcher.core.topic import NEAR_WORDS, Ambiguous, Cue, Need, Practice, Reach, Topic, Trait

Phrase = Annotated[str, StringConstraints(strip_whitespace=True, min_length=2)]
Weight = Annotated[float, Field(gt=0, le=1)]
Words = Annotated[int, Field(ge=1, le=5000)]


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class AmbiguousModel(_Section):
    """`[[topic.ambiguous]]`: terms that mean the topic only in the right company."""

    terms: list[Phrase] = Field(min_length=1)
    weight: Weight  # how sure the topic is once the company is right
    reason: str = Field(min_length=3)  # shown with every alert
    exact_case: bool = False  # true: only as written here
    proper_name: bool = False  # true: not as a thing, "a SIM is …", "the SIM."; but "the SIM team" counts
    needs: list[str] = []  # groups that must be there; "a|b": one of them; "site:trust": on such an organisation's site
    within: Reach = Reach.DOCUMENT  # where they must be: near, block, document
    unless_near: list[str] = []  # groups that must not be near
    unless_anywhere: list[str] = []  # groups that must not be in the text at all
    unless_here: list[str] = []  # groups that must not be in the same block, in the title or in a third of the blocks
    last_resort: bool = False  # true: asked only where no other name counts, for texts on many things
    sites: list[str] = []  # only on the sites of these organisations (id or kind)


class CueModel(_Section):
    """`[[topic.cue]]`: something a text may describe."""

    name: str = Field(min_length=2)
    needs: list[str] = Field(min_length=1)  # groups, one word of each; "a|b": one of them
    words: Words = NEAR_WORDS  # how far apart they may stand


class PracticeModel(_Section):
    """`[[topic.practice]]`: cues that together describe the practice under any name."""

    reason: str = Field(min_length=3)
    weight: Weight
    needs: list[str] = Field(min_length=1)  # cues
    words: Words = 250
    unless_anywhere: list[str] = []  # groups


class TraitModel(_Section):
    """`[[topic.trait]]`: cues that make a text more, or less, like the practice."""

    reason: str = Field(min_length=3)
    weight: float = Field(ge=-10, le=10)  # log-odds, as logistic regression fits them
    needs: list[str] = Field(min_length=1)  # cues
    words: Words = NEAR_WORDS


class TopicModel(_Section):
    """`[[topic]]`."""

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*$")
    name: str = Field(min_length=2)
    short: str = ""  # how messages call it once it was named in full: "SIM"
    terms: list[Phrase] = Field(min_length=1)  # enough on their own
    spellings: dict[str, list[str]] = {}  # a word and how it drifts: mentoring = ["monitoring"]
    groups: dict[str, list[Phrase]] = {}  # named lists of words for the rules below
    ambiguous: list[AmbiguousModel] = []
    people: list[Phrase] = []  # raise the score, never decide
    exclusions: list[Phrase] = []  # inside these phrases no term counts
    cue: list[CueModel] = []
    practice: list[PracticeModel] = []
    trait: list[TraitModel] = []
    word_weights: dict[str, str] = {}  # "0.5" = "words …": how much stems speak for the practice, or against it
    trait_base: float = -4.0  # log-odds of the practice in a text with a gate word and no trait
    trait_words: Words = 120  # how far from the gate word a trait may stand
    practice_gate: str = ""  # a group of rarer words: practice rules are tried only on texts that have one (speed)
    campaign: list[Phrase] = []  # who campaigns on the topic
    referents: list[Phrase] = []  # nouns for the topic once it is named: "scheme"
    named_from: Weight = 0.6
    similar_from: Weight = 0.3
    review_below: float = Field(default=0.0, ge=0, le=1)

    @field_validator("spellings")
    @classmethod
    def _words_drift_singly(cls, value: dict[str, list[str]]) -> dict[str, list[str]]:
        for word in value:
            if word != word.lower() or " " in word:
                raise ValueError(f"spellings.{word!r}: give one word in lower case as the key")
        return value

    @field_validator("word_weights")
    @classmethod
    def _words_have_one_weight(cls, value: dict[str, str]) -> dict[str, str]:
        seen: set[str] = set()
        for weight, words in value.items():
            try:
                float(weight)
            except ValueError:
                raise ValueError(f"word_weights.{weight!r}: the key is a number, the weight of the words") from None
            if twice := seen.intersection(words.split()):
                raise ValueError(f"word_weights.{weight!r}: {min(twice)!r} has another weight already")
            seen.update(words.split())
        return value

    @model_validator(mode="after")
    def _rules_speak_of_what_is_there(self) -> Self:
        if self.similar_from >= self.named_from:
            raise ValueError(f"similar_from ({self.similar_from}) must be below named_from ({self.named_from})")
        if 0 < self.review_below <= self.named_from:
            raise ValueError(
                f"review_below ({self.review_below}) must be above named_from ({self.named_from}): what scores less"
                " is not named at all, and waits for a person anyway"
            )
        for at, rule in enumerate(self.ambiguous, start=1):
            where = f"ambiguous {at} ({rule.terms[0]!r})"
            names = [name.strip() for need in rule.needs for name in need.split("|")]
            self._known_groups(f"{where}.needs", [name for name in names if not name.startswith("site:")])
            self._known_groups(f"{where}.unless_near", rule.unless_near)
            self._known_groups(f"{where}.unless_anywhere", rule.unless_anywhere)
            self._known_groups(f"{where}.unless_here", rule.unless_here)
        if self.practice_gate:
            self._known_groups("practice_gate", [self.practice_gate])
        cue_names = {cue.name for cue in self.cue}
        for cue in self.cue:
            self._known_groups(f"cue {cue.name!r}.needs", [name for need in cue.needs for name in need.split("|")])
        for practice in self.practice:
            where = f"practice {practice.reason!r}"
            self._known_groups(f"{where}.unless_anywhere", practice.unless_anywhere)
            _known_cues(where, practice.needs, cue_names)
        for trait in self.trait:
            _known_cues(f"trait {trait.reason!r}", trait.needs, cue_names)
        if (self.trait or self.word_weights) and not self.practice_gate:
            raise ValueError(
                "traits and words are weighed around the words of a gate: name their group in practice_gate"
            )
        return self

    def _known_groups(self, where: str, names: list[str]) -> None:
        for name in map(str.strip, names):
            if name not in self.groups:
                raise ValueError(f"{where}: there is no group {name!r} in [topic.groups]{_hint(name, self.groups)}")

    def topic(self) -> Topic:
        """The topic as the matcher takes it."""
        return Topic(
            id=self.id,
            name=self.name,
            short=self.short,
            names=tuple(self.terms),
            spellings=MappingProxyType({word: tuple(forms) for word, forms in self.spellings.items()}),
            groups=MappingProxyType({name: tuple(terms) for name, terms in self.groups.items()}),
            ambiguous=tuple(map(_ambiguous, self.ambiguous)),
            people=tuple(self.people),
            exclusions=tuple(self.exclusions),
            cues=tuple(Cue(cue.name, _needs(cue.needs), cue.words) for cue in self.cue),
            practice_gate=self.practice_gate,
            practices=tuple(
                Practice(rule.reason, rule.weight, _needs(rule.needs), rule.words, tuple(rule.unless_anywhere))
                for rule in self.practice
            ),
            traits=tuple(Trait(rule.reason, rule.weight, _needs(rule.needs), rule.words) for rule in self.trait),
            words=MappingProxyType(
                {word: float(at) for at, words in self.word_weights.items() for word in words.split()}
            ),
            trait_base=self.trait_base,
            trait_words=self.trait_words,
            campaign=tuple(self.campaign),
            referents=tuple(self.referents),
            named_from=self.named_from,
            similar_from=self.similar_from,
            review_below=self.review_below,
        )


def _known_cues(where: str, needs: list[str], cue_names: set[str]) -> None:
    for name in (name.strip() for need in needs for name in need.split("|")):
        if name not in cue_names:
            raise ValueError(f"{where}.needs: there is no [[topic.cue]] named {name!r}{_hint(name, cue_names)}")


def _ambiguous(rule: AmbiguousModel) -> Ambiguous:
    return Ambiguous(
        terms=tuple(rule.terms),
        weight=rule.weight,
        reason=rule.reason,
        is_exact_case=rule.exact_case,
        is_proper_name=rule.proper_name,
        needs=_needs(rule.needs),
        reach=rule.within,
        unless_near=tuple(rule.unless_near),
        unless_anywhere=tuple(rule.unless_anywhere),
        unless_here=tuple(rule.unless_here),
        is_last_resort=rule.last_resort,
        sites=tuple(rule.sites),
    )


def _needs(needs: list[str]) -> tuple[Need, ...]:
    return tuple(tuple(name.strip() for name in need.split("|")) for need in needs)


def _hint(name: str, known: Iterable[str]) -> str:
    close = get_close_matches(name, list(known), n=1)
    return f" (did you mean {close[0]!r}?)" if close else ""
