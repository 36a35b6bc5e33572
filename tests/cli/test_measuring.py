"""replay and quality, as a maintainer types them."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tests.support.site import TOPIC, watching
from watcher.cli import app
from watcher.core.errors import ConfigError, ExtractError

Run = Callable[..., list[str]]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    with watching(tmp_path, TOPIC):
        pass

    def run(*arguments: str) -> list[str]:
        common = ["--config", str(tmp_path / "sources.toml"), "--storage", str(tmp_path / "storage")]
        return CliRunner().invoke(app, [*arguments, *common], catch_exceptions=False).stdout.splitlines()

    return run


def test_quality_measures_a_file_and_names_its_errors(run: Run, tmp_path: Path) -> None:
    cases = tmp_path / "cases.jsonl"
    cases.write_text(
        json.dumps({"id": "a", "text": "We ended Serenity Integrated Mentoring.", "label": "on-topic"})
        + "\n"
        + json.dumps({"id": "b", "text": "Serenity Integrated Mentoring of falcons.", "label": "near-sense"})
    )
    said = run("quality", str(cases))
    assert any("named and on topic: precision" in line and "0.500  1 of 2" in line for line in said)
    assert any("wrongly named: b (near-sense)" in line for line in said)
    rows = [json.loads(line) for line in run("quality", str(cases), "--json")]
    assert rows[0]["share"] == 1.0 and rows[1]["of"] == 2


def test_quality_without_a_file_measures_what_ships(run: Run) -> None:
    sets = {json.loads(line)["set"] for line in run("quality", "--json")}
    assert sets == {"ships: match", "ships: same"}


def test_a_labelled_line_without_text_is_named(run: Run, tmp_path: Path) -> None:
    cases = tmp_path / "cases.jsonl"
    cases.write_text('{"id": "a"}')
    with pytest.raises(ExtractError, match=r'cases\.jsonl:1: "text" is missing'):
        run("quality", str(cases))


def test_replay_of_nothing_says_so(run: Run) -> None:
    assert run("replay", "--since", "30d") == [
        "0 changes replayed: 0 alerts would appear, 0 would vanish. Nothing was written."
    ]
    summary = json.loads(run("replay", "--since", "2026-06-01", "--json")[0])
    assert summary == {"summary": {"replayed": 0, "appears": 0, "vanishes": 0, "stays": 0}}


def test_replay_since_no_date_is_refused_with_an_example(run: Run) -> None:
    with pytest.raises(ConfigError, match="or a date like 2026-06-01"):
        run("replay", "--since", "whenever")
