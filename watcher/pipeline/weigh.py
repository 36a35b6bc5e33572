"""What a text that was read means, weighed against what the page is known to change by itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from watcher.core.decide import Decision, Seen, decide_read
from watcher.core.mask import Mask
from watcher.core.model import ChangeKind, Document, Tier
from watcher.pipeline.cycle import Cycle, Visit
from watcher.pipeline.recognise import match_document
from watcher.pipeline.second_look import NO_NOISE, noise_of_flips, noise_of_looks, without_noise
from watcher.pipeline.watch import Watch
from watcher.store import noise as noise_store

DOUBTED = frozenset({ChangeKind.EDITED, ChangeKind.LINKS})
"""Decisions that the page's own noise can bring about."""


@dataclass(frozen=True, slots=True)
class Look:
    """One text that was read, and what was known of it."""

    visit: Visit
    document: Document
    extractor: str
    seen: Seen | None
    is_baseline: bool
    has_moved: bool


@dataclass(frozen=True, slots=True)
class Learnt:
    """Noise that was found on the way, and how."""

    mask: Mask
    how: str  # "two looks" or "flips"


@dataclass(frozen=True, slots=True)
class Weighed:
    """The decision, and what was learnt in making it."""

    decision: Decision
    mask: Mask = NO_NOISE  # in force
    learnt: tuple[Learnt, ...] = ()


def weigh(watch: Watch, cycle: Cycle, look: Look) -> Weighed:
    """The decision on a text; an edit stands only if something of it is left without the page's noise."""
    seen = look.seen
    if seen is None:
        return Weighed(_decide(look, NO_NOISE))
    mask = noise_store.mask_of(watch.db, look.visit.source.id, seen.document_id)
    weighed = Weighed(_decide(look, mask), mask)
    second = cycle.looked_twice.get(look.visit.check.id)
    ways: list[tuple[str, Callable[[], Mask]]] = [("flips", lambda: noise_of_flips(watch, seen, look.document))]
    if second is not None:
        ways.insert(0, ("two looks", lambda: noise_of_looks(watch, seen, look.document, second)))
    for how, find in ways:
        if weighed.decision.kind not in DOUBTED:
            break
        new = find().without(*mask.blocks, *mask.links, *noise_store.undone_of(watch.db, look.visit.source.id))
        if new != NO_NOISE:
            mask = mask.merge(new)
            weighed = Weighed(_decide(look, mask), mask, (*weighed.learnt, Learnt(new, how)))
    return weighed


def needs_second_look(watch: Watch, cycle: Cycle, look: Look, decision: Decision) -> bool:
    """Whether somebody would be told of this edit and the page was read only once in this cycle."""
    if decision.kind not in DOUBTED or look.visit.check.id in cycle.looked_twice:
        return False
    was_on_topic = look.seen is not None and look.seen.tier != Tier.NONE
    return was_on_topic or bool(match_document(watch, look.document, look.visit.organisation))


def _decide(look: Look, mask: Mask) -> Decision:
    seen = look.seen
    return decide_read(
        replace(seen, document=without_noise(seen.document, mask)) if seen else None,
        without_noise(look.document, mask),
        look.extractor,
        is_baseline=look.is_baseline,
        has_moved=look.has_moved,
        mask=mask,
    )
