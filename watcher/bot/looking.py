"""What was found: the newest, by words, by who says what, and what can't be seen."""

from __future__ import annotations

from watcher.bot.talk import Answer, Asked, alerts_lately, known_names, said, strong, told, wrong
from watcher.core.errors import FilterError
from watcher.core.filter import matches, parse_filter
from watcher.pipeline.audience import position_facts
from watcher.pipeline.watch import Watch
from watcher.render.message import Line, Mark, Span
from watcher.render.words import STANCES, counted, day_in_words, shortened, web_address
from watcher.store import announced, documents, people, views
from watcher.store import positions as reading
from watcher.store.health import faults
from watcher.store.positions import Position
from watcher.store.search import MARK_END, MARK_START, Hit, parse_query
from watcher.store.search import search as find

_SHOWN = 5
_HITS = 6
_POSITIONS = 25
_BLIND = 20
_EXCERPT_MOST = 240


def latest(watch: Watch, asked: Asked) -> Answer:
    """The newest alerts, or those of them that a filter lets through."""
    try:
        wanted = parse_filter(asked.words, known_names(watch))
    except FilterError as fault:
        return Answer(wrong(fault, asked.words))
    found = alerts_lately(watch, wanted)
    if not found:
        return Answer(
            said("No alert of the last 30 days is one of these." if asked.words else "No alert in the last 30 days.")
        )
    lead = strong(f"The latest of {counted(len(found), 'alert')} in the last 30 days")
    return Answer((lead, *(told(watch, change) for change in found[:_SHOWN])))


def search(watch: Watch, asked: Asked) -> Answer:
    """Texts that hold the words, the best first."""
    query = parse_query(asked.words)
    if not query.match:
        return Answer(said('Write what to look for: /search trust "has ended" -police'))
    found = find(watch.db, query, _HITS)
    if not found:
        return Answer(said("No text holds these words."))
    return Answer(tuple(line for hit in found for line in _hit(hit)))


def positions(watch: Watch, asked: Asked) -> Answer:
    """What each organisation says it does, with the quote; a filter narrows."""
    try:
        wanted = parse_filter(asked.words, known_names(watch))
    except FilterError as fault:
        return Answer(wrong(fault, asked.words))
    known = {one.id: one for one in watch.configuration.organisations}
    lines: list[Line] = []
    for one in reading.positions(watch.db):
        organisation = known.get(one.organisation_id)
        if organisation is None:
            continue
        if matches(wanted, position_facts(organisation, one)):
            lines += _position(watch, organisation.name, one)
    if not lines:
        return Answer(said("No organisation is known to say so."))
    return Answer(tuple(lines[: 2 * _POSITIONS]))


def why(watch: Watch, asked: Asked) -> Answer:
    """Why an alert was sent: the terms, with the words around them."""
    number = asked.words.strip().removeprefix("c-")
    change_id = int(number) if number.isascii() and number.isdigit() and len(number) < 12 else None
    if change_id is None and asked.answered is not None:
        change_id = announced.change_of_message(watch.db, "telegram", asked.chat, asked.answered)
    change = views.public_change(watch.db, change_id) if change_id is not None else None
    if change is None:
        return Answer(said("Which alert? Name its number, as in: /why c-42 or answer the alert with /why"))
    version_id = change.after_id or change.before_id
    found = documents.matches_of(watch.db, version_id) if version_id else []
    lines: list[Line] = [told(watch, change)]
    for match in found:
        if match.topic_id == change.topic_id:
            for reason in match.reasons[:_SHOWN]:
                excerpt = shortened(" ".join(reason.excerpt.split()), _EXCERPT_MOST)
                lines.append((Span("Matches "), Span(reason.term, Mark.STRONG), Span(f": “{excerpt}”")))
            lines.append((Span(f"Score {match.score:.2f}, {match.tier.value}"),))
    if change.reasons or change.summary:
        lines.append((Span("; ".join(filter(None, (change.summary, *change.reasons)))),))
    return Answer(tuple(lines))


def sources(watch: Watch, asked: Asked) -> Answer:
    """How many sources are read, and which can't be seen."""
    enabled = [source for source in watch.configuration.sources if source.enabled]
    unseen = list(faults(watch.db))
    lines: list[Line] = [
        (Span(f"Watched: {max(0, len(enabled) - len(unseen))} of {counted(len(enabled), 'source')} are read."),)
    ]
    for fault in unseen[:_BLIND]:
        since = f", since {fault.since[:10]}" if fault.since else ""
        lines.append((Span("• "), Span(fault.organisation, Mark.STRONG), Span(f": {fault.kind}{since}")))
    if len(unseen) > _BLIND:
        lines.append((Span(f"And {len(unseen) - _BLIND} more."),))
    return Answer(tuple(lines))


def _hit(hit: Hit) -> list[Line]:
    address = web_address(hit.url)
    title = shortened(" ".join(hit.title.split()), 120) or "the page"
    spans: list[Span] = []
    for index, part in enumerate(hit.excerpt.replace(MARK_END, MARK_START).split(MARK_START)):
        spans.append(Span(part, Mark.STRONG if index % 2 else Mark.NONE))
    lead = (Span(f"{hit.organisation}: "), Span(title, Mark.LINK if address else Mark.NONE, address))
    return [lead, tuple(spans), ()]


def _position(watch: Watch, name: str, one: Position) -> list[Line]:
    by = people.confirmed_by(watch.db, one.version_id, one.topic_id, one.stance)
    trust = "confirmed by a person" if by else "read by machine"
    words = STANCES[one.stance][3] if one.stance in STANCES else one.stance
    lead = (Span(name, Mark.STRONG), Span(f": {words} ({day_in_words(one.dated_on)}, {trust})"))
    return [lead, (Span(f"“{shortened(' '.join(one.quote.split()), _EXCERPT_MOST)}”"),)]
