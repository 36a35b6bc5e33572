"""Chat services and webhooks beside the channel, over real HTTP on loopback: the same alerts, folds and corrections."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from pytest_httpserver import HTTPServer
from werkzeug.wrappers import Request, Response

from tests.support.site import ORGANISATION, SOURCE, TOPIC, Bench, Site, listing, page, watching
from watcher.config.environment import Environment
from watcher.core.model import Refused, Sent, TryAgain
from watcher.pipeline import reviewing
from watcher.pipeline.deliver import Settled, deliver
from watcher.pipeline.doctor import examine
from watcher.pipeline.senders import open_notifiers
from watcher.pipeline.watch import Address, addresses

PAUSED = "The trust has paused its Serenity Integrated Mentoring team while our medical director reviews it."
ENDED = "The trust has ended its Serenity Integrated Mentoring team after a review by our medical director."
SECRET = "whsec_" + base64.b64encode(b"s" * 32).decode()


@dataclass
class Ends:
    """The far ends of a chat service and a webhook, and what they answer."""

    chat: list[str] = field(default_factory=list)
    hook: list[dict[str, Any]] = field(default_factory=list)
    hook_status: int = 204

    def take(self, request: Request) -> Response:
        if request.path == "/chat-swordfish":
            self.chat.append(json.loads(request.get_data())["message"])
            return Response("{}")
        if self.hook_status < 300:
            self.hook.append(json.loads(request.get_data()))
        return Response(status=self.hook_status)


@pytest.fixture
def ends() -> Ends:
    return Ends()


@pytest.fixture
def site(httpserver: HTTPServer, ends: Ends) -> Site:
    site = Site(httpserver)
    for path in ("/chat-swordfish", "/hook-swordfish"):
        httpserver.expect_request(path, method="POST").respond_with_handler(ends.take)
    httpserver.expect_request(re.compile(".*"), method="GET").respond_with_handler(site.answer)
    site.pages |= {"/sim": page("An update for patients", PAUSED), "/news": listing()}
    return site


@pytest.fixture
def environment(httpserver: HTTPServer, tmp_path: Path) -> Environment:
    host = f"127.0.0.1:{httpserver.port}"
    return Environment(
        _env_file=None,  # type: ignore[call-arg]
        config=tmp_path / "sources.toml",
        storage=tmp_path / "storage",
        alert_urls=SecretStr(f"team=json://{host}/chat-swordfish"),
        webhook_urls=SecretStr(f"archive=http://{host}/hook-swordfish"),
        webhook_secret=SecretStr(SECRET),
        allow_private_hosts="127.0.0.1",
    )


@pytest.fixture
def bench(site: Site, environment: Environment, tmp_path: Path) -> Iterator[Bench]:
    config = TOPIC + ORGANISATION.format(id="northmoor", name="Northmoor Care Trust", host="127.0.0.1")
    config += ORGANISATION.format(id="westvale", name="Westvale Network", host="localhost")
    config += SOURCE.format(id="page", organisation="northmoor", kind="page", url=site.url("/sim"), more="")
    config += SOURCE.format(id="news", organisation="westvale", kind="listing", url=site.url("/news"), more="")
    with watching(tmp_path, config) as made:
        made.watch = replace(made.watch, addresses=addresses(environment))
        made.poll()
        yield made


def send(bench: Bench, environment: Environment) -> list[Settled]:
    with closing(open_notifiers(environment)) as notifiers:
        return list(deliver(bench.watch.db, notifiers, bench.watch.now, 60))


def change(bench: Bench, site: Site, text: str) -> None:
    site.pages["/sim"] = page("An update for patients", text)
    bench.poll(hours=2)


def test_all_channels_are_told_the_same(bench: Bench, site: Site, environment: Environment, ends: Ends) -> None:
    assert addresses(environment) == (Address("apprise", "team"), Address("webhook", "archive"))
    change(bench, site, ENDED)
    assert [type(settled.receipt) for settled in send(bench, environment)] == [Sent, Sent]
    assert "[-paused-]{+ended+}" in ends.chat[0]
    assert [(one["type"], one["data"]["id"]) for one in ends.hook] == [("alert.created", "c-2")]
    assert (ends.hook[0]["data"]["source"], ends.hook[0]["data"]["organisation"]) == ("page", "northmoor")


def test_what_is_dismissed_is_put_right_where_it_was_told(
    bench: Bench, site: Site, environment: Environment, ends: Ends
) -> None:
    change(bench, site, ENDED)
    send(bench, environment)
    reviewing.dismiss(bench.watch, 2, "Ada")
    send(bench, environment)
    assert ends.chat[1].startswith("Update to alert c-2")
    assert "judged not relevant by the maintainers" in ends.chat[1]
    assert (ends.hook[1]["type"], ends.hook[1]["data"]["id"]) == ("alert.updated", "c-2")


def test_a_reversal_is_one_more_alert_to_a_chat_and_an_update_to_programs(
    bench: Bench, site: Site, environment: Environment, ends: Ends
) -> None:
    for text in (ENDED, PAUSED):
        change(bench, site, text)
        send(bench, environment)
    assert len(ends.chat) == 2
    assert [(one["type"], one["data"]["id"]) for one in ends.hook] == [
        ("alert.created", "c-2"),
        ("alert.created", "c-3"),
        ("alert.updated", "c-2"),
    ]
    assert "changed back to the words before" in ends.hook[2]["data"]["later"][0]


def test_an_echo_follows_in_a_few_words(bench: Bench, site: Site, environment: Environment, ends: Ends) -> None:
    change(bench, site, ENDED)
    site.pages["/news/same"] = page("An update for patients", ENDED)
    site.pages["/news"] = listing(("/news/same", "An update for patients"))
    bench.poll(hours=2)
    send(bench, environment)
    assert "Also published by Westvale Network" in ends.chat[1]
    assert [echo["organisation_name"] for echo in ends.hook[1]["data"]["echoes"]] == ["Westvale Network"]


def test_a_burst_is_one_message_to_each(bench: Bench, site: Site, environment: Environment, ends: Ends) -> None:
    titles = [f"Notice {number}" for number in range(30)]
    site.pages["/news"] = listing(*((f"/news/{number}", title) for number, title in enumerate(titles)))
    for number, title in enumerate(titles):
        words = " ".join(f"part{number}of{word}" for word in range(80))
        site.pages[f"/news/{number}"] = page(
            title, f"Serenity Integrated Mentoring, {title}. {words}", filler=1 + number % 2
        )
    bench.poll(hours=2)
    send(bench, environment)
    assert (len(ends.chat), len(ends.hook)) == (21, 21)
    told = {one["data"]["title"] for one in ends.hook[:20]} | {one["title"] for one in ends.hook[20]["data"]["alerts"]}
    assert told == set(titles)
    assert "10 alerts in one message" in ends.chat[20]


def test_one_that_does_not_answer_holds_back_nobody_else(
    bench: Bench, site: Site, environment: Environment, ends: Ends
) -> None:
    ends.hook_status = 503
    change(bench, site, ENDED)
    assert [type(settled.receipt) for settled in send(bench, environment)] == [Sent, TryAgain]
    assert len(ends.chat) == 1
    ends.hook_status = 410
    bench.clock[0] = bench.clock[0].replace(hour=bench.clock[0].hour + 1)
    assert [type(settled.receipt) for settled in send(bench, environment)] == [Refused]


def test_no_address_and_no_secret_is_kept(bench: Bench, site: Site, environment: Environment) -> None:
    change(bench, site, ENDED)
    send(bench, environment)
    dump = "\n".join(bench.watch.db.iterdump())
    assert "team" in dump
    assert "swordfish" not in dump
    assert SECRET not in dump


def test_doctor_checks_them_without_posting(bench: Bench, environment: Environment, ends: Ends) -> None:
    found = {finding.check: finding for finding in examine(environment)}
    assert (found["chat services"].level, found["webhooks"].level) == ("good", "good")
    bad = environment.model_copy(update={"webhook_secret": None, "alert_urls": SecretStr("team=slack://swordfish")})
    found = {finding.check: finding for finding in examine(bad)}
    assert (found["chat services"].level, found["webhooks"].level) == ("bad", "bad")
    assert "swordfish" not in found["chat services"].says
    unnamed = environment.model_copy(update={"allow_private_hosts": ""})
    assert "private" in {finding.check: finding for finding in examine(unnamed)}["webhooks"].says
    assert (ends.chat, ends.hook) == ([], [])
