"""Every row of docs/faults.md's last table: what is found, and what one poll of it says."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.faults.content import CONTENT, OTHERS, ContentFault, story
from tests.faults.server import Asked, FaultServer
from tests.support.site import ORGANISATION, SOURCE, TOPIC, Bench, watching
from watcher.core.model import ChangeKind
from watcher.pipeline.lines import PollLine

DOCUMENT = Path(__file__).parents[2] / "docs" / "faults.md"
SECONDS = 60.0  # for all rows together


@dataclass(frozen=True)
class Polled:
    """What two polls of all rows said, by row."""

    bench: Bench
    first: dict[str, list[PollLine]]
    second: dict[str, list[PollLine]]
    seconds: float


def no_robots(asked: Asked) -> None:
    asked.respond(404)


@contextmanager
def polled_in(folder: Path) -> Iterator[Polled]:
    answers = {f"/{fault.id}": fault.before or fault.answer for fault in CONTENT}
    with FaultServer({**OTHERS, **answers, "/robots.txt": no_robots}, otherwise=story) as server:
        config = TOPIC + ORGANISATION.format(id="northmoor", name="Northmoor Care Trust", host="127.0.0.1")
        for fault in CONTENT:
            url = f"{server.url}/{fault.id}"
            config += SOURCE.format(id=fault.id, organisation="northmoor", kind=fault.kind, url=url, more="")
        started = time.monotonic()
        with watching(folder, config) as bench:
            first = by_source(bench.poll())
            server.answers.update({f"/{fault.id}": fault.answer for fault in CONTENT})
            second = by_source(bench.poll(hours=2))
            yield Polled(bench, first, second, time.monotonic() - started)


def by_source(lines: list[PollLine]) -> dict[str, list[PollLine]]:
    found: dict[str, list[PollLine]] = {}
    for line in lines:
        found.setdefault(line.source, []).append(line)
    return found


@pytest.fixture(scope="module")
def polled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Polled]:
    with polled_in(tmp_path_factory.mktemp("faults")) as found:
        yield found


def said(lines: list[PollLine], *, is_first: bool) -> str:
    """What one poll said of one source, in the words of the table."""
    changes = [line for line in lines if not line.is_trouble]
    if is_first:
        assert {line.change for line in changes} <= {"baseline"}
        changes = []
    words = [
        line.change if not line.is_trouble else f"{line.change}: {line.trouble}"
        for line in lines
        if line in changes or line.is_trouble
    ]
    return ", ".join(words) or ("read" if is_first else "nothing new")


@pytest.mark.parametrize("fault", CONTENT, ids=lambda fault: fault.id)
def test_one_poll_says_of_each_fault_what_the_table_says(polled: Polled, fault: ContentFault) -> None:
    is_first = fault.before is None
    if fault.before is not None:
        assert said(polled.first.get(fault.id, []), is_first=True) == "read"
    lines = (polled.first if is_first else polled.second).get(fault.id, [])
    assert said(lines, is_first=is_first) == fault.says, lines
    if fault.shows:
        rows = polled.bench.watch.db.execute(
            "SELECT found_title FROM checks WHERE source_id = ? UNION ALL SELECT v.title || ' ' || v.text"
            " FROM documents d JOIN versions v ON v.id = d.version_id WHERE d.source_id = ?",
            [fault.id, fault.id],
        )
        assert fault.shows in " ".join(row[0] or "" for row in rows)


def test_nothing_that_is_blocked_or_busy_is_ever_said_to_be_gone(polled: Polled) -> None:
    gone = {ChangeKind.MISSING.value, ChangeKind.REMOVED.value}
    said_gone = {name for name, lines in polled.second.items() if any(line.change in gone for line in lines)}
    assert said_gone == {fault.id for fault in CONTENT if fault.says == "missing"}


def test_all_rows_end_in_time_and_show_no_file_of_this_machine(polled: Polled) -> None:
    assert polled.seconds < SECONDS
    texts = polled.bench.watch.db.execute("SELECT title || text FROM versions UNION ALL SELECT found_title FROM checks")
    assert not any("root:" in (row[0] or "") for row in texts)


def test_the_document_shows_exactly_the_rows_that_are_polled() -> None:
    text = DOCUMENT.read_text(encoding="utf-8").partition("## What pages, feeds and lists hold")[2]
    shown = re.findall(r"^\| (.+?) \| (.+?) \| (.+?) \|$", text, re.M)
    assert [row for row in shown if row[0] != "source" and not row[0].startswith("-")] == [
        (fault.kind.value, fault.name, fault.says) for fault in CONTENT
    ]
