"""Kept bytes against what was recorded of them."""

from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from tests.evidence.packs import AT, captured, fetched
from watcher.evidence.faults import Fault, FaultKind
from watcher.evidence.kept import KeptFiles, Recorded, disagreement


@pytest.fixture
def known(tmp_path: Path) -> list[Recorded]:
    return captured(tmp_path, fetched(), fetched(b"second"), fetched(b"", AT + timedelta(days=1), 404))


def kind(storage: Path, recorded: Recorded) -> FaultKind | None:
    with closing(KeptFiles(storage)) as files:
        fault = files.fault_of(recorded)
    return fault.kind if fault else None


def test_what_was_kept_holds(tmp_path: Path, known: list[Recorded]) -> None:
    assert [kind(tmp_path, one) for one in known] == [None] * 3


def test_damage_is_told_apart(tmp_path: Path, known: list[Recorded]) -> None:
    first, second, third = known
    path = tmp_path / first.file
    whole = path.read_bytes()
    path.write_bytes(whole[:-1])
    assert (kind(tmp_path, first), kind(tmp_path, second)) == (None, FaultKind.CUT_SHORT)
    path.write_bytes(whole[: second.offset] + whole[second.offset :].swapcase())
    assert kind(tmp_path, second) == FaultKind.OTHER_BYTES
    (tmp_path / third.file).unlink()
    assert kind(tmp_path, third) == FaultKind.MISSING_FILE
    path.unlink()
    path.mkdir()
    assert kind(tmp_path, first) == FaultKind.MISSING_FILE


@pytest.mark.parametrize(
    "claim",
    [
        {"url": "https://www.northmoor.example/other"},
        {"fetched_at": AT + timedelta(microseconds=1)},
        {"status": 404},
        {"body_sha256": "0" * 64},
        {"body_bytes": 5},
    ],
)
def test_a_whole_record_of_something_else_is_found(tmp_path: Path, known: list[Recorded], claim: dict) -> None:  # type: ignore[type-arg]
    assert kind(tmp_path, replace(known[0], **claim)) == FaultKind.OTHER_RECORD


def test_the_record_at_the_head_of_a_file_is_no_answer(tmp_path: Path, known: list[Recorded]) -> None:
    with closing(KeptFiles(tmp_path)) as files:
        head = files.first_record(known[0].file)
        assert isinstance(files.first_record("warc/nowhere.warc.gz"), Fault)
    assert isinstance(head, bytes) and len(head) == known[0].offset
    fault = disagreement(head, known[0])
    assert fault is not None and "its kind is warcinfo" in fault.says
