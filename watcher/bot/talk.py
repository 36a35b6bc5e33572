"""What is asked and what is answered, and the phrases that several answers share."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from watcher.core.errors import FilterError
from watcher.core.filter import Filter, Vocabulary, vocabulary
from watcher.core.model import Buttons
from watcher.pipeline import audience
from watcher.pipeline.watch import Watch
from watcher.render.message import Line, Mark, Span
from watcher.render.words import moment_in_words, shortened, web_address
from watcher.store.changes import Change

_TITLE_MOST = 120

DID = {
    "first": "new", "baseline": "there before", "repeat": "same statement", "edited": "changed",
    "links": "documents changed", "moved": "moved", "missing": "not found", "removed": "taken down",
    "restored": "back again",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Asked:
    """One command or button, and where it was sent."""

    chat: str  # id
    words: str = ""  # after the command
    answered: str | None = None  # id of the message it replies to
    who: str = ""  # name of the sender; kept only with a decision of the maintainers' chat
    is_review_chat: bool = False
    is_private: bool = False  # nobody else reads this chat


@dataclass(frozen=True, slots=True)
class Answer:
    """What is said; `notice` is a word that shows for a moment when a button is pressed."""

    lines: tuple[Line, ...] = ()
    buttons: Buttons = ()
    notice: str = ""
    is_new_keyboard: bool = False  # the buttons take the place of those under the message


def said(*texts: str) -> tuple[Line, ...]:
    """Lines of plain words; a word that begins with / can be tapped."""
    return tuple(tuple(_spans(text)) for text in texts)


def strong(text: str) -> Line:
    """A line that stands out."""
    return (Span(text, Mark.STRONG),)


def _spans(text: str) -> Iterator[Span]:
    for index, word in enumerate(text.split(" ")):
        glue = " " if index else ""
        is_command = word.startswith("/") and word.rstrip(".,:;")[1:].isalpha()
        yield Span(glue + word, Mark.COMMAND if is_command else Mark.NONE)


def told(watch: Watch, change: Change) -> Line:
    """One change on one line: when, who, what, and the way to it."""
    moment = moment_in_words(change.detected_at, watch.configuration.settings.timezone)
    title = shortened(" ".join(change.title.split()), _TITLE_MOST) or "the page"
    address = web_address(change.url)
    return (
        Span(f"• {moment}: "),
        Span(change.organisation, Mark.STRONG),
        Span(f", {DID.get(change.kind.value, change.kind.value)}: "),
        Span(title, Mark.LINK if address else Mark.NONE, address),
        Span(f" ({change.number})"),
    )


def known_names(watch: Watch) -> Vocabulary:
    """What filters may name here."""
    return vocabulary(watch.configuration.organisations)


def wrong(fault: FilterError, text: str) -> tuple[Line, ...]:
    """What is wrong with a filter, with a mark under the column."""
    shown = text[max(0, fault.column - 20) : fault.column + 20]
    return (
        (Span("I could not read this filter: "), Span(str(fault), Mark.STRONG)),
        *([(Span(f"Near: {shown}"),)] if shown.strip() else []),
        *said("How filters are written: /help"),
    )


def alerts_lately(watch: Watch, wanted: Filter) -> list[Change]:
    """Alerts of the last 30 days that a filter lets through, the newest first."""
    return audience.alerts_lately(watch.db, watch.configuration, wanted, watch.now())
