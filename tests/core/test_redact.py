from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from watcher.core.redact import redact

TOKEN = "110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw"


def test_a_token_is_redacted_wherever_it_stands() -> None:
    for text in (
        f"https://api.telegram.org/bot{TOKEN}/getMe",
        f"token={TOKEN}",
        f"'{TOKEN}'",
        f"file/bot{TOKEN}/a.jpg",
    ):
        assert "AAHdq" not in redact(text)


def test_a_password_in_an_address_is_redacted() -> None:
    assert redact("smtp+starttls://me:pa$$w0rd@mail.example:587") == "smtp+starttls://<secret>@mail.example:587"


def test_ordinary_text_stays() -> None:
    text = "Seen at 12:05; ratio 3:4; https://northmoor.example/a?time=10:30 and 2021:06:08"
    assert redact(text) == text


@given(st.text())
def test_redacting_twice_is_redacting_once(text: str) -> None:
    assert redact(redact(text)) == redact(text)
