"""Saved captures of one page, oldest first, to what happened from each to the next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from watcher.core.compare import compare
from watcher.core.mask import Mask
from watcher.core.model import Document, Recipe
from watcher.extract.barrier import find_barrier
from watcher.extract.html import extract_html


@dataclass(frozen=True, slots=True)
class Step:
    """What happened from one capture to the next."""

    change: str  # same, edited, cosmetic, links, unreadable
    reasons: tuple[str, ...] = ()  # for a person
    is_silent: bool = False


def judge(url: str, captures: Sequence[bytes], mask: Mask | None = None) -> list[Step]:
    """One step for each capture after the first, compared with the last one that could be read.

    An outage, login, challenge or empty page is `unreadable`; `same` and `cosmetic` alert nobody.
    """
    steps: list[Step] = []
    last: Document | None = None
    for place, body in enumerate(captures):
        document = extract_html(body, url, Recipe()).documents[0]
        barrier = find_barrier(document, body, last)
        if barrier is not None:
            step = Step("unreadable", (barrier.detail,))
        elif last is None:
            step, last = Step("same", ("the first capture that could be read",)), document
        else:
            comparison = compare(last, document, mask)
            step = Step(comparison.kind.value, comparison.reasons, comparison.is_silent)
            last = document
        if place:
            steps.append(step)
    return steps
