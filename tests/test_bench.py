"""The bench does what it says, on a small site: no test here says how fast anything is."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bench.__main__ import main, measure_row
from bench.measure import BenchError, python
from bench.rows import Goal, Row, Subject, all_rows
from bench.rows.mail import made_subjects
from bench.table import row_table, write_results
from bench.workshop import Workshop, open_workshop

PAGES = 20


@pytest.fixture
def workshop(tmp_path: Path) -> Iterator[Workshop]:
    with open_workshop(tmp_path, PAGES, has_neighbours=False) as made:
        yield made


def test_unchanged_pages_are_measured_for_every_subject(workshop: Workshop) -> None:
    row = all_rows()["unchanged"]
    runs = measure_row(row, workshop, runs=1)
    assert list(runs) == ["bare fetch", "watcher poll"]
    assert all(number > 0 for of_subject in runs.values() for run in of_subject for number in run.values())
    told = row_table(row, runs)
    assert "| bare fetch |" in told
    assert "goal" in told


def test_a_subject_that_does_not_do_its_work_is_no_measurement(workshop: Workshop) -> None:
    (workshop.folder / "sources.toml").write_text("[[source]]\n")
    with pytest.raises(BenchError, match="ended with 2"):
        all_rows()["first"].subjects(workshop)[1].measure()


def test_runs_are_made_in_turns_and_reported_as_medians_and_ratios(workshop: Workshop, tmp_path: Path) -> None:
    asked: list[str] = []
    costs = {"yardstick": iter((1.0, 9.0, 2.0)), "ours": iter((3.0, 4.0, 5.0))}

    def subject(name: str) -> Subject:
        return Subject(name, lambda: asked.append(name) or {"cpu_s": next(costs[name])})

    goals = (Goal("ours", "cpu_s", limit=3.5), Goal("ours", "cpu_s", than="absent neighbour"))
    row = Row("made", "A made-up row", lambda _: [subject("yardstick"), subject("ours")], goals)
    runs = measure_row(row, workshop, runs=3)
    assert asked == ["yardstick", "ours"] * 3
    told = row_table(row, runs)
    assert "| ours | 4.00 | 2.00 |" in told
    assert "goal MISSED: ours CPU s 4.00, at most 3.50" in told
    assert "absent" not in told
    kept = json.loads(
        write_results(tmp_path / "results", datetime(2026, 6, 1, tzinfo=UTC), PAGES, {"made": runs}).read_text()
    )
    assert kept["rows"]["made"]["median"]["ours"] == {"cpu_s": 4.0}


@pytest.mark.parametrize("delay_s", [0.0, 0.002])
def test_mail_is_measured_by_what_its_server_took(workshop: Workshop, delay_s: float) -> None:
    runs = measure_row(Row("mail", "Mail", lambda made: made_subjects(made, 9, delay_s)), workshop, runs=1)
    assert list(runs) == ["smtplib, ready-made mails", "watcher deliver"]
    assert all(run["wall_s"] > 0 for of_subject in runs.values() for run in of_subject)


def test_a_process_is_measured_with_its_output() -> None:
    found = python("bench", "--help")
    assert "--rows" in found.output
    assert found.numbers["peak_mb"] > 1
    assert found.numbers["cpu_s"] > 0


def test_an_unknown_row_is_bad_usage(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        main(["--rows", "unchangd"])
    assert stop.value.code == 2
    assert 'no row "unchangd"' in capsys.readouterr().err


@pytest.mark.slow
def test_every_address_of_the_web_view_answers_while_it_is_measured(tmp_path: Path) -> None:
    small = ("--statements", "20", "--versions", "120", "--rate", "50", "--seconds", "1")
    lines = [json.loads(line) for line in python("bench.web", *small, "--keep", tmp_path).output.splitlines()]
    asked = {line["address"] for line in lines[:-1] if line["of"] == "web view"}
    assert {"/", "/charts", "/statements/1", "all"} <= asked
    assert [line for line in lines[:-1] if line["errors"]] == []
    assert set(lines[-1]) == {"errors", "cpu_ms", "median_ms", "p95_ms", "slowest_median_ms", "slowest_p95_ms"}
