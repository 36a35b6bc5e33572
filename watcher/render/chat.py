"""A message for a chat service in plain words: short, and nothing a page says becomes a link, a name or a ping there.

Services read marks of their own in plain text: Discord and Mattermost [words](address), Slack <!channel>,
most of them @name and bare addresses. A zero-width space parts what would be read so.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from ..core.markup import BREAK, defuse, one_line, printable
from ..core.model import Alert, Run
from .message import Line, Message, Span, compose, headline
from .plain import line_text, written
from .promise import DuePromise, promise_lines
from .quote import Piece
from .summary import summary_lines
from .words import listed, web_address

_ROOM = 1200  # characters of quotation: with the rest most messages stay under the 2,000 that Discord takes at once
_MARKS = re.compile(r"<(?=\S)|\](?=\()|`(?=``)")


def disarm(text: str) -> str:
    """`text` that reads the same and in which no chat service finds anything of its own. Twice is once.

    >>> disarm("<!channel> [here](http://evil.example)").replace(BREAK, "|")
    '<|!channel> [here]|(http:|//|evil.|example)'
    """
    return _MARKS.sub(lambda hit: hit[0] + BREAK, defuse(text))


def chat(alert: Alert) -> str:
    """The alert for a chat service."""
    return written(alert, _disarmed(compose(alert)), _ROOM)


def chat_update(alert: Alert) -> str:
    """What has become of an alert that was told and can't be rewritten: a few lines of their own."""
    lines = [f"Update to alert {alert.number}", disarm(one_line(headline(alert)))]
    if alert.echoes:
        lines.append(disarm(f"Also published by {''.join(listed([echo.organisation for echo in alert.echoes]))}"))
    lines += [disarm(line) for line in alert.later]
    if address := web_address(alert.diff_url) or web_address(alert.url):
        lines.append(f"Page: {address}")
    return printable("\n".join(lines))


def chat_summary(alerts: Sequence[Alert], where_url: str = "") -> str:
    """All `alerts` as lines; a service that can't take so many at once gets them in parts."""
    return printable("\n".join(line_text(_line(line)) for line in summary_lines(alerts, where_url)))


def chat_promise(due: DuePromise) -> str:
    """The message that a promise has fallen due."""
    head, quote, *facts = promise_lines(due)
    address = web_address(due.url)
    told = [line_text(_line(line)) for line in (*head, quote, *facts)]
    return printable("\n".join([*told, *([f"Page: {address}"] if address else [])]))


def _disarmed(message: Message) -> Message:
    return replace(
        message,
        note=disarm(message.note),
        head=tuple(map(_line, message.head)),
        quote=tuple(map(_piece, message.quote)),
        facts=tuple(map(_line, message.facts)),
        said=disarm(message.said),
    )


def _line(line: Line) -> Line:
    return tuple(Span(disarm(span.text), span.mark, span.url) for span in line)


def _piece(piece: Piece) -> Piece:
    return replace(piece, runs=tuple(Run(run.op, disarm(run.text)) for run in piece.runs))
