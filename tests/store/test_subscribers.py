"""Readers by e-mail: every turn of their life, and what is left of them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlite_utils import Database

from watcher.core.filter import Rhythm
from watcher.core.model import InDoubt, Refused, Sent, TryAgain
from watcher.store import erasure, outbox, settling, subscribers, subscriptions
from watcher.store.database import FILE_NAME, open_database, transaction
from watcher.store.outbox import Queued
from watcher.store.subscribers import Departure, Invitation, Subscriber, SubscriberState

NOW = datetime(2026, 6, 1, 9, 0, tzinfo=UTC)
ADA = "Ada.Hale@northmoor.example"


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    db = open_database(tmp_path)
    yield db
    db.conn.close()


def asked(db: Database, address: str = ADA, wanted: str = "ended", now: datetime = NOW) -> Invitation:
    """An address that was asked for, with its mail in the outbox."""
    with transaction(db):
        subscriber = subscribers.ensure(db, address, address.casefold(), f"leave-{address.casefold()}", now)
        token_hash = hashlib.sha256(f"{address}{wanted}{now}".encode()).hexdigest()
        invitation = Invitation(token_hash, subscriber.id, wanted, Rhythm.WEEKLY, False, now, None)
        subscribers.invite(db, invitation)
        mail = Queued(invitation.delivery_key, "email", subscriber.address, "Please confirm", f"link {wanted}")
        outbox.queue(db, [mail], now)
    return invitation


def confirmed(db: Database, address: str = ADA, wanted: str = "ended", now: datetime = NOW) -> Subscriber:
    invitation = asked(db, address, wanted, now)
    with transaction(db):
        subscribers.use(db, invitation, now)
    settling.settle(db, invitation.delivery_key, Sent("1"), now)
    found = subscribers.by_address(db, address)
    assert found is not None
    return found


def waiting(db: Database, key: str = "digest:1", address: str = ADA) -> None:
    with transaction(db):
        outbox.queue(db, [Queued(key, "email", address, "Week 23", "What changed")], NOW)


def state_of(db: Database, key: str) -> str:
    return str(db.execute("SELECT state FROM deliveries WHERE key = ?", [key]).fetchone()[0])


def counted(db: Database) -> dict[str, int]:
    return {row["how"]: row["count"] for row in db.table("departures").rows}


def test_nobody_is_active_before_the_link_is_used(db: Database) -> None:
    invitation = asked(db)
    assert subscriptions.active(db, "email") == []
    with transaction(db):
        subscribers.use(db, invitation, NOW)
    (one,) = subscriptions.active(db, "email")
    assert (one.address, one.filter, one.rhythm, one.wants_quiet) == (ADA, "ended", Rhythm.WEEKLY, False)
    kept = subscribers.invitation_of(db, invitation.token_hash)
    assert kept is not None
    assert kept.used_at == NOW


def test_an_address_keeps_the_spelling_that_was_typed_first(db: Database) -> None:
    confirmed(db)
    confirmed_again = asked(db, ADA.upper(), "jobs")
    with transaction(db):
        subscribers.use(db, confirmed_again, NOW)
    assert [(one.address, one.filter) for one in subscriptions.active(db, "email")] == [(ADA, "ended"), (ADA, "jobs")]


def test_who_leaves_gets_nothing_that_waits_and_no_old_link_brings_them_back(db: Database) -> None:
    reader = confirmed(db)
    waiting(db)
    second = asked(db, wanted="jobs")
    with transaction(db):
        assert subscribers.leave(db, reader, NOW)
    assert subscriptions.active(db, "email") == []
    assert outbox.claim_one(db, NOW, 60, ["email"]) is None
    assert state_of(db, "digest:1") == "withdrawn"
    void = subscribers.invitation_of(db, second.token_hash)
    assert void is not None
    assert void.used_at == NOW
    left = subscribers.by_id(db, reader.id)
    assert left is not None
    with transaction(db):
        assert not subscribers.leave(db, left, NOW)
    assert counted(db) == {"left": 1}


@pytest.mark.parametrize("receipt", [TryAgain(60, "greylisted"), InDoubt("the connection broke")])
def test_a_mail_in_hand_when_its_reader_leaves_is_not_tried_again(db: Database, receipt: TryAgain | InDoubt) -> None:
    reader = confirmed(db)
    waiting(db)
    assert outbox.claim_one(db, NOW, 60, ["email"]) is not None
    with transaction(db):
        subscribers.leave(db, reader, NOW)
    settling.settle(db, "digest:1", receipt, NOW)
    assert state_of(db, "digest:1") == "withdrawn"


@pytest.mark.parametrize("receipt", [Sent("1"), Refused("550 no such mailbox")])
def test_the_words_of_a_confirmation_are_gone_once_it_is_sent_or_refused(db: Database, receipt: Sent | Refused) -> None:
    invitation = asked(db)
    claimed = outbox.claim_one(db, NOW, 60, ["email"])
    assert claimed is not None
    assert claimed.body == "link ended"
    settling.settle(db, claimed.key, TryAgain(5, "not now"), NOW)
    assert "link ended" in str(list(db.table("deliveries").rows))
    settling.settle(db, invitation.delivery_key, receipt, NOW)
    assert "link ended" not in str(list(db.table("deliveries").rows))


def test_a_pause_withdraws_what_waits_and_ends_by_resuming_or_by_confirming_anew(db: Database) -> None:
    confirmed(db)
    waiting(db)
    with transaction(db):
        paused = subscribers.pause(db, ADA, "550 no such mailbox", NOW, Departure.BOUNCED)
        assert paused is not None
        assert (paused.state, paused.paused_reason) == (SubscriberState.PAUSED, "550 no such mailbox")
        assert subscribers.pause(db, ADA, "again", NOW) is None
    assert subscriptions.active(db, "email") == []
    assert state_of(db, "digest:1") == "withdrawn"
    later = NOW + timedelta(days=3)
    with transaction(db):
        assert subscribers.resume(db, ADA, later) is not None
        assert subscribers.resume(db, ADA, later) is None
    (one,) = subscriptions.active(db, "email")
    assert one.told_until == later
    with transaction(db):
        subscribers.pause(db, ADA, "complaint", later, Departure.COMPLAINED)
    confirmed(db, wanted="jobs", now=later)
    assert [one.filter for one in subscriptions.active(db, "email")] == ["ended", "jobs"]
    assert counted(db) == {"bounced": 1, "complained": 1}


def test_a_refused_mail_leaves_no_link_in_what_else_waited_for_the_address(db: Database) -> None:
    confirmed(db)
    waiting(db)
    asked(db, wanted="jobs")
    assert outbox.claim_one(db, NOW, 60, ["email"]) is not None
    settling.settle(db, "digest:1", Refused("550 no such mailbox", is_unwelcome=True), NOW)
    assert "link jobs" not in str(list(db.table("deliveries").rows))
    assert subscriptions.active(db, "email") == []


def traces(db: Database, address: str) -> list[str]:
    """Every table whose text holds the address."""
    return [t for t in db.table_names() if address.casefold() in str(list(db.table(t).rows)).casefold()]


def erase_at(db: Database, now: datetime) -> int:
    with transaction(db):
        return erasure.erase_due(db, now) if erasure.is_any_to_erase(db, now) else 0


def test_who_left_is_erased_after_28_days_and_only_the_count_stays(db: Database) -> None:
    reader = confirmed(db)
    with transaction(db):
        period = {"window_from": "a", "window_to": "b", "made_at": "c"}
        (one,) = subscriptions.active(db, "email")
        db.table("digests").insert({"subscription_id": one.id, "period": "2026-W22", **period})
        subscribers.leave(db, reader, NOW)
    assert erase_at(db, NOW + timedelta(days=27, hours=23)) == 0
    assert set(traces(db, ADA)) == {"subscribers", "subscriptions", "deliveries"}
    assert erase_at(db, NOW + timedelta(days=28)) == 1
    assert traces(db, ADA) == []
    assert [db.table(t).count for t in ("subscribers", "subscriptions", "invitations", "deliveries", "digests")] == [
        0
    ] * 5
    assert counted(db) == {"left": 1}


def test_an_address_that_was_not_confirmed_is_erased_after_8_days(db: Database) -> None:
    asked(db)
    asked(db, now=NOW + timedelta(days=5))
    assert erase_at(db, NOW + timedelta(days=9)) == 0
    assert set(traces(db, ADA)) == {"subscribers", "deliveries"}
    assert erase_at(db, NOW + timedelta(days=13)) == 1
    assert traces(db, ADA) == []
    assert counted(db) == {"unconfirmed": 1}


def test_a_confirmed_reader_is_never_erased_and_a_link_that_ran_out_is_not_sent(db: Database) -> None:
    confirmed(db)
    late = asked(db, wanted="jobs")
    assert erase_at(db, NOW + timedelta(days=100)) == 0
    assert [one.filter for one in subscriptions.active(db, "email")] == ["ended"]
    assert state_of(db, late.delivery_key) == "withdrawn"
    assert "link jobs" not in str(list(db.table("deliveries").rows))
    assert db.table("invitations").count == 0


def test_who_left_may_return_and_is_not_told_of_what_came_in_between(db: Database) -> None:
    reader = confirmed(db)
    with transaction(db):
        subscribers.leave(db, reader, NOW)
    back = NOW + timedelta(days=20)
    confirmed(db, now=back)
    (one,) = subscriptions.active(db, "email")
    assert (one.created_at, one.told_until) == (back, back)
    assert erase_at(db, NOW + timedelta(days=40)) == 0


def test_who_left_and_was_invited_again_is_not_erased_under_the_new_link(db: Database) -> None:
    reader = confirmed(db)
    with transaction(db):
        subscribers.leave(db, reader, NOW)
    asked(db, wanted="jobs", now=NOW + timedelta(days=27))
    assert erase_at(db, NOW + timedelta(days=29)) == 0
    assert erase_at(db, NOW + timedelta(days=36)) == 1
    assert traces(db, ADA) == []


def test_what_is_erased_is_not_left_in_the_file(tmp_path: Path) -> None:
    db = open_database(tmp_path)
    reader = confirmed(db)
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    assert ADA.encode() in (tmp_path / FILE_NAME).read_bytes()
    with transaction(db):
        erasure.erase(db, reader)
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    kept = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert ADA.encode() not in kept
    assert ADA.casefold().encode() not in kept
    db.conn.close()


def test_all_that_is_held_is_shown_but_no_token(db: Database) -> None:
    reader = confirmed(db)
    shown = erasure.held(db, reader)
    assert reader.leave_token not in str(shown)
    assert reader.leave_token not in repr(reader)
    assert shown["address"] == ADA
    assert [one["filter"] for one in shown["subscriptions"]] == ["ended"]
    assert [one["subject"] for one in shown["messages"]] == ["Please confirm"]
