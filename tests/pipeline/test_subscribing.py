"""The rules of subscribing, and the cycle that erases."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlite_utils import Database

from tests.support.site import ORGANISATION, TOPIC, Bench, watching
from watcher.config.environment import Environment
from watcher.core.filter import Rhythm, Vocabulary
from watcher.core.mail_address import mail_address
from watcher.pipeline import subscribing
from watcher.pipeline.subscribing import ClientLimit, LinkState, Wanted
from watcher.store import subscribers, subscriptions
from watcher.store.database import open_database
from watcher.store.subscribers import SubscriberState

ADA = mail_address("Ada.Hale@northmoor.example")
HOME = "https://watch.example"


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    config = TOPIC + ORGANISATION.format(id="northmoor", name="Northmoor Care Trust", host="127.0.0.1")
    with watching(tmp_path, config) as made:
        yield made


def ask(bench: Bench, wanted: Wanted | None = None) -> str:
    """The token that the mail carries."""
    watch = bench.watch
    wanted = wanted or Wanted(ADA, "ended", Rhythm.WEEKLY)
    assert subscribing.ask(watch.db, watch.configuration, HOME, wanted, watch.now())
    (body,) = watch.db.execute("SELECT body FROM deliveries ORDER BY id DESC LIMIT 1").fetchone()
    found = re.search(rf"{HOME}/confirm/(\S+)", body)
    assert found is not None
    return found[1]


def traces(bench: Bench) -> set[str]:
    db = bench.watch.db
    return {table for table in db.table_names() if "hale" in str(list(db.table(table).rows)).casefold()}


def test_tokens_are_long_random_and_kept_as_a_checksum_alone(bench: Bench) -> None:
    tokens = {ask(bench, Wanted(mail_address(f"r{n}@northmoor.example"), "", Rhythm.DAILY)) for n in range(20)}
    assert len(tokens) == 20
    assert all(len(token) == 43 for token in tokens)
    kept = str(list(bench.watch.db.table("invitations").rows))
    assert not any(token in kept for token in tokens)
    leaving = {one.leave_token for one in subscribers.every(bench.watch.db)}
    assert len(leaving) == 20
    assert all(len(token) == 43 for token in leaving)


def test_a_link_is_good_once(bench: Bench) -> None:
    token = ask(bench)
    db, now = bench.watch.db, bench.watch.now()
    assert subscribing.look_at_link(db, token, now).state is LinkState.GOOD
    assert subscribing.confirm(db, token, now).state is LinkState.GOOD
    assert subscribing.confirm(db, token, now).state is LinkState.USED
    assert len(subscriptions.active(db, "email")) == 1


def test_an_address_left_with_a_link_in_the_mail_is_not_brought_back_by_it(bench: Bench) -> None:
    db, now = bench.watch.db, bench.watch.now()
    subscribing.confirm(db, ask(bench), now)
    second = ask(bench, Wanted(ADA, "jobs", Rhythm.DAILY))
    (reader,) = subscribers.every(db)
    assert subscribing.leave(db, reader.leave_token, now)
    assert subscribing.confirm(db, second, now).state is LinkState.SPENT
    assert subscriptions.active(db, "email") == []


def test_the_last_of_several_subscriptions_is_left_altogether(bench: Bench) -> None:
    db, now = bench.watch.db, bench.watch.now()
    for wanted in ("ended", "jobs"):
        subscribing.confirm(db, ask(bench, Wanted(ADA, wanted, Rhythm.WEEKLY)), now)
    (reader,) = subscribers.every(db)
    first, second = subscribers.followed(db, reader)
    assert subscribing.end_one(db, "nobody's", first.id, now) is None
    assert subscribing.end_one(db, reader.leave_token, first.id, now) == first
    assert subscribing.end_one(db, reader.leave_token, first.id, now) is None
    assert subscribing.end_one(db, reader.leave_token, second.id, now) == second
    (left,) = subscribers.every(db)
    assert left.state is SubscriberState.LEFT


def test_a_cycle_erases_who_left_28_days_ago_and_keeps_the_count(bench: Bench) -> None:
    db = bench.watch.db
    subscribing.confirm(db, ask(bench), bench.watch.now())
    (reader,) = subscribers.every(db)
    subscribing.leave(db, reader.leave_token, bench.watch.now())
    bench.poll(days=27)
    assert traces(bench)
    bench.poll(days=1)
    assert traces(bench) == set()
    assert [(row["how"], row["count"]) for row in db.table("departures").rows] == [("left", 1)]
    assert not subscribing.leave(db, reader.leave_token, bench.watch.now())


def test_a_cycle_erases_what_nobody_confirmed(bench: Bench) -> None:
    token = ask(bench)
    bench.poll(days=7, hours=23)
    assert traces(bench)
    bench.poll(hours=1)
    assert traces(bench) == set()
    assert subscribing.confirm(bench.watch.db, token, bench.watch.now()).state is LinkState.UNKNOWN


@pytest.mark.parametrize("turn", ["pending", "confirmed", "paused", "left"])
def test_erasing_leaves_no_trace_whatever_came_before(bench: Bench, turn: str) -> None:
    db, now = bench.watch.db, bench.watch.now()
    token = ask(bench)
    if turn != "pending":
        subscribing.confirm(db, token, now)
    if turn == "paused":
        subscribers.pause(db, ADA.typed, "550 no such mailbox", now)
    if turn == "left":
        (reader,) = subscribers.every(db)
        subscribing.leave(db, reader.leave_token, now)
    ask(bench, Wanted(mail_address(ADA.typed.upper()), "jobs", Rhythm.DAILY))
    assert subscribing.erase(db, mail_address(ADA.typed.lower()), now)
    assert traces(bench) == set()
    assert not subscribing.erase(db, ADA, now)


def test_who_was_erased_may_subscribe_as_if_new(bench: Bench) -> None:
    db, now = bench.watch.db, bench.watch.now()
    subscribing.confirm(db, ask(bench), now)
    subscribing.erase(db, ADA, now)
    subscribing.confirm(db, ask(bench), now)
    assert len(subscriptions.active(db, "email")) == 1


@given(rhythm=st.sampled_from(["", "weekly", "daily"]), usual=st.sampled_from([Rhythm.WEEKLY, Rhythm.DAILY]))
def test_what_is_typed_beats_what_is_usual_and_nothing_is_at_once(rhythm: str, usual: Rhythm) -> None:
    wish = subscribing.wish_by_mail(f"ended {rhythm}", Vocabulary(), usual)
    assert wish.rhythm is (Rhythm(rhythm) if rhythm else usual)
    assert str(wish.filter) == "ended"


def test_a_client_may_ask_so_often_within_any_hour() -> None:
    clock = [0.0]
    limit = ClientLimit(clock=lambda: clock[0])
    for minute in range(20):
        clock[0] = 60.0 * minute
        assert limit.wait_s("192.0.2.7") == 0
    assert limit.wait_s("192.0.2.7") == 3600 - 19 * 60
    assert limit.wait_s("192.0.2.8") == 0
    clock[0] = 3600.0
    assert limit.wait_s("192.0.2.7") == 0
    assert limit.wait_s("192.0.2.7") == 60


@given(st.lists(st.floats(min_value=0, max_value=900), max_size=120))
def test_no_hour_ever_holds_more_than_the_limit(pauses: list[float]) -> None:
    clock, let_in = [0.0], list[float]()
    limit = ClientLimit(clock=lambda: clock[0])
    for pause in pauses:
        clock[0] += pause
        if limit.wait_s("192.0.2.7") == 0:
            let_in.append(clock[0])
    assert all(later - earlier >= 3600 for earlier, later in zip(let_in, let_in[20:], strict=False))


def test_clients_are_forgotten_after_their_hour() -> None:
    clock = [0.0]
    limit = ClientLimit(clock=lambda: clock[0])
    for number in range(10_001):
        limit.wait_s(str(number))
    clock[0] = 3601.0
    limit.wait_s("192.0.2.7")
    assert len(limit._asked) == 1


def test_what_mail_needs_is_named() -> None:
    bare = Environment(_env_file=None, smtp_url=None, mail_from=None, public_url=None)  # type: ignore[call-arg]
    assert bare.missing_for_mail == ("WATCHER_SMTP_URL", "WATCHER_MAIL_FROM", "WATCHER_PUBLIC_URL")


def at_once(act: Callable[[Database], object], storage: Path, times: int = 8) -> list[object]:
    """What `act` returns to so many that do it at one moment, each by a connection of its own."""
    ready = threading.Barrier(times)

    def one(_: int) -> object:
        with closing(open_database(storage)) as db:
            ready.wait()
            return act(db)

    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(one, range(times)))


def test_a_link_that_is_pressed_eight_times_at_once_is_good_once(bench: Bench) -> None:
    token, now = ask(bench), bench.watch.now()
    told = at_once(lambda db: subscribing.confirm(db, token, now).state, bench.watch.storage)
    assert sorted(map(str, told)) == ["good", *["used"] * 7]


def test_an_address_that_is_asked_for_eight_times_at_once_gets_three_mails(bench: Bench) -> None:
    watch, wanted = bench.watch, Wanted(ADA, "", Rhythm.WEEKLY)
    told = at_once(lambda db: subscribing.ask(db, watch.configuration, HOME, wanted, watch.now()), watch.storage)
    assert sorted(told) == [*[False] * 5, *[True] * 3]
    assert watch.db.table("deliveries").count == 3
