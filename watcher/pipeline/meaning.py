"""What a change means for its topic: whose it is, whether a position moved, and whether it is news."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from watcher.core.mass_edit import in_words
from watcher.core.model import ChangeKind, Diff, Document, Match, Organisation, Stance, Tier
from watcher.core.reader import TopicReader
from watcher.core.stance import softened
from watcher.pipeline.relevance import relevance

RINGING = frozenset(
    {
        ChangeKind.FIRST,
        ChangeKind.EDITED,
        ChangeKind.LINKS,
        ChangeKind.MOVED,
        ChangeKind.REMOVED,
        ChangeKind.RESTORED,
    }
)
EDITS = frozenset({ChangeKind.EDITED, ChangeKind.LINKS})


class _OnTopic(Protocol):
    @property
    def kind(self) -> ChangeKind: ...

    @property
    def tier(self) -> Tier: ...


@dataclass(frozen=True, slots=True)
class Edit:
    """Two versions of one page, what differs between them, and whether its site changed the same everywhere."""

    before: Document
    after: Document
    found: Diff
    terms: frozenset[str] = frozenset()
    is_mass: bool = False


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a change means for the topic it is filed under."""

    topic_id: str | None = None
    tier: Tier = Tier.NONE
    score: float = 0.0
    stance_before: str | None = None
    stance: str | None = None
    is_softer: bool = False
    is_mass: bool = False
    is_quiet: bool = False  # on topic, and still no news
    reasons: tuple[str, ...] = ()

    @property
    def position(self) -> str:
        """The move in words: "ended → paused, softer than before"; "" if none is known."""
        if not self.stance_before or not self.stance or self.stance_before == self.stance:
            return "softer than before" if self.is_softer else ""
        return f"{self.stance_before} → {self.stance}{', softer than before' if self.is_softer else ''}"


def meaning(
    topics: TopicReader,
    organisation: Organisation | None,
    after: list[Match],
    before: list[Match],
    edit: Edit | None = None,
) -> Meaning:
    """What a change means, by the text as it is now or as it was: losing the words is news too.

    `edit`: None where a text came, went or moved. An edit is quiet if it is one of a mass edit, or
    stands far from what a long page says on the topic; never if a position moved.
    """
    best = max([*after, *before], key=lambda match: (match.tier == Tier.NAMED, match.score), default=None)
    if best is None:
        return Meaning()
    was, now = _stances(before, best.topic_id), _stances(after, best.topic_id)
    pair = softened(was, now)
    reasons = [f"softer than before: {pair[0].stance}, now {pair[1].stance}"] if pair else []
    has_moved = {stance.stance for stance in was} != {stance.stance for stance in now}
    is_mass = is_quiet = False
    if edit and not has_moved:
        found = relevance(topics, best.topic_id, edit.before, edit.after, organisation, edit.found)
        is_mass = edit.is_mass and not found.names_topic
        is_quiet = is_mass or not found.is_near
        if is_mass:
            reasons.append(f"mass edit: {in_words(edit.terms)} on many pages of this site")
        elif is_quiet:
            reasons.append("edited far from what the page says on the topic")
    return Meaning(
        topic_id=best.topic_id,
        tier=best.tier,
        score=best.score,
        stance_before=was[0].stance if was else None,
        stance=now[0].stance if now else None,
        is_softer=pair is not None,
        is_mass=is_mass,
        is_quiet=is_quiet,
        reasons=tuple(reasons),
    )


def rings(change: _OnTopic, *, is_quiet: bool = False) -> bool:
    """Whether a change is told: news of a text that names the topic. An old date never keeps it quiet."""
    return change.kind in RINGING and change.tier == Tier.NAMED and not is_quiet


def _stances(matches: list[Match], topic_id: str) -> tuple[Stance, ...]:
    return next((match.stances for match in matches if match.topic_id == topic_id), ())
