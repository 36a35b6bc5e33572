"""What a topic is: its names, the ambiguous ones with their context, and the practice under other names.

    Topic
    ├── names        enough on their own
    ├── groups       named lists of words, which the rules below speak of
    ├── ambiguous    terms that count only in the right company
    ├── people       names that raise the score and never decide
    ├── exclusions   phrases inside which nothing counts ("SIM card")
    ├── cues         things that a text describes: word groups that stand close together
    ├── practices    which cues together describe the practice
    ├── traits       which cues make a description more or less like it, each with its weight
    └── words        the same of single words

Everything that belongs to one campaign is a value of these types, read from `sources.toml`;
nothing of it is in code.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType


class Reach(StrEnum):
    """How far from a term its company may stand."""

    NEAR = "near"  # about `NEAR_WORDS` words on either side
    BLOCK = "block"  # the same paragraph, heading or table row
    DOCUMENT = "document"


NEAR_WORDS = 15
"""Words on either side that count as near: a long sentence, or two short ones."""

Need = tuple[str, ...]
"""Alternatives, one of which must be there: group or cue names, or `site:` and a kind or id."""


@dataclass(frozen=True, slots=True)
class Ambiguous:
    """Terms that mean the topic only in the right company."""

    terms: tuple[str, ...]
    weight: float  # 0 to 1: how sure the topic is once the company is right
    reason: str  # for a person
    is_exact_case: bool = False  # only as written: "SIM", never "sim"
    is_proper_name: bool = False  # "the SIM" without a noun after it ("the SIM team") is a thing, not the scheme
    needs: tuple[Need, ...] = ()  # all must be met, each by one of its alternatives
    reach: Reach = Reach.DOCUMENT
    unless_near: tuple[str, ...] = ()  # groups
    unless_anywhere: tuple[str, ...] = ()  # groups
    unless_here: tuple[str, ...] = ()  # groups: in its block, in the title or throughout
    sites: tuple[str, ...] = ()  # organisation ids or kinds; empty: everywhere
    is_last_resort: bool = False  # asked only where no other rule holds; another sense elsewhere is no veto


@dataclass(frozen=True, slots=True)
class Cue:
    """Something a text may describe: one word of every need, at most `words` apart."""

    name: str
    needs: tuple[Need, ...]  # of groups
    words: int = NEAR_WORDS


@dataclass(frozen=True, slots=True)
class Practice:
    """Cues that together describe the practice, whatever it is called."""

    reason: str
    weight: float  # 0 to 1
    needs: tuple[Need, ...]  # of cues
    words: int = 250  # all cues within this many words: one story, not one long report
    unless_anywhere: tuple[str, ...] = ()  # groups that mark a neighbouring practice


@dataclass(frozen=True, slots=True)
class Trait:
    """A cue, or some close together, that makes a text more or less like the practice."""

    reason: str
    weight: float  # log-odds; below zero for what marks a neighbouring practice
    needs: tuple[Need, ...]  # of cues
    words: int = NEAR_WORDS


@dataclass(frozen=True, slots=True)
class Topic:
    """What we look for."""

    id: str
    name: str
    names: tuple[str, ...]  # enough on their own
    spellings: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))  # how words drift
    groups: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))
    ambiguous: tuple[Ambiguous, ...] = ()
    people: tuple[str, ...] = ()
    exclusions: tuple[str, ...] = ()
    cues: tuple[Cue, ...] = ()
    practices: tuple[Practice, ...] = ()
    traits: tuple[Trait, ...] = ()  # weighed together around each gate word
    words: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))  # by stem (`wording.stem`)
    trait_base: float = -4.0  # log-odds of a text with a gate word and no trait
    trait_words: int = 120  # how far from the gate word a trait may stand: one story, not one long report
    practice_gate: str = ""  # group: no practice rule or trait is tried on a text without one of its words
    campaign: tuple[str, ...] = ()  # who campaigns: needed to read "we stand with …"
    referents: tuple[str, ...] = ()  # nouns for it once it is named: "programme", "model"
    named_from: float = 0.6  # score from which a text is `named`
    review_below: float = 0.0  # a named text with a lower score waits for a person
    short: str = ""  # how messages call it once it was named in full
    similar_from: float = 0.3  # … and a candidate
