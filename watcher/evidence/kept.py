"""Whether a record that was kept is still what was recorded of it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from watcher.evidence.faults import Fault, FaultKind, RecordError
from watcher.evidence.records import read_record


@dataclass(frozen=True, slots=True)
class Recorded:
    """What is known of one answer, and of where its bytes lie."""

    file: str  # relative to the storage folder
    offset: int
    length: int
    sha256: str  # of the record as it lies there
    url: str
    fetched_at: datetime
    status: int
    body_sha256: str
    body_bytes: int


class KeptFiles:
    """The captures of one storage folder; the file that was read last stays open, so ask in the order of files."""

    def __init__(self, storage: Path) -> None:
        self._storage = storage
        self._name: str | None = None
        self._file: BinaryIO | None = None

    def close(self) -> None:
        """Close the file that is open, if one is."""
        if self._file is not None:
            self._file.close()
        self._name = self._file = None

    def bytes_of(self, recorded: Recorded) -> bytes | Fault:
        """The bytes of a record, if they have the hash that was recorded."""
        part = f"{recorded.file} at byte {recorded.offset}"
        try:
            found = self._read(recorded)
        except FileNotFoundError:
            return Fault(FaultKind.MISSING_FILE, recorded.file, "is not in the storage folder")
        except OSError as exc:
            return Fault(FaultKind.MISSING_FILE, recorded.file, f"can't be read: {exc.strerror or exc}")
        if len(found) < recorded.length:
            says = f"{recorded.length} bytes were written there, {len(found)} are left"
            return Fault(FaultKind.CUT_SHORT, part, says)
        if hashlib.sha256(found).hexdigest() != recorded.sha256:
            return Fault(FaultKind.OTHER_BYTES, part, "not the bytes that were written there (SHA-256)")
        return found

    def fault_of(self, recorded: Recorded) -> Fault | None:
        """What is wrong with the bytes of a record; None if they hold."""
        found = self.bytes_of(recorded)
        return found if isinstance(found, Fault) else disagreement(found, recorded)

    def first_record(self, file: str) -> bytes | Fault:
        """The bytes of the record that a file begins with: what wrote it, and when."""
        from watcher.evidence.records import members

        try:
            with (self._storage / file).open("rb") as handle:
                head = next(members(handle))
                handle.seek(0)
                return handle.read(head.length)
        except (OSError, RecordError, StopIteration) as exc:
            return Fault(FaultKind.NO_RECORD, file, f"its first record can't be read: {exc}")

    def _read(self, recorded: Recorded) -> bytes:
        if self._name != recorded.file or self._file is None:
            self.close()
            self._file = (self._storage / recorded.file).open("rb")
            self._name = recorded.file
        self._file.seek(recorded.offset)
        return self._file.read(recorded.length)


def disagreement(record_bytes: bytes, recorded: Recorded) -> Fault | None:
    """Where a record says something else than was recorded of it; None if it agrees."""
    part = f"{recorded.file} at byte {recorded.offset}"
    try:
        record = read_record(record_bytes)
    except RecordError as exc:
        return Fault(exc.kind, part, exc.says)
    for what, found, wanted in (
        ("kind", record.type, "response"),
        ("address", record.url, recorded.url),
        ("time", record.date, recorded.fetched_at),
        ("status", record.status, recorded.status),
        ("length", len(record.payload), recorded.body_bytes),
        ("content", hashlib.sha256(record.payload).hexdigest(), recorded.body_sha256),
    ):
        if found != wanted:
            return Fault(FaultKind.OTHER_RECORD, part, f"its {what} is {found}, recorded was {wanted}")
    return None
