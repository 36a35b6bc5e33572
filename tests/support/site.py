"""A small site on loopback that a test can edit, and a watch over it with a clock of its own."""

from __future__ import annotations

import hashlib
import html
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from pytest_httpserver import HTTPServer
from werkzeug.wrappers import Request, Response

from watcher.config.environment import Environment
from watcher.config.load import load
from watcher.pipeline import check
from watcher.pipeline.deliver import deliver
from watcher.pipeline.lines import PollLine, Summary
from watcher.pipeline.observe import reader
from watcher.pipeline.senders import open_notifiers
from watcher.pipeline.watch import Watch, open_watch

TOPIC = """\
[settings]
contact = "mailto:watch@northmoor.example"

[[topic]]
id = "sim"
name = "Serenity Integrated Mentoring"
terms = ["Serenity Integrated Mentoring"]
"""
ORGANISATION = """
[[organisation]]
id = "{id}"
name = "{name}"
kind = "trust"
domains = ["{host}"]
"""
SOURCE = """
[[source]]
id = "{id}"
organisation = "{organisation}"
kind = "{kind}"
url = "{url}"
every = "1h"
{more}
"""
FILLERS = (
    (
        "Our services go on as they did, and nobody needs to do anything. If you have an appointment, please keep it.",
        "People who want to talk about this can ring the office on weekdays, and we will answer within a week.",
    ),
    (
        "Minutes of the meeting are kept by the secretary, who sends a copy to every governor before the month is out.",
        "Questions from the public are taken at the start, in the order in which they were handed in at the door.",
    ),
    (
        "The museum lent us three paintings for the corridor, and the school choir sang on the lawn after tea.",
        "Gardeners are wanted on Saturdays; gloves, tools and soup are provided, and dogs may come along too.",
    ),
)


def page(
    title: str, *paragraphs: str, links: tuple[tuple[str, str], ...] = (), extra: str = "", filler: int = 0
) -> str:
    """A page as institutions have them: navigation, main, footer; pages of one `filler` share two paragraphs."""
    body = "".join(f"<p>{html.escape(paragraph)}</p>" for paragraph in (*paragraphs, *FILLERS[filler]))
    anchors = "".join(f'<p><a href="{url}">{html.escape(text)}</a></p>' for url, text in links)
    return (
        f'<!doctype html><html lang="en-GB"><head><title>{html.escape(title)} | Our site</title></head><body>'
        '<header><nav><a href="/">Home</a> <a href="/about">About us</a></nav></header>'
        f"<main>{extra}<h1>{html.escape(title)}</h1>{body}{anchors}</main>"
        "<footer><p>Cookies and privacy</p></footer></body></html>"
    )


def listing(*links: tuple[str, str]) -> str:
    """A news index with one card a link."""
    cards = "".join(
        f'<li class="card"><a href="{url}">{html.escape(title)}</a> <span>{number} June 2021</span></li>'
        for number, (url, title) in enumerate(links, start=1)
    )
    return f"<html><head><title>Latest news</title></head><body><main><ul>{cards}</ul></main></body></html>"


@dataclass
class Site:
    """What the server answers now: path, or host and path -> body, or (status, body, headers)."""

    server: HTTPServer
    pages: dict[str, str | bytes | tuple[int, str | bytes, dict[str, str]]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    has_validators: bool = True

    def url(self, path: str) -> str:
        return self.server.url_for(path)

    def answer(self, request: Request) -> Response:
        self.asked.append(request.path)
        on_host = request.host.partition(":")[0] + request.path
        found = self.pages.get(on_host) or self.pages.get(request.path, (404, "<h1>Not found</h1>", {}))
        status, body, headers = found if isinstance(found, tuple) else (200, found, {})
        payload = body.encode() if isinstance(body, str) else body
        response = Response(payload, status, {"Content-Type": "text/html; charset=utf-8", **headers})
        if self.has_validators and status == 200:
            response.set_etag(hashlib.sha256(payload).hexdigest())
            response.make_conditional(request)
        return response


@dataclass
class Bench:
    """A watch over sites, and the clock that it goes by."""

    watch: Watch
    clock: list[datetime]

    def poll(self, *, every: bool = True, **hours: float) -> list[PollLine]:
        """The lines of one cycle, made after so many hours have passed."""
        self.clock[0] += timedelta(**hours)
        self.watch.db.execute("DELETE FROM hosts")  # each visit of a test asks anew
        read = reader(self.watch.policy, now=self.watch.now)
        found = list(check.poll(self.watch, every=every, read_host=read))
        self.summary = found[-1]
        assert isinstance(self.summary, Summary)
        return [line for line in found if isinstance(line, PollLine)]

    def told(self) -> list[str]:
        """The bodies of all alerts so far."""
        return self._bodies("substr(key, 1, instr(key, ':')) NOT IN ('broken:', 'recovered:', 'health:')")

    def told_maintainers(self) -> list[str]:
        """The bodies of what the maintainers were told so far."""
        return self._bodies("substr(key, 1, instr(key, ':')) IN ('broken:', 'recovered:', 'health:')")

    def _bodies(self, where: str) -> list[str]:
        return [row[0] for row in self.watch.db.execute(f"SELECT body FROM deliveries WHERE {where} ORDER BY id")]

    def deliver(self, stream: object) -> int:
        """Send what waits to a stream; how many."""
        notifiers = open_notifiers(Environment(), stream)  # type: ignore[arg-type]
        return len(list(deliver(self.watch.db, notifiers, self.watch.now, 60)))


def kinds(lines: list[PollLine]) -> list[tuple[str, bool]]:
    """Each line as its change and whether anyone is told."""
    return [(line.change, line.is_alert) for line in lines]


@contextmanager
def watching(tmp_path: Path, config: str) -> Iterator[Bench]:
    """A watch whose configuration is `config`, with the store in `tmp_path`."""
    path = tmp_path / "sources.toml"
    path.write_text(config, encoding="utf-8")
    clock = [datetime(2026, 6, 1, 9, 0, tzinfo=UTC)]
    environment = Environment(
        _env_file=None,  # type: ignore[call-arg]
        config=path,
        storage=tmp_path / "storage",
        allow_private_hosts="127.0.0.1,localhost",
        host_pause_s=0,
        telegram_token=None,
    )
    watch = open_watch(load(path), environment, now=lambda: clock[0])
    try:
        yield Bench(watch, clock)
    finally:
        watch.db.conn.close()
