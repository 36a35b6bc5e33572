"""Digests into the outbox: each reader gets each period once, whatever breaks off, and letters are shared."""

from __future__ import annotations

import sqlite3
import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from tests.support.readers import PUBLIC_URL, add_reader, waiting_letters
from tests.web.filling import CONFIGURATION, ORGANISATIONS, START, Filling, filled, write_configuration
from watcher.config.environment import Environment
from watcher.config.load import load
from watcher.core.filter import Rhythm
from watcher.core.model import LEAVE_URL, ChangeKind
from watcher.core.weeks import SendTime, latest_due, parse_week, whole_between
from watcher.pipeline.digests import queue_due, queue_period, tell_digests
from watcher.pipeline.watch import Watch, open_watch
from watcher.store import outbox, subscriptions
from watcher.store.database import open_database, transaction
from watcher.store.subscriptions import SubscriptionState

LONDON = ZoneInfo("Europe/London")
BEFORE = START - timedelta(hours=2)  # early on Monday 1 June 2026, in week 23
MONDAY = datetime(2026, 6, 8, 7, 0, tzinfo=UTC)  # 08:00 in London, after week 23


@pytest.fixture
def filling(tmp_path: Path) -> Iterator[Filling]:
    made = filled(tmp_path)
    with transaction(made.db):
        made.db.execute("DELETE FROM deliveries")
    yield made
    made.db.close()


@pytest.fixture
def clock() -> list[datetime]:
    return [MONDAY]


@pytest.fixture
def watch(filling: Filling, clock: list[datetime]) -> Iterator[Watch]:
    environment = Environment(
        _env_file=None,  # type: ignore[call-arg]
        config=filling.configuration.path,
        storage=filling.storage,
        smtp_url="smtp://127.0.0.1:25",
        mail_from="watch@watch.example",
        public_url=PUBLIC_URL,
    )
    opened = open_watch(load(filling.configuration.path), environment, now=lambda: clock[0])
    yield opened
    opened.db.conn.close()


def keys(watch: Watch) -> list[str]:
    return [letter[0] for letter in waiting_letters(watch.db)]


def test_a_weekly_reader_is_told_on_monday_morning_and_once(watch: Watch, clock: list[datetime]) -> None:
    reader = add_reader(watch.db, "ada@reader.example", BEFORE)
    clock[0] = MONDAY - timedelta(minutes=1)
    assert tell_digests(watch) is None
    clock[0] = MONDAY
    report = tell_digests(watch)
    assert report is not None and report.queued == {"2026-W23": 1}
    assert tell_digests(watch) is None
    assert queue_due(watch).queued == {}
    ((key, address, subject, text, html),) = waiting_letters(watch.db)
    assert (key, address) == (f"digest:{reader}:2026-W23", "ada@reader.example")
    assert subject.startswith("Week 23: ")
    assert "Northmoor Care Trust changed its statement" in text
    assert LEAVE_URL in text and LEAVE_URL in html and f"{PUBLIC_URL}/privacy" in html


def test_nothing_is_queued_where_mail_is_not_set_up(watch: Watch) -> None:
    add_reader(watch.db, "ada@reader.example", BEFORE)
    assert tell_digests(replace(watch, can_mail=False)) is None
    assert keys(watch) == []


def test_the_outbox_hands_the_letter_to_whoever_sends_it(watch: Watch) -> None:
    add_reader(watch.db, "ada@reader.example", BEFORE)
    queue_due(watch)
    delivery = outbox.claim_one(watch.db, MONDAY, 60, ["email"])
    assert delivery is not None
    assert delivery.subject.startswith("Week 23: ")
    assert delivery.body.startswith("Week 23, 1 to 7 June 2026")
    assert delivery.attachment.startswith("<!DOCTYPE html>")


def test_a_quiet_week_is_told_to_those_alone_who_want_to_hear_of_it(watch: Watch, clock: list[datetime]) -> None:
    clock[0] = MONDAY + timedelta(weeks=2)
    quiet = datetime(2026, 6, 15, 9, tzinfo=UTC)
    add_reader(watch.db, "ada@reader.example", quiet)
    wants = add_reader(watch.db, "ben@reader.example", quiet, wants_quiet=True)
    report = queue_due(watch)
    assert (report.queued, report.nothing_to_tell) == ({"2026-W25": 1}, {"2026-W25": 1})
    ((key, _, subject, text, _),) = waiting_letters(watch.db)
    assert key == f"digest:{wants}:2026-W25"
    assert subject == "Week 25: nothing new about Steady Mentoring or Crisis plans"
    assert "nothing new about Steady Mentoring or Crisis plans." in " ".join(text.split())
    assert queue_due(watch).nothing_to_tell == {}


