"""What becomes of a mail, by the answers of servers that we did not write."""

from __future__ import annotations

import re
import socket
import ssl
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.notify.mails import HTML, PUBLIC_URL, TEXT, a_mail, sending_to
from tests.servers.bot_api import free_port
from tests.servers.smtp import PASSWORD, USER, Certificates, MailDev, MailServer, OpenSmtpd, serving
from watcher.core.errors import SendError
from watcher.core.model import LEAVE_URL, InDoubt, Receipt, Refused, Sent, TryAgain
from watcher.notify import NOTIFIERS
from watcher.notify.mail import MailNotifier

ROOT = Path(__file__).parents[2]
LEFT_AT = f"{PUBLIC_URL}/leave/tok_1-en"


def sent_to(server: MailServer, **fields: object) -> Receipt:
    with sending_to(server.url) as notifier:
        return notifier.send(a_mail(**fields))  # type: ignore[arg-type]


# --- servers that take it ----------------------------------------------------------------------


def test_a_mail_arrives_with_both_parts_and_the_readers_own_link(maildev: MailDev) -> None:
    with sending_to(maildev.url) as notifier:
        receipt = notifier.send(a_mail("one@westvale.example", key="digest:7:2026-W24"))
    assert isinstance(receipt, Sent)
    [mail] = [one for one in maildev.mails() if one["headers"]["message-id"] == receipt.id]
    assert mail["text"].strip() == TEXT.replace(LEAVE_URL, LEFT_AT).strip()
    assert mail["html"].strip() == HTML.replace(LEAVE_URL, LEFT_AT).strip()
    assert mail["envelope"]["to"][0]["address"] == "one@westvale.example"
    assert mail["headers"]["list-unsubscribe"] == f"<{LEFT_AT}>"
    assert mail["headers"]["list-unsubscribe-post"] == "List-Unsubscribe=One-Click"


def test_a_real_transfer_agent_delivers_it_and_names_the_mailbox_it_does_not_have(opensmtpd: OpenSmtpd) -> None:
    with sending_to(opensmtpd.url) as notifier:
        taken = notifier.send(a_mail())
        nobody = notifier.send(a_mail("somebody.else@northmoor.example"))
        elsewhere = notifier.send(a_mail("reader@westvale.example"))
        again = notifier.send(a_mail(key="digest:1:2026-W25"))
        until(lambda: len(opensmtpd.mails()) == 2)
    assert isinstance(taken, Sent) and isinstance(again, Sent)
    assert {mail["Message-ID"] for mail in opensmtpd.mails()} == {taken.id, again.id}
    assert isinstance(nobody, Refused) and nobody.is_unwelcome
    assert isinstance(elsewhere, Refused) and elsewhere.is_unwelcome


def until(is_so: object, within_s: float = 20) -> None:
    from tests.servers.smtp import answers_at

    def ask() -> None:
        if not is_so():  # type: ignore[operator]
            raise OSError("not yet")

    answers_at(ask, within_s)


def test_a_repeat_is_the_same_message(smtp_server: MailServer) -> None:
    with sending_to(smtp_server.url) as notifier:
        first, second = notifier.send(a_mail()), notifier.send(a_mail(may_repeat=True, attempts=2))
        other = notifier.send(a_mail(key="digest:2:2026-W24"))
    assert first == second != other
    bodies = [one.content.partition(b"\r\n\r\n")[2] for one in smtp_server.taken[:2]]
    assert bodies[0] == bodies[1]


def test_a_connection_is_kept_from_one_mail_to_the_next(smtp_server: MailServer) -> None:
    with sending_to(smtp_server.url) as notifier:
        for number in range(5):
            assert isinstance(notifier.send(a_mail(key=f"digest:{number}")), Sent)
    assert smtp_server.connections == 1
    assert smtp_server.steps[-1] == "QUIT"


