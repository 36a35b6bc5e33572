"""Mail through the outbox: its own rounds, its own pace, and what bounces mean for a reader."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from sqlite_utils import Database

from tests.notify.mails import HTML, SENDER, TEXT
from tests.servers.bot_api import free_port
from tests.servers.smtp import MailServer
from watcher.config.environment import Environment
from watcher.config.schema import SettingsModel
from watcher.core.errors import SendError
from watcher.core.filter import Rhythm
from watcher.core.model import Delivery, InDoubt, Receipt, Refused, Sent, TryAgain
from watcher.notify.turns import Turns
from watcher.pipeline.deliver import Settled, deliver
from watcher.pipeline.mailing import Rest, deliver_everything, deliver_mail
from watcher.pipeline.senders import Notifiers, open_notifiers
from watcher.store import outbox, settling, subscribers
from watcher.store.database import open_database, transaction
from watcher.store.outbox import Queued
from watcher.store.subscribers import SubscriberState

NOW = datetime(2026, 6, 15, 7, 30, tzinfo=UTC)
AS_FAST_AS_IT_GOES = SettingsModel(mail_per_minute=0)


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    opened = open_database(tmp_path / "storage")
    yield opened
    opened.conn.close()


def notifiers_of(url: str, **fields: Any) -> Notifiers:
    given = {"smtp_url": url, "mail_from": SENDER, "public_url": "https://watch.northmoor.example"} | fields
    return open_notifiers(Environment(_env_file=None, **given))  # type: ignore[call-arg]


def queue_digests(db: Database, readers: list[str], week: str = "2026-W24", now: datetime = NOW) -> None:
    """One letter, and a row for each reader, who is known and active."""
    with transaction(db):
        letter = outbox.keep_letter(db, "Week 24", TEXT, HTML, now)
        for address in readers:
            if subscribers.by_address(db, address) is None:
                known = subscribers.ensure(db, address, address, sha256(address.encode()).hexdigest(), now)
                subscribers.begin(db, known, "", Rhythm.WEEKLY, now, wants_quiet=False)
        rows = [Queued(f"digest:{one}:{week}", "email", one, "", "", letter_id=letter) for one in readers]
        outbox.queue(db, rows, now)


def states(db: Database) -> dict[str, int]:
    return outbox.counts(db)


class Script:
    """A channel that answers as it is told, at the address of a mail's reader."""

    def __init__(self, *receipts: Receipt | SendError) -> None:
        self.receipts = list(receipts)
        self.sent: list[Delivery] = []

    def send(self, delivery: Delivery) -> Receipt:
        self.sent.append(delivery)
        receipt = self.receipts.pop(0) if self.receipts else Sent(f"<{delivery.key}>")
        if isinstance(receipt, SendError):
            raise receipt
        return receipt

    def edit(self, delivery: Delivery, receipt_id: str) -> Receipt:
        raise AssertionError("mail is not edited")


def round_of(db: Database, channel: Script, at: datetime, **options: Any) -> list[Settled]:
    return list(deliver(db, {"email": channel}, lambda: at, 60, **options))


# --- one round ---------------------------------------------------------------------------------


def test_every_reader_gets_the_letter_with_a_link_of_their_own(db: Database, smtp_server: MailServer) -> None:
    readers = [f"reader{number}@westvale.example" for number in range(9)]
    queue_digests(db, readers)
    with closing(notifiers_of(smtp_server.url)) as notifiers:
        settled = list(deliver_mail(db, notifiers, AS_FAST_AS_IT_GOES, 60))
    assert len(settled) == 9
    assert states(db) == {"sent": 9}
    assert sorted(one.recipients[0] for one in smtp_server.taken) == readers
    links = {one.message["List-Unsubscribe"] for one in smtp_server.taken}
    assert len(links) == 9
    tokens = {row[0] for row in db.execute("SELECT leave_token FROM subscribers")}
    assert {link.rstrip(">").rpartition("/")[2] for link in links} == tokens
    receipts = {row[0] for row in db.execute("SELECT receipt FROM deliveries")}
    assert receipts == {one.message["Message-ID"] for one in smtp_server.taken}


