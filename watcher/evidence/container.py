"""The ZIP file around a pack, written in one way only: then a byte that differs shows, wherever it lies."""

from __future__ import annotations

import struct
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from watcher.evidence.faults import Fault, FaultKind

MAX_MEMBERS = 200
MAX_DIRECTORY = 1_000_000  # bytes
MAX_UNPACKED = 400_000_000  # bytes, all members together
MAX_DESCRIPTION = 50_000_000  # bytes of a member that is no archive: it is read as a whole
_LONGEST_COMMENT = 0xFFFF
_DATE = (1980, 1, 1, 0, 0, 0)  # the earliest that ZIP knows: when a pack was made stands inside
_CHUNK = 1 << 20


def write_container(file: BinaryIO, members: Mapping[str, bytes]) -> None:
    """Write a ZIP file of `members` in their order, none of them compressed."""
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED, allowZip64=False) as archive:
        for name, content in members.items():
            head = zipfile.ZipInfo(name, _DATE)
            head.create_system = 3
            head.external_attr = 0o100644 << 16
            archive.writestr(head, content)


@dataclass(frozen=True, slots=True)
class Contents:
    """What a ZIP file holds: its members in their order, and the names of those that are damaged."""

    members: dict[str, bytes]
    damaged: tuple[str, ...] = ()


def read_container(path: Path) -> Contents | Fault:
    """The members of a ZIP file; why not, if it is none or not a sane one."""
    part = path.name
    try:
        fault = _directory_fault(path)
        if fault is not None:
            return fault
        with zipfile.ZipFile(path) as archive:
            return _members(archive, part)
    except (
        zipfile.BadZipFile,
        zlib.error,
        struct.error,
        OSError,
        EOFError,
        NotImplementedError,
        RuntimeError,
        ValueError,
    ) as exc:
        return Fault(FaultKind.NO_PACK, part, f"not a whole ZIP file: {exc}")


def is_as_written(path: Path, members: Mapping[str, bytes]) -> bool:
    """Whether the file is, byte for byte, what this program makes of these members."""
    import tempfile

    with tempfile.TemporaryFile() as expected, path.open("rb") as found:
        write_container(expected, members)
        expected.seek(0)
        while True:
            ours, theirs = expected.read(_CHUNK), found.read(_CHUNK)
            if ours != theirs:
                return False
            if not ours:
                return True


def _members(archive: zipfile.ZipFile, part: str) -> Contents | Fault:
    listed = archive.infolist()
    if sum(member.file_size for member in listed) > MAX_UNPACKED:
        return Fault(FaultKind.TOO_LARGE, part, f"would unpack to more than {MAX_UNPACKED:,} bytes: nothing was read")
    found: dict[str, bytes] = {}
    damaged: list[str] = []
    for member in listed:
        name = member.filename
        if name in found or name in damaged:
            return Fault(FaultKind.NO_PACK, part, f"holds two members named {name[:80]!r}")
        if member.file_size > MAX_DESCRIPTION and not name.endswith(".warc.gz"):
            return Fault(FaultKind.TOO_LARGE, part, f"{name[:80]!r} would unpack to {member.file_size:,} bytes")
        if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            return Fault(FaultKind.NO_PACK, part, f"{name[:80]!r} is packed in a way that no pack of ours is")
        if member.flag_bits & 1:
            return Fault(FaultKind.NO_PACK, part, f"{name[:80]!r} is locked with a password")
        try:
            with archive.open(member) as stream:
                found[name] = stream.read(member.file_size + 1)
        except (zipfile.BadZipFile, zlib.error, EOFError):
            damaged.append(name)
    return Contents(found, tuple(damaged))


def _directory_fault(path: Path) -> Fault | None:
    """Why the directory at the end is not worth reading: it may claim millions of members."""
    with path.open("rb") as file:
        size = file.seek(0, 2)
        if size > MAX_UNPACKED:
            return Fault(FaultKind.TOO_LARGE, path.name, f"has {size:,} bytes: no pack of ours is as large")
        file.seek(max(0, size - _LONGEST_COMMENT - 22 - 20))
        tail = file.read()
    at = len(tail) - 22 if tail[-22:-18] == b"PK\5\6" else tail.rfind(b"PK\5\6")
    if at < 0 or len(tail) < at + 22:
        return Fault(FaultKind.NO_PACK, path.name, "not a whole ZIP file: its directory is missing")
    count, length = struct.unpack_from("<HL", tail, at + 10)
    is_zip64 = tail[max(0, at - 20) : at].startswith(b"PK\6\7")
    if is_zip64 or count > MAX_MEMBERS or length > MAX_DIRECTORY:
        return Fault(FaultKind.TOO_LARGE, path.name, f"claims {count:,} members or more: no pack of ours has as many")
    return None