def test_mails_sent_at_once_have_a_connection_each(smtp_server: MailServer) -> None:
    smtp_server.delay_s = 0.05
    with sending_to(smtp_server.url) as notifier, ThreadPoolExecutor(4) as threads:
        receipts = list(threads.map(lambda n: notifier.send(a_mail(f"r{n}@westvale.example", key=f"d:{n}")), range(12)))
    assert len({receipt.id for receipt in receipts if isinstance(receipt, Sent)}) == 12
    assert smtp_server.connections == 4
    assert sorted(one.recipients[0] for one in smtp_server.taken) == sorted(f"r{n}@westvale.example" for n in range(12))


def test_a_kept_connection_that_the_server_has_closed_is_replaced(smtp_server: MailServer) -> None:
    with sending_to(smtp_server.url) as notifier:
        notifier.send(a_mail(key="one"))
        smtp_server.mail = ["421 4.4.2 Idle for too long"]
        assert isinstance(notifier.send(a_mail(key="two")), Sent)
    assert smtp_server.connections == 2


# --- encryption and login ----------------------------------------------------------------------


@pytest.mark.parametrize("scheme", ["smtps", "smtp+starttls"])
def test_mail_goes_over_tls_with_a_login_whose_letters_are_percent_encoded(
    scheme: str, certificates: Certificates
) -> None:
    own = {"ssl_context" if scheme == "smtps" else "tls_context": certificates.server()}
    with serving(scheme, login=True, require_starttls=scheme != "smtps", **own) as server:
        login = {"user": quote(USER, safe=""), "password": quote(PASSWORD, safe="")}
        with sending_to(server.url, **login, tls=certificates.client()) as notifier:
            assert isinstance(notifier.send(a_mail()), Sent)
            assert notifier.identify().endswith("logged in, takes mail from watch@northmoor.example")
    assert len(server.taken) == 1


@pytest.mark.parametrize("scheme", ["smtps", "smtp+starttls"])
@pytest.mark.parametrize("name", ["localhost", "mail.westvale.example"])
def test_a_certificate_that_does_not_hold_is_named_with_the_remedy(
    scheme: str, name: str, certificates: Certificates
) -> None:
    own = {"ssl_context" if scheme == "smtps" else "tls_context": certificates.server(name)}
    trusted = certificates.client() if name != "localhost" else ssl.create_default_context()
    with (
        serving(scheme, **own) as server,
        sending_to(server.url, tls=trusted) as notifier,
        pytest.raises(SendError, match="certificate is not accepted") as fault,
    ):
        notifier.send(a_mail())
    assert "WATCHER_SMTP_URL" in str(fault.value) and "SSL_CERT_FILE" in str(fault.value)
    assert server.taken == []


def test_nothing_is_sent_in_the_clear_if_the_server_offers_no_starttls(smtp_server: MailServer) -> None:
    url = smtp_server.url.replace("smtp://127.0.0.1", "smtp+starttls://localhost")
    with sending_to(url) as notifier, pytest.raises(SendError, match=r"offers no STARTTLS.*smtps://"):
        notifier.send(a_mail())
    assert "MAIL" not in smtp_server.steps


def test_a_port_that_speaks_plain_smtp_is_told_from_one_with_tls(
    smtp_server: MailServer, certificates: Certificates
) -> None:
    url = smtp_server.url.replace("smtp://127.0.0.1", "smtps://localhost")
    fault = pytest.raises(SendError, match=r"smtp\+starttls:// for 587")
    with sending_to(url, tls=certificates.client()) as notifier, fault:
        notifier.send(a_mail())


def test_a_login_that_is_refused_is_said_without_user_or_password(certificates: Certificates) -> None:
    with serving("smtps", login=True, ssl_context=certificates.server()) as server:
        login = {"user": "watch", "password": "not-the-one"}
        refused = pytest.raises(SendError, match=r"user and password of WATCHER_SMTP_URL \(535")
        with sending_to(server.url, **login, tls=certificates.client()) as notifier, refused as fault:
            notifier.send(a_mail())
    assert "not-the-one" not in str(fault.value) and "watch:" not in str(fault.value)


