"""Which addresses an index is allowed to name."""

from __future__ import annotations

import re
from functools import lru_cache

from watcher.core.model import Recipe


@lru_cache(maxsize=512)
def _pattern(expression: str) -> re.Pattern[str] | None:
    try:
        return re.compile(expression)
    except re.error:  # the configuration was checked when it was read; a broken one ignores nothing
        return None


def is_ignored(url: str, recipe: Recipe) -> bool:
    """Whether one of the recipe's `ignore` expressions is found in `url`."""
    return any(pattern.search(url) for expression in recipe.ignore if (pattern := _pattern(expression)))