def test_several_connections_carry_one_round_and_each_row_is_claimed_once(
    db: Database, smtp_server: MailServer
) -> None:
    smtp_server.delay_s = 0.02
    queue_digests(db, [f"reader{number}@westvale.example" for number in range(20)])
    with closing(notifiers_of(smtp_server.url)) as notifiers:
        list(deliver_mail(db, notifiers, SettingsModel(mail_per_minute=0, mail_connections=3), 60))
    assert smtp_server.connections == 3
    assert len({one.message["Message-ID"] for one in smtp_server.taken}) == len(smtp_server.taken) == 20
    assert db.execute("SELECT min(attempts), max(attempts) FROM deliveries").fetchone() == (1, 1)


def test_a_readers_mails_keep_their_order_over_several_connections(db: Database, smtp_server: MailServer) -> None:
    smtp_server.delay_s = 0.01
    weeks = [f"2026-W{number}" for number in range(20, 28)]
    for week in weeks:
        queue_digests(db, ["one@westvale.example", "two@westvale.example"], week)
    with closing(notifiers_of(smtp_server.url)) as notifiers:
        list(deliver_mail(db, notifiers, AS_FAST_AS_IT_GOES, 60))
    ids = {row[0]: row[1] for row in db.execute("SELECT receipt, key FROM deliveries")}
    for reader in ("one@westvale.example", "two@westvale.example"):
        got = [ids[one.message["Message-ID"]] for one in smtp_server.taken if one.recipients == [reader]]
        assert got == [f"digest:{reader}:{week}" for week in weeks]


def test_what_waits_for_later_does_not_keep_others_from_being_claimed(db: Database) -> None:
    queue_digests(db, ["slow@westvale.example", "quick@westvale.example"])
    channel = Script(TryAgain(3600, "450 4.2.0 Grey-listed"))
    assert [one.delivery.address[:4] for one in round_of(db, channel, NOW)] == ["slow", "quic"]
    assert round_of(db, channel, NOW + timedelta(minutes=59)) == []
    assert len(round_of(db, channel, NOW + timedelta(minutes=60))) == 1


def test_no_claim_looks_at_all_that_waits(db: Database) -> None:
    plan = [row[-1] for row in db.execute(f"EXPLAIN QUERY PLAN {outbox._OLDEST_DUE}", ["email", ""])]
    assert "SEARCH d USING INDEX waiting_deliveries (channel=?)" in plan
    assert not any("SCAN" in step or "TEMP B-TREE" in step for step in plan), plan


def test_a_stop_finishes_what_is_in_hand_and_leaves_the_rest(db: Database, smtp_server: MailServer) -> None:
    queue_digests(db, [f"reader{number}@westvale.example" for number in range(30)])
    stopping = threading.Event()
    with closing(notifiers_of(smtp_server.url)) as notifiers:
        for number, _ in enumerate(deliver_mail(db, notifiers, AS_FAST_AS_IT_GOES, 60, stopping.is_set)):
            if number == 4:
                stopping.set()
    found = states(db)
    assert found["sent"] == len(smtp_server.taken) >= 5
    assert found["waiting"] == 30 - found["sent"] > 0
    assert "sending" not in found


def test_a_round_that_is_broken_off_settles_what_is_in_hand(db: Database, smtp_server: MailServer) -> None:
    queue_digests(db, [f"reader{number}@westvale.example" for number in range(30)])
    with closing(notifiers_of(smtp_server.url)) as notifiers:
        work = deliver_mail(db, notifiers, AS_FAST_AS_IT_GOES, 60)
        next(work)
        work.close()  # type: ignore[attr-defined]
    assert states(db)["sent"] == len(smtp_server.taken)
    assert "sending" not in states(db)


