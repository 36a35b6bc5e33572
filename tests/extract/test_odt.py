from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.extract.make_office import make_odt, make_zip, replaced
from watcher.core.errors import ExtractError
from watcher.core.model import Recipe
from watcher.extract.odt import extract_odt

URL = "https://northmoor.example/paper.odt"
WHOLE = make_odt()


def test_paragraphs_table_rows_and_links_are_read_in_order() -> None:
    (document,) = extract_odt(WHOLE, URL, Recipe(), None).documents
    assert document.blocks == ("Our review", "We have ended it. The report", "Team | Ended", "After the table.")
    assert [(link.url, link.text) for link in document.links] == [("https://northmoor.example/report", "The report")]
    assert document.title == "Our review"


@pytest.mark.parametrize(
    "body", [b"PK", WHOLE[:-100], make_zip({"x": b""}), replaced(WHOLE, "content.xml", b"<office:")]
)
def test_a_damaged_file_is_said_to_be_damaged(body: bytes) -> None:
    with pytest.raises(ExtractError, match="damaged"):
        extract_odt(body, URL, Recipe(), None)


def test_a_file_that_declares_entities_is_not_read() -> None:
    body = replaced(WHOLE, "content.xml", b'<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>')
    with pytest.raises(ExtractError, match="entities"):
        extract_odt(body, URL, Recipe(), None)


@given(st.integers(0, len(WHOLE)), st.binary(min_size=1, max_size=8), st.integers(0, 40))
@settings(deadline=None, max_examples=40)
def test_a_damaged_file_raises_nothing_but_our_error(at: int, piece: bytes, lost: int) -> None:
    with suppress(ExtractError):
        extract_odt(WHOLE[:at] + piece + WHOLE[at + lost :], URL, Recipe(), None)
