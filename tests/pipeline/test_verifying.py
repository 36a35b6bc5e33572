"""What a watch kept, after a real poll, with the files and the database damaged in every way."""

from __future__ import annotations

import html
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.site import ORGANISATION, SOURCE, TOPIC, Bench, Site, listing, page, watching
from watcher.core.errors import StoreError
from watcher.evidence.faults import FaultKind
from watcher.pipeline.verifying import Unproved, Verified, verify_all
from watcher.store.database import open_read_only

FEED = (
    '<?xml version="1.0"?><rss version="2.0"><channel><title>News</title><link>{url}</link>'
    "<item><title>From the board</title><link>{url}</link><description>{text}</description></item></channel></rss>"
)
BOARD = "<p>Serenity Integrated Mentoring ended in March. " + "The secretary keeps the minutes. " * 12 + "</p>"


@pytest.fixture
def bench(site: Site, tmp_path: Path) -> Iterator[Bench]:
    """An edit, a text from a listing, one that only its feed has, and a page that is taken down a day later."""
    config = TOPIC + ORGANISATION.format(id="northmoor", name="Northmoor Care Trust", host="127.0.0.1")
    for name, kind, path in (("news", "listing", "/news"), ("feed", "feed", "/feed"), ("page", "page", "/sim")):
        config += SOURCE.format(id=name, organisation="northmoor", kind=kind, url=site.url(path), more="")
    feed = FEED.format(url=site.url("/blocked"), text=html.escape(BOARD))
    site.pages |= {"/news": listing(), "/feed": feed, "/blocked": (403, "no", {})}
    site.pages["/sim"] = page("Our position", "Serenity Integrated Mentoring is paused here while it is reviewed.")
    with watching(tmp_path, config) as made:
        made.poll()
        site.pages["/sim"] = page("Our position", "Serenity Integrated Mentoring has ended here after a review.")
        site.pages["/news"] = listing(("/news/begun", "It begins"))
        site.pages["/news/begun"] = page("It begins", "Serenity Integrated Mentoring begins here.", filler=1)
        made.poll(hours=2)
        site.pages["/sim"] = (404, "<h1>Not found</h1>", {})
        made.poll(hours=24)
        yield made


def verify(bench: Bench, *, reread: bool = False) -> tuple[list[Unproved], Verified]:
    storage, verified = bench.watch.storage, Verified()
    sources = {one.id: one for one in bench.watch.configuration.sources} if reread else None
    db = open_read_only(storage)
    try:
        return list(verify_all(db, storage, verified, lambda done, known: None, sources)), verified
    finally:
        db.conn.close()


def faults(bench: Bench) -> list[tuple[int | None, FaultKind, tuple[str, ...]]]:
    return [(one.version_id, one.fault.kind, one.changes) for one in verify(bench)[0]]


def warc(bench: Bench, day: int) -> Path:
    return bench.watch.storage / "warc" / f"2026-06-0{day}.warc.gz"


def versions_at(bench: Bench, path: str) -> list[int]:
    rows = bench.watch.db.execute(
        "SELECT v.id FROM versions v JOIN documents d ON d.id = v.document_id WHERE d.url LIKE ? ORDER BY v.id",
        [f"%{path}"],
    )
    return [row[0] for row in rows]


def test_what_a_poll_kept_holds(bench: Bench) -> None:
    found, verified = verify(bench)
    assert found == []
    assert (verified.versions, verified.versions_holding, verified.holds) == (4, 4, True)
    assert (verified.snapshots, verified.answers_holding) == (5, 5)


def test_progress_goes_to_the_end(bench: Bench) -> None:
    told: list[tuple[int, int]] = []
    db = open_read_only(bench.watch.storage)
    list(verify_all(db, bench.watch.storage, Verified(), lambda done, known: told.append((done, known))))
    db.conn.close()
    assert told == sorted(told)
    assert told[-1] == (9, 9)


def test_a_file_that_is_gone_is_named_for_each_version_and_answer_in_it(bench: Bench) -> None:
    warc(bench, 2).unlink()
    (one,) = verify(bench)[0]
    assert (one.version_id, one.fault.kind) == (None, FaultKind.MISSING_FILE)  # the 404 of the page taken down
    warc(bench, 1).unlink()
    found, verified = verify(bench)
    assert {one.fault.kind for one in found} == {FaultKind.MISSING_FILE}
    assert (verified.versions_holding, verified.answers_holding, len(found)) == (0, 0, 5)


def test_the_changes_that_rest_on_a_version_are_named(bench: Bench) -> None:
    before, after = versions_at(bench, "/sim")
    bench.watch.db.execute("UPDATE versions SET text_sha256 = 'other' WHERE id IN (?, ?)", [before, after])
    edited, missing = (
        bench.watch.db.execute("SELECT id FROM changes WHERE kind = ?", [kind]).fetchone()[0]
        for kind in ("edited", "missing")
    )
    found = {one.version_id: one.changes for one in verify(bench)[0]}
    assert f"c-{edited}" in found[before] and f"c-{missing}" not in found[before]
    assert found[after] == (f"c-{edited}", f"c-{missing}")