def test_a_mail_whose_sender_died_goes_again_however_often_and_is_the_same_message(db: Database) -> None:
    queue_digests(db, ["reader@westvale.example"])
    for hour in range(4):
        assert outbox.claim_one(db, NOW + timedelta(hours=hour), 60, ["email"]) is not None
        assert settling.recover(db, NOW + timedelta(hours=hour, minutes=2), ["email"]) == 1
    channel = Script()
    (settled,) = round_of(db, channel, NOW + timedelta(hours=5))
    assert isinstance(settled.receipt, Sent)
    assert not channel.sent[0].may_repeat


def test_a_round_leaves_what_another_one_has_in_hand(db: Database) -> None:
    queue_digests(db, ["reader@westvale.example"])
    assert outbox.claim_one(db, NOW, 60, ["email"]) is not None
    later = NOW + timedelta(minutes=2)
    assert list(deliver(db, {"console": Script()}, lambda: later, 60)) == []
    assert states(db) == {"sending": 1}


# --- pace --------------------------------------------------------------------------------------


def test_turns_are_spread_evenly_and_a_pause_is_not_made_up_for() -> None:
    at = [100.0]
    turns = Turns(600, lambda: at[0])
    taken = []
    while len(taken) < 5:
        at[0] += turns.wait_s()
        turns.take()
        taken.append(round(at[0] - 100, 3))
    assert taken == [0.0, 0.1, 0.2, 0.3, 0.4]
    at[0] += 60
    assert turns.wait_s() == 0.0
    turns.take()
    assert turns.wait_s() == pytest.approx(0.1)
    unlimited = Turns(0, lambda: at[0])
    unlimited.take()
    assert unlimited.wait_s() == 0.0


def test_a_round_goes_no_faster_than_its_turns(db: Database) -> None:
    queue_digests(db, [f"reader{number}@westvale.example" for number in range(5)])
    began = time.monotonic()
    turns = Turns(1200, time.monotonic)
    assert len(round_of(db, Script(), NOW, at_once=4, turns=turns)) == 5
    assert time.monotonic() - began >= 4 * 0.05


# --- faults ------------------------------------------------------------------------------------


def test_a_fault_of_the_set_up_ends_the_round_and_costs_no_mail_an_attempt(db: Database) -> None:
    queue_digests(db, [f"reader{number}@westvale.example" for number in range(6)])
    for at_once in (1, 4):
        channel = Script(*[SendError("can't be reached")] * 8)
        with pytest.raises(SendError, match="can't be reached"):
            round_of(db, channel, NOW + timedelta(hours=at_once), at_once=at_once)
        assert len(channel.sent) <= at_once
    assert states(db) == {"waiting": 6}
    assert db.execute("SELECT max(attempts) FROM deliveries").fetchone()[0] == 0
    assert len(round_of(db, Script(), NOW + timedelta(days=1))) == 6


def test_the_next_round_asks_with_another_mail_if_the_fault_may_be_one_readers(db: Database) -> None:
    queue_digests(db, ["one@westvale.example", "two@westvale.example"])
    fault = SendError("refuses one mail after another")
    fault.receipt = TryAgain(900, "550 5.7.1 Not allowed", is_paced=True)
    channel = Script(fault)
    with pytest.raises(SendError):
        round_of(db, channel, NOW)
    assert [one.delivery.address for one in round_of(db, channel, NOW + timedelta(minutes=5))] == [
        "two@westvale.example"
    ]


def test_chats_are_told_before_a_dead_mail_server_is_asked(db: Database, capsys: pytest.CaptureFixture[str]) -> None:
    queue_digests(db, ["reader@westvale.example"])
    with transaction(db):
        outbox.queue(db, [Queued("alert:1", "console", "-", "Northmoor", "Northmoor changed its statement")], NOW)
    dead = notifiers_of(f"smtp://127.0.0.1:{free_port()}")
    with closing(dead) as notifiers, pytest.raises(SendError, match="can't be reached"):
        list(deliver_everything(db, notifiers, AS_FAST_AS_IT_GOES, 60))
    assert "Northmoor changed its statement" in capsys.readouterr().out
    assert states(db) == {"sent": 1, "waiting": 1}


