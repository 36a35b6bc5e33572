"""`watcher sources …` as it is typed."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
from pytest_httpserver import HTTPServer
from typer.testing import CliRunner

from tests.support.site import ORGANISATION, SOURCE, TOPIC, Site, page
from watcher.cli import app
from watcher.core.errors import ConfigError

PAUSED = "The trust has paused its Serenity Integrated Mentoring team while our medical director reviews it."


@pytest.fixture(autouse=True)
def _logging_as_it_was() -> Iterator[None]:
    """A command sets up logging to its own standard error, which ends with the command."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


@pytest.fixture
def site(httpserver: HTTPServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Site:
    made = Site(httpserver, {"/sim": page("An update for patients", PAUSED)})
    httpserver.expect_request(re.compile(".*")).respond_with_handler(made.answer)
    config = TOPIC + ORGANISATION.format(id="northmoor", name="Northmoor Care Trust", host="localhost")
    config += SOURCE.format(id="page", organisation="northmoor", kind="page", url=made.url("/sim"), more="")
    monkeypatch.chdir(tmp_path)
    Path("sources.toml").write_text(config, encoding="utf-8")
    monkeypatch.setenv("WATCHER_ALLOW_PRIVATE_HOSTS", "127.0.0.1,localhost")
    monkeypatch.setenv("WATCHER_HOST_PAUSE_S", "0")
    monkeypatch.delenv("WATCHER_TELEGRAM_TOKEN", raising=False)
    return made


def run(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["sources", *arguments])
    if isinstance(result.exception, ConfigError):
        raise result.exception
    return result.exit_code, result.stdout


def test_a_source_is_tested_by_its_id_or_by_its_address(site: Site) -> None:
    code, said = run("test", "page")
    assert code == 0
    assert said.splitlines()[0] == f"page   page   {site.url('/sim')}"
    assert "    matches sim: named" in said
    assert run("test", site.url("/sim")) == (0, said)


def test_a_test_in_json_is_one_object_a_line(site: Site) -> None:
    code, said = run("test", "page", "--json")
    (line,) = said.splitlines()
    found = json.loads(line)
    assert (code, found["source"], found["documents"][0]["matches"][0]["tier"]) == (0, "page", "named")


def test_a_source_that_cannot_be_read_is_an_exit_of_1(site: Site) -> None:
    site.pages["/sim"] = (503, "busy", {})
    code, said = run("test", "page")
    assert code == 1
    assert "could not be read: busy: HTTP 503 (Service Unavailable)" in said


def test_an_unknown_id_or_kind_is_asked_back(site: Site) -> None:
    with pytest.raises(ConfigError, match='did you mean "page"'):
        run("test", "pag")
    with pytest.raises(ConfigError, match="one of page, listing, feed, sitemap, json"):
        run("test", site.url("/other"), "--kind", "rss")


def test_adding_shows_what_was_tried_and_what_was_written(site: Site) -> None:
    site.pages["/other"] = page("A second statement", PAUSED, "It says more about what comes next, and when.")
    code, said = run("add", site.url("/other"), "--id", "second")
    assert code == 0
    assert said.splitlines()[0].startswith("* page ")
    assert said.rstrip().endswith(Path("sources.toml").read_text(encoding="utf-8").split("\n\n")[-1].rstrip())
    code, said = run("list")
    assert [line.split()[-1] for line in said.splitlines()] == [site.url("/sim"), site.url("/other")]


def test_health_names_each_source_that_is_not_read_well(site: Site) -> None:
    CliRunner().invoke(app, ["poll", "--all"])
    site.pages["/sim"] = (403, "no", {})
    CliRunner().invoke(app, ["poll", "--all"])
    code, said = run("health", "--json")
    row = json.loads(said)
    assert (code, row["source"], row["state"], row["failures"], row["documents"]) == (0, "page", "blocked", 1, 1)
    assert row["bytes"] > 0 and row["last_read_at"] and row["failing_since"] and row["next_check_at"]
    assert run("health")[1].startswith("blocked ")
