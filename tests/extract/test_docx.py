from __future__ import annotations

import time
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.extract.make_office import make_docx, make_zip, replaced
from watcher.core.errors import ExtractError
from watcher.core.model import Document, FailedKind, Recipe
from watcher.extract.docx import extract_docx

URL = "https://northmoor.example/paper.docx"


def read(body: bytes) -> Document:
    (document,) = extract_docx(body, URL, Recipe(), None).documents
    return document


def test_paragraphs_and_table_rows_come_in_order_and_without_the_letterhead() -> None:
    document = read(make_docx("Paper 4"))
    assert document.title == "Paper 4"
    assert document.blocks == ("Our review", "We have ended it.", "Item | Decision", "Team | Ended", "After the table.")


def test_without_a_title_of_its_own_the_first_words_are_it() -> None:
    assert read(make_docx("Microsoft Word - draft.docx")).title == "Our review"


@pytest.mark.parametrize(
    ("extra", "wanted"),
    [
        (
            "<w:p><w:ins><w:r><w:t>added</w:t></w:r></w:ins><w:del><w:r><w:delText>gone</w:delText></w:r></w:del></w:p>",
            "added",
        ),
        ("<w:sdt><w:sdtContent><w:p><w:r><w:t>in a control</w:t></w:r></w:p></w:sdtContent></w:sdt>", "in a control"),
        ("<w:p><w:r><w:t>one</w:t><w:tab/><w:t>two</w:t><w:br/><w:t>three</w:t></w:r></w:p>", "one two three"),
        (
            "<w:p><w:r><w:pict><w:txbxContent><w:p><w:r><w:t>boxed</w:t></w:r></w:p></w:txbxContent></w:pict></w:r></w:p>",
            "boxed",
        ),
    ],
    ids=["tracked changes", "content control", "tab and break", "text box"],
)
def test_what_a_reader_sees_is_read(extra: str, wanted: str) -> None:
    assert read(make_docx(extra=extra)).blocks[-2] == wanted


def test_deep_tables_are_read_without_recursion() -> None:
    deep = "<w:tbl><w:tr><w:tc>" * 60 + "<w:p><w:r><w:t>inside</w:t></w:r></w:p>" + "</w:tc></w:tr></w:tbl>" * 60
    assert read(make_docx(extra=deep)).blocks[-2] == "inside"


@pytest.mark.parametrize(
    "body",
    [b"PK\x03\x04", make_zip({"a.txt": b"x"}), make_docx()[:-200], replaced(make_docx(), "word/document.xml", b"<w:")],
)
def test_a_damaged_file_is_said_to_be_damaged(body: bytes) -> None:
    with pytest.raises(ExtractError, match="damaged"):
        read(body)


def test_a_bomb_is_not_unpacked() -> None:
    body = replaced(make_docx(), "word/document.xml", b"<a>" + b" " * 60_000_000)
    with pytest.raises(ExtractError, match="bomb") as fault:
        read(body)
    assert fault.value.kind is FailedKind.TOO_LARGE


def test_entities_bring_in_no_file_and_no_bomb() -> None:
    lol = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 9))
    xml = f'<!DOCTYPE x [<!ENTITY a0 "ha"><!ENTITY f SYSTEM "file:///etc/hostname">{lol}]>'
    body = make_docx(extra="<w:p><w:r><w:t>ENTITY</w:t></w:r></w:p>")
    document = _document_xml(body).replace("ENTITY", "&a8;&f;")
    with suppress(ExtractError):
        assert len(read(replaced(body, "word/document.xml", (xml + document.partition("?>")[2]).encode())).text) < 200


def _document_xml(body: bytes) -> str:
    import io
    import zipfile

    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        return archive.read("word/document.xml").decode()


def test_a_hundred_thousand_paragraphs_are_read_in_seconds() -> None:
    body = make_docx(extra="".join(f"<w:p><w:r><w:t>word {hash((n, 1))}</w:t></w:r></w:p>" for n in range(100_000)))
    started = time.process_time()
    assert len(read(body).blocks) == 100_000
    assert time.process_time() - started < 5


WHOLE = make_docx()


@given(st.integers(0, len(WHOLE)), st.binary(min_size=1, max_size=8), st.integers(0, 40))
@settings(deadline=None, max_examples=60)
def test_a_damaged_word_file_raises_nothing_but_our_error(at: int, piece: bytes, lost: int) -> None:
    with suppress(ExtractError):
        read(WHOLE[:at] + piece + WHOLE[at + lost :])


XML = _document_xml(WHOLE)


@given(
    st.integers(0, len(XML)),
    st.sampled_from(["<", ">", "</w:p>", "<w:tbl>", "<w:p/>", "&x;", "\x00", '"']),
    st.integers(0, 60),
)
@settings(deadline=None, max_examples=60)
def test_damaged_xml_in_a_word_file_raises_nothing_but_our_error(at: int, piece: str, lost: int) -> None:
    with suppress(ExtractError):
        read(replaced(WHOLE, "word/document.xml", (XML[:at] + piece + XML[at + lost :]).encode()))
