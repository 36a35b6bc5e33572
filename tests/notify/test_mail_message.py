"""What a mail looks like to those who read it: people, programs, and attackers' words in it."""

from __future__ import annotations

import re
from email import policy
from email.utils import parsedate_to_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.notify.mails import HTML, NOW, PUBLIC_URL, SENDER, TEXT, a_mail
from tests.servers.smtp import parsed
from watcher.core.errors import SendError
from watcher.core.mail_server import Mailbox, mailbox
from watcher.core.model import LEAVE_URL, Delivery, Refused
from watcher.notify.mail_message import Mail, compose

FROM = mailbox(SENDER)
LEFT_AT = f"{PUBLIC_URL}/leave/tok_1-en"


def composed(delivery: Delivery, sender: Mailbox = FROM, public_url: str = PUBLIC_URL) -> Mail:
    mail = compose(delivery, sender, public_url, NOW)
    assert isinstance(mail, Mail)
    return mail


def lines_of(content: str) -> list[str]:
    return content.replace("\r\n", "\n").splitlines()


def test_both_parts_read_as_they_were_written_with_the_readers_own_link() -> None:
    message = parsed(composed(a_mail()).content)
    assert message.get_content_type() == "multipart/alternative"
    plain, html = message.iter_parts()
    assert (plain.get_content_type(), html.get_content_type()) == ("text/plain", "text/html")
    assert lines_of(plain.get_content()) == lines_of(TEXT.replace(LEAVE_URL, LEFT_AT))  # type: ignore[attr-defined]
    assert lines_of(html.get_content()) == lines_of(HTML.replace(LEAVE_URL, LEFT_AT))  # type: ignore[attr-defined]
    assert LEAVE_URL not in composed(a_mail()).content.decode("ascii")


def test_list_mail_says_what_it_is_and_how_to_leave_with_one_click() -> None:
    message = parsed(composed(a_mail()).content)
    assert message["From"] == SENDER
    assert message["To"] == "reader@northmoor.example"
    assert parsedate_to_datetime(message["Date"]) == NOW
    assert message["List-Id"] == "<digest.northmoor.example>"
    assert message["List-Unsubscribe"] == f"<{LEFT_AT}>"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Precedence"] == "bulk"
    assert re.fullmatch(r"<[0-9a-f]{40}@northmoor\.example>", message["Message-ID"])


def test_a_mail_to_one_person_is_no_list_mail() -> None:
    message = parsed(composed(a_mail(body="Confirm: https://…\n", attachment="", leave_token="")).content)
    assert message.get_content_type() == "text/plain"
    assert message["Auto-Submitted"] == "auto-generated"
    for header in ("List-Id", "List-Unsubscribe", "List-Unsubscribe-Post", "Precedence"):
        assert message[header] is None


def test_the_id_is_that_of_the_delivery_and_of_nothing_else() -> None:
    first = composed(a_mail(key="digest:1:2026-W24"))
    assert composed(a_mail(key="digest:1:2026-W24", attempts=9, may_repeat=True)) == first
    assert composed(a_mail(key="digest:2:2026-W24")).id != first.id


def test_one_click_is_offered_over_https_and_on_this_machine_alone() -> None:
    def one_click(public_url: str) -> str | None:
        return parsed(composed(a_mail(), public_url=public_url).content)["List-Unsubscribe-Post"]

    assert one_click("http://watch.northmoor.example") is None
    assert one_click("http://127.0.0.1:8000") == one_click("https://watch.northmoor.example") is not None


def test_a_long_address_to_leave_at_is_in_one_piece() -> None:
    where = f"https://watch.northmoor.example/{'folder/' * 30}"
    content = composed(a_mail(leave_token="t" * 60), public_url=where).content
    assert f"\r\nList-Unsubscribe: <{where}leave/{'t' * 60}>\r\n".encode() in content


def test_without_a_way_to_leave_there_is_no_mail() -> None:
    with pytest.raises(SendError, match="WATCHER_PUBLIC_URL"):
        compose(a_mail(), FROM, "", NOW)
    for fields in ({"attachment": ""}, {"body": "Nothing to see\n"}):
        assert isinstance(compose(a_mail(leave_token="", **fields), FROM, PUBLIC_URL, NOW), Refused)


