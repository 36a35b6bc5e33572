"""TDLib as the judge of every message: what Telegram itself would parse, count and make clickable."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import tdjson

_UNITS = 4096
_ENTITIES = 100
# What may be found in our own words without harm; a timestamp does nothing outside a media caption.
_HARMLESS = {"textEntityTypeMediaTimestamp"}


@dataclass(frozen=True)
class Span:
    """A marked stretch of a parsed message."""

    kind: str  # TDLib's name without "textEntityType"
    text: str
    url: str = ""


@dataclass(frozen=True)
class Parsed:
    text: str
    spans: tuple[Span, ...]

    def of(self, kind: str) -> list[str]:
        return [span.text for span in self.spans if span.kind == kind]


class NotParsedError(AssertionError):
    """Telegram would refuse the message."""


def _ask(kind: str, **fields: Any) -> dict[str, Any]:
    answer = tdjson.td_execute(json.dumps({"@type": kind, **fields}).encode())
    assert answer is not None
    return json.loads(answer)  # type: ignore[no-any-return]


_ask("setLogVerbosityLevel", new_verbosity_level=0)


def _slice(text: str, entity: dict[str, Any]) -> str:
    start, length = entity["offset"], entity["length"]
    return text.encode("utf-16-le")[2 * start : 2 * (start + length)].decode("utf-16-le")


def clickable(text: str) -> list[str]:
    """What Telegram would make clickable in `text` by itself."""
    found = _ask("getTextEntities", text=text)["entities"]
    return [_slice(text, entity) for entity in found if entity["type"]["@type"] not in _HARMLESS]


def parse(message: str) -> Parsed:
    """The message as Telegram parses it."""
    answer = _ask("parseTextEntities", text=message, parse_mode={"@type": "textParseModeHTML"})
    if answer["@type"] == "error":
        raise NotParsedError(f"{answer['message']}: {message[:500]!r}")
    text = answer["text"]
    spans = tuple(
        Span(
            entity["type"]["@type"].removeprefix("textEntityType"), _slice(text, entity), entity["type"].get("url", "")
        )
        for entity in answer["entities"]
    )
    return Parsed(text, spans)


def accepted(message: str, commands: Collection[str] = ()) -> Parsed:
    """The parsed message, after asserting that it fits, shows all its marks, and has nothing live but our links.

    `commands` of the bot may be live: "/help".
    """
    parsed = parse(message)
    units = len(parsed.text.encode("utf-16-le")) // 2
    assert 0 < units <= _UNITS, f"{units} code units"
    assert len(parsed.spans) <= _ENTITIES, f"{len(parsed.spans)} entities"
    assert parsed.text.strip()
    live = [text for text in clickable(parsed.text) if text not in commands]
    assert not live, f"clickable by itself: {live}"
    for span in parsed.spans:
        assert span.kind != "TextUrl" or span.url.startswith(("https://", "http://")), span
        assert span.kind in {
            "Bold", "Italic", "Underline", "Strikethrough", "Spoiler", "BlockQuote", "ExpandableBlockQuote", "TextUrl",
        }, span  # fmt: skip
    return parsed
