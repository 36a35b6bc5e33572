"""positions, promises and sources mask, as a maintainer types them."""

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer
from typer.testing import CliRunner

from tests.support.site import ORGANISATION, SOURCE, TOPIC, Bench, Site, page, watching
from watcher.cli import app
from watcher.core.errors import ConfigError, StoreError

ENDED = "We have ended our Serenity Integrated Mentoring team. We will publish our review in July 2026."
Run = Callable[..., str]


@pytest.fixture
def bench(httpserver: HTTPServer, tmp_path: Path) -> Iterator[Bench]:
    site = Site(httpserver)
    httpserver.expect_request(re.compile(".*")).respond_with_handler(site.answer)
    config = TOPIC + ORGANISATION.format(id="northmoor", name="Northmoor Care Trust", host="127.0.0.1")
    config += ORGANISATION.format(id="westvale", name="Westvale Network", host="localhost")
    config += SOURCE.format(id="page", organisation="northmoor", kind="page", url=site.url("/sim"), more="")
    visits = iter(range(100))
    site.pages["/sim"] = page("Our position", "Published 3 March 2026", ENDED)
    with watching(tmp_path, config) as made:
        made.poll()
        original = site.answer
        httpserver.clear()
        httpserver.expect_request(re.compile(".*")).respond_with_handler(
            lambda request: _ticking(site, original, request, next(visits))
        )
        yield made


def _ticking(site: Site, answer: Callable[..., object], request: object, visit: int) -> object:
    line = f"Ward round bulletin {visit} of the hospital radio"
    site.pages["/sim"] = page("Our position", "Published 3 March 2026", ENDED, line)
    return answer(request)


@pytest.fixture
def run(tmp_path: Path) -> Run:
    def run(*arguments: str) -> str:
        common = ["--config", str(tmp_path / "sources.toml"), "--storage", str(tmp_path / "storage")]
        result = CliRunner().invoke(app, [*arguments, *common], catch_exceptions=False)
        return result.stdout

    return run


def test_positions_names_what_is_said_and_who_has_said_nothing(bench: Bench, run: Run) -> None:
    said = run("positions")
    assert "Northmoor Care Trust: ended (sim, 2026-03-03, read by machine, version 1)" in said
    assert "“We have ended our Serenity Integrated Mentoring team.”" in said
    assert "No position seen from 1: Westvale Network." in said


def test_positions_as_json_has_a_line_an_organisation(bench: Bench, run: Run) -> None:
    rows = [json.loads(line) for line in run("positions", "--json").splitlines()]
    assert [(row["organisation"], row["stance"]) for row in rows] == [("northmoor", "ended"), ("westvale", None)]


def test_a_position_that_a_person_confirms_is_shown_as_such(bench: Bench, run: Run) -> None:
    assert "confirmed by Ines" in run("positions", "--confirm", "1", "--by", "Ines")
    assert json.loads(run("positions", "--json").splitlines()[0])["confirmed_by"] == "Ines"


def test_promises_are_listed_by_the_day_they_fall_due(bench: Bench, run: Run) -> None:
    assert run("promises").startswith("by 2026-07-31  Northmoor Care Trust: not due yet\n")
    assert json.loads(run("promises", "--json"))["quote"] == "We will publish our review in July 2026."


def test_the_learnt_mask_is_listed_and_a_line_undone(bench: Bench, run: Run) -> None:
    bench.poll(hours=2)
    assert "ward round bulletin # of the hospital radio   (learnt from two looks" in run("sources", "mask", "page")
    shown = run("sources", "mask", "page", "--forget", "ward round bulletin # of the hospital radio")
    assert "(undone on " in shown


def test_forgetting_a_line_that_is_not_hidden_says_where_they_are_listed(bench: Bench, run: Run) -> None:
    with pytest.raises(StoreError, match="watcher sources mask page"):
        run("sources", "mask", "page", "--forget", "nothing of the kind")


def test_positions_and_changes_take_the_filters_of_subscribers(bench: Bench, run: Run) -> None:
    assert "Northmoor Care Trust: ended" in run("positions", "--filter", "org:northmoor stance:ended")
    assert run("positions", "--filter", "stance:paused") == ""
    assert "Our position" in run("changes", "--since", "2020-01-01", "--filter", "mentoring kind:trust")
    assert "Nothing since" in run("changes", "--since", "2020-01-01", "--filter", "mentoring -trust")
    with pytest.raises(ConfigError, match=r"--filter: column 6: kind \"trsut\" is not known \(did you mean \"trust\""):
        run("changes", "--filter", "kind:trsut")
