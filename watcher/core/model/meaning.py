"""What a text means for a topic."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class Tier(StrEnum):
    """How sure it is that a text is about the topic."""

    NAMED = "named"
    SIMILAR = "similar"  # the practice under another name: a candidate for a person
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Reason:
    """Why: the term or rule, and the words around it."""

    term: str
    excerpt: str


@dataclass(frozen=True, slots=True)
class Stance:
    """What the speaker says of itself, and the sentence that says so."""

    stance: str  # uses piloting under-review paused ended never-used replaced does-not-endorse …
    quote: str
    because: tuple[str, ...] = field(default=(), compare=False)  # what weighed most, heaviest first


@dataclass(frozen=True, slots=True)
class Match:
    """Why a text meets a topic."""

    topic_id: str
    tier: Tier
    score: float  # 0 to 1
    reasons: tuple[Reason, ...] = ()
    stances: tuple[Stance, ...] = ()
