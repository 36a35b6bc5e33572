"""What the maintainers are told of their sources, and how often."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer

from tests.support.site import ORGANISATION, SOURCE, TOPIC, Bench, Site, page, watching
from watcher.config.environment import Environment
from watcher.core.cadence import OPENS_AFTER
from watcher.core.markup import BREAK
from watcher.core.model import Refused
from watcher.pipeline.watch import Address, maintainers_address
from watcher.store import outbox, settling
from watcher.store.database import transaction
from watcher.store.outbox import Queued

PAUSED = "The trust has paused its Serenity Integrated Mentoring team while our medical director reviews it."
FORBIDDEN = (403, "<h1>Forbidden</h1>", {})


@pytest.fixture
def site(httpserver: HTTPServer) -> Site:
    site = Site(httpserver, {"/sim": page("An update", PAUSED), "/other": page("Another", PAUSED, filler=1)})
    httpserver.expect_request(re.compile(".*")).respond_with_handler(site.answer)
    return site


@pytest.fixture
def bench(site: Site, tmp_path: Path) -> Iterator[Bench]:
    config = TOPIC + ORGANISATION.format(id="northmoor", name="Northmoor & Moor", host="localhost")
    for name in ("sim", "other"):
        url = site.url(f"/{name}")
        config += SOURCE.format(id=name, organisation="northmoor", kind="page", url=url, more="")
    with watching(tmp_path, config) as made:
        yield made


def test_a_source_that_breaks_is_told_once_and_once_more_when_it_is_back(bench: Bench, site: Site) -> None:
    bench.poll()
    before = site.pages["/sim"]
    site.pages["/sim"] = FORBIDDEN
    for _ in range(OPENS_AFTER - 1):
        bench.poll(hours=1)
    assert bench.told_maintainers() == []
    for _ in range(3):
        bench.poll(hours=1)
    (broken, _) = bench.told_maintainers()
    assert broken.startswith(
        "Northmoor & Moor: source sim could not be read 5 times in a row, since 1 June 2026, 11:00:"
        " blocked (HTTP 403 (Forbidden))."
    )
    site.pages["/sim"] = before
    for _ in range(3):
        bench.poll(hours=1)
    told = [text for text in bench.told_maintainers() if "is read again" in text]
    assert len(told) == 1
    assert "It had failed 7 times since 1 June 2026, 11:00." in told[0]


def test_a_short_trouble_is_told_to_nobody(bench: Bench, site: Site) -> None:
    bench.poll()
    before = site.pages["/sim"]
    for _ in range(3):
        site.pages["/sim"] = FORBIDDEN
        bench.poll(hours=1)
        site.pages["/sim"] = before
        bench.poll(hours=1)
    assert bench.told_maintainers() == []


def test_each_streak_is_told_anew(bench: Bench, site: Site) -> None:
    bench.poll()
    before = site.pages["/sim"]
    for _ in range(2):
        site.pages["/sim"] = FORBIDDEN
        for _ in range(OPENS_AFTER):
            bench.poll(hours=1)
        site.has_validators = False
        site.pages["/sim"] = before
        bench.poll(hours=1)
    told = bench.told_maintainers()
    assert sum("could not be read 5 times" in text for text in told) == 2
    assert sum("is read again" in text for text in told) == 2


def test_a_blocked_source_that_turns_out_to_be_gone_answers_again(bench: Bench, site: Site) -> None:
    bench.poll()
    site.pages["/sim"] = FORBIDDEN
    for _ in range(OPENS_AFTER):
        bench.poll(hours=1)
    del site.pages["/sim"]
    bench.poll(hours=1)
    assert any("answers again, and says that its page is not there" in text for text in bench.told_maintainers())


def test_the_health_line_comes_when_something_changed_and_once_a_day(bench: Bench, site: Site) -> None:
    for _ in range(3):
        bench.poll(hours=24)
    assert bench.told_maintainers() == []  # all is well, and was
    before = site.pages["/sim"]
    site.pages["/sim"] = FORBIDDEN
    for _ in range(4):
        bench.poll(hours=24)
    assert [text for text in bench.told_maintainers() if text.startswith("Watched")] == [
        "Watched: 1 of 2 sources. Not seen: Northmoor & Moor, sim (blocked since 5 June)."
    ]
    site.pages["/sim"] = before
    for _ in range(4):
        bench.poll(hours=6)
    lines = [text for text in bench.told_maintainers() if text.startswith("Watched")]
    assert lines[1:] == ["Watched: all 2 sources are read."]


def test_the_health_line_waits_for_the_next_day_after_one_was_told(bench: Bench, site: Site) -> None:
    bench.poll()
    before = site.pages["/sim"]
    site.pages["/sim"] = FORBIDDEN
    for _ in range(OPENS_AFTER):
        bench.poll(hours=1)
    site.pages["/sim"] = before
    bench.poll(hours=1)
    assert sum(text.startswith("Watched") for text in bench.told_maintainers()) == 1
    bench.poll(hours=24)
    assert bench.told_maintainers()[-1] == "Watched: all 2 sources are read."


def test_the_maintainers_have_a_chat_of_their_own() -> None:
    def where(**values: str) -> tuple[str, str]:
        found = maintainers_address(Environment(_env_file=None, **values))  # type: ignore[arg-type, call-arg]
        return found.channel, found.address

    assert where(telegram_token="1:a", telegram_review_chat="-100") == ("telegram", "-100")
    assert where(telegram_token="1:a") == ("console", "-")
    assert where(telegram_review_chat="-100") == ("console", "-")


def test_a_message_that_is_parked_is_told_once(bench: Bench) -> None:
    channel, maintainers = Address("telegram", "@northmoor_watch"), Address("telegram", "-900")
    bench.watch = replace(bench.watch, addresses=(channel,), maintainers=(maintainers,))
    bench.poll()
    db, now = bench.watch.db, bench.watch.now()
    with transaction(db):
        for number, address in enumerate((channel.address, "4711", maintainers.address)):
            outbox.queue(db, [Queued(f"alert:{number}", "telegram", address, f"News {number}", "text")], now)
    for number in range(3):
        settling.settle(db, f"alert:{number}", Refused("Bad Request: can't parse entities"), now)
    for _ in range(2):
        bench.poll(hours=1)
    rows = db.execute("SELECT body FROM deliveries WHERE key LIKE 'parked:%' ORDER BY id").fetchall()
    assert [row[0].replace(BREAK, "") for row in rows] == [
        "Not sent to telegram @northmoor_watch, and not tried again: News 0\nBad Request: can't parse entities",
        "Not sent to a subscriber, and not tried again: News 1\nBad Request: can't parse entities",
    ]


def test_many_parked_messages_are_told_in_one_line_more(bench: Bench) -> None:
    bench.poll()
    db, now = bench.watch.db, bench.watch.now()
    with transaction(db):
        outbox.queue(db, [Queued(f"alert:{number}", "telegram", "@x", "News", "text") for number in range(40)], now)
    for number in range(40):
        settling.settle(db, f"alert:{number}", Refused("Bad Request: chat not found"), now)
    bench.poll(hours=1)
    bodies = [row[0] for row in db.execute("SELECT body FROM deliveries WHERE key LIKE 'parked:%' ORDER BY id")]
    assert len(bodies) == 6
    assert "(35 so far)" in bodies[5]
