"""Before anybody is told of an edit, the page is read once more: what differs between two looks is its noise.

Nothing is written until the second look is in. If it fails, the edit is told as it is; if the process
dies in between, the validators are those of the last visit, so the next poll sees the edit again.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

from watcher.core.decide import Seen
from watcher.core.mask import Mask, shape
from watcher.core.model import Document, Fetched, FetchTask, Observation, Read
from watcher.core.notices import says_status
from watcher.core.rotation import noise_between
from watcher.core.text import normalise
from watcher.core.urls import identity
from watcher.extract.barrier import find_barrier
from watcher.extract.registry import generation
from watcher.pipeline.watch import Watch
from watcher.store import documents

NO_NOISE = Mask()
FLIPS, FLIPS_OVER = 3, 8  # times it came or went, over so many versions
MOST_CHARS = 300  # a statement's own paragraph is never learnt as noise


def second_task(task: FetchTask, first: Fetched) -> FetchTask:
    """The same address once more, unconditionally; the very bytes of the first look say that there is no noise."""
    return replace(
        task,
        etag=None,
        last_modified=None,
        body_sha256=documents.sha256_hex(first.body),
        extractor=generation(),
    )


def second_document(observation: Observation, first: Document) -> Document | None:
    """The page as the second look saw it; None if it saw the same bytes, an outage page or nothing."""
    outcome = observation.outcome
    if not isinstance(outcome, Read) or len(outcome.extraction.documents) != 1:
        return None
    document = outcome.extraction.documents[0]
    if identity(document.url) != identity(first.url) or find_barrier(document, outcome.fetched.body, first):
        return None
    return document


def noise_of_looks(watch: Watch, seen: Seen, first: Document, second: Document) -> Mask:
    """What the page changes by itself, as two looks seconds apart show it."""
    return noise_between(*(_learnable(watch, one) for one in (seen.document, first, second)))


def noise_of_flips(watch: Watch, seen: Seen, document: Document) -> Mask:
    """What came and went over the last versions as in A, B, A, B; A, B, A alone is two changes, and news."""
    versions = documents.versions_of(watch.db, seen.document_id)[-FLIPS_OVER:]
    captures = [_shapes(_learnable(watch, one)) for one in (*(version.document for version in versions), document)]
    stood = {block: [block in capture for capture in captures] for block in frozenset[str]().union(*captures)}
    flips = {block: sum(was != now for was, now in pairwise(places)) for block, places in stood.items()}
    return Mask(frozenset(block for block, times in flips.items() if times >= FLIPS and len(block) <= MOST_CHARS))


def without_noise(document: Document, mask: Mask) -> Document:
    """The page less its noise, so that noise alone makes no version."""
    if not mask.blocks and not mask.links:
        return document
    return replace(
        document,
        blocks=tuple(block for block in document.blocks if not mask.hides(block)),
        frame=tuple(line for line in document.frame if not mask.hides(line)),
        links=tuple(link for link in document.links if not mask.hides_link(link.url)),
        pages=(),
    )


def _shapes(document: Document) -> frozenset[str]:
    return frozenset(shape(block) for block in (*document.blocks, *document.frame))


def _learnable(watch: Watch, document: Document) -> Document:
    """The page less what is never noise, however often it comes and goes: words of the topic, a statement's status."""

    def is_learnable(line: str) -> bool:
        return not says_status(normalise(line)) and not watch.topics.has_term(line)

    return replace(
        document,
        blocks=tuple(filter(is_learnable, document.blocks)),
        frame=tuple(filter(is_learnable, document.frame)),
    )
