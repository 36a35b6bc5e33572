"""Stored captures under other rules: which alerts would appear or vanish, and nothing is written."""

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.support.site import ORGANISATION, SOURCE, TOPIC, Bench, Site, listing, page, watching
from watcher.config.load import load
from watcher.core.model import Tier
from watcher.pipeline.replay import Replay, Replayed
from watcher.store import documents, people
from watcher.store.database import open_read_only

SINCE = datetime(2026, 6, 1, tzinfo=UTC)
PAUSED = "The trust has paused its Serenity Integrated Mentoring team while our medical director reviews it."
ENDED = "The trust has ended its Serenity Integrated Mentoring team after a review by our medical director."


@pytest.fixture
def bench(site: Site, tmp_path: Path) -> Iterator[Bench]:
    """A statement that was edited, a new one, and one about a scheme that the topic does not name."""
    config = TOPIC + ORGANISATION.format(id="northmoor", name="Northmoor Care Trust", host="127.0.0.1")
    config += SOURCE.format(id="news", organisation="northmoor", kind="listing", url=site.url("/news"), more="")
    config += SOURCE.format(id="page", organisation="northmoor", kind="page", url=site.url("/sim"), more="")
    site.pages |= {"/news": listing(), "/sim": page("Our position", PAUSED)}
    with watching(tmp_path, config) as made:
        made.poll()
        site.pages["/sim"] = page("Our position", ENDED)
        site.pages["/news"] = listing(("/news/steps", "Steady Steps begins"), ("/news/board", "From the board"))
        site.pages["/news/steps"] = page("Steady Steps begins", "The Steady Steps team begins on Monday.", filler=1)
        site.pages["/news/board"] = page("From the board", "It heard about Serenity Integrated Mentoring.", filler=2)
        made.poll(hours=2)
        yield made


def _replay(bench: Bench, change: dict[str, str] | None = None) -> list[Replayed]:
    path = bench.watch.configuration.path
    text = path.read_text()
    for old, new in (change or {}).items():
        assert old in text
        text = text.replace(old, new)
    other = path.with_name("other.toml")
    other.write_text(text)
    db = open_read_only(bench.watch.storage)
    try:
        return list(Replay(db, bench.watch.storage, load(other)).since(SINCE))
    finally:
        db.conn.close()


def _effects(found: list[Replayed]) -> list[tuple[str, str]]:
    return sorted((one.change.title, one.effect) for one in found if one.effect)


def test_under_the_same_rules_no_alert_appears_or_vanishes(bench: Bench) -> None:
    found = _replay(bench)
    assert len(found) == 4
    assert _effects(found) == []
    assert [one.kind for one in found] == [one.change.kind.value for one in found]


def test_a_further_name_makes_alerts_appear(bench: Bench) -> None:
    found = _replay(bench, {'terms = ["Serenity': 'terms = ["Steady Steps", "Serenity'})
    assert _effects(found) == [("Steady Steps begins", "appears")]
    (one,) = [one for one in found if one.effect]
    assert one.tier == Tier.NAMED and one.reasons[0] == "Steady Steps"


def test_another_name_makes_alerts_vanish(bench: Bench) -> None:
    found = _replay(bench, {'terms = ["Serenity Integrated Mentoring"]': 'terms = ["Steady Steps"]'})
    assert _effects(found) == [
        ("From the board", "vanishes"),
        ("Our position", "vanishes"),
        ("Steady Steps begins", "appears"),
    ]


def test_a_source_that_is_watched_no_more_has_no_alerts(bench: Bench) -> None:
    found = _replay(bench, {'id = "page"': 'id = "page"\nenabled = false'})
    assert _effects(found) == [("Our position", "vanishes")]


def test_the_recipe_of_the_other_configuration_reads_the_captures(bench: Bench) -> None:
    found = _replay(bench, {'id = "page"': 'id = "page"\nremove = ["p:first-of-type"]'})
    assert _effects(found) == [("Our position", "vanishes")]


def test_a_capture_that_cannot_be_read_is_named_and_its_stored_text_used(bench: Bench) -> None:
    for file in (bench.watch.storage / "warc").iterdir():
        file.write_bytes(b"")
    found = _replay(bench)
    assert _effects(found) == []
    assert all("its stored text was used" in one.trouble for one in found)


def test_replay_writes_nothing(bench: Bench) -> None:
    def state() -> list[str]:
        files = sorted(path for path in bench.watch.storage.rglob("*") if path.is_file() and "-shm" not in path.name)
        return [f"{path.name} {hashlib.sha256(path.read_bytes()).hexdigest()}" for path in files]

    bench.watch.db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    before = state()
    _replay(bench, {'terms = ["Serenity': 'terms = ["Steady Steps", "Serenity'})
    assert state() == before


def test_what_a_maintainer_judged_becomes_a_labelled_text(bench: Bench) -> None:
    version = documents.versions_of(bench.watch.db, 1)[0]
    people.record_label(bench.watch.db, version.id, "sim", people.OFF_TOPIC, "Ines", SINCE)
    people.record_label(bench.watch.db, version.id, "sim", people.ON_TOPIC, "Ines", SINCE)
    (case,) = people.labelled(bench.watch.db, "sim", {})
    assert (case["label"], case["title"], case["id"]) == ("on-topic", "Our position", f"version {version.id}")
    assert "Serenity Integrated Mentoring" in case["text"]
