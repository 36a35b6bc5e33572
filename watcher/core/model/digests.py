"""What a week or a day brought, for one filter; rendered without further look-ups."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from watcher.core.model.messages import Alert


class StoryKind(StrEnum):
    """What a story is told as, by the weightiest of its changes; in the order in which they are read."""

    SOFTER = "softer"  # a position moved towards the practice
    CHANGED = "changed"
    NEW = "new"
    GONE = "gone"  # taken down
    BACK = "back"  # can be read again
    MOVED = "moved"  # to another address


@dataclass(frozen=True, slots=True)
class Story:
    """One statement, and what happened to it, the oldest first."""

    kind: StoryKind
    alerts: tuple[Alert, ...]  # at least one
    further: int = 0  # earlier changes of the same statement that are not shown


@dataclass(frozen=True, slots=True)
class PeriodCounts:
    """What happened, also where it is not shown: organisations, then statements."""

    changed: int = 0  # organisations
    published: int = 0  # organisations
    removed: int = 0
    restored: int = 0
    moved: int = 0
    softer: int = 0  # positions


@dataclass(frozen=True, slots=True)
class PromiseLine:
    """Something announced for a time that has passed, or that is near."""

    organisation: str
    title: str
    url: str
    quote: str
    due_until: date
    note: str | None = None  # content note
    is_there: bool = True  # whether the page can still be read


@dataclass(frozen=True, slots=True)
class MassEdit:
    """The same words changed on many pages of one site."""

    organisation: str
    words: str  # what gave way to what
    pages: int


@dataclass(frozen=True, slots=True)
class Unseen:
    """Sources of one organisation that could not be read at the end of the period."""

    organisation: str
    why: str  # an UnreachableKind, a FailedKind, "gone" or "not visited"
    detail: str  # "HTTP 403"
    since: datetime
    sources: int = 1


@dataclass(frozen=True, slots=True)
class WeekCount:
    """How many statements came into view in the week that begins on a Monday."""

    first_on: date
    count: int


@dataclass(frozen=True, slots=True)
class TopicDigest:
    """One topic's part of a digest."""

    name: str
    short: str  # "SIM"; "": the name is short enough
    counts: PeriodCounts = PeriodCounts()
    stories: tuple[Story, ...] = ()  # the weightiest first
    stories_in_all: int = 0  # also those that are left out
    promises_due: tuple[PromiseLine, ...] = ()  # their last day passed in the period
    promises_near: tuple[PromiseLine, ...] = ()  # their last day is in the days after it
    candidates: int = 0  # texts that wait for a person
    silent: tuple[str, ...] = ()  # organisations that have never said anything on the topic; the first few
    silent_in_all: int = 0
    organisations: int = 0  # that are watched, and that the filter lets through
    weeks: tuple[WeekCount, ...] = ()  # this one last

    @property
    def has_news(self) -> bool:
        """Whether there is anything that a reader must know."""
        return bool(self.stories or self.promises_due)


@dataclass(frozen=True, slots=True)
class Digest:
    """All that one message says of one week or day."""

    period: str  # "2026-W31", "2026-08-03"
    first_on: date
    last_on: date
    topics: tuple[TopicDigest, ...]
    sources_read: int
    sources_in_all: int
    mass_edits: tuple[MassEdit, ...] = ()
    unseen: tuple[Unseen, ...] = ()
    pauses: tuple[tuple[datetime, datetime], ...] = ()  # in which the watcher itself did not run
    asked: str = ""  # the filter; "": everything
    missed_from: date | None = None  # periods before this one for which no digest was made
    missed_until: date | None = None
    public_url: str | None = None  # of the web view, without a slash at the end
    timezone: str = "Europe/London"

    @property
    def is_daily(self) -> bool:
        """Whether it tells of one day."""
        return self.first_on == self.last_on

    @property
    def is_quiet(self) -> bool:
        """Whether there is nothing to tell but that the watch went on."""
        return not (self.mass_edits or self.missed_from or any(topic.has_news for topic in self.topics))


@dataclass(frozen=True, slots=True)
class Letter:
    """A message as it is sent to all who get the same."""

    subject: str
    text: str
    html: str
