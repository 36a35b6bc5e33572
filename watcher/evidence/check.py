"""Whether a pack, or a file of captures, holds: every hash in it, and every claim that its bytes can bear out.

Needs no database and no configuration, and takes nothing that it reads at its word: names of members lead nowhere,
sizes are bounded before anything is unpacked, and whatever is not as `pack` writes it is a fault, never an error.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

from watcher.core.errors import StoreError
from watcher.evidence import pack
from watcher.evidence.container import Contents, is_as_written, read_container
from watcher.evidence.faults import Fault, FaultKind, RecordError
from watcher.evidence.kept import Recorded, disagreement
from watcher.evidence.records import members, parse_record

_SHOWN = 80  # characters of a name that a stranger chose
_MOST_RECORDS = 50  # of a pack; ours have up to six
_MOST_FAULTS = 1_000
_MALFORMED = (KeyError, TypeError, AttributeError, ValueError, RecursionError, OverflowError)


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check found. A file without faults holds."""

    kind: str  # "pack" or "captures"
    faults: tuple[Fault, ...]
    records: int = 0  # that hold
    files: int = 0
    texts: int = 0  # versions of a statement
    sha256: str = ""  # of the whole file
    statement: Mapping[str, Any] | None = None  # None: there is none, or it is damaged

    @property
    def holds(self) -> bool:
        """Whether nothing is wrong with it."""
        return not self.faults


def check_file(path: Path) -> Checked:
    """What holds of a WACZ file or of a .warc.gz, told apart by their first bytes. Raises StoreError for no file."""
    try:
        if path.exists() and not path.is_file():
            raise StoreError(f"{path}: not a file: nothing was checked")
        with path.open("rb") as file:
            first = file.read(2)
            file.seek(0)
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
            if first == b"\x1f\x8b":
                file.seek(0)
                return _checked_captures(file, path, sha256)
    except OSError as exc:
        raise StoreError(f"{path}: {exc.strerror or exc}: nothing was checked") from exc
    if first != b"PK":
        says = "neither a WACZ file nor a .warc.gz" if first else "is empty"
        return Checked("pack", (Fault(FaultKind.NO_PACK, path.name, says),), sha256=sha256)
    return _checked_pack(path, sha256)


def _checked_captures(file: BinaryIO, path: Path, sha256: str) -> Checked:
    faults: list[Fault] = []
    records = 0
    try:
        for member in members(file):
            try:
                parse_record(member.unpacked)
                records += 1
            except RecordError as exc:
                faults.append(Fault(exc.kind, f"{path.name} at byte {member.offset}", exc.says))
                if len(faults) >= _MOST_FAULTS:
                    break
    except RecordError as exc:
        faults.append(Fault(exc.kind, path.name, exc.says))
    return Checked("captures", tuple(faults), records=records, files=1, sha256=sha256)


def _checked_pack(path: Path, sha256: str) -> Checked:
    contents = read_container(path)
    if isinstance(contents, Fault):
        return Checked("pack", (contents,), sha256=sha256)
    found = contents.members
    faults = [*_listing_faults(contents), *_hash_faults(found)]
    kept = _records(found.get(pack.ARCHIVE, b""), faults)
    statement = _statement(found.get(pack.STATEMENT, b""), faults)
    if statement is not None:
        try:
            faults += _claim_faults(statement, kept)
            faults += _page_faults(statement, found)
        except _MALFORMED as exc:
            says = f"does not say what a statement of ours says ({type(exc).__name__}: {str(exc)[:_SHOWN]})"
            faults.append(Fault(FaultKind.NO_PACK, pack.STATEMENT, says))
            statement = None
    faults += _index_faults(found, kept)
    if found.keys() == {*pack.LISTED, pack.PACKAGE, pack.DIGEST} and not is_as_written(path, found):
        says = "the ZIP file around its members is not as it was written: damaged, or packed anew by another program"
        faults.append(Fault(FaultKind.OTHER_BYTES, path.name, says))
    texts = len(statement["versions"]) if statement else 0
    return Checked("pack", tuple(faults), len(kept), len(found), texts, sha256, statement)


def _listing_faults(contents: Contents) -> Iterator[Fault]:
    """What is missing or damaged, and what no pack of ours has."""
    names = [*contents.members, *contents.damaged]
    for name in contents.damaged:
        shown = name if name in pack.LISTED else repr(name[:_SHOWN])
        yield Fault(FaultKind.OTHER_BYTES, shown, "is not as it was packed (CRC-32): it was altered or damaged")
    wanted = (*pack.LISTED, pack.PACKAGE, pack.DIGEST)
    for name in wanted:
        if name not in names:
            yield Fault(FaultKind.MISSING_FILE, name, "is not in the pack")
    for name in names:
        if name not in wanted:
            yield Fault(FaultKind.NO_PACK, repr(name[:_SHOWN]), "no pack of ours has such a member; it was not read")


