"""Opening the database, and the one way to write to it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from sqlite_utils import Database

from watcher.core.errors import StoreError
from watcher.store.migrations import MIGRATIONS

BUSY_TIMEOUT_S = 5.0
FILE_NAME = "watcher.db"


def open_database(storage: Path) -> Database:
    """The database in folder `storage`, made if need be, its schema up to date.

    Raises StoreError if the folder can't be written or the schema is newer than this program.
    """
    path = storage / FILE_NAME
    try:
        storage.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(path, timeout=BUSY_TIMEOUT_S, check_same_thread=False)
        db = Database(connection, execute_plugins=False)  # a search for plugins reads the whole environment
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = NORMAL")  # WAL: a power cut may lose the last commit, never the file
        db.execute("PRAGMA foreign_keys = ON")
        # Migrations within an immediate transaction: two processes that start at once don't both migrate.
        if MIGRATIONS.pending(db):
            with transaction(db):
                MIGRATIONS.apply(db)
        _refuse_newer(db, path)
    except (OSError, sqlite3.Error) as exc:
        raise StoreError(f"{path}: {_remedy(exc)}") from exc
    return db


def open_read_only(storage: Path) -> Database:
    """The database in `storage` for reading alone. Raises StoreError if there is none yet.

    One that an earlier program wrote is given the schema of this one first: what is read may need it.
    """
    path = storage / FILE_NAME
    if not path.exists():
        raise StoreError(f'{path}: nothing recorded yet (run "watcher poll" first, or name the folder with --storage)')
    try:
        db = _for_reading(path)
        _refuse_newer(db, path)
        if MIGRATIONS.pending(db):
            db.close()
            open_database(storage).close()
            db = _for_reading(path)
    except sqlite3.Error as exc:
        raise StoreError(f"{path}: {_remedy(exc)}") from exc
    return db


def _for_reading(path: Path) -> Database:
    connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=BUSY_TIMEOUT_S, check_same_thread=False)
    return Database(connection, recursive_triggers=False, execute_plugins=False)


@contextmanager
def transaction(db: Database) -> Iterator[Database]:
    """Everything inside is written, or nothing.

    Takes the write lock at the start: sqlite-utils' `atomic()` begins deferred, and a
    deferred transaction that turns into a writer while another writes fails at once
    instead of waiting (3 of 1,600 concurrent inserts were lost so). Inside, `atomic()`
    nests as a savepoint. Raises StoreError if the lock is not had in 5 s or the disk is full.
    """
    try:
        db.conn.execute("BEGIN IMMEDIATE")
    except sqlite3.OperationalError as exc:
        raise StoreError(_remedy(exc)) from exc
    try:
        yield db
        db.conn.execute("COMMIT")
    except BaseException as exc:
        if db.conn.in_transaction:
            db.conn.execute("ROLLBACK")
        if isinstance(exc, sqlite3.OperationalError):
            raise StoreError(_remedy(exc)) from exc
        raise


def places(values: Sequence[object]) -> str:
    """A question mark for each value, for `IN (…)`."""
    return ", ".join("?" * len(values))


def stamp(at: datetime) -> str:
    """An instant as it is stored: UTC, ISO 8601, always the same width, so text sorts as time."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def instant(text: str | None) -> datetime | None:
    """A stored instant; None stays None."""
    return datetime.fromisoformat(text) if text else None


def _refuse_newer(db: Database, path: Path) -> None:
    known = {migration.name for migration in MIGRATIONS._migrations}
    unknown = [m.name for m in MIGRATIONS.applied(db) if m.name not in known]
    if unknown:
        raise StoreError(f"{path}: written by a newer watcher (it has {unknown[-1]}): update this program")


def _remedy(exc: Exception) -> str:
    text = str(exc)
    if "locked" in text or "busy" in text:
        return f"the database stayed locked for {BUSY_TIMEOUT_S:g} s: another watcher is writing; try again"
    if "full" in text:
        return "the disk is full: nothing was written; free some space and run the same command again"
    if "readonly" in text:
        return "an earlier watcher wrote this database, and it can't be written now: let this one open it once"
    if "not a database" in text:
        return "this file is not a database of ours: restore a backup (watcher restore FILE) or move it away"
    return text
