"""Subscribers beside the channel, and alerts that stay true, over real HTTP on loopback."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer

from tests.servers.tdlib import accepted
from tests.support.site import ORGANISATION, SOURCE, TOPIC, Bench, Site, page, watching
from watcher.core.filter import Rhythm
from watcher.core.model import Delivery, Receipt, Refused, Sent
from watcher.pipeline.deliver import deliver
from watcher.pipeline.watch import Address
from watcher.store import subscriptions
from watcher.store.database import transaction
from watcher.store.subscriptions import SubscriptionState

PAUSED = "The trust has paused its Serenity Integrated Mentoring team while our medical director reviews it."
ENDED = "The trust has ended its Serenity Integrated Mentoring team after a review by our medical director."
CHANNEL = Address("telegram", "@northmoor_watch")


class Outgoing:
    """A channel that keeps what it took; addresses in `blocked` refuse it."""

    def __init__(self) -> None:
        self.sent: list[Delivery] = []
        self.edits: list[Delivery] = []
        self.blocked: set[str] = set()
        self.moves: dict[str, str] = {}

    def send(self, delivery: Delivery) -> Receipt:
        if delivery.address in self.blocked:
            return Refused("bot was blocked by the user", is_unwelcome=True)
        accepted(delivery.body)
        self.sent.append(delivery)
        return Sent(str(len(self.sent)), self.moves.get(delivery.address))

    def edit(self, delivery: Delivery, receipt_id: str) -> Receipt:
        accepted(delivery.body)
        self.edits.append(delivery)
        return Sent(receipt_id)

    def to(self, address: str) -> list[str]:
        return [delivery.body for delivery in self.sent if delivery.address == address]


@pytest.fixture
def outgoing() -> Outgoing:
    return Outgoing()


@pytest.fixture
def site(httpserver: HTTPServer) -> Site:
    site = Site(httpserver)
    httpserver.expect_request(re.compile(".*")).respond_with_handler(site.answer)
    site.pages["/sim"] = page("An update for patients", PAUSED)
    return site


@pytest.fixture
def bench(site: Site, tmp_path: Path) -> Iterator[Bench]:
    config = TOPIC + ORGANISATION.format(id="northmoor", name="Northmoor Care Trust", host="127.0.0.1")
    config += SOURCE.format(id="page", organisation="northmoor", kind="page", url=site.url("/sim"), more="")
    with watching(tmp_path, config) as made:
        made.watch = replace(made.watch, addresses=(CHANNEL,))
        made.poll()
        yield made


def follow(bench: Bench, address: str, wanted: str, rhythm: Rhythm = Rhythm.AT_ONCE) -> None:
    with transaction(bench.watch.db):
        subscriptions.subscribe(bench.watch.db, "telegram", address, wanted, rhythm, bench.watch.now())


def change(bench: Bench, site: Site, text: str) -> None:
    site.pages["/sim"] = page("An update for patients", text)
    bench.poll(hours=2)


def send(bench: Bench, outgoing: Outgoing) -> None:
    list(deliver(bench.watch.db, {"telegram": outgoing}, bench.watch.now, 60))


def test_a_subscriber_is_told_of_what_the_filter_lets_through(bench: Bench, site: Site, outgoing: Outgoing) -> None:
    follow(bench, "11", "stance:ended kind:trust")
    follow(bench, "12", "org:westvale")
    follow(bench, "13", "", Rhythm.WEEKLY)
    change(bench, site, ENDED)
    send(bench, outgoing)
    assert [delivery.address for delivery in outgoing.sent] == [CHANNEL.address, "11"]
    assert "changed its statement" in outgoing.to("11")[0]


def test_two_filters_of_one_chat_that_both_match_tell_once(bench: Bench, site: Site, outgoing: Outgoing) -> None:
    follow(bench, "11", "stance:ended")
    follow(bench, "11", "director")
    change(bench, site, ENDED)
    send(bench, outgoing)
    assert len(outgoing.to("11")) == 1


def test_who_was_told_is_told_of_the_return_whatever_the_filter(bench: Bench, site: Site, outgoing: Outgoing) -> None:
    follow(bench, "11", "stance:ended")
    for text in (ENDED, PAUSED):
        change(bench, site, text)
        send(bench, outgoing)
    assert len(outgoing.to("11")) == 2
    first, second = (delivery.reply_to for delivery in outgoing.sent if delivery.address == "11")
    assert first is None
    assert second is not None


def test_a_reversal_edits_the_message_that_it_makes_untrue(bench: Bench, site: Site, outgoing: Outgoing) -> None:
    for text in (ENDED, PAUSED):
        change(bench, site, text)
        send(bench, outgoing)
    (edit,) = outgoing.edits
    assert edit.receipt == "1"
    assert "1 June 2026: changed back to the words before (c-3)" in accepted(edit.body).text
    change(bench, site, ENDED)
    send(bench, outgoing)
    texts = [accepted(edit.body).text for edit in outgoing.edits]
    assert "changed to these words again (c-4)" in texts[1] + texts[2]


def test_a_removal_and_a_return_edit_the_first_message(bench: Bench, site: Site, outgoing: Outgoing) -> None:
    change(bench, site, ENDED)
    text = site.pages.pop("/sim")
    for _ in range(4):
        bench.poll(hours=12)
    site.pages["/sim"] = text
    bench.poll(hours=24)
    send(bench, outgoing)
    assert len(outgoing.sent) == 3
    assert {edit.receipt for edit in outgoing.edits} == {"1"}
    assert "taken down (c-" in accepted(outgoing.edits[0].body).text
    assert "put back (c-" in accepted(outgoing.edits[-1].body).text


def test_a_subscriber_who_blocks_the_bot_is_paused_and_the_channel_goes_on(
    bench: Bench, site: Site, outgoing: Outgoing
) -> None:
    follow(bench, "11", "")
    outgoing.blocked = {"11"}
    for text in (ENDED, PAUSED):
        change(bench, site, text)
    send(bench, outgoing)
    (one,) = subscriptions.subscriptions_of(bench.watch.db, "telegram", "11")
    assert one.state is SubscriptionState.PAUSED
    assert len(outgoing.to(CHANNEL.address)) == 2
    assert outgoing.to("11") == []
    waiting = bench.watch.db.execute("SELECT count(*) FROM deliveries WHERE state = 'waiting'").fetchone()
    assert waiting[0] == 0


def test_a_group_that_becomes_a_supergroup_keeps_its_subscriptions(
    bench: Bench, site: Site, outgoing: Outgoing
) -> None:
    follow(bench, "-12", "")
    outgoing.moves = {"-12": "-10012"}
    change(bench, site, ENDED)
    send(bench, outgoing)
    change(bench, site, PAUSED)
    send(bench, outgoing)
    assert [delivery.address for delivery in outgoing.sent] == [CHANNEL.address, "-12", CHANNEL.address, "-10012"]


def test_who_is_erased_leaves_no_trace(bench: Bench, site: Site, outgoing: Outgoing) -> None:
    follow(bench, "4242", "ended")
    change(bench, site, ENDED)
    send(bench, outgoing)
    with transaction(bench.watch.db):
        assert subscriptions.erase(bench.watch.db, "telegram", "4242") == 1
    rows = [row for table in ("subscriptions", "deliveries") for row in bench.watch.db.table(table).rows]
    assert rows
    assert "4242" not in str(rows)


def test_a_burst_to_a_subscriber_is_one_message_too(bench: Bench, site: Site, outgoing: Outgoing) -> None:
    follow(bench, "11", "")
    change(bench, site, ENDED)
    rows = list(bench.watch.db.execute("SELECT key FROM deliveries WHERE address = '11'"))
    assert [row[0] for row in rows] == ["alert:2:telegram:11"]  # what folding looks for


def test_a_weekly_subscriber_is_told_once_a_week_in_one_message(bench: Bench, site: Site, outgoing: Outgoing) -> None:
    follow(bench, "11", "", Rhythm.WEEKLY)
    follow(bench, "12", "org:westvale", Rhythm.DAILY)
    for text in (ENDED, PAUSED):
        change(bench, site, text)
    send(bench, outgoing)
    assert outgoing.to("11") == []
    bench.poll(hours=7 * 24)
    bench.poll(hours=2)
    send(bench, outgoing)
    (told,) = outgoing.to("11")
    assert "2 alerts in one message" in told
    bench.poll(hours=7 * 24)
    send(bench, outgoing)
    assert len(outgoing.to("11")) == 1
    assert outgoing.to("12") == []
