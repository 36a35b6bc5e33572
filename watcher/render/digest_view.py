"""A digest as its templates see it: everything in words, in the order in which it is read.

What a template may use is listed in docs/digest.md; a change here is a change there.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from ..core.markup import one_line
from ..core.model import LEAVE_URL, Alert, BlockOp, Digest, PromiseLine, Run, Story, StoryKind, TopicDigest
from .digest_words import (
    UNSEEN_IN_LEAD,
    called,
    period_name,
    quiet_line,
    sentence,
    span_in_days,
    subject,
    unseen_in_words,
    watched,
)
from .message import Line, Message, Span, compose
from .quote import Piece, cut, fitting
from .words import counted, day_in_words, shortened, web_address

SENTENCES = 3  # of one change
_SENTENCE_MOST = 420  # characters
_FACTS_MOST = 7
_PROMISES_MOST, _MASS_EDITS_MOST, _UNSEEN_MOST = 10, 8, 15

HEADINGS = {
    StoryKind.SOFTER: "Softer than before",
    StoryKind.CHANGED: "Changed",
    StoryKind.NEW: "New",
    StoryKind.GONE: "Taken down",
    StoryKind.BACK: "Back again",
    StoryKind.MOVED: "At another address",
}


@dataclass(frozen=True, slots=True)
class ChangeView:
    """One change."""

    number: str  # "c-1042"
    head: Line  # who did what
    title: str
    quotes: tuple[tuple[Run, ...], ...]  # changed or matching sentences; none if they are left out
    note: str  # why the words are left out: "speaks of self-harm"; "": they are not
    facts: tuple[Line, ...]  # position first
    links: tuple[Span, ...]  # page, full comparison, archived copy
    more: str  # "4 more sentences changed"
    is_same: bool  # the same words as the change before it: nothing is quoted again


@dataclass(frozen=True, slots=True)
class GroupView:
    """Stories of one kind under their heading; a story is the changes of one statement."""

    heading: str
    stories: tuple[tuple[ChangeView, ...], ...]


@dataclass(frozen=True, slots=True)
class PromiseView:
    """Something announced for a day."""

    organisation: str
    title: str
    quote: str  # "" if it is left out
    note: str
    due: str
    is_there: bool
    url: str


@dataclass(frozen=True, slots=True)
class BarView:
    """One week of the chart."""

    week: str  # the Monday: "8 June"
    count: int
    percent: int  # of the longest bar, 0 to 100


@dataclass(frozen=True, slots=True)
class TopicView:
    """One topic's part."""

    name: str
    short: str
    sentence: str
    has_news: bool
    groups: tuple[GroupView, ...]
    left_out: str  # "12 more statements"; "": none
    promises_due: tuple[PromiseView, ...]
    promises_near: tuple[PromiseView, ...]
    candidates: str  # "3 texts may describe it under another name and wait for a person."; "": none
    silent: str  # who has never said anything
    bars: tuple[BarView, ...]


@dataclass(frozen=True, slots=True)
class DigestView:
    """The whole message."""

    subject: str
    name: str  # "Week 24, 8 to 14 June 2026"
    lead: str  # one sentence a topic; the quiet line, if nothing happened
    watched: str
    note: str  # content note; "": none is needed
    missed: str  # earlier weeks for which no digest was made
    is_quiet: bool
    topics: tuple[TopicView, ...]
    mass_edits: tuple[str, ...]
    unseen: tuple[str, ...]  # all that the line `watched` has no room for, with those it names
    asked: str  # the filter; "": everything
    rhythm: str  # "weekly", "daily"
    leave_url: str
    latest_url: str  # from here on: "" if the web view has no public address
    missed_url: str
    sources_url: str
    positions_url: str
    privacy_url: str


