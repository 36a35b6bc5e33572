"""The main job as its users run it: real commands, real HTTP, and a Bot API server that this project did not write."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from pytest_httpserver import HTTPServer

from tests.servers.bot_api import TOKEN, BotApi, FaultServer, Reply
from tests.servers.tdlib import accepted
from tests.support.site import ORGANISATION, SOURCE, TOPIC, Site, listing, page

CHANNEL = "-1001234567890"
FEED = """<?xml version="1.0"?><rss version="2.0"><channel><title>Westvale news</title><link>{root}</link>
{entries}</channel></rss>"""
ENTRY = "<item><title>{title}</title><link>{url}</link><pubDate>Mon, 07 Jun 2021 09:00:00 GMT</pubDate></item>"


@pytest.fixture
def site(httpserver: HTTPServer) -> Site:
    site = Site(httpserver)
    httpserver.expect_request(re.compile(".*")).respond_with_handler(site.answer)
    site.pages |= {
        "/news": listing(),
        "/feed": FEED.format(root=site.url("/"), entries=""),
        "/sim": page("Our position", "Serenity Integrated Mentoring is paused at this trust while it is reviewed."),
    }
    return site


@pytest.fixture
def config(site: Site, tmp_path: Path) -> Path:
    text = TOPIC + ORGANISATION.format(id="northmoor", name="Northmoor Care Trust", host="localhost")
    text += ORGANISATION.format(id="westvale", name="Westvale Network", host="westvale.example")
    text += SOURCE.format(id="news", organisation="northmoor", kind="listing", url=site.url("/news"), more="")
    text += SOURCE.format(id="position", organisation="northmoor", kind="page", url=site.url("/sim"), more="")
    text += SOURCE.format(id="feed", organisation="westvale", kind="feed", url=site.url("/feed"), more="")
    path = tmp_path / "sources.toml"
    path.write_text(text)
    return path


class Commands:
    """`watcher …` as a process of its own, in an empty folder with an environment of its own."""

    def __init__(self, config: Path, **environment: str) -> None:
        self.folder = config.parent
        self.own = environment
        inherited = {key: value for key, value in os.environ.items() if not key.startswith("WATCHER_")}
        self.environment = inherited | {
            "PYTHONPATH": str(Path(__file__).parent.parent),
            "WATCHER_ALLOW_PRIVATE_HOSTS": "localhost",
            "WATCHER_HOST_PAUSE_S": "0",
            **environment,
        }

    def start(self, *words: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "watcher", *words],
            cwd=self.folder,
            env=self.environment,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )

    def __call__(self, *words: str, status: int = 0) -> str:
        process = self.start(*words)
        out, err = process.communicate(timeout=60)
        assert process.returncode == status, f"{words}: exit {process.returncode}\n{out}\n{err}"
        assert "Traceback" not in err
        return out

    def poll(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self("poll", "--all", "--json").splitlines()]


def publish(site: Site) -> None:
    """A statement in the listing, its copy in the feed, and an edit in place."""
    text = "The trust has ended its Serenity Integrated Mentoring team. Nobody is looked after by it any more."
    site.pages["/news"] = listing(("/news/ended", "Notice to partners"))
    site.pages["/news/ended"] = page("Notice to partners", text, filler=1)
    site.pages["/feed"] = FEED.format(
        root=site.url("/"), entries=ENTRY.format(title="A review of spending", url=site.url("/westvale/review"))
    )
    site.pages["/westvale/review"] = page(
        "A review of spending",
        "Westvale paid for Serenity Integrated Mentoring until March, the minutes say.",
        filler=2,
    )
    site.pages["/sim"] = page("Our position", "Serenity Integrated Mentoring has ended at this trust.")


def test_statements_of_listing_feed_and_page_reach_the_channel(
    site: Site, config: Path, telegram_test_api: BotApi
) -> None:
    already = len(telegram_test_api.messages())
    watcher = Commands(
        config,
        WATCHER_TELEGRAM_TOKEN=TOKEN,
        WATCHER_TELEGRAM_CHANNEL=CHANNEL,
        WATCHER_TELEGRAM_API_URL=telegram_test_api.api_url,
    )
    first = watcher.poll()
    assert [line["change"] for line in first[:-1]] == ["baseline"]
    publish(site)
    *lines, summary = watcher.poll()
    assert sorted((line["change"], line["source"], line["alert"]) for line in lines) == [
        ("edited", "position", True),
        ("first", "feed", True),
        ("first", "news", True),
    ]
    assert summary["summary"]["alerts"] == 3
    sent = [json.loads(line) for line in watcher("deliver", "--json").splitlines()]
    assert [message["state"] for message in sent] == ["sent"] * 3
    texts = [message["text"] for message in telegram_test_api.messages()[already:]]
    assert len(texts) == 3
    for text in texts:
        accepted(text)
    told = "\n".join(texts)
    assert "Northmoor Care Trust" in told and "Westvale Network" in told
    assert "<s>is paused</s>" in told and "<u>has ended</u>" in told
    assert watcher.poll()[:-1] == []
    assert watcher("deliver", "--json") == ""


def test_a_server_that_is_strict_about_the_api_takes_the_messages_too(
    site: Site, config: Path, lo_bot_api: Any
) -> None:
    watcher = Commands(
        config,
        WATCHER_TELEGRAM_TOKEN=TOKEN,
        WATCHER_TELEGRAM_CHANNEL=CHANNEL,
        WATCHER_TELEGRAM_API_URL=lo_bot_api.api_url,
    )
    watcher.poll()
    publish(site)
    watcher.poll()
    sent = [json.loads(line) for line in watcher("deliver", "--json").splitlines()]
    assert [message["state"] for message in sent] == ["sent"] * 3


def test_a_sender_killed_while_the_server_holds_the_answer_repeats_that_one_message_marked(
    site: Site, config: Path, fault_server: FaultServer
) -> None:
    watcher = Commands(
        config,
        WATCHER_TELEGRAM_TOKEN=TOKEN,
        WATCHER_TELEGRAM_CHANNEL=CHANNEL,
        WATCHER_TELEGRAM_API_URL=fault_server.api_url,
        WATCHER_LEASE_S="1",
    )
    watcher.poll()
    publish(site)
    watcher.poll()
    fault_server.script = [Reply(is_silent=True)]
    sender = watcher.start("deliver")
    deadline = time.monotonic() + 30
    while not fault_server.taken and time.monotonic() < deadline:
        time.sleep(0.05)
    sender.send_signal(signal.SIGKILL)
    sender.communicate()
    fault_server.released.set()
    time.sleep(1.1)  # the lease of the message in hand runs out
    watcher("deliver")
    texts = [call["text"] for call in fault_server.taken]
    assert len(texts) == 4
    assert "ossible repeat" in texts[1]
    assert all("ossible repeat" not in text for text in (texts[0], *texts[2:]))


def test_without_a_token_alerts_go_to_the_console(site: Site, config: Path) -> None:
    watcher = Commands(config)
    watcher("poll")
    publish(site)
    shown = watcher("poll", "--all")
    assert "edited" in shown and "3 alerts waiting: watcher deliver" in shown
    assert "[-is paused-]{+has ended+}" in watcher("deliver")
    assert "Northmoor Care Trust" in watcher("changes")
    assert "Decided because" in watcher("show", "c-2")
    assert "[has] [ended]" in watcher("search", "has ended") or "ended" in watcher("search", "ended")
    assert "good" in watcher("sources", "health")


def test_bad_input_gets_a_message_and_no_traceback(config: Path) -> None:
    watcher = Commands(config)
    good = config.read_text()
    config.write_text(good.replace('kind = "listing"', 'kynd = "listing"'))
    process = watcher.start("poll")
    _, err = process.communicate(timeout=30)
    assert process.returncode == 2
    assert 'unknown key "kynd" (did you mean "kind"?)' in err
    assert "nothing polled" in err
    config.write_text(good)
    for words, status, says in (
        (("poll", "--source", "nwes"), 2, 'did you mean "news"?'),
        (("show", "c-99"), 1, ""),
        (("show", "eleven"), 2, "is not the number of a change"),
        (("diff", "1", "2"), 1, ""),
        (("changes", "--since", "yesterday"), 2, "is not a duration"),
        (("extract", "nowhere.html"), 1, "cannot be read"),
        (("judge", "nowhere.jsonl"), 1, "cannot be read"),
        (("restore", "nowhere.tar.gz"), 1, "not a backup"),
        (("poll", "--config", "elsewhere.toml"), 2, "no such file"),
        (("frobnicate",), 2, "frobnicate"),
    ):
        process = watcher.start(*words)
        out, err = process.communicate(timeout=30)
        assert process.returncode == status, f"{words}: {process.returncode} {out} {err}"
        assert says in err
        assert "Traceback" not in err and err.strip()


def test_a_backup_taken_now_brings_everything_back(site: Site, config: Path, tmp_path: Path) -> None:
    watcher = Commands(config)
    watcher("poll")
    watcher("backup", "copy.tar.gz")
    publish(site)
    watcher("poll", "--all")
    watcher("restore", "copy.tar.gz", status=1)
    assert "restored" in watcher("restore", "copy.tar.gz", "--force")
    *lines, _ = watcher.poll()
    assert sorted(line["change"] for line in lines) == ["edited", "first", "first"]
    assert "sound" in watcher("doctor")
