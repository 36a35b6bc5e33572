"""What a backup brings back, and whom it does not."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from watcher.core.filter import Rhythm
from watcher.core.mail_address import mail_address
from watcher.pipeline import subscribing
from watcher.pipeline.backup import restore_backup, write_backup
from watcher.pipeline.subscribing import Wanted
from watcher.store import subscribers, subscriptions
from watcher.store.database import FILE_NAME, open_database, transaction

NOW = datetime(2026, 6, 1, 9, 0, tzinfo=UTC)


@pytest.fixture
def storage(tmp_path: Path) -> Iterator[Path]:
    """Three readers, and a backup of them beside the folder."""
    folder = tmp_path / "storage"
    with closing(open_database(folder)) as db:
        for name in ("ada", "ben", "cleo"):
            address = mail_address(f"{name}@northmoor.example")
            subscribing.add_confirmed(db, Wanted(address, "", Rhythm.WEEKLY), NOW)
    write_backup(folder, tmp_path / "backup.tar.gz")
    yield folder


def followers(storage: Path) -> list[str]:
    with closing(open_database(storage)) as db:
        return [one.address.partition("@")[0] for one in subscriptions.active(db, "email")]


def test_who_left_or_was_paused_since_the_backup_is_not_written_to_again(storage: Path) -> None:
    with closing(open_database(storage)) as db:
        ada, ben, _ = subscribers.every(db)
        subscribing.leave(db, ada.leave_token, NOW)
        with transaction(db):
            subscribers.pause(db, ben.address, "a complaint", NOW)
    restore_backup(storage, storage.parent / "backup.tar.gz", force=True)
    assert followers(storage) == ["cleo"]
    with closing(open_database(storage)) as db:
        left, paused, _ = subscribers.every(db)
        assert (left.left_at, paused.paused_reason) == (NOW, "a complaint")


def test_a_database_that_can_not_be_read_takes_nobody_with_it(storage: Path) -> None:
    for path in storage.iterdir():
        path.unlink()
    (storage / FILE_NAME).write_bytes(b"no database of ours" * 100)
    restore_backup(storage, storage.parent / "backup.tar.gz", force=True)
    assert followers(storage) == ["ada", "ben", "cleo"]


def test_a_fresh_folder_takes_nobody_with_it(storage: Path) -> None:
    for path in storage.iterdir():
        path.unlink()
    open_database(storage).close()
    restore_backup(storage, storage.parent / "backup.tar.gz", force=True)
    assert followers(storage) == ["ada", "ben", "cleo"]
