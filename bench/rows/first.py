"""The same pages for the first time: text, topic, capture, version and search index of each."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import count
from pathlib import Path

from bench.measure import BenchError, python
from bench.neighbours import urlwatch, write_jobs
from bench.rows import Measure, Row, Subject
from bench.workshop import Workshop


def subjects(workshop: Workshop) -> Sequence[Subject]:
    """All subjects; each run starts from nothing."""
    found = [
        Subject("bare fetch", _afresh(workshop, "first-bare", lambda folder: _bare_fetch(workshop, folder))),
        Subject("watcher poll", _afresh(workshop, "first-watcher", lambda folder: _watcher(workshop, folder))),
    ]
    if workshop.has_neighbours:
        run = lambda folder: _urlwatch(workshop, folder)  # noqa: E731
        found.append(Subject("urlwatch, as text", _afresh(workshop, "first-urlwatch", run)))
    return found


def _afresh(workshop: Workshop, name: str, run: Callable[[Path], Mapping[str, float]]) -> Measure:
    numbers = count()
    return lambda: run(workshop.place(f"{name}-{next(numbers)}"))


def _bare_fetch(workshop: Workshop, folder: Path) -> Mapping[str, float]:
    (folder / "urls.txt").write_text("\n".join(workshop.urls()))
    return python("bench.bare_fetch", folder / "urls.txt", folder / "state.json").numbers


def _watcher(workshop: Workshop, folder: Path) -> Mapping[str, float]:
    found, summary = workshop.poll(folder)
    if summary["read"] != workshop.pages or summary["changes"] != workshop.pages:
        raise BenchError(f"watcher poll: {summary} where {workshop.pages} should be read and recorded")
    return found.numbers


def _urlwatch(workshop: Workshop, folder: Path) -> Mapping[str, float]:
    write_jobs(folder, workshop.urls(), has_filter=True)
    return urlwatch(folder).numbers


ROW = Row("first", "The same pages for the first time", subjects)
