"""What one visit means for one document. Pure: values in, a decision out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from watcher.core.compare import compare
from watcher.core.mask import Mask
from watcher.core.model import ChangeKind, Comparison, Document, GoneHow, Tier

# Three misses over a day: a deployment, a cache or a night's maintenance ends sooner (DESIGN section 4).
MISSES_TO_CONFIRM = 3
CONFIRM_AFTER = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Seen:
    """What is known of a document from earlier visits."""

    document_id: int
    version_id: int
    state: str  # present, missing, removed
    document: Document  # its latest version
    extractor: str  # that read it
    tier: Tier = Tier.NONE


@dataclass(frozen=True, slots=True)
class Decision:
    """What the visit was, and why."""

    kind: ChangeKind
    reasons: tuple[str, ...] = ()
    is_silent_edit: bool = False  # the text changed, the page's own date did not

    @property
    def makes_version(self) -> bool:
        """Whether the text that was read is kept as a new version."""
        return self.kind not in (ChangeKind.SAME, ChangeKind.MISSING, ChangeKind.REMOVED)


def decide_read(
    seen: Seen | None,
    document: Document,
    extractor: str,
    *,
    is_baseline: bool,
    has_moved: bool = False,
    mask: Mask | None = None,
) -> Decision:
    """What a text that was read means, given what was seen at the address before.

    Compares with the latest version only: a page that goes A, B, A has changed twice.
    `has_moved`: the address redirected to another one of the same site or organisation.
    """
    if seen is None:
        return Decision(ChangeKind.BASELINE if is_baseline else ChangeKind.FIRST)
    comparison = compare(seen.document, document, mask)
    if seen.state == "removed":
        return Decision(ChangeKind.RESTORED, comparison.reasons, comparison.is_silent)
    if has_moved:
        return Decision(ChangeKind.MOVED, comparison.reasons)
    if comparison.kind != ChangeKind.SAME and seen.extractor != extractor:
        return Decision(ChangeKind.REEXTRACTED, (f"read by {extractor}, before by {seen.extractor}",))
    return _of(comparison)


def decide_gone(seen: Seen | None, how: GoneHow, count: int, since: datetime, now: datetime) -> Decision:
    """What a miss means: suspected at the first, confirmed after three over at least 24 h, told once.

    `count` and `since` include this miss.
    """
    if seen is None or seen.state == "removed":
        return Decision(ChangeKind.SAME)
    if count >= MISSES_TO_CONFIRM and now - since >= CONFIRM_AFTER:
        return Decision(ChangeKind.REMOVED, (f"not found {count} times ({how.value})",))
    if seen.state == "present":
        return Decision(ChangeKind.MISSING, (f"not found ({how.value}); to be confirmed",))
    return Decision(ChangeKind.SAME)


def _of(comparison: Comparison) -> Decision:
    return Decision(comparison.kind, comparison.reasons, comparison.is_silent)
