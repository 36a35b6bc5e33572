"""Copies in an outside archive: asked for beside the alerts, and named in them once they are there."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr, ValidationError
from pytest_httpserver import HTTPServer

from tests.support.archive import KEYS, Archive
from tests.support.site import ORGANISATION, SOURCE, TOPIC, Bench, Site, listing, page, watching
from watcher.config.environment import Environment
from watcher.core.model import ArchivedCopy, CopyAsked, CopyLater, CopyRefused, CopyRunning
from watcher.fetch.policy import FetchPolicy
from watcher.fetch.save_page_now import save_page_now
from watcher.pipeline import reviewing
from watcher.pipeline.alerts import alert_of
from watcher.pipeline.archiving import MOST_ATTEMPTS, Archiving, Told, archive_for
from watcher.pipeline.doctor import examine
from watcher.pipeline.watch import Address
from watcher.store import copies, proofs

PAUSED = "The trust has paused its Serenity Integrated Mentoring team while our medical director reviews it."
ENDED = "The trust has ended its Serenity Integrated Mentoring team after a review by our medical director."


@pytest.fixture
def site(httpserver: HTTPServer) -> Site:
    site = Site(httpserver)
    site.pages |= {"/sim": page("An update for patients", PAUSED), "/news": listing()}
    return site


@pytest.fixture
def bench(site: Site, tmp_path: Path) -> Iterator[Bench]:
    config = TOPIC + ORGANISATION.format(id="northmoor", name="Northmoor Care Trust", host="127.0.0.1")
    config += ORGANISATION.format(id="westvale", name="Westvale Network", host="localhost")
    config += SOURCE.format(id="page", organisation="northmoor", kind="page", url=site.url("/sim"), more="")
    config += SOURCE.format(id="news", organisation="westvale", kind="listing", url=site.url("/news"), more="")
    with watching(tmp_path, config) as made:
        yield made


@pytest.fixture
def archive(bench: Bench, site: Site, httpserver: HTTPServer) -> Archive:
    archive = Archive(httpserver, now=bench.watch.now)
    httpserver.expect_request(re.compile(".*"), method="GET").respond_with_handler(site.answer)
    bench.poll()
    return archive


class Clockwork:
    """Archiving whose pace goes by the bench's clock, which `sleep` moves on."""

    def __init__(self, bench: Bench, archive: Archive, keys: str = KEYS, policy: FetchPolicy | None = None) -> None:
        self.bench = bench
        service = save_page_now(policy or bench.watch.policy, archive.url, keys)
        self.archiving = Archiving(service, 6, lambda: bench.clock[0].timestamp())

    def sleep(self, seconds: float) -> None:
        self.bench.clock[0] += timedelta(seconds=seconds)

    def go_on(self, seconds: float = 600) -> list[Told]:
        return list(archive_for(self.bench.watch, self.archiving, seconds, self.sleep))


def answers(told: list[Told]) -> list[type]:
    return [type(one.answer) for one in told]


def change(bench: Bench, site: Site, text: str) -> None:
    site.pages["/sim"] = page("An update for patients", text)
    bench.poll(hours=2)


def test_every_text_on_topic_gets_a_copy_of_its_own(bench: Bench, site: Site, archive: Archive) -> None:
    work = Clockwork(bench, archive)
    assert answers(work.go_on()) == [CopyAsked, CopyRunning, ArchivedCopy]
    change(bench, site, ENDED)
    bench.clock[0] += timedelta(seconds=30)
    assert answers(work.go_on()) == [CopyAsked, CopyRunning, ArchivedCopy]
    assert work.go_on() == []
    assert [(form["url"], form["if_not_archived_within"]) for form in archive.asked] == [
        (site.url("/sim"), "1"),
        (site.url("/sim"), "30"),
    ]
    first, second = copies.copies_of(bench.watch.db, [1, 2]).values()
    assert first.at < second.at
    assert second.url == f"{archive.url}/web/{second.at:%Y%m%d%H%M%S}/{site.url('/sim')}"


def test_an_alert_waits_for_no_copy_and_names_it_later(bench: Bench, site: Site, archive: Archive) -> None:
    change(bench, site, ENDED)
    assert "Archived copy" not in bench.told()[0]
    (copied,) = [one for one in Clockwork(bench, archive).go_on() if isinstance(one.answer, ArchivedCopy)]
    assert alert_of(bench.watch, 2).archived_copy == copied.answer
    rows = bench.watch.db.execute("SELECT key, edits FROM deliveries WHERE key LIKE 'copied:%'").fetchall()
    assert rows == []  # a console can't rewrite