def test_a_server_that_is_not_there_is_named() -> None:
    port = free_port()
    fault = pytest.raises(SendError, match=rf"smtp://127\.0\.0\.1:{port}: can't be reached.*is the server up")
    with sending_to(f"smtp://127.0.0.1:{port}") as notifier, fault:
        notifier.send(a_mail())


def test_a_server_that_does_not_greet_in_time_is_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"smtp://127.0.0.1:{silent.getsockname()[1]}"
        with sending_to(url, timeout_s=0.3) as notifier, pytest.raises(SendError, match=r"no answer within 0\.3 s"):
            notifier.send(a_mail())


@pytest.mark.parametrize("greeting", [b"554 No SMTP service here\r\n", b"421 Too busy\r\n", b"\x00\xff\r\n", b""])
def test_a_greeting_that_turns_us_away_is_no_fault_of_the_mail(greeting: bytes) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def turn_away() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.sendall(greeting)

        thread = threading.Thread(target=turn_away)
        thread.start()
        with sending_to(f"smtp://127.0.0.1:{listener.getsockname()[1]}") as notifier, pytest.raises(SendError):
            notifier.send(a_mail())
        thread.join()


# --- what servers answer -----------------------------------------------------------------------

_SAYS = {
    "sent": lambda r: isinstance(r, Sent),
    "tried again": lambda r: isinstance(r, TryAgain) and not r.is_mailbox and not r.is_paced,
    "tried again, counts for the mailbox": lambda r: isinstance(r, TryAgain) and r.is_mailbox,
    "refused": lambda r: isinstance(r, Refused) and not r.is_unwelcome,
    "refused, the address is paused": lambda r: isinstance(r, Refused) and r.is_unwelcome,
    "in doubt": lambda r: isinstance(r, InDoubt),
}


def table_of_answers() -> list[tuple[str, str, str]]:
    """(step, answer, what becomes of the mail) of each row of docs/mail.md."""
    text = (ROOT / "docs" / "mail.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (MAIL FROM|RCPT TO|DATA|the text) \| `([^`]+)`[^|]* \| ([^|]+) \|$", text, re.MULTILINE)
    assert len(rows) > 40
    return rows


@pytest.mark.parametrize(("step", "answer", "says"), table_of_answers())
def test_an_answer_means_what_the_document_says(step: str, answer: str, says: str, smtp_server: MailServer) -> None:
    script = {"MAIL FROM": "mail", "RCPT TO": "rcpt", "DATA": "data", "the text": "end"}[step]
    getattr(smtp_server, script).append(answer)
    with sending_to(smtp_server.url) as notifier:
        if says.startswith("waits"):
            with pytest.raises(SendError):
                notifier.send(a_mail())
        else:
            receipt = notifier.send(a_mail())
            assert _SAYS[says](receipt), receipt
        assert isinstance(notifier.send(a_mail(key="the next one")), Sent), "the connection is fit for the next mail"


def test_pauses_grow_with_the_attempts(smtp_server: MailServer) -> None:
    pauses = []
    for attempts in (1, 2, 3, 30):
        smtp_server.rcpt = ["450 4.2.0 Grey-listed"]
        receipt = sent_to(smtp_server, attempts=attempts)
        assert isinstance(receipt, TryAgain)
        pauses.append(receipt.after_s)
    assert pauses == [60, 120, 240, 4 * 3600]


def test_421_is_tried_once_more_at_once_and_then_later(smtp_server: MailServer) -> None:
    smtp_server.rcpt = ["421 4.7.0 Too fast"]
    assert isinstance(sent_to(smtp_server), Sent)
    smtp_server.rcpt = ["421 4.7.0 Too fast"] * 2
    assert sent_to(smtp_server) == TryAgain(60, "421 4.7.0 Too fast")
    assert smtp_server.rcpt == []


def test_a_reason_does_not_repeat_the_readers_address(smtp_server: MailServer) -> None:
    smtp_server.rcpt = [
        "450 4.2.1 <Reader@northmoor.example> is asleep",
        "550 5.1.1 <reader@northmoor.example> unknown",
    ]
    for receipt in (sent_to(smtp_server), sent_to(smtp_server)):
        assert isinstance(receipt, TryAgain | Refused)
        assert "northmoor.example" not in receipt.reason


