"""JSON as it is found, to Python values."""

from __future__ import annotations

import json
from typing import Any

from watcher.core.errors import ExtractError
from watcher.core.model import FailedKind


def read_json(body: bytes, charset: str | None) -> Any:
    """What `body` says. Raises ExtractError if it is empty, no JSON, or nested deeper than Python reads."""
    text = _text(body, charset)
    if not text.strip():
        raise ExtractError("empty body: the server sent nothing to read", FailedKind.EMPTY)
    try:
        return json.loads(text)
    except RecursionError as fault:
        raise ExtractError("this JSON is nested too deeply to be read", FailedKind.TOO_LARGE) from fault
    except ValueError as fault:
        is_html = text.lstrip()[:1] == "<"
        hint = "it is HTML or XML; check the address, or the source's kind" if is_html else str(fault)
        raise ExtractError(f"this is no JSON: {hint}") from fault


def _text(body: bytes, charset: str | None) -> str:
    for name in ("utf-8-sig", json.detect_encoding(body), charset):
        try:
            return body.decode(name) if name else body.decode("utf-8", "replace")
        except (UnicodeDecodeError, LookupError, ValueError):
            continue
    return body.decode("utf-8", "replace")
