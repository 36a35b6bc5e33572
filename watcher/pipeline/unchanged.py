"""What was seen of one host becomes rows: all that is unchanged at once, the rest one by one.

Nearly every visit brings nothing new, so what records news (comparing, matching, rendering) is
imported when there is news.
"""

from __future__ import annotations

from collections.abc import Iterator

from watcher.core.model import NotModified, Observation, RobotsRead
from watcher.core.urls import host_of
from watcher.pipeline import timetable
from watcher.pipeline.cycle import Cycle
from watcher.pipeline.lines import PollLine
from watcher.pipeline.maintainers import tell_recovered
from watcher.pipeline.watch import Watch
from watcher.store import catalogue, checks
from watcher.store.database import transaction


def settle_host(watch: Watch, cycle: Cycle, observations: list[Observation]) -> Iterator[PollLine]:
    """Record what was seen of one host; a line for each change and each trouble."""
    _settle_unchanged(watch, cycle, observations)
    for observation in observations:
        cycle.asked_at[host_of(observation.task.url)] = observation.at
        is_visit = not isinstance(observation.outcome, RobotsRead)
        if is_visit and observation.task.check_id in cycle.held:
            from watcher.pipeline.settle import settle_held

            yield from settle_held(watch, cycle, observation.task.check_id, observation)
            continue
        cycle.summary.checked += is_visit
        if not isinstance(observation.outcome, NotModified):
            from watcher.pipeline.settle import settle

            yield from settle(watch, cycle, observation)


def _settle_unchanged(watch: Watch, cycle: Cycle, observations: list[Observation]) -> None:
    """All visits of one host that brought nothing new, in one transaction."""
    settled = []
    own = set()
    recovered = []
    for observation in observations:
        is_second = observation.task.check_id in cycle.held
        if isinstance(observation.outcome, NotModified) and observation.task.check_id and not is_second:
            visit = cycle.visit(observation)
            then = timetable.next_read(visit.check, visit.source, visit.at, is_on_topic=visit.check.is_on_topic)
            settled.append((visit.check.id, visit.at, then))
            if timetable.is_own_address(visit.check):
                own.add((visit.source.id, visit.at))
            if visit.check.failures:
                recovered.append(visit)
    if settled:
        cycle.summary.not_modified += len(settled)
        with transaction(watch.db):
            checks.settle_unchanged(watch.db, settled)
            catalogue.record_unchanged_visits(watch.db, own)
            for visit in recovered:
                tell_recovered(watch, visit)
