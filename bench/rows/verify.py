"""`evidence verify --all` on 20,000 versions, beside reading the same rows and files and hashing them, nothing else."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bench.measure import BenchError, python
from bench.rows import Goal, Measure, Row, Subject
from bench.workshop import Workshop

FEW, MANY = 2_000, 20_000
_DAYS = 50
_START = datetime(2026, 6, 1, 9, 0, tzinfo=UTC)


def subjects(workshop: Workshop) -> Sequence[Subject]:
    """Bare hashing, and the command on few and on many versions."""
    storages = {number: workshop.place(f"verify-{number}") for number in (FEW, MANY)}
    for number, storage in storages.items():
        python("bench.rows.verify", "fill", storage, str(number))
    return [
        Subject(f"hashing, {MANY:,}", lambda: python("bench.rows.verify", "hash", storages[MANY], str(MANY)).numbers),
        Subject(f"verify --all, {FEW:,}", _verify(storages[FEW], FEW)),
        Subject(f"verify --all, {MANY:,}", _verify(storages[MANY], MANY)),
    ]


def _verify(storage: Path, number: int) -> Measure:
    def measure() -> Mapping[str, float]:
        found = python("watcher", "evidence", "verify", "--all", "--storage", storage)
        if f"all {number:,} hold" not in found.output:
            raise BenchError(f"watcher evidence verify: {found.output[-500:]}")
        return found.numbers

    return measure


def fill(storage: Path, number: int) -> None:
    """A store of that many versions, 50 of each page, of some 20 kB of HTML, over 50 days."""
    from watcher.core.model import Document, Fetched, Organisation, OrganisationKind, Source, SourceKind
    from watcher.evidence.warc import write_capture
    from watcher.store import catalogue, checks, documents
    from watcher.store.database import open_database, transaction
    from watcher.store.documents import Capture

    db = open_database(storage)
    organisation = Organisation("northmoor", "Northmoor Care Trust", OrganisationKind.TRUST)
    source = Source("news", "northmoor", SourceKind.LISTING, "https://northmoor.example/news", 3600)
    known: dict[int, int] = {}
    with transaction(db):
        catalogue.record_catalogue(db, [organisation], [source])
        checks.ensure_index(db, source.id, "index", source.url, _START)
        check_id = checks.check_at(db, source.url) or 1
        for at in range(number):
            page, when = at % (number // 50), _START + timedelta(days=at * _DAYS // number, microseconds=at)
            blocks = tuple(f"Part {part} of {page}, version {at}: " + "what was said. " * 20 for part in range(8))
            document = Document(f"https://northmoor.example/{page}", f"Page {page}", blocks)
            body = ("<p>" + "</p><p>".join((*blocks, "navigation and scripts " * 700)) + "</p>").encode()
            answer = Fetched(document.url, document.url, 200, (), "text/html", None, body, when)
            written = write_capture(storage, answer)
            where = Capture(written.file, written.offset, written.length, written.sha256)
            if page not in known:
                known[page] = documents.record_document(db, check_id, source.id, organisation.id, document, when)
            snapshot = documents.record_snapshot(db, check_id, answer, where)
            documents.record_version(db, known[page], snapshot, document, "html-1", when)
    db.conn.close()


def hash_bare(storage: Path, number: int) -> None:
    """The yardstick: every record read, unpacked and hashed, and every text hashed, with nothing thought about."""
    import sqlite3
    import zlib

    db = sqlite3.connect(storage / "watcher.db")
    rows = db.execute("SELECT warc_file, warc_offset, warc_length FROM snapshots ORDER BY warc_file, warc_offset")
    for name, offset, length in rows.fetchall():
        with (storage / name).open("rb") as file:
            file.seek(offset)
            packed = file.read(length)
        hashlib.sha256(packed)
        hashlib.sha256(zlib.decompress(packed, wbits=31))
    hashed = [hashlib.sha256(row[0].encode()).digest() for row in db.execute("SELECT text FROM versions")]
    assert len(hashed) == number


ROW = Row(
    "verify",
    f"Verifying {MANY:,} versions and the answers they were read from",
    subjects,
    (Goal(f"verify --all, {MANY:,}", "peak_mb", limit=80),),
)

if __name__ == "__main__":
    {"fill": fill, "hash": hash_bare}[sys.argv[1]](Path(sys.argv[2]), int(sys.argv[3]))
