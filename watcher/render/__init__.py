"""Change to text, per channel. Pure: an `Alert` in, a string out."""

from __future__ import annotations

from collections.abc import Callable

from ..core.model import Alert
from .answer import telegram_answer
from .console import columns, console_line
from .diff import DIFF_FORMATS, render_diff
from .html import alert_page, html
from .message import headline
from .plain import plain, plain_candidate
from .summary import SUMMARIES
from .telegram import attachment, telegram, telegram_candidate

RENDERERS: dict[str, Callable[[Alert], str]] = {"console": plain, "plain": plain, "telegram": telegram, "html": html}
"""Format of a channel -> what writes an alert for it."""

CANDIDATES: dict[str, Callable[[Alert], str]] = {
    "console": plain_candidate,
    "plain": plain_candidate,
    "telegram": telegram_candidate,
}
"""Format of a channel -> what tells maintainers of a text that waits for a person."""

__all__ = [
    "CANDIDATES",
    "DIFF_FORMATS",
    "RENDERERS",
    "SUMMARIES",
    "alert_page",
    "attachment",
    "columns",
    "console_line",
    "headline",
    "html",
    "plain",
    "render_diff",
    "telegram",
    "telegram_answer",
]
