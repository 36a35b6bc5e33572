"""A text read against every topic: why it meets it, and what its speaker says of itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from watcher.core.match import ChangeMatch, Matcher
from watcher.core.model import Diff, Match, Organisation, Reason, Stance, Tier
from watcher.core.scan import EXCERPT_CHARS
from watcher.core.stance import PositionReader
from watcher.core.topic import Topic


class TopicReader:
    """Compiled topics; safe to share between threads. The same one serves pipeline, command line and replay."""

    def __init__(self, topics: Sequence[Topic]) -> None:
        self._matcher = Matcher(topics)
        self._positions = {topic.id: PositionReader(topic) for topic in topics}

    def read(
        self, title: str, blocks: Sequence[str], url: str = "", organisation: Organisation | None = None
    ) -> list[Match]:
        """One match a topic, in the order of the topics; positions are read only where the topic is met."""
        return [
            self._with_stances(match, title, blocks, url, organisation)
            for match in self._matcher.match(title, blocks, url, organisation)
        ]

    @property
    def topics(self) -> tuple[Topic, ...]:
        """The topics, in the order in which matches come back."""
        return self._matcher.topics

    @property
    def topic_ids(self) -> tuple[str, ...]:
        """The topics' ids, in order."""
        return tuple(self._positions)

    def positions_of(self, topic_id: str) -> PositionReader:
        """What reads positions on one topic."""
        return self._positions[topic_id]

    def has_term(self, text: str) -> bool:
        """Whether `text` holds any name of any topic, ambiguous ones too, whatever its company."""
        return any(self._matcher.has_term(topic.id, text) for topic in self._matcher.topics)

    def changed(
        self, diff: Diff, title: str, blocks: Sequence[str], url: str = "", organisation: Organisation | None = None
    ) -> list[ChangeMatch]:
        """What an edit means for each topic: by the words that changed, and by the page they stand on."""
        return self._matcher.match_change(diff, title, blocks, url, organisation)

    def mentions(self, topic_id: str, blocks: Sequence[str]) -> list[bool]:
        """For each block whether the topic is named in it."""
        return [bool(spans) for spans in self._matcher.mentions(topic_id, blocks)]

    def _with_stances(
        self, match: Match, title: str, blocks: Sequence[str], url: str, organisation: Organisation | None
    ) -> Match:
        reader = self._positions[match.topic_id]
        if match.tier != Tier.NONE:
            return replace(match, stances=reader.read(blocks, title=title, url=url, organisation=organisation))
        if not reader.may_name([title, *blocks]):
            return match
        stated = reader.read(blocks, title=title, url=url, organisation=organisation)
        return _candidate(match, reader.topic, stated) if stated else match


def _candidate(match: Match, topic: Topic, stated: tuple[Stance, ...]) -> Match:
    """A text with the letters alone, which states a position on them: for a person to judge."""
    reason = Reason(
        f"may be {topic.short or topic.name}: a position on it ({stated[0].stance})", stated[0].quote[:EXCERPT_CHARS]
    )
    return replace(match, tier=Tier.SIMILAR, score=topic.similar_from, reasons=(reason, *match.reasons), stances=stated)
