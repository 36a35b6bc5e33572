"""What a text means for the topics, and which statement it belongs to."""

from __future__ import annotations

from dataclasses import dataclass, replace

from watcher.core import dedup
from watcher.core.dedup import Sameness
from watcher.core.model import Document, Match, Organisation, Tier
from watcher.core.reader import TopicReader
from watcher.core.similar import fingerprint
from watcher.pipeline.watch import Watch
from watcher.store import changes, documents


@dataclass(frozen=True, slots=True)
class Known:
    """A statement that a text turned out to be a copy of, by its nearest member."""

    statement_id: int
    document_id: int
    sameness: Sameness


def match_document(watch: Watch, document: Document, organisation: Organisation) -> list[Match]:
    """Why the text meets each topic, the surest first; topics it does not meet are left out."""
    return matches_of_text(watch.topics, document, organisation)


def matches_of_text(topics: TopicReader, document: Document, organisation: Organisation | None) -> list[Match]:
    """As `match_document`, for any topics. What names a topic with a score below its `review_below` is a candidate."""
    found = topics.read(document.title, (*document.frame, *document.blocks), document.url, organisation)
    met = [
        replace(match, tier=Tier.SIMILAR) if match.tier == Tier.NAMED and match.score < topic.review_below else match
        for match, topic in zip(found, topics.topics, strict=True)
        if match.tier != Tier.NONE
    ]
    return sorted(met, key=lambda match: (match.tier != Tier.NAMED, -match.score))


def known_statement(watch: Watch, document_id: int, document: Document) -> Known | None:
    """The statement that the text is a copy of; None if it is a new one."""
    found = fingerprint(document.text)
    held = changes.holders(watch.db, found.keys)
    reading = dedup.read(document.text, document.url)
    best: Known | None = None
    for candidate_id in dedup.candidates(found.keys, held):
        candidate = documents.latest_version(watch.db, candidate_id) if candidate_id != document_id else None
        statement_id = changes.statement_of(watch.db, candidate_id)
        if candidate is None or statement_id is None:
            continue
        theirs = dedup.read(candidate.document.text, candidate.document.url)
        # What many statements hold tells little, on either side.
        rarity = changes.rarity(watch.db, list({*reading.keys, *theirs.keys}))
        sameness = dedup.same_statement(theirs, reading, rarity)
        if sameness.is_same and (best is None or sameness.score > best.sameness.score):
            best = Known(statement_id, candidate_id, sameness)
    return best