def view_of(digest: Digest, most: int) -> DigestView:
    """The digest in words, with at most `most` stories in all: each topic's weightiest, in turn."""
    shares = _shares([len(topic.stories) for topic in digest.topics], most)
    is_week = not digest.is_daily
    topics = tuple(_topic(topic, share, is_week=is_week) for topic, share in zip(digest.topics, shares, strict=True))
    base = web_address(digest.public_url)
    return DigestView(
        subject=subject(digest),
        name=period_name(digest),
        lead=quiet_line(digest) if digest.is_quiet else " ".join(topic.sentence for topic in topics),
        watched=watched(digest),
        note=_note(topics),
        missed=_missed(digest),
        is_quiet=digest.is_quiet,
        topics=topics,
        mass_edits=tuple(_mass_edits(digest)),
        unseen=tuple(_all_unseen(digest)),
        asked=digest.asked,
        rhythm="daily" if digest.is_daily else "weekly",
        leave_url=LEAVE_URL,
        latest_url=_url_of_days(digest, digest.first_on, digest.last_on),
        missed_url=_url_of_days(digest, digest.missed_from, digest.missed_until),
        sources_url=f"{base}/sources" if base else "",
        positions_url=f"{base}/positions" if base else "",
        privacy_url=f"{base}/privacy" if base else "",
    )


def stories_of(digest: Digest) -> int:
    """How many stories could be shown."""
    return sum(len(topic.stories) for topic in digest.topics)


def _shares(sizes: Sequence[int], most: int) -> list[int]:
    """How many of each topic's stories are shown: one each in turn, until `most` are.

    >>> _shares([5, 1, 9], 8)
    [4, 1, 3]
    """
    shares = [0] * len(sizes)
    while sum(shares) < min(most, sum(sizes)):
        for index, size in enumerate(sizes):
            if shares[index] < size and sum(shares) < most:
                shares[index] += 1
    return shares


def _topic(topic: TopicDigest, most: int, *, is_week: bool) -> TopicView:
    left_out = topic.stories_in_all - most
    top = max((week.count for week in topic.weeks), default=0)
    return TopicView(
        name=topic.name,
        short=called(topic),
        sentence=sentence(topic),
        has_news=topic.has_news,
        groups=tuple(_groups(topic.stories[:most])),
        left_out=counted(left_out, "more statement") if left_out > 0 else "",
        promises_due=tuple(map(_promise, topic.promises_due[:_PROMISES_MOST])),
        promises_near=tuple(map(_promise, topic.promises_near[:_PROMISES_MOST])),
        candidates=_candidates(topic),
        silent=_silent(topic) if is_week else "",
        bars=tuple(
            BarView(
                day_in_words(week.first_on).rsplit(" ", 1)[0],
                week.count,
                round(100 * week.count / top) if top else 0,
            )
            for week in (topic.weeks if top else ())
        ),
    )


def _groups(stories: Sequence[Story]) -> Iterator[GroupView]:
    for kind, heading in HEADINGS.items():
        told = tuple(tuple(_changes(story)) for story in stories if story.kind is kind)
        if told:
            yield GroupView(heading, told)


def _changes(story: Story) -> Iterator[ChangeView]:
    before: tuple[tuple[Run, ...], ...] = ()
    for index, alert in enumerate(story.alerts):
        is_last = index + 1 == len(story.alerts)
        further = f"{counted(story.further, 'earlier change')} of this statement" if story.further and is_last else ""
        told = _change(alert, before, further)
        before = told.quotes or before
        yield told


def _change(alert: Alert, before: tuple[tuple[Run, ...], ...], further: str) -> ChangeView:
    message = compose(alert)
    quotes = () if message.note else _quotes(alert, message)
    is_same = bool(quotes) and quotes == before
    left = len(message.quote) - len(quotes)
    what = "sentence changed" if left == 1 else "sentences changed"
    more = [f"{left} more {what}"] if left > 0 and alert.diff is not None else []
    facts = list(message.facts[:_FACTS_MOST])
    if message.said and not message.note and not is_same:
        facts[1:1] = [(Span(message.said),)]
    return ChangeView(
        number=message.number,
        head=message.head[0],
        title="".join(span.text for span in message.head[1]) if len(message.head) > 1 else "",
        quotes=quotes,
        note=shortened(alert.content_note or "", 120),
        facts=tuple(facts),
        links=message.links,
        more=" · ".join([*more, *([further] if further else [])]),
        is_same=is_same,
    )


def _quotes(alert: Alert, message: Message) -> tuple[tuple[Run, ...], ...]:
    """The two or three sentences that say most: those with a term of the topic first, then what was added."""
    terms = [reason.term for reason in alert.match.reasons] if alert.match is not None else []
    chosen = fitting(message.quote, SENTENCES, 1000, lambda piece: 1, terms)
    return tuple(_parted(piece.runs) for piece in map(_short, chosen.pieces) if piece.runs)


