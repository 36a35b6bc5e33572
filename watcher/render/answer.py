"""What the bot answers: lines of our own words and of pages, as one Telegram message that fits."""

from __future__ import annotations

from collections.abc import Sequence

from ..core.markup import units
from .message import Line
from .telegram import MARKS, MESSAGE_UNITS, line_html, visible
from .words import counted

_RESERVE = 60  # for the line that counts what is left out


def telegram_answer(lines: Sequence[Line]) -> str:
    """The lines as HTML for Telegram, an empty one as a gap; those that don't fit are counted. Never empty."""
    written: list[str] = []
    room, marks = MESSAGE_UNITS - _RESERVE, MARKS
    for index, line in enumerate(lines):
        text = line_html(line)
        room -= units(visible(text)) + 1
        marks -= text.count("</")
        if room < 0 or marks < 0:
            left = sum(1 for rest in lines[index:] if rest)
            return "\n".join([*written, f"And {counted(left, 'more line')}."])
        written.append(text)
    return "\n".join(written).strip() or "…"
