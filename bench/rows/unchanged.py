"""Pages that were read before and have not changed: what a watcher does nearly all day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from bench.measure import BenchError, python
from bench.neighbours import urlwatch, write_jobs
from bench.rows import Goal, Measure, Row, Subject
from bench.workshop import Workshop


def subjects(workshop: Workshop) -> Sequence[Subject]:
    """All subjects, each with a first visit behind it."""
    found = [Subject("bare fetch", _bare_fetch(workshop)), Subject("watcher poll", _watcher(workshop))]
    if workshop.has_neighbours:
        found += [
            Subject("urlwatch", _urlwatch(workshop, has_filter=False)),
            Subject("urlwatch, as text", _urlwatch(workshop, has_filter=True)),
        ]
    for subject in found:
        subject.measure()  # the first visit
    return found


def _bare_fetch(workshop: Workshop) -> Measure:
    folder = workshop.place("unchanged-bare")
    urls = folder / "urls.txt"
    urls.write_text("\n".join(workshop.urls()))
    return lambda: python("bench.bare_fetch", urls, folder / "state.json").numbers


def _watcher(workshop: Workshop) -> Measure:
    storage = workshop.place("unchanged-watcher")
    done: list[None] = []

    def measure() -> Mapping[str, float]:
        found, summary = workshop.poll(storage, "--all")
        expected = "not_modified" if done else "read"
        if summary[expected] != workshop.pages:
            raise BenchError(f"watcher poll: {summary} where {workshop.pages} should be {expected}")
        done.append(None)
        return found.numbers

    return measure


def _urlwatch(workshop: Workshop, *, has_filter: bool) -> Measure:
    folder: Path = workshop.place(f"unchanged-urlwatch-{has_filter}")
    write_jobs(folder, workshop.urls(), has_filter=has_filter)
    return lambda: urlwatch(folder).numbers


ROW = Row(
    "unchanged",
    "Pages that have not changed; half answer 304, half bring the same bytes again",
    subjects,
    goals=(Goal("watcher poll", "cpu_s", than="urlwatch"), Goal("watcher poll", "peak_mb", limit=100)),
)