def test_a_new_reader_gets_the_first_week_that_ends_after_the_confirmation(watch: Watch, clock: list[datetime]) -> None:
    reader = add_reader(watch.db, "ada@reader.example", MONDAY + timedelta(hours=1), wants_quiet=True)
    clock[0] = MONDAY + timedelta(hours=2)
    assert queue_due(watch).queued == {}
    clock[0] = MONDAY + timedelta(weeks=1)
    queue_due(watch)
    assert keys(watch) == [f"digest:{reader}:2026-W24"]


def test_only_active_readers_by_mail_with_a_rhythm_are_told(watch: Watch) -> None:
    add_reader(watch.db, "ada@reader.example", BEFORE, rhythm=Rhythm.AT_ONCE)
    add_reader(watch.db, "ben@reader.example", BEFORE)
    with transaction(watch.db):
        subscriptions.subscribe(watch.db, "telegram", "77", "", Rhythm.WEEKLY, BEFORE)
        subscriptions.set_state(watch.db, "email", "ben@reader.example", SubscriptionState.PAUSED, BEFORE)
    assert queue_due(watch).queued == {}


def test_what_a_pause_left_out_is_not_told_later(watch: Watch, clock: list[datetime]) -> None:
    reader = add_reader(watch.db, "ada@reader.example", BEFORE, wants_quiet=True)
    with transaction(watch.db):
        subscriptions.set_state(watch.db, "email", "ada@reader.example", SubscriptionState.PAUSED, BEFORE)
        back = MONDAY + timedelta(days=2)
        subscriptions.set_state(watch.db, "email", "ada@reader.example", SubscriptionState.ACTIVE, back)
    clock[0] = MONDAY + timedelta(weeks=1)
    queue_due(watch)
    assert keys(watch) == [f"digest:{reader}:2026-W24"]


def test_missed_weeks_are_made_up_the_oldest_first(watch: Watch, clock: list[datetime]) -> None:
    reader = add_reader(watch.db, "ada@reader.example", BEFORE - timedelta(days=10), wants_quiet=True)
    clock[0] = MONDAY + timedelta(days=9)
    queue_due(watch)
    assert keys(watch) == [f"digest:{reader}:2026-W{number}" for number in (21, 22, 23, 24)]


def test_of_more_than_four_missed_weeks_the_first_are_told_in_one_line(watch: Watch, clock: list[datetime]) -> None:
    old = add_reader(watch.db, "ada@reader.example", BEFORE - timedelta(days=30))
    new = add_reader(watch.db, "ben@reader.example", BEFORE)
    clock[0] = MONDAY + timedelta(days=8)
    queue_due(watch)
    told = {key: text for key, _, _, text, _ in waiting_letters(watch.db)}
    assert set(told) == {f"digest:{old}:2026-W21", f"digest:{old}:2026-W23", f"digest:{new}:2026-W23"}
    lines = [" ".join(text.split()) for text in told.values() if "No digest was sent" in text]
    assert len(lines) == 1
    assert "No digest was sent for 27 April to 17 May 2026." in lines[0]
    assert f"{PUBLIC_URL}/?from=2026-04-27&to=2026-05-17" in lines[0]


def test_daily_readers_are_told_each_morning(watch: Watch, clock: list[datetime]) -> None:
    reader = add_reader(watch.db, "ada@reader.example", BEFORE, rhythm=Rhythm.DAILY)
    for hour in range(24 * 7):
        clock[0] = datetime(2026, 6, 1, 0, 30, tzinfo=UTC) + timedelta(hours=hour)
        tell_digests(watch)
    days = [key.removeprefix(f"digest:{reader}:") for key in keys(watch)]
    assert days == ["2026-06-01", "2026-06-02", "2026-06-03", "2026-06-04"]
    rows = watch.db.execute("SELECT count(*) FROM digests WHERE subscription_id = ?", [reader]).fetchone()
    assert rows[0] == 6  # also the days on which there was nothing to tell


