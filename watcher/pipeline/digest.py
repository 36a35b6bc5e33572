"""What one week or day brought: looked up once, matched once a filter, then told for each filter.

told changes ──► facts (once a change) ──► filters (once each) ──► stories ──► Digest
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from watcher.core.content_note import content_note
from watcher.core.filter import Facts, Filter, matches
from watcher.core.mass_edit import in_words
from watcher.core.model import (
    Alert,
    ChangeKind,
    Digest,
    MassEdit,
    PeriodCounts,
    PromiseLine,
    Story,
    StoryKind,
    Tier,
    TopicDigest,
    WeekCount,
)
from watcher.core.topic import Topic
from watcher.core.weeks import Window, week_with
from watcher.pipeline.alerts import alert_of
from watcher.pipeline.audience import facts_of, facts_of_version, kept
from watcher.pipeline.blind_spots import BlindSpots, blind_spots
from watcher.pipeline.watch import Watch
from watcher.store import digests, documents, views
from watcher.store import promises as promises_store
from watcher.store.changes import Change
from watcher.store.mass_edits import mass_edits_between
from watcher.store.promises import KeptPromise

MOST_STORIES = 60
"""Of one topic and filter that are put into words: more never fit one mail."""

MOST_ALERTS = 3  # of one story
CHART_WEEKS = 8
SILENT_NAMED = 5
_NEAR = timedelta(days=7)

_EDITS = (ChangeKind.EDITED, ChangeKind.LINKS)
_PUBLISHED = (ChangeKind.FIRST, ChangeKind.REPEAT)


class Period:
    """A week or a day as the store knows it, for some filters."""

    def __init__(self, watch: Watch, window: Window, filters: Iterable[str]) -> None:
        """Look everything up, and match it with each of `filters` (as they print)."""
        self.window = window
        self._watch = watch
        self._zone = ZoneInfo(watch.configuration.settings.timezone)
        self._filters = {asked: kept(asked) for asked in filters}
        self._alerts: dict[int, Alert] = {}
        self._changes: dict[str, list[Change]] = {asked: [] for asked in self._filters}
        self._promises: dict[str, list[tuple[KeptPromise, bool]]] = {asked: [] for asked in self._filters}
        self._mass_edits: dict[str, list[MassEdit]] = {asked: [] for asked in self._filters}
        self.facts_read = 0  # texts that were looked into
        self.matched = 0  # texts put to a filter
        self._match_changes()
        self._match_promises()
        self._match_mass_edits()
        self._blind: BlindSpots = blind_spots(watch, window)
        self._candidates = digests.new_candidates(watch.db, window.since, window.until)
        self._speakers = {
            topic.id: digests.speakers(watch.db, topic.id, window.until) for topic in watch.configuration.topics
        }
        self._weeks = {topic.id: self._chart(topic) for topic in watch.configuration.topics}

    def digest(self, asked: str, missed: Sequence[Window] = ()) -> Digest:
        """What a reader with that filter is told; `missed`: earlier windows that no digest will tell of."""
        window, topics = self.window, self._watch.configuration.topics
        return Digest(
            period=window.period,
            first_on=window.first_on,
            last_on=window.last_on,
            topics=tuple(self._topic(topic, asked) for topic in topics),
            sources_read=self._blind.read,
            sources_in_all=self._blind.in_all,
            mass_edits=tuple(self._mass_edits[asked]),
            unseen=self._blind.unseen,
            pauses=self._blind.pauses,
            asked=asked,
            missed_from=missed[0].first_on if missed else None,
            missed_until=missed[-1].last_on if missed else None,
            public_url=self._watch.public_url,
            timezone=self._watch.configuration.settings.timezone,
        )

    @property
    def filters(self) -> frozenset[str]:
        """The filters that it can tell for."""
        return frozenset(self._filters)

    # --- matching: each text is read once, and put to each filter once ---------------------------

    def _wanted_by(self, facts: Facts) -> list[str]:
        self.facts_read += 1
        self.matched += len(self._filters)
        return [asked for asked, wanted in self._filters.items() if matches(wanted, facts)]

    def _match_changes(self) -> None:
        watch = self._watch
        for change in digests.told_changes(watch.db, self.window.since, self.window.until):
            for asked in self._wanted_by(facts_of(watch.db, watch.configuration, change)):
                self._changes[asked].append(change)

    def _match_promises(self) -> None:
        watch, window = self._watch, self.window
        first = window.last_on + timedelta(days=1)
        is_week = window.first_on != window.last_on
        due = [(one, True) for one in promises_store.due_between(watch.db, window.since, window.until)]
        near = promises_store.open_until(watch.db, first, window.last_on + _NEAR) if is_week else []
        for one, is_due in [*due, *((one, False) for one in near)]:
            told = f"{one.organisation}\n{one.title}"
            facts = facts_of_version(
                watch.db, watch.configuration, one.version_id, one.organisation_id, one.topic_id, told
            )
            for asked in self._wanted_by(facts):
                self._promises[asked].append((one, is_due))

    def _match_mass_edits(self) -> None:
        watch = self._watch
        since, until = self.window.since, self.window.until
        public = digests.changes_of_mass_edits(watch.db, since, until)
        for row in mass_edits_between(watch.db, since, until):
            pages = public.get(row["id"], [])
            if not pages:
                continue
            wanted: Counter[str] = Counter()
            for change in pages:
                wanted.update(self._wanted_by(facts_of(watch.db, watch.configuration, change)))
            for asked, count in wanted.items():
                told = MassEdit(row["organisation"], in_words(row["terms"]), count)
                self._mass_edits[asked].append(told)

    # --- telling ---------------------------------------------------------------------------------

    def _topic(self, topic: Topic, asked: str) -> TopicDigest:
        found = [change for change in self._changes[asked] if change.topic_id == topic.id]
        promised = [(one, is_due) for one, is_due in self._promises[asked] if one.topic_id == topic.id]
        asked_of = self._asked_of(self._filters[asked])
        silent = [name for key, name in asked_of if key not in self._speakers[topic.id]]
        stories = _by_statement(found)
        return TopicDigest(
            name=topic.name,
            short=topic.short,
            counts=_counts(found),
            stories=tuple(map(self._story, stories[:MOST_STORIES])),
            stories_in_all=len(stories),
            promises_due=tuple(self._promise(one) for one, is_due in promised if is_due),
            promises_near=tuple(self._promise(one) for one, is_due in promised if not is_due),
            candidates=self._candidates.get(topic.id, 0),
            silent=tuple(silent[:SILENT_NAMED]),
            silent_in_all=len(silent),
            organisations=len(asked_of),
            weeks=self._weeks[topic.id],
        )

    def _story(self, changes: list[Change]) -> Story:
        shown = _without_echoes(changes)
        alerts = tuple(self._alert(change.id) for change in shown[-MOST_ALERTS:])
        return Story(_kind(changes), alerts, further=max(0, len(shown) - MOST_ALERTS))

    def _alert(self, change_id: int) -> Alert:
        if change_id not in self._alerts:
            self._alerts[change_id] = alert_of(self._watch, change_id)
        return self._alerts[change_id]

    def _promise(self, one: KeptPromise) -> PromiseLine:
        return PromiseLine(
            organisation=one.organisation,
            title=one.title,
            url=one.url,
            quote=one.promise.quote,
            due_until=one.promise.due_until,
            note=content_note(f"{one.title}\n{one.promise.quote}"),
            is_there=documents.where_of(self._watch.db, one.document_id).state != documents.REMOVED,
        )

    def _asked_of(self, wanted: Filter) -> list[tuple[str, str]]:
        """The organisations that a filter is about (id, name), by name."""
        found = (
            (one.id, one.name)
            for one in self._watch.configuration.organisations
            if (not wanted.organisations or one.id in wanted.organisations)
            and (not wanted.kinds or one.kind.value in wanted.kinds)
            and (not wanted.regions or one.region in wanted.regions)
        )
        return sorted(found, key=lambda one: one[1].casefold())

    def _chart(self, topic: Topic) -> tuple[WeekCount, ...]:
        """How many statements came into view week by week; none for a day, or where there is nothing to compare.

        Weeks before the watch began have no number: a 0 would say that they were watched.
        """
        begun_at = digests.first_poll_at(self._watch.db)
        if self.window.first_on == self.window.last_on or begun_at is None:
            return ()
        begun_on = begun_at.astimezone(self._zone).date()
        mondays = [self.window.first_on - timedelta(weeks=number) for number in reversed(range(CHART_WEEKS))]
        mondays = [monday for monday in mondays if monday + timedelta(weeks=1) > begun_on]
        if len(mondays) < 2:
            return ()
        counts: Counter[date] = Counter()
        for at, _ in views.appearances(self._watch.db, week_with(mondays[0], self._zone).since, topic.id):
            day = at.astimezone(self._zone).date()
            counts[day - timedelta(days=day.weekday())] += 1
        return tuple(WeekCount(monday, counts[monday]) for monday in mondays)


# --- stories -------------------------------------------------------------------------------------


def _by_statement(found: Sequence[Change]) -> list[list[Change]]:
    """Changes of one statement together, in their order; the weightiest statement first."""
    by_statement: dict[tuple[bool, int], list[Change]] = {}
    for change in found:
        key = (True, change.statement_id) if change.statement_id is not None else (False, change.document_id)
        by_statement.setdefault(key, []).append(change)
    return sorted(by_statement.values(), key=_rank, reverse=True)


_WEIGHTS = {
    ChangeKind.REMOVED: 5,
    ChangeKind.FIRST: 4,
    ChangeKind.RESTORED: 3,
    ChangeKind.EDITED: 3,
    ChangeKind.REPEAT: 2,
    ChangeKind.LINKS: 2,
    ChangeKind.MOVED: 1,
}


def _rank(changes: list[Change]) -> tuple[bool, bool, int, bool, float, int]:
    """How much it matters: a softer position, any new position, what happened, how sure the topic is, the newest."""
    return (
        any(change.is_softer for change in changes),
        any(bool(change.stance_before and change.stance != change.stance_before) for change in changes),
        max(_WEIGHTS.get(change.kind, 0) for change in changes),
        any(change.tier == Tier.NAMED for change in changes),
        max(change.score for change in changes),
        changes[-1].id,
    )


def _kind(changes: Sequence[Change]) -> StoryKind:
    kinds = {change.kind for change in changes}
    if any(change.is_softer for change in changes):
        return StoryKind.SOFTER
    if kinds & {ChangeKind.REMOVED, ChangeKind.RESTORED}:
        last = [change.kind for change in changes if change.kind in (ChangeKind.REMOVED, ChangeKind.RESTORED)][-1]
        return StoryKind.GONE if last == ChangeKind.REMOVED else StoryKind.BACK
    if kinds & set(_PUBLISHED):
        return StoryKind.NEW
    return StoryKind.CHANGED if kinds & set(_EDITS) else StoryKind.MOVED


def _without_echoes(changes: Sequence[Change]) -> list[Change]:
    """Without the later publishers of a text that another change of the story tells: its message names them."""
    first = next((change.id for change in changes if change.kind in _PUBLISHED), None)
    return [change for change in changes if change.kind not in _PUBLISHED or change.id == first]


def _counts(found: Sequence[Change]) -> PeriodCounts:
    def organisations(*kinds: ChangeKind) -> int:
        return len({change.organisation_id for change in found if change.kind in kinds})

    def statements(kind: ChangeKind) -> int:
        return len({change.statement_id or -change.document_id for change in found if change.kind == kind})

    softer = {change.document_id for change in found if change.is_softer}
    return PeriodCounts(
        changed=organisations(*_EDITS),
        published=organisations(*_PUBLISHED),
        removed=statements(ChangeKind.REMOVED),
        restored=statements(ChangeKind.RESTORED),
        moved=statements(ChangeKind.MOVED),
        softer=len(softer),
    )
