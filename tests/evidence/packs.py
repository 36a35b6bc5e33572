"""A pack made without a database, and ways to alter it."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from watcher.core.model import Fetched
from watcher.evidence.kept import Recorded
from watcher.evidence.pack import FORMAT, Pack, laid_out, write_pack
from watcher.evidence.readme import readme_of
from watcher.evidence.warc import Written, write_capture

URL = "https://www.northmoor.example/sim"
AT = datetime(2026, 6, 1, 9, 0, 0, 123, tzinfo=UTC)
TEXTS = ("The team is paused.", "The team has ended.\n\nQuestions? Ring the office – on weekdays.")


def fetched(body: bytes = b"<p>The team is paused.</p>", at: datetime = AT, status: int = 200) -> Fetched:
    headers = (("Content-Type", "text/html; charset=utf-8"), ("Content-Encoding", "gzip"))
    return Fetched(URL, URL, status, headers, "text/html", "utf-8", body, at)


def recorded(answer: Fetched, written: Written) -> Recorded:
    body = answer.body
    where = (written.file, written.offset, written.length, written.sha256)
    known = (answer.final_url, answer.fetched_at, answer.status, hashlib.sha256(body).hexdigest(), len(body))
    return Recorded(*where, *known)


def captured(storage: Path, *answers: Fetched) -> list[Recorded]:
    """Each answer as it lies in the files of `storage`."""
    return [recorded(answer, write_capture(storage, answer)) for answer in answers]


def pack(storage: Path) -> Pack:
    """The evidence of an edit, a day apart, so from two files."""
    answers = [fetched(text.encode(), AT + timedelta(days=day)) for day, text in enumerate(TEXTS)]
    records, places = [], []
    for known in captured(storage, *answers):
        whole = (storage / known.file).read_bytes()
        records += [whole[: known.offset], whole[known.offset :]]
    places = laid_out(records)[1::2]
    roles = zip(("before", "after"), answers, TEXTS, places, strict=True)
    versions = [_version(number, *of) for number, of in enumerate(roles, start=1)]
    change = {
        "id": "c-2",
        "kind": "edited",
        "organisation": {"id": "northmoor", "name": "Northmoor Care Trust"},
        "url": URL,
        "title": "Our position",
        "detected_at": "2026-06-02T09:00:01Z",
    }
    statement = {"format": FORMAT, "change": change, "versions": versions, "gone": None}
    return Pack("Our position", "An edit", "watcher 1", AT, statement, readme_of(statement), records)


def _version(number: int, role: str, answer: Fetched, text: str, place: Any) -> dict[str, Any]:
    return {
        "role": role,
        "id": number,
        "title": "Our position",
        "text_sha256": hashlib.sha256(text.encode()).hexdigest(),
        "blocks": text.split("\n\n"),
        "archived_copy": None,
        "answer": {
            "url": URL,
            "fetched_at": answer.fetched_at.isoformat(),
            "status": 200,
            "body_sha256": hashlib.sha256(answer.body).hexdigest(),
            "body_bytes": len(answer.body),
            "certificate_not_verified": None,
            "record": {"offset": place.offset, "length": place.length, "sha256": place.sha256},
        },
    }


def written_pack(folder: Path) -> Path:
    """A pack in `folder` that holds."""
    write_pack(folder / "c-2.wacz", pack(folder / "storage"))
    return folder / "c-2.wacz"
