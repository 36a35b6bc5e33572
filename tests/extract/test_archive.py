from __future__ import annotations

import io
import zipfile

import pytest

from tests.extract.make_office import make_docx, make_zip
from tests.extract.make_pdf import paragraphs_pdf
from watcher.core.errors import ExtractError
from watcher.core.model import Extraction, FailedKind, Recipe
from watcher.extract.archive import extract_zip

URL = "https://hillside.example/board.zip"


def read(members: dict[str, bytes]) -> Extraction:
    return extract_zip(make_zip(members), URL, Recipe(), None)


def test_each_document_of_an_archive_is_a_document_at_its_own_path() -> None:
    extraction = read(
        {
            "June/item 4.docx": make_docx("Item 4"),
            "June/item 7.pdf": paragraphs_pdf(["We ended it."]),
            "June/photo.jpg": b"\xff\xd8",
        }
    )
    assert [(document.url, document.title) for document in extraction.documents] == [
        (f"{URL}#part=June/item%204.docx", "Item 4"),
        (f"{URL}#part=June/item%207.pdf", "We ended it."),
    ]
    assert extraction.documents[1].pages == (1,)
    assert extraction.warnings == ("June/photo.jpg: no document: not read",)


def test_a_document_that_cannot_be_read_does_not_hide_the_others() -> None:
    extraction = read({"a.pdf": b"%PDF-1.4 broken", "b.txt": b"We ended it."})
    assert [document.url for document in extraction.documents] == [f"{URL}#part=b.txt"]
    assert "a.pdf: this PDF is damaged" in extraction.warnings[0]


def test_a_name_that_leads_out_of_a_folder_is_only_a_label() -> None:
    assert read({"../../etc/x.txt": b"Hello."}).documents[0].url == f"{URL}#part=etc/x.txt"


def test_what_programs_leave_behind_is_passed_over_in_silence() -> None:
    assert read({"a.txt": b"Hello.", "__MACOSX/._a.txt": b"x", ".DS_Store": b"x"}).warnings == ()


def test_an_archive_in_an_archive_is_not_opened() -> None:
    assert "not read" in read({"a.txt": b"Hello.", "b.zip": make_zip({"c.txt": b"x"})}).warnings[0]


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (make_zip({}), FailedKind.UNSUPPORTED),
        (make_zip({"a.jpg": b"x"}), FailedKind.UNSUPPORTED),
        (make_zip({"a.txt": b"\0" * 50_000_000}), FailedKind.TOO_LARGE),
        (make_zip({f"{n}.txt": b"x" for n in range(6_000)}), FailedKind.TOO_LARGE),
        (b"PK\x03\x04 and no more", FailedKind.MALFORMED),
    ],
    ids=["empty", "no documents", "bomb", "too many", "damaged"],
)
def test_an_archive_that_cannot_be_read_says_why(body: bytes, kind: FailedKind) -> None:
    with pytest.raises(ExtractError) as fault:
        extract_zip(body, URL, Recipe(), None)
    assert fault.value.kind is kind


def test_an_archive_with_a_password_is_said_to_have_one() -> None:
    body = bytearray(make_zip({"a.txt": b"Hello."}))
    with zipfile.ZipFile(io.BytesIO(bytes(body))) as archive:
        assert archive.namelist() == ["a.txt"]
    body[body.index(b"PK\x01\x02") + 8] |= 1
    with pytest.raises(ExtractError, match="password"):
        extract_zip(bytes(body), URL, Recipe(), None)
