"""What a message about one change says, before any channel's markup: `compose` makes it once for all."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from ..core.markup import one_line
from ..core.model import Alert, ChangeKind, Echo, Link, Stance
from .quote import Piece, Quote, moved_blocks, pieces, plain_pieces
from .words import (
    STANCES,
    counted,
    day_in_words,
    gone_in_words,
    listed,
    moment_in_words,
    same_site,
    shortened,
    span_in_words,
    times,
    web_address,
)

_TITLE_MOST = 300
_NAME_MOST = 120
_QUOTE_MOST = 300
_TERMS_MOST = 3
_RULES_MOST = 6
_LINKS_MOST = 5
_LATER_MOST = 5
_DEVIATIONS_MOST = 6


class Mark(StrEnum):
    """How a span of words stands out."""

    NONE = ""
    STRONG = "strong"
    TITLE = "title"
    LINK = "link"
    COMMAND = "command"  # of the bot, to be tapped: our own words, never a page's


@dataclass(frozen=True, slots=True)
class Span:
    """Words of one look; `url` for a link. The text is raw: each channel escapes it."""

    text: str
    mark: Mark = Mark.NONE
    url: str = ""


Line = tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Message:
    """The parts of a message, in the order in which they are read."""

    note: str  # content note; "" if none is needed
    head: tuple[Line, ...]  # who did what, and the title
    quote: tuple[Piece, ...]  # the page's own words
    moved: int  # blocks that only changed their place
    facts: tuple[Line, ...]  # position, silent edit, dates, why
    said: str  # the sentence that states the position, if the quotation does not hold it; goes after the first fact
    links: tuple[Span, ...]
    number: str


def compose(alert: Alert) -> Message:
    """Everything a reader is told about `alert`; nothing is cut yet but titles and names of unusual length."""
    quoted = pieces(alert.diff) if alert.diff is not None else plain_pieces(alert.excerpt)
    return Message(
        note=f"Content note: {shortened(alert.content_note, _NAME_MOST)}." if alert.content_note else "",
        head=head(alert),
        quote=tuple(quoted),
        moved=moved_blocks(alert.diff) if alert.diff is not None else 0,
        facts=tuple(_facts(alert)),
        said=_position_quote(alert),
        links=tuple(_links(alert)),
        number=alert.number,
    )


def compose_candidate(alert: Alert) -> Message:
    """What maintainers are told about a text that may describe the practice under another name, or barely names it."""
    reasons = alert.match.reasons if alert.match is not None else ()
    told = dict.fromkeys(shortened(one_line(reason.term).strip(), 120) for reason in reasons)
    listed = "; ".join(list(told)[:_RULES_MOST])
    names = f"Names no scheme. Describes: {listed}" if told else "Names no scheme."
    if alert.is_weak and alert.match is not None:
        names = f"Perhaps names the topic, by little (score {alert.match.score * 100:.0f} of 100): {listed}"
    excerpts = dict.fromkeys(one_line(reason.excerpt).strip() for reason in reasons)
    title = shortened(one_line(alert.title).strip(), _TITLE_MOST)
    lead = (Span("Candidate, not published", Mark.STRONG), Span(f": {shortened(alert.organisation, _NAME_MOST)}"))
    message = compose(alert)
    return replace(
        message,
        head=(lead, *(((Span(title, Mark.TITLE),),) if title else ())),
        quote=tuple(plain_pieces(alert.excerpt or excerpts)),
        moved=0,
        facts=((Span(names),), (Span(f"Seen {moment_in_words(alert.seen_at, alert.timezone)}"),), *_later(alert)),
        said="",
    )


def with_quote(facts: list[str], said: str) -> list[str]:
    """The written `facts`, the quote of the position after the first of them."""
    return [*facts[:1], said, *facts[1:]] if said else facts


def left_out(quote: Quote, candidates: int, where_all_is: str) -> list[str]:
    """What a message does not show of its quotation: lines of words, none if it shows all of it."""
    counts = [
        counted(count, f"{what} word")
        for count, what in ((quote.added_left_out, "added"), (quote.removed_left_out, "removed"))
        if count
    ]
    if not counts and len(quote.pieces) < candidates:
        counts = [counted(candidates - len(quote.pieces), "quoted sentence")]
    lines = [f"Not shown here: {' and '.join(counts)}.{where_all_is}"] if counts else []
    if quote.moved:
        lines.append(f"{counted(quote.moved, 'paragraph')} moved, unchanged")
    return lines


def headline(alert: Alert) -> str:
    """Who did what and the title on one line, for a subject or a summary; not escaped."""
    return ": ".join("".join(span.text for span in line) for line in head(alert) if line)


_DID: dict[ChangeKind, str] = {
    ChangeKind.FIRST: "published a statement",
    ChangeKind.BASELINE: "published a statement",
    ChangeKind.EDITED: "changed its statement",
    ChangeKind.COSMETIC: "changed its statement, in form only",
    ChangeKind.REEXTRACTED: "is read anew; its statement is the same",
    ChangeKind.SAME: "has not changed its statement",
    ChangeKind.LINKS: "changed the documents or links of its statement",
    ChangeKind.REPEAT: "published the same statement",
    ChangeKind.MOVED: "moved its statement to another address",
    ChangeKind.MISSING: "may have taken its statement down: not yet certain",
    ChangeKind.REMOVED: "took its statement down",
    ChangeKind.RESTORED: "put its statement back",
}


_ABSENT = (ChangeKind.MISSING, ChangeKind.REMOVED)


def head(alert: Alert) -> tuple[Line, ...]:
    """Who did what, and the title if there is one: one or two lines."""
    names = list(dict.fromkeys([alert.organisation, *alert.publishers, *(echo.organisation for echo in alert.echoes)]))
    did = _DID[alert.kind]
    if len(names) > 1 and alert.kind in (ChangeKind.FIRST, ChangeKind.REPEAT):
        did = "published the same statement"
    else:
        names = names[:1]
    parts = listed([shortened(name, _NAME_MOST) for name in names])
    who = tuple(Span(part, Mark.STRONG if index % 2 == 0 else Mark.NONE) for index, part in enumerate(parts))
    title = shortened(" ".join(alert.title.split()), _TITLE_MOST)
    return ((*who, Span(f" {did}")), *(((Span(title, Mark.TITLE),),) if title else ()))


def _facts(alert: Alert) -> Iterator[Line]:
    yield from _position(alert)
    yield from _whereabouts(alert)
    yield from _documents("Attached or linked now", alert.links_added, alert.url)
    yield from _documents("No longer attached or linked", alert.links_removed, alert.url)
    yield from _echoes(alert)
    if alert.comparison is not None and alert.comparison.is_silent:
        stated = alert.modified_on or alert.published_on
        yield (Span("Edited without a new date" + (f": the page still says {day_in_words(stated)}" if stated else "")),)
    elif alert.published_on:
        yield (Span(f"Dated {day_in_words(alert.published_on)}"),)
    yield _seen(alert)
    for warning in (*([alert.tls_note] if alert.tls_note else []), *alert.warnings[:3]):
        yield (Span(f"Note: {shortened(warning, _QUOTE_MOST)}"),)
    yield from _later(alert)


def _later(alert: Alert) -> Iterator[Line]:
    for line in alert.later[-_LATER_MOST:]:
        yield (Span(shortened(line, _QUOTE_MOST), Mark.STRONG),)


def _position(alert: Alert) -> Iterator[Line]:
    topic = alert.topic_short or alert.topic
    now = alert.match.stances[0] if alert.match is not None and alert.match.stances else None
    before = alert.stances_before[0] if alert.stances_before else None
    trust = " · confirmed by a person" if alert.position_is_confirmed else " · read by machine, not yet confirmed"
    if alert.kind in _ABSENT:
        if (last := now or before) is not None:
            yield (Span("Its last stated position: "), Span(_short(last), Mark.STRONG), Span(f" · {topic}{trust}"))
        return
    if now is None:
        if before is not None and alert.kind is ChangeKind.EDITED:
            yield (Span(f"No longer states its position on {topic} (before: {_short(before)}){trust}"),)
        return
    lead, strong, glue, _ = STANCES.get(now.stance, ("Position: ", now.stance, " · ", now.stance))
    still = before is not None and before.stance == now.stance and lead.startswith("Says")
    history = ""
    if before is not None and before.stance != now.stance:
        history = f" (before: {_short(before)})"
    if alert.softened:
        history += " · softer than before"
    lead = f"Still {lead[0].lower()}{lead[1:]}" if still else lead
    yield (Span(lead), Span(strong, Mark.STRONG), Span(f"{glue}{topic}{history}{trust}"))


def _short(stance: Stance) -> str:
    return STANCES[stance.stance][3] if stance.stance in STANCES else stance.stance


def _position_quote(alert: Alert) -> str:
    if alert.kind in _ABSENT or alert.match is None or not alert.match.stances:
        return ""
    sentence = one_line(alert.match.stances[0].quote).strip()
    shown = [block.after for block in alert.diff.blocks] if alert.diff else []
    known = any(sentence.casefold() in one_line(text).casefold() for text in (*shown, *alert.excerpt))
    return "" if known or not sentence else f"“{shortened(sentence, _QUOTE_MOST)}”"


def _whereabouts(alert: Alert) -> Iterator[Line]:
    since = moment_in_words(alert.missing_since, alert.timezone) if alert.missing_since else ""
    how = gone_in_words(alert.gone_how)
    how = f" ({how})" if how else ""
    match alert.kind:
        case ChangeKind.REMOVED | ChangeKind.MISSING:
            length = span_in_words(alert.seen_at - alert.missing_since) if alert.missing_since else ""
            tries = f", {times(alert.misses)}" if alert.misses else ""
            over = f" over {length}" if alert.misses > 1 and length else ""
            yield (Span(f"Not found{f' since {since}' if since else ''}{tries}{over}{how}. The site itself answers."),)
            if alert.kind is ChangeKind.MISSING:
                yield (Span("It is looked for again before it counts as taken down."),)
            else:
                yield (Span("Its last text and captures are kept."),)
        case ChangeKind.RESTORED:
            gone = f", after it could not be found since {since}{how}" if since else ""
            yield (Span(f"It can be read again{gone}."),)
        case ChangeKind.MOVED if alert.moved_to:
            address = web_address(alert.moved_to)
            target = Span(shortened(alert.moved_to, 200), Mark.LINK if address else Mark.NONE, address)
            yield (Span("The old address now leads to "), target)
        case _:
            return


def _documents(lead: str, links: tuple[Link, ...], page: str) -> Iterator[Line]:
    for link in links[:_LINKS_MOST]:
        name = shortened(" ".join(link.text.split()) or link.url, 100)
        # A link of the organisation's own site may be followed; any other is named, not offered.
        address = web_address(link.url)
        live = address if address and same_site(address, page) else ""
        elsewhere = "" if live else f" ({shortened(link.url, 100)})"
        yield (Span(f"{lead}: "), Span(name, Mark.LINK if live else Mark.NONE, live), Span(elsewhere))
    if len(links) > _LINKS_MOST:
        yield (Span(f"{lead}: {counted(len(links) - _LINKS_MOST, 'more document')}"),)


def _echoes(alert: Alert) -> Iterator[Line]:
    told: list[Echo] = sorted(alert.echoes, key=lambda echo: echo.seen_at)
    for echo in told[:_DEVIATIONS_MOST]:
        address = web_address(echo.url)
        name = Span(shortened(echo.organisation, _NAME_MOST), Mark.LINK if address else Mark.NONE, address)
        how = f", {shortened(echo.deviation, 200)}" if echo.deviation else ", word for word"
        yield (Span("Also at "), name, Span(f": {moment_in_words(echo.seen_at, alert.timezone)}{how}"))
    if len(told) > _DEVIATIONS_MOST:
        yield (Span(f"Also at {counted(len(told) - _DEVIATIONS_MOST, 'more organisation')}"),)


def _seen(alert: Alert) -> Line:
    seen = Span(f"Seen {moment_in_words(alert.seen_at, alert.timezone)}")
    reasons = alert.match.reasons if alert.match is not None else ()
    terms = [shortened(" ".join(term.split()), 80) for term in dict.fromkeys(reason.term for reason in reasons)]
    if not terms:
        return (seen,)
    parts = listed(terms[:_TERMS_MOST])
    spans = [Span(part, Mark.TITLE if index % 2 == 0 else Mark.NONE) for index, part in enumerate(parts)]
    return (seen, Span(" · matches "), *spans)


def _links(alert: Alert) -> Iterator[Span]:
    copy = alert.archived_copy.url if alert.archived_copy else None
    for words, url in (("Page", alert.url), ("Full comparison", alert.diff_url), ("Archived copy", copy)):
        if address := web_address(url):
            yield Span(words, Mark.LINK, address)