def test_bytes_that_are_cut_or_altered_are_told_apart(bench: Bench) -> None:
    path = warc(bench, 1)
    whole = path.read_bytes()
    path.write_bytes(whole[:-7])
    assert [kind for _, kind, _ in faults(bench)] == [FaultKind.CUT_SHORT]
    altered = bytearray(whole)
    altered[len(whole) // 2] ^= 1
    path.write_bytes(bytes(altered))
    assert [kind for _, kind, _ in faults(bench)] == [FaultKind.OTHER_BYTES]


@pytest.mark.parametrize(
    ("sql", "kind"),
    [
        ("UPDATE versions SET text = text || ' More.' WHERE id = 1", FaultKind.OTHER_TEXT),
        ("UPDATE versions SET content = replace(content, 'paused', 'ended') WHERE id = 1", FaultKind.OTHER_TEXT),
        ("UPDATE versions SET content = 'no json' WHERE id = 1", FaultKind.OTHER_TEXT),
        ("UPDATE versions SET text = NULL WHERE id = 1", FaultKind.OTHER_TEXT),
        ("UPDATE versions SET snapshot_id = NULL WHERE id = 1", FaultKind.NOT_CAPTURED),
        ("UPDATE snapshots SET warc_file = NULL WHERE id = 1", FaultKind.NOT_CAPTURED),
        ("UPDATE snapshots SET final_url = final_url || '?' WHERE id = 1", FaultKind.OTHER_RECORD),
        ("UPDATE snapshots SET fetched_at = '2026-06-01T09:00:00.000001+00:00' WHERE id = 1", FaultKind.OTHER_RECORD),
        ("UPDATE snapshots SET body_sha256 = 'other' WHERE id = 1", FaultKind.OTHER_RECORD),
        ("UPDATE snapshots SET warc_offset = warc_offset + 1 WHERE id = 1", FaultKind.OTHER_BYTES),
    ],
)
def test_a_row_that_was_altered_no_longer_agrees(bench: Bench, sql: str, kind: FaultKind) -> None:
    version_id = versions_at(bench, "/sim")[0]
    snapshot_id = bench.watch.db.execute("SELECT snapshot_id FROM versions WHERE id = ?", [version_id]).fetchone()[0]
    wanted = version_id if "UPDATE versions" in sql else snapshot_id
    bench.watch.db.execute(sql.replace("id = 1", f"id = {wanted}"))
    assert [(version, found) for version, found, _ in faults(bench)] == [(version_id, kind)]


def test_it_reads_while_the_watch_writes(bench: Bench) -> None:
    storage, verified = bench.watch.storage, Verified()
    db = open_read_only(storage)
    bench.watch.db.execute("UPDATE versions SET text = 'other' WHERE id = 1")
    going = verify_all(db, storage, verified, lambda done, known: None)
    assert next(going).version_id == 1
    bench.poll(hours=2)  # begins its transactions while the check is half-way
    assert list(going) == []
    db.conn.close()


def test_a_database_that_is_damaged_is_named(bench: Bench, tmp_path: Path) -> None:
    (root,) = bench.watch.db.execute("SELECT rootpage FROM sqlite_master WHERE name = 'versions'").fetchone()
    bench.watch.db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    copy = tmp_path / "copy"
    copy.mkdir()
    whole = bytearray((bench.watch.storage / "watcher.db").read_bytes())
    whole[4096 * (root - 1) : 4096 * root] = b"\xff" * 4096
    (copy / "watcher.db").write_bytes(whole)
    db = open_read_only(copy)
    with pytest.raises(StoreError, match=r"malformed.*backup"):
        list(verify_all(db, copy, Verified(), lambda done, known: None))
    db.conn.close()


# --- reading the kept bytes again ----------------------------------------------------------------


def test_kept_bytes_read_the_same_again_be_it_a_page_or_a_feed(bench: Bench) -> None:
    assert versions_at(bench, "/blocked")
    found, verified = verify(bench, reread=True)
    assert (found, verified.reread) == ([], 4)


def test_another_reading_by_the_same_extractor_is_a_fault_and_by_an_older_one_is_none(bench: Bench) -> None:
    before, after = versions_at(bench, "/sim")
    path = bench.watch.configuration.path
    path.write_text(path.read_text().replace('id = "page"', 'id = "page"\nremove = ["p:first-of-type"]'))
    with watching(path.parent, path.read_text()) as other:
        found = verify(other, reread=True)[0]
        assert [(one.version_id, one.fault.kind) for one in found] == [
            (before, FaultKind.READS_OTHERWISE),
            (after, FaultKind.READS_OTHERWISE),
        ]
        assert 'remove or extractor of the source "page"' in found[0].fault.says
        other.watch.db.execute("UPDATE versions SET extractor = 'html-0+older'")
        assert (verify(other, reread=True)[0], verify(other, reread=True)[1].reread) == ([], 0)


def test_bytes_that_today_hold_no_text_are_a_fault(bench: Bench) -> None:
    path = bench.watch.configuration.path
    text = path.read_text().replace('id = "page"', 'id = "page"\nextractor = "application/pdf"')
    with watching(path.parent, text) as other:
        found = verify(other, reread=True)[0]
        assert "can't be read today" in found[0].fault.says
