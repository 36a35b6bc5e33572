"""docs/sources.md shows every key, and a session that is played again here."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
from typer.testing import CliRunner

from tests.support.site import TOPIC
from tests.support.ten_sites import serving
from watcher.cli import app
from watcher.config.schema import SourceModel

DOCUMENT = Path(__file__).parents[1] / "docs" / "sources.md"
FILE = (
    TOPIC
    + '\n[[organisation]]\nid = "northmoor"\nname = "Northmoor Care Trust"\nkind = "trust"\ndomains = ["127.0.0.1"]\n'
)


@pytest.fixture
def _quiet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("WATCHER_ALLOW_PRIVATE_HOSTS", "127.0.0.1")
    monkeypatch.setenv("WATCHER_HOST_PAUSE_S", "0")
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


def test_each_key_of_a_source_is_described() -> None:
    table = DOCUMENT.read_text(encoding="utf-8").partition("## Every key")[2].partition("```")[0]
    assert re.findall(r"^\| `(\w+)` \|", table, re.M) == shown_keys()


def shown_keys() -> list[str]:
    first = [
        "id",
        "organisation",
        "kind",
        "url",
        "every",
        "at_least_every",
        "follow",
        "ignore",
        "select",
        "remove",
        "extractor",
        "fields",
    ]
    assert set(SourceModel.model_fields) == {*first, "tags", "enabled", "note", "tls", "robots", "render"}
    return [*first, "tags", "enabled", "note", "tls", "robots", "render"]


@pytest.mark.usefixtures("_quiet")
def test_the_session_is_what_the_command_prints() -> None:
    shown = re.search(r"<!-- session -->\n```\n\$ watcher (.*?)\n(.*?)```", DOCUMENT.read_text(encoding="utf-8"), re.S)
    assert shown is not None
    with serving() as sites:
        port = str(sites["feed"].server.port)
        Path("sources.toml").write_text(FILE, encoding="utf-8")
        result = CliRunner().invoke(app, shown[1].replace("8100", port).split())
    said = re.sub(r"added on \d+ \w+ \d{4}", "added on 12 June 2026", result.stdout.replace(port, "8100"))
    assert said.rstrip() == shown[2].rstrip()


def test_the_session_in_the_readme_is_a_part_of_it() -> None:
    readme = (DOCUMENT.parents[1] / "README.md").read_text(encoding="utf-8")
    shown = re.search(r"```\n(\$ watcher sources add .*?)```", readme, re.S)
    assert shown is not None
    whole = DOCUMENT.read_text(encoding="utf-8").splitlines()
    assert [line for line in shown[1].splitlines() if line != "…" and line not in whole] == []
