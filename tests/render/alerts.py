"""Alerts about made-up organisations, and diffs made by hand, for the tests of what people read."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime
from difflib import SequenceMatcher
from typing import Any

from watcher.core.model import (
    Alert,
    ArchivedCopy,
    BlockOp,
    ChangeKind,
    Comparison,
    Diff,
    DiffBlock,
    Match,
    Reason,
    Run,
    Stance,
    Tier,
)

SAME, ADDED, REMOVED = BlockOp.SAME, BlockOp.ADDED, BlockOp.REMOVED


def block(*parts: tuple[BlockOp, str]) -> DiffBlock:
    """An edited block made of its runs."""
    runs = tuple(Run(op, text) for op, text in parts)
    before = "".join(run.text for run in runs if run.op is not ADDED)
    after = "".join(run.text for run in runs if run.op is not REMOVED)
    return DiffBlock(BlockOp.EDITED, before, after, runs)


def word_diff(before: list[str], after: list[str]) -> Diff:
    """A plain comparison of paragraphs at the same place, word by word: enough to test what is rendered."""
    blocks: list[DiffBlock] = []
    for old, new in zip(before, after, strict=False):
        blocks.append(DiffBlock(SAME, old, new) if old == new else block(*_words(old, new)))
    blocks += [DiffBlock(REMOVED, before=text) for text in before[len(after) :]]
    blocks += [DiffBlock(ADDED, after=text) for text in after[len(before) :]]
    return Diff(tuple(blocks))


def _words(before: str, after: str) -> list[tuple[BlockOp, str]]:
    old, new = (re.findall(r"\S+\s*|^\s+", text) for text in (before, after))
    parts: list[tuple[BlockOp, str]] = []
    for op, i, j, k, m in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if op == "equal":
            parts.append((SAME, "".join(old[i:j])))
        else:
            parts += [(what, text) for what, text in ((REMOVED, "".join(old[i:j])), (ADDED, "".join(new[k:m]))) if text]
    return parts


EDIT = Diff(
    (
        DiffBlock(SAME, "Our services", "Our services"),
        block(
            (SAME, "We wrote to all patients in May. The trust has "),
            (REMOVED, "paused "),
            (ADDED, "ended "),
            (SAME, "its SIM team "),
            (REMOVED, "while "),
            (ADDED, "after "),
            (SAME, "a review by our medical director"),
            (REMOVED, " is completed"),
            (SAME, ". Questions go to the board."),
        ),
    )
)
NAMED = Match(
    "sim",
    Tier.NAMED,
    1.0,
    (Reason("Serenity Integrated Mentoring", "…"),),
    (Stance("ended", "The trust has ended its SIM team"),),
)
SEEN_AT = datetime(2026, 6, 12, 13, 5, tzinfo=UTC)


def an_alert(**fields: Any) -> Alert:
    """An edit by Northmoor Care Trust, with any field replaced."""
    edit = Alert(
        number="c-1042",
        kind=ChangeKind.EDITED,
        organisation="Northmoor Care Trust",
        title="An update for patients and carers",
        url="https://northmoor.example/news/update?id=1&lang=en",
        topic="Serenity Integrated Mentoring",
        topic_short="SIM",
        seen_at=SEEN_AT,
        match=NAMED,
        comparison=Comparison(ChangeKind.EDITED, ("2 sentences changed",), is_silent=True),
        diff=EDIT,
        published_on=date(2021, 6, 8),
        stances_before=(Stance("paused", "The trust has paused its SIM team"),),
        archived_copy=ArchivedCopy("https://archive.example/1", SEEN_AT),
    )
    return replace(edit, **fields)