def _hash_faults(found: Mapping[str, bytes]) -> Iterator[Fault]:
    """Where the data package and its digest do not say what the files are."""
    described = found.get(pack.PACKAGE)
    if described is None:
        return
    if found.get(pack.DIGEST, b"") != pack.digest_of(described) and pack.DIGEST in found:
        yield Fault(FaultKind.OTHER_BYTES, pack.DIGEST, f"does not hold the SHA-256 of {pack.PACKAGE}")
    package = _json(described)
    resources = package.get("resources") if isinstance(package, dict) else None
    if not isinstance(resources, list):
        yield Fault(FaultKind.NO_PACK, pack.PACKAGE, "lists no files")
        return
    if package.get("wacz_version") != pack.WACZ_VERSION:
        yield Fault(FaultKind.NO_PACK, pack.PACKAGE, f"is not of WACZ version {pack.WACZ_VERSION}")
    for name in pack.LISTED:
        said = [one for one in resources if isinstance(one, dict) and one.get("path") == name]
        if name in found and said != [pack.resource(name, found[name])]:
            says = f"its SHA-256 and length are not those in {pack.PACKAGE}"
            yield Fault(FaultKind.OTHER_BYTES, name, says)
    if len(resources) > len(pack.LISTED):
        yield Fault(FaultKind.NO_PACK, pack.PACKAGE, "lists files that no pack of ours has")


def _records(archive: bytes, faults: list[Fault]) -> dict[int, bytes]:
    """The records that hold by the byte at which they lie; what is wrong with others goes to `faults`."""
    import io

    kept: dict[int, bytes] = {}
    try:
        for number, member in enumerate(members(io.BytesIO(archive))):
            if number == _MOST_RECORDS:
                says = f"holds more than {_MOST_RECORDS} records: the others were not read"
                faults.append(Fault(FaultKind.TOO_LARGE, pack.ARCHIVE, says))
                break
            try:
                parse_record(member.unpacked)
                kept[member.offset] = archive[member.offset : member.offset + member.length]
            except RecordError as exc:
                faults.append(Fault(exc.kind, f"{pack.ARCHIVE} at byte {member.offset}", exc.says))
    except RecordError as exc:
        faults.append(Fault(exc.kind, pack.ARCHIVE, exc.says))
    return kept


def _statement(content: bytes, faults: list[Fault]) -> Mapping[str, Any] | None:
    if not content:
        return None  # that it is missing was said
    statement = _json(content)
    if not isinstance(statement, dict) or statement.get("format") != pack.FORMAT:
        faults.append(Fault(FaultKind.NO_PACK, pack.STATEMENT, f'is not in the format "{pack.FORMAT}"'))
        return None
    return statement


def _claim_faults(statement: Mapping[str, Any], kept: Mapping[int, bytes]) -> list[Fault]:
    """Where the statement says something that its texts and the records do not bear out."""
    faults = []
    for one in pack.answers_of(statement):
        name = f"{pack.STATEMENT}: {one['role']}"
        if one["role"] != "gone":
            text = "\n\n".join(one["blocks"])
            if hashlib.sha256(text.encode()).hexdigest() != one["text_sha256"]:
                faults.append(Fault(FaultKind.OTHER_TEXT, name, "its text has another SHA-256 than it says"))
        recorded = _recorded(one["answer"])
        found = kept.get(recorded.offset)
        if found is None or len(found) != recorded.length or hashlib.sha256(found).hexdigest() != recorded.sha256:
            says = f"no record with the SHA-256 that it says lies at byte {recorded.offset} of {pack.ARCHIVE}"
            faults.append(Fault(FaultKind.OTHER_BYTES, name, says))
            continue
        other = disagreement(found, recorded)
        if other is not None:
            faults.append(other)
    return faults


def _recorded(answer: Mapping[str, Any]) -> Recorded:
    record = answer["record"]
    return Recorded(
        file=pack.ARCHIVE,
        offset=record["offset"],
        length=record["length"],
        sha256=record["sha256"],
        url=answer["url"],
        fetched_at=datetime.fromisoformat(answer["fetched_at"]),
        status=answer["status"],
        body_sha256=answer["body_sha256"],
        body_bytes=answer["body_bytes"],
    )


def _page_faults(statement: Mapping[str, Any], found: Mapping[str, bytes]) -> list[Fault]:
    if pack.PAGES in found and found[pack.PAGES] != pack.pages_of(statement):
        return [Fault(FaultKind.OTHER_BYTES, pack.PAGES, f"does not name the pages of {pack.STATEMENT}")]
    return []


def _index_faults(found: Mapping[str, bytes], kept: Mapping[int, bytes]) -> list[Fault]:
    """Lines of the index that lead to no answer, and answers that it leaves out."""
    if pack.INDEX not in found:
        return []
    there = set(found[pack.INDEX].splitlines())
    try:
        wanted = pack.index_of(kept)
    except (ValueError, AssertionError):
        return [Fault(FaultKind.OTHER_RECORD, pack.ARCHIVE, "holds an answer without an address or a time")]
    lines = set(wanted.splitlines())
    faults = [
        Fault(FaultKind.OTHER_BYTES, pack.INDEX, f"leads to no record of the pack: {line[:_SHOWN]!r}")
        for line in sorted(there - lines)[:20]
    ]
    missing = len(lines - there)
    if missing:
        faults.append(Fault(FaultKind.OTHER_BYTES, pack.INDEX, f"leaves out or misplaces {missing} answers"))
    if not faults and found[pack.INDEX] != wanted:
        faults.append(Fault(FaultKind.OTHER_BYTES, pack.INDEX, "is not sorted, or repeats itself"))
    return faults


def _json(content: bytes) -> Any:
    """What the JSON says; None if it is none."""
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        return None
