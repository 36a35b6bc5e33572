"""A message in plain words, for consoles and plain mail: [-removed-] {+added+}, addresses spelled out."""

from __future__ import annotations

from dataclasses import replace

from ..core.markup import one_line, printable
from ..core.model import Alert, BlockOp, Run
from .message import Line, Mark, Message, Span, compose, compose_candidate, left_out, with_quote
from .quote import Quote, fitting, joined

_ROOM = 20_000  # characters of quotation; a console or a mail can hold more than a chat


def plain(alert: Alert) -> str:
    """The alert as lines of text without markup; nothing in it steers a terminal."""
    return written(alert, compose(alert))


def plain_candidate(alert: Alert) -> str:
    """The message to the maintainers about a text that waits for a person."""
    return written(alert, compose_candidate(alert))


def written(alert: Alert, message: Message, room: int = _ROOM) -> str:
    """The parts of a message in plain words, with at most `room` characters of quotation."""
    quote = fitting(message.quote, room, room, lambda piece: sum(len(run.text) for run in piece.runs))
    quote = replace(quote, moved=message.moved)
    where_all_is = f" All of it: watcher show {one_line(alert.number)}"
    told = [
        *left_out(quote, len(message.quote), where_all_is),
        *with_quote([line_text(line) for line in message.facts], message.said),
        *(f"{span.text}: {span.url}" for span in message.links),
    ]
    parts = [
        message.note,
        "\n".join(line_text(line) for line in message.head),
        quotation(quote),
        "\n".join(told),
        f"Alert {message.number}",
    ]
    return printable("\n\n".join(part for part in parts if part))


def quotation(quote: Quote) -> str:
    """The quoted sentences, blocks parted by an empty line, left-out sentences by an ellipsis."""
    blocks = joined(quote.pieces, lambda piece: "".join(marked(run) for run in piece.runs))
    return "\n\n".join(f"  {block}" for block in blocks)


def marked(run: Run) -> str:
    """The words of `run`, in [-…-] if they went and {+…+} if they came; white space outside."""
    text = one_line(run.text)
    core = text.strip()
    if run.op is BlockOp.SAME or not core:
        return text
    start = text.index(core)
    opened, closed = ("[-", "-]") if run.op is BlockOp.REMOVED else ("{+", "+}")
    return f"{text[:start]}{opened}{core}{closed}{text[start + len(core) :]}"


def line_text(line: Line) -> str:
    """One line, addresses in brackets after their words."""
    return "".join(_span(span) for span in line)


def _span(span: Span) -> str:
    text = one_line(span.text)
    return f"{text} ({span.url})" if span.mark is Mark.LINK and span.url and span.url != text else text
