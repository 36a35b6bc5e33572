"""What is written of an answer is read again."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from watcher.core.model import Fetched
from watcher.evidence.warc import read_capture, write_capture

ANSWER = Fetched(
    url="https://northmoor.example/old",
    final_url="https://northmoor.example/sim",
    status=200,
    headers=(("Content-Type", "text/html; charset=utf-8"),),
    media_type="text/html",
    charset="utf-8",
    body=b"<p>Paused.</p>",
    fetched_at=datetime(2026, 6, 1, 9, 0, 0, 123456, tzinfo=UTC),
)


def test_where_an_answer_came_from_and_what_was_not_verified_is_kept(tmp_path: Path) -> None:
    passed = ("https://northmoor.example/old", "https://northmoor.example/older")
    answer = replace(ANSWER, redirects=passed, tls_note="the certificate ended in May")
    written = write_capture(tmp_path, answer)
    again = read_capture(tmp_path, written.file, written.offset, written.length)
    assert replace(again, headers=answer.headers) == answer
    assert again.headers[:1] == answer.headers


def test_an_answer_that_came_straight_has_one_address(tmp_path: Path) -> None:
    written = write_capture(tmp_path, replace(ANSWER, url=ANSWER.final_url))
    again = read_capture(tmp_path, written.file, written.offset, written.length)
    assert (again.url, again.redirects, again.tls_note) == (ANSWER.final_url, (), None)
