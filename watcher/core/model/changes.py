"""How two texts of one address differ."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class ChangeKind(StrEnum):
    """What a visit means for a document. SAME and NOT-a-change kinds never reach a reader."""

    BASELINE = "baseline"  # first visit of the source: recorded, silent
    FIRST = "first"
    SAME = "same"
    EDITED = "edited"
    LINKS = "links"  # only documents or links were attached, replaced, detached
    COSMETIC = "cosmetic"
    REEXTRACTED = "reextracted"  # a newer extractor reads other text: recorded, silent
    RESTORED = "restored"
    MISSING = "missing"  # suspected: not found, not yet three times over 24 h
    REMOVED = "removed"
    MOVED = "moved"
    REPEAT = "repeat"  # the same statement at another address


@dataclass(frozen=True, slots=True)
class Comparison:
    """How a later text of one address differs from an earlier one, and why that was decided."""

    kind: ChangeKind  # SAME, EDITED, LINKS or COSMETIC
    reasons: tuple[str, ...] = ()  # for a person: "headline changed", "a date changed", …
    is_silent: bool = False  # the text changed, the page's own date did not


class BlockOp(StrEnum):
    """What happened to one block of text."""

    SAME = "same"
    ADDED = "added"
    REMOVED = "removed"
    EDITED = "edited"
    MOVED = "moved"


@dataclass(frozen=True, slots=True)
class Run:
    """Neighbouring words of one block that share a fate: SAME, ADDED or REMOVED."""

    op: BlockOp
    text: str


@dataclass(frozen=True, slots=True)
class DiffBlock:
    """One block before and after; `words` spells out an EDITED one."""

    op: BlockOp
    before: str = ""
    after: str = ""
    words: tuple[Run, ...] = ()


@dataclass(frozen=True, slots=True)
class Diff:
    """Two texts, block by block, in the order a reader meets them."""

    blocks: tuple[DiffBlock, ...]
    similarity: float = 1.0  # share of words that stayed, 0 to 1
