"""evidence export and verify, as a maintainer types them, and as somebody does who has only the file."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from tests.support.site import ORGANISATION, SOURCE, TOPIC, Bench, Site, page, watching
from watcher.cli import app
from watcher.core.errors import ConfigError, StoreError

DOCUMENT = Path(__file__).parents[2] / "docs" / "evidence.md"
Run = Callable[..., Result]


@pytest.fixture
def bench(site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bench]:
    """A statement and its edit: c-1 and c-2. The current folder is that of the test."""
    monkeypatch.chdir(tmp_path)
    config = TOPIC + ORGANISATION.format(id="northmoor", name="Northmoor Care Trust", host="127.0.0.1")
    config += SOURCE.format(id="page", organisation="northmoor", kind="page", url=site.url("/sim"), more="")
    site.pages["/sim"] = page("Our position", "Serenity Integrated Mentoring is paused here while it is reviewed.")
    with watching(tmp_path, config) as made:
        made.poll()
        site.pages["/sim"] = page("Our position", "Serenity Integrated Mentoring has ended here after a review.")
        made.poll(hours=26)
        yield made


@pytest.fixture
def run(tmp_path: Path) -> Run:
    def run(*arguments: str, status: int = 0) -> Result:
        where = (
            [] if arguments[1] == "verify" and "--all" not in arguments else ["--storage", str(tmp_path / "storage")]
        )
        result = CliRunner().invoke(app, ["evidence", *arguments[1:], *where], catch_exceptions=False)
        assert result.exit_code == status, result.output
        return result

    return run


def lines(result: Result) -> list[dict[str, object]]:
    return [json.loads(line) for line in result.stdout.splitlines()]


def damage(storage: Path) -> None:
    (path,) = (storage / "warc").glob("2026-06-02*")
    path.write_bytes(path.read_bytes()[:-20])


@pytest.mark.usefixtures("bench")
def test_everything_holds_and_is_counted(run: Run) -> None:
    assert run("evidence", "verify", "--all").stdout == "Versions: all 2 hold. Answers kept: 2 of 2 hold.\n"
    assert lines(run("evidence", "verify", "--all", "--reread", "--json")) == [
        {"summary": {"versions": 2, "versions_holding": 2, "answers": 2, "answers_holding": 2, "reread": 2}}
    ]


def test_what_does_not_hold_is_named_with_its_changes(bench: Bench, run: Run) -> None:
    damage(bench.watch.storage)
    told = run("evidence", "verify", "--all", status=1).stdout
    assert re.search(r"^version 2 \(c-2\)  http://\S+/sim\n    cut short: warc/2026-06-02.warc.gz at byte \d+: ", told)
    assert told.endswith("Versions: 1 hold, 1 do not. Answers kept: 1 of 2 hold.\n")
    fault, summary = lines(run("evidence", "verify", "--all", "--json", status=1))
    assert (fault["version"], fault["changes"], fault["fault"]) == (2, ["c-2"], "cut short")
    assert set(summary) == {"summary"}


@pytest.mark.usefixtures("bench")
def test_a_pack_lies_among_the_exports_unless_a_place_is_named(run: Run, tmp_path: Path) -> None:
    told = run("evidence", "export", "c-2").stdout
    assert f"{tmp_path}/storage/exports/c-2.wacz" in told and "versions 1 and 2 of http" in told
    (made,) = lines(run("evidence", "export", "2", "-o", "here.wacz", "--json"))
    assert (made["file"], made["change"], made["versions"]) == ("here.wacz", "c-2", [1, 2])
    holding = run("evidence", "verify", "here.wacz").stdout
    assert "here.wacz holds: 7 files, 4 records, 2 texts." in holding
    assert str(made["sha256"]) in holding
    (summary,) = lines(run("evidence", "verify", "here.wacz", "--json"))
    assert summary["summary"]["holds"] is True  # type: ignore[index]


def test_damage_to_a_pack_or_to_captures_is_named(bench: Bench, run: Run, tmp_path: Path) -> None:
    run("evidence", "export", "c-2", "-o", "c-2.wacz")
    path = tmp_path / "c-2.wacz"
    path.write_bytes(path.read_bytes().replace(b"has ended here", b"has paused it."))
    told = run("evidence", "verify", "c-2.wacz", status=1).stdout
    assert "about/statement.json: other bytes: is not as it was packed (CRC-32)" in told
    assert told.endswith("c-2.wacz does not hold; what is wrong is named above.\n")
    (warc,) = (bench.watch.storage / "warc").glob("2026-06-02*")
    assert "holds: 2 records" in run("evidence", "verify", str(warc)).stdout
    damage(bench.watch.storage)
    *_, summary = lines(run("evidence", "verify", str(warc), "--json", status=1))
    assert summary["summary"]["holds"] is False  # type: ignore[index]


@pytest.mark.usefixtures("bench")
def test_bad_usage_is_named(run: Run) -> None:
    for words in (("verify",), ("verify", "c-2.wacz", "--all"), ("verify", "c-2.wacz", "--reread"), ("export", "two")):
        with pytest.raises(ConfigError):
            run("evidence", *words)
    for words in (("verify", "nowhere.wacz"), ("export", "c-99")):
        with pytest.raises(StoreError):
            run("evidence", *words)


def test_a_pack_is_verified_without_database_and_configuration(bench: Bench, run: Run, tmp_path: Path) -> None:
    run("evidence", "export", "c-2", "-o", str(tmp_path / "c-2.wacz"))
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (tmp_path / "c-2.wacz").rename(elsewhere / "c-2.wacz")
    around = {key: value for key, value in os.environ.items() if not key.startswith("WATCHER_")}
    told = subprocess.run(
        [sys.executable, "-m", "watcher", "evidence", "verify", "c-2.wacz"],
        cwd=elsewhere,
        env=around | {"PYTHONPATH": str(Path(__file__).parents[2])},
        capture_output=True,
        text=True,
        check=True,
    )
    assert "holds" in told.stdout
    assert [path.name for path in elsewhere.iterdir()] == ["c-2.wacz"]


def test_the_session_in_the_document_is_what_the_commands_print(bench: Bench, site: Site) -> None:
    session = re.search(r"<!-- session -->\n```text\n(.*?)```", DOCUMENT.read_text(encoding="utf-8"), re.S)
    assert session is not None
    said = ""
    for line in session[1].splitlines():
        if line.startswith("$ watcher "):
            said += f"{line}\n{CliRunner().invoke(app, line.split()[2:]).stdout}"
        elif line.startswith("$ "):
            subprocess.run(["sh", "-c", line[2:]], cwd=bench.watch.storage.parent, check=True)
            said += f"{line}\n"
    said = said.replace(site.url("/sim"), "https://www.northmoor.example/sim")
    assert without_figures(said) == without_figures(session[1])


def without_figures(text: str) -> str:
    """Hashes and sizes depend on the clock, the port and the release."""
    text = re.sub(r"[0-9a-f]{64}", "HASH", text)
    return re.sub(r"[\d,]+(?= bytes were| are left)|(?<=byte )\d+|[\d,]+(?= bytes;)", "N", text)
