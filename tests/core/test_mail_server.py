"""Addresses of mail servers and senders as people write them."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watcher.core.mail_server import Encryption, MailServer, is_this_machine, mail_server, mailbox

PRINTABLE = st.text(st.characters(min_codepoint=33, max_codepoint=0x24F, exclude_categories=["C"]), max_size=40)


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("smtp+starttls://mail.northmoor.example", ("mail.northmoor.example", 587, Encryption.STARTTLS)),
        ("smtps://mail.northmoor.example/", ("mail.northmoor.example", 465, Encryption.TLS)),
        ("smtps://[2001:db8::1]:2465", ("2001:db8::1", 2465, Encryption.TLS)),
        ("smtp://localhost:1025", ("localhost", 1025, Encryption.NONE)),
        (" smtp://127.0.0.3 ", ("127.0.0.3", 25, Encryption.NONE)),
        ("smtp://[::1]", ("::1", 25, Encryption.NONE)),
    ],
)
def test_an_address_names_host_port_and_encryption(url: str, server: tuple[str, int, Encryption]) -> None:
    assert mail_server(url) == MailServer(*server)


@given(PRINTABLE, PRINTABLE)
def test_any_password_can_be_written_percent_encoded(user: str, password: str) -> None:
    url = f"smtps://{quote(user, safe='')}:{quote(password, safe='')}@mail.northmoor.example"
    assert (mail_server(url).user, mail_server(url).password) == (user, password)


@given(PRINTABLE)
def test_no_message_and_no_repr_shows_the_password(rest: str) -> None:
    secret = f"hunter-two{rest}"
    for url in (f"smtps://user:{secret}@mail.northmoor.example", f"smtp://user:{secret}@mail.northmoor.example"):
        try:
            shown = f"{mail_server(url)!r} {mail_server(url)}"
        except ValueError as exc:
            shown = str(exc) + repr(exc.__cause__)
        assert "hunter-two" not in shown


@pytest.mark.parametrize(
    ("url", "remedy"),
    [
        ("smtp://mail.northmoor.example", r"smtp\+starttls:// \(port 587\) or smtps://"),
        ("smtp://10.0.0.1:25", "without encryption"),
        ("http://mail.northmoor.example", r"must start with smtp\+starttls"),
        ("mail.northmoor.example:587", r"must start with smtp\+starttls"),
        ("smtps://", "names no host"),
        ("smtps://h:99999", "percent-encoded"),
        ("smtps://user:a/b@h", "percent-encoded"),
        ("smtps://user:a?b@h", "percent-encoded"),
        ("smtps://h/folder", "ends after the port"),
        ("smtps://h:465?timeout=3", "ends after the port"),
        ("smtps://user%0d%0a:p@h", "line end"),
        ("smtps://us\ner:p@h", "percent-encoded"),
    ],
)
def test_an_address_that_cannot_be_used_says_what_to_write(url: str, remedy: str) -> None:
    with pytest.raises(ValueError, match=remedy):
        mail_server(url)


def test_a_name_that_only_looks_like_this_machine_is_another() -> None:
    for host in ("localhost.northmoor.example", "127.0.0.1.northmoor.example", "0.0.0.0", "10.0.0.1", ""):
        assert not is_this_machine(host)


@pytest.mark.parametrize(
    ("text", "name", "address"),
    [
        ("Statement watch <watch@northmoor.example>", "Statement watch", "watch@northmoor.example"),
        ('"Watch, Northmoor" <watch@northmoor.example>', "Watch, Northmoor", "watch@northmoor.example"),
        ("watch@BÜCHER.example", "", "watch@xn--bcher-kva.example"),
        ("<jörg@northmoor.example>", "", "jörg@northmoor.example"),
        ('"a b"@northmoor.example', "", '"a b"@northmoor.example'),
        ("o'neil+digest@northmoor.example", "", "o'neil+digest@northmoor.example"),
    ],
)
def test_a_mailbox_is_a_name_and_an_address(text: str, name: str, address: str) -> None:
    assert (mailbox(text).name, mailbox(text).address) == (name, address)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "nobody",
        "a@",
        "@northmoor.example",
        "a b@northmoor.example",
        "a@b.example, c@d.example",
        "a@b.example\r\nBcc: c@d.example",
        "a@b.example\x00",
        "a@[127.0.0.1]",
        "a@-northmoor.example",
        "a@@b.example",
        "<a@b.example",
        "a@b.example>",
        f"{'x' * 65}@northmoor.example",
        f"x@{'y' * 63}.{'y' * 63}.{'y' * 63}.{'y' * 63}.example",
    ],
)
def test_what_is_no_mailbox_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"is no mail address|control character"):
        mailbox(text)


@given(st.text(max_size=60))
def test_whatever_is_typed_no_mailbox_holds_a_line_end_or_an_angle_bracket(text: str) -> None:
    try:
        address = mailbox(text).address
    except ValueError:
        return
    assert not set(address) & set("\r\n\x00<> ") or address.startswith('"')
