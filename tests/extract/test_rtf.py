from __future__ import annotations

import time
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from watcher.core.errors import ExtractError
from watcher.core.model import Recipe
from watcher.extract.rtf import extract_rtf

URL = "https://northmoor.example/paper.rtf"
WHOLE = (
    rb"{\rtf1\ansi{\fonttbl{\f0 Arial;}}{\info{\title Our review}}\pard We ended it \'96 all of it.\par"
    rb"\trowd\cellx100\cellx200 Team\cell Ended\cell\row\pard After \u8217?the table.\par}"
)


def test_paragraphs_and_table_rows_are_read_in_order() -> None:
    (document,) = extract_rtf(WHOLE, URL, Recipe(), None).documents
    assert document.blocks == ("We ended it – all of it.", "Team | Ended", "After ’the table.")
    assert document.title == "Our review"


def test_what_is_no_rtf_and_what_holds_no_text_are_refused() -> None:
    for body in (b"Hello", rb"{\rtf1}"):
        with pytest.raises(ExtractError):
            extract_rtf(body, URL, Recipe(), None)


@pytest.mark.parametrize(
    "piece", [b"{", b"}", b"\\", b"\\'", b"\\u-1?", b"\\par ", b"\\bin999999 ", b"{\\*\\x ", b"a" * 50, b"ff"]
)
def test_no_megabyte_takes_more_than_five_seconds(piece: bytes) -> None:
    started = time.process_time()
    with suppress(ExtractError):
        extract_rtf(rb"{\rtf1 " + piece * (1_000_000 // len(piece)), URL, Recipe(), None)
    assert time.process_time() - started < 5


@given(st.integers(0, len(WHOLE)), st.binary(max_size=8), st.integers(0, 40))
@settings(deadline=None, max_examples=100)
def test_a_damaged_file_raises_nothing_but_our_error(at: int, piece: bytes, lost: int) -> None:
    with suppress(ExtractError):
        extract_rtf(WHOLE[:at] + piece + WHOLE[at + lost :], URL, Recipe(), None)
