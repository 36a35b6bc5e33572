"""Durations as people write them: "90s", "15m", "2h", "1d", "1w"."""

from __future__ import annotations

import re

_UNITS_S = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}
_DURATION = re.compile(r"(\d+)\s*([smhdw])")


def seconds(text: str) -> int:
    """The duration in seconds, at least 1; ValueError if it is not one.

    >>> seconds("2h")
    7200
    """
    match = _DURATION.fullmatch(text.strip())
    if not match or int(match.group(1)) == 0:
        raise ValueError(f'"{text}" is not a duration: write a whole number and one of s, m, h, d, w, as in "2h"')
    return int(match.group(1)) * _UNITS_S[match.group(2)]
