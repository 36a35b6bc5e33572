"""What the watch did not see in a week or a day: the proof that a quiet one was watched."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise

from watcher.core.model import Unseen
from watcher.core.weeks import Window
from watcher.pipeline.watch import Watch
from watcher.store import digests
from watcher.store.digests import LastVisits

HICCUP = timedelta(hours=12)
"""A source that has failed for less than this when the period ends was seen."""

PAUSE_FROM = timedelta(hours=12)
"""A shorter time without a cycle is nothing out of the ordinary."""


@dataclass(frozen=True, slots=True)
class BlindSpots:
    """How many sources were seen, which were not, and when nothing was looked at at all."""

    read: int
    in_all: int
    unseen: tuple[Unseen, ...]  # the longest unseen first
    pauses: tuple[tuple[datetime, datetime], ...]


def blind_spots(watch: Watch, window: Window) -> BlindSpots:
    """What was not seen, as it stood when the window ended."""
    known = {source.id: source for source in watch.configuration.sources if source.enabled}
    visited = [one for one in digests.last_visits(watch.db, window.until).values() if one.source_id in known]
    unseen: dict[tuple[object, ...], Unseen] = {}
    blind = 0
    for one in visited:
        source = known[one.source_id]
        name = watch.configuration.organisation(source.organisation).name
        told = _unseen(one, window, timedelta(seconds=source.every_s), name)
        if told is None:
            continue
        blind += 1
        key = (name, told.why, told.detail, told.since.date())
        same = unseen.get(key)
        unseen[key] = replace(same, sources=same.sources + 1) if same else told
    shortest = min((source.every_s for source in known.values()), default=0)
    return BlindSpots(
        read=len(visited) - blind,
        in_all=len(visited),
        unseen=tuple(sorted(unseen.values(), key=lambda one: (one.since, one.organisation))),
        pauses=_pauses(watch, window, timedelta(seconds=shortest)),
    )


def _unseen(one: LastVisits, window: Window, every: timedelta, name: str) -> Unseen | None:
    if one.gone_since is not None and window.until - one.gone_since >= HICCUP:
        return Unseen(name, "gone", "", one.gone_since)
    if one.failing_since is not None:
        if window.until - one.failing_since < HICCUP and one.seen_at is not None:
            return None
        # What a private address is called is nobody's business outside.
        return Unseen(name, one.outcome, "" if one.outcome == "refused address" else one.detail, one.failing_since)
    assert one.seen_at is not None
    if one.seen_at < min(window.since, window.until - 2 * every):
        return Unseen(name, "not visited", "", one.seen_at)
    return None


def _pauses(watch: Watch, window: Window, shortest: timedelta) -> tuple[tuple[datetime, datetime], ...]:
    """When no cycle began for so long that the watcher can't have been running."""
    polls = digests.poll_times(watch.db, window.since, window.until)
    found = pairwise([window.since, *polls, window.until])
    return tuple((one, other) for one, other in found if other - one >= max(PAUSE_FROM, 2 * shortest))
