"""Whether an edit on a page about the topic is news about the topic (0002-edits-by-what-changed)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import accumulate

from watcher.core.changed import changed_text
from watcher.core.mass_edit import changed_terms
from watcher.core.model import BlockOp, Diff, Document, Organisation, Tier
from watcher.core.notices import says_status
from watcher.core.reader import TopicReader
from watcher.core.text import normalise, words
from watcher.pipeline.shown import is_date_line

LONG_WORDS = 2_500  # about eight pages; statements are 300 to 1,500 words, board papers tens of thousands
NEAR_WORDS = 300  # about a page, on either side of where the topic is named


@dataclass(frozen=True, slots=True)
class Relevance:
    """What an edit has to do with the topic of its page."""

    names_topic: bool  # the changed words themselves name it, judged in the company of the page
    is_near: bool  # they do, or stand where the page speaks of it, or the page is short


def relevance(
    topics: TopicReader,
    topic_id: str,
    before: Document,
    after: Document,
    organisation: Organisation | None,
    found: Diff,
) -> Relevance:
    """What the edit `found` from `before` to `after` has to do with a topic that either of them meets."""
    changed = topics.changed(found, after.title, (*after.frame, *after.blocks), after.url, organisation)
    names_topic = any(one.words.topic_id == topic_id and one.words.tier == Tier.NAMED for one in changed)
    is_short = max(_count(before), _count(after)) <= LONG_WORDS
    is_headline = normalise(before.title) != normalise(after.title)
    is_near = names_topic or is_short or is_headline or _is_told_anywhere(found)
    return Relevance(names_topic, is_near or _stands_near(topics, topic_id, found))


def _is_told_anywhere(found: Diff) -> bool:
    """A notice of the text's status; or no words at all, so that links or the frame are what changed."""
    changed = _changes(found)
    return not changed or any(says_status(normalise(text)) for text in changed)


def terms_between(before: Document, after: Document, found: Diff) -> frozenset[str]:
    """The few words and links that differ between two versions; empty if they are many."""
    links: list[str] = []
    if not any(_changes(found)):
        old, new = ({link.url for link in document.links} for document in (before, after))
        links = [f"{sign}link {url}" for sign, urls in (("-", old - new), ("+", new - old)) for url in urls]
    # Each page of a site that takes a new name also has its own date of the last change.
    told = [block for block in found.blocks if not all(map(is_date_line, filter(None, (block.before, block.after))))]
    return changed_terms(replace(found, blocks=tuple(told)), (before.title, after.title), links)


def _changes(found: Diff) -> tuple[str, ...]:
    changed = changed_text(found)
    return (*changed.added, *changed.removed)


def _stands_near(topics: TopicReader, topic_id: str, found: Diff) -> bool:
    """Whether any changed block stands within `NEAR_WORDS` of a block that names the topic, before or after."""
    is_named = False
    for side in ("before", "after"):
        shown = [block for block in found.blocks if getattr(block, side)]
        texts = [getattr(block, side) for block in shown]
        ends = list(accumulate(len(words(normalise(text))) for text in texts))
        spoken = [place for place, names in enumerate(topics.mentions(topic_id, texts)) if names]
        touched = [place for place, block in enumerate(shown) if block.op not in (BlockOp.SAME, BlockOp.MOVED)]
        is_named |= bool(spoken)
        if any(_apart(ends, one, other) <= NEAR_WORDS for one in touched for other in spoken):
            return True
    return not is_named  # on topic by its address or its whole: no place to be far from


def _apart(ends: list[int], one: int, other: int) -> int:
    """Words between two blocks of one text."""
    first, last = sorted((one, other))
    return 0 if first == last else (ends[last - 1] - ends[first])


def _count(document: Document) -> int:
    return len(words(normalise(document.text)))
