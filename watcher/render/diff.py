"""A comparison as text in one of the formats of `watcher diff`."""

from __future__ import annotations

import json
from dataclasses import asdict

from ..core.markup import one_line
from ..core.model import BlockOp, Diff, DiffBlock
from .html import diff_page
from .plain import marked
from .quote import moved_blocks, paragraphs, pieces
from .telegram import telegram_quotation
from .words import counted

DIFF_FORMATS = ("plain", "telegram", "html", "json")


def render_diff(diff: Diff, format: str, title: str = "Comparison") -> str:
    """`diff` in one of DIFF_FORMATS; ValueError for another.

    plain: changed paragraphs with [-removed-] {+added+}, runs of unchanged ones counted.
    telegram: the changed sentences that fit one message. html: a page of its own, unchanged text
    included. json: one object with `similarity` and `blocks`.
    """
    match format:
        case "plain":
            return _plain(diff)
        case "telegram":
            return telegram_quotation(pieces(diff), moved_blocks(diff)) or "No difference."
        case "html":
            return diff_page(diff, title)
        case "json":
            return json.dumps(asdict(diff))  # in ASCII: controls and lone surrogates stay escaped
        case _:
            raise ValueError(f"unknown format {format!r}: one of {', '.join(DIFF_FORMATS)}")


def _plain(diff: Diff) -> str:
    if all(block.op is BlockOp.SAME for block in diff.blocks):
        return "No difference."
    parts: list[str] = []
    unchanged = 0
    for block in diff.blocks:
        if block.op is BlockOp.SAME:
            unchanged += 1
            continue
        parts += _unchanged(unchanged)
        unchanged = 0
        parts.append(_plain_block(block))
    return "\n\n".join(parts + _unchanged(unchanged))


def _unchanged(count: int) -> list[str]:
    return [f"… {counted(count, 'paragraph')} unchanged …"] if count else []


def _plain_block(block: DiffBlock) -> str:
    words = "\n\n".join("".join(map(marked, runs)).strip() for runs in paragraphs(block))
    if block.op is not BlockOp.MOVED:
        return words
    return f"(moved here) {words or one_line(block.after)}" if block.after else f"(stood here) {one_line(block.before)}"
