"""A database that an earlier program wrote is read like any other."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlite_utils import Database

from watcher.store.database import FILE_NAME, _remedy, open_database, open_read_only
from watcher.store.migrations import MIGRATIONS


@pytest.fixture
def earlier(tmp_path: Path) -> Path:
    """A storage folder whose database lacks the last step of the schema."""
    db = open_database(tmp_path / "storage")
    assert not MIGRATIONS.pending(db)
    last = MIGRATIONS.applied(db)[-1].name
    assert last == "m017_copies"
    db.execute("DELETE FROM _sqlite_migrations WHERE name = ?", [last])
    db.execute("DROP TABLE copies")
    db.conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    db.close()
    return tmp_path / "storage"


def test_what_an_update_brought_is_there_for_those_who_only_read(earlier: Path) -> None:
    db = open_read_only(earlier)
    assert db.execute("SELECT count(*) FROM copies").fetchone() == (0,)
    with pytest.raises(Exception, match="readonly"):
        db.execute("DELETE FROM copies")
    db.close()


def test_one_that_can_t_be_written_says_what_to_do(earlier: Path) -> None:
    connection = sqlite3.connect(f"file:{earlier / FILE_NAME}?mode=ro", uri=True)  # the superuser may write any file
    with closing(connection), pytest.raises(sqlite3.OperationalError) as caught:
        MIGRATIONS.apply(Database(connection, execute_plugins=False))
    assert "let this one open it once" in _remedy(caught.value)


def test_a_database_of_today_is_not_written_to(tmp_path: Path) -> None:
    open_database(tmp_path / "storage").close()
    before = (tmp_path / "storage" / FILE_NAME).read_bytes()
    open_read_only(tmp_path / "storage").close()
    assert (tmp_path / "storage" / FILE_NAME).read_bytes() == before