def test_a_token_cannot_break_out_of_its_address() -> None:
    message = parsed(composed(a_mail(leave_token='../x>\r\n"<y')).content)
    assert message["List-Unsubscribe"] == f"<{PUBLIC_URL}/leave/..%2Fx%3E%0D%0A%22%3Cy>"


ATTACKS = [
    "Week 24\r\nBcc: all@westvale.example",
    "Week 24\nContent-Type: text/html\n\n<script>",
    "Week 24\r\n\r\nnow the body",
    "nul\x00 bell\x07 escape\x1b[2J",
    "line\u2028separators\u2029\x85and\x0b\x0cmore",
    "=?utf-8?q?Week=0ABcc=3A_all=40westvale=2Eexample=0A?=",
    "=?=?utf-8?q?=0D=0ABcc=3A_x?= =?utf-8?b?CkJjYzogeA==?=",
    "x" * 5_000,
    "ü" * 5_000,
    "\ud800 half a pair \u202e turned",
    "",
]


@pytest.mark.parametrize("words", ATTACKS)
def test_words_of_strangers_stay_within_their_header(words: str) -> None:
    content = composed(a_mail(subject=words), Mailbox(words[:200], "watch", "northmoor.example")).content
    head, _, _ = content.partition(b"\r\n\r\n")
    message = parsed(content)
    assert message["Bcc"] is None
    assert [name for name in message if name.lower() == "content-type"] == ["Content-Type"]
    assert max(map(len, head.split(b"\r\n"))) <= 998
    assert message["From"].addresses[0].addr_spec == "watch@northmoor.example"
    assert "\n" not in message["Subject"] and "\r" not in message["Subject"]
    assert len(message["Subject"]) <= 250
    assert message.defects == []


@given(
    subject=st.text(max_size=300),
    text=st.text(max_size=400),
    html=st.text(max_size=400),
    name=st.text(max_size=60),
    key=st.text(max_size=40),
)
def test_any_words_make_a_mail_that_parses_back(subject: str, text: str, html: str, name: str, key: str) -> None:
    delivery = a_mail(key=key, subject=subject, body=text + LEAVE_URL, attachment=html and html + "<p>")
    content = composed(delivery, Mailbox(name, "watch", "northmoor.example")).content
    assert max(content) < 0x80
    assert b"\x00" not in content
    assert re.search(rb"(?<!\r)\n|\r(?!\n)", content) is None, "every line ends in CR LF"
    assert max(map(len, content.split(b"\r\n"))) <= 998
    message = parsed(content)
    assert message.get_body(("plain",)).get_content().rstrip().endswith(LEFT_AT)  # type: ignore[union-attr]
    assert message["To"].addresses[0].addr_spec == "reader@northmoor.example"
    assert len(message["Message-ID"]) < 100


def test_lines_are_short_whatever_the_text() -> None:
    content = composed(a_mail(body="word " * 4_000 + LEAVE_URL, attachment="<p>" + "x" * 20_000)).content
    assert max(map(len, content.partition(b"\r\n\r\n")[2].split(b"\r\n"))) <= 76


def test_an_address_in_other_letters_is_written_as_its_server_wants_it() -> None:
    mail = composed(a_mail("jörg@bücher.example"))
    assert mail.needs_utf8
    assert mail.recipient == "jörg@xn--bcher-kva.example"
    head = mail.content.partition(b"\r\n\r\n")[0].decode("utf-8")
    assert "To: jörg@xn--bcher-kva.example" in head
    assert not composed(a_mail("reader@bücher.example")).needs_utf8


@pytest.mark.parametrize("address", ["a..b@northmoor.example", '"a b"@northmoor.example', "o'neil@northmoor.example"])
def test_odd_addresses_are_kept_as_they_are(address: str) -> None:
    mail = composed(a_mail(address))
    assert mail.recipient == address
    assert parsed(mail.content)["To"] == address


def test_the_standard_library_of_old_reads_it_too() -> None:
    from email import message_from_bytes

    message = message_from_bytes(composed(a_mail()).content, policy=policy.compat32)
    payload = message.get_payload()
    assert isinstance(payload, list) and len(payload) == 2