def test_a_channel_rests_for_longer_each_time_and_is_told_of_once() -> None:
    at = [0.0]
    rest = Rest(lambda: at[0])
    assert rest.is_over
    waits = []
    told = []
    for _ in range(8):
        told.append(rest.begin("can't be reached"))
        began = at[0]
        while not rest.is_over:
            at[0] += 10
        waits.append(at[0] - began)
    assert waits == [30, 60, 120, 240, 480, 900, 900, 900]
    assert told == [True] + [False] * 7
    assert rest.begin("does not accept the user and password")
    assert rest.end() and not rest.end()


# --- bounces -----------------------------------------------------------------------------------


def reader(db: Database, address: str = "reader@westvale.example") -> subscribers.Subscriber:
    found = subscribers.by_address(db, address)
    assert found is not None
    return found


def test_a_mailbox_that_does_not_exist_is_paused_and_what_waits_for_it_is_held_back(
    db: Database, smtp_server: MailServer
) -> None:
    smtp_server.of_reader = {"reader@westvale.example": "550 5.1.1 <reader@westvale.example> unknown"}
    for week in ("2026-W24", "2026-W25"):
        queue_digests(db, ["reader@westvale.example", "other@westvale.example"], week)
    with closing(notifiers_of(smtp_server.url)) as notifiers:
        list(deliver_mail(db, notifiers, AS_FAST_AS_IT_GOES, 60))
    paused = reader(db)
    assert paused.state is SubscriberState.PAUSED
    assert paused.paused_reason == "the mail server says that this mailbox takes no mail (550 5.1.1)"
    assert reader(db, "other@westvale.example").state is SubscriberState.ACTIVE
    assert states(db) == {"sent": 2, "refused": 1, "withdrawn": 1}
    departed = [(row["how"], row["count"]) for row in db.table("departures").rows]
    assert departed == [("bounced", 1)]


@pytest.mark.parametrize("receipt", [Refused("552 5.3.4 Too large"), Refused("no SMTPUTF8"), InDoubt("lost")])
def test_what_is_not_about_the_mailbox_pauses_nobody(db: Database, receipt: Receipt) -> None:
    queue_digests(db, ["reader@westvale.example"])
    round_of(db, Script(receipt, receipt), NOW)
    assert reader(db).state is SubscriberState.ACTIVE


def failing_from_day_to_day(db: Database, receipts: Callable[[int], Receipt], days: range) -> list[SubscriberState]:
    """One mail a day, each answered at once; the reader's state after each."""
    found = []
    for day in days:
        at = NOW + timedelta(days=day, minutes=day)
        queue_digests(db, ["reader@westvale.example"], f"day {day}", at)
        round_of(db, Script(*[receipts(day)] * 9), at)
        found.append(reader(db).state)
    return found


def test_4xx_for_more_than_three_days_pauses_the_address(db: Database) -> None:
    later = TryAgain(3600, "452 4.2.2 Mailbox full", is_mailbox=True)
    found = failing_from_day_to_day(db, lambda day: later, range(5))
    assert [str(state) for state in found] == ["active"] * 3 + ["paused"] * 2
    assert reader(db).paused_reason == "for more than 3 days the mail server could not deliver here (452)"


def test_one_mail_that_is_taken_ends_the_row_of_4xx(db: Database) -> None:
    later = TryAgain(3600, "450 4.2.1 Busy", is_mailbox=True)
    found = failing_from_day_to_day(db, lambda day: Sent("<x>") if day == 2 else later, range(6))
    assert found == [SubscriberState.ACTIVE] * 6
    assert reader(db).failing_since is not None


def test_a_busy_server_is_no_failing_mailbox_and_ends_no_row_of_4xx(db: Database) -> None:
    busy, full = TryAgain(3600, "451 4.3.0 Busy"), TryAgain(3600, "452 4.2.2 Full", is_mailbox=True)
    assert failing_from_day_to_day(db, lambda day: busy, range(6)) == [SubscriberState.ACTIVE] * 6
    found = failing_from_day_to_day(db, lambda day: full if day % 2 else busy, range(10, 18))
    assert found[-1] is SubscriberState.PAUSED
