"""Files of a real word processor: one text, in three formats (fixtures/office/README.md)."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from watcher.core.model import Recipe
from watcher.extract.doc import extract_doc
from watcher.extract.odt import extract_odt
from watcher.extract.rtf import extract_rtf

OFFICE = Path(__file__).parent / "fixtures/office"
URL = "https://northmoor.example/review"
BLOCKS = (
    "Review of the urgent response team",
    "Northmoor Care Trust has ended its urgent response team after a review by the medical director.",
    "The “shared plan” was withdrawn on 3 June 2021 – nobody’s care depends on it any more.",
    "What we decided",
    "People may ask for a copy of their own plan.",
    "Staff in Blåvik and Møre were told in May.",
    "Team | Decision | Date",
    "Urgent response | Ended | 3 June 2021",
    "Day centre | Kept | 10 June 2021",
    "The next review will be held in autumn 2022.",
)


@pytest.mark.parametrize("name", ["antiword", "catdoc"])
def test_a_real_old_word_file_is_read_alike_by_either_program(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = shutil.which(name)
    if program is None:
        pytest.skip(f"{name} is not installed (make test-deps)")
    (tmp_path / name).symlink_to(program)
    monkeypatch.setenv("PATH", str(tmp_path))
    extraction = extract_doc((OFFICE / "review.doc").read_bytes(), URL, Recipe(), None)
    assert extraction.documents[0].blocks == BLOCKS
    assert extraction.documents[0].title == BLOCKS[0]
    assert extraction.extractor.endswith(name)


def test_a_real_opendocument_file_is_read_whole_and_in_order() -> None:
    (document,) = extract_odt((OFFICE / "review.odt").read_bytes(), URL, Recipe(), None).documents
    assert (document.title, document.blocks) == (BLOCKS[0], BLOCKS)


def test_a_real_rtf_file_is_read_whole_and_in_order() -> None:
    (document,) = extract_rtf((OFFICE / "review.rtf").read_bytes(), URL, Recipe(), None).documents
    assert (document.title, document.blocks) == (BLOCKS[0], BLOCKS)