def test_one_policy_refusal_is_about_a_reader_three_in_a_row_are_about_us(smtp_server: MailServer) -> None:
    with sending_to(smtp_server.url) as notifier:
        smtp_server.rcpt = ["550 5.7.1 Not allowed"] * 2
        assert all(isinstance(notifier.send(a_mail()), TryAgain) for _ in range(2))
        assert isinstance(notifier.send(a_mail()), Sent)
        smtp_server.rcpt = ["550 5.7.1 Not allowed"] * 4
        assert all(isinstance(notifier.send(a_mail()), TryAgain) for _ in range(2))
        for _ in range(2):
            with pytest.raises(SendError, match="one mail after another") as fault:
                notifier.send(a_mail())
            assert isinstance(fault.value.receipt, TryAgain) and fault.value.receipt.is_paced
        assert isinstance(notifier.send(a_mail()), Sent)


def test_a_server_that_refuses_everyone_without_a_code_for_it_is_not_believed(smtp_server: MailServer) -> None:
    with sending_to(smtp_server.url) as notifier:
        smtp_server.rcpt = ["550 No"] * 11
        assert all(isinstance(notifier.send(a_mail()), Refused) for _ in range(9))
        with pytest.raises(SendError, match="one address after another"):
            notifier.send(a_mail())


def test_a_server_that_keeps_asking_for_time_is_left_alone_for_a_while(smtp_server: MailServer) -> None:
    with sending_to(smtp_server.url) as notifier:
        for _ in range(2):
            smtp_server.rcpt = ["421 4.7.0 Too many"] * 6
            assert all(isinstance(notifier.send(a_mail()), TryAgain) for _ in range(2))
            with pytest.raises(SendError, match="asks for time: 421") as fault:
                notifier.send(a_mail())
            assert isinstance(fault.value.receipt, TryAgain) and fault.value.receipt.is_paced
        smtp_server.rcpt = ["451 4.7.1 Not so fast"] * 50
        assert all(isinstance(notifier.send(a_mail()), TryAgain) for _ in range(49))
        with pytest.raises(SendError, match="asks for time: 451"):
            notifier.send(a_mail())


# --- connections that break off ----------------------------------------------------------------


def test_lost_after_the_final_dot_it_is_in_doubt(smtp_server: MailServer) -> None:
    smtp_server.end = [""]
    assert isinstance(sent_to(smtp_server), InDoubt)
    assert len(smtp_server.taken) == 1


def test_lost_before_the_text_it_is_tried_again(smtp_server: MailServer) -> None:
    smtp_server.rcpt = ["421 closing"]
    smtp_server.data = ["421 4.3.0 closing"]
    receipt = sent_to(smtp_server)
    assert isinstance(receipt, TryAgain)
    assert smtp_server.taken == []


def test_lost_within_the_text_it_is_tried_again(smtp_server: MailServer) -> None:
    smtp_server.data = ["354 Go on", "354 Go on"]
    receipt = sent_to(smtp_server, body="A line of the text.\n" * 600_000, attachment="")
    assert isinstance(receipt, TryAgain), receipt
    assert "within the text" in receipt.reason
    assert smtp_server.taken == []


def test_no_answer_to_the_text_is_in_doubt(smtp_server: MailServer) -> None:
    smtp_server.delay_s = 0.3
    with sending_to(smtp_server.url, final_s=0.1) as notifier:
        assert isinstance(notifier.send(a_mail()), InDoubt)


# --- what servers lack, and addresses ----------------------------------------------------------


def test_without_8bitmime_every_octet_is_7_bit_anyway(smtp_server: MailServer) -> None:
    smtp_server.hidden = frozenset({"8BITMIME", "SMTPUTF8", "SIZE"})
    assert isinstance(sent_to(smtp_server, subject="Ergebnis – Überblick", body="“Quoted” – ½\n", attachment=""), Sent)
    [taken] = smtp_server.taken
    assert max(taken.content) < 0x80
    assert taken.options == []
    assert taken.message.get_content().replace("\r\n", "\n") == "“Quoted” – ½\n"
    assert taken.message["Subject"] == "Ergebnis – Überblick"