def _parted(runs: Sequence[Run]) -> tuple[Run, ...]:
    """The runs with the spaces at the ends of changed ones outside of them: a space is not underlined."""
    parts: list[Run] = []
    for run in runs:
        core = run.text.strip()
        if run.op is BlockOp.SAME or not core:
            parts.append(Run(BlockOp.SAME, run.text))
            continue
        start = run.text.index(core)
        before, after = run.text[:start], run.text[start + len(core) :]
        if not before and parts and parts[-1].op not in (BlockOp.SAME, run.op):
            before = " "  # what went and what came in its place are two words
        told = (Run(BlockOp.SAME, before), Run(run.op, core), Run(BlockOp.SAME, after))
        parts += [one for one in told if one.text]
    return tuple(parts)


def _short(piece: Piece) -> Piece:
    if _size(piece) <= _SENTENCE_MOST:
        return piece
    short = cut(piece, _SENTENCE_MOST, 1000, _size)
    return Piece((*short.runs, Run(BlockOp.SAME, " …")), piece.block, piece.place) if short.runs else short


def _size(piece: Piece) -> int:
    return sum(len(run.text) for run in piece.runs)


def _promise(one: PromiseLine) -> PromiseView:
    return PromiseView(
        organisation=shortened(one.organisation, 120),
        title=shortened(one_line(one.title).strip(), 200),
        quote="" if one.note else shortened(one_line(one.quote).strip(), _SENTENCE_MOST),
        note=one.note or "",
        due=day_in_words(one.due_until),
        is_there=one.is_there,
        url=web_address(one.url),
    )


def _candidates(topic: TopicDigest) -> str:
    if not topic.candidates:
        return ""
    are = "text that may describe" if topic.candidates == 1 else "texts that may describe"
    waits = "waits" if topic.candidates == 1 else "wait"
    return f"{topic.candidates:,} new {are} {called(topic)} under another name {waits} for a person to judge."


def _silent(topic: TopicDigest) -> str:
    if not topic.silent_in_all:
        return ""
    have = "has" if topic.silent_in_all == 1 else "have"
    head = f"{topic.silent_in_all:,} of {counted(topic.organisations, 'organisation')} {have} never said anything here"
    named = ", ".join(shortened(name, 80) for name in topic.silent)
    rest = topic.silent_in_all - len(topic.silent)
    return f"{head} about {called(topic)}: {named}{f' and {rest:,} more' if rest else ''}."


def _mass_edits(digest: Digest) -> Iterator[str]:
    for one in digest.mass_edits[:_MASS_EDITS_MOST]:
        words = shortened(one_line(one.words).strip(), 160)
        yield f"{shortened(one.organisation, 120)}: {words}, on {counted(one.pages, 'page')} of its site"
    if (left := len(digest.mass_edits) - _MASS_EDITS_MOST) > 0:
        yield f"and {counted(left, 'more site')}"


def _all_unseen(digest: Digest) -> Iterator[str]:
    if len(digest.unseen) <= UNSEEN_IN_LEAD:
        return  # the line at the top names them
    for one in digest.unseen[:_UNSEEN_MOST]:
        yield unseen_in_words(one, digest)
    if (left := len(digest.unseen) - _UNSEEN_MOST) > 0:
        yield f"and {left:,} more"


def _note(topics: Sequence[TopicView]) -> str:
    shown = [change.note for topic in topics for group in topic.groups for story in group.stories for change in story]
    shown += [one.note for topic in topics for one in (*topic.promises_due, *topic.promises_near)]
    subjects = [name for name in ("suicide", "self-harm", "abuse") if any(name in note for note in shown)]
    if not any(shown):
        return ""
    named = " and ".join([", ".join(subjects[:-1]), subjects[-1]] if len(subjects) > 1 else subjects)
    of = f"of {named}" if named else "of what may be hard to read"
    return f"Content note: some of the pages below speak {of}. Their words are left out here; the links lead to them."


def _missed(digest: Digest) -> str:
    if digest.missed_from is None or digest.missed_until is None:
        return ""
    span = span_in_days(digest.missed_from, digest.missed_until)
    return f"No digest was sent for {span}."


def _url_of_days(digest: Digest, first: date | None, last: date | None) -> str:
    base = web_address(digest.public_url)
    asked = f"&{urlencode({'filter': digest.asked}, errors='replace')}" if digest.asked else ""
    return f"{base}/?from={first}&to={last}{asked}" if base and first and last else ""
