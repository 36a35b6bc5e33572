from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watcher.extract.charset import decode

TEXT = "The trust’s “review” cost £5 – Llandrindod, café"


@pytest.mark.parametrize(
    ("body", "declared"),
    [
        (TEXT.encode(), None),
        (TEXT.encode(), "iso-8859-1"),  # the commonest lie
        (b"\xef\xbb\xbf" + TEXT.encode(), "windows-1252"),
        (TEXT.encode("utf-16"), None),
        (TEXT.encode("cp1252"), "windows-1252"),
        (TEXT.encode("cp1252"), "iso-8859-1"),
        (TEXT.encode("cp1252"), "utf-8"),
        (TEXT.encode("cp1252"), "no-such-thing"),
    ],
)
def test_a_text_is_read_whatever_its_header_claims(body: bytes, declared: str | None) -> None:
    assert decode(body, declared) == TEXT


def test_the_page_itself_may_declare_its_character_set() -> None:
    body = '<meta charset="koi8-r"><p>Заявление больницы</p>'.encode("koi8-r")
    assert "Заявление больницы" in decode(body)
    old = '<meta http-equiv="Content-Type" content="text/html; charset=iso-8859-2"><p>Prohlášení léčebny</p>'.encode(
        "iso-8859-2"
    )
    assert "Prohlášení léčebny" in decode(old)


def test_a_few_broken_bytes_do_not_turn_a_utf8_page_into_another() -> None:
    body = ("café " * 500).encode() + b"\xff" + ("£5 " * 10).encode()
    assert decode(body, "utf-8").startswith("café")


@given(st.binary(max_size=300), st.sampled_from([None, "utf-8", "hex", "latin-1", "utf-16", ""]))
def test_any_bytes_decode(body: bytes, declared: str | None) -> None:
    assert isinstance(decode(body, declared), str)


@given(st.text(max_size=200))
def test_utf8_is_read_back(text: str) -> None:
    if not text.startswith("\ufeff"):
        assert decode(text.encode("utf-8", "ignore")) == text.encode("utf-8", "ignore").decode()
