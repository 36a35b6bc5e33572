"""Many alerts as one message: what a burst is folded into. Nothing is lost: each keeps its number."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ..core.markup import one_line, printable, units
from ..core.model import Alert
from .message import Line, Mark, Span, head
from .plain import line_text
from .telegram import MARKS, MESSAGE_UNITS, line_html, visible
from .words import counted, moment_in_words, shortened, web_address

_RESERVE = 200
_TITLE_MOST = 120


def telegram_summary(alerts: Sequence[Alert], where_url: str = "") -> str:
    """All `alerts` (at least one) as one Telegram message; those that don't fit are counted, with the way to them."""
    lines: list[str] = [line_html(line) for line in _opening(alerts)]
    room = MESSAGE_UNITS - _RESERVE - sum(units(visible(line)) + 1 for line in lines)
    marks = MARKS - 3
    shown = 0
    for alert in alerts:
        written = f"• {line_html(_told(alert))}"
        room -= units(visible(written)) + 1
        marks -= written.count("</")
        if room < 0 or marks < 0:
            break
        lines.append(written)
        shown += 1
    return "\n".join([*lines, *(line_html(line) for line in _rest(alerts, shown, where_url))])


def plain_summary(alerts: Sequence[Alert], where_url: str = "") -> str:
    """All `alerts` as lines of plain text."""
    return printable("\n".join(line_text(line) for line in summary_lines(alerts, where_url)))


def summary_lines(alerts: Sequence[Alert], where_url: str = "") -> list[Line]:
    """All `alerts` as lines before any markup."""
    told: list[Line] = [(Span("- "), *_told(alert)) for alert in alerts]
    return [*_opening(alerts), *told, *_rest(alerts, len(alerts), where_url)]


def _opening(alerts: Sequence[Alert]) -> Iterable[Line]:
    organisations = len({alert.organisation for alert in alerts})
    latest = max(alerts, key=lambda alert: alert.seen_at)
    yield (Span(f"{counted(len(alerts), 'alert')} in one message", Mark.STRONG),)
    seen = moment_in_words(latest.seen_at, latest.timezone)
    yield (Span(f"From {counted(organisations, 'organisation')}, the last seen {seen}"),)
    if any(alert.content_note for alert in alerts):
        yield (Span("Content note: some of them speak of suicide, self-harm or abuse."),)


def _told(alert: Alert) -> Line:
    who, *_ = head(alert)
    title = shortened(one_line(alert.title).strip(), _TITLE_MOST)
    address = web_address(alert.url)
    named = Span(title or "the page", Mark.LINK if address else Mark.NONE, address)
    return (*who, Span(": "), named, Span(f" ({alert.number})"))


def _rest(alerts: Sequence[Alert], shown: int, where_url: str) -> Iterable[Line]:
    left = len(alerts) - shown
    if left:
        span = f"{alerts[shown].number} to {alerts[-1].number}" if left > 1 else alerts[-1].number
        yield (Span(f"And {counted(left, 'more alert')}: {span}"),)
    if address := web_address(where_url):
        yield (Span("All of them", Mark.LINK, address),)
    elif left:
        yield (Span("All of them: watcher changes"),)