def test_over_seven_years_every_week_is_told_once_however_irregular_the_starts(
    watch: Watch, clock: list[datetime]
) -> None:
    begun = clock[0] = datetime(2026, 1, 1, 9, tzinfo=UTC)
    add_reader(watch.db, "ada@reader.example", begun)
    with transaction(watch.db):
        watch.db.execute("UPDATE changes SET is_alert = 0, kind = 'same', mass_edit_id = NULL")
    step, told = 0, list[str]()
    while clock[0] < datetime(2033, 1, 12, tzinfo=UTC):
        step += 1
        clock[0] += timedelta(hours=(7, 61, 150, 333, 401)[step % 5])
        report = tell_digests(watch)
        told.extend(report.nothing_to_tell if report else ())
    last = latest_due(clock[0], Rhythm.WEEKLY, SendTime(0, time(8)), LONDON)
    assert told == [window.period for window in whole_between(begun, last.until, Rhythm.WEEKLY, LONDON)]
    assert {"2026-W53", "2032-W53"} <= set(told)
    assert keys(watch) == []


def test_readers_with_one_filter_share_one_letter(watch: Watch) -> None:
    for number in range(30):
        add_reader(watch.db, f"reader{number}@reader.example", BEFORE, ["", "kind:trust", "org:westvale"][number % 3])
    report = queue_due(watch)
    assert (report.queued, report.letters) == ({"2026-W23": 30}, 3)
    assert watch.db.execute("SELECT count(*) FROM letters").fetchone()[0] == 3
    bodies = {row[0] for row in watch.db.execute("SELECT body || subject FROM deliveries")}
    assert bodies == {""}


def test_matching_is_done_once_a_filter_and_not_once_a_reader(watch: Watch) -> None:
    filters = ["", "kind:trust", "stance:ended", *(f'"patients {n}" OR mentoring' for n in range(17))]
    for number in range(20):
        add_reader(watch.db, f"first{number}@reader.example", BEFORE, filters[number])
    few = queue_due(watch)
    with transaction(watch.db):
        watch.db.execute("DELETE FROM digests")
        watch.db.execute("DELETE FROM deliveries")
        watch.db.execute("DELETE FROM letters")
        watch.db.execute("DELETE FROM subscriptions")
    for number in range(300):
        add_reader(watch.db, f"reader{number}@reader.example", BEFORE, filters[number % 20])
    many = queue_due(watch)
    assert sum(many.queued.values()) == 300
    assert (many.matched, many.facts_read, many.letters) == (few.matched, few.facts_read, few.letters)
    assert many.matched == 20 * many.facts_read
    assert many.letters == 20


def test_a_run_that_breaks_off_goes_on_where_it_stopped(watch: Watch) -> None:
    for number in range(40):
        add_reader(watch.db, f"reader{number}@reader.example", BEFORE, ["", "kind:trust"][number % 2])
    for batches in (1, 2, 0, 3, 9):
        breaks_after(watch, batches)
        try:
            queue_due(watch, batch=7)
        except sqlite3.IntegrityError:
            continue
        finally:
            watch.db.execute("DROP TRIGGER IF EXISTS breaks")
    assert Counter(Counter(address for _, address, *_ in waiting_letters(watch.db)).values()) == {1: 40}
    assert watch.db.execute("SELECT count(*) FROM letters").fetchone()[0] == 2
    assert queue_due(watch).queued == {}


def breaks_after(watch: Watch, batches: int) -> None:
    """From now on the row after so many batches can't be written, as if the disk were full."""
    last = watch.db.execute("SELECT count(*) FROM digests").fetchone()[0] + 7 * batches + 3
    watch.db.execute(
        f"CREATE TRIGGER breaks BEFORE INSERT ON digests WHEN (SELECT count(*) FROM digests) >= {last}"
        " BEGIN SELECT RAISE(ABORT, 'broken off'); END"
    )


def test_a_week_by_name_goes_to_those_who_had_subscribed_and_have_none_of_it(
    watch: Watch, clock: list[datetime]
) -> None:
    first = add_reader(watch.db, "ada@reader.example", BEFORE)
    queue_due(watch)
    clock[0] = MONDAY + timedelta(days=1)
    early = add_reader(watch.db, "ben@reader.example", BEFORE)
    add_reader(watch.db, "cleo@reader.example", clock[0])
    window = parse_week("2026-W23", LONDON)
    assert queue_period(watch, window).queued == {"2026-W23": 1}
    assert keys(watch) == [f"digest:{first}:2026-W23", f"digest:{early}:2026-W23"]
    assert queue_period(watch, window).queued == {}


def test_a_week_by_name_leaves_the_weeks_before_it_due(watch: Watch, clock: list[datetime]) -> None:
    reader = add_reader(watch.db, "ada@reader.example", BEFORE - timedelta(days=10), wants_quiet=True)
    queue_period(watch, parse_week("2026-W23", LONDON))
    assert keys(watch) == [f"digest:{reader}:2026-W23"]
    assert queue_due(watch).queued == {"2026-W21": 1, "2026-W22": 1}
    assert keys(watch) == [f"digest:{reader}:2026-W{number}" for number in (23, 21, 22)]


