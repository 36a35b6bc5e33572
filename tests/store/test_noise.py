from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlite_utils import Database

from watcher.core.mask import Mask
from watcher.store import noise
from watcher.store.database import open_database

AT = datetime(2026, 6, 1, tzinfo=UTC)
LINE = Mask(frozenset({"viewed # times"}), frozenset({"https://northmoor.example/teaser"}))


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    """Four documents of one source, and one of another."""
    found = open_database(tmp_path)
    found.execute("PRAGMA foreign_keys = OFF")
    for number in range(1, 6):
        found.table("documents").insert(
            {
                "id": number,
                "check_id": number,
                "source_id": "other" if number == 5 else "news",
                "organisation_id": "northmoor",
                "identity": f"/{number}",
                "url": f"https://northmoor.example/{number}",
                "first_seen_at": "2026",
                "state": "present",
            }
        )
    yield found
    found.conn.close()


def test_a_line_hides_on_the_document_it_was_learnt_on(db: Database) -> None:
    noise.record_noise(db, 1, LINE, "two looks", AT)
    assert noise.mask_of(db, "news", 1) == LINE
    assert noise.mask_of(db, "news", 2) == Mask()


def test_a_line_that_three_documents_have_hides_on_all_of_the_source(db: Database) -> None:
    for number in (1, 2, 3):
        noise.record_noise(db, number, LINE, "two looks", AT)
    assert noise.mask_of(db, "news", 4) == LINE
    assert noise.mask_of(db, "other", 5) == Mask()


def test_a_line_that_is_undone_stays_undone_though_another_page_learns_it(db: Database) -> None:
    noise.record_noise(db, 1, LINE, "two looks", AT)
    assert noise.undo_noise(db, "news", "viewed # times", AT) == 1
    noise.record_noise(db, 1, LINE, "two looks", AT)
    noise.record_noise(db, 2, LINE, "flips", AT)
    assert noise.mask_of(db, "news", 2) == Mask(links=LINE.links)
    assert noise.undone_of(db, "news") == ["viewed # times"]
    assert noise.hidden_lines(db) == {"news": ("https://northmoor.example/teaser",)}


def test_the_list_for_maintainers_counts_the_pages_of_each_line(db: Database) -> None:
    for number in (1, 2):
        noise.record_noise(db, number, LINE, "two looks", AT)
    rows = list(noise.noise_of_source(db, "news"))
    assert [(row["kind"], row["line"], row["documents"]) for row in rows] == [
        ("block", "viewed # times", 2),
        ("link", "https://northmoor.example/teaser", 2),
    ]
