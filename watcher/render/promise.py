"""The message that a promise has fallen due: a fact, and no reproach."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from ..core.markup import one_line, printable
from .message import Line, Mark, Span
from .plain import line_text
from .telegram import line_html
from .words import day_in_words, shortened, web_address

_QUOTE_MOST, _TITLE_MOST, _NAME_MOST = 600, 300, 120


@dataclass(frozen=True, slots=True)
class DuePromise:
    """All that the message says."""

    organisation: str
    title: str
    url: str
    quote: str
    due_until: date
    said_on: date  # when it was first seen
    note: str = ""  # content note: "speaks of self-harm"
    is_there: bool = True  # whether the page can still be read
    later_titles: tuple[str, ...] = ()  # what the organisation has published on the topic since


def promise_headline(due: DuePromise) -> str:
    """Whose promise, and that its day has passed; for a subject."""
    return f"Promise due: {due.organisation}, {day_in_words(due.due_until)}"


def promise_plain(due: DuePromise) -> str:
    """The message as lines of text."""
    head, quote, *facts = promise_lines(due)
    address = web_address(due.url)
    told = [*(line_text(line) for line in facts), *([f"Page: {address}"] if address else [])]
    return printable("\n\n".join(["\n".join(map(line_text, head)), f"  {line_text(quote)}", "\n".join(told)]))


def promise_telegram(due: DuePromise) -> str:
    """The message in Telegram's HTML; always fits, for every part is bounded."""
    head, quote, *facts = promise_lines(due)
    address = web_address(due.url)
    told = [line_html(line) for line in facts]
    told += [line_html((Span("Page", Mark.LINK, address),))] if address else []
    parts = ["\n".join(map(line_html, head)), f"<blockquote>{line_html(quote)}</blockquote>", "\n".join(told)]
    return "\n\n".join(parts)


def promise_lines(due: DuePromise) -> tuple[tuple[Line, ...], Line, Line, Line]:
    """The parts of the message before any markup: the head, the quote, its dates, and how it stands."""
    name = shortened(due.organisation, _NAME_MOST)
    title = shortened(one_line(due.title).strip(), _TITLE_MOST)
    note: tuple[Line, ...] = ((Span(f"Content note: {due.note}.", Mark.STRONG),),) if due.note else ()
    head: tuple[Line, ...] = (
        *note,
        (Span(name, Mark.STRONG), Span(" announced something for a time that has now passed")),
        *(((Span(title, Mark.TITLE),),) if title else ()),
    )
    quote = (Span(f"“{shortened(one_line(due.quote).strip(), _QUOTE_MOST)}”"),)
    until = (Span(f"Due by {day_in_words(due.due_until)}; first seen here {day_in_words(due.said_on)}"),)
    stands = "The page still says so" if due.is_there else "The page has been taken down since"
    if due.later_titles:
        titles = "; ".join(shortened(one_line(one).strip(), 100) for one in due.later_titles[:3])
        since = (Span(f"{stands}. Published on the topic since then: {titles}"),)
    else:
        since = (Span(f"{stands}, and nothing newer on the topic has been seen from them."),)
    return head, quote, until, since
