from __future__ import annotations

import shlex
import tempfile
import time
from pathlib import Path

import pytest
from typer.testing import CliRunner

from watcher.cli import app
from watcher.core.model import Tier
from watcher.demo.fortnight import Told, stage
from watcher.demo.telling import run

Event = tuple[str, str, str, bool]


@pytest.fixture
def said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the command says, with the folder that it keeps in the test's own."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    # Were any of these used, alerts would wait for a channel, and each visit for a minute.
    monkeypatch.setenv("WATCHER_TELEGRAM_TOKEN", "123456:not-a-token")
    monkeypatch.setenv("WATCHER_HOST_PAUSE_S", "60")
    lines: list[str] = []
    started = time.monotonic()
    run(lines.append)
    assert time.monotonic() - started < 30
    monkeypatch.delenv("WATCHER_TELEGRAM_TOKEN")
    return lines


def play(folder: Path) -> list[Told]:
    with stage(folder) as standing:
        return list(standing.play())


@pytest.fixture(scope="module")
def fortnight(tmp_path_factory: pytest.TempPathFactory) -> list[Told]:
    return play(tmp_path_factory.mktemp("fortnight"))


def events(told: Told) -> list[Event]:
    """(day, change, organisation, is_alert) of what is on topic or out of reach, in the order of the alphabet."""
    return sorted(
        (f"{told.step.at:%a %-d}", line.trouble or line.change, line.organisation, line.is_alert)
        for line in told.lines
        if line.is_trouble or line.tier != Tier.NONE
    )


def heads(told: Told) -> list[str]:
    """The line of each message that says who did what."""
    return [next(line for line in message.splitlines()[1:] if " statement" in line) for message in told.messages]


def test_the_fortnight_brings_each_change_once_and_nothing_else(fortnight: list[Told]) -> None:
    assert [event for told in fortnight for event in events(told)] == [
        ("Mon 1", "baseline", "crisis-college", False),
        ("Mon 1", "baseline", "fellside-police", False),
        ("Mon 1", "baseline", "hillside", False),
        ("Mon 1", "baseline", "moorside-gazette", False),
        ("Mon 1", "baseline", "northmoor", False),
        ("Tue 2", "first", "westvale", True),
        ("Wed 3", "repeat", "eastmere", False),
        ("Thu 4", "missing", "hillside", False),
        ("Fri 5", "blocked", "fellside-police", False),
        ("Fri 5", "removed", "hillside", True),
        ("Sat 6", "blocked", "fellside-police", False),
        ("Sat 6", "busy", "eastmere", False),
        ("Sat 6", "busy", "eastmere", False),
        ("Mon 8", "blocked", "fellside-police", False),
        ("Mon 8", "edited", "northmoor", True),
        ("Wed 10", "moved", "northmoor", True),
        ("Thu 11", "first", "harrow-vale", False),
        ("Fri 12", "restored", "hillside", True),
    ]


def test_every_alert_goes_out_once_and_the_repeat_puts_the_first_right(fortnight: list[Told]) -> None:
    assert [head for told in fortnight for head in heads(told)] == [
        "Westvale network published a statement",
        "Westvale network and Eastmere network published the same statement",
        "Hillside Trust took its statement down",
        "Northmoor Care Trust changed its statement",
        "Northmoor Care Trust moved its statement to another address",
        "Hillside Trust put its statement back",
    ]
    repeat = fortnight[2].messages[0]
    assert "In place of message 1" in repeat
    assert "with its own opening sentence" in repeat


@pytest.mark.parametrize("day", ["Mon 1", "Thu 4", "Sat 6", "Tue 9", "Thu 11", "Sun 14"])
def test_noise_outages_blocks_candidates_and_doubtful_losses_send_no_message(fortnight: list[Told], day: str) -> None:
    told = [one for one in fortnight if f"{one.step.at:%a %-d}" == day]
    assert told
    assert all(one.messages == () and one.summary.alerts == 0 for one in told)


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (7, "The trust has [-ended-]{+paused+} its use"),
        (7, "Says it has paused Serenity Integrated Mentoring (before: ended)"),
        (7, "Edited without a new date: the page still says 12 May 2025"),
        (7, "{+An earlier version of this statement has been withdrawn.+}"),
        (5, "three times over 26 hours (404, not found)"),
        (5, "We apologise to the people who came to us for help"),
        (9, "The old address now leads to http://"),
        (11, "[-We apologise to the people who came to us for help and were not listened to.-]"),
        (11, "published in [-full this autumn-]{+due course+}."),
    ],
)
def test_messages_show_what_changed(fortnight: list[Told], number: int, words: str) -> None:
    assert words in fortnight[number].messages[0]


def test_the_candidate_says_what_it_describes(fortnight: list[Told]) -> None:
    candidates = [line for told in fortnight for line in told.lines if line.tier == Tier.SIMILAR]
    assert [(line.title, line.is_alert) for line in candidates] == [("Steady Steps begins", False)]
    assert candidates[0].reasons[0].startswith("describes an officer in the clinical team")


def test_every_command_that_it_names_works(said: list[str]) -> None:
    assert sum("Alert c-" in line for line in said) == 6
    named = [shlex.split(line) for line in said if line.endswith("/storage")]
    commands = [
        words[words.index(name) :] for words in named for name in ("changes", "show", "diff", "search") if name in words
    ]
    assert [words[0] for words in commands] == ["changes", "show", "diff", "search"]
    results = [CliRunner().invoke(app, words) for words in commands]
    assert [result.exit_code for result in results] == [0, 0, 0, 0]
    changes, show, diff, search = (result.stdout for result in results)
    assert changes.count("alert") == 5
    assert "[-ended-]{+paused+}" in show
    assert "SHA-256" in show
    assert "{+paused+}" in diff
    assert "Northmoor Care Trust" in search


def test_a_reader_can_take_it_in_at_one_sitting(said: list[str]) -> None:
    assert len(said) < 190
    assert all(len(line) <= 104 for line in said[:-8])
