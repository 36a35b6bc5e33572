from __future__ import annotations

import pytest

from watcher.core.errors import ExtractError
from watcher.core.model import FailedKind, Recipe
from watcher.extract.plain import extract_plain

URL = "https://northmoor.example/a.txt"


def test_empty_lines_part_paragraphs_and_the_first_line_is_the_title() -> None:
    (document,) = extract_plain(
        b"Our review\nof June\r\n\r\nWe ended\r\nit.\x0cPage two\n", URL, Recipe(), None
    ).documents
    assert document.title == "Our review"
    assert document.blocks == ("Our review of June", "We ended it.", "Page two")


def test_the_declared_charset_is_used_unless_the_bytes_are_valid_utf_8() -> None:
    for body, charset in (
        ("café".encode(), "iso-8859-1"),
        ("café".encode("cp1252"), "utf-8"),
        ("café".encode("utf-16"), None),
    ):
        assert extract_plain(body, URL, Recipe(), charset).documents[0].text == "café"


def test_white_space_alone_is_empty() -> None:
    with pytest.raises(ExtractError) as fault:
        extract_plain(b" \n\x00", URL, Recipe(), None)
    assert fault.value.kind is FailedKind.EMPTY
