"""The phrases of a digest: what a week is called, the sentence that sums it up, what was not seen."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime
from zoneinfo import ZoneInfo

from ..core.markup import printable
from ..core.model import Digest, PeriodCounts, TopicDigest, Unseen
from .words import DAYS, counted, day_in_words, listed, number_in_words, shortened

_SUBJECT_MOST = 100
UNSEEN_IN_LEAD = 4
_STATUS = re.compile(r"HTTP (\d{3})\b")
_WHY = {
    "blocked": "blocked",
    "busy": "an error of the site's own",
    "timed out": "timed out",
    "dns": "no address",
    "tls": "certificate",
    "connection": "no connection",
    "robots": "asks not to be read",
    "refused address": "private address",
    "malformed": "unreadable",
    "too large": "too large",
    "unsupported": "unknown format",
    "empty": "empty",
    "gone": "not found",
    "not visited": "not visited",
}


def period_name(digest: Digest) -> str:
    """The week or day as a heading: "Week 24, 8 to 14 June 2026", "Monday 8 June 2026"."""
    if digest.is_daily:
        return f"{DAYS[digest.first_on.weekday()]} {day_in_words(digest.first_on)}"
    return f"Week {digest.first_on.isocalendar().week}, {span_in_days(digest.first_on, digest.last_on)}"


def span_in_days(first: date, last: date) -> str:
    """From a day to a day, nothing said twice.

    >>> span_in_days(date(2026, 6, 8), date(2026, 6, 14)), span_in_days(date(2026, 6, 29), date(2026, 7, 5))
    ('8 to 14 June 2026', '29 June to 5 July 2026')
    """
    if first == last:
        return day_in_words(last)
    start = day_in_words(first)
    if first.year == last.year:
        start = start.rsplit(" ", 1)[0]
        if first.month == last.month:
            start = start.split(" ", 1)[0]
    return f"{start} to {day_in_words(last)}"


def called(topic: TopicDigest) -> str:
    """The topic as sentences call it."""
    return topic.short or topic.name


def sentence(topic: TopicDigest) -> str:
    """The period in one sentence: who changed what they say, what was published, taken down, put back."""
    text = ", ".join(_news(topic)) or f"nothing new about {called(topic)}"
    return f"{text[:1].upper()}{text[1:]}."


def _clauses(counts: PeriodCounts, topic: str) -> Iterator[str]:
    about = f" about {topic}"
    if counts.changed:
        who = "organisation changed what it says" if counts.changed == 1 else "organisations changed what they say"
        softer = f", {_softer(counts)}" if counts.softer else ""
        yield f"{number_in_words(counts.changed)} {who}{about}{softer}"
        about = ""
    if counts.published:
        who = "organisation published" if counts.published == 1 else "organisations published"
        yield f"{number_in_words(counts.published)} {who} a statement{about}"
        about = ""
    has_said_statement = False
    for count, one, many in (
        (counts.removed, "was taken down", "were taken down"),
        (counts.restored, "came back", "came back"),
        (counts.moved, "moved to another address", "moved to another address"),
    ):
        if count:
            noun = "" if has_said_statement else " statement" if count == 1 else " statements"
            yield f"{number_in_words(count)}{noun}{about} {one if count == 1 else many}"
            about, has_said_statement = "", True


def _softer(counts: PeriodCounts) -> str:
    who = "" if counts.changed == counts.softer == 1 else f"{number_in_words(counts.softer)} of them "
    return f"{who}to something softer"


def subject(digest: Digest) -> str:
    """The subject: one line of our own words and the topics' names, no word of a page."""
    when = period_name(digest).split(",", 1)[0] if not digest.is_daily else day_in_words(digest.first_on)
    news = [clause for topic in digest.topics for clause in _news(topic)]
    if not news and digest.mass_edits:
        news = ["the same words changed on many pages"]
    shown = news[:1]
    for clause in news[1:]:
        if len(when) + len(", ".join([*shown, clause])) > _SUBJECT_MOST:
            shown.append("and more")
            break
        shown.append(clause)
    said = ", ".join(shown) or f"nothing new about {_any_topic(digest)}"
    return shortened(" ".join(printable(f"{when}: {said}").split()), 2 * _SUBJECT_MOST)


def _news(topic: TopicDigest) -> list[str]:
    """What happened, in clauses; none if nothing did."""
    clauses = list(_clauses(topic.counts, called(topic)))
    if not clauses and topic.promises_due:
        what = "promise" if len(topic.promises_due) == 1 else "promises"
        clauses = [f"{number_in_words(len(topic.promises_due))} {what} about {called(topic)} fell due"]
    return clauses


def watched(digest: Digest) -> str:
    """What was read, and what was not: "Watched: 211 of 214 sources. Not seen: Hillside Trust (403 since 3 May)."."""
    told = [f"Watched: {digest.sources_read:,} of {counted(digest.sources_in_all, 'source')}."]
    if digest.unseen:
        names = [unseen_in_words(one, digest) for one in digest.unseen]
        told.append(f"Not seen: {''.join(listed(names, UNSEEN_IN_LEAD))}.")
    return " ".join(filter(None, [*told, pauses(digest)]))


def unseen_in_words(one: Unseen, digest: Digest) -> str:
    """One organisation's sources that were not seen: "Hillside Trust (403 since 3 May)"."""
    status = _STATUS.match(one.detail)
    why = status[1] if status else _WHY.get(one.why, one.why)
    name = shortened(one.organisation, 120)
    sources = f"{one.sources} sources, " if one.sources > 1 else ""
    return f"{name} ({sources}{why} since {since_in_words(one.since, digest)})"


def since_in_words(at: datetime, digest: Digest) -> str:
    """The day of an instant: a weekday within the period, else a date."""
    day = at.astimezone(ZoneInfo(digest.timezone)).date()
    if not digest.is_daily and digest.first_on <= day <= digest.last_on:
        return DAYS[day.weekday()]
    return day_in_words(day) if day.year != digest.last_on.year else day_in_words(day).rsplit(" ", 1)[0]


def pauses(digest: Digest) -> str:
    """When the watcher itself did not run: the longest such time, and how many more there were; "" if none."""
    if not digest.pauses:
        return ""
    zone = ZoneInfo(digest.timezone)
    start, end = (at.astimezone(zone) for at in max(digest.pauses, key=lambda pause: pause[1] - pause[0]))
    others = len(digest.pauses) - 1
    more = f", nor in {counted(others, 'other stretch', 'other stretches')} of half a day or more" if others else ""
    return f"Nothing was read from {_hour(start)} to {_hour(end)}{more}: the watcher was not running."


def _hour(at: datetime) -> str:
    return f"{at:%H:%M} on {DAYS[at.weekday()]} {day_in_words(at).rsplit(' ', 1)[0]}"


def quiet_line(digest: Digest) -> str:
    """The line for a period in which nothing happened: what was watched."""
    let = " that your filter lets through" if digest.asked else ""
    # Silence of a watch that saw little proves nothing, and must not read as if it did.
    head = "All quiet" if 2 * digest.sources_read >= digest.sources_in_all > 0 else "Little was watched"
    return f"{head}: nothing new about {_any_topic(digest)}{let}. {watched(digest)}"


def _any_topic(digest: Digest) -> str:
    return " or ".join(called(topic) for topic in digest.topics) or "any topic"
