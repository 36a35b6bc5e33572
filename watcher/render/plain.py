"""A message in plain words, for consoles and plain mail: [-removed-] {+added+}, addresses spelled out."""

from __future__ import annotations

from dataclasses import replace

from ..core.markup import one_line
from ..core.model import Alert, BlockOp, Run
from .message import Line, Mark, Span, compose, left_out, position_quote
from .quote import Quote, fitting, joined

_ROOM = 20_000  # characters of quotation; a console or a mail can hold more than a chat


def plain(alert: Alert) -> str:
    """The alert as lines of text without markup; nothing in it steers a terminal."""
    message = compose(alert)
    quote = fitting(message.quote, _ROOM, _ROOM, lambda piece: sum(len(run.text) for run in piece.runs))
    quote = replace(quote, moved=message.moved)
    stance = position_quote(alert)
    facts = [_line(line) for line in message.facts]
    if stance is not None:
        facts.insert(1, f"“{one_line(stance.quote).strip()}”")
    where_all_is = f" All of it: watcher show {one_line(alert.number)}"
    parts = [
        message.note,
        "\n".join(_line(line) for line in message.head),
        quotation(quote),
        "\n".join(
            [
                *left_out(quote, len(message.quote), where_all_is),
                *facts,
                *(f"{span.text}: {span.url}" for span in message.links),
            ]
        ),
        f"Alert {message.number}",
    ]
    return "\n\n".join(part for part in parts if part)


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


def _line(line: Line) -> str:
    return "".join(_span(span) for span in line)


def _span(span: Span) -> str:
    text = one_line(span.text)
    return f"{text} ({span.url})" if span.mark is Mark.LINK and span.url and span.url != text else text