def test_a_domain_in_other_letters_goes_out_as_dns_has_it(smtp_server: MailServer) -> None:
    smtp_server.hidden = frozenset({"SMTPUTF8"})
    assert isinstance(sent_to(smtp_server, address="reader@bücher.example"), Sent)
    assert smtp_server.taken[0].recipients == ["reader@xn--bcher-kva.example"]


def test_a_local_part_in_other_letters_needs_smtputf8(smtp_server: MailServer) -> None:
    assert isinstance(sent_to(smtp_server, address="jörg@bücher.example"), Sent)
    assert smtp_server.taken[0].recipients == ["jörg@xn--bcher-kva.example"]
    assert "SMTPUTF8" in smtp_server.taken[0].options
    smtp_server.hidden = frozenset({"SMTPUTF8"})
    receipt = sent_to(smtp_server, address="jörg@bücher.example")
    assert isinstance(receipt, Refused) and not receipt.is_unwelcome
    assert "SMTPUTF8" in receipt.reason


@pytest.mark.parametrize("address", ["a@b\r\nRCPT TO:<x@c.example>", "x y@b.example", "no-address", "a@b>.example"])
def test_an_address_that_is_none_never_reaches_the_server(address: str, smtp_server: MailServer) -> None:
    assert isinstance(sent_to(smtp_server, address=address), Refused)
    assert smtp_server.connections == 0


# --- the set-up --------------------------------------------------------------------------------


def test_list_mail_without_a_way_to_leave_is_never_sent(smtp_server: MailServer) -> None:
    with sending_to(smtp_server.url, public_url="") as notifier:
        with pytest.raises(SendError, match="WATCHER_PUBLIC_URL"):
            notifier.send(a_mail())
        assert isinstance(notifier.send(a_mail(body="Confirm: https://…", attachment="")), Sent)
    receipt = sent_to(smtp_server, leave_token="")
    assert isinstance(receipt, Refused) and not receipt.is_unwelcome
    assert len(smtp_server.taken) == 1


def test_a_mail_that_is_out_cannot_be_changed(smtp_server: MailServer) -> None:
    with sending_to(smtp_server.url) as notifier:
        assert isinstance(notifier.edit(a_mail(), "<id@northmoor.example>"), Refused)


@pytest.mark.parametrize(
    ("settings", "complaint"),
    [
        ({}, "set WATCHER_SMTP_URL and WATCHER_MAIL_FROM"),
        ({"smtp_url": "smtp://mail.westvale.example", "mail_from": "a@b.example"}, "without encryption"),
        ({"smtp_url": "smtps://h", "mail_from": "nobody"}, "WATCHER_MAIL_FROM: is no mail address"),
        ({"smtp_url": "smtps://h", "mail_from": "jörg@b.example"}, "outside ASCII"),
        ({"smtp_url": "smtps://h", "mail_from": "a@b.example", "dkim_key": "x"}, "WATCHER_DKIM_KEY"),
    ],
)
def test_a_channel_that_cannot_work_says_what_to_set(settings: dict[str, str], complaint: str) -> None:
    with pytest.raises(SendError, match=complaint):
        NOTIFIERS["email"](settings)


def test_closing_twice_is_closing_once(smtp_server: MailServer) -> None:
    with sending_to(smtp_server.url) as notifier:
        notifier.send(a_mail())
        notifier.close()
    assert isinstance(notifier, MailNotifier)


def test_asking_who_the_server_is_sends_nothing(smtp_server: MailServer) -> None:
    with sending_to(smtp_server.url) as notifier:
        assert "takes mail from watch@northmoor.example" in notifier.identify()
        smtp_server.mail = ["553 5.7.1 Not your address"]
        with pytest.raises(SendError, match="WATCHER_MAIL_FROM: 553"):
            notifier.identify()
    assert smtp_server.taken == [] and "DATA" not in smtp_server.steps