def test_readers_share_a_letter_whether_or_not_they_want_quiet_weeks(watch: Watch) -> None:
    for number in range(4):
        add_reader(watch.db, f"reader{number}@reader.example", BEFORE, wants_quiet=bool(number % 2))
    report = queue_due(watch)
    assert (report.queued, report.letters) == ({"2026-W23": 4}, 1)


def test_two_runs_at_one_time_queue_each_digest_once(watch: Watch) -> None:
    for number in range(60):
        add_reader(watch.db, f"reader{number}@reader.example", BEFORE, ["", "kind:trust"][number % 2])
    storage, failures = watch.storage, []

    def run() -> None:
        db = open_database(storage)
        try:
            queue_due(replace(watch, db=db), batch=7)
        except Exception as exc:
            failures.append(exc)
        finally:
            db.conn.close()

    threads = [threading.Thread(target=run) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert Counter(Counter(address for _, address, *_ in waiting_letters(watch.db)).values()) == {1: 60}
    assert watch.db.execute("SELECT count(*) FROM letters").fetchone()[0] == 2


def test_letters_are_forgotten_twelve_weeks_after_they_were_sent(watch: Watch, clock: list[datetime]) -> None:
    add_reader(watch.db, "ada@reader.example", BEFORE)
    add_reader(watch.db, "ben@reader.example", BEFORE, "kind:trust")
    queue_due(watch)
    with transaction(watch.db):
        watch.db.execute("UPDATE deliveries SET state = 'sent' WHERE address = 'ada@reader.example'")
    clock[0] = MONDAY + timedelta(weeks=11)
    queue_due(watch)
    assert {letter[1] for letter in waiting_letters(watch.db)} == {"ada@reader.example", "ben@reader.example"}
    clock[0] = MONDAY + timedelta(weeks=13)
    queue_due(watch)
    assert [letter[1] for letter in waiting_letters(watch.db) if "2026-W23" in letter[0]] == ["ben@reader.example"]


def test_a_broken_template_keeps_no_digest_back_and_is_told_to_the_maintainers_once(watch: Watch) -> None:
    folder = watch.configuration.path.parent / "templates"
    folder.mkdir()
    (folder / "digest.txt.j2").write_text("{{ digest.nmae }}", encoding="utf-8")
    add_reader(watch.db, "ada@reader.example", BEFORE)
    tell_digests(watch)
    ((_, _, _, text, _),) = waiting_letters(watch.db)
    assert text.startswith("Week 23, 1 to 7 June 2026")
    ((told,),) = watch.db.execute("SELECT body FROM deliveries WHERE channel = 'console'").fetchall()
    assert "digest.txt.j2:1:" in told and "nmae" in told


def test_a_big_week_fits_one_mail_and_says_how_much_is_left_out(tmp_path: Path) -> None:
    names = [*ORGANISATIONS, ("moor", "Moor Trust", "trust", "North")]
    assert CONFIGURATION
    path = write_configuration(tmp_path, tuple(names))
    made = Filling(load(path), tmp_path / "storage", filled(tmp_path).db)
    for number in range(150):
        words = [f"Statement {number} about Steady Mentoring, number {number * 7} of many. " + "More words. " * 30]
        made.put(f"big-{number}", "northmoor", f"Statement {number}", words, kind=ChangeKind.FIRST)
    made.db.execute("UPDATE changes SET detected_at = '2026-06-03T10:00:00.000000+00:00'")
    add_reader(made.db, "ada@reader.example", BEFORE)
    environment = Environment(
        _env_file=None,  # type: ignore[call-arg]
        config=path,
        storage=made.storage,
        smtp_url="smtp://127.0.0.1:25",
        mail_from="watch@watch.example",
        public_url=PUBLIC_URL,
    )
    watch = open_watch(load(path), environment, now=lambda: MONDAY)
    queue_due(watch)
    ((_, _, _, text, html),) = waiting_letters(watch.db)
    assert 50_000 < len(html.encode()) <= 90_000
    assert "more statements not shown here, so that this mail arrives whole" in " ".join(text.split())
    assert f"{PUBLIC_URL}/?from=2026-06-01&amp;to=2026-06-07" in html  # the way to all of them
    watch.db.conn.close()
    made.db.close()
