"""Change to text, per channel. Pure: an `Alert` in, a string out."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ..core.model import Alert
from .answer import telegram_answer
from .chat import chat, chat_promise, chat_summary, chat_update
from .console import columns, console_line
from .diff import DIFF_FORMATS, render_diff
from .html import alert_page, html
from .message import headline
from .plain import plain, plain_candidate
from .promise import DuePromise, promise_plain, promise_telegram
from .summary import plain_summary, telegram_summary
from .telegram import attachment, telegram, telegram_candidate
from .webhook import webhook, webhook_promise, webhook_summary, webhook_update

RENDERERS: dict[str, Callable[[Alert], str]] = {
    "apprise": chat,
    "console": plain,
    "html": html,
    "plain": plain,
    "telegram": telegram,
    "webhook": webhook,
}
"""Format of a channel -> what writes an alert for it."""

UPDATES: dict[str, Callable[[Alert], str]] = RENDERERS | {"apprise": chat_update, "webhook": webhook_update}
"""Format of a channel -> what writes an alert that was told before, as it stands now."""

SUMMARIES: dict[str, Callable[[Sequence[Alert], str], str]] = {
    "apprise": chat_summary,
    "console": plain_summary,
    "plain": plain_summary,
    "telegram": telegram_summary,
    "webhook": webhook_summary,
}
"""Format of a channel -> what folds many alerts into one message; the second argument is where all are shown."""

PROMISES: dict[str, Callable[[DuePromise], str]] = {
    "apprise": chat_promise,
    "console": promise_plain,
    "plain": promise_plain,
    "telegram": promise_telegram,
    "webhook": webhook_promise,
}
"""Format of a channel -> what tells that a promise has fallen due."""

CANDIDATES: dict[str, Callable[[Alert], str]] = {
    "console": plain_candidate,
    "plain": plain_candidate,
    "telegram": telegram_candidate,
}
"""Format of a channel -> what tells maintainers of a text that waits for a person."""

__all__ = [
    "CANDIDATES",
    "DIFF_FORMATS",
    "PROMISES",
    "RENDERERS",
    "SUMMARIES",
    "UPDATES",
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
