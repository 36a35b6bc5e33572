"""A message for Telegram: HTML parse mode, within its limits, with no word of a page made live.

The limits (Bot API, sendMessage): 4,096 UTF-16 code units after the entities are parsed; of the
entities at most 100 are shown, so at most 90 are used. The page's words stand in a quotation,
which folds itself when it is long; what does not fit is counted and said.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ..core.markup import BREAK, defuse, escaped, one_line, plain_from_html, units
from ..core.model import Alert, BlockOp, Run
from .html import alert_page
from .message import Line, Mark, Message, Span, compose, compose_candidate, left_out, with_quote
from .quote import Piece, Quote, fitting, joined
from .words import web_address

MESSAGE_UNITS = 4096
MARKS = 90
# Left free for "Possible repeat of alert c-…", which is only known when the message is sent
# again, and for the line that counts what is left out.
_RESERVE = 260
_FOLDED_ABOVE = 600  # units; a longer quotation shows three lines until it is opened

_TAGS = {Mark.STRONG: "b", Mark.TITLE: "i"}
_RUN_TAGS = {BlockOp.ADDED: "u", BlockOp.REMOVED: "s"}


def telegram(alert: Alert) -> str:
    """The alert as a Telegram message in HTML; always fits, always parses, never empty."""
    return _written(alert, compose(alert))[0]


def telegram_candidate(alert: Alert) -> str:
    """The message to the maintainers about a text that waits for a person."""
    return _written(alert, compose_candidate(alert))[0]


def attachment(alert: Alert) -> str:
    """The whole comparison as an HTML page, if the message leaves something out; "" if it says it all."""
    quote = _written(alert, compose(alert))[1]
    return alert_page(alert) if quote.added_left_out or quote.removed_left_out else ""


def _written(alert: Alert, message: Message) -> tuple[str, Quote]:
    said = escaped(message.said)
    said = f"<tg-spoiler>{said}</tg-spoiler>" if said and message.note else said
    facts = with_quote([line_html(line) for line in message.facts], said)
    head = [line_html(line) for line in message.head]
    foot = " · ".join([*(_span(span) for span in message.links), f"alert {escaped(message.number)}"])
    while facts and _room(message, head, facts, foot) < 0:
        facts.remove(max(facts, key=len))
    quote = _chosen(alert, message, _room(message, head, facts, foot), _marks("\n".join([*head, *facts, foot])))
    parts = [
        *([f"<b>{escaped(message.note)}</b>"] if message.note else []),
        "\n".join(head),
        *_quotation(quote, bool(message.note)),
        "\n".join([*map(escaped, left_out(quote, len(message.quote), _where_all_is(alert))), *facts, foot]),
    ]
    return "\n\n".join(part for part in parts if part), quote


def _where_all_is(alert: Alert) -> str:
    if web_address(alert.diff_url):
        return " The full comparison has all of it."
    if alert.is_attached:
        return " The attached file has all of it."
    return f" All of it: watcher show {one_line(alert.number)}"


def telegram_quotation(candidates: Sequence[Piece], moved: int) -> str:
    """The changed sentences alone as one message; "" if there is none."""
    quote = replace(fitting(candidates, MESSAGE_UNITS - _RESERVE, MARKS, _size), moved=moved)
    return "\n\n".join([*_quotation(quote, is_covered=False), *left_out(quote, len(candidates), "")])


def _room(message: Message, head: list[str], facts: list[str], foot: str) -> int:
    rest = "\n".join([message.note, "", *head, "", "", *facts, foot])
    return MESSAGE_UNITS - _RESERVE - units(visible(rest))


def visible(markup: str) -> str:
    """What Telegram counts: the text without tags. Addresses behind words don't count, but the
    marks of `plain_from_html` do, so this errs on the safe side by a few units."""
    return plain_from_html(markup.replace("<a ", "<span "))


def _marks(markup: str) -> int:
    return MARKS - markup.count("</") - 3  # note, quotation, spoiler


def _chosen(alert: Alert, message: Message, room: int, marks: int) -> Quote:
    terms = [reason.term for reason in alert.match.reasons] if alert.match is not None else []
    return replace(fitting(message.quote, room, marks, _size, terms), moved=message.moved)


def _size(piece: Piece) -> int:
    return units("".join(_run_texts(piece))) + len("… …\n\n")


def _run_texts(piece: Piece) -> list[str]:
    """The words of each run as shown: parted from their neighbour where both lack a space.

    Without that an address that is spread over two runs would be whole again, and live.
    """
    texts: list[str] = []
    previous: Run | None = None
    for run in piece.runs:
        text = defuse(run.text)
        if previous is not None and not previous.text[-1:].isspace() and not run.text[:1].isspace():
            text = (" " if BlockOp.SAME not in (previous.op, run.op) else BREAK) + text
        elif previous is not None and previous.text.rstrip()[-1:].isdigit():
            text = BREAK + text  # groups of a card number
        texts.append(text)
        previous = run
    return texts


def _quotation(quote: Quote, is_covered: bool) -> list[str]:
    if not quote.pieces:
        return []
    words = "\n\n".join(joined(quote.pieces, _words)).replace("</u> <u>", " ").replace("</s> <s>", " ")
    covered = f"<tg-spoiler>{words}</tg-spoiler>" if is_covered else words
    long = units(visible(words)) > _FOLDED_ABOVE
    return [f"<blockquote{' expandable' if long else ''}>{covered}</blockquote>"]


def _words(piece: Piece) -> str:
    return "".join(_tagged(run, shown) for run, shown in zip(piece.runs, _run_texts(piece), strict=True))


def _tagged(run: Run, shown: str) -> str:
    """`shown` escaped, its inner words in the tag of the run, white space outside."""
    tag = _RUN_TAGS.get(run.op)
    text = shown.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    core = text.strip()
    if tag is None or not core:
        return text
    start = text.index(core)
    return f"{text[:start]}<{tag}>{core}</{tag}>{text[start + len(core) :]}"


def line_html(line: Line) -> str:
    """One line with its marks and links."""
    return "".join(_span(span) for span in line)


def _span(span: Span) -> str:
    if span.mark is Mark.COMMAND:
        return span.text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    text = escaped(one_line(span.text))
    if span.url:
        address = span.url.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;").replace(">", "&gt;")
        return f'<a href="{address}">{text}</a>'
    tag = _TAGS.get(span.mark)
    return f"<{tag}>{text}</{tag}>" if tag and text.strip() else text