def test_messages_that_can_be_rewritten_are(bench: Bench, site: Site, archive: Archive) -> None:
    bench.watch = replace(bench.watch, addresses=(Address("telegram", "@news"), Address("webhook", "hook")))
    change(bench, site, ENDED)
    Clockwork(bench, archive).go_on()
    rows = bench.watch.db.execute(
        "SELECT key, edits, body FROM deliveries WHERE key LIKE 'copied:%' ORDER BY id"
    ).fetchall()
    assert [row[:2] for row in rows] == [
        ("copied:alert:2:telegram:@news", "alert:2:telegram:@news"),
        ("copied:alert:2:webhook:hook", "alert:2:webhook:hook"),
    ]
    where = copies.copies_of(bench.watch.db, [2])[2]
    assert f'<a href="{where.url}">Archived copy</a>' in rows[0][2]
    data = json.loads(rows[1][2])["data"]
    assert data["archived_copy"] == {"url": where.url, "copied_at": where.at.isoformat()}


def test_a_page_taken_down_leads_to_the_copy_of_what_it_said(bench: Bench, site: Site, archive: Archive) -> None:
    work = Clockwork(bench, archive)
    work.go_on()
    del site.pages["/sim"]
    for _ in range(3):
        bench.poll(hours=13)
    removed = bench.watch.db.execute("SELECT id FROM changes WHERE kind = 'removed'").fetchone()[0]
    assert alert_of(bench.watch, removed).archived_copy == copies.copies_of(bench.watch.db, [1])[1]
    assert work.go_on() == []  # nobody can copy what is gone


def test_a_copy_from_before_the_text_proves_nothing(bench: Bench, site: Site, archive: Archive) -> None:
    old = {"status": "success", "timestamp": "20260601080000", "original_url": site.url("/sim")}
    archive.endings[site.url("/sim")] = old
    told = Clockwork(bench, archive).go_on()
    assert answers(told) == [CopyAsked, CopyRunning, CopyLater]
    assert "older than the text" in told[-1].answer.reason  # type: ignore[union-attr]


def test_a_copy_made_after_the_next_edit_proves_nothing(bench: Bench, site: Site, archive: Archive) -> None:
    work, archive.looks = Clockwork(bench, archive), 0
    assert answers(list(work.archiving.round(bench.watch))) == [CopyAsked]
    change(bench, site, ENDED)
    told = {one.version_id: one.answer for one in work.go_on()}
    assert told[1] == CopyRefused("the page had changed again before it was copied")
    assert isinstance(told[2], ArchivedCopy)


def test_what_was_never_answered_is_asked_again(bench: Bench, archive: Archive) -> None:
    copies.note_asking(bench.watch.db, 1, bench.watch.now() + timedelta(minutes=5))  # and the power went
    work = Clockwork(bench, archive)
    assert work.archiving.wait_s(bench.watch) == 300
    assert answers(work.go_on()) == [CopyAsked, CopyRunning, ArchivedCopy]
    assert len(archive.asked) == 1


def test_a_page_that_fails_is_tried_for_thirty_hours_and_then_left(bench: Bench, site: Site, archive: Archive) -> None:
    archive.endings[site.url("/sim")] = {"status": "error", "status_ext": "error:gateway-timeout"}
    start = bench.clock[0]
    told = Clockwork(bench, archive).go_on(seconds=30 * 86_400)
    assert len(archive.asked) == MOST_ATTEMPTS
    assert told[-1].answer == CopyLater("gateway-timeout")
    assert copies.counts(bench.watch.db) == {"refused": 1}
    assert timedelta(hours=30) < bench.clock[0] - start < timedelta(hours=31)


def test_an_archive_that_is_down_costs_no_attempt(bench: Bench, archive: Archive) -> None:
    archive.faults += [(503, {}), (200, {"status": "error", "status_ext": "error:user-session-limit"}), (503, {})]
    work = Clockwork(bench, archive)
    assert answers(work.go_on()) == [CopyLater, CopyLater]  # turned away twice: enough for one run
    assert work.archiving.is_resting
    assert list(work.archiving.round(bench.watch)) == []
    assert answers(work.go_on(seconds=3600)) == [CopyLater, CopyAsked, CopyRunning, ArchivedCopy]
    assert bench.watch.db.execute("SELECT attempts FROM copies").fetchone() == (1,)


def test_a_job_that_is_forgotten_is_asked_anew(bench: Bench, archive: Archive) -> None:
    work = Clockwork(bench, archive)
    list(work.archiving.round(bench.watch))
    archive.jobs.clear()
    assert answers(work.go_on()) == [CopyLater, CopyAsked, CopyRunning, ArchivedCopy]


def test_a_copy_that_never_ends_is_asked_anew(bench: Bench, archive: Archive) -> None:
    archive.looks = 10**6
    told = Clockwork(bench, archive).go_on(seconds=2 * 3600)
    assert CopyLater("the archive had not copied it after an hour") in [one.answer for one in told]


