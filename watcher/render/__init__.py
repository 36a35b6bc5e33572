"""Change to text, per channel. Pure: an `Alert` in, a string out."""

from __future__ import annotations

from collections.abc import Callable

from ..core.model import Alert
from .message import headline
from .plain import plain
from .telegram import telegram

RENDERERS: dict[str, Callable[[Alert], str]] = {"console": plain, "plain": plain, "telegram": telegram}
"""Format of a channel -> what writes an alert for it."""

__all__ = ["RENDERERS", "headline", "plain", "telegram"]
