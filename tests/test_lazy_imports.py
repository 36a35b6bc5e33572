"""What a start loads: a poll that brings nothing new must not pay for parsers, renderers and channels."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer
from werkzeug.wrappers import Request, Response

from tests.support.site import ORGANISATION, SOURCE, TOPIC, page

PARSERS = {"trafilatura", "feedparser", "lxml", "bs4", "selectolax", "nh3", "pypdfium2", "docx", "odf", "striprtf"}
CHANNELS = {
    "telegram",
    "aiosmtplib",
    "dkim",
    "email_validator",
    "jinja2",
    "rich",
    "starlette",
    "uvicorn",
    "apscheduler",
    "structlog",
}
JUDGES = {"rapidfuzz", "rensa", "ahocorasick_rs", "warcio", "py3langid", "numpy", "pandas"}
RUN = """
import json, sys
from watcher.cli import main
sys.argv[:] = ["watcher", *sys.argv[1:]]
code = 0
try:
    main()
except SystemExit as stop:
    code = stop.code
print(json.dumps([code or 0, sorted({name.partition(".")[0] for name in sys.modules})]))
"""


def loaded_by(*arguments: str, **variables: str) -> tuple[str, set[str]]:
    """What `watcher …` printed, and the top-level modules that it loaded."""
    told = subprocess.run(
        [sys.executable, "-c", RUN, *arguments],
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[1],
    ).stdout.splitlines()
    code, modules = json.loads(told[-1])
    assert code == 0
    return "\n".join(told[:-1]), set(modules)


def answer(request: Request) -> Response:
    """A page; one at /kept says whether it has changed, any other leaves that to its bytes."""
    if not request.path.startswith("/page"):
        return Response("not found", 404)
    response = Response(page("Opening hours", "The day centre is open on weekdays."), content_type="text/html")
    if request.path == "/page/kept":
        response.set_etag("one")
        response.make_conditional(request)
    return response


@pytest.fixture
def options(httpserver: HTTPServer, tmp_path: Path) -> list[str]:
    for path in ("/page/kept", "/page/plain", "/robots.txt"):
        httpserver.expect_request(path).respond_with_handler(answer)
    config = TOPIC + ORGANISATION.format(id="northmoor", name="Northmoor Care Trust", host="127.0.0.1")
    for name in ("kept", "plain"):
        url = httpserver.url_for(f"/page/{name}")
        config += SOURCE.format(id=name, organisation="northmoor", kind="page", url=url, more="")
    (tmp_path / "sources.toml").write_text(config, encoding="utf-8")
    return ["--config", str(tmp_path / "sources.toml"), "--storage", str(tmp_path / "storage")]


def test_a_poll_of_unchanged_pages_loads_no_parser_renderer_or_channel(options: list[str]) -> None:
    around = {"WATCHER_ALLOW_PRIVATE_HOSTS": "127.0.0.1,localhost", "WATCHER_HOST_PAUSE_S": "0"}
    loaded_by("poll", "--json", *options, **around)
    told, modules = loaded_by("poll", "--all", "--json", *options, **around)
    assert json.loads(told)["summary"]["not_modified"] == 2
    assert modules & (PARSERS | CHANNELS | JUDGES) == set()


def test_help_loads_no_parser_renderer_or_channel() -> None:
    told, modules = loaded_by("--help")
    assert "poll" in told
    assert modules & (PARSERS | CHANNELS | JUDGES) == set()
