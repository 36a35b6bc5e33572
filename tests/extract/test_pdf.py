from __future__ import annotations

import time
import zlib
from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.extract.make_pdf import make_pdf, paragraphs_pdf
from watcher.core.errors import ExtractError
from watcher.core.model import Document, FailedKind, Recipe
from watcher.extract.pdf import extract_pdf
from watcher.extract.pdf_lines import Line, paragraphs

URL = "https://northmoor.example/board.pdf"
PAGE = """Northmoor Care Trust: board papers

Our integrated team

The trust has ended its team after a review by our med-
ical director, and we will publish the full report in the
autumn. It said so in June.
A second paragraph begins here, and its words go self-
evidently on until the page's

• One point of the list
• Another point of the list
which runs over
"""


def read(body: bytes) -> Document:
    (document,) = extract_pdf(body, URL, Recipe(), None).documents
    return document


def test_lines_become_paragraphs_with_their_pages_and_broken_words_are_whole() -> None:
    ends = "Northmoor Care Trust: board papers\n\n{}\n" + "\n" * 48 + "Page {}"
    document = read(paragraphs_pdf([PAGE, ends.format("Done.", 2), ends.format("Thanks.", 3)]))
    assert document.blocks == (
        "Our integrated team",
        "The trust has ended its team after a review by our medical director, and we will publish the full report "
        "in the autumn. It said so in June.",
        "A second paragraph begins here, and its words go self-evidently on until the page's",
        "• One point of the list",
        "• Another point of the list which runs over",
        "Done.",
        "Thanks.",
    )
    assert document.pages == (1, 1, 1, 1, 1, 2, 3)


def test_a_paragraph_that_runs_over_a_page_stays_one_on_the_page_where_it_begins() -> None:
    document = read(paragraphs_pdf(["We will publish the whole of it as soon as", "it is ready. Then we stop."]))
    assert document.blocks == ("We will publish the whole of it as soon as it is ready. Then we stop.",)
    assert document.pages == (1,)


def test_the_metadata_give_title_and_days() -> None:
    info = {"Title": "Our statement", "CreationDate": "D:20210608003000+01'00'", "ModDate": "D:20220102"}
    document = read(paragraphs_pdf(["We ended it."], info))
    assert (document.title, document.published_on, document.modified_on) == (
        "Our statement",
        date(2021, 6, 8),
        date(2022, 1, 2),
    )


def test_a_title_that_a_program_made_up_gives_way_to_the_headline() -> None:
    lines = [
        (72.0, 780.0, 11.0, "12 June 2026"),
        (72.0, 740.0, 20.0, "Our review"),
        (72.0, 700.0, 11.0, "We ended it."),
        (72.0, 686.0, 11.0, "All of it."),
    ]
    assert read(make_pdf([lines], {"Title": "Microsoft Word - Item 7 v3.docx"})).title == "Our review"


def test_two_columns_are_read_one_after_the_other() -> None:
    left = [(50.0, 780.0 - 14 * n, 11.0, f"left line number {n} of the column") for n in range(6)]
    right = [(320.0, 780.0 - 14 * n, 11.0, f"right line number {n} of the column") for n in range(6)]
    text = read(make_pdf([left + right])).text
    assert text.index("left line number 5") < text.index("right line number 0")


def test_a_scan_is_reported_as_such() -> None:
    picture = zlib.compress(b"\x80" * 100)
    body = make_pdf([[]]).replace(
        b"BT\nET", b"q 500 0 0 500 0 0 cm BI /W 10 /H 10 /CS /G /BPC 8 /F /Fl ID " + picture + b" EI Q"
    ).replace(b"/Length 5", b"/Length %d" % (len(picture) + 70))  # fmt: skip
    with pytest.raises(ExtractError, match="is a scan: 1 pages of pictures") as fault:
        read(body)
    assert fault.value.kind is FailedKind.EMPTY


def test_a_pdf_without_anything_on_it_holds_no_text() -> None:
    with pytest.raises(ExtractError, match="no text"):
        read(make_pdf([[]]))


@pytest.mark.parametrize("body", [b"%PDF-1.7", b"%PDF-1.4\n" + b"\0" * 1000, paragraphs_pdf(["x"])[:60]])
def test_a_damaged_pdf_is_said_to_be_damaged(body: bytes) -> None:
    with pytest.raises(ExtractError, match="damaged"):
        read(body)


def test_a_pdf_with_a_password_is_said_to_have_one() -> None:
    encrypt = (
        b"/Encrypt<</Filter/Standard/V 1/R 2/O<" + b"41" * 32 + b">/U<" + b"42" * 32 + b">/P -4>>/ID[<00><00>]/Root"
    )
    with pytest.raises(ExtractError, match="password") as fault:
        read(paragraphs_pdf(["Secret"]).replace(b"/Root", encrypt))
    assert fault.value.kind is FailedKind.UNSUPPORTED


def test_a_page_that_unpacks_without_end_is_stopped() -> None:
    line = b"/F1 9 Tf 1 0 0 1 10 10 Tm (words words words words) Tj\n"
    packed = zlib.compress(b"BT\n" + line * 3_000_000 + b"ET", 9)
    body = make_pdf([[]]).replace(
        b"<</Length 5>>stream\nBT\nET", b"<</Length %d/Filter/FlateDecode>>stream\n" % len(packed) + packed
    )
    started = time.perf_counter()
    with suppress(ExtractError):
        read(body)
    assert time.perf_counter() - started < 15  # wall time: the worker is stopped after 4 s, on a busy machine later


WHOLE = paragraphs_pdf(["We ended it.\n\nAll of it.", "Page two."], {"Title": "x"})


@given(
    st.lists(st.tuples(st.integers(0, len(WHOLE)), st.binary(max_size=5), st.integers(0, 30)), min_size=1, max_size=4)
)
@settings(deadline=None, max_examples=25)
def test_a_damaged_pdf_raises_nothing_but_our_error(damage: list[tuple[int, bytes, int]]) -> None:
    body = WHOLE
    for at, piece, lost in damage:
        body = body[:at] + piece + body[at + lost :]
    with suppress(ExtractError):
        read(body)


LINES = st.builds(Line, st.text(max_size=12), *[st.floats(-10, 1100, allow_nan=False)] * 4, st.floats(0, 60))


@given(st.lists(st.lists(LINES, max_size=6), max_size=4))
@settings(deadline=None)
def test_every_block_has_a_page_that_is_there(pages: list[list[Line]]) -> None:
    blocks = paragraphs(pages)
    assert all(block.text and 1 <= block.page <= len(pages) for block in blocks)
    assert [block.page for block in blocks] == sorted(block.page for block in blocks)