def test_the_pace_is_kept(bench: Bench, site: Site, archive: Archive) -> None:
    for number in range(5):
        site.pages[f"/news/{number}"] = page(f"Statement {number} on our service", f"{ENDED} {number} people asked.")
    site.pages["/news"] = listing(*((f"/news/{n}", f"Statement {n} on our service") for n in range(5)))
    bench.poll(hours=2)
    start = bench.clock[0]
    asked_at: list[datetime] = []
    work = Clockwork(bench, archive)
    for one in archive_for(bench.watch, work.archiving, 600, work.sleep):
        if isinstance(one.answer, CopyAsked):
            asked_at.append(bench.clock[0])
    assert len(asked_at) == 6
    gaps = [later - earlier for earlier, later in pairwise(asked_at)]
    assert min(gaps) >= timedelta(seconds=9.9)
    assert asked_at[0] == start


def test_what_was_told_comes_first(bench: Bench, site: Site, archive: Archive) -> None:
    site.pages["/news/1"] = page("Notice to partners", ENDED, filler=1)
    site.pages["/news"] = listing(("/news/1", "Notice to partners"))
    bench.poll(hours=2)
    assert [one.version_id for one in copies.wanted(bench.watch.db)] == [2, 1]
    bench.watch.db.execute("UPDATE changes SET is_alert = 1 - is_alert")  # as if the older one had been told
    assert [one.version_id for one in copies.wanted(bench.watch.db)] == [1, 2]


def test_only_the_newest_text_of_a_page_is_wanted(bench: Bench, site: Site, archive: Archive) -> None:
    change(bench, site, ENDED)
    assert [one.version_id for one in copies.wanted(bench.watch.db)] == [2]


def test_what_a_person_dismissed_is_not_copied(bench: Bench, site: Site, archive: Archive) -> None:
    change(bench, site, ENDED)
    reviewing.dismiss(bench.watch, 2, "Ada")
    assert copies.wanted(bench.watch.db) == []


def test_pages_of_this_network_are_not_named_outside(bench: Bench, archive: Archive) -> None:
    work = Clockwork(bench, archive, policy=FetchPolicy("statement-watcher/test"))
    work.archiving._archive = save_page_now(bench.watch.policy, "https://archive.example", KEYS)
    assert work.go_on() == []


def test_wrong_keys_stop_the_round_and_are_named(bench: Bench, archive: Archive) -> None:
    told = Clockwork(bench, archive, keys="access:wrong").go_on()
    assert answers(told) == [CopyLater, CopyLater]
    assert "WATCHER_ARCHIVE_KEYS" in told[0].answer.reason  # type: ignore[union-attr]


def test_the_evidence_names_the_copy(bench: Bench, archive: Archive) -> None:
    proof = proofs.proof_of(bench.watch.db, 1)
    assert proof is not None
    assert proof.archived_copy is None
    Clockwork(bench, archive).go_on()
    proof = proofs.proof_of(bench.watch.db, 1)
    assert proof is not None
    assert proof.archived_copy == copies.copy_of(bench.watch.db, 1) is not None


def test_doctor_tries_the_keys(archive: Archive, tmp_path: Path) -> None:
    def finding(**fields: Any) -> tuple[str, str]:
        environment = Environment(
            _env_file=None,  # type: ignore[call-arg]
            config=tmp_path / "none.toml",
            storage=tmp_path / "storage",
            archive_url=archive.url,
            allow_private_hosts="localhost,127.0.0.1",
            **fields,
        )
        (found,) = [one for one in examine(environment) if one.check == "archive"]
        return found.level, found.says

    assert finding() == ("note", "no WATCHER_ARCHIVE_KEYS: no outside archive copies what is found")
    assert finding(archive_keys=SecretStr(KEYS)) == ("good", f"{archive.url}: 7 copies may be asked for now")
    level, says = finding(archive_keys=SecretStr("access:wrong"))
    assert (level, "does not take WATCHER_ARCHIVE_KEYS" in says, "wrong" in says) == ("bad", True, False)


def test_keys_without_a_colon_are_refused_unseen() -> None:
    with pytest.raises(ValidationError) as caught:
        Environment(_env_file=None, archive_keys=SecretStr("swordfish"))  # type: ignore[call-arg]
    assert "swordfish" not in str(caught.value)
    assert "the access key, a colon, and the secret key" in str(caught.value)


def test_the_clock_of_the_archive_has_whole_seconds(bench: Bench, archive: Archive) -> None:
    bench.watch.db.execute("UPDATE versions SET seen_at = '2026-06-01T09:00:00.900000+00:00'")
    archive.now = lambda: datetime(2026, 6, 1, 9, 0, 0, tzinfo=UTC)
    bench.clock[0] += timedelta(seconds=1)
    assert answers(Clockwork(bench, archive).go_on())[-1] is ArchivedCopy


def test_a_question_about_a_text_that_is_no_longer_there_is_dropped(bench: Bench, site: Site, archive: Archive) -> None:
    copies.note_asking(bench.watch.db, 1, bench.watch.now() + timedelta(minutes=5))
    change(bench, site, ENDED)
    told = Clockwork(bench, archive).go_on()
    assert {one.version_id for one in told} == {2}
