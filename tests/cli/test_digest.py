"""`watcher digest` as people and scripts run it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from tests.support.readers import add_reader, waiting_letters
from tests.web.filling import START, Filling, filled
from watcher.cli import app
from watcher.core.errors import WatcherError

MAIL = {
    "WATCHER_SMTP_URL": "smtp://127.0.0.1:25",
    "WATCHER_MAIL_FROM": "watch@watch.example",
    "WATCHER_PUBLIC_URL": "https://watch.example",
}
BARE = dict.fromkeys(MAIL, "")


@pytest.fixture
def filling(tmp_path: Path) -> Iterator[Filling]:
    made = filled(tmp_path)
    yield made
    made.db.close()


def run(filling: Filling, *arguments: str, env: dict[str, str] = BARE) -> Result:
    options = ["--config", str(filling.configuration.path), "--storage", str(filling.storage)]
    return CliRunner().invoke(app, ["digest", *arguments, *options], env=env)


def refusal(result: Result) -> tuple[int, str]:
    assert isinstance(result.exception, WatcherError)
    return result.exception.exit_code, str(result.exception)


def test_nobody_to_send_to_is_said_and_no_failure(filling: Filling) -> None:
    result = run(filling)
    assert (result.exit_code, result.stdout) == (
        0,
        "Nobody to send to: no active subscription by e-mail asks for digests.\n",
    )


def test_readers_without_a_mail_server_are_bad_configuration(filling: Filling) -> None:
    add_reader(filling.db, "ada@reader.example", START)
    code, says = refusal(run(filling, env={**MAIL, "WATCHER_SMTP_URL": ""}))
    assert code == 2
    assert says.startswith("WATCHER_SMTP_URL: not set, and without it no mail is sent")
    code, says = refusal(run(filling))
    assert says.startswith("WATCHER_SMTP_URL, WATCHER_MAIL_FROM, WATCHER_PUBLIC_URL: not set, and without them")
    assert waiting_letters(filling.db) == []


def test_a_week_is_queued_once(filling: Filling) -> None:
    add_reader(filling.db, "ada@reader.example", START)
    add_reader(filling.db, "ben@reader.example", START, "org:dale")
    result = run(filling, "--week", "2026-W23", env=MAIL)
    assert (result.exit_code, result.exception) == (0, None)
    assert result.stdout == (
        "2026-W23: 1 queued, 1 with nothing to tell\n1 letter written. They leave with: watcher deliver\n"
    )
    again = run(filling, "--week", "2026-W23", "--json", env=MAIL)
    assert json.loads(again.stdout) == {"summary": {"readers": 2, "queued": 0, "letters": 0}}
    assert len(waiting_letters(filling.db)) == 1


def test_every_week_that_is_due_is_queued_without_a_week(filling: Filling) -> None:
    add_reader(filling.db, "ada@reader.example", datetime.now(UTC) - timedelta(days=15), wants_quiet=True)
    first = run(filling, "--json", env=MAIL)
    lines = [json.loads(line) for line in first.stdout.splitlines()]
    assert [line["queued"] for line in lines[:-1]] in ([1, 1], [1, 1, 1])
    again = run(filling, env=MAIL)
    assert again.stdout == "Nothing is due: 1 reader has been told already.\n"


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--week", "2025-W53"], '--week: "2025-W53": 2025 has 52 weeks: the nearest are 2025-W52 and 2026-W01'),
        (["--week", "2026-8"], 'did you mean "2026-W08"?'),
        (["--day", "2026-02-30"], "--day: "),
        (["--week", "2199-W01"], "2199-W01 is not over yet: the latest whole one is "),
        (["--week", "2199-W01", "--preview", "x.html"], "2199-W01 has not begun"),
        (["--week", "2026-W23", "--day", "2026-06-01"], "exclude each other"),
        (["--filter", "kind:trust"], "goes with --preview"),
        (["--preview", "x.html", "--filter", "kind:trst"], 'kind "trst" is not known (did you mean "trust"?)'),
    ],
)
def test_bad_usage_names_the_nearest_valid_form(
    filling: Filling, tmp_path: Path, arguments: list[str], says: str
) -> None:
    code, message = refusal(run(filling, *arguments, env=MAIL))
    assert code == 2
    assert says in message


def test_a_preview_writes_one_file_and_queues_nothing(filling: Filling, tmp_path: Path) -> None:
    page, text = tmp_path / "week.html", tmp_path / "week.txt"
    result = run(filling, "--week", "2026-W23", "--preview", str(page), "--filter", "kind:ahsn")
    assert result.exit_code == 0
    assert result.stdout.startswith("Week 23: two organisations published a statement about Steady Mentoring\n")
    assert "Nothing was queued." in result.stdout
    assert "WATCHER_PUBLIC_URL is not set" in result.stderr
    assert page.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    assert "Westvale network and Eastmere network" in page.read_text(encoding="utf-8").replace("</strong>", "").replace(
        "<strong>", ""
    )
    run(filling, "--week", "2026-W23", "--preview", str(text))
    assert text.read_text(encoding="utf-8").startswith("Week 23, 1 to 7 June 2026\n====")
    assert "Leave: (each reader's own link)\n" in text.read_text(encoding="utf-8")
    assert "leave.invalid" not in page.read_text(encoding="utf-8")
    assert waiting_letters(filling.db) == []


def test_a_preview_of_a_quiet_week_says_who_would_get_it(filling: Filling, tmp_path: Path) -> None:
    result = run(filling, "--week", "2026-W30", "--preview", str(tmp_path / "quiet.txt"), env=MAIL)
    assert "goes only to readers who want to hear of quiet weeks too" in result.stderr


def test_a_changed_template_that_is_wrong_stops_it_with_file_and_line(filling: Filling, tmp_path: Path) -> None:
    folder = filling.configuration.path.parent / "templates"
    folder.mkdir()
    (folder / "digest.html.j2").write_text("<p>\n{% if %}\n", encoding="utf-8")
    code, says = refusal(run(filling, "--preview", str(tmp_path / "x.html")))
    assert code == 2
    assert says.startswith(f"{folder / 'digest.html.j2'}:2: ")
    result = CliRunner().invoke(app, ["sources", "validate", "--config", str(filling.configuration.path)])
    assert refusal(result)[1].startswith(f"{folder / 'digest.html.j2'}:2: ")
