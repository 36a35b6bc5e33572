"""An evidence pack: a WACZ file (version 1.1.1) that an outsider can check without this program.

    archive/data.warc.gz         the kept records, byte for byte
    indexes/index.cdx            where in it each answer lies (CDXJ)
    pages/pages.jsonl            the pages, for programs that replay archives
    about/statement.json         what we say of them: the change, the texts, the hashes
    about/README.txt             what this is and how to check it, in plain words
    datapackage.json             the SHA-256 of each of these
    datapackage-digest.json      the SHA-256 of that

Ours lie in a folder because `wacz validate` takes a file beside datapackage.json for one that is not listed.
https://specs.webrecorder.net/wacz/1.1.1/
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from watcher.core.errors import StoreError
from watcher.evidence.cdx import index_line, index_text
from watcher.evidence.container import write_container
from watcher.evidence.records import read_record

ARCHIVE, INDEX, PAGES = "archive/data.warc.gz", "indexes/index.cdx", "pages/pages.jsonl"
STATEMENT, README = "about/statement.json", "about/README.txt"
PACKAGE, DIGEST = "datapackage.json", "datapackage-digest.json"
LISTED = (ARCHIVE, INDEX, PAGES, STATEMENT, README)
WACZ_VERSION = "1.1.1"
FORMAT = "statement-watcher evidence 1"

_PAGES_HEAD = {"format": "json-pages-1.0", "id": "pages", "title": "All Pages"}


@dataclass(frozen=True, slots=True)
class Place:
    """Where a record lies in the archive of a pack, and its hash."""

    offset: int
    length: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Pack:
    """What goes into a pack. `statement` is plain JSON; `records` in the order in which they are laid out."""

    title: str
    description: str
    software: str
    made_at: datetime
    statement: Mapping[str, Any]
    readme: str
    records: Sequence[bytes]


def laid_out(records: Sequence[bytes]) -> list[Place]:
    """Where each record will lie."""
    places, offset = [], 0
    for record in records:
        places.append(Place(offset, len(record), hashlib.sha256(record).hexdigest()))
        offset += len(record)
    return places


def write_pack(target: Path, pack: Pack) -> str:
    """Write the pack whole or not at all; the SHA-256 of the file. Raises StoreError if the disk refuses."""
    part = target.with_name(f".{target.name}.part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with part.open("w+b") as file:
            write_container(file, members_of(pack))
            file.seek(0)
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        part.replace(target)
    except OSError as exc:
        with suppress(OSError):
            part.unlink(missing_ok=True)
        raise StoreError(f"{target}: {exc.strerror or exc}: no pack was written") from exc
    return sha256


def members_of(pack: Pack) -> dict[str, bytes]:
    """The files of a pack by name, in the order in which they lie in it."""
    listed = {
        ARCHIVE: b"".join(pack.records),
        INDEX: index_of({place.offset: one for place, one in zip(laid_out(pack.records), pack.records, strict=True)}),
        PAGES: pages_of(pack.statement),
        STATEMENT: json_bytes(pack.statement),
        README: pack.readme.encode(),
    }
    package = {
        "profile": "data-package",
        "wacz_version": WACZ_VERSION,
        "title": pack.title,
        "description": pack.description,
        "created": f"{pack.made_at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
        "software": pack.software,
        "mainPageUrl": pack.statement["change"]["url"],
        "resources": [resource(name, content) for name, content in listed.items()],
    }
    described = json_bytes(package)
    return {**listed, PACKAGE: described, DIGEST: digest_of(described)}


def index_of(records: Mapping[int, bytes]) -> bytes:
    """The index of the answers among records, given by the byte of the archive at which they lie."""
    lines = []
    for offset, packed in records.items():
        record = read_record(packed)
        if record.type == "response":
            sha256 = hashlib.sha256(packed).hexdigest()
            lines.append(index_line(record, offset, len(packed), sha256, ARCHIVE.partition("/")[2]))
    return index_text(lines)


def pages_of(statement: Mapping[str, Any]) -> bytes:
    """A line a page that the statement names, after the line that says so."""
    lines: list[Mapping[str, Any]] = [_PAGES_HEAD]
    for number, one in enumerate(answers_of(statement), start=1):
        answer = one["answer"]
        title = f"{one.get('title') or statement['change']['title']} ({one['role']})"
        lines.append({"id": f"page-{number}", "url": answer["url"], "ts": answer["fetched_at"], "title": title})
    return b"".join(json.dumps(line, ensure_ascii=False).encode() + b"\n" for line in lines)


def answers_of(statement: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Everything in a statement that speaks of an answer: its versions, and what said that the page is gone."""
    return [*statement["versions"], *([statement["gone"]] if statement.get("gone") else [])]


def resource(name: str, content: bytes) -> dict[str, Any]:
    """What the data package says of a file."""
    short = name.partition("/")[2].lower()
    return {"name": short, "path": name, "hash": f"sha256:{hashlib.sha256(content).hexdigest()}", "bytes": len(content)}


def digest_of(package: bytes) -> bytes:
    """The file that holds the hash of the data package; nobody signs it."""
    return json_bytes({"path": PACKAGE, "hash": f"sha256:{hashlib.sha256(package).hexdigest()}"})


def json_bytes(value: Any) -> bytes:
    """JSON as people read it, in UTF-8."""
    return json.dumps(value, ensure_ascii=False, indent=1).encode() + b"\n"
