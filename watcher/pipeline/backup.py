"""A consistent copy of everything that can't be derived: the database and the captures."""

from __future__ import annotations

import sqlite3
import tarfile
import tempfile
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from watcher.core.errors import StoreError
from watcher.evidence.warc import FOLDER
from watcher.store.database import FILE_NAME, open_database, transaction
from watcher.store.subscribers import DEPARTED, keep_departures


def write_backup(storage: Path, target: Path) -> int:
    """Write a .tar.gz of database and captures, whole or not at all; its size in bytes.

    The database is copied first, by SQLite's own backup, while others may write; captures are
    only ever appended to, so those that the copied rows speak of are all in the files by then.
    """
    if not (storage / FILE_NAME).exists():
        raise StoreError(f"{storage}: nothing recorded yet, nothing to back up")
    part = target.with_name(target.name + ".part")
    try:
        with tempfile.TemporaryDirectory(dir=target.parent) as folder:
            copy = Path(folder) / FILE_NAME
            with closing(sqlite3.connect(storage / FILE_NAME)) as source, closing(sqlite3.connect(copy)) as sink:
                source.backup(sink)
            with tarfile.open(part, "w:gz", compresslevel=6) as archive:
                archive.add(copy, FILE_NAME)
                for capture in sorted((storage / FOLDER).glob("*.warc.gz")):
                    _add_as_it_is(archive, capture)
        part.replace(target)
    except (OSError, sqlite3.Error) as exc:
        part.unlink(missing_ok=True)
        raise StoreError(f"{target}: {exc}: no backup was written") from exc
    return target.stat().st_size


def restore_backup(storage: Path, source: Path, *, force: bool) -> Path | None:
    """Unpack a backup into `storage`; where that holds a database, `force` puts the folder aside first.

    Returns where the earlier folder was put. The copy is checked before anything is touched.
    """
    has_database = (storage / FILE_NAME).exists()
    if has_database and not force:
        raise StoreError(f"{storage}: holds a database already: --force puts it aside first")
    with tempfile.TemporaryDirectory(dir=_existing_parent(storage)) as folder:
        fresh = Path(folder) / "storage"
        _unpack(source, fresh)
        aside = _put_aside(storage) if has_database else None
        storage.mkdir(parents=True, exist_ok=True)
        for part in fresh.iterdir():
            part.replace(storage / part.name)
    if aside is not None:
        _keep_departures(aside, storage)
    return aside


def _keep_departures(aside: Path, storage: Path) -> None:
    """Who left since the backup was made is not written to again."""
    try:
        earlier = sqlite3.connect(f"file:{aside / FILE_NAME}?mode=ro", uri=True)
        with closing(earlier):
            gone = earlier.execute(DEPARTED).fetchall()
    except sqlite3.Error:
        return  # it can't be read: why a backup was needed
    with closing(open_database(storage)) as db, transaction(db):
        keep_departures(db, gone)


def _unpack(source: Path, target: Path) -> None:
    try:
        with tarfile.open(source, "r:gz") as archive:
            archive.extractall(target, filter="data")
        open_database(target).close()
    except (OSError, tarfile.TarError, EOFError) as exc:
        raise StoreError(f"{source}: not a backup of ours: {exc}: nothing was changed") from exc
    if not (target / FILE_NAME).exists():
        raise StoreError(f"{source}: holds no {FILE_NAME}: nothing was changed")


def _put_aside(storage: Path) -> Path:
    aside = storage.with_name(f"{storage.name}.before-{datetime.now(UTC):%Y%m%dT%H%M%SZ}")
    storage.replace(aside)
    return aside


def _existing_parent(path: Path) -> Path:
    parent = path.absolute().parent
    parent.mkdir(parents=True, exist_ok=True)
    return parent


def _add_as_it_is(archive: tarfile.TarFile, capture: Path) -> None:
    """Add a file that may grow meanwhile: as many bytes as it has now."""
    with capture.open("rb") as file:
        info = archive.gettarinfo(arcname=f"{FOLDER}/{capture.name}", fileobj=file)
        archive.addfile(info, file)
