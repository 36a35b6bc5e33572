"""Change to text, per channel. Pure: an `Alert` in, a string out."""

from __future__ import annotations

from collections.abc import Callable

from ..core.model import Alert
from .console import columns, console_line
from .diff import DIFF_FORMATS, render_diff
from .html import alert_page, html
from .message import headline
from .plain import plain
from .telegram import attachment, telegram

RENDERERS: dict[str, Callable[[Alert], str]] = {"console": plain, "plain": plain, "telegram": telegram, "html": html}
"""Format of a channel -> what writes an alert for it."""

__all__ = [
    "DIFF_FORMATS",
    "RENDERERS",
    "alert_page",
    "attachment",
    "columns",
    "console_line",
    "headline",
    "html",
    "plain",
    "render_diff",
    "telegram",
]
