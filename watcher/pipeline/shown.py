"""What a message quotes of a text: its sentences on the topic, what an edit changed, what a copy words otherwise."""

from __future__ import annotations

import re

from watcher.core.changed import summary
from watcher.core.dedup import deviations
from watcher.core.diff import diff
from watcher.core.model import BlockOp, Diff, DiffBlock, Document, Match
from watcher.core.notices import says_status
from watcher.core.text import normalise, sentences, words

_MOST = 3
_DATE_WORDS = 6  # "Published on Tuesday 2 June 2026"
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")


def whole_diff(before: Document, after: Document) -> Diff:
    """The main texts compared, with notices that were put over them or taken away.

    A banner like "this statement has been withdrawn" stands in the frame, outside the main text.
    """
    return diff((*_notices(before, after), *before.blocks), (*_notices(after, before), *after.blocks))


def excerpt(match: Match | None, document: Document) -> tuple[str, ...]:
    """The sentences that best say what a text is: those of its position, then those that matched.

    The headline is left out: every message shows it anyway.
    """
    if match is None:
        return ()
    title = normalise(document.title)
    found: list[str] = []
    for text in (*(stance.quote for stance in match.stances), *(reason.excerpt for reason in match.reasons)):
        said = normalise(text)
        if said and said not in title and not any(said in normalise(other) for other in found):
            found = [other for other in found if normalise(other) not in said] + [text]
    return tuple(found[:_MOST])


def deviation(first: Document, other: Document) -> str:
    """What a copy words otherwise: "with its own opening sentence"; "" if it is word for word."""
    found = deviations(_statement(first), _statement(other))
    changed = [block for block in found.blocks if block.op is not BlockOp.SAME]
    if not changed:
        return ""
    if len(changed) == 1 and changed[0].op is BlockOp.ADDED:
        what = "sentence" if len(sentences(changed[0].after)) == 1 else "paragraph"
        place = _place(found.blocks, changed[0])
        if place:
            return f"with its own {place} {what}"
    return f"with {summary(found)}"


def _place(blocks: tuple[DiffBlock, ...], block: DiffBlock) -> str:
    return "opening" if block is blocks[0] else "closing" if block is blocks[-1] else ""


def _statement(document: Document) -> str:
    """The main text without its headline and the lines that only date it: each publisher has its own."""
    title = normalise(document.title)
    return "\n\n".join(block for block in document.blocks if normalise(block) != title and not is_date_line(block))


def is_date_line(block: str) -> bool:
    """Whether a block only dates its text: "Last updated 12 June 2026"."""
    is_short = len(words(normalise(block))) <= _DATE_WORDS
    return is_short and bool(_YEAR.search(block)) and not block.rstrip().endswith(".")


def _notices(document: Document, other: Document) -> list[str]:
    """Lines of the frame that say where the text stands, and that the other capture shows nowhere."""
    known = {normalise(line) for line in (*other.frame, *other.blocks, *other.rest)}
    return [line for line in document.frame if says_status(normalise(line)) and normalise(line) not in known]
