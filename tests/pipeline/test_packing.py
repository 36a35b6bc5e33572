"""What proves a change, from a real poll to a file that holds on its own."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.support.site import ORGANISATION, SOURCE, TOPIC, Bench, Site, page, watching
from watcher.core.errors import StoreError
from watcher.core.mask import Mask
from watcher.core.model import ArchivedCopy
from watcher.evidence.check import check_file
from watcher.pipeline.packing import Exported, export_change
from watcher.store import copies, documents, noise
from watcher.store.database import open_read_only, transaction

NOW = datetime(2026, 6, 3, 12, 0, tzinfo=UTC)
PAUSED = "Serenity Integrated Mentoring is paused here while it is reviewed."
ENDED = "Serenity Integrated Mentoring has ended here after a review."


@pytest.fixture
def bench(site: Site, tmp_path: Path) -> Iterator[Bench]:
    """A statement that is edited and then taken down: c-1 to c-3."""
    config = TOPIC + ORGANISATION.format(id="northmoor", name="Northmoor Care Trust", host="127.0.0.1")
    config += SOURCE.format(id="page", organisation="northmoor", kind="page", url=site.url("/sim"), more="")
    site.pages["/sim"] = page("Our position", PAUSED)
    with watching(tmp_path, config) as made:
        made.poll()
        site.pages["/sim"] = page("Our position", ENDED)
        made.poll(hours=26)
        site.pages["/sim"] = (404, "<h1>Not found</h1>", {})
        made.poll(hours=2)
        yield made


def export(bench: Bench, change_id: int, name: str = "pack.wacz", *, force: bool = False) -> Exported:
    storage = bench.watch.storage
    db = open_read_only(storage)
    try:
        return export_change(db, storage, change_id, storage.parent / name, NOW, force=force)
    finally:
        db.conn.close()


def statement(path: Path) -> Any:
    with zipfile.ZipFile(path) as archive:
        return json.loads(archive.read("about/statement.json"))


def change_of(bench: Bench, kind: str) -> int:
    return int(bench.watch.db.execute("SELECT id FROM changes WHERE kind = ?", [kind]).fetchone()[0])


def test_an_edit_is_proved_by_both_answers(bench: Bench) -> None:
    made = export(bench, change_of(bench, "edited"))
    checked = check_file(made.file)
    assert (checked.faults, checked.records, checked.texts) == ((), 4, 2)  # two days: two heads of files
    assert (checked.sha256, made.file.stat().st_size) == (made.sha256, made.bytes)
    told = statement(made.file)
    assert [one["role"] for one in told["versions"]] == ["before", "after"]
    assert [PAUSED in one["blocks"] or ENDED in one["blocks"] for one in told["versions"]] == [True, True]
    assert told["change"]["organisation"] == {"id": "northmoor", "name": "Northmoor Care Trust"}
    assert told["change"]["matches"][0]["reasons"][0]["term"] == "Serenity Integrated Mentoring"
    assert told["made_at"] == "2026-06-03T12:00:00.000000Z"


def test_records_are_copied_byte_for_byte(bench: Bench) -> None:
    made = export(bench, change_of(bench, "edited"))
    with zipfile.ZipFile(made.file) as archive:
        kept = archive.read("archive/data.warc.gz")
    for version in statement(made.file)["versions"]:
        capture = documents.capture_of(bench.watch.db, version["id"])
        assert capture is not None
        ours = (bench.watch.storage / capture.file).read_bytes()[capture.offset :][: capture.length]
        record = version["answer"]["record"]
        assert kept[record["offset"] :][: record["length"]] == ours


def test_a_page_taken_down_is_proved_by_what_it_said_and_by_the_answer_that_it_is_gone(bench: Bench) -> None:
    made = export(bench, change_of(bench, "missing"))
    assert check_file(made.file).holds
    told = statement(made.file)
    assert [one["role"] for one in told["versions"]] == ["before"]
    assert (told["gone"]["answer"]["status"], told["change"]["kind"]) == (404, "missing")
    with zipfile.ZipFile(made.file) as archive:
        assert "status 404" in archive.read("about/README.txt").decode()


def test_a_first_sight_is_proved_alone(bench: Bench) -> None:
    assert statement(export(bench, change_of(bench, "baseline")).file)["gone"] is None


def test_copies_and_noise_are_named(bench: Bench) -> None:
    db = bench.watch.db
    with transaction(db):
        copies.note_asking(db, 2, NOW)
        copies.note_copied(db, 2, ArchivedCopy("https://archive.example/web/1/page", NOW))
        noise.record_noise(db, 1, Mask(frozenset({"ward bulletin"}), frozenset()), "two looks", NOW)
    made = export(bench, change_of(bench, "edited"))
    told = statement(made.file)
    assert told["versions"][1]["archived_copy"]["url"] == "https://archive.example/web/1/page"
    assert [(one["line"], one["how"]) for one in told["left_out_as_noise"]] == [("ward bulletin", "two looks")]
    with zipfile.ZipFile(made.file) as archive:
        assert "https://archive.example/web/1/page" in archive.read("about/README.txt").decode()


def test_nothing_of_people_is_in_a_pack(bench: Bench) -> None:
    """Rows about people are put everywhere; none of their words may come out."""
    db = bench.watch.db
    change_id = change_of(bench, "edited")
    with transaction(db):
        db.execute(
            "INSERT INTO reviews (change_id, document_id, decision, who, at) VALUES (?, 1, 'published', 'Ines', ?)",
            [change_id, "2026-06-02"],
        )
        db.execute("INSERT INTO labels VALUES (2, 'sim', 'on-topic', 'Ines', '2026-06-02')")
        db.execute("INSERT INTO confirmations VALUES (2, 'sim', 'ended', 'Ines', '2026-06-02')")
        db.execute("UPDATE deliveries SET address = 'reader@private.example'")
    made = export(bench, change_id)
    with zipfile.ZipFile(made.file) as archive:
        whole = b"".join(archive.read(name) for name in archive.namelist())
    assert b"Ines" not in whole and b"private.example" not in whole
    assert str(bench.watch.storage).encode() not in whole


def test_a_file_that_is_there_is_not_replaced_unasked(bench: Bench) -> None:
    export(bench, 1)
    with pytest.raises(StoreError, match="--force replaces it"):
        export(bench, 2)
    assert export(bench, 2, force=True).change.id == 2


@pytest.mark.parametrize(
    ("sql", "says"),
    [
        ("UPDATE versions SET snapshot_id = NULL WHERE id = 1", r"bytes of version 1 \(before\) were not kept"),
        ("UPDATE snapshots SET warc_file = NULL WHERE id = 2", r"bytes of version 2 \(after\) were not kept"),
        ("UPDATE changes SET before_id = NULL, after_id = NULL WHERE kind = 'edited'", "there is nothing to export"),
        ("UPDATE snapshots SET body_sha256 = '0' WHERE id = 1", "other record: its content is"),
        ("UPDATE snapshots SET warc_file = 'warc/2020-01-01.warc.gz' WHERE id = 1", "first record can't be read"),
        ("UPDATE versions SET text = 'other' WHERE id = 2", "version 2: other text"),
    ],
)
def test_what_was_not_kept_or_no_longer_holds_is_not_exported(bench: Bench, sql: str, says: str) -> None:
    change_id = change_of(bench, "edited")
    bench.watch.db.execute(sql)
    with pytest.raises(StoreError, match=says):
        export(bench, change_id)
    assert not (bench.watch.storage.parent / "pack.wacz").exists()


def test_a_change_that_is_none_is_named(bench: Bench) -> None:
    with pytest.raises(StoreError, match="c-99: no such change"):
        export(bench, 99)
